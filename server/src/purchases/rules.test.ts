import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { convertUp } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import { type Policy, PRESETS, type PresetName } from '../policy/index.ts';
import { policyOf } from '../policy/rules.ts';
import type { Rate } from '../rates/index.ts';
import { displayCentsPer } from '../wallet/index.ts';
import type { PaymentSnapshot } from './provider.ts';
import {
  checkDelayMs,
  checkShownPrice,
  type Item,
  nextStep,
  type OrderFacts,
  type PricedItem,
  priceItem,
} from './rules.ts';

const carat: Policy = policyFromPreset('carat');
/** A Diamond is worth 1.35¢. */
const RATE: Rate = {
  version: 7,
  centsPerUnit: { numerator: 27n, denominator: 20_000n },
  announcedAt: new Date(0),
  effectiveFrom: new Date(0),
  inputs: {} as Rate['inputs'],
  reason: '',
};

test('the price of an exact amount is its Coins one by one, rounded up to a cent', () => {
  // 219 × 1.35¢ = 295.65¢ → $2.96
  const table: readonly (readonly [coins: bigint, cents: bigint])[] = [
    [10n, 14n], // 13.5
    [100n, 135n], // exact
    [101n, 137n], // 136.35
    [219n, 296n], // 295.65
    [330n, 446n], // 445.5
    [100_000n, 135_000n],
  ];
  for (const [coins, cents] of table) {
    assert.equal(priced({ kind: 'coins', coins }).priceCents, cents, `${coins} Coins`);
  }
});

test('every pack of every preset can be bought at its own price', () => {
  for (const name of Object.keys(PRESETS) as PresetName[]) {
    const policy = policyFromPreset(name);
    for (const pack of policy.coins.packs) {
      const item = priceItem(policy, RATE, { kind: 'pack', packId: pack.id });
      assert.ok(!(item instanceof Refusal), `${name} ${pack.id}`);
      assert.deepEqual([item.asset, item.units], ['COIN', pack.coins]);
      assert.equal(item.priceCents, pack.priceCents);
    }
  }
});

test('what cannot be bought is refused by name and field', () => {
  const refused = (item: Item) => {
    const answer = priceItem(carat, RATE, item);
    assert.ok(answer instanceof Refusal);
    return [answer.code, answer.field, answer.message];
  };
  assert.deepEqual(refused({ kind: 'pack', packId: 'pack_71' }), [
    'unknown_pack',
    '/item/packId',
    'There is no pack pack_71.',
  ]);
  assert.deepEqual(refused({ kind: 'coins', coins: 9n }), [
    'coins_out_of_bounds',
    '/item/coins',
    'You can buy between 10 and 100,000 Coins at once, not 9.',
  ]);
  assert.equal(refused({ kind: 'coins', coins: 100_001n })[0], 'coins_out_of_bounds');
  assert.equal(refused({ kind: 'coins', coins: 2n ** 63n - 1n })[0], 'coins_out_of_bounds');
});

test('Diamonds cost what they are worth by the rate, rounded up to a cent', () => {
  const table: readonly (readonly [diamonds: bigint, cents: bigint])[] = [
    [50n, 68n], // 67.5
    [100n, 135n], // exact
    [101n, 137n], // 136.35
  ];
  for (const [diamonds, cents] of table) {
    const item = priced({ kind: 'diamonds', diamonds });
    assert.deepEqual(
      [item.asset, item.units, item.priceCents, item.rateVersion],
      ['DIAMOND', diamonds * 1_000n, cents, 7],
    );
  }
  const pack = priced({ kind: 'pack', packId: 'diamonds_500' });
  assert.deepEqual([pack.units, pack.priceCents], [500_000n, 675n]);
  const refused = priceItem(carat, RATE, { kind: 'diamonds', diamonds: 49n });
  assert.ok(refused instanceof Refusal);
  assert.deepEqual([refused.code, refused.field], ['diamonds_out_of_bounds', '/item/diamonds']);
});

test('a price that moved is told and not charged', () => {
  const item = priced({ kind: 'coins', coins: 219n });
  assert.equal(checkShownPrice(null, item), null);
  assert.equal(checkShownPrice(296n, item), null);
  assert.equal(
    checkShownPrice(295n, item)?.message,
    'The price is now $2.96, not $2.95. You have not been charged.',
  );
});

test('a price never loses a cent to the buyer nor takes one too many', () => {
  const ratio = fc.record({
    numerator: fc.bigInt({ min: 1n, max: 1_000_000_000n }),
    denominator: fc.bigInt({ min: 1n, max: 1_000_000_000n }),
  });
  const coins = fc.bigInt({ min: 1n, max: 1_000_000_000n });
  fc.assert(
    fc.property(ratio, coins, coins, (perCoin, a, b) => {
      const price = convertUp(a, perCoin);
      // Up to the cent: at least the true price, less than a cent above it.
      assert.ok(price * perCoin.denominator >= a * perCoin.numerator);
      assert.ok((price - 1n) * perCoin.denominator < a * perCoin.numerator);
      // Buying at once is never dearer than buying in two goes, and by a cent at most cheaper.
      const apart = price + convertUp(b, perCoin);
      const together = convertUp(a + b, perCoin);
      assert.ok(together <= apart && apart - together <= 1n);
    }),
    { numRuns: 2_000 },
  );
});

