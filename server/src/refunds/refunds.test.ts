import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  buy,
  cents,
  FAILING_CARD,
  give,
  givenBack,
  holds,
  refund,
  SLOW_CARD,
  userIdOf,
} from '../../test/refund-scene.ts';
import { hands, type Person, serverBeside, testHouse } from '../../test/test-house.ts';
import { anOperator, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import type { Posting } from '../ledger/index.ts';
import { auditPurchases } from '../purchases/audit-purchases.ts';
import { orderById, providerOf, shopOf } from '../purchases/index.ts';
import { type Fault, orderFault } from '../sandbox/faults.ts';
import { askRefund } from './ask-refund.ts';
import { auditRefunds } from './audit-refunds.ts';
import { carryRefund } from './carry-refund.ts';
import { checkRefunds } from './jobs.ts';
import { hearPayment } from './meet-recalls.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const second = await serverBeside(site);
const { house } = site;
const { db } = house;
const shop = shopOf(house);
const olu = await anOperator(site, 'olu');
const per = await anOperator(site, 'per');
const mira = await site.person('mira');
const stage = await goLive(mira);

async function fan(handle: string): Promise<Person> {
  return site.person(handle);
}
async function coinsOf(person: Person): Promise<bigint> {
  return (await holds(site, userIdOf(person))).coins;
}
async function offerOf(person: Person, order: string) {
  const { status, body } = await person.get(`/v1/orders/${order}/refund`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}
async function stateOf(person: Person, order: string): Promise<string[]> {
  return (await offerOf(person, order)).refunds.map(({ state }: { state: string }) => state);
}
/** Time goes by, and people look in meanwhile: nobody's session ends. */
async function days(count: number, ...people: readonly Person[]): Promise<void> {
  for (let left = count; left > 0; left -= 7) {
    clock.advance(Math.min(left, 7) * DAY_MS);
    for (const person of [olu, per, ...people]) await person.get('/v1/session');
  }
}
function faulty(call: string, fault: Fault, times: number): Promise<void> {
  return orderFault(db, { call, fault, times });
}
async function audited(): Promise<void> {
  assert.deepEqual([...(await auditRefunds(db)), ...(await auditPurchases(db))], []);
}
/** The provider's circuit may be open after many faults. */
async function rested(): Promise<void> {
  clock.advance(MINUTE_MS);
  await until(
    'the provider is asked again',
    async () => {
      clock.advance(SECOND_MS);
      const { methods } = (await site.stranger.get('/v1/payment-methods')).body;
      return methods.find(({ method }: { method: string }) => method === 'card')?.available;
    },
    (available) => available === true,
  );
}

/** The shop in which something happens between the look and the commit. */
function beforePosting(happen: () => Promise<void>): typeof shop {
  const ledger = new Proxy(house.ledger, {
    get: (target, name) =>
      name !== 'post'
        ? Reflect.get(target, name)
        : async (posting: Posting) => {
            await happen();
            return target.post(posting);
          },
  });
  return { ...shop, house: { ...house, ledger } };
}

describe('a fan gives back what is unspent', () => {
  test('of one order, whole: quote, one press, money at the provider, Coins gone', async () => {
    const ana = await fan('ana');
    const first = await buy(ana, 219n); // $2.96
    const later = await buy(ana, 100n); // $1.35
    await give(ana, stage, 'sunflower'); // 20 Coins, of the first
    const offer = await offerOf(ana, first);
    assert.deepEqual(
      [offer.possible, offer.units.units, offer.amount.display],
      [true, '199', '$2.69'], // 296 × 199 ÷ 219 = 268.97
    );
    assert.deepEqual((await offerOf(ana, later)).amount.display, '$1.35');
    const cash = await cents(site, 'cash');
    const key = newId();
    const asked = await refund(ana, first, key, { cents: '269' });
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    assert.deepEqual([asked.body.refund.state, asked.body.refund.amount.display], ['refunded', '$2.69']);
    assert.equal(await coinsOf(ana), 100n);
    assert.equal(await cents(site, 'cash'), cash - 269n);
    assert.deepEqual(await givenBack(db, first), { cents: 269n, refunds: 1n });
    // The same key again is the same refund; another key finds nothing left.
    const again = await refund(ana, first, key, { cents: '269' });
    assert.deepEqual([again.status, again.body.refund.id], [201, asked.body.refund.id]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal((await refund(ana, first)).body.code, 'nothing_unspent');
    // The newer one is untouched, whatever was bought first.
    assert.deepEqual((await offerOf(ana, later)).units.units, '100');
    assert.equal((await refund(ana, later)).status, 201);
    assert.equal(await coinsOf(ana), 0n);
    await audited();
  });

  test('bought Diamonds as well', async () => {
    const ada = await fan('ada');
    const order = await buy(ada, 0n, undefined, { kind: 'exact', diamonds: '100' });
    const offer = await offerOf(ada, order);
    assert.equal(offer.units.units, '100000');
    const done = await refund(ada, order);
    assert.deepEqual([done.status, done.body.refund.state], [201, 'refunded'], JSON.stringify(done.body));
    assert.equal(done.body.refund.amount.units, offer.amount.units);
    await audited();
  });

  test('not after 14 days, not another’s, not with an old quote, and the page says why', async () => {
    const ben = await fan('ben');
    const order = await buy(ben, 100n);
    assert.equal((await (await fan('eve')).get(`/v1/orders/${order}/refund`)).status, 404);
    assert.equal((await refund(ben, order, newId(), { cents: '134' })).body.code, 'refund_changed');
    assert.equal((await ben.post(`/v1/orders/${order}/refunds`, {})).body.code, 'idempotency_key_missing');
    await days(14, ben);
    const late = await refund(ben, order);
    assert.deepEqual([late.status, late.body.code], [409, 'refund_too_late']);
    const { checks } = await offerOf(ben, order);
    const failing = checks.filter(({ passed }: { passed: boolean }) => !passed);
    assert.deepEqual(
      failing.map(({ code, remedy }: { code: string; remedy: string }) => [code, remedy]),
      [['refund_too_late', 'Ask support: they can still refund it.']],
    );
    assert.equal(await coinsOf(ben), 100n);
  });

  test('whose bank takes time, or fails later: the Coins are held, go, and come back', async () => {
    const cleo = await fan('cleo');
    const slow = await buy(cleo, 100n, SLOW_CARD);
    assert.deepEqual((await refund(cleo, slow)).body.refund.state, 'sent');
    assert.equal(await coinsOf(cleo), 0n);
    assert.equal((await refund(cleo, slow)).body.code, 'refund_under_way');
    clock.advance(6 * SECOND_MS);
    await until(
      'the bank has decided',
      async () => {
        clock.advance(SECOND_MS);
        return (await stateOf(cleo, slow))[0];
      },
      (state) => state === 'refunded',
    );

    const failing = await buy(cleo, 100n, FAILING_CARD);
    assert.equal((await refund(cleo, failing)).body.refund.state, 'refunded');
    const cash = await cents(site, 'cash');
    clock.advance(6 * SECOND_MS);
    await until(
      'the refund has failed',
      () => stateOf(cleo, failing),
      ([state]) => state === 'failed',
    );
    assert.equal(await coinsOf(cleo), 100n);
    assert.equal(await cents(site, 'cash'), cash + 135n);
    const { refunds, possible, units } = await offerOf(cleo, failing);
    assert.match(refunds[0].failure, /expired or was closed/);
    assert.deepEqual([possible, units.units], [true, '100']);
    await audited();
  });
});

describe('never twice', () => {
  test('many presses on two servers at once: one refund', async () => {
    const dora = await fan('dora');
    const order = await buy(dora, 219n);
    const there = hands(second.origin, dora.cookie);
    const presses = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        (index % 2 === 0 ? dora : there).post(`/v1/orders/${order}/refunds`, {}, newId()),
      ),
    );
    const done = presses.filter(({ status }) => status === 201);
    assert.equal(done.length, 1, JSON.stringify(presses.map(({ status, body }) => [status, body.code])));
    assert.deepEqual(await givenBack(db, order), { cents: 296n, refunds: 1n });
    assert.equal(await coinsOf(dora), 0n);
    await audited();
  });

  test('a refund while gifts are sent: what is spent is not given back, what is given back is not spent', async () => {
    for (let round = 0; round < 5; round += 1) {
      const racer = await fan(`racer${round}`);
      const order = await buy(racer, 200n);
      const gifts = Array.from({ length: 12 }, () =>
        racer.post('/v1/gifts', { stageId: stage, giftId: 'sunflower' }, newId()),
      );
      const [asked, ...sent] = await Promise.all([refund(racer, order), ...gifts]);
      const given = sent.filter(({ status }) => status < 300).length;
      const left = await coinsOf(racer);
      if (asked.status === 201) {
        const back = BigInt(asked.body.refund.returned.units);
        assert.equal(left + back + 20n * BigInt(given), 200n);
        assert.equal((await givenBack(db, order)).cents, BigInt(asked.body.refund.amount.units));
      } else {
        assert.match(asked.body.code, /^(refund_busy|nothing_unspent)$/);
        assert.equal((await givenBack(db, order)).refunds, 0n);
      }
    }
    await audited();
  });

  for (const fault of ['drop_before', 'drop_after', 'error_after', 'unavailable', 'rate_limited'] as const) {
    test(`the provider’s fault ${fault}: the truth is found, once`, async () => {
      const name = fault.replace('_', '');
      const person = await fan(name);
      const order = await buy(person, 100n);
      await faulty('refunds.create', fault, 4);
      const asked = await refund(person, order);
      assert.equal(asked.status, 201, JSON.stringify(asked.body));
      assert.equal(await coinsOf(person), 0n, 'nobody spends what is on its way back');
      await faulty('refunds.create', fault, 0);
      await rested();
      await until(
        'it is refunded',
        async () => {
          clock.advance(SECOND_MS);
          return (await stateOf(person, order))[0];
        },
        (state) => state === 'refunded',
      );
      assert.deepEqual(await givenBack(db, order), { cents: 135n, refunds: 1n });
      await audited();
    });
  }

  test('a provider that is away for a day: the Coins come back, and nothing was sent', async () => {
    const gus = await fan('gus');
    const order = await buy(gus, 100n);
    await faulty('refunds.create', 'unavailable', 1_000_000);
    assert.equal((await refund(gus, order)).body.refund.state, 'asked');
    clock.advance(21 * HOUR_MS);
    await until(
      'it was given up',
      async () => {
        clock.advance(30 * SECOND_MS);
        return (await stateOf(gus, order))[0];
      },
      (state) => state === 'failed',
    );
    await faulty('refunds.create', 'unavailable', 0);
    assert.equal(await coinsOf(gus), 100n);
    assert.deepEqual(await givenBack(db, order), { cents: 0n, refunds: 0n });
    await rested();
    assert.equal((await refund(gus, order)).body.refund.state, 'refunded');
    await audited();
  });

  test('a refund that was given up, shows up after all and then comes to nothing, is corrected', async () => {
    const gwen = await fan('gwen');
    const order = await buy(gwen, 100n, SLOW_CARD);
    await faulty('refunds.create', 'unavailable', 1_000_000);
    const asked = await refund(gwen, order);
    clock.advance(21 * HOUR_MS);
    await until(
      'it was given up',
      async () => {
        clock.advance(30 * SECOND_MS);
        return (await stateOf(gwen, order))[0];
      },
      (state) => state === 'failed',
    );
    await faulty('refunds.create', 'unavailable', 0);
    await rested();
    const row = await orderById(db, parsePublicId('order', order) as Uuid);
    assert.ok(row?.providerRef);
    const provider = providerOf(shop, row);
    const late = await provider?.refund({
      operationId: parsePublicId('refund', asked.body.refund.id) as Uuid,
      providerRef: row.providerRef,
      amountCents: 135n,
      reason: 'requested_by_customer',
    });
    const fetched = await provider?.fetch(row.providerRef);
    assert.ok(late?.kind === 'ok' && fetched?.kind === 'ok');
    const told = (status: 'pending' | 'failed') => ({
      ...fetched.value,
      refunds: [{ ...late.value, status, rawStatus: status }],
    });
    await hearPayment(shop, row, told('pending'));
    assert.equal(await coinsOf(gwen), 0n, 'they are held while the money is on its way');
    await hearPayment(shop, row, told('failed'));
    assert.equal(await coinsOf(gwen), 100n);
    await audited();
  });

  test('an answer from before a refund failed, heard after it, is not taken for a loss', async () => {
    const gil = await fan('gil');
    const order = await buy(gil, 100n, FAILING_CARD);
    assert.equal((await refund(gil, order)).body.refund.state, 'refunded');
    const row = await orderById(db, parsePublicId('order', order) as Uuid);
    assert.ok(row?.providerRef);
    const early = await providerOf(shop, row)?.fetch(row.providerRef);
    assert.ok(early?.kind === 'ok');
    assert.deepEqual(
      early.value.refunds.map(({ status }) => status),
      ['succeeded'],
    );
    clock.advance(6 * SECOND_MS);
    await until(
      'the refund has failed',
      () => stateOf(gil, order),
      ([state]) => state === 'failed',
    );
    await hearPayment(shop, row, early.value);
    assert.equal(await coinsOf(gil), 100n);
    assert.equal((await offerOf(gil, order)).possible, true, 'no case is open');
    await audited();
  });

  test('the janitors of two servers and a webhook at once do each step once', async () => {
    const hal = await fan('hal');
    const order = await buy(hal, 100n);
    await faulty('refunds.create', 'drop_after', 4);
    const asked = await refund(hal, order);
    await faulty('refunds.create', 'drop_after', 0);
    await rested();
    const id = parsePublicId('refund', asked.body.refund.id) as Uuid;
    await Promise.all([
      ...Array.from({ length: 6 }, () => carryRefund(shop, id)),
      ...Array.from({ length: 6 }, () => carryRefund(shopOf(second.house), id)),
      checkRefunds(shop),
    ]);
    assert.deepEqual(await stateOf(hal, order), ['refunded']);
    assert.deepEqual(await givenBack(db, order), { cents: 135n, refunds: 1n });
    await audited();
  });

  test('the database itself refuses to give back more than was paid', async () => {
    const ida = await fan('ida');
    const order = parsePublicId('order', await buy(ida, 100n)) as Uuid;
    await ida.get(`/v1/orders/${`order_${order.replaceAll('-', '')}`}/refund`);
    await assert.rejects(
      db.query('update order_returns set returned_cents = price_cents + 1 where order_id = $1', [order]),
      /never_more_than_was_paid/,
    );
  });
});

describe('support', () => {
  test('refunds a part with a reason, also late; nobody their own', async () => {
    const jan = await fan('jan');
    const order = await buy(jan, 219n);
    await days(30, jan);
    const path = `/v1/console/orders/${order}/refunds`;
    assert.equal((await jan.post(path, { reason: 'I want it' }, newId())).status, 403);
    assert.equal((await olu.post(path, { units: '100' }, newId())).status, 400, 'a reason is needed');
    const more = await olu.post(path, { units: '220', reason: 'Bought by mistake' }, newId());
    assert.equal(more.body.code, 'refund_more_than_unspent');
    const part = await olu.post(path, { units: '100', reason: 'Bought by mistake' }, newId());
    assert.deepEqual(
      [part.status, part.body.refund.state, part.body.refund.amount.display],
      [201, 'refunded', '$1.36'],
      JSON.stringify(part.body),
    );
    // The parts bring what the whole would have.
    const rest = await per.post(path, { reason: 'And the rest' }, newId());
    assert.equal(rest.body.refund.amount.display, '$1.60');
    const own = await buy(olu, 100n);
    assert.equal(
      (await olu.post(`/v1/console/orders/${own}/refunds`, { reason: 'For me' }, newId())).body.code,
      'refund_is_your_own',
    );
    await audited();
  });

  test('from the policy’s amount on two operators decide; a rejection frees the Coins', async () => {
    const kay = await fan('kay');
    const order = await buy(kay, 8_000n); // $108.00
    const path = `/v1/console/orders/${order}/refunds`;
    const asked = await olu.post(path, { reason: 'A child bought it' }, newId());
    assert.deepEqual([asked.status, asked.body.refund.state], [201, 'waiting']);
    assert.equal(await coinsOf(kay), 0n, 'they are reserved meanwhile');
    assert.deepEqual(await givenBack(db, order), { cents: 0n, refunds: 0n });
    const decide = (
      who: Person,
      refundJson: { id: string; approval: { id: string; bodyHash: string } },
      verdict: string,
      reason: string | null = null,
    ) => {
      const { id, bodyHash } = refundJson.approval;
      return who.request('PUT', `/v1/console/refunds/${refundJson.id}/decision`, {
        body: { approvalId: id, verdict, bodyHash, reason },
      });
    };
    assert.equal((await decide(olu, asked.body.refund, 'approved')).body.code, 'approval_is_your_own');
    const no = await decide(per, asked.body.refund, 'rejected', 'Ask for a paper first');
    assert.deepEqual([no.status, no.body.refund.state], [200, 'rejected'], JSON.stringify(no.body));
    assert.equal(await coinsOf(kay), 8_000n);

    const second = await olu.post(path, { reason: 'The paper is here' }, newId());
    const both = await Promise.all([
      decide(per, second.body.refund, 'approved'),
      decide(per, second.body.refund, 'rejected', 'Not yet'),
    ]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
    const state = (await stateOf(kay, order)).at(-1);
    const back = await givenBack(db, order);
    assert.deepEqual(
      back,
      state === 'refunded' ? { cents: 10_800n, refunds: 1n } : { cents: 0n, refunds: 0n },
    );
    await audited();
  });

  test('the policy’s amount is of seven days, so nothing is cut into pieces for one operator’s word', async () => {
    const pip = await fan('pip');
    const orders = [await buy(pip, 4_000n), await buy(pip, 4_000n)]; // $54.00 each
    const asked = [];
    for (const order of orders) {
      asked.push(await olu.post(`/v1/console/orders/${order}/refunds`, { reason: 'A part' }, newId()));
    }
    assert.deepEqual(
      asked.map(({ body }) => body.refund.state),
      ['refunded', 'waiting'],
    );
    await audited();
  });

  test('an approval that nobody gives ends after a week, and the Coins are free', async () => {
    const lou = await fan('lou');
    const order = await buy(lou, 8_000n);
    const asked = await olu.post(`/v1/console/orders/${order}/refunds`, { reason: 'All of it' }, newId());
    assert.equal(asked.body.refund.state, 'waiting');
    await days(7, lou);
    clock.advance(MINUTE_MS);
    await until(
      'it has ended',
      async () => (await stateOf(lou, order))[0],
      (state) => state === 'rejected',
    );
    assert.equal(await coinsOf(lou), 8_000n);
    await audited();
  });

  test('two refunds to one fan at the very same instant are added up', async () => {
    const quin = await fan('quin');
    // Of Coins and of Diamonds: they have no account in common that would tell.
    const coins = await buy(quin, 4_000n); // $54.00
    const diamonds = await buy(quin, 0n, undefined, { kind: 'exact', diamonds: '4000' }); // $54.00
    const row = await orderById(db, parsePublicId('order', coins) ?? '');
    assert.ok(row !== null);
    const path = `/v1/console/orders/${diamonds}/refunds`;
    const other = async () => (await per.post(path, { reason: 'At once' }, newId())).body.refund.state;
    let otherState = '';
    const racing = beforePosting(async () => {
      if (otherState === '') otherState = await other();
    });
    const by = { kind: 'support', operatorId: userIdOf(olu) } as const;
    const about = { order: row, by, units: null, shownCents: null, reason: 'At once', key: newId() };
    const { refund: made } = await askRefund(racing, about);
    assert.deepEqual([otherState, made.state], ['refunded', 'waiting']);
    await audited();
  });

  test('a refund whose posting was refused can be asked for again under the same key', async () => {
    const ron = await fan('ron');
    const order = await buy(ron, 100n);
    const row = await orderById(db, parsePublicId('order', order) ?? '');
    assert.ok(row !== null);
    // Somebody gives between the look and the commit: the ledger refuses, and never takes those ids again.
    let gifts = 0;
    const racing = beforePosting(async () => {
      if (gifts === 2) return;
      gifts += 1;
      await give(ron, stage, 'heart');
    });
    const { refund: made } = await askRefund(racing, {
      order: row,
      by: { kind: 'fan' },
      units: null,
      shownCents: null,
      reason: null,
      key: newId(),
    });
    assert.deepEqual([gifts, made.state, made.units], [2, 'refunded', 80n]);
    await audited();
  });

  test('the same key with another request is refused, whatever of it is other', async () => {
    const sam = await fan('sam');
    const order = await buy(sam, 219n);
    const path = `/v1/console/orders/${order}/refunds`;
    const key = newId();
    const body = { units: '10', cents: '14', reason: 'By mistake' };
    assert.equal((await olu.post(path, body, key)).status, 201);
    for (const other of [{ units: '11' }, { cents: '15' }, { reason: 'Another reason' }]) {
      const again = await olu.post(path, { ...body, ...other }, key);
      assert.equal(again.body.code, 'idempotency_key_reused', JSON.stringify(other));
    }
    assert.equal((await olu.post(path, body, key)).headers.get('idempotent-replayed'), 'true');
    await audited();
  });

  test('so few Diamond units that they are worth no further cent are refused', async () => {
    const tea = await fan('tea');
    const order = await buy(tea, 0n, undefined, { kind: 'exact', diamonds: '100' });
    const path = `/v1/console/orders/${order}/refunds`;
    assert.equal(
      (await olu.post(path, { units: '1', reason: 'One' }, newId())).body.refund.amount.units,
      '1',
    );
    const second = await olu.post(path, { units: '1', reason: 'One more' }, newId());
    assert.deepEqual([second.status, second.body.code], [422, 'refund_too_small']);
    await audited();
  });
});
