import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import {
  booksAgree,
  buy,
  cents,
  decideDispute,
  give,
  hear,
  holds,
  openDispute,
  orderOf,
  recallOf,
  refundAtProvider,
  sendBack,
  snapshotOf,
  turnVerdict,
  userIdOf,
} from '../../test/refund-scene.ts';
import { type Person, serverBeside, testHouse } from '../../test/test-house.ts';
import { anOperator, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, MINUTE_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { openDatabase } from '../db/database.ts';
import { matureGifts } from '../gifts/index.ts';
import { accountId } from '../ledger/index.ts';
import { shopOf } from '../purchases/index.ts';
import { orderFault } from '../sandbox/faults.ts';
import { auditRefunds } from './audit-refunds.ts';
import { keepReserve } from './keep-reserve.ts';
import { hearPayment } from './meet-recalls.ts';
import { returnRecall } from './return-recall.ts';
import { sentBackLookAt } from './rules.ts';

// A dispute that was lost and booked, and that the bank decides for the payment after all. No webhook tells of anything:
// each test says who hears of it, and when.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const second = await serverBeside(site);
const { house } = site;
const { db } = house;
const shop = shopOf(house);
const olu = await anOperator(site, 'olu');
const mira = await site.person('mira');
const stage = await goLive(mira);

const coinsOf = async (person: Person) => (await holds(site, userIdOf(person))).coins;
const pendingOf = async (person: Person) => (await holds(site, userIdOf(person))).pending;

async function money() {
  const id = accountId('world', 'stripe_sandbox', 'USD');
  const account = (await house.ledger.balances([id])).get(id);
  const stripe = account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
  return { stripe, cash: await cents(site, 'cash'), reserve: await cents(site, 'reserve') };
}
async function pay(person: Person, coins: bigint): Promise<string> {
  await orderFault(db, { call: 'stripe.webhook', fault: 'held', times: 0 });
  const order = await buy(person, coins);
  await orderFault(db, { call: 'stripe.webhook', fault: 'held', times: 1_000 });
  return order;
}
/** Disputed, lost and booked. The dispute's id at the provider. */
async function lose(order: string): Promise<string> {
  const ref = await openDispute(site, clock, order);
  await hear(house, order);
  await decideDispute(site, clock, ref, 'lost');
  await hear(house, order);
  assert.equal((await recallOf(house, ref)).state, 'taken');
  return ref;
}
const buys = (person: Person) =>
  person.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, newId()).then(({ status }) => status);

