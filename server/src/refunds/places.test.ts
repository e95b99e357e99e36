import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  booksAgree,
  buy,
  give,
  hear,
  refundAtProvider,
  SLOW_CARD,
  sendBack,
} from '../../test/refund-scene.ts';
import { type Person, serverBeside, testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { parsePublicId } from '../core/ids.ts';
import { openDatabase } from '../db/database.ts';
import { auditGifts } from '../gifts/audit-gifts.ts';
import { matureGifts } from '../gifts/index.ts';
import { RECOUNT_GIFTS, uncountGifts } from '../gifts/uncount-gifts.ts';
import type { Posting } from '../ledger/index.ts';
import { shopOf } from '../purchases/index.ts';
import { auditRefunds } from './audit-refunds.ts';
import { takeRecall } from './end-recall.ts';
import { recallByRef } from './recall-store.ts';

// Places among supporters count gifts whose payment stayed. No webhook tells of anything: each test says who hears of it.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const second = await serverBeside(site);
const { house } = site;
const { db } = house;
const mira = await site.person('mira');
const stage = await goLive(mira);
const ana = await site.person('ana');
const ben = await site.person('ben');
await buy(ben, 1_000n);

const PERIODS = ['live', 'day', 'week', 'all'] as const;

const ranked = () =>
  until(
    'every gift was ranked',
    () => db.query('select from gifts, gift_relay where committed > ranked'),
    (rows) => rows.length === 0,
  );
/** The list of a period as a visitor reads it. */
async function places(period: (typeof PERIODS)[number]): Promise<string[]> {
  const { body } = await site.stranger.get(`/v1/stages/mira/supporters?period=${period}`);
  return body.items.map(
    (item: { handle: string; coins: { units: string }; diamonds: { units: string } }) =>
      `${item.handle} ${item.coins.units} ${item.diamonds.units}`,
  );
}
async function everyPlace(expected: readonly string[]): Promise<void> {
  for (const period of PERIODS) assert.deepEqual(await places(period), expected, period);
}
/** Follows what was taken back, on two servers at once. */
async function followed(): Promise<void> {
  await Promise.all(Array.from({ length: 6 }, (_, index) => uncountGifts(index % 2 ? house : second.house)));
  await until(
    'the places follow',
    () => db.query('select from supporter_recounts'),
    (rows) => rows.length === 0,
  );
}
const ownPlace = async (person: Person) =>
  (await person.get('/v1/stages/mira/supporters?period=all')).body.you;

test('who paid with a card that was not theirs loses the place, and whoever lost a part keeps the rest', async () => {
  const stolen = await buy(ana, 600n);
  await give(ana, stage, 'crown'); // 499
  await give(ben, stage, 'teddy', 2); // 198
  await give(ana, stage, 'teddy'); // 99
  await ranked();
  await everyPlace(['ana 598 299000', 'ben 198 99000']);

  // 500 of the 600 Coins: the 2 that are unspent, the teddy, and 399 of the crown.
  await refundAtProvider(site, clock, stolen, 675);
  await hear(house, stolen);
  await followed();
  await everyPlace(['ben 198 99000', 'ana 100 50000']);
  await booksAgree(house);

  await refundAtProvider(site, clock, stolen, 135);
  await hear(second.house, stolen);
  await followed();
  await everyPlace(['ben 198 99000']);
  const you = await ownPlace(ana);
  assert.deepEqual([you.rank, you.coins.units], [null, '0']);
  await booksAgree(house);

  // To look again changes nothing, and what is given next counts from nothing.
  await db.query(RECOUNT_GIFTS, [
    (await db.query<{ id: string }>('select id from gifts')).map(({ id }) => id),
  ]);
  await followed();
  await buy(ana, 100n);
  await give(ana, stage, 'rose', 7);
  await ranked();
  await everyPlace(['ben 198 99000', 'ana 7 3500']);
  await booksAgree(house);
});

test('a gift that had matured stays its creator’s and counts for nobody, until its payment comes back', async () => {
  const cyd = await site.person('cyd');
  const order = await buy(cyd, 499n);
  await give(cyd, stage, 'crown');
  await ranked();
  clock.advance(7 * DAY_MS + 1);
  await matureGifts(house);
  for (const person of [mira, ana, ben, cyd]) await person.get('/v1/session');
  assert.deepEqual(await places('all'), ['cyd 499 249500', 'ben 198 99000', 'ana 7 3500']);
  const had = (await mira.get('/v1/me/earnings')).body;

  const ref = await refundAtProvider(site, clock, order, 674);
  await hear(house, order);
  await followed();
  assert.deepEqual(await places('all'), ['ben 198 99000', 'ana 7 3500']);
  const has = (await mira.get('/v1/me/earnings')).body;
  assert.deepEqual([has.available.units, has.kept.units], [had.available.units, had.kept.units]);
  // Her own page tells of them apart, so that its rows still add up.
  assert.equal(has.unpaid.units, '249500');
  assert.deepEqual(
    has.supporters.map((one: { handle: string }) => one.handle),
    ['ben', 'ana'],
  );
  await booksAgree(house);

  await sendBack(site, clock, ref);
  await hear(house, order);
  await followed();
  assert.deepEqual(await places('all'), ['cyd 499 249500', 'ben 198 99000', 'ana 7 3500']);
  assert.equal((await mira.get('/v1/me/earnings')).body.unpaid.units, '0');
  await booksAgree(house);
});

test('two cases of one payment at once count no part of a matured gift twice', async () => {
  const eve = await site.person('eve');
  // Refunds to this card take a while: both cases are open.
  const order = await buy(eve, 300n, SLOW_CARD);
  await give(eve, stage, 'teddy', 3); // 297
  await ranked();
  clock.advance(7 * DAY_MS + 1);
  await matureGifts(house);
  for (const person of [mira, ana, ben, eve]) await person.get('/v1/session');
  const refs = [
    await refundAtProvider(site, clock, order, 135),
    await refundAtProvider(site, clock, order, 135),
  ];
  await hear(house, order);
  const [one, other] = await Promise.all(refs.map((ref) => recallByRef(db, 'stripe', ref)));
  assert.ok(one?.state === 'held' && other?.state === 'held');
  // The other one is booked between the look at this one's gifts and its commit.
  let booked = 0;
  const ledger = new Proxy(house.ledger, {
    get: (target, name) =>
      name !== 'post'
        ? Reflect.get(target, name)
        : async (posting: Posting) => {
            booked += 1;
            if (booked === 1) await takeRecall(shopOf(second.house), other.id);
            return target.post(posting);
          },
  });
  await takeRecall({ ...shopOf(house), house: { ...house, ledger } }, one.id);
  assert.ok(booked > 1, 'it looked again');
  const rows = () =>
    db.query<{ coins: bigint }>(
      `select sum(u.coins)::bigint as coins from earning_unpaid u join recalls r on r.id = u.recall_id
        where r.order_id = $1`,
      [parsePublicId('order', order)],
    );
  // 200 of 300 Coins: the 3 that are unspent, and 197 of the teddies.
  await until('both are booked', rows, ([row]) => row?.coins === 197n);
  await followed();
  assert.ok((await places('all')).includes('eve 100 50000'));
  await booksAgree(house);
});

test('what is taken back before it is ranked waits for that', async () => {
  const dan = await site.person('dan');
  const order = await buy(dan, 99n);
  const before = await places('all');
  const owner = await openDatabase({ url: site.databaseUrl, role: null, poolSize: 1 });
  await owner.transaction(async (tx) => {
    // Nothing is ranked and no place follows while the relay's mark is held.
    await tx.query('select from gift_relay for update');
    await give(dan, stage, 'teddy');
    await refundAtProvider(site, clock, order, 134);
    await hear(house, order);
  });
  await followed();
  await ranked();
  assert.deepEqual(await places('all'), before);
  await booksAgree(house);
  await owner.close();
});

test('the auditor finds a place that was given back by hand, and a payment that was never lost', async () => {
  const owner = await openDatabase({ url: site.databaseUrl, role: null, poolSize: 1 });
  for (const [sql, audit, sentence] of [
    ['update supporter_uncounted set coins = 0', auditGifts, /A gift counts for its sender though/],
    ['delete from recall_returns', auditGifts, /A gift counts for its sender though/],
    ['update supporter_ranks set coins = coins + 1 where coins = 0', auditGifts, /rank of a supporter/],
    ['update gift_supporters set coins = coins + 1 where coins = 0', auditGifts, /sum of a supporter/],
    ['update earning_unpaid set coins = coins + 1', auditRefunds, /never paid for than it lost/],
  ] as const) {
    await owner
      .transaction(async (tx) => {
        for (const table of ['earning_unpaid', 'recall_returns']) {
          await tx.query(`alter table ${table} disable trigger user`);
        }
        await tx.query(sql);
        assert.match((await audit(tx)).join(), sentence, sql);
        throw new Error('undone');
      })
      .catch((error: Error) => assert.equal(error.message, 'undone', error.stack));
  }
  await owner.close();
});
