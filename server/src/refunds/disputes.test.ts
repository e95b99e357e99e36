import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pg from 'pg';
import {
  booksAgree,
  buy,
  cents,
  DISPUTED_CARD,
  decideDispute,
  FAILING_CARD,
  give,
  holds,
  openDispute,
  refund,
  refundAtProvider,
  SLOW_CARD,
  userIdOf,
} from '../../test/refund-scene.ts';
import { type Person, serverBeside, testHouse } from '../../test/test-house.ts';
import { anOperator, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { openDatabase } from '../db/database.ts';
import { matureGifts } from '../gifts/index.ts';
import { accountId, type Posting } from '../ledger/index.ts';
import { orderById, providerOf, shopOf } from '../purchases/index.ts';
import { findWhatWentBack } from '../purchases/reconciliation/reconcile.ts';
import { settlePayment } from '../purchases/settle-order.ts';
import { orderFault } from '../sandbox/faults.ts';
import { auditRefunds } from './audit-refunds.ts';
import { carryRefund } from './carry-refund.ts';
import { release, reverseSome, takeRecall, takeRest } from './end-recall.ts';
import { keepReserve } from './keep-reserve.ts';
import { checkRecall } from './meet-recalls.ts';
import { recallById } from './recall-store.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const second = await serverBeside(site);
const { house } = site;
const { db } = house;
const olu = await anOperator(site, 'olu');
const mira = await site.person('mira');
const juno = await site.person('juno');
const stage = await goLive(mira);
const junoStage = await goLive(juno);

async function holdsOf(person: Person) {
  return holds(site, userIdOf(person));
}
async function days(count: number, ...people: readonly Person[]): Promise<void> {
  for (let left = count; left > 0; left -= 7) {
    clock.advance(Math.min(left, 7) * DAY_MS);
    for (const person of [olu, mira, juno, ...people]) await person.get('/v1/session');
  }
}
async function disputeOf(ref: string) {
  const { body } = await olu.get('/v1/console/disputes?show=all');
  return body.items.find((item: { providerRef: string }) => item.providerRef === ref);
}
async function recallIdOf(ref: string): Promise<Uuid> {
  const [row] = await db.query<{ id: Uuid }>('select id from recalls where provider_ref = $1', [ref]);
  assert.ok(row !== undefined);
  return row.id;
}
async function countsOf(ref: string) {
  const recall = await recallById(db, await recallIdOf(ref));
  return {
    state: recall?.state,
    units: recall?.heldUnits,
    cents: recall?.heldCents,
    beyond: recall?.beyondCents,
  };
}
/** The same webhook again and again, on both servers at once. */
async function tellOften(order: string): Promise<void> {
  const shops = [shopOf(house), shopOf(second.house)];
  const paid = await orderById(db, parsePublicId('order', order) ?? '');
  assert.ok(paid !== null && paid.providerRef !== null);
  const ref = paid.providerRef;
  await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const shop = shops[index % 2] ?? shopOf(house);
      const provider = providerOf(shop, paid);
      assert.ok(provider !== null && (await settlePayment(shop, provider, ref)));
    }),
  );
}
async function reaches(ref: string, state: string) {
  return until(
    `${ref} is ${state}`,
    async () => {
      clock.advance(SECOND_MS);
      return disputeOf(ref);
    },
    (dispute) => dispute?.state === state,
  );
}
const pendingOf = async (person: Person) => (await holdsOf(person)).pending;

/** The shop in which something happens between the look and the commit. */
function beforePosting(happen: () => Promise<void>): ReturnType<typeof shopOf> {
  const ledger = new Proxy(house.ledger, {
    get: (target, name) =>
      name !== 'post'
        ? Reflect.get(target, name)
        : async (posting: Posting) => {
            await happen();
            return target.post(posting);
          },
  });
  return { ...shopOf(house), house: { ...house, ledger } };
}

interface Step {
  readonly step: string;
  readonly at: string | null;
  readonly expected?: string;
}

