import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TierLevel } from '../policy/index.ts';
import { conditionsOf, engagement, levelOf } from './rules.ts';

const LEVELS: readonly TierLevel[] = [
  { name: 'Spark', followers: 10, viewerMinutes: 100, engagementCoins: 0, yieldBasisPoints: 10_000 },
  { name: 'Glow', followers: 100, viewerMinutes: 1_000, engagementCoins: 50, yieldBasisPoints: 10_500 },
  { name: 'Shine', followers: 1_000, viewerMinutes: 1_000, engagementCoins: 50, yieldBasisPoints: 11_000 },
];

test('a tier is reached when all three are, to the last one', () => {
  const at = (followers: number, viewerMinutes: bigint, coins: bigint) =>
    levelOf(LEVELS, { followers, viewerMinutes, coins });
  assert.equal(at(9, 1_000_000n, 1_000_000n), -1);
  assert.equal(at(10, 100n, 0n), 0);
  assert.equal(at(100, 1_000n, 50n), 1);
  assert.equal(at(100, 1_000n, 49n), 0, 'one Coin short');
  assert.equal(at(99, 1_000n, 50n), 0, 'one follower short');
  assert.equal(at(5_000, 999n, 5_000n), 0, 'one minute short');
  assert.equal(at(1_000, 1_000n, 50n), 2);
  assert.equal(levelOf([], { followers: 1, viewerMinutes: 1n, coins: 1n }), -1);
});

test('engagement is Coins for 1,000 viewer-minutes; where nobody watched there is none', () => {
  assert.equal(engagement({ followers: 0, viewerMinutes: 3n, coins: 10n }), 3_333n);
  assert.equal(engagement({ followers: 0, viewerMinutes: 0n, coins: 10n }), 0n);
});

test('every level below the one that is reached is reached too', () => {
  const number = fc.integer({ min: 0, max: 2_000 });
  fc.assert(
    fc.property(number, number, number, (followers, minutes, coins) => {
      const inputs = { followers, viewerMinutes: BigInt(minutes), coins: BigInt(coins) };
      const reached = LEVELS.map((level) =>
        conditionsOf(level, inputs).every(({ have, need }) => have >= need),
      );
      assert.deepEqual(
        reached,
        LEVELS.map((_, index) => index <= levelOf(LEVELS, inputs)),
      );
    }),
  );
});