test('a price per Coin reads as cents', () => {
  assert.equal(displayCentsPer({ numerator: 135n, denominator: 100n }), '1.35¢');
  assert.equal(displayCentsPer({ numerator: 1n, denominator: 1n }), '1¢');
  assert.equal(displayCentsPer({ numerator: 99n, denominator: 70n }), '≈1.4142¢');
  assert.equal(displayCentsPer({ numerator: 5n, denominator: 2n }), '2.5¢');
});

const order: OrderFacts = {
  orderRef: 'order_1',
  providerRef: 'cs_1',
  priceCents: 296n,
  currency: 'USD',
  livemode: false,
  paid: false,
  parked: false,
  ended: false,
};
const paid: PaymentSnapshot = {
  providerRef: 'cs_1',
  orderRef: 'order_1',
  status: 'paid',
  rawStatus: 'paid',
  amountCents: 296n,
  currency: 'USD',
  livemode: false,
  feeCents: 39n,
  paidAt: new Date(0),
  declineCode: null,
  problem: null,
  paidCents: 296n,
  refundedCents: 0n,
  refunds: [],
  disputes: [],
  crypto: null,
};

test('a snapshot moves an order forward, or puts it aside', () => {
  const steps: readonly (readonly [string, Partial<OrderFacts>, Partial<PaymentSnapshot>, string])[] = [
    ['paid', {}, {}, 'credit'],
    ['paid after it ended', { ended: true }, {}, 'credit'],
    ['paid before', { paid: true }, {}, 'nothing final'],
    ['parked before', { parked: true }, {}, 'nothing final'],
    ['still open', {}, { status: 'open' }, 'nothing'],
    ['waits for 3-D Secure', {}, { status: 'processing' }, 'nothing'],
    [
      'declined',
      {},
      { status: 'declined', declineCode: 'insufficient_funds' },
      'end declined insufficient_funds',
    ],
    ['canceled', {}, { status: 'canceled' }, 'end canceled null'],
    ['expired', {}, { status: 'expired' }, 'end expired null'],
    ['expired again', { ended: true }, { status: 'expired' }, 'nothing final'],
    ['expired after it was paid', { paid: true }, { status: 'expired' }, 'nothing final'],
    ['one cent for 219 Coins', {}, { amountCents: 1n }, 'park amount_mismatch'],
    ['a cent too much', {}, { amountCents: 297n }, 'park amount_mismatch'],
    ['another currency', {}, { currency: 'JPY' }, 'park currency_mismatch'],
    ['real money in the sandbox', {}, { livemode: true }, 'park livemode_mismatch'],
    ['play money in a live shop', { livemode: true }, {}, 'park livemode_mismatch'],
    ['another order', {}, { orderRef: 'order_2' }, 'park order_mismatch'],
    ['another order that is open', {}, { orderRef: 'order_2', status: 'open' }, 'park order_mismatch'],
    ['a second page of the same order', {}, { providerRef: 'cs_2' }, 'park order_mismatch'],
    ['paid twice on two pages', { paid: true }, { providerRef: 'cs_2' }, 'park order_mismatch'],
    ['a fee above the price', {}, { feeCents: 297n }, 'park fee_mismatch'],
    ['a fee below zero', {}, { feeCents: -1n }, 'park fee_mismatch'],
    ['too little crypto', {}, { status: 'review', problem: 'paid_partial' }, 'park paid_partial'],
    ['a word we do not know', {}, { status: 'other', rawStatus: 'under_appeal' }, 'park unknown_status'],
  ];
  for (const [name, facts, snapshot, expected] of steps) {
    assert.equal(tell(nextStep({ ...order, ...facts }, { ...paid, ...snapshot })), expected, name);
  }
});

test('the provider is asked quickly at first and never less than every five minutes', () => {
  assert.deepEqual([0, 1, 2, 3, 6, 60].map(checkDelayMs), [5_000, 10_000, 20_000, 40_000, 300_000, 300_000]);
});

function tell(step: ReturnType<typeof nextStep>): string {
  switch (step.kind) {
    case 'nothing':
      return step.final ? 'nothing final' : 'nothing';
    case 'credit':
      return 'credit';
    case 'end':
      return `end ${step.ending} ${step.reason}`;
    case 'park':
      return `park ${step.problem}`;
  }
}

function priced(item: Item): PricedItem {
  const answer = priceItem(carat, RATE, item);
  assert.ok(!(answer instanceof Refusal));
  return answer;
}

function policyFromPreset(name: PresetName): Policy {
  return policyOf(PRESETS[name].document, { version: 1, preset: name, effectiveFrom: new Date(0) });
}
