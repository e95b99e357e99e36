import { MINUTE_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { bellOf } from '../notices/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { compareNames } from './compare-names.ts';
import { keyName, keyNames, openPicture, sealPicture } from './seal.ts';
import {
  caseById,
  casesToErase,
  endCase,
  eraseAndNote,
  lockCasesOf,
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
    goRounds('cases nobody decided', EVERY_MS, house.log, () => endUndecided(house)),
    goRounds('names to compare with lists of sanctions', EVERY_MS, house.log, () => compareNames(house)),
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
  const before = new Date(nowMs - expireAfterMs);
  const stale = await staleCases(house.db, 'started', before, TURN);
  const at = new Date(nowMs);
  for (const { id, userId } of stale) {
    await house.db.transaction(async (tx) => {
      await lockCasesOf(tx, userId);
      if (!(await isStill(tx, id, before))) return;
      // Nobody will decide about its pictures, so nobody needs them.
      await endCase(tx, { id, state: 'started' }, { to: 'expired', byUser: null, at });
    });
  }
  return stale.length;
}

/**
 * Ends cases that nobody decided about for as long as pictures are kept, erases their pictures, and tells the people, who
 * may hand in again; how many.
 */
export async function endUndecided(house: House): Promise<number> {
  const nowMs = house.clock.now();
  const { eraseAfterMs } = (await currentPolicy(house.db, nowMs)).verification;
  const before = new Date(nowMs - eraseAfterMs);
  const stale = await staleCases(house.db, 'submitted', before, TURN);
  const at = new Date(nowMs);
  for (const { id, userId } of stale) {
    const isOver = await house.db.transaction(async (tx) => {
      await lockCasesOf(tx, userId);
      if (!(await isStill(tx, id, before))) return false;
      const ended = await endCase(tx, { id, state: 'submitted' }, { to: 'undecided', byUser: null, at });
      if (!ended) return false;
      await bellOf(house).tell(
        tx,
        {
          topic: `identity ${id}`,
          kind: 'identity',
          title: 'Nobody looked at your papers in time',
          text: 'We are sorry. Your pictures are erased; hand them in again when you like.',
          link: '/studio/verify',
          about: null,
          at,
        },
        [userId],
      );
      return true;
    });
    if (!isOver) continue;
    house.log.error(
      { case: id },
      'nobody decided about papers in time: they are erased, and the person has to begin again',
    );
  }
  return stale.length;
}

/** Whether nobody touched the case since then. */
async function isStill(tx: Queryable, id: Uuid, before: Date): Promise<boolean> {
  const now = await caseById(tx, id);
  return now !== undefined && now.since.getTime() <= before.getTime();
}

/** Erases the pictures of cases that were decided so long ago that nobody needs them; of how many cases. */
export async function eraseOldPictures(house: House): Promise<number> {
  const nowMs = house.clock.now();
  const { eraseAfterMs } = (await currentPolicy(house.db, nowMs)).verification;
  const due = await casesToErase(house.db, new Date(nowMs - eraseAfterMs), TURN);
  for (const id of due) {
    await house.db.transaction(async (tx) => {
      const at = new Date(nowMs);
      await eraseAndNote(tx, id, at);
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
