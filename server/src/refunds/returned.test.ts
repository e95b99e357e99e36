import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pg from 'pg';
import {
  booksAgree,
  buy,
  cents,
  decideDispute,
  GOOD_CARD,
  give,
  hear,
  holds,
  openDispute,
  orderOf,
  recallOf,
  refund,
  refundAtProvider,
  sendBack,
  snapshotOf,
  userIdOf,
} from '../../test/refund-scene.ts';
import { type Person, serverBeside, testHouse } from '../../test/test-house.ts';
import { anOperator, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, MINUTE_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { openDatabase } from '../db/database.ts';
import { matureGifts } from '../gifts/index.ts';
import { accountId, debitRoom, type Posting, transferEvent } from '../ledger/index.ts';
import { shopOf } from '../purchases/index.ts';
import { orderFault } from '../sandbox/faults.ts';
import { auditRefunds } from './audit-refunds.ts';
import { reverseSome } from './end-recall.ts';
import { findLot } from './find-lot.ts';
import { holdRecall } from './hold-recall.ts';
import { keepReserve } from './keep-reserve.ts';
import { checkRecall, hearPayment } from './meet-recalls.ts';
import { OWNER } from './owner-funds.ts';
import { recallById } from './recall-store.ts';
import { returnRecall } from './return-recall.ts';

// A refund that somebody made at the provider's own page, that was booked, and that the payer's bank sends back. No webhook
// tells of anything: each test says who hears of it, and when.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const second = await serverBeside(site);
const { house } = site;
const { db } = house;
const shop = shopOf(house);
const olu = await anOperator(site, 'olu');
const mira = await site.person('mira');
const juno = await site.person('juno');
const stage = await goLive(mira);
const junoStage = await goLive(juno);

const coinsOf = async (person: Person) => (await holds(site, userIdOf(person))).coins;
const pendingOf = async (person: Person) => (await holds(site, userIdOf(person))).pending;

/** What of an order counts as gone back. */
async function backOf(order: string) {
  const [row] = await db.query<{ units: bigint; cents: bigint }>(
    'select returned_units as units, returned_cents as cents from order_returns where order_id = $1',
    [parsePublicId('order', order)],
  );
  return row ?? { units: 0n, cents: 0n };
}

/** Money of the house and of the world, in cents. */
async function money() {
  const ids = [accountId('world', 'stripe_sandbox', 'USD'), OWNER.id] as const;
  const balances = await house.ledger.balances(ids);
  const [stripe = 0n, owner = 0n] = ids.map((id) => {
    const account = balances.get(id);
    return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
  });
  return { stripe, owner, cash: await cents(site, 'cash'), reserve: await cents(site, 'reserve') };
}

/** Refunded at the provider and booked here. The refund's id there. */
async function lose(order: string, amount: number): Promise<string> {
  const ref = await refundAtProvider(site, clock, order, amount);
  await hear(house, order);
  assert.equal((await recallOf(house, ref)).state, 'taken');
  return ref;
}

/** The shop in which something happens once between the look and the commit. */
function beforePosting(happen: () => Promise<void>): typeof shop {
  let happened = false;
  const ledger = new Proxy(house.ledger, {
    get: (target, name) =>
      name !== 'post'
        ? Reflect.get(target, name)
        : async (posting: Posting) => {
            if (!happened) {
              happened = true;
              await happen();
            }
            return target.post(posting);
          },
  });
  return { ...shop, house: { ...house, ledger } };
}

/** Buys; nothing that happens to the payment afterwards is told by a webhook. */
async function pay(person: Person, coins: bigint, item?: object): Promise<string> {
  await orderFault(db, { call: 'stripe.webhook', fault: 'held', times: 0 });
  const order = await buy(person, coins, GOOD_CARD, item);
  await orderFault(db, { call: 'stripe.webhook', fault: 'held', times: 1_000 });
  return order;
}

describe('a refund at the provider that the bank sends back', () => {
  test('undoes what was taken: Coins, cash and reserve; a gift that was taken back stays so', async () => {
    const ana = await site.person('ana');
    const order = await pay(ana, 200n); // $2.70
    await give(ana, junoStage, 'sunflower', 2); // 40 Coins, matures
    clock.advance(8 * DAY_MS);
    for (const person of [olu, mira, juno, ana]) await person.get('/v1/session');
    await keepReserve(house);
    await matureGifts(house);
    await give(ana, stage, 'sunflower'); // 20 Coins, does not
    const before = { ana: await coinsOf(ana), mira: await pendingOf(mira), money: await money() };
    assert.equal(before.ana, 140n);
    assert.ok(before.money.reserve > 0n);

    const ref = await lose(order, 270);
    const gone = await money();
    // 270¢ × 140 ÷ 200 = 189; × 20 ÷ 200 = 27; the 40 Coins that had matured: 54, of the reserve as far as it goes.
    assert.equal(gone.reserve, before.money.reserve < 54n ? 0n : before.money.reserve - 54n);
    assert.deepEqual([await coinsOf(ana), await pendingOf(mira)], [0n, before.mira - 10_000n]);

    await sendBack(site, clock, ref);
    await hear(house, order);
    assert.deepEqual(await money(), before.money, 'each has again what it had paid');
    assert.equal(await coinsOf(ana), 160n, '140 that were unspent, and the 20 of the gift');
    assert.equal(await pendingOf(mira), before.mira - 10_000n);
    assert.deepEqual(await backOf(order), { units: 0n, cents: 0n });
    const { returnedAt, ...recall } = await recallOf(house, ref);
    assert.deepEqual([recall.state, recall.needsPerson, returnedAt === null], ['taken', false, false]);
    await booksAgree(house);

    // Told again, and again: nothing.
    for (const within of [house, second.house]) await hear(within, order);
    await checkRecall(shop, recall.id);
    await returnRecall(shop, recall.id);
    assert.deepEqual([await coinsOf(ana), await money()], [160n, before.money]);

    // The Coins are in their lot: they can be given, and given back for what was paid for them.
    await give(ana, stage, 'heart'); // 10
    const lot = await findLot(db, await orderOf(house, order));
    assert.deepEqual([lot.unspent, lot.uses.map(({ units }) => units)], [150n, [10n, 20n, 40n]]);
    const offer = (await ana.get(`/v1/orders/${order}/refund`)).body;
    assert.deepEqual([offer.units.units, offer.amount.units], ['150', '203']);
    assert.equal((await refund(ana, order)).body.refund.state, 'refunded');
    assert.deepEqual([await coinsOf(ana), await backOf(order)], [0n, { units: 150n, cents: 203n }]);
    await booksAgree(house);
  });

  test('of Diamonds, too; and says so to the fan and to operators, in plain words', async () => {
    const bea = await site.person('bea');
    const order = await pay(bea, 0n, { kind: 'exact', diamonds: '100' });
    const before = (await bea.get('/v1/me/wallet')).body;
    const cost = Number((await orderOf(house, order)).priceCents);
    const ref = await lose(order, cost);
    assert.notDeepEqual((await bea.get('/v1/me/wallet')).body, before);
    await sendBack(site, clock, ref);
    await hear(house, order);
    assert.deepEqual((await bea.get('/v1/me/wallet')).body, before);
    const paid = `$${(cost / 100).toFixed(2)}`;

    const { disputes, possible } = (await bea.get(`/v1/orders/${order}/refund`)).body;
    assert.equal(possible, true);
    assert.equal(
      disputes[0].sentence,
      'This payment was refunded at the payment provider, and your bank sent the money back to us. Your 100 Diamonds are in your wallet again.',
    );
    assert.deepEqual([disputes[0].held.units, disputes[0].kind], ['0', 'provider_refund']);
    const [entry] = (await bea.get('/v1/me/wallet/entries')).body.items;
    assert.deepEqual(
      [entry.title, entry.detail, entry.amount.units],
      ['Refund could not be delivered', `${paid} came back from your bank`, '100000'],
    );
    const notices = await until(
      'the fan is told',
      async () => (await bea.get('/v1/me/notices')).body.items,
      (items) => items.some(({ title }: { title: string }) => title.startsWith('A refund')),
    );
    const told = notices.find(({ title }: { title: string }) => title.startsWith('A refund'));
    assert.deepEqual(
      [told.title, told.text],
      [
        `A refund of ${paid} did not reach you`,
        'Your bank sent it back to us. Your 100 Diamonds are in your wallet again.',
      ],
    );
    const month = new Date(clock.now()).toISOString().slice(0, 7);
    const paper = (await bea.get(`/v1/me/statements/${month}/statement.json?of=fan`)).body;
    const lines = paper.lines.filter(({ kind }: { kind: string }) => kind === 'money_back');
    assert.deepEqual(
      lines.map((line: { title: string; bought: { price: { units: string } }; corrects: string[] }) => [
        line.title,
        line.bought.price.units,
        line.corrects,
      ]),
      [
        ['The provider gave the payment back', String(-cost), [month]],
        ['Your bank sent the refund back to us', String(cost), [month]],
      ],
    );
    const shown = (await olu.get('/v1/console/disputes?show=all')).body.items.find(
      (item: { providerRef: string }) => item.providerRef === ref,
    );
    assert.deepEqual(
      [shown.state, shown.returned.units.units, shown.returned.money.units, shown.needsPerson],
      ['taken', '100000', String(cost), false],
    );
    assert.equal(shown.steps.at(-1).title, 'The refund failed after all: money and units are back');
    assert.equal((await olu.get(`/v1/console/orders/${order}`)).body.order.back.units, '0');
    await booksAgree(house);
  });

  test('what is told out of order moves nothing: the refund itself is asked for', async () => {
    const eli = await site.person('eli');
    const order = await pay(eli, 100n);
    await give(eli, stage, 'sunflower');
    const pending = await pendingOf(mira);
    const ref = await refundAtProvider(site, clock, order, 135);
    const succeeded = await snapshotOf(house, order);
    await sendBack(site, clock, ref);
    // The failure first, and then what was fetched before it: no gift is lost by an old answer.
    await hear(house, order);
    await hearPayment(shop, await orderOf(house, order), succeeded);
    const recall = await recallOf(house, ref);
    assert.deepEqual([recall.state, recall.needsPerson], ['released', false]);
    await hearPayment(shop, await orderOf(house, order), succeeded);
    assert.deepEqual([await coinsOf(eli), await pendingOf(mira)], [80n, pending]);
    assert.equal((await recallOf(house, ref)).needsPerson, false);

    const again = await lose(order, 135);
    const booked = await snapshotOf(house, order);
    await sendBack(site, clock, again);
    await hear(house, order);
    await hearPayment(shop, await orderOf(house, order), booked);
    const returned = await recallOf(house, again);
    assert.deepEqual([returned.needsPerson, await coinsOf(eli)], [false, 100n]);
    await booksAgree(house);
  });

  test('the provider does not say: it waits, and nothing moves', async () => {
    const fay = await site.person('fay');
    const order = await pay(fay, 100n);
    const ref = await lose(order, 135);
    await sendBack(site, clock, ref);
    await orderFault(db, { call: 'refunds.retrieve', fault: 'unavailable', times: 20 });
    await hear(house, order);
    assert.equal(await coinsOf(fay), 0n);
    const { nextCheckAt } = await recallOf(house, ref);
    assert.ok(nextCheckAt !== null && nextCheckAt.getTime() <= clock.now() + 10 * MINUTE_MS);
    await orderFault(db, { call: 'refunds.retrieve', fault: 'unavailable', times: 0 });
    clock.advance(11 * MINUTE_MS);
    await until(
      'it is back',
      () => coinsOf(fay),
      (coins) => coins === 100n,
    );
    await booksAgree(house);
  });

  test('a word that turns to something else is for people, not for the ledger', async () => {
    const gil = await site.person('gil');
    const order = await pay(gil, 100n);
    const ref = await lose(order, 135);
    const owner = await openDatabase({ url: site.databaseUrl, role: null });
    const says = (body: object) =>
      owner.query('update sandbox.objects set body = body || $2 where id = $1', [ref, body]);
    await says({ status: 'reversed' });
    await hear(house, order);
    assert.deepEqual([(await recallOf(house, ref)).needsPerson, await coinsOf(gil)], [true, 0n]);
    // Another amount came back than had gone.
    await says({ status: 'failed', amount: 35 });
    await hear(house, order);
    assert.deepEqual([(await recallOf(house, ref)).needsPerson, await coinsOf(gil)], [true, 0n]);
    // It comes clear by itself.
    await says({ status: 'succeeded', amount: 135 });
    await sendBack(site, clock, ref);
    await hear(house, order);
    const { needsPerson, note } = await recallOf(house, ref);
    assert.deepEqual([needsPerson, note, await coinsOf(gil)], [false, null, 100n]);
    await owner.close();
    await booksAgree(house);
  });

  test('of several of one payment only what came back comes back', async () => {
    const hal = await site.person('hal');
    const order = await pay(hal, 200n); // 270
    const first = await lose(order, 100); // 74 Coins
    const other = await lose(order, 100); // 74 Coins
    assert.deepEqual([await coinsOf(hal), await backOf(order)], [52n, { units: 148n, cents: 200n }]);
    await sendBack(site, clock, first);
    await hear(house, order);
    assert.deepEqual([await coinsOf(hal), await backOf(order)], [126n, { units: 74n, cents: 100n }]);
    assert.equal((await recallOf(house, other)).returnedAt, null);
    // What came back may go again, by whoever asks: never more than was paid.
    const third = await lose(order, 170);
    assert.deepEqual([await coinsOf(hal), await backOf(order)], [0n, { units: 200n, cents: 270n }]);
    for (const ref of [third, other]) await sendBack(site, clock, ref);
    await Promise.all([hear(house, order), hear(second.house, order)]);
    assert.deepEqual([await coinsOf(hal), await backOf(order)], [200n, { units: 0n, cents: 0n }]);
    await booksAgree(house);
  });

  test('gifts that one of them took back are not taken back by the next', async () => {
    const ida = await site.person('ida');
    const order = await pay(ida, 200n);
    for (let count = 0; count < 10; count += 1) await give(ida, stage, 'sunflower');
    const pending = await pendingOf(mira);
    const first = await lose(order, 100); // 74 Coins of gifts
    const other = await lose(order, 100);
    assert.equal(pending - (await pendingOf(mira)), 74_000n, '148 Coins brought 74 Diamonds');
    await booksAgree(house);
    await sendBack(site, clock, first);
    await hear(house, order);
    assert.equal(await coinsOf(ida), 74n);
    const third = await lose(order, 70);
    await booksAgree(house);
    for (const ref of [other, third]) await sendBack(site, clock, ref);
    await hear(house, order);
    await booksAgree(house);
    assert.deepEqual(await backOf(order), { units: 0n, cents: 0n });
    assert.equal(pending - (await pendingOf(mira)), 74_000n, 'the Coins were there before the gifts');
    assert.equal(await coinsOf(ida), 148n);
  });

  test('an account that is frozen has its Coins back all the same', async () => {
    const kai = await site.person('kai');
    const order = await pay(kai, 100n);
    const ref = await lose(order, 135);
    const frozen = await olu.post('/v1/users/kai/freezes', {
      gates: ['buy', 'send'],
      reason: 'Somebody else has their card',
      until: null,
    });
    assert.ok(frozen.status < 300, JSON.stringify(frozen.body));
    await sendBack(site, clock, ref);
    await hear(house, order);
    assert.equal(await coinsOf(kai), 100n);
    await booksAgree(house);
  });

  test('the owner has back what they had put in for it', async () => {
    const lia = await site.person('lia');
    const order = await pay(lia, 100n);
    const CASH = accountId('platform', 'cash', 'USD');
    const cash = (await house.ledger.balances([CASH])).get(CASH);
    assert.ok(cash !== undefined);
    const spent = debitRoom(cash) - 35n;
    const ach = accountId('world', 'ach', 'USD');
    const move = (from: Uuid, to: Uuid) =>
      house.ledger.post({
        transfers: [transferEvent({ id: newId(), from, to, asset: 'USD', units: spent, code: 'opening' })],
      });
    assert.equal((await move(CASH, ach)).kind, 'posted');
    const before = await money();
    const ref = await lose(order, 135);
    assert.equal((await money()).owner, before.owner - 100n);
    await sendBack(site, clock, ref);
    await hear(house, order);
    assert.deepEqual(await money(), before);
    assert.equal((await move(ach, CASH)).kind, 'posted');
    await booksAgree(house);
  });
});

describe('while it is not booked yet', () => {
  test('held, then sent back: everything is free', async () => {
    const mel = await site.person('mel');
    const order = await pay(mel, 100n);
    await give(mel, stage, 'sunflower');
    const pending = await pendingOf(mira);
    const ref = await refundAtProvider(site, clock, order, 135);
    const owner = await openDatabase({ url: site.databaseUrl, role: null });
    for (const status of ['pending', 'a new word']) {
      await owner.query('update sandbox.objects set body = body || $2 where id = $1', [ref, { status }]);
      await hear(house, order);
      assert.deepEqual(
        [(await recallOf(house, ref)).state, await coinsOf(mel)],
        [status === 'pending' ? 'held' : 'parked', 0n],
      );
    }
    await owner.close();
    await sendBack(site, clock, ref);
    await hear(house, order);
    assert.deepEqual(
      [(await recallOf(house, ref)).state, await coinsOf(mel), await pendingOf(mira)],
      ['released', 80n, pending],
    );
    await booksAgree(house);
  });

  test('a server died between two creators: what it took back of one stays so, and the fan has the Coins', async () => {
    const nia = await site.person('nia');
    const order = await pay(nia, 100n);
    await give(nia, stage, 'sunflower');
    await give(nia, junoStage, 'sunflower');
    const pending = [await pendingOf(mira), await pendingOf(juno)];
    const ref = await refundAtProvider(site, clock, order, 135);
    const owner = await openDatabase({ url: site.databaseUrl, role: null });
    await owner.query(`update sandbox.objects set body = body || '{"status":"pending"}' where id = $1`, [
      ref,
    ]);
    await owner.close();
    await hear(house, order);
    const recall = await recallOf(house, ref);
    await holdRecall(shop, recall.id);
    const held = await recallById(db, recall.id);
    assert.ok(held !== null);
    assert.equal(await reverseSome(shop, held, 1), 'posted');
    await sendBack(site, clock, ref);
    await hear(house, order);
    assert.equal((await recallOf(house, ref)).state, 'released');
    assert.equal(await coinsOf(nia), 80n);
    const lost = (pending[0] ?? 0n) + (pending[1] ?? 0n) - (await pendingOf(mira)) - (await pendingOf(juno));
    assert.equal(lost, 10_000n, 'of one creator');
    assert.equal((await findLot(db, await orderOf(house, order))).unspent, 80n);
    const [entry] = (await nia.get('/v1/me/wallet/entries')).body.items;
    assert.match(entry.detail, /20 Coins of it paid for gifts that were taken back/);
    await booksAgree(house);
  });
});

describe('beside a dispute of the same payment', () => {
  /** Refunded whole at the provider, then disputed whole at the bank, whatever came back. */
  async function both(handle: string) {
    const person = await site.person(handle);
    const order = await pay(person, 100n);
    const ref = await lose(order, 135);
    const owner = await openDatabase({ url: site.databaseUrl, role: null });
    const says = (amount: number) =>
      owner.query(
        `update sandbox.objects set body = body || jsonb_build_object('amount_refunded', $2::integer)
          where kind = 'charge' and body->'metadata'->>'order' = $1`,
        [order, amount],
      );
    await says(0);
    const dispute = await openDispute(site, clock, order);
    await says(135);
    await owner.close();
    await hear(house, order);
    const { state, beyondCents } = await recallOf(house, dispute);
    assert.deepEqual([state, beyondCents], ['held', 135n]);
    return { person, order, ref, dispute };
  }

  test('that is lost: money and Coins never both come back', async () => {
    const world = await money();
    const { person, order, ref, dispute } = await both('oda');
    await decideDispute(site, clock, dispute, 'lost');
    await hear(house, order);
    await sendBack(site, clock, ref);
    await hear(house, order);
    assert.equal(await coinsOf(person), 0n);
    assert.equal((await money()).stripe - world.stripe, 0n, 'paid once, taken back once');
    assert.deepEqual(await backOf(order), { units: 100n, cents: 135n });
    const { heldUnits, beyondCents } = await recallOf(house, dispute);
    assert.deepEqual([heldUnits, beyondCents], [100n, 0n]);
    const { disputes } = (await person.get(`/v1/orders/${order}/refund`)).body;
    assert.ok(!disputes[0].sentence.includes('wallet again'), disputes[0].sentence);
    await booksAgree(house);
  });

  test('that is open holds them; won, they are the fan’s', async () => {
    for (const verdict of ['lost', 'won'] as const) {
      const { person, order, ref, dispute } = await both(`pia${verdict}`);
      await sendBack(site, clock, ref);
      await hear(house, order);
      await hear(house, order);
      assert.deepEqual([(await recallOf(house, dispute)).heldUnits, await coinsOf(person)], [100n, 0n]);
      await decideDispute(site, clock, dispute, verdict);
      await hear(house, order);
      assert.equal(await coinsOf(person), verdict === 'lost' ? 0n : 100n);
      await booksAgree(house);
    }
  });

  test('in the moment in which the loss is booked: whichever is first, the other looks again', async () => {
    for (const first of ['loss', 'return'] as const) {
      const { person, order, ref, dispute } = await both(`quin${first}`);
      await decideDispute(site, clock, dispute, 'lost');
      await sendBack(site, clock, ref);
      const { id } = await recallOf(house, ref);
      const { id: lost } = await recallOf(house, dispute);
      const { takeRecall } = await import('./end-recall.ts');
      const back = (within: typeof shop) => returnRecall(within, id);
      const loss = async (within: typeof shop) => {
        await takeRecall(within, lost);
      };
      const [outer, inner] = first === 'loss' ? [back, loss] : [loss, back];
      await outer(beforePosting(() => inner(shopOf(second.house))));
      await hear(house, order);
      const { heldUnits, beyondCents } = await recallOf(house, dispute);
      assert.deepEqual([await coinsOf(person), heldUnits, beyondCents], [0n, 100n, 0n], first);
      await booksAgree(house);
    }
  });

  test('a refund of ours that comes to nothing is claimed by a lost case, and by none that came back', async () => {
    for (const first of ['ours', 'theirs'] as const) {
      const ray = await site.person(`ray${first}`);
      const order = await pay(ray, 100n);
      const asked = await refund(ray, order);
      assert.equal(asked.body.refund.state, 'refunded');
      const [ours] = await db.query<{ ref: string }>(
        'select refund_ref as ref from refund_states where refund_id = $1',
        [parsePublicId('refund', asked.body.refund.id)],
      );
      // The provider lets somebody refund it once more.
      const owner = await openDatabase({ url: site.databaseUrl, role: null });
      await owner.query(
        `update sandbox.objects set body = body || '{"amount_refunded":0,"refunded":false}'
          where kind = 'charge' and body->'metadata'->>'order' = $1`,
        [order],
      );
      await owner.close();
      const theirs = await lose(order, 135);
      assert.equal((await recallOf(house, theirs)).beyondCents, 135n);
      const refs = first === 'ours' ? [ours?.ref ?? '', theirs] : [theirs, ours?.ref ?? ''];
      for (const [index, ref] of refs.entries()) {
        await sendBack(site, clock, ref);
        await hear(house, order);
        assert.equal(await coinsOf(ray), index === 0 ? 0n : 100n, first);
        await booksAgree(house);
      }
      assert.deepEqual(await backOf(order), { units: 0n, cents: 0n });
      const { refunds } = (await ray.get(`/v1/orders/${order}/refund`)).body;
      assert.equal(refunds[0].free.units, '100');
    }
  });
});

test('many tellings on two servers at once bring it back once', async () => {
  for (let round = 0; round < 4; round += 1) {
    const sam = await site.person(`sam${round}`);
    const order = await pay(sam, 100n);
    await give(sam, stage, 'sunflower');
    const before = await money();
    const ref = await lose(order, 135);
    await sendBack(site, clock, ref);
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => hear(index % 2 === 0 ? house : second.house, order)),
    );
    assert.deepEqual([await coinsOf(sam), await money()], [100n, before]);
    // It is spent while the next one comes back.
    const next = await lose(order, 135);
    await sendBack(site, clock, next);
    await Promise.all([
      hear(house, order),
      hear(second.house, order),
      give(sam, stage, 'heart').catch(() => ''),
    ]);
    assert.ok((await coinsOf(sam)) >= 90n);
    await booksAgree(house);
  }
});

