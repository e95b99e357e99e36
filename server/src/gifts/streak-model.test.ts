import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fan, GIFT_SLICES, giveCoins, has, liveStage } from '../../test/gift-scene.ts';
import { testHouse } from '../../test/test-house.ts';
import { testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { auditGifts } from './audit-gifts.ts';
import { giftingOf } from './gifting.ts';
import { sendGift } from './send-gift.ts';

const clock = testClock(Date.UTC(2026, 10, 22, 12));
const { house, databaseUrl } = await testHouse({ slices: GIFT_SLICES, clock });
const second = await testHouse({ slices: GIFT_SLICES, clock, databaseUrl });
const processes = [giftingOf(house), giftingOf(second.house)];
const stage = await liveStage(house);
const CLOSE_MS = 5_000;

/** One of: a press up to a count (an old one is a retry) on a process; Coins bought; time that passes. */
const move = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('press' as const),
      streak: fc.nat(1),
      step: fc.integer({ min: -3, max: 6 }),
      at: fc.nat(1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('buy' as const), coins: fc.integer({ min: 1, max: 15 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 6_000 }) }),
  },
);

interface ModelStreak {
  readonly id: string;
  confirmed: number;
  lastAtMs: number | null;
  /** The count that was refused for want of Coins; nothing is taken after it. */
  refused: number | null;
}

/** What a press must be answered with, worked out without the ledger. */
function expected(streak: ModelStreak, count: number, coins: number, nowMs: number): string {
  if (count <= streak.confirmed) return 'replayed';
  if (streak.lastAtMs !== null && nowMs - streak.lastAtMs > CLOSE_MS) return 'streak_closed';
  if (streak.refused !== null) return streak.refused === count ? 'insufficient_coins' : 'streak_closed';
  return count - streak.confirmed <= coins ? 'sent' : 'insufficient_coins';
}

test('property: presses, retries and purchases over two processes count as the model counts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(30), fc.array(move, { minLength: 5, maxLength: 30 }), async (start, moves) => {
      const sender = await fan(house, BigInt(start));
      let coins = start;
      const streaks = [newId(), newId()].map(
        (id): ModelStreak => ({ id, confirmed: 0, lastAtMs: null, refused: null }),
      );
      for (const step of moves) {
        if (step.kind === 'wait') clock.advance(step.ms);
        else if (step.kind === 'buy') {
          await giveCoins(house, sender, BigInt(step.coins));
          coins += step.coins;
        } else {
          const streak = streaks[step.streak];
          const process = processes[step.at];
          assert(streak !== undefined && process !== undefined);
          const count = Math.max(1, streak.confirmed + step.step);
          const outcome = expected(streak, count, coins, clock.now());
          const answer = await sendGift(process, sender, {
            key: `${streak.id}:${count}`,
            stageId: stage.stageId,
            catalogueId: 'rose',
            quantity: 1,
            streakId: streak.id,
            count,
          }).catch((error: unknown) => error);
          if (answer instanceof Refusal) {
            assert.equal(answer.code, outcome);
            if (outcome === 'insufficient_coins') streak.refused = count;
          } else {
            const { replayed, count: told, coinsLeft } = answer as Awaited<ReturnType<typeof sendGift>>;
            assert.equal(replayed ? 'replayed' : 'sent', outcome);
            if (!replayed) {
              coins -= count - streak.confirmed;
              streak.confirmed = count;
              streak.lastAtMs = clock.now();
            }
            assert.deepEqual([told, coinsLeft], [streak.confirmed, BigInt(coins)]);
          }
        }
      }
      assert.equal((await has(house, sender)).coins, BigInt(coins));
    }),
    { numRuns: 25 },
  );
  assert.deepEqual(await auditGifts(house.db), []);
});