describe('a dispute', () => {
  test('holds what is unspent and the gifts that have not matured; won, all is free and matures', async () => {
    const ana = await site.person('ana');
    await buy(ana, 100n); // an older purchase, spent first
    await give(ana, stage, 'teddy'); // 99 of the older
    const order = await buy(ana, 219n);
    const gift = await give(ana, stage, 'sunflower', 2); // 40: 1 of the older, 39 of this
    const before = await pendingOf(mira);
    const ref = await openDispute(site, clock, order);
    const held = await reaches(ref, 'held');
    await until('it is held', async () => (await holdsOf(ana)).coins === 0n);
    const shown = await disputeOf(ref);
    assert.deepEqual(
      [shown.holds.unspent.units, shown.holds.gifts, shown.holds.creators[0].handle, held.amount.display],
      ['180', 1, 'mira', '$2.96'],
    );
    assert.notEqual(shown.evidenceDueAt, null);
    // The fan can neither buy nor give nor ask for a refund, and reads why.
    const refused = await until(
      'the account is blocked',
      () => ana.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, newId()),
      ({ status }) => status === 403,
    );
    assert.equal(refused.body.code, 'payment_disputed');
    const explained = (await ana.get('/v1/me/explain/send')).body.checks;
    assert.ok(
      explained.some(
        ({ code, passed }: { code: string; passed: boolean }) => code === 'payment_disputed' && !passed,
      ),
    );
    assert.equal((await refund(ana, order)).body.code, 'order_is_disputed');
    // The gift stays where it is, whatever the date; its creator reads why and until when.
    await days(8, ana);
    await matureGifts(house);
    await matureGifts(second.house);
    assert.equal(await pendingOf(mira), 20_000n, 'the teddy matured, the sunflowers wait');
    assert.equal(before, 49_500n + 20_000n);
    const { items } = (await mira.get('/v1/me/earnings/entries')).body;
    const entry = items.find(({ giftId }: { giftId: string }) => giftId === gift);
    assert.deepEqual(
      [entry.status, entry.held.reason, entry.held.decidedBy],
      ['held', 'Card disputed', 'The bank of the fan’s card'],
    );
    // The gift itself says the same to both, and names no date on which it would be available.
    for (const who of [ana, mira]) {
      const receipt = (await who.get(`/v1/gifts/${gift}`)).body.gift;
      assert.deepEqual([receipt.status, receipt.held, receipt.reversed], ['held', entry.held, null]);
      const told = receipt.steps.slice(-2).map(({ step, at, expected }: Step) => [step, at, expected]);
      assert.deepEqual(told, [
        ['held', null, entry.held.until],
        ['available', null, undefined],
      ]);
    }
    const [given] = (await ana.get('/v1/me/gifts')).body.items;
    assert.deepEqual([given.id, given.status], [gift, 'held']);
    await booksAgree(house);
    // The bank gives the evidence another date: so does everybody who reads by when it is decided.
    await db.query(
      `update sandbox.objects set body = jsonb_set(body, '{evidence_details,due_by}',
         to_jsonb((body #>> '{evidence_details,due_by}')::bigint + 864000)) where id = $1`,
      [ref],
    );
    const later = await until(
      'it is asked about again',
      async () => {
        clock.advance(HOUR_MS);
        return (await ana.get(`/v1/gifts/${gift}`)).body.gift.held.until;
      },
      (seen) => seen !== entry.held.until,
    );
    assert.equal(Date.parse(later) - Date.parse(entry.held.until), 10 * DAY_MS);

    await decideDispute(site, clock, ref, 'won');
    await reaches(ref, 'released');
    assert.equal((await holdsOf(ana)).coins, 180n);
    await matureGifts(house);
    assert.equal(await pendingOf(mira), 0n, 'what was due matures at once');
    await until('the fan may give again', async () => {
      const { checks } = (await ana.get('/v1/me/explain/send')).body;
      return checks.every(({ passed }: { passed: boolean }) => passed);
    });
    await booksAgree(house);
  });

  test('lost: unspent Coins, then unmatured gifts, then the reserve; what has matured stays', async () => {
    const ben = await site.person('ben');
    const order = await buy(ben, 200n); // $2.70
    await give(ben, junoStage, 'sunflower', 2); // 40 Coins, matures
    await days(8, ben);
    await keepReserve(house);
    await matureGifts(house);
    const matured = (await holdsOf(juno)).available;
    assert.equal(matured, 20_000n);
    await give(ben, junoStage, 'sunflower'); // 20 Coins, does not
    await give(ben, stage, 'heart'); // 10 Coins, does not
    const [cash, reserve, fees] = [
      await cents(site, 'cash'),
      await cents(site, 'reserve'),
      await cents(site, 'provider_fees'),
    ];
    assert.ok(reserve > 0n, 'something was set aside of each day’s sales');
    const ref = await openDispute(site, clock, order);
    await until('130 are held', async () => (await holdsOf(ben)).coins === 0n);
    await decideDispute(site, clock, ref, 'lost');
    await reaches(ref, 'taken');
    const lost = await until(
      'its fee is booked',
      () => disputeOf(ref),
      ({ took }) => took.some(({ source }: { source: string }) => source === 'fee'),
    );
    // 270¢ × 130 ÷ 200 = 175; × 30 ÷ 200 = 40; the 40 Coins that had matured and what was rounded: 55.
    assert.deepEqual(
      lost.took.map(({ source, units, money, diamonds }: Record<string, { units: string }>) => [
        source,
        units?.units,
        money?.units,
        diamonds?.units,
      ]),
      [
        ['fan', '130', '175', '0'],
        ['creators', '30', '40', '15000'],
        ['reserve', '0', String(reserve < 55n ? reserve : 55n), '0'],
        ...(reserve < 55n ? [['house', '40', String(55n - reserve), '0']] : [['house', '40', '0', '0']]),
        ['fee', '0', '1500', '0'],
      ],
    );
    const after = await holdsOf(juno);
    assert.deepEqual([after.pending, after.available], [0n, matured], 'what has matured is never taken');
    assert.equal(await cents(site, 'reserve'), reserve < 55n ? 0n : reserve - 55n);
    assert.equal(await cents(site, 'provider_fees'), fees + 1_500n);
    assert.ok((await cents(site, 'cash')) <= cash);
    const { items } = (await juno.get('/v1/me/earnings/entries')).body;
    assert.deepEqual(
      items.map(
        ({ status, reversed }: { status: string; reversed: { amount: { units: string } } | null }) => [
          status,
          reversed?.amount.units ?? null,
        ],
      ),
      [
        ['reversed', '10000'],
        ['available', null],
      ],
    );
    const back = (await ben.get(`/v1/gifts/${items[0].giftId}`)).body.gift;
    assert.deepEqual([back.status, back.held, back.reversed], ['reversed', null, items[0].reversed]);
    assert.deepEqual(
      back.steps.slice(-2).map(({ step, at }: Step) => [step, at]),
      [
        ['pending', back.steps[1].at],
        ['reversed', items[0].reversed.at],
      ],
    );
    assert.deepEqual(
      back.transfers.map(({ amount, to }: { amount: { units: string }; to: string }) => [amount.units, to]),
      [
        ['20', 'Carat: Coins spent'],
        ['10000', 'juno: pending Diamonds'],
        ['10000', 'Carat: Diamonds issued'],
      ],
    );
    const { entry } = (await juno.get(`/v1/me/wallet/entries/${items[0].transferId}`)).body;
    assert.equal(entry.status, 'reversed');
    await days(8);
    await matureGifts(house);
    assert.equal((await holdsOf(juno)).available, matured, 'nothing is left of what was reversed');
    const later = (await ben.get(`/v1/gifts/${items[0].giftId}`)).body.gift;
    assert.deepEqual(later.transfers, back.transfers, 'nor does it mature as nothing');
    await booksAgree(house);
    // An operator lets the account buy again, with a reason.
    assert.equal((await ben.get('/v1/session')).status, 200);
    const blocked = await ben.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, newId());
    assert.equal(blocked.body.code, 'payment_disputed');
    const pardoned = await olu.request('PUT', `/v1/console/disputes/${lost.id}/pardoned`, {
      body: { reason: 'A mistake of their bank' },
    });
    assert.deepEqual([pardoned.status, pardoned.body.dispute.pardoned], [200, true]);
    assert.equal(
      (await ben.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, newId())).status,
      201,
    );
  });

  test('a card that is disputed by itself, and a refund first: never more than was paid', async () => {
    const cleo = await site.person('cleo');
    const order = await buy(cleo, 200n, DISPUTED_CARD);
    const part = await olu.post(
      `/v1/console/orders/${order}/refunds`,
      { units: '50', reason: 'Half of it by mistake' },
      newId(),
    );
    assert.equal(part.status, 201, JSON.stringify(part.body));
    clock.advance(3 * SECOND_MS);
    const [dispute] = await until(
      'the bank disputes the rest',
      async () => {
        clock.advance(SECOND_MS);
        return (await olu.get('/v1/console/disputes')).body.items.filter(
          (item: { fan: { handle: string } }) => item.fan.handle === 'cleo',
        );
      },
      ({ length }) => length === 1,
    );
    await until('all is held', async () => (await holdsOf(cleo)).coins === 0n);
    await decideDispute(site, clock, dispute.providerRef, 'lost');
    const lost = await reaches(dispute.providerRef, 'taken');
    assert.deepEqual([lost.amount.units, lost.took[0].units.units], [String(270n - 68n), '150']);
    const detail = (await olu.get(`/v1/console/orders/${order}`)).body;
    assert.equal(detail.order.back.display, '$2.70', 'what went back is what was paid');
    await booksAgree(house);
  });

  test('a refund and a dispute at once deduct once; the loser says so', async () => {
    for (let round = 0; round < 3; round += 1) {
      const racer = await site.person(`racer${round}`);
      const order = await buy(racer, 100n, SLOW_CARD);
      const [asked, ref] = await Promise.allSettled([
        refund(racer, order),
        openDispute(site, clock, order, 2_000).catch(() => ''),
      ]);
      assert.equal(asked.status, 'fulfilled');
      assert.equal(ref.status, 'fulfilled');
      clock.advance(6 * SECOND_MS);
      await until('everything has settled', async () => {
        clock.advance(SECOND_MS);
        const { body } = await racer.get(`/v1/orders/${order}/refund`);
        return body.refunds.every(({ state }: { state: string }) => ['refunded', 'failed'].includes(state));
      });
      await booksAgree(house);
      const [row] = await db.query<{ cents: bigint }>(
        'select returned_cents as cents from order_returns where order_id = (select id from purchase_orders where user_id = $1)',
        [userIdOf(racer)],
      );
      assert.ok((row?.cents ?? 0n) <= 135n);
    }
  });

  test('a word that nobody knows parks it and keeps everything held; a later word ends it', async () => {
    const dora = await site.person('dora');
    const order = await buy(dora, 100n);
    const ref = await openDispute(site, clock, order);
    await until('it is held', async () => (await holdsOf(dora)).coins === 0n);
    const owner = await openDatabase({ url: site.databaseUrl, role: null });
    await owner.query(`update sandbox.objects set body = body || '{"status":"prevented"}' where id = $1`, [
      ref,
    ]);
    clock.advance(7 * 60 * MINUTE_MS);
    const parked = await reaches(ref, 'parked');
    assert.match(parked.steps.at(-1).note, /“prevented”, which nobody here knows/);
    assert.equal((await holdsOf(dora)).coins, 0n);
    await owner.query(`update sandbox.objects set body = body || '{"status":"won"}' where id = $1`, [ref]);
    clock.advance(11 * MINUTE_MS);
    await reaches(ref, 'released');
    // A verdict that turns is not booked by itself: somebody is called.
    await owner.query(`update sandbox.objects set body = body || '{"status":"lost"}' where id = $1`, [ref]);
    const [row] = await db.query<{ id: string }>('select id from recalls where provider_ref = $1', [ref]);
    await checkRecall(shopOf(house), row?.id ?? '');
    const called = await disputeOf(ref);
    assert.deepEqual([called.state, called.needsPerson], ['released', true]);
    assert.match(called.note, /after this was booked as won/);
    await owner.close();
    await booksAgree(house);
  });

  test('many tellings on two servers at once hold once and take once', async () => {
    const before = await pendingOf(mira);
    for (let round = 0; round < 4; round += 1) {
      const eli = await site.person(`eli${round}`);
      const order = await buy(eli, 100n);
      await give(eli, stage, 'sunflower');
      // No webhook tells: the tellings are these, from before anything is held.
      await orderFault(db, { call: 'stripe.webhook', fault: 'held', times: 1_000 });
      const ref = await openDispute(site, clock, order);
      // Every other time the bank decides before anybody here has heard of it.
      if (round % 2 === 0) await tellOften(order);
      else await decideDispute(site, clock, ref, 'lost');
      if (round % 2 === 0) {
        assert.deepEqual(await countsOf(ref), { state: 'held', units: 100n, cents: 135n, beyond: 0n });
        await decideDispute(site, clock, ref, round === 0 ? 'lost' : 'won');
      }
      await tellOften(order);
      const lost = round !== 2;
      assert.deepEqual(await countsOf(ref), {
        state: lost ? 'taken' : 'released',
        units: 100n,
        cents: 135n,
        beyond: 0n,
      });
      assert.equal((await holdsOf(eli)).coins, lost ? 0n : 80n);
      const [back] = await db.query<{ units: bigint; cents: bigint }>(
        `select returned_units as units, returned_cents as cents from order_returns
          where order_id = (select order_id from recalls where provider_ref = $1)`,
        [ref],
      );
      assert.deepEqual(back, lost ? { units: 100n, cents: 135n } : { units: 0n, cents: 0n });
      await orderFault(db, { call: 'stripe.webhook', fault: 'held', times: 0 });
    }
    assert.equal(await pendingOf(mira), before + 10_000n, 'of four gifts the one of the won dispute stays');
    await booksAgree(house);
  });

  test('a server that died between two creators: no gift is held or taken again', async () => {
    const fern = await site.person('fern');
    const order = await buy(fern, 100n);
    await give(fern, stage, 'sunflower');
    await give(fern, junoStage, 'sunflower');
    const [ofMira, ofJuno] = [await pendingOf(mira), await pendingOf(juno)];
    const ref = await openDispute(site, clock, order);
    await reaches(ref, 'held');
    await until('it is held', async () => (await holdsOf(fern)).coins === 0n);
    const id = await recallIdOf(ref);
    const recall = await recallById(db, id);
    assert.ok(recall !== null);
    // One creator at a time, and then it dies.
    assert.equal(await reverseSome(shopOf(house), recall, 1), 'posted');
    await decideDispute(site, clock, ref, 'lost');
    await tellOften(order);
    await reaches(ref, 'taken');
    assert.deepEqual(
      [ofMira - (await pendingOf(mira)), ofJuno - (await pendingOf(juno))],
      [10_000n, 10_000n],
    );
    await booksAgree(house);
  });

  test('what is held between the look and the end is not left behind: the end looks again', async () => {
    const gwen = await site.person('gwen');
    const order = await buy(gwen, 100n);
    const ref = await openDispute(site, clock, order);
    await until('it is held', async () => (await holdsOf(gwen)).coins === 0n);
    const recall = await recallById(db, await recallIdOf(ref));
    assert.ok(recall !== null);
    // As somebody read it who was slower than the hold.
    const stale = { ...recall, turn: recall.turn - 1n, heldUnits: 0n, heldCents: 0n };
    assert.equal(await release(shopOf(house), stale), false);
    assert.equal(await takeRest(shopOf(house), stale), false);
    assert.equal((await recallById(db, recall.id))?.state, 'held');
    await decideDispute(site, clock, ref, 'won');
    await reaches(ref, 'released');
    assert.equal((await holdsOf(gwen)).coins, 100n);
    await booksAgree(house);
  });
});

