import { type GiftTally, tallyGifts } from '../gifts/index.ts';
import { addCoins, GIFT_VOTES_RUN } from './store.ts';

/**
 * Counts the Coins of shown gifts for the options of running gift votes: all that are given in the live, whoever on the
 * stage gets them. The room is told a moment later, with the other votes. How far the relay has come says what counts,
 * so nothing of a gift is compared here but its live and its id.
 */
const giftVotes: GiftTally = {
  name: 'gift votes',
  isOpen: GIFT_VOTES_RUN,
  async run(tx, { gifts }) {
    const sums = new Map<string, { sessionId: string; giftId: string; coins: bigint }>();
    for (const { sessionId, catalogueId, coins } of gifts) {
      const key = `${sessionId} ${catalogueId}`;
      const sum = sums.get(key);
      if (sum === undefined) sums.set(key, { sessionId, giftId: catalogueId, coins });
      else sum.coins += coins;
    }
    await addCoins(tx, [...sums.values()]);
    return [];
  },
};

tallyGifts(giftVotes);