test('undoes what was taken, lets the fan buy again, and says so to everybody', async () => {
  const ana = await site.person('ana');
  const order = await pay(ana, 200n); // $2.70
  await give(ana, stage, 'sunflower', 2); // 40 Coins, matures
  clock.advance(8 * DAY_MS);
  for (const person of [olu, mira, ana]) await person.get('/v1/session');
  await keepReserve(house);
  await matureGifts(house);
  await give(ana, stage, 'sunflower'); // 20 Coins, does not
  const before = { mira: await pendingOf(mira), money: await money() };
  const ref = await lose(order);
  assert.ok((await recallOf(house, ref)).feeCents > 0n && before.money.reserve > 0n);
  assert.deepEqual([await coinsOf(ana), await pendingOf(mira)], [0n, before.mira - 10_000n]);
  assert.equal(await buys(ana), 403, 'who lost a dispute cannot buy');

  await turnVerdict(site, clock, ref);
  await hear(house, order);
  // There was no cash for the provider's fee, so the owner put it in; it does not come back.
  assert.deepEqual(await money(), before.money, 'each has again what it had paid');
  assert.equal(await coinsOf(ana), 160n, '140 that were unspent, and the 20 of the gift');
  assert.equal(await pendingOf(mira), before.mira - 10_000n);
  const { state, needsPerson, returnedAt } = await recallOf(house, ref);
  assert.deepEqual([state, needsPerson, returnedAt === null], ['taken', false, false]);
  assert.equal(await buys(ana), 201);
  await booksAgree(house);

  // Told again on both servers: nothing.
  await Promise.all([
    hear(house, order),
    hear(second.house, order),
    returnRecall(shop, (await recallOf(house, ref)).id),
  ]);
  assert.deepEqual([await coinsOf(ana), await money()], [160n, before.money]);

  const { disputes, possible } = (await ana.get(`/v1/orders/${order}/refund`)).body;
  assert.deepEqual(
    [possible, disputes[0].held.units, disputes[0].sentence],
    [
      true,
      '0',
      'Your bank gave you the money back, and then decided that the payment stands after all. Your 160 Coins are in your wallet again.',
    ],
  );
  const [entry] = (await ana.get('/v1/me/wallet/entries')).body.items;
  assert.deepEqual([entry.title, entry.amount.units], ['Dispute over: yours again', '160']);
  const notices = await until(
    'the fan is told',
    async () => (await ana.get('/v1/me/notices')).body.items,
    (items) => items.some(({ title }: { title: string }) => title.includes('stands after all')),
  );
  assert.ok(
    notices.some(({ text }: { text: string }) => text.endsWith('Your 160 Coins are in your wallet again.')),
  );
  const month = new Date(clock.now()).toISOString().slice(0, 7);
  const paper = (await ana.get(`/v1/me/statements/${month}/statement.json?of=fan`)).body;
  assert.deepEqual(
    paper.lines
      .filter(({ kind }: { kind: string }) => kind === 'money_back')
      .map((line: { title: string; bought: { price: { units: string } } }) => [
        line.title,
        line.bought.price.units,
      ]),
    [
      ['Your bank gave the payment back', '-270'],
      ['Your bank decided that the payment stands after all', '270'],
    ],
  );
  const shown = (await olu.get('/v1/console/disputes?show=all')).body.items.find(
    (item: { providerRef: string }) => item.providerRef === ref,
  );
  assert.deepEqual(
    [shown.returned.units.units, shown.returned.money.units, shown.needsPerson],
    ['160', '270', false],
  );
  assert.equal(shown.steps.at(-1).title, 'Won after all: money and units are back');
  await booksAgree(house);
});

test('one answer is not enough: the payment is fetched again, and what is not clear is for people', async () => {
  const bea = await site.person('bea');
  const order = await pay(bea, 100n);
  const ref = await lose(order);
  const lost = await snapshotOf(house, order);
  const won = { ...lost, disputes: lost.disputes.map((one) => ({ ...one, status: 'won' as const })) };
  await hearPayment(shop, await orderOf(house, order), won);
  assert.deepEqual(
    [await coinsOf(bea), (await recallOf(house, ref)).needsPerson],
    [0n, false],
    'the bank says lost',
  );

  await orderFault(db, { call: 'checkout.sessions.retrieve', fault: 'unavailable', times: 20 });
  await turnVerdict(site, clock, ref);
  await hearPayment(shop, await orderOf(house, order), won);
  assert.equal(await coinsOf(bea), 0n);
  const { nextCheckAt } = await recallOf(house, ref);
  assert.ok(nextCheckAt !== null && nextCheckAt.getTime() <= clock.now() + 10 * MINUTE_MS);
  await orderFault(db, { call: 'checkout.sessions.retrieve', fault: 'unavailable', times: 0 });

  const owner = await openDatabase({ url: site.databaseUrl, role: null });
  const says = (body: object) =>
    owner.query('update sandbox.objects set body = body || $2 where id = $1', [ref, body]);
  await says({ amount: 35 });
  await hear(house, order);
  assert.deepEqual([(await recallOf(house, ref)).needsPerson, await coinsOf(bea)], [true, 0n]);
  await says({ amount: 135 });
  await hear(house, order);
  assert.deepEqual([(await recallOf(house, ref)).needsPerson, await coinsOf(bea)], [false, 100n]);
  await owner.close();
  await booksAgree(house);
});