describe('Coins in the escrow of a question when the loss is booked', () => {
  async function asked(handle: string): Promise<{ person: Person; ref: string; question: string }> {
    const person = await site.person(handle);
    const order = await buy(person, 100n);
    const opened = await mira.request('PUT', '/v1/stages/questions', { body: { on: true, coins: '50' } });
    assert.equal(opened.status, 200, JSON.stringify(opened.body));
    clock.advance(3 * SECOND_MS);
    const text = `Which song of ${handle}?`;
    const answer = await person.post('/v1/stages/mira/questions', { text, coins: '50' }, newId());
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const ref = await openDispute(site, clock, order);
    await reaches(ref, 'held');
    await until('the rest is held', async () => (await countsOf(ref)).units === 100n);
    assert.equal((await holdsOf(person)).coins, 0n);
    await decideDispute(site, clock, ref, 'lost');
    await tellOften(order);
    await tellOften(order);
    const waits = await disputeOf(ref);
    assert.equal(waits.state, 'held');
    assert.match(waits.note, /^Lost\. 50 Coins of it are in the escrow of a question/);
    assert.equal((await holdsOf(person)).coins, 0n);
    return { person, ref, question: answer.body.question.id };
  }
  const tookOf = (dispute: { took: { source: string; units: { units: string } }[] }) =>
    dispute.took.map(({ source, units }) => [source, units.units]).filter(([, units]) => units !== '0');

  test('skipped, they come back and are the case’s', async () => {
    const { person, ref, question } = await asked('nia');
    assert.equal((await mira.request('PUT', `/v1/questions/${question}/skipped`)).status, 200);
    assert.deepEqual(tookOf(await reaches(ref, 'taken')), [['fan', '100']]);
    assert.equal((await holdsOf(person)).coins, 0n);
    await booksAgree(house);
  });

  test('answered, they are a gift that has not matured', async () => {
    const before = await pendingOf(mira);
    const { ref, question } = await asked('oda');
    for (const state of ['answering', 'answered']) {
      const moved = await mira.request('PUT', `/v1/questions/${question}/${state}`);
      assert.equal(moved.status, 200, JSON.stringify(moved.body));
    }
    assert.deepEqual(tookOf(await reaches(ref, 'taken')), [
      ['fan', '50'],
      ['creators', '50'],
    ]);
    assert.equal(await pendingOf(mira), before);
    await booksAgree(house);
  });
});

