import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fan, GIFT_SLICES, has, liveStage } from '../../test/gift-scene.ts';
import { testHouse } from '../../test/test-house.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import type { Database } from '../db/database.ts';
import { MATURITY_AGAIN } from './earning-holds.ts';
import { giftingOf } from './gifting.ts';
import { bundles, matureGifts, parcels } from './mature.ts';
import { type GiftReceipt, giftReceipt } from './receipt.ts';
import { type GiftRequest, sendGift } from './send-gift.ts';
import type { StageNow } from './stages.ts';
import { type DueGift, giftById } from './store.ts';

const START = Date.UTC(2026, 10, 1, 9);
const clock = testClock(START);
const { house, databaseUrl } = await testHouse({ slices: GIFT_SLICES, clock });
const second = await testHouse({ slices: GIFT_SLICES, clock, databaseUrl });
const gifting = giftingOf(house);

const gift = (stage: StageNow, catalogueId: string): GiftRequest => ({
  key: newId(),
  stageId: stage.stageId,
  catalogueId,
  quantity: 1,
  streakId: null,
  count: null,
});
const maturitiesOf = (creatorId: Uuid) =>
  house.db.query<{ transfer_id: Uuid; gifts: bigint }>(
    `select m.transfer_id, count(*) as gifts from gift_maturities m join gifts g on g.id = m.gift_id
      where g.creator_id = $1 group by 1 order by 1`,
    [creatorId],
  );

describe('maturity', () => {
  test('each gift becomes available seven days after it was sent, once, and lists its gifts', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 1_000n)];
    const at = clock.now();
    await sendGift(gifting, ana, gift(stage, 'heart')); // 10 Coins, 5 Diamonds
    await sendGift(gifting, ana, gift(stage, 'coffee')); // 5 Coins, 2.5 Diamonds
    clock.set(at + DAY_MS);
    await sendGift(gifting, ana, gift(stage, 'sunflower')); // 20 Coins, 10 Diamonds, a day later
    const rows: [string, number, { pending: bigint; available: bigint }][] = [
      ['a moment before the first date', at + 7 * DAY_MS - 1, { pending: 17_500n, available: 0n }],
      ['on the first date', at + 7 * DAY_MS, { pending: 10_000n, available: 7_500n }],
      ['asked again', at + 7 * DAY_MS, { pending: 10_000n, available: 7_500n }],
      ['on the second date', at + 8 * DAY_MS, { pending: 0n, available: 17_500n }],
      ['a month later', at + 38 * DAY_MS, { pending: 0n, available: 17_500n }],
    ];
    for (const [name, nowMs, expected] of rows) {
      clock.set(nowMs);
      await matureGifts(house);
      const { pending, available } = await has(house, stage.creatorId);
      assert.deepEqual({ pending, available }, expected, name);
    }
    const listed = await maturitiesOf(stage.creatorId);
    assert.deepEqual(listed.map((row) => row.gifts).sort(), [1n, 2n]);
  });

  test('two processes at once mature each gift once', async () => {
    const stages = [await liveStage(house), await liveStage(house), await liveStage(house)];
    const ana = await fan(house, 1_000n);
    for (const stage of stages) {
      for (const name of ['heart', 'rose', 'coffee']) await sendGift(gifting, ana, gift(stage, name));
    }
    clock.advance(7 * DAY_MS);
    await Promise.all([house, second.house, house, second.house].map((one) => matureGifts(one)));
    for (const { creatorId } of stages) {
      assert.deepEqual(await has(house, creatorId), { coins: 0n, pending: 0n, available: 8_000n });
      assert.deepEqual(
        (await maturitiesOf(creatorId)).map((row) => row.gifts),
        [3n],
      );
    }
  });

  test('a clock that ran weeks ahead and was set right keeps no Diamonds pending', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 1_000n)];
    const at = clock.now();
    clock.set(at + 30 * DAY_MS);
    await matureGifts(house);
    clock.set(at);
    await sendGift(gifting, ana, gift(stage, 'heart')); // 10 Coins, 5 Diamonds
    clock.set(at + 7 * DAY_MS);
    await matureGifts(house);
    assert.deepEqual(await has(house, stage.creatorId), { coins: 0n, pending: 0n, available: 5_000n });
    clock.set(at + 30 * DAY_MS);
    await matureGifts(house);
  });

  test('the receipt says when, before and after', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 1_000n)];
    const at = clock.now();
    const { gift: sent } = await sendGift(gifting, ana, gift(stage, 'heart'));
    const before = (await receiptFor(sent.id)).steps.at(-1);
    assert.deepEqual(
      [before?.step, before?.at, before?.expected],
      ['available', null, new Date(at + 7 * DAY_MS).toISOString()],
    );
    clock.set(at + 7 * DAY_MS + 5);
    await matureGifts(house);
    const after = await receiptFor(sent.id);
    assert.equal(after.status, 'available');
    assert.equal(after.steps.at(-1)?.at, new Date(clock.now()).toISOString());
    assert.equal(after.transfers.length, 3);
  });
});

