import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Person, testHouse } from '../../test/test-house.ts';
import { buyCoins, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { openDatabase } from '../db/database.ts';
import { gifts, matureGifts } from '../gifts/index.ts';
import { identity } from '../identity/index.ts';
import { live } from '../live/index.ts';
import { policy } from '../policy/index.ts';
import { purchases } from '../purchases/index.ts';
import { rates } from '../rates/index.ts';
import { wallet } from '../wallet/index.ts';
import { auditEarnings } from './audit-earnings.ts';
import { bookEarnings } from './book-earnings.ts';
import type { EarningJson } from './earning-entries.ts';
import { earnings } from './index.ts';
import { clearingCalendar, creatorShare, displayShare, displayYield, everyDay } from './rules.ts';
import { earningDays, topSupportersOf } from './store.ts';

const clock = testClock(Date.UTC(2026, 10, 19, 12));
const house = await testHouse({
  slices: [policy, identity, rates, wallet, purchases, gifts, live, earnings],
  clock,
});
const { db } = house.house;
const mira = await house.person('mira');
const stageId = await goLive(mira);
const ana = await house.person('ana');
const ben = await house.person('ben');
await buyCoins(ana, 5_000n);
await buyCoins(ben, 5_000n);

const give = async (fan: Person, giftId: string, quantity: number) => {
  const answer = await fan.post('/v1/gifts', { stageId, giftId, quantity }, newId());
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.gift;
};
const earningsNow = async () => (await mira.get('/v1/me/earnings')).body;

test('before the first gift everything is there, at nothing', async () => {
  const body = await earningsNow();
  assert.deepEqual(
    [body.pending.display, body.available.display, body.pendingMoney.display, body.calendar, body.supporters],
    ['0 Diamonds', '0 Diamonds', '$0.00', [], []],
  );
  assert.equal(body.days.length, 14);
  assert.deepEqual(body.days.at(-1), {
    date: '2026-11-19',
    amount: { asset: 'DIAMOND', units: '0', display: '0 Diamonds' },
    reversed: { asset: 'DIAMOND', units: '0', display: '0 Diamonds' },
  });
  assert.deepEqual(body.how.share, { numerator: '1', denominator: '2' });
});

test('100 Coins are 50 Diamonds, pending for seven days, then available', async () => {
  // 20 × 5 Coins = 100 Coins; half a Diamond for each
  const gift = await give(ana, 'coffee', 20);
  const now = await earningsNow();
  assert.deepEqual(
    [now.pending.display, now.pendingMoney.display, now.available.display],
    ['50 Diamonds', '$0.67', '0 Diamonds'], // 50 × 1.35¢ = 67.5¢, rounded down
  );
  assert.deepEqual(
    now.calendar.map((day: { date: string; amount: { display: string } }) => [day.date, day.amount.display]),
    [['2026-11-26', '50 Diamonds']],
  );
  assert.equal(now.days.at(-1).amount.display, '50 Diamonds');
  assert.deepEqual(
    [now.how.fansSpent.display, now.how.earned.display, now.how.matured.display],
    ['100 Coins', '50 Diamonds', '0 Diamonds'],
  );
  const [entry] = (await mira.get('/v1/me/earnings/entries')).body.items;
  assert.deepEqual(
    [entry.giftId, entry.giftName, entry.quantity, entry.sender.handle, entry.amount.display, entry.status],
    [gift.id, 'Coffee', 20, 'ana', '50 Diamonds', 'pending'],
  );
  assert.equal(entry.maturesAt.slice(0, 10), '2026-11-26');
  const receipt = await mira.get(`/v1/me/wallet/entries/${entry.transferId}`);
  assert.equal(receipt.body.entry.amount.display, '50 Diamonds');

  assert.equal(now.counting, null);
  // Whoever holds the mark keeps every count from being made.
  const { counting } = await db.transaction(async (tx) => {
    await tx.query('select from gift_maturity_mark for update');
    clock.advance(7 * DAY_MS);
    return earningsNow();
  });
  assert.deepEqual(
    [counting.amount.display, counting.money.display, counting.since.slice(0, 10), counting.cause],
    ['50 Diamonds', '$0.67', '2026-11-26', 'Counting is behind, and catches up by itself.'],
  );
  await matureGifts(house.house);
  const later = await earningsNow();
  assert.equal(later.counting, null, 'it has landed');
  assert.deepEqual(
    [later.pending.display, later.available.display, later.calendar],
    ['0 Diamonds', '50 Diamonds', []],
  );
  assert.equal((await mira.get('/v1/me/earnings/entries')).body.items[0].status, 'available');
  assert.equal((await mira.get('/v1/me/earnings/entries?status=pending')).body.items.length, 0);
});

test('the sums are complete at once, whether they are booked yet or not', async () => {
  for (const [fan, giftId, quantity] of [
    [ana, 'rose', 3],
    [ben, 'teddy', 2],
    [ana, 'crown', 1],
    [ben, 'rose', 1],
  ] as const) {
    await give(fan, giftId, quantity);
    // 3; 198; 499; 1 Coins. Read before the round comes by, and again after a turn.
    const before = await earningsNow();
    while ((await bookEarnings(db)) > 0);
    const after = await earningsNow();
    assert.deepEqual(
      [after.days, after.calendar, after.supporters, after.kept, after.how],
      [before.days, before.calendar, before.supporters, before.kept, before.how],
    );
  }
  const body = await earningsNow();
  assert.equal(body.pending.display, '350.5 Diamonds'); // 701 Coins
  assert.deepEqual(
    body.supporters.map((supporter: { handle: string; amount: { display: string } }) => [
      supporter.handle,
      supporter.amount.display,
    ]),
    [
      ['ana', '301 Diamonds'], // 100 + 3 + 499 = 602 Coins
      ['ben', '99.5 Diamonds'],
    ],
  );
  const sum = (days: { amount: { units: string } }[]) =>
    days.reduce((total, day) => total + BigInt(day.amount.units), 0n).toString();
  assert.equal(sum(body.calendar), body.pending.units, 'the calendar sums to what is pending');
  assert.equal(sum(body.days), body.how.earned.units);
  assert.deepEqual(await auditEarnings(db), []);
});

test('the list can be narrowed, paged and taken home, and it adds up', async () => {
  const all: EarningJson[] = [];
  let cursor: string | null = null;
  do {
    const place: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { body } = await mira.get(`/v1/me/earnings/entries?limit=2${place}`);
    all.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor !== null);
  assert.equal(all.length, 5);
  assert.deepEqual(
    all.map((entry) => entry.giftName),
    ['Rose', 'Crown', 'Teddy', 'Rose', 'Coffee'],
  );
  const ids = async (query: string): Promise<string[]> =>
    (await mira.get(`/v1/me/earnings/entries?${query}`)).body.items.map((entry: EarningJson) => entry.giftId);
  assert.equal((await ids('status=available')).length, 1);
  assert.equal((await ids('status=pending')).length, 4);
  assert.equal((await ids('to=2026-11-20')).length, 1);
  assert.equal((await ids('from=2026-11-20')).length, 4);
  for (const query of ['status=lost', 'from=yesterday', 'cursor=x']) {
    assert.equal((await mira.get(`/v1/me/earnings/entries?${query}`)).status, 400, query);
  }
  const file = await mira.get('/v1/me/earnings/entries.csv');
  const lines = file.body.trimEnd().split('\r\n').slice(1);
  assert.equal(lines.length, 5);
  const units = lines.reduce((total: bigint, line: string) => total + BigInt(line.split(',')[7] ?? ''), 0n);
  assert.equal(units.toString(), (await earningsNow()).how.earned.units);
});

test('earnings are for creators, each their own', async () => {
  for (const path of ['/v1/me/earnings', '/v1/me/earnings/entries', '/v1/me/earnings/entries.csv']) {
    assert.equal((await ana.get(path)).status, 403, path);
    assert.equal((await house.stranger.get(path)).status, 401, path);
  }
  const nova = await house.person('nova');
  await nova.post('/v1/me/creator');
  assert.equal((await nova.get('/v1/me/earnings')).body.how.earned.units, '0');
  assert.equal((await nova.get('/v1/me/earnings/entries')).body.items.length, 0);
});

test('gifts are booked once, however many processes book', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, index) => give(index % 2 === 0 ? ana : ben, 'rose', 1)));
  await Promise.all(Array.from({ length: 12 }, () => bookEarnings(db)));
  await until(
    'every gift is booked',
    () => bookEarnings(db),
    (booked) => booked === 0,
  );
  assert.deepEqual(await auditEarnings(db), []);
  const [{ behind } = {}] = await db.query<{ behind: bigint }>(
    'select count(*) as behind from gifts, creator_earnings_mark where committed > booked',
  );
  assert.equal(behind, 0n);
  // The audit sees what it is there to see.
  const owner = await openDatabase({ url: house.databaseUrl, role: null });
  await owner.query('update creator_supporters set coins = coins + 1');
  assert.match(
    (await auditEarnings(db))[0] ?? '',
    /^The supporters of creator .* are not the sum of their gifts\.$/,
  );
  await owner.query('update creator_supporters set coins = coins - 1');
  await owner.close();
});

