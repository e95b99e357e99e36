import { MINUTE_MS } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { currentPolicy } from '../policy/index.ts';
import { keyName, keyNames, openPicture, sealPicture } from './seal.ts';
import {
  casesToErase,
  erasePictures,
  insertCaseEvent,
  lockCasesOf,
  moveCase,
  type OlderPicture,
  picturesOfOtherKeys,
  picturesOfUnknownKeys,
  resealPicture,
  staleCases,
} from './store.ts';

const EVERY_MS = MINUTE_MS;
const TURN = 50;

/** What cases need done by themselves. */
export function startVerification(house: House): Rounds[] {
  return [
    goRounds('cases nobody handed in', EVERY_MS, house.log, () => expireCases(house)),
    goRounds('pictures to erase', EVERY_MS, house.log, () => eraseOldPictures(house)),
    goRounds('pictures of older keys', EVERY_MS, house.log, () => resealPictures(house)),
  ];
}

/** Says so in the log when there are pictures that none of the keys opens; how many. */
export async function tellUnknownKeys(house: House): Promise<number> {
  const pictures = await picturesOfUnknownKeys(house.db, keyNames(house.config.documentKeys));
  if (pictures > 0) {
    house.log.error(
      { pictures },
      'pictures of papers are sealed with a key that is not set: add it to CARAT_DOCUMENT_KEY, behind the first',
    );
  }
  return pictures;
}

/** Ends cases that were begun and left, and erases their pictures; how many. */
export async function expireCases(house: House): Promise<number> {
  const nowMs = house.clock.now();
  const { expireAfterMs } = (await currentPolicy(house.db, nowMs)).verification;
  const stale = await staleCases(house.db, new Date(nowMs - expireAfterMs), TURN);
  for (const { id, userId } of stale) {
    await house.db.transaction(async (tx) => {
      await lockCasesOf(tx, userId);
      const at = new Date(nowMs);
      if (!(await moveCase(tx, id, { from: 'started', to: 'expired', at }))) return;
      await note(tx, id, 'expired', at);
      // Nobody will decide about them, so nobody needs them.
      if ((await erasePictures(tx, id, at)) > 0) await note(tx, id, 'erased', at);
    });
  }
  return stale.length;
}

/** Erases the pictures of cases that were decided so long ago that nobody needs them; of how many cases. */
export async function eraseOldPictures(house: House): Promise<number> {
  const nowMs = house.clock.now();
  const { eraseAfterMs } = (await currentPolicy(house.db, nowMs)).verification;
  const due = await casesToErase(house.db, new Date(nowMs - eraseAfterMs), TURN);
  for (const id of due) {
    await house.db.transaction(async (tx) => {
      const at = new Date(nowMs);
      if ((await erasePictures(tx, id, at)) > 0) await note(tx, id, 'erased', at);
    });
  }
  return due.length;
}

/**
 * Seals with the first key what was sealed with one of the others, or for its id alone; how many. One that does not open is left as it is, and
 * keeps none of the others.
 */
export async function resealPictures(house: House): Promise<number> {
  const keys = house.config.documentKeys;
  const [first] = keys;
  if (first === undefined) return 0;
  const to = keyName(first);
  let done = 0;
  let after: Uuid | null = null;
  for (;;) {
    const about = { to, known: keyNames(keys), after, limit: TURN };
    const older: OlderPicture[] = await picturesOfOtherKeys(house.db, about);
    for (const picture of older) {
      const { id, keyName: from } = picture;
      const bytes = openPicture(keys, picture);
      if (bytes === null) {
        house.log.error({ picture: id }, 'a picture could not be opened to seal it with the new key');
        continue;
      }
      await resealPicture(house.db, id, { from, to, sealed: sealPicture(first, picture, bytes) });
      done += 1;
    }
    const last = older.at(-1);
    if (last === undefined) return done;
    after = last.id;
  }
}

async function note(
  tx: Parameters<typeof insertCaseEvent>[0],
  caseId: Uuid,
  step: 'expired' | 'erased',
  at: Date,
): Promise<void> {
  await insertCaseEvent(tx, { id: newId(), caseId, at, step, byUser: null, field: null, note: null });
}
