import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { changeStage, fan, GIFT_SLICES, liveStage } from '../../test/gift-scene.ts';
import { testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { testClock } from '../core/clock.ts';
import { newId, publicId, type Uuid } from '../core/ids.ts';
import type { RoomEvent } from '../realtime/room-event.ts';
import { readRoomEvents } from '../realtime/room-events.ts';
import { giftingOf } from './gifting.ts';
import { type GiftRequest, sendGift } from './send-gift.ts';
import type { StageNow } from './stages.ts';
import { diamondsOf } from './store.ts';
import { topSupporters } from './supporter-ranks.ts';

const clock = testClock(Date.UTC(2026, 10, 22, 12));
const { house, databaseUrl } = await testHouse({ slices: GIFT_SLICES, clock });
const gifting = giftingOf(house);
await until('a relay leads', () => gifting.relay.isLeading);
// A second server process on the same database: it waits to lead.
const second = await testHouse({ slices: GIFT_SLICES, clock, databaseUrl });
const elsewhere = giftingOf(second.house);

const owner = new pg.Client(databaseUrl);
owner.on('error', () => {});
await owner.connect();
after(() => owner.end());

const CLOSE_MS = 5_000;

describe('what a stage is told', () => {
  test('a gift on its own is one event, final at once, with every field', async () => {
    const [stage, ana] = [await liveStage(house, 'mira'), await fan(house, 100n, 'ana')];
    await sendGift(gifting, ana, single(stage, { catalogueId: 'sunflower', quantity: 2 }));
    const [event, ...more] = await eventsOf(stage, 1);
    assert(event !== undefined && more.length === 0);
    const { eventId, msgId, giftInstanceId, groupId, userId, toUser, receiverUserId, givenOn, ...rest } =
      event;
    assert.equal(eventId, msgId);
    assert.match(String(giftInstanceId), /^gift_[0-9a-f]{32}$/);
    assert.match(String(groupId), /^[0-9a-f-]{36}$/);
    assert.match(String(userId), /^user_[0-9a-f]{32}$/);
    assert.equal((toUser as { uniqueId: string }).uniqueId, 'mira');
    assert.match(String(receiverUserId), /^user_/);
    assert.equal(givenOn, publicId('stage', stage.stageId));
    assert.deepEqual(rest, {
      type: 'gift',
      seq: 1,
      createTime: String(clock.now()),
      timestamp: clock.now(),
      uniqueId: 'ana',
      nickname: 'Ana',
      avatar: rest.avatar,
      profilePictureUrl: `/art/avatars/${rest.avatar}.webp`,
      giftId: 'sunflower',
      giftName: 'Sunflower',
      art: '1f33b',
      giftPictureUrl: '/art/gifts/1f33b.webp',
      giftType: 1,
      diamondCount: 20,
      repeatCount: 2,
      repeatEnd: true,
      deltaCount: 2,
      deltaCoins: '40',
      final: true,
      coins: '40',
      status: 'shown',
      valueMinor: '54', // 40 × 1.35 ¢
      currency: 'USD',
      tier: 2,
      diamonds: '20000', // 40 × 500 units
    });
  });

  test('a streak whose sender vanishes gets exactly one final, at its time', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    const streakId = newId();
    for (const count of [1, 2, 7]) {
      await sendGift(gifting, ana, upTo(stage, streakId, count));
      clock.advance(400);
    }
    await untilCount(stage, 7);
    clock.advance(CLOSE_MS - 401);
    await relayedAll();
    assert.deepEqual(finals(await events(stage)), []);
    clock.advance(1);
    await until('a streak is closed', async () => finals(await events(stage)).length > 0);
    clock.advance(60_000);
    await relayedAll();
    const told = await events(stage);
    assertGapless(told);
    assert.deepEqual(
      finals(told).map(({ repeatCount, deltaCount, coins, repeatEnd }) => ({
        repeatCount,
        deltaCount,
        coins,
        repeatEnd,
      })),
      [{ repeatCount: 7, deltaCount: 0, coins: '7', repeatEnd: true }],
    );
    assert.equal(told.at(-1)?.final, true);
  });

  test('the sums of supporters and session are those of the gifts', async () => {
    const [stage, ana, ben] = [await liveStage(house), await fan(house, 500n), await fan(house, 500n)];
    await sendGift(gifting, ana, single(stage, { catalogueId: 'heart', quantity: 3 }));
    await sendGift(elsewhere, ben, single(stage, { catalogueId: 'disco' }));
    await sendGift(gifting, ana, upTo(stage, newId(), 5));
    await untilCount(stage, 3 + 1 + 5);
    const sessionId = stage.sessionId ?? '';
    const top = await until(
      'the supporters are ranked',
      () => topSupporters(house.db, { sessionId, limit: 10 }),
      (ranked) => ranked.at(1)?.coins === 35n,
    );
    assert.deepEqual(top, [
      { senderId: ben, coins: 199n, diamondUnits: 99_500n },
      { senderId: ana, coins: 35n, diamondUnits: 17_500n },
    ]);
    assert.deepEqual(await topSupporters(house.db, { sessionId, limit: 1 }), [
      { senderId: ben, coins: 199n, diamondUnits: 99_500n },
    ]);
    assert.equal(await diamondsOf(house.db, sessionId), 117_000n);
    assert.equal(await diamondsOf(house.db, newId()), 0n);
  });

  test('the end of a live session leaves no streak open', async () => {
    const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
    await sendGift(gifting, ana, upTo(stage, newId(), 3));
    changeStage({ ...stage, live: false, sessionId: null });
    await untilCount(stage, 3);
    clock.advance(CLOSE_MS);
    await until('the streak is closed', async () => finals(await events(stage)).length === 1);
  });
});

