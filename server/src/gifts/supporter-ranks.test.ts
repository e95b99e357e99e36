import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fan, GIFT_SLICES, liveStage } from '../../test/gift-scene.ts';
import { testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { auditGifts } from './audit-gifts.ts';
import { giftingOf } from './gifting.ts';
import { sendGift } from './send-gift.ts';
import { ALL_TIME, dayPeriod, startOfWeek, weekPeriod } from './supporter-periods.ts';
import { kindsOf, minutesOf, type RankList, rankedSupporters, standingOf } from './supporter-ranks.ts';

// A Sunday, so that the next day is another week.
const SUNDAY = Date.UTC(2026, 10, 22, 23, 59, 30);
const clock = testClock(SUNDAY);
const { house } = await testHouse({ slices: GIFT_SLICES, clock });
const gifting = giftingOf(house);
const stage = await liveStage(house);
const { creatorId } = stage;
const sessionId = stage.sessionId ?? '';
const [ana, ben, cyd] = [await fan(house, 9_000n), await fan(house, 9_000n), await fan(house, 9_000n)];
const names = new Map<Uuid, string>([
  [ana, 'ana'],
  [ben, 'ben'],
  [cyd, 'cyd'],
]);

const give = (senderId: Uuid, catalogueId: string, quantity = 1) =>
  sendGift(gifting, senderId, {
    key: newId(),
    stageId: stage.stageId,
    catalogueId,
    quantity,
    streakId: null,
    count: null,
  });
const shown = () =>
  until(
    'every gift was shown and ranked',
    () => house.db.query('select from gifts, gift_relay where committed > ranked'),
    (rows) => rows.length === 0,
  );
const places = async (list: RankList) =>
  (await rankedSupporters(house.db, list, { after: null, limit: 10 })).map(
    ({ senderId, coins }) => `${names.get(senderId)} ${coins}`,
  );

test('the week begins on Monday, UTC', () => {
  assert.equal(dayPeriod(SUNDAY), 'day 2026-11-22');
  assert.equal(weekPeriod(SUNDAY), 'week 2026-11-16');
  assert.equal(weekPeriod(Date.UTC(2026, 10, 23)), 'week 2026-11-23');
  assert.equal(weekPeriod(Date.UTC(2026, 10, 23) - 1), 'week 2026-11-16');
  assert.equal(startOfWeek(0), -3 * DAY_MS);
});

test('places by Coins, and among equals by who got there first; each period counts its own gifts', async () => {
  await give(ana, 'heart'); // 10
  await give(ben, 'coffee', 2); // 10, later
  await give(cyd, 'rose', 3); // 3
  await shown();
  clock.advance(60_000); // Monday, another day and another week
  const monday = clock.now();
  await give(cyd, 'teddy'); // 99
  await give(ana, 'rose'); // 11 in all
  await give(ben, 'rose'); // 11 in all, later
  await shown();
  const all = ['cyd 102', 'ana 11', 'ben 11'];
  assert.deepEqual(await places({ sessionId }), all);
  assert.deepEqual(await places({ creatorId, period: ALL_TIME }), all);
  for (const period of [dayPeriod, weekPeriod]) {
    assert.deepEqual(await places({ creatorId, period: period(SUNDAY) }), ['ana 10', 'ben 10', 'cyd 3']);
    assert.deepEqual(await places({ creatorId, period: period(monday) }), ['cyd 99', 'ana 1', 'ben 1']);
  }
  assert.deepEqual(await places({ creatorId: newId(), period: ALL_TIME }), []);
});

test('one’s own place, and the Coins of the place before', async () => {
  const own = async (senderId: Uuid) => {
    const standing = await standingOf(house.db, { sessionId }, senderId);
    return standing && [standing.place, standing.coins, standing.coinsAhead];
  };
  assert.deepEqual(await own(cyd), [1, 102n, null]);
  assert.deepEqual(await own(ana), [2, 11n, 102n]);
  assert.deepEqual(await own(ben), [3, 11n, 11n]);
  assert.equal(await own(newId()), undefined);
});

test('pages go on behind the last place, over levels and equals', async () => {
  const seen: string[] = [];
  let after = null;
  for (let page = 0; page < 4; page += 1) {
    const [row] = await rankedSupporters(house.db, { sessionId }, { after, limit: 1 });
    if (row === undefined) break;
    seen.push(names.get(row.senderId) ?? '');
    after = row;
  }
  assert.deepEqual(seen, ['cyd', 'ana', 'ben']);
});

test('minutes and kinds of a live', async () => {
  const minutes = await minutesOf(house.db, sessionId, new Date(SUNDAY - DAY_MS));
  assert.deepEqual(
    minutes.map(({ minute, gifts, coins }) => [minute.toISOString().slice(11, 16), gifts, coins]),
    [
      ['23:59', 6n, 23n],
      ['00:00', 3n, 101n],
    ],
  );
  assert.equal((await minutesOf(house.db, sessionId, new Date(clock.now() - 40_000))).length, 1);
  assert.deepEqual(
    (await kindsOf(house.db, sessionId)).map(({ catalogueId, gifts, coins }) => [catalogueId, gifts, coins]),
    [
      ['teddy', 1n, 99n],
      ['coffee', 2n, 10n],
      ['heart', 1n, 10n],
      ['rose', 5n, 5n],
    ],
  );
});

test('the auditor finds nothing to say', async () => {
  assert.deepEqual(await auditGifts(house.db), []);
});