describe('a refund that was made at the provider', () => {
  test('is found and booked once, like a lost dispute, whoever tells', async () => {
    const fay = await site.person('fay');
    const order = await buy(fay, 200n);
    await give(fay, stage, 'sunflower'); // 20, unmatured
    const pending = await pendingOf(mira);
    const ref = await refundAtProvider(site, clock, order, 270);
    const taken = await reaches(ref, 'taken');
    assert.deepEqual(
      taken.took.map(({ source, units }: { source: string; units: { units: string } }) => [
        source,
        units.units,
      ]),
      [
        ['fan', '180'],
        ['creators', '20'],
      ],
    );
    assert.equal((await holdsOf(fay)).coins, 0n);
    assert.equal(await pendingOf(mira), pending - 10_000n);
    const { items } = (await fay.get('/v1/me/wallet/entries')).body;
    const told = items.map(({ title }: { title: string }) => title);
    assert.ok(told.includes('Held: the payment was refunded at the provider'), JSON.stringify(told));
    assert.ok(
      !told.some((title: string) => /disputed/.test(title)),
      'it was no dispute, and is not called one',
    );
    // It was no dispute: the fan may go on buying.
    assert.equal(
      (await fay.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, newId())).status,
      201,
    );
    assert.equal((await refund(fay, order)).body.code, 'nothing_unspent');
    await booksAgree(house);
  });
});

