import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { beginningOf, filledBy, standingAt, type WarmUp, windowStart } from './rules.ts';

const RULES = { supportersNeeded: 3, levelCoins: [500n, 1_500n, 3_500n, 7_000n, 12_000n] };
const SECOND_NS = 1_000_000_000n;

const gave = (senderId: string, atSeconds: bigint, coins = 1n): WarmUp => ({
  senderId,
  turnCommitted: atSeconds * SECOND_NS,
  firstCommitted: atSeconds * SECOND_NS - 5n,
  coins,
});

test('where a hype stands, at each edge of its levels', () => {
  const at = (coins: bigint) => {
    const { level, progressCoins, goalCoins, percent, isFull } = standingAt(coins, RULES);
    return [level, progressCoins, goalCoins, percent, isFull];
  };
  assert.deepEqual(at(0n), [1, 0n, 500n, 0, false]);
  assert.deepEqual(at(499n), [1, 499n, 500n, 99, false]);
  assert.deepEqual(at(500n), [2, 0n, 1_000n, 0, false]);
  assert.deepEqual(at(1_499n), [2, 999n, 1_000n, 99, false]);
  assert.deepEqual(at(7_000n), [5, 0n, 5_000n, 0, false]);
  assert.deepEqual(at(11_999n), [5, 4_999n, 5_000n, 99, false]);
  assert.deepEqual(at(12_000n), [5, 5_000n, 5_000n, 100, true]);
  assert.deepEqual(at(99_999n), [5, 5_000n, 5_000n, 100, true]);
});

test('more Coins never take a level back, and the levels before are full', () => {
  const coins = fc.bigInt({ min: 0n, max: 20_000n });
  fc.assert(
    fc.property(coins, coins, (a, b) => {
      const [less, more] = a < b ? [a, b] : [b, a];
      assert(filledBy(less, RULES) <= filledBy(more, RULES));
      const { level, progressCoins } = standingAt(less, RULES);
      const before = RULES.levelCoins[level - 2] ?? 0n;
      assert.equal(before + progressCoins, less < 12_000n ? less : 12_000n);
    }),
  );
});

test('three different supporters begin it, one alone never does', () => {
  const whale = Array.from({ length: 50 }, (_, index) => gave('whale', BigInt(100 + index), 9_999n));
  assert.equal(beginningOf(whale, RULES), null);
  assert.equal(beginningOf([...whale, gave('ana', 160n)], RULES), null);
  assert.deepEqual(
    beginningOf([gave('ana', 100n, 5n), gave('ben', 200n, 20n), gave('ana', 250n), gave('cy', 300n)], RULES),
    {
      fromCommitted: 100n * SECOND_NS - 6n, // everything after the gift before Ana's first
      coins: 27n,
    },
  );
});

test('a gift is in the window of another for five minutes', () => {
  assert.equal(windowStart(400n * SECOND_NS, 300_000), 100n * SECOND_NS);
});
