import type { Slice } from '../house.ts';
import { startClosingSockets, startSweeping } from './jobs.ts';
import { identityRoutes } from './routes.ts';
import { livingPrincipals } from './session.ts';

export { activeFreeze, type FreezeNow } from './active-freeze.ts';
export { becomeRole, changeRole, type GivenRole } from './change-role.ts';
export { requireConfirmed } from './confirm-session.ts';
export { crowdIsOn, offerDemoPerson, whenCrowdSwitches } from './demo.ts';
export { operatorLink } from './first-operator.ts';
export { follow, whenFollowed } from './follow.ts';
export { freezeAccount, whenFrozen } from './freeze-account.ts';
export {
  addExplanation,
  addGateChecks,
  explainGate,
  type GateCheck,
  ownGateChecks,
  passesGate,
  requireGate,
  useVerified,
} from './gates.ts';
export { type KeptPeople, keptPeopleOf } from './kept-people.ts';
export { nameInRanks, type RankedPerson, rankedPersonSchema } from './name-in-ranks.ts';
export { type NewPerson, openPerson } from './open-person.ts';
export { useLiveness } from './present.ts';
export { GATES, type Gate, type IdentityState, identityCheck } from './rules.ts';
export { roleSchema } from './schema.ts';
export { authenticate, closeSockets } from './session.ts';
export {
  followedAmong,
  followedBy,
  followersOf,
  hasOtherOperator,
  holdsRole,
  operatorIds,
  type Person,
  peopleByIds,
  personByHandle,
} from './store.ts';
export { cleanText, lookAlike, type TextRules } from './text.ts';

export const identity: Slice = {
  name: 'identity',
  routes: identityRoutes,
  channel(hub, house) {
    hub.useSessions((ids) => livingPrincipals(house, ids));
  },
  start(house) {
    const rounds = [startSweeping(house), startClosingSockets(house)];
    return async () => {
      await Promise.all(rounds.map((one) => one.stop()));
    };
  },
};