test('what a refund held that comes to nothing is the recall’s, not the fan’s', async () => {
  const per = await anOperator(site, 'per');
  const ida = await site.person('ida');
  const order = await buy(ida, 8_000n); // $108.00
  const path = `/v1/console/orders/${order}/refunds`;
  const asked = await olu.post(path, { reason: 'A child bought it' }, newId());
  assert.deepEqual([asked.status, asked.body.refund.state], [201, 'waiting']);
  // Somebody gives it back at the provider meanwhile.
  const ref = await refundAtProvider(site, clock, order, 10_800);
  await reaches(ref, 'held');
  await checkRecall(shopOf(house), await recallIdOf(ref));
  assert.deepEqual([(await countsOf(ref)).state, (await countsOf(ref)).units], ['held', 0n]);
  const { id, approval } = asked.body.refund;
  const no = await per.request('PUT', `/v1/console/refunds/${id}/decision`, {
    body: { approvalId: approval.id, verdict: 'rejected', bodyHash: approval.bodyHash, reason: 'Twice' },
  });
  assert.equal(no.status, 200, JSON.stringify(no.body));
  await reaches(ref, 'taken');
  assert.deepEqual(await countsOf(ref), { state: 'taken', units: 8_000n, cents: 10_800n, beyond: 0n });
  assert.equal((await holdsOf(ida)).coins, 0n);
  await booksAgree(house);
});

