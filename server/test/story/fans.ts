import { newId } from '../../src/core/ids.ts';
import type { Random } from '../../src/core/random.ts';
import { SENDS_REFUNDS_BACK } from './banks.ts';
import type { Someone } from './platform.ts';
import type { OrderOf, Story } from './story.ts';

/** What fans do: buy, give, ask, and want their money back. */

const GOOD = '4242424242424242';
/** How often each card is taken, out of a hundred. */
const CARDS: readonly (readonly [share: number, deeds: readonly Readonly<Record<string, string>>[]])[] = [
  [55, [{ do: 'pay', card: GOOD }]],
  [8, [{ do: 'pay', card: GOOD, wallet: 'apple_pay' }]],
  // 3-D Secure: passed; refused and then another card; left.
  [8, [{ do: 'pay', card: '4000000000003220' }, { do: 'confirm' }]],
  [3, [{ do: 'pay', card: '4000000000003220' }, { do: 'refuse' }, { do: 'pay', card: GOOD }]],
  [3, [{ do: 'pay', card: '4000000000003220' }]],
  [
    4,
    [
      { do: 'pay', card: '4000000000000002' },
      { do: 'pay', card: GOOD },
    ],
  ],
  [3, [{ do: 'pay', card: '4000000000009995' }]],
  // The page is opened, and closed again.
  [3, []],
  // Refunds to it take a while, or come back.
  [4, [{ do: 'pay', card: '4000000000007726' }]],
  [5, [{ do: 'pay', card: SENDS_REFUNDS_BACK }]],
  // Disputed by the bank a moment later.
  [2, [{ do: 'pay', card: '4000000000000259' }]],
  // Somebody who presses twice.
  [
    2,
    [
      { do: 'pay', card: GOOD },
      { do: 'pay', card: GOOD },
    ],
  ],
];

/** What is sent to a page for crypto, out of a hundred. */
const ON_CHAIN: readonly (readonly [share: number, deeds: readonly Readonly<Record<string, string>>[]])[] = [
  [78, [{ do: 'send' }]],
  [6, [{ do: 'send_half' }, { do: 'send' }]],
  [4, [{ do: 'send_half' }]],
  [5, [{ do: 'send_double' }]],
  [7, []],
];

const MAY_NOT = ['account_frozen', 'payment_disputed'];
const BUY_REFUSALS = [
  ...MAY_NOT,
  'too_many_open_orders',
  'below_method_minimum',
  // Nobody is asked for a while after many calls failed.
  'payment_provider_unavailable',
];
const GIVE_REFUSALS = [...MAY_NOT, 'insufficient_coins', 'streak_closed', 'gift_account_closed'];
const ASK_REFUSALS = [...MAY_NOT, 'insufficient_coins', 'question_too_soon', 'too_many_open_questions'];
const REFUND_REFUSALS = [
  'account_frozen',
  'order_not_paid',
  'order_is_disputed',
  'refund_under_way',
  'nothing_unspent',
  'refund_needs_a_hand',
  'refund_too_late',
  'refund_too_small',
  'refund_changed',
  'refund_busy',
];

/** Orders Coins or Diamonds and does at the company's page what this payer does there. */
export async function buy(story: Story, fan: Someone, dice: Random): Promise<void> {
  const method = dice.once(4) ? 'crypto' : 'card';
  const item = dice.once(12)
    ? { kind: 'exact', diamonds: String(50 + dice.below(200)) }
    : dice.once(3)
      ? { kind: 'exact', coins: String(100 + dice.below(9_000)) }
      : { kind: 'pack', packId: dice.pick(story.packs) };
  const opened = await fan.post('/v1/orders', { item, method }, newId());
  if (!story.took(`buy ${method}`, opened, BUY_REFUSALS)) return;
  const { id, checkoutUrl } = opened.body.order;
  const order = { fan, id, method, at: story.now };
  story.orders.push(order);
  // The company did not answer: the fan comes back later.
  if (checkoutUrl === null) story.unopened.push(order);
  else await pay(story, order, checkoutUrl, dice);
}

/** Sends what an invoice asked for, long after its time is over. */
async function payLate(story: Story): Promise<void> {
  const left = story.left.shift();
  if (left === undefined) return;
  await left.order.fan.fillIn(left.url, { do: 'send' });
  story.count('pay late');
}

