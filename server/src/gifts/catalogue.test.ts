import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { GIFT_SLICES } from '../../test/gift-scene.ts';
import { testHouse } from '../../test/test-house.ts';
import { testClock } from '../core/clock.ts';
import { readCatalogue } from './catalogue.ts';

const clock = testClock(Date.UTC(2026, 10, 22, 12));
const { house, stranger, databaseUrl } = await testHouse({ slices: GIFT_SLICES, clock });

interface Shown {
  readonly id: string;
  readonly tier: number;
  readonly price: { readonly units: string };
  readonly money: { readonly display: string };
  readonly creatorGets: { readonly display: string };
  readonly streakable: boolean;
  readonly dear: boolean;
  readonly tabs: readonly string[];
  readonly art: string;
}

test('the tray has 32 gifts in five tiers, dearer from tier to tier', async () => {
  const answer = await stranger.get('/v1/gifts/catalogue');
  const shown: Shown[] = answer.body.gifts;
  assert.equal(answer.status, 200);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((tier) => shown.filter((gift) => gift.tier === tier).length),
    [8, 6, 8, 5, 5],
  );
  assert.equal(new Set(shown.map(({ art }) => art)).size, 32);
  const prices = shown.map(({ price }) => Number(price.units));
  assert.deepEqual(
    prices,
    [
      1, 1, 1, 1, 5, 5, 10, 10, 20, 30, 49, 59, 79, 99, 149, 199, 249, 299, 399, 499, 599, 799, 999, 1_499,
      1_999, 2_999, 3_999, 4_999, 6_999, 9_999, 19_999, 34_999,
    ],
  );
  assert.deepEqual(answer.body.quantities, [1, 5, 10, 50]);
  for (const tab of ['for_you', 'classic', 'luxe'])
    assert(
      shown.some(({ tabs }) => tabs.includes(tab)),
      tab,
    );
});

test('a gift says its price in money and what the creator gets', async () => {
  const shown: Shown[] = (await stranger.get('/v1/gifts/catalogue')).body.gifts;
  const said = (id: string) => {
    const gift = shown.find((other) => other.id === id);
    return [gift?.money.display, gift?.creatorGets.display, gift?.streakable, gift?.dear];
  };
  assert.deepEqual(said('coffee'), ['$0.07', '2.5 Diamonds', true, false]);
  assert.deepEqual(said('teddy'), ['$1.34', '49.5 Diamonds', true, false]);
  assert.deepEqual(said('peacock'), ['$13.49', '499.5 Diamonds', false, false]);
  assert.deepEqual(said('comet'), ['$134.99', '4,999.5 Diamonds', false, true]);
});

test('whoever knows the version is told that nothing changed', async () => {
  const first = await stranger.get('/v1/gifts/catalogue');
  const tag = first.headers.get('etag');
  assert(tag !== null);
  const ask = (known: string) =>
    stranger.request('GET', '/v1/gifts/catalogue', { headers: { 'if-none-match': known } });
  const again = await ask(tag);
  assert.deepEqual([again.status, again.body, again.headers.get('etag')], [304, '', tag]);
  assert.equal((await ask('"another"')).status, 200);
});

test('a window puts a gift on the tray and takes it off; its version changes with it', async () => {
  const before = (await stranger.get('/v1/gifts/catalogue')).body;
  const end = new Date(clock.now() + 60_000);
  await house.db.query(
    `insert into gift_windows (gift_id, valid_from, valid_until, reason) values ('kite', '2025-01-01', $1, 'autumn')`,
    [end],
  );
  const kite = (await readCatalogue(house.db)).byId.get('kite');
  assert.equal(kite?.validUntilMs, end.getTime());
  clock.set(end.getTime() - 1);
  assert(before.gifts.some(({ id }: Shown) => id === 'kite'));
  // Another process reads the new window when its memory is a few seconds old; a new one at once.
  const { stranger: other } = await testHouse({ slices: GIFT_SLICES, clock, databaseUrl });
  assert((await other.get('/v1/gifts/catalogue')).body.gifts.some(({ id }: Shown) => id === 'kite'));
  clock.set(end.getTime());
  const after = (await other.get('/v1/gifts/catalogue')).body;
  assert(!after.gifts.some(({ id }: Shown) => id === 'kite'));
  assert.notEqual(after.version, before.version);
});

test('nobody can change the price or the name of an id, not even the owner of the database', async () => {
  const owner = new pg.Client(databaseUrl);
  owner.on('error', () => {});
  await owner.connect();
  const attempts = [
    `update gift_catalogue set price_coins = 2 where id = 'rose'`,
    `update gift_catalogue set name = 'Thorn' where id = 'rose'`,
    `delete from gift_catalogue where id = 'rose'`,
    'truncate gift_catalogue cascade',
    `insert into gift_catalogue (id, name, tier, price_coins, art, tabs, place)
       values ('rose', 'Rose', 1, 2, '1f339', '{classic}', 1)`,
    `insert into gift_catalogue (id, name, tier, price_coins, art, tabs, place)
       values ('rose', 'Rose', 1, 2, '1f339', '{classic}', 1)
       on conflict (id) do update set price_coins = excluded.price_coins`,
  ];
  for (const attempt of attempts) {
    await assert.rejects(owner.query(attempt), /append-only|duplicate key/, attempt);
    await assert.rejects(house.db.query(attempt), /append-only|duplicate key|permission denied/, attempt);
  }
  await owner.end();
  assert.equal((await readCatalogue(house.db)).byId.get('rose')?.priceCoins, 1n);
});
