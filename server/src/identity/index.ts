import { HOUR_MS } from '../core/clock.ts';
import type { House, Slice } from '../house.ts';
import { currentPolicy } from '../policy/index.ts';
import { identityRoutes } from './routes.ts';
import { livingPrincipals } from './session.ts';
import { deleteDeadSessions, deleteOldTries } from './store.ts';

export { changeRole, type GivenRole } from './change-role.ts';
export { crowdIsOn, offerDemoPerson, whenCrowdSwitches } from './demo.ts';
export { operatorLink } from './first-operator.ts';
export { follow, whenFollowed } from './follow.ts';
export { freezeAccount } from './freeze-account.ts';
export { addGateChecks, explainGate, type GateCheck, passesGate, requireGate } from './gates.ts';
export { type NewPerson, openPerson } from './open-person.ts';
export { useLiveness } from './present.ts';
export { GATES, type Gate } from './rules.ts';
export { authenticate } from './session.ts';
export { followedAmong, followedBy, type Person, peopleByIds, personByHandle } from './store.ts';
export { cleanText, type TextRules } from './text.ts';

export const identity: Slice = {
  name: 'identity',
  routes: identityRoutes,
  channel(hub, house) {
    hub.useSessions((ids) => livingPrincipals(house, ids));
  },
  start(house) {
    const timer = setInterval(() => {
      sweep(house).catch((error: Error) => {
        house.log.warn({ reason: error.message }, 'old sessions could not be removed; the next round will');
      });
    }, HOUR_MS);
    timer.unref();
    return async () => clearInterval(timer);
  },
};

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