describe('a refund that fails at the bank of a payment that is disputed besides', () => {
  /** Refunded whole by us, then disputed whole at the bank; nobody here has heard of the dispute yet. */
  async function refundedAndDisputed(person: Person): Promise<{ order: string; ref: string; id: Uuid }> {
    const order = await buy(person, 100n, FAILING_CARD);
    await orderFault(db, { call: 'stripe.webhook', fault: 'held', times: 1_000 });
    const asked = await refund(person, order);
    assert.equal(asked.body.refund.state, 'refunded', JSON.stringify(asked.body));
    // A bank disputes what was charged, whatever came back since.
    const owner = await openDatabase({ url: site.databaseUrl, role: null });
    const says = (cents: number) =>
      owner.query(
        `update sandbox.objects set body = body || jsonb_build_object('amount_refunded', $2::integer)
          where kind = 'charge' and body->'metadata'->>'order' = $1`,
        [order, cents],
      );
    await says(0);
    const ref = await openDispute(site, clock, order);
    await says(135);
    await owner.close();
    return { order, ref, id: parsePublicId('refund', asked.body.refund.id) as Uuid };
  }
  async function fails(order: string, person: Person): Promise<void> {
    await orderFault(db, { call: 'stripe.webhook', fault: 'held', times: 0 });
    await until(
      'the refund has failed',
      async () => {
        clock.advance(SECOND_MS);
        await tellOften(order);
        return (await person.get(`/v1/orders/${order}/refund`)).body.refunds[0];
      },
      ({ state }) => state === 'failed',
    );
  }
  const worldCents = async () => {
    const id = accountId('world', 'stripe_sandbox', 'USD');
    const account = (await house.ledger.balances([id])).get(id);
    return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
  };

  test('after it was lost: the money is with the bank’s customer, so the Coins stay taken', async () => {
    const jonas = await site.person('jonas');
    const world = await worldCents();
    const { order, ref } = await refundedAndDisputed(jonas);
    await decideDispute(site, clock, ref, 'lost');
    await tellOften(order);
    assert.deepEqual(await countsOf(ref), { state: 'taken', units: 0n, cents: 0n, beyond: 135n });
    await fails(order, jonas);
    assert.equal((await holdsOf(jonas)).coins, 0n, 'money and Coins never both come back');
    assert.deepEqual(await countsOf(ref), { state: 'taken', units: 100n, cents: 135n, beyond: 0n });
    assert.equal((await worldCents()) - world, 0n, 'paid once, taken back once');
    const seen = (await jonas.get(`/v1/orders/${order}/refund`)).body;
    assert.deepEqual([seen.refunds[0].free.units, seen.possible], ['0', false]);
    assert.match((await disputeOf(ref)).steps.at(-1).note, /came to nothing.*100 Coins stay taken/);
    const { items } = (await jonas.get('/v1/me/wallet/entries')).body;
    assert.equal(items[0].title, 'Taken back with the payment', JSON.stringify(items[0]));
    await booksAgree(house);
  });

  test('before it was lost: the case holds them, and won, they are the fan’s', async () => {
    for (const verdict of ['lost', 'won'] as const) {
      const kim = await site.person(`kim${verdict}`);
      const { order, ref } = await refundedAndDisputed(kim);
      await tellOften(order);
      assert.deepEqual(await countsOf(ref), { state: 'held', units: 0n, cents: 0n, beyond: 135n });
      await fails(order, kim);
      await tellOften(order);
      assert.deepEqual(await countsOf(ref), { state: 'held', units: 100n, cents: 135n, beyond: 0n });
      await decideDispute(site, clock, ref, verdict);
      await tellOften(order);
      assert.equal((await holdsOf(kim)).coins, verdict === 'lost' ? 0n : 100n);
      await booksAgree(house);
    }
  });

  test('in the moment in which the loss is booked: whichever is first, the other looks again', async () => {
    for (const first of ['loss', 'refund'] as const) {
      const lea = await site.person(`lea${first}`);
      const { order, ref, id } = await refundedAndDisputed(lea);
      await tellOften(order);
      await decideDispute(site, clock, ref, 'lost');
      const owner = await openDatabase({ url: site.databaseUrl, role: null });
      await owner.query(
        `update sandbox.objects set body = body || '{"status":"failed","failure_reason":"expired_or_canceled_card"}'
          where kind = 'refund' and id = (select refund_ref from refund_states where refund_id = $1)`,
        [id],
      );
      await owner.close();
      const recallId = await recallIdOf(ref);
      const loss = (within: ReturnType<typeof shopOf>) => takeRecall(within, recallId);
      const back = (within: ReturnType<typeof shopOf>) => carryRefund(within, id);
      const [outer, inner] = first === 'loss' ? [back, loss] : [loss, back];
      let happened = false;
      await outer(
        beforePosting(async () => {
          if (happened) return;
          happened = true;
          await inner(shopOf(second.house));
        }),
      );
      await fails(order, lea);
      assert.deepEqual(
        [await countsOf(ref), (await holdsOf(lea)).coins],
        [{ state: 'taken', units: 100n, cents: 135n, beyond: 0n }, 0n],
        first,
      );
      await booksAgree(house);
    }
  });
});

