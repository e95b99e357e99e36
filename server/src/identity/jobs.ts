import { HOUR_MS } from '../core/clock.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { currentPolicy } from '../policy/index.ts';
import { deleteDeadSessions, deleteOldTries } from './store.ts';

/** Sweeps now and every hour. */
export function startSweeping(house: House): Rounds {
  return goRounds('dead sessions', HOUR_MS, house.log, () => sweep(house));
}

/** Removes what nobody can use any more: dead sessions, and tries of windows that have passed. */
export async function sweep(house: House): Promise<void> {
  const nowMs = house.clock.now();
  const { sessions, signIn } = await currentPolicy(house.db, nowMs);
  await deleteDeadSessions(house.db, {
    endedBy: new Date(nowMs),
    unseenSince: new Date(nowMs - sessions.idleMs),
  });
  await deleteOldTries(house.db, new Date(nowMs - signIn.windowMs));
}