test('reconciliation agrees afterwards', async () => {
  const since = new Date(Date.UTC(2026, 10, 24)).toISOString();
  const until = new Date(clock.now()).toISOString();
  const made = await olu.post('/v1/console/reconciliation', { provider: 'stripe', since, until });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual(made.body.differences, []);
  assert.equal(made.body.run.matchedPercent, '100');
});

test('no webhook tells it: the house asks for weeks, and a server that dies in between asks again', async () => {
  const cleo = await site.person('cleo');
  const order = await pay(cleo, 100n);
  const ref = await lose(order, 135);
  const { id } = await recallOf(house, ref);
  clock.advance(20 * DAY_MS);
  await until(
    'it was looked at, and will be tomorrow',
    async () => (await recallOf(house, ref)).nextCheckAt,
    (at) => at?.getTime() === clock.now() + DAY_MS,
  );
  await sendBack(site, clock, ref);
  // It dies before it could write anything.
  const dies = beforePosting(async () => {
    throw new Error('the server died');
  });
  await assert.rejects(checkRecall(dies, id), /died/);
  assert.equal(await coinsOf(cleo), 0n);
  clock.advance(25 * DAY_MS);
  await until(
    'it is back',
    () => coinsOf(cleo),
    (coins) => coins === 100n,
  );
  await booksAgree(house);
  // After more than a year nobody asks any more.
  const dan = await site.person('dan');
  const other = await lose(await pay(dan, 100n), 135);
  clock.advance(401 * DAY_MS);
  await until(
    'nobody asks',
    async () => (await recallOf(house, other)).nextCheckAt,
    (at) => at === null,
  );
});