test('what no webhook told is found by asking what went back', async () => {
  const gil = await site.person('gil');
  const [refunded, disputed] = [await buy(gil, 200n), await buy(gil, 100n)];
  const hera = await site.person('hera');
  const unheard = [await buy(hera, 100n), await buy(hera, 100n)];
  await orderFault(db, { call: 'stripe.webhook', fault: 'held', times: 100 });
  const older = await refundAtProvider(site, clock, unheard[0] ?? '', 135);
  const ref = await refundAtProvider(site, clock, refunded, 100);
  const dispute = await openDispute(site, clock, disputed);
  // Of two more, one older and one newer, nothing can be made: they keep nobody from hearing of the others.
  const newer = await refundAtProvider(site, clock, unheard[1] ?? '', 135);
  const owner = await openDatabase({ url: site.databaseUrl, role: null });
  await owner.query('update sandbox.objects set body = body || $2 where id = any($1)', [
    [older, newer],
    { metadata: { operation: '-'.repeat(36) } },
  ]);
  await owner.close();
  assert.deepEqual([await disputeOf(ref), await disputeOf(dispute)], [undefined, undefined]);
  await Promise.all([findWhatWentBack(shopOf(house)), findWhatWentBack(shopOf(second.house))]);
  // 200 × 100 ÷ 270 = 74 Coins.
  assert.deepEqual(
    [(await disputeOf(ref)).state, (await disputeOf(ref)).took[0].units.units],
    ['taken', '74'],
  );
  assert.equal((await disputeOf(dispute)).state, 'held');
  assert.equal((await holdsOf(gil)).coins, 126n);
  await orderFault(db, { call: 'stripe.webhook', fault: 'held', times: 0 });
  await booksAgree(house);
});