test('beside a refund of the same payment: a case that is released says what another one keeps', async () => {
  const cyd = await site.person('cyd');
  const order = await pay(cyd, 100n);
  const refunded = await refundAtProvider(site, clock, order, 135);
  const owner = await openDatabase({ url: site.databaseUrl, role: null });
  const charge = (amount: number) =>
    owner.query(
      `update sandbox.objects set body = body || jsonb_build_object('amount_refunded', $2::integer)
        where kind = 'charge' and body->'metadata'->>'order' = $1`,
      [order, amount],
    );
  await owner.query(`update sandbox.objects set body = body || '{"status":"pending"}' where id = $1`, [
    refunded,
  ]);
  await hear(house, order);
  await charge(0);
  const ref = await openDispute(site, clock, order);
  await charge(135);
  await owner.close();
  await decideDispute(site, clock, ref, 'lost');
  await hear(house, order);
  assert.equal((await recallOf(house, ref)).beyondCents, 135n);
  await sendBack(site, clock, refunded);
  await hear(house, order);
  assert.deepEqual([(await recallOf(house, refunded)).state, await coinsOf(cyd)], ['released', 0n]);
  const sentences = async () =>
    (await cyd.get(`/v1/orders/${order}/refund`)).body.disputes.map(
      ({ sentence }: { sentence: string }) => sentence,
    );
  assert.deepEqual(await sentences(), [
    'A refund at the payment provider did not arrive. 100 Coins stay taken, because your bank gave you the money for them back another time.',
    'Your bank gave you the money back, so what was unspent of it is gone.',
  ]);
  await booksAgree(house);
  // The bank turns: nothing keeps them any more.
  await turnVerdict(site, clock, ref);
  await hear(house, order);
  assert.equal(await coinsOf(cyd), 100n);
  assert.equal(
    (await sentences())[0],
    'A refund at the payment provider did not arrive, so nothing was taken.',
  );
  await booksAgree(house);
});

test('the comparison of books agrees afterwards', async () => {
  const since = new Date(Date.UTC(2026, 10, 24)).toISOString();
  const made = await olu.post('/v1/console/reconciliation', {
    provider: 'stripe',
    since,
    until: new Date(clock.now()).toISOString(),
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual(made.body.differences, []);
});

test('whoever is told by nobody asks, for more than a year', async () => {
  const dan = await site.person('dan');
  const order = await pay(dan, 100n);
  const ref = await lose(order);
  clock.advance(200 * DAY_MS);
  await until(
    'it was looked at, and will be in a week',
    async () => (await recallOf(house, ref)).nextCheckAt,
    (at) => at?.getTime() === clock.now() + 7 * DAY_MS,
  );
  await turnVerdict(site, clock, ref);
  clock.advance(7 * DAY_MS);
  await until(
    'it is back',
    () => coinsOf(dan),
    (coins) => coins === 100n,
  );
  const at = new Date(clock.now());
  assert.equal(sentBackLookAt(at, at.getTime() + 401 * DAY_MS), null);
  await booksAgree(house);
});

const OF_DISPUTE = `recall_id in (select id from recalls where kind = 'dispute')`;
for (const [name, sql, sentence] of [
  [
    'a return is forgotten',
    `delete from recall_returns where cash_cents > 0 and ${OF_DISPUTE}`,
    'Something came back',
  ],
  [
    'its money came back as a refund',
    `update ledger_transfers set code = 83 where id in (select cash_transfer_id from recall_returns where ${OF_DISPUTE})`,
    'What came back of a case',
  ],
  [
    'more came back than was taken',
    `update recall_returns set units = units + 1 where units > 0 and ${OF_DISPUTE}`,
    'What came back of a case',
  ],
] as const) {
  test(`the auditor finds it when ${name}`, async () => {
    const owner = new pg.Client({ connectionString: site.databaseUrl });
    await owner.connect();
    try {
      await owner.query('begin');
      for (const table of ['recall_returns', 'ledger_transfers']) {
        await owner.query(`alter table ${table} disable trigger user`);
      }
      assert.ok(((await owner.query(sql)).rowCount ?? 0) > 0);
      const found = await auditRefunds({
        query: async <Row extends object>(text: string) => (await owner.query(text)).rows as Row[],
      });
      assert.ok(
        found.some((finding) => finding.includes(sentence)),
        JSON.stringify(found),
      );
    } finally {
      await owner.query('rollback');
      await owner.end();
    }
  });
}