const CAME_BACK = 'What came back of a case';
const OF_NONE = 'Something came back of a refund or a case';
const tampering: [string, string, string][] = [
  ['a return is forgotten', 'delete from recall_returns where cash_cents > 0', OF_NONE],
  ['other units came back', 'update recall_returns set units = units + 1 where units > 0', CAME_BACK],
  [
    'other money came back',
    'update recall_returns set cash_cents = cash_cents + 1, reserve_cents = reserve_cents - 1 where reserve_cents > 0',
    CAME_BACK,
  ],
  [
    'it came back to somebody else',
    `update ledger_transfers set credit_account_id = (select id from ledger_accounts where code = 1 and id <> credit_account_id limit 1)
      where id = (select units_transfer_id from recall_returns where units > 0 and cash_cents > 0 limit 1)`,
    CAME_BACK,
  ],
  [
    'it came back of a case that is not over',
    `update recall_states set state = 'held' where recall_id = (select recall_id from recall_returns limit 1)`,
    CAME_BACK,
  ],
  [
    'the owner did not have theirs back',
    'update recall_returns set owner_transfer_id = null where owner_transfer_id is not null',
    CAME_BACK,
  ],
  ['the owner had put in something else', 'update recall_funds set cents = cents + 1', OF_NONE],
  [
    'the order still counts it',
    `update order_returns set returned_cents = returned_cents + 1
      where order_id = (select r.order_id from recalls r join recall_returns b on b.recall_id = r.id
                          join order_returns o on o.order_id = r.order_id where o.returned_cents = 0 limit 1)`,
    'More went back of an order',
  ],
  [
    'the reserve did not have its part back',
    `update recall_returns set reserve_cents = 0, reserve_transfer_id = null where reserve_cents > 0`,
    'The reserve is not what was set aside',
  ],
];
const TAMPERED = ['recall_returns', 'recall_funds', 'recall_states', 'order_returns', 'ledger_transfers'];
for (const [name, sql, sentence] of tampering) {
  test(`the auditor finds it when ${name}`, async () => {
    const owner = new pg.Client({ connectionString: site.databaseUrl });
    await owner.connect();
    try {
      await owner.query('begin');
      for (const table of TAMPERED) await owner.query(`alter table ${table} disable trigger user`);
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