test('the questions behind the page find nothing for nobody', async () => {
  assert.deepEqual(await earningDays(db, newId(), '2026-01-01'), []);
  assert.deepEqual(await topSupportersOf(db, newId(), 10), { top: [], allUnits: 0n, unpaidUnits: 0n });
});

test('the share is what the three rates make of it, in lowest terms', () => {
  const ratio = (numerator: bigint, denominator: bigint) => ({ numerator, denominator });
  // 500 units × 1,350¢ / 1,000,000 units ÷ 1.35¢
  const carat = creatorShare(ratio(500n, 1n), ratio(1_350n, 1_000_000n), ratio(135n, 100n));
  assert.deepEqual([carat, displayShare(carat)], [ratio(1n, 2n), '50 %']);
  const third = creatorShare(ratio(1_000n, 1n), ratio(500n, 1_000_000n), ratio(3n, 2n));
  assert.deepEqual([third, displayShare(third)], [ratio(1n, 3n), '≈33.33 %']);
  assert.equal(displayYield(ratio(500n, 1n)), '0.5');
  assert.equal(displayYield(ratio(1_000n, 3n)), '≈0.333');
});

test('the calendar sums to what is pending, whatever is late', () => {
  const day = fc.record({
    day: fc.integer({ min: 1, max: 7 }).map((n) => `2026-11-2${n}`),
    units: fc.bigInt({ min: 0n, max: 1_000_000n }),
  });
  fc.assert(
    fc.property(fc.array(day, { maxLength: 7 }), fc.bigInt({ min: 0n, max: 1_000_000n }), (later, due) => {
      const pending = later.reduce((sum, { units }) => sum + units, due);
      const calendar = clearingCalendar(pending, later, '2026-11-20');
      assert.equal(
        calendar.reduce((sum, { units }) => sum + units, 0n),
        pending,
      );
    }),
  );
  assert.deepEqual(
    everyDay(
      [{ day: '2026-03-01', units: 5n }],
      new Date('2026-02-27T23:00:00Z'),
      new Date('2026-03-01T23:00:00Z'),
    ),
    [
      { day: '2026-02-27', units: 0n },
      { day: '2026-02-28', units: 0n },
      { day: '2026-03-01', units: 5n },
    ],
  );
});