/** Comes back to an order that had no page. */
export async function comeBack(story: Story, dice: Random): Promise<void> {
  const order = story.unopened.shift();
  if (order === undefined) return payLate(story);
  const shown = await order.fan.get(`/v1/orders/${order.id}`);
  if (!story.took('come back', shown, [])) return;
  const { state, checkoutUrl } = shown.body.order;
  if (checkoutUrl !== null) await pay(story, order, checkoutUrl, dice);
  else if (state === 'unknown') story.unopened.push(order);
}

async function pay(story: Story, order: OrderOf, url: string, dice: Random): Promise<void> {
  const isCrypto = order.method === 'crypto';
  const deeds = drawn(isCrypto ? ON_CHAIN : CARDS, dice);
  for (const deed of deeds) await order.fan.fillIn(url, deed);
  if (isCrypto && deeds.length === 0) story.left.push({ order, url });
}

function drawn<Item>(shares: readonly (readonly [number, Item])[], dice: Random): Item {
  let left = dice.below(shares.reduce((sum, [share]) => sum + share, 0));
  for (const [share, item] of shares) {
    if (left < share) return item;
    left -= share;
  }
  throw new RangeError('no shares');
}

/** Closes an order of theirs before it is paid, or just when it is. */
export async function cancelOrder(story: Story, dice: Random): Promise<void> {
  const order = story.orders.at(-1 - dice.below(Math.min(10, story.orders.length)));
  if (order === undefined) return;
  const answer = await order.fan.post(`/v1/orders/${order.id}/cancel`);
  story.took('cancel an order', answer, []);
}

/** Gives something that is within reach of most, dear things now and then; small ones also in streaks. */
export async function give(story: Story, fan: Someone, dice: Random): Promise<void> {
  const { creator, stageId } = dice.pickHot(story.stages);
  const most = BigInt(dice.once(6) ? 5_000 : dice.once(2) ? 1_000 : 200);
  const gift = dice.pick(story.catalogue.filter(({ coins }) => coins <= most && coins * 20n >= most));
  if (gift.streakable && dice.once(4)) return streak(story, fan, { creator, stageId, giftId: gift.id }, dice);
  const quantity = gift.coins < 20n ? 1 + dice.below(20) : 1;
  const sent = await fan.post('/v1/gifts', { stageId, giftId: gift.id, quantity }, newId());
  if (!story.took('give', sent, GIVE_REFUSALS)) return;
  story.given.push({ id: sent.body.gift.id, from: fan.uuid, to: creator.uuid });
}

async function streak(
  story: Story,
  fan: Someone,
  to: { readonly creator: Someone; readonly stageId: string; readonly giftId: string },
  dice: Random,
): Promise<void> {
  const streakId = newId();
  const { stageId, giftId } = to;
  const taps = 2 + dice.below(6);
  for (let count = 1; count <= taps; count += 1) {
    const body = { stageId, giftId, quantity: 1, streakId, count };
    const sent = await fan.post('/v1/gifts', body, `${streakId}:${count}`);
    if (!story.took('give in a streak', sent, GIVE_REFUSALS)) return;
    story.given.push({ id: sent.body.gift.id, from: fan.uuid, to: to.creator.uuid });
  }
}

export async function ask(story: Story, fan: Someone, dice: Random): Promise<void> {
  const { creator } = dice.pickHot(story.stages);
  const path = `/v1/stages/${creator.handle}/questions`;
  const answer = await fan.post(path, { text: `What is ${dice.below(1_000)}?`, coins: QUESTION_COINS });
  story.took('ask', answer, ASK_REFUSALS);
}

export const QUESTION_COINS = '50';

/** Wants back what is unspent of something they bought, by themselves. */
export async function askBack(story: Story, fan: Someone, dice: Random): Promise<void> {
  const own = story.orders.filter((order) => order.fan === fan);
  if (own.length === 0) return;
  const order = dice.pick(own);
  const answer = await fan.post(`/v1/orders/${order.id}/refunds`, {}, newId());
  story.took('refund by the fan', answer, REFUND_REFUSALS);
}