// Senders tap and retry over two processes while whoever leads is cut off again and again.
test('the leader dies and another goes on: gapless numbers, one final a streak, every tap counted', async () => {
  const stages = [await liveStage(house), await liveStage(house)];
  const senders = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => ({
      id: await fan(house, 1_000n),
      stage: stages[index % stages.length] as StageNow,
      streakId: newId(),
      count: 0,
    })),
  );
  let isOver = false;
  let cuts = 0;
  const cutting = (async () => {
    while (!isOver) {
      cuts += await cutLeader();
      await until('one leads', () => gifting.relay.isLeading || elsewhere.relay.isLeading);
    }
  })();
  for (let round = 0; round < 25; round += 1) {
    await Promise.all(
      senders.map(async (sender, index) => {
        sender.count += 1 + ((round + index) % 3);
        const asked = upTo(sender.stage, sender.streakId, sender.count);
        const process = (round + index) % 2 === 0 ? gifting : elsewhere;
        await Promise.all([sendGift(process, sender.id, asked), sendGift(gifting, sender.id, asked)]);
      }),
    );
  }
  isOver = true;
  await cutting;
  assert(cuts > 3, `the leader was cut only ${cuts} times`);
  await relayedAll();
  clock.advance(CLOSE_MS);
  for (const stage of stages) {
    const own = senders.filter((sender) => sender.stage === stage);
    await until('all streaks are closed', async () => finals(await events(stage)).length >= own.length);
    await relayedAll();
    const told = await events(stage);
    assertGapless(told);
    for (const { streakId, count } of own) {
      const streak = told.filter(({ groupId }) => groupId === streakId);
      assert.equal(finals(streak).length, 1, 'one final');
      assert.equal(streak.at(-1)?.final, true, 'the final comes last');
      assert.equal(streak.at(-1)?.repeatCount, count);
      assert.equal(
        streak.reduce((sum, { deltaCount }) => sum + Number(deltaCount), 0),
        count,
        'every tap once',
      );
    }
  }
});

test('when the leading process stops, the other leads within a second', async () => {
  const leader = gifting.relay.isLeading ? gifting : elsewhere;
  const other = leader === gifting ? elsewhere : gifting;
  await leader.relay.stop();
  await until('the other leads', () => other.relay.isLeading);
  assert.equal(leader.relay.isLeading, false);
  const [stage, ana] = [await liveStage(house), await fan(house, 100n)];
  await sendGift(leader, ana, single(stage));
  await eventsOf(stage, 1);
});

function single(stage: StageNow, more: Partial<GiftRequest> = {}): GiftRequest {
  return {
    key: newId(),
    stageId: stage.stageId,
    catalogueId: 'rose',
    quantity: 1,
    streakId: null,
    count: null,
    ...more,
  };
}

function upTo(stage: StageNow, streakId: Uuid, count: number): GiftRequest {
  return { ...single(stage), key: `${streakId}:${count}`, streakId, count };
}

function events(stage: StageNow): Promise<RoomEvent[]> {
  return readRoomEvents(house.db, stage.stageId, 0, 10_000);
}

async function eventsOf(stage: StageNow, count: number): Promise<RoomEvent[]> {
  return until(
    `${count} events`,
    () => events(stage),
    (told) => told.length >= count,
  );
}

function finals(told: readonly RoomEvent[]): RoomEvent[] {
  return told.filter(({ final }) => final === true);
}

/** Waits until the stage was told of so many taps. */
async function untilCount(stage: StageNow, count: number): Promise<void> {
  await until(
    `${count} gifts are told`,
    async () => (await events(stage)).reduce((sum, { deltaCount }) => sum + Number(deltaCount), 0) === count,
  );
}

/** Waits until there is nothing left to show and nothing left to close. */
async function relayedAll(): Promise<void> {
  await until('nothing is left to show or to close', async () => {
    const [row] = await house.db.query<{ done: boolean }>(
      `select not exists (select from gifts, gift_relay where committed > relayed)
          and not exists (select from streaks where final_at is null and due_at <= $1) as done`,
      [new Date(clock.now())],
    );
    return row?.done === true;
  });
}

function assertGapless(told: readonly RoomEvent[]): void {
  assert.deepEqual(
    told.map(({ seq }) => seq),
    told.map((_, index) => index + 1),
  );
}

/** Ends the connection that holds the leader's lock, as a kill of its process would. */
async function cutLeader(): Promise<number> {
  const { rows } = await owner.query<{ cut: boolean }>(
    `select pg_terminate_backend(pid) as cut from pg_locks
      where locktype = 'advisory' and granted and objsubid = 1
        and database = (select oid from pg_database where datname = current_database())
        and (classid::bigint << 32) | objid::bigint = 27424983510214770`,
  );
  return rows.filter(({ cut }) => cut).length;
}
