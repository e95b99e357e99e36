import './guests-message.ts';
import { useReceivers } from '../gifts/index.ts';
import type { Slice } from '../house.ts';
import { registerAuditCheck } from '../ledger/index.ts';
import { useTogether } from '../live/index.ts';
import { auditGuests } from './audit-guests.ts';
import { startTakingOut } from './jobs.ts';
import { forgetCompany, guestDirectory } from './kept-companies.ts';
import { guestRoutes } from './routes.ts';
import { companyOnStage } from './store.ts';

export { requireStillWelcome } from './answer-invitation.ts';
export { guestNamed } from './invite.ts';
export { GUEST_NOT_LIVE, INVITED_TOO_SOON } from './refusals.ts';
export { ASK_AGAIN_MS, secondsUntilAskAgain } from './rules.ts';
export { companyOnStage, memberOf } from './store.ts';
export {
  joinCompany,
  type LiveStage,
  lockLives,
  requireRoom,
  tellTogether,
} from './together.ts';

useReceivers(guestDirectory);
useTogether(async (db, stageId) => (await companyOnStage(db, stageId)).length > 0);
registerAuditCheck({ name: 'gifts to guests were given where they were', run: auditGuests });

/** Guests: creators who are live together, each on their own stage. */
export const guests: Slice = {
  name: 'guests',
  routes: guestRoutes,
  start(house) {
    const takingOut = startTakingOut(house);
    house.hub.observe((roomId, events) => {
      for (const event of events) {
        if (event.type === 'stage' && event.live === false) takingOut.wake();
        if (event.type === 'guests') forgetCompany(house, roomId);
      }
    });
    return () => takingOut.stop();
  },
};
