import './describe-gifts.ts';
import './gift-message.ts';
import type { Slice } from '../house.ts';
import { addExplanation } from '../identity/index.ts';
import { registerAuditCheck } from '../ledger/index.ts';
import { measureSpending } from '../spending/index.ts';
import { auditGifts } from './audit-gifts.ts';
import { giftChannel } from './channel.ts';
import { explainGiving } from './explain-giving.ts';
import { giftingOf } from './gifting.ts';
import { startMaturing, startUncounting } from './jobs.ts';
import { giftRoutes } from './routes.ts';

export { readCatalogue } from './catalogue.ts';
export { clearingOf } from './clearing.ts';
export { delayRows } from './clearing-dates.ts';
export { MATURITY_AGAIN, notMatured } from './earning-holds.ts';
export { type EarningFacts, ENTRY_STATUS, earningFacts, earningStanding } from './earning-standing.ts';
export { type Gift, liveOfGift } from './gift.ts';
export { giftIdOfTransfer, idOfKey } from './gift-ids.ts';
export { type GiftMoney, useGiftMoney } from './gift-money.ts';
export { giftTransfers } from './gift-transfers.ts';
export { bundles, matureGifts, maturityTransfer } from './mature.ts';
export { type Paying, payingOf } from './paying.ts';
export { whenRanked } from './ranked.ts';
export { type Receiver, type ReceiverDirectory, useReceivers } from './receivers.ts';
export { recountGifts } from './recount.ts';
export { GIFT_ACCOUNT_CLOSED, insufficientCoins, STAGE_NOT_LIVE } from './refusals.ts';
export { useReturns } from './returns.ts';
export { diamondUnitsOf } from './rules.ts';
export { delaySchema, heldSchema, reversedSchema } from './schema.ts';
export { findStage, type StageDirectory, type StageNow, useStages } from './stages.ts';
export { diamondsOf, giftsByIds, lockRelay } from './store.ts';
export {
  ALL_TIME,
  dayPeriod,
  RANK_PERIODS,
  type RankPeriod,
  startOfDay,
  startOfWeek,
  weekPeriod,
} from './supporter-periods.ts';
export {
  kindsOf,
  type MinuteSum,
  minutesOf,
  type RankedSupporter,
  type RankList,
  rankedSupporters,
  type Supporter,
  standingOf,
  topSupporters,
} from './supporter-ranks.ts';
export { type GiftTally, type RoomNews, tallyGifts } from './tally.ts';
export { giftToTest } from './test-gift.ts';
export { RECOUNT_GIFTS } from './uncount-gifts.ts';

addExplanation('send', 'gifts', (house, userId) => explainGiving(giftingOf(house), userId));
measureSpending('given', (house, userId) => giftingOf(house).room.given(userId));
registerAuditCheck({ name: 'gifts agree with their transfers, sums and streaks', run: auditGifts });

/** Gifts: the catalogue, sending, streaks, what stages are told, and how Diamonds mature. */
export const gifts: Slice = {
  name: 'gifts',
  routes: giftRoutes,
  channel: giftChannel,
  async start(house) {
    const gifting = giftingOf(house);
    await gifting.catalogue.now();
    gifting.relay.start();
    const maturing = startMaturing(house);
    const uncounting = startUncounting(house);
    return async () => {
      await uncounting.stop();
      await maturing.stop();
      gifting.notices.stop();
      await gifting.relay.stop();
    };
  },
};
