import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newId } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { CatalogueGift } from './catalogue.ts';
import {
  decideGift,
  diamondUnitsOf,
  type GiftFacts,
  type GiftPolicy,
  isDear,
  isStreakable,
} from './rules.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const [ana, mira, stageId, sessionId, streakId] = [newId(), newId(), newId(), newId(), newId()];

const policy: GiftPolicy = {
  diamondUnitsPerCoin: { numerator: 500n, denominator: 1n },
  quantityMax: 999,
  streakPriceMaxCoins: 99n,
  streakWindowMs: 3_000,
  streakCloseMs: 5_000,
  dearFromCoins: 1_000n,
  undoMs: 5_000,
};

const gift = (id: string, priceCoins: bigint, more: Partial<CatalogueGift> = {}): CatalogueGift => ({
  id,
  name: id,
  tier: 1,
  priceCoins,
  art: '1f339',
  tabs: ['classic'],
  keywords: [],
  validFromMs: NOW - 1_000,
  validUntilMs: null,
  ...more,
});

const rose = gift('rose', 1n);
const comet = gift('comet', 9_999n);
const request = { key: 'k', stageId, catalogueId: 'rose', quantity: 1, streakId: null, count: null };
const live = { stageId, creatorId: mira, live: true, sessionId, giftsOn: true, giftsOffReason: null };
const single: GiftFacts = {
  request,
  senderId: ana,
  gift: rose,
  stage: live,
  receiver: live,
  streak: null,
  policy,
  nowMs: NOW,
};

/** The facts of a streak that has `confirmed` and asks for `count`. */
const streaking = (confirmed: number, count: number, lastAtMs: number | null = NOW - 300): GiftFacts => ({
  ...single,
  request: { ...request, key: `${streakId}:${count}`, streakId, count },
  streak: { count: confirmed, lastAtMs },
});

describe('what a gift costs and brings', () => {
  const rows: [string, GiftFacts, { quantity: number; coins: bigint; diamondUnits: bigint }][] = [
    ['one rose', single, { quantity: 1, coins: 1n, diamondUnits: 500n }],
    [
      'twelve roses',
      { ...single, request: { ...request, quantity: 12 } },
      { quantity: 12, coins: 12n, diamondUnits: 6_000n },
    ],
    ['a comet', { ...single, gift: comet }, { quantity: 1, coins: 9_999n, diamondUnits: 4_999_500n }],
    ['the first of a streak', streaking(0, 1, null), { quantity: 1, coins: 1n, diamondUnits: 500n }],
    ['a streak from 4 to 12', streaking(4, 12), { quantity: 8, coins: 8n, diamondUnits: 4_000n }],
    [
      'a streak at the last moment',
      streaking(4, 5, NOW - 5_000),
      { quantity: 1, coins: 1n, diamondUnits: 500n },
    ],
  ];
  for (const [name, facts, expected] of rows) {
    test(name, () => {
      const decision = decideGift(facts);
      assert(!(decision instanceof Refusal), String(decision));
      const { quantity, coins, diamondUnits } = decision;
      assert.deepEqual({ quantity, coins, diamondUnits }, expected);
    });
  }
});

describe('what is refused, in the order in which it is told', () => {
  const ended = { ...live, live: false, sessionId: null };
  const off = { ...live, giftsOn: false, giftsOffReason: 'the creator is on a break.' };
  const own = { ...live, creatorId: ana };
  const rows: [string, GiftFacts, string, string?][] = [
    [
      'an unknown gift before everything',
      { ...single, gift: undefined, stage: ended },
      'gift_unknown',
      '/giftId',
    ],
    [
      'a gift of tomorrow',
      { ...single, gift: gift('rose', 1n, { validFromMs: NOW + 1 }), stage: ended },
      'gift_not_yet',
      '/giftId',
    ],
    [
      'a gift whose last instant is over',
      { ...single, gift: gift('rose', 1n, { validUntilMs: NOW }) },
      'gift_expired',
      '/giftId',
    ],
    ['none', { ...single, request: { ...request, quantity: 0 } }, 'quantity_out_of_range', '/quantity'],
    [
      'too many',
      { ...single, request: { ...request, quantity: 1_000 } },
      'quantity_out_of_range',
      '/quantity',
    ],
    [
      'half of one',
      { ...single, request: { ...request, quantity: 1.5 } },
      'quantity_out_of_range',
      '/quantity',
    ],
    ['a jump of a streak', streaking(0, 1_000, null), 'quantity_out_of_range', '/count'],
    ['a count beyond what an id holds', streaking(1_048_570, 1_048_576), 'quantity_out_of_range', '/count'],
    [
      'a streak of a large gift',
      { ...streaking(0, 1, null), gift: comet },
      'gift_not_streakable',
      '/streakId',
    ],
    [
      'a streak under a key that does not tell its count',
      { ...streaking(0, 1, null), request: { ...streaking(0, 1).request, key: 'k' } },
      'streak_key_mismatch',
    ],
    ['a stage that ended', { ...single, stage: ended, senderId: mira }, 'stage_not_live'],
    ['a stage without gifts', { ...single, stage: off }, 'gifts_off'],
    ['a guest who is not there', { ...single, receiver: undefined }, 'receiver_not_here', '/to'],
    ['a guest whose live ended', { ...single, receiver: ended }, 'receiver_not_here', '/to'],
    ['a guest who takes no gifts', { ...single, receiver: off }, 'gifts_off'],
    ['the own stage', { ...single, stage: own, receiver: own }, 'own_stage'],
    ['oneself, as a guest', { ...single, receiver: own }, 'own_stage'],
    ['a streak after its time', streaking(4, 5, NOW - 5_001), 'streak_closed'],
  ];
  for (const [name, facts, code, field] of rows) {
    test(`${name}: ${code}`, () => {
      const refusal = decideGift(facts);
      assert(refusal instanceof Refusal);
      assert.equal(refusal.code, code);
      assert.equal(refusal.field, field);
      assert.doesNotMatch(`${refusal.message} ${refusal.remedy}`, /[{}]/, 'a blank was not filled');
    });
  }
});

test('small gifts streak, dear ones can be undone, and nothing is both', () => {
  const rows: [bigint, boolean, boolean][] = [
    [1n, true, false],
    [99n, true, false],
    [100n, false, false],
    [999n, false, false],
    [1_000n, false, true],
    [34_999n, false, true],
  ];
  for (const [price, streakable, dear] of rows) {
    assert.deepEqual(
      [isStreakable(gift('g', price), policy), isDear(gift('g', price), policy)],
      [streakable, dear],
      String(price),
    );
  }
});

test('a yield that does not divide is rounded down per gift, however the taps were bundled', () => {
  const third: GiftPolicy = { ...policy, diamondUnitsPerCoin: { numerator: 1_000n, denominator: 3n } };
  assert.equal(diamondUnitsOf(rose, third), 333n);
  const ten = decideGift({ ...single, policy: third, request: { ...request, quantity: 10 } });
  assert(!(ten instanceof Refusal));
  assert.equal(ten.diamondUnits, 3_330n);
});
