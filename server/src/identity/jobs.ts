import { HOUR_MS, SECOND_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { currentPolicy } from '../policy/index.ts';
import { closeSockets } from './session.ts';
import { deleteDeadSessions, deleteOldTries, deleteSessionEndings, sessionsEndedWithin } from './store.ts';

/** Longer than a transaction may take, and than another process may go unnoticed. */
const ENDINGS_LOOKED_AT_SECONDS = 20;

/** Sweeps now and every hour. */
export function startSweeping(house: House): Rounds {
  return goRounds('dead sessions', HOUR_MS, house.log, () => sweep(house));
}

/** Closes the sockets of sessions that end in other processes, within a second or two. */
export function startClosingSockets(house: House): Rounds {
  let closed = new Set<Uuid>();
  return goRounds('sessions ended elsewhere', SECOND_MS, house.log, async () => {
    if (!house.hub.inCompany()) return;
    const ended = await sessionsEndedWithin(house.db, ENDINGS_LOOKED_AT_SECONDS);
    closeSockets(
      house,
      ended.filter((id) => !closed.has(id)),
    );
    closed = new Set(ended);
  });
}

/** Removes what nobody can use any more: dead sessions, their endings, and tries of windows that have passed. */
export async function sweep(house: House): Promise<void> {
  const nowMs = house.clock.now();
  const { sessions, signIn } = await currentPolicy(house.db, nowMs);
  await deleteDeadSessions(house.db, {
    endedBy: new Date(nowMs),
    unseenSince: new Date(nowMs - sessions.idleMs),
  });
  await deleteSessionEndings(house.db, 2 * ENDINGS_LOOKED_AT_SECONDS);
  await deleteOldTries(house.db, new Date(nowMs - signIn.windowMs));
}