test('property: parcels hold every bundle once, in order, and no more than allowed', () => {
  const bundle = (gifts: number) => ({ creatorId: newId(), gifts: new Array(gifts), diamondUnits: 1n });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 8 }),
      (sizes, giftsMax, transfersMax) => {
        const all = sizes.map(bundle);
        const made = parcels(all, giftsMax, transfersMax);
        assert.deepEqual(made.flat(), all);
        for (const parcel of made) {
          const gifts = parcel.reduce((sum, { gifts: own }) => sum + own.length, 0);
          assert.ok(parcel.length >= 1 && parcel.length <= transfersMax);
          assert.ok(gifts <= giftsMax || parcel.length === 1, `${gifts} gifts`);
        }
      },
    ),
  );
});

test('a hold that ends while a run is reading: the next run matures what it was on', async () => {
  const [stage, ana] = [await liveStage(house), await fan(house, 1_000n)];
  await sendGift(gifting, ana, gift(stage, 'coffee'));
  const [given] = await house.db.query<{ id: Uuid; due: Date }>(
    'select id, matures_at as due from gifts where creator_id = $1',
    [stage.creatorId],
  );
  assert.ok(given !== undefined);
  const { id, due } = given;
  await matureGifts(house);
  const held = [id, newId(), 5n, 'A bank asks.', 'The bank', new Date(clock.now() + 30 * DAY_MS), new Date()];
  await house.db.query('insert into earning_holds values ($1, $2, $3, $4, $5, $6, $7)', held);
  // Nothing has run for some time: the mark is far behind what is due.
  clock.advance(8 * DAY_MS);
  const endHold = async () => {
    await house.db.transaction(async (tx) => {
      await tx.query('delete from earning_holds where earning_id = $1', [id]);
      await tx.query(MATURITY_AGAIN, [due]);
    });
  };
  let ends = true;
  const query: Database['query'] = async (text, values) => {
    const rows = await house.db.query(text, values);
    const [, until] = values ?? [];
    if (text.includes('from earnings g') && ends && until instanceof Date && until >= due) {
      ends = false;
      await endHold();
    }
    return rows as never;
  };
  await matureGifts({ ...house, db: { ...house.db, query } });
  assert.equal(ends, false);
  clock.advance(DAY_MS);
  await matureGifts(house);
  await matureGifts(house);
  const { pending, available } = await has(house, stage.creatorId);
  assert.deepEqual([pending, available], [0n, 2_500n]);
});

test('of many creators at once, by three runs in two processes, each gift matures once', async () => {
  const stages = await Promise.all(Array.from({ length: 6 }, () => liveStage(house)));
  const ana = await fan(house, 1_000n);
  const began = clock.now();
  const sent = [];
  for (const stage of stages) {
    sent.push(await sendGift(gifting, ana, gift(stage, 'coffee')));
    sent.push(await sendGift(gifting, ana, gift(stage, 'heart')));
  }
  assert.equal(sent.length, 12);
  clock.set(began + 8 * DAY_MS);
  const runs = [house, second.house, house].map((one) => matureGifts(one));
  const matured = (await Promise.all(runs)).reduce((sum, run) => sum + run.gifts, 0);
  const again = (await matureGifts(house)).gifts;
  assert.equal(matured + again, 12);
  for (const { creatorId } of stages) {
    const { pending, available } = await has(house, creatorId);
    assert.deepEqual([pending, available], [0n, 7_500n]);
  }
  assert.equal((await matureGifts(house)).gifts, 0);
});

test('property: bundles hold every gift once, of one creator each, and no more than allowed', () => {
  const due = fc.array(
    fc.record({
      creatorId: fc.constantFrom('a', 'b', 'c'),
      id: fc.uuid(),
      diamondUnits: fc.bigInt({ min: 0n, max: 10n ** 9n }),
      reversedUnits: fc.constant(0n),
      maturesAt: fc.constant(new Date(START)),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(due, fc.integer({ min: 1, max: 7 }), (gifts: DueGift[], most) => {
      const sorted = [...gifts].sort((a, b) => (a.creatorId < b.creatorId ? -1 : 1));
      const made = bundles(sorted, most);
      assert.deepEqual(
        made.flatMap((bundle) => bundle.gifts),
        sorted,
      );
      for (const bundle of made) {
        assert(bundle.gifts.length >= 1 && bundle.gifts.length <= most);
        assert(bundle.gifts.every(({ creatorId }) => creatorId === bundle.creatorId));
        assert.equal(
          bundle.diamondUnits,
          bundle.gifts.reduce((sum, { diamondUnits }) => sum + diamondUnits, 0n),
        );
      }
    }),
  );
});

async function receiptFor(giftId: Uuid): Promise<GiftReceipt> {
  const found = await giftById(house.db, giftId);
  assert(found !== undefined);
  return giftReceipt(gifting, found);
}
