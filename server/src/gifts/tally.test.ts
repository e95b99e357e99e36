import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { fan, GIFT_SLICES, liveStage } from '../../test/gift-scene.ts';
import { testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { testClock } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { readRoomEvents } from '../realtime/room-events.ts';
import { giftingOf } from './gifting.ts';
import { sendGift } from './send-gift.ts';
import type { StageNow } from './stages.ts';
import { lockRelay } from './store.ts';
import { tallyGifts } from './tally.ts';

const clock = testClock(Date.UTC(2026, 10, 22, 12));
const { house, databaseUrl } = await testHouse({ slices: GIFT_SLICES, clock });
const gifting = giftingOf(house);

const owner = new pg.Client(databaseUrl);
owner.on('error', () => {});
await owner.connect();
after(() => owner.end());
// Counts of a stage, as a slice keeps them: the range of the ledger that counts, and what was added up meanwhile.
await owner.query(`create table test_counts (
  stage_id uuid primary key, from_committed bigint not null, to_committed bigint,
  coins bigint not null default 0, gifts bigint not null default 0)`);
await owner.query('grant select, insert, update on test_counts to carat_app');

let fails = false;
tallyGifts({
  name: 'test',
  isOpen: 'exists (select from test_counts where to_committed is null)',
  run: async (tx, { gifts }) => {
    const counted = await tx.query<{ stageId: Uuid; coins: bigint }>(
      `update test_counts c set coins = c.coins + g.coins, gifts = c.gifts + g.gifts
         from (select stage_id, sum(coins)::bigint as coins, count(*) as gifts
                 from unnest($1::uuid[], $2::bigint[]) as given (stage_id, coins) group by 1) as g
        where c.stage_id = g.stage_id and c.to_committed is null
        returning c.stage_id as "stageId", c.coins`,
      [gifts.map(({ stageId }) => stageId), gifts.map(({ coins }) => coins)],
    );
    if (fails) throw new Error('it counts wrongly');
    return counted.map(({ stageId, coins }) => ({
      stageId,
      events: [{ type: 'counted', createTime: String(clock.now()), coins: String(coins) }],
    }));
  },
});

describe('a count of gifts', () => {
  test('counts every gift between its marks, and none else, while gifts stream in', async () => {
    const stage = await liveStage(house);
    const people = await Promise.all(Array.from({ length: 4 }, () => fan(house, 10_000n)));
    let isGiving = true;
    const giving = people.map(async (person) => {
      while (isGiving) await give(stage, person);
    });
    await untilGifts(stage, 20);
    await open(stage);
    await untilGifts(stage, 200);
    await close(stage);
    isGiving = false;
    await Promise.all(giving);
    await relayed();
    const { rows } = await owner.query(
      `select c.coins, c.gifts, sum(g.coins)::bigint as "coinsThen", count(g.id) as "giftsThen",
              (select count(*) from gifts where stage_id = c.stage_id) as given
         from test_counts c join gifts g
           on g.stage_id = c.stage_id and g.committed > c.from_committed and g.committed <= c.to_committed
        where c.stage_id = $1 group by c.stage_id`,
      [stage.stageId],
    );
    const [counted] = rows;
    assert.deepEqual([counted.coins, counted.gifts], [counted.coinsThen, counted.giftsThen]);
    assert(BigInt(counted.gifts) > 100n && BigInt(counted.gifts) < BigInt(counted.given));
  });

  test('what it tells comes after the gifts that it counted', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    await open(stage);
    await give(stage, ana);
    const told = await until(
      'the count is told',
      () => readRoomEvents(house.db, stage.stageId, 0, 10),
      (events) => events.some(({ type }) => type === 'counted'),
    );
    assert.deepEqual(
      told.map(({ type, coins }) => [type, coins]),
      [
        ['gift', '1'],
        ['counted', '1'],
      ],
    );
    await close(stage);
  });

  test('one that fails leaves nothing half counted, and gifts are shown all the same', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    await open(stage);
    fails = true;
    await give(stage, ana);
    await relayed();
    fails = false;
    const events = await readRoomEvents(house.db, stage.stageId, 0, 10);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['gift'],
    );
    const { rows } = await owner.query('select coins from test_counts where stage_id = $1', [stage.stageId]);
    assert.deepEqual(rows, [{ coins: '0' }]);
    await close(stage);
  });
});

function give(stage: StageNow, senderId: Uuid) {
  return sendGift(gifting, senderId, {
    key: newId(),
    stageId: stage.stageId,
    catalogueId: 'rose',
    quantity: 1,
    streakId: null,
    count: null,
  });
}

function open({ stageId }: StageNow): Promise<void> {
  return house.db.transaction(async (tx) => {
    const from = await lockRelay(tx);
    await tx.query('insert into test_counts (stage_id, from_committed) values ($1, $2)', [stageId, from]);
  });
}

function close({ stageId }: StageNow): Promise<void> {
  return house.db.transaction(async (tx) => {
    const to = await lockRelay(tx);
    await tx.query('update test_counts set to_committed = $2 where stage_id = $1', [stageId, to]);
  });
}

async function untilGifts({ stageId }: StageNow, count: number): Promise<void> {
  await until(`${count} gifts`, async () => {
    const [row] = await house.db.query<{ count: bigint }>(
      'select count(*) as count from gifts where stage_id = $1',
      [stageId],
    );
    return (row?.count ?? 0n) >= BigInt(count);
  });
}

async function relayed(): Promise<void> {
  await until('everything is shown', async () => {
    const open = await house.db.query('select from gifts, gift_relay where committed > relayed');
    return open.length === 0;
  });
}