test('liabilities are the ledger’s own sums, and they add up', async () => {
  const { status, body } = await olu.get('/v1/console/liabilities');
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.check.passed, true);
  const [sum] = await db.query<{ coins: bigint }>(
    'select sum(credits_posted - debits_posted)::bigint as coins from ledger_accounts where ledger = 1 and code = 1',
  );
  assert.equal(body.owed[0].amount.units, String(sum?.coins));
  assert.equal((await mira.get('/v1/console/liabilities')).status, 403);
});

const tampering: [string, string][] = [
  [
    'a payment of a lost case is forgotten',
    'delete from recall_payments where transfer_id = (select min(transfer_id::text)::uuid from recall_payments)',
  ],
  [
    'another payment is named',
    'update recall_payments set transfer_id = gen_random_uuid() where transfer_id = (select min(transfer_id::text)::uuid from recall_payments)',
  ],
  [
    'what was taken of it is another sum',
    "update recall_takings set cents = cents + 1 where source = 'house'",
  ],
];
for (const [name, sql] of tampering) {
  test(`the auditor finds it when ${name}`, async () => {
    const owner = new pg.Client({ connectionString: site.databaseUrl });
    await owner.connect();
    try {
      await owner.query('begin');
      for (const table of ['recall_payments', 'recall_takings']) {
        await owner.query(`alter table ${table} disable trigger user`);
      }
      assert.ok(((await owner.query(sql)).rowCount ?? 0) > 0);
      const found = await auditRefunds({
        query: async <Row extends object>(text: string) => (await owner.query(text)).rows as Row[],
      });
      assert.ok(
        found.some((finding) => finding.includes('by which its money left the house')),
        JSON.stringify(found),
      );
    } finally {
      await owner.query('rollback');
      await owner.end();
    }
  });
}
