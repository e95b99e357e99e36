import { MINUTE_MS } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { currentPolicy } from '../policy/index.ts';
import { keyName, seal, unseal } from './seal.ts';
import {
  casesToErase,
  erasePictures,
  insertCaseEvent,
  lockCasesOf,
  moveCase,
  type OlderPicture,
  picturesOfOtherKeys,
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

/** Ends cases that were begun and left; how many. */
export async function expireCases(house: House): Promise<number> {
  const nowMs = house.clock.now();
  const { expireAfterMs } = (await currentPolicy(house.db, nowMs)).verification;
  const stale = await staleCases(house.db, new Date(nowMs - expireAfterMs), TURN);
  for (const { id, userId } of stale) {
    await house.db.transaction(async (tx) => {
      await lockCasesOf(tx, userId);
      const at = new Date(nowMs);
      if (await moveCase(tx, id, { from: 'started', to: 'expired', at })) await note(tx, id, 'expired', at);
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
 * Seals with the first key what was sealed with one of the others; how many. One that does not open is left as it is, and
 * keeps none of the others.
 */
export async function resealPictures(house: House): Promise<number> {
  const [first, ...others] = house.config.documentKeys;
  if (first === undefined || others.length === 0) return 0;
  const to = keyName(first);
  const keys = new Map(others.map((key) => [keyName(key), key]));
  let done = 0;
  let after: Uuid | null = null;
  for (;;) {
    const about = { to, known: [...keys.keys()], after, limit: TURN };
    const older: OlderPicture[] = await picturesOfOtherKeys(house.db, about);
    for (const { id, keyName: from, sealed } of older) {
      const key = keys.get(from);
      if (key === undefined) continue;
      try {
        await resealPicture(house.db, id, { from, to, sealed: seal(first, id, unseal(key, id, sealed)) });
        done += 1;
      } catch (error) {
        house.log.error({ err: error, picture: id }, 'a picture could not be sealed with the new key');
      }
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
