import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSED_BANK, GOOD_BANK, MANY, stripeScene, UNITS } from '../../../test/stripe-payout-scene.ts';
import { serverBeside, testHouse } from '../../../test/test-house.ts';
import { anOperator } from '../../../test/town-life.ts';
import { until } from '../../../test/until.ts';
import { availableOf, confirm, creatorWith, userIdOf, withdraw } from '../../../test/withdrawal-scene.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, testClock } from '../../core/clock.ts';
import { parsePublicId } from '../../core/ids.ts';
import { freezeAccount } from '../../identity/index.ts';
import { accountId } from '../../ledger/index.ts';
import { clearFaults, type Fault, orderFault } from '../../sandbox/faults.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
// A second server on the same database looks at the same payouts.
await serverBeside(site);
const { house } = site;
const { db } = house;
const olu = await anOperator(site, 'olu');

const faulty = (call: string, fault: Fault, times: number) => orderFault(db, { call, fault, times });
const {
  ownBank,
  paidByStripe,
  linked,
  setUp,
  released,
  stateOf,
  work,
  becomes,
  attemptOf,
  atStripe,
  audited,
} = stripeScene(site, clock, olu);

async function inWorld(): Promise<bigint> {
  const id = accountId('world', 'stripe_connect_sandbox', 'USD');
  const account = (await house.ledger.balances([id])).get(id);
  return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
}

test('an account is set up on the provider’s page; what is missing is said where it refuses', async () => {
  const mira = await creatorWith(site, 'setter', 20_000_000n);
  const account = await linked(mira);
  const checks = async () => {
    const { body } = await mira.get('/v1/me/explain/withdraw');
    return body.checks.find(({ code }: { code: string }) => code === 'payout_setup_needed');
  };
  assert.deepEqual([(await checks()).passed, (await checks()).have], [false, 'its form is not filled in']);
  assert.equal(await setUp(mira, account, 'leave_out', GOOD_BANK), 'more_needed');
  assert.equal((await checks()).have, 'it misses a picture of your papers');
  clock.advance(DAY_MS);
  const refused = await mira.post('/v1/me/withdrawals/quotes', {
    diamondUnits: UNITS.toString(),
    accountId: account,
  });
  assert.deepEqual([refused.status, refused.body.code], [409, 'payout_setup_needed']);
  assert.equal(await setUp(mira, account, 'finish', GOOD_BANK), 'ready');
  assert.equal((await checks()).passed, true);
  const { accounts } = (await mira.get('/v1/me/payout-methods')).body;
  assert.deepEqual(
    [accounts[0].setUp.bank, accounts[0].available, accounts[0].usable],
    ['··6789', true, true],
  );
  // Another bank behind it waits as a changed account does.
  assert.equal(await setUp(mira, account, 'finish', CLOSED_BANK), 'ready');
  assert.equal((await mira.get('/v1/me/payout-methods')).body.accounts[0].usable, false);
  const tooNew = await mira.post('/v1/me/withdrawals/quotes', {
    diamondUnits: UNITS.toString(),
    accountId: account,
  });
  assert.equal(tooNew.body.code, 'payout_account_too_new');

  const turned = await creatorWith(site, 'turned', 0n);
  const theirs = await linked(turned);
  assert.equal(await setUp(turned, theirs, 'reject'), 'rejected');
  // One account there for one of ours, however often it is begun.
  const [row] = await db.query<{ n: bigint }>(
    `select count(*) as n from sandbox.objects where kind = 'account' and body->'metadata'->>'account' = $1`,
    [parsePublicId('payacct', account)],
  );
  assert.equal(row?.n, 1n);
});

test('what a person did on the page is heard of by a webhook, without anybody coming back', async () => {
  const mira = await creatorWith(site, 'awaybird', 0n);
  const account = await linked(mira);
  await confirm(mira);
  const page = await mira.post(`/v1/me/payout-accounts/${account}/set-up`, {});
  const body = new URLSearchParams({ do: 'finish', bank: GOOD_BANK });
  await fetch(page.body.url, {
    method: 'POST',
    headers: { origin: site.origin },
    body,
    redirect: 'manual',
  });
  await until(
    'the account is ready',
    () => {
      clock.advance(SECOND_MS);
      return mira.get('/v1/me/payout-methods');
    },
    (answer) => answer.body.accounts[0].setUp.state === 'ready',
  );
});

test('released, transferred, paid out, arrived: one transfer, one payout, and the books agree', async () => {
  const creator = await paidByStripe('arrives');
  const before = await availableOf(house, creator.person);
  const world = await inWorld();
  const id = await released(creator);
  await becomes(id, 'paid');
  // 2,000 Diamonds at $13.50 for 1,000: $27.00, without the fee of $0.50.
  assert.equal((await inWorld()) - world, 2_650n);
  assert.deepEqual(await atStripe(id), { transfers: 1n, left: 2_650n, payouts: 1n });
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  const { body } = await creator.person.get(`/v1/me/withdrawals/${id}`);
  assert.deepEqual(
    body.withdrawal.steps.map(({ label }: { label: string }) => label),
    ['Requested', 'Checks passed', 'Handed to Stripe', 'Sent', 'Arrived'],
  );
  const detail = (await olu.get(`/v1/console/withdrawals/${id}`)).body;
  assert.equal(detail.attempts.length, 1);
  assert.match(detail.attempts[0].refs.join(' '), /^tr_\S+ po_\S+$/);
  assert.deepEqual(detail.moves, []);
  await audited();
});

test('no operator says what became of it, and nobody cancels it any more', async () => {
  const creator = await paidByStripe('truthful');
  await faulty('payouts.create', 'short_of_money', MANY);
  const id = await released(creator);
  await becomes(id, 'sent');
  for (const [state, body] of [
    ['paid', {}],
    ['parked', { reason: 'Just because.' }],
    ['returned', { code: 'AC04' }],
  ] as const) {
    const answer = await olu.request('PUT', `/v1/console/withdrawals/${id}/${state}`, { body });
    assert.deepEqual([answer.status, answer.body.code], [409, 'payout_by_provider'], state);
  }
  const canceled = await creator.person.request('PUT', `/v1/me/withdrawals/${id}/canceled`);
  assert.equal(canceled.body.code, 'withdrawal_moved_on');
  await faulty('payouts.create', 'short_of_money', 0);
  await becomes(id, 'paid', MINUTE_MS);
  assert.deepEqual(await atStripe(id), { transfers: 1n, left: 2_650n, payouts: 1n });
  await audited();
});

test('the bank sends it back: the transfer is taken back, the Diamonds return, and the field is named', async () => {
  const creator = await paidByStripe('closedbank', ownBank(CLOSED_BANK));
  const before = await availableOf(house, creator.person);
  const world = await inWorld();
  const id = await released(creator);
  await becomes(id, 'returned');
  assert.deepEqual(await atStripe(id), { transfers: 1n, left: 0n, payouts: 0n });
  assert.equal(await inWorld(), world);
  assert.equal(await availableOf(house, creator.person), before);
  const { bounce } = (await creator.person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;
  assert.deepEqual(bounce, {
    words: 'the bank account is closed',
    field: 'setUp',
    code: 'ACCOUNT_CLOSED',
  });
  await audited();
});

test('it comes back after it had arrived, and no webhook tells', async () => {
  const creator = await paidByStripe('lateback');
  const before = await availableOf(house, creator.person);
  const id = await released(creator);
  await becomes(id, 'paid');
  await db.query(
    `update sandbox.objects set body = body || '{"status": "failed", "failure_code": "account_frozen"}'
      where kind = 'payout' and body->'metadata'->>'withdrawal' = $1`,
    [id],
  );
  await becomes(id, 'returned', HOUR_MS);
  assert.deepEqual(await atStripe(id), { transfers: 1n, left: 0n, payouts: 0n });
  assert.equal(await availableOf(house, creator.person), before);
  await audited();
});

let faulted = 0;
// Every call of a payment that arrives and of one that does not, lost in every way.
for (const call of [
  'transfers.create',
  'payouts.create',
  'transfers.create_reversal',
  'transfers.list',
  'payouts.list',
]) {
  for (const fault of ['drop_before', 'drop_after', 'error_after', 'unavailable', 'rate_limited'] as const) {
    test(`${call} meets ${fault}: one transfer, one end`, async () => {
      faulted += 1;
      const bounces = call === 'transfers.create_reversal';
      const creator = await paidByStripe(`faulted${faulted}`, ownBank(bounces ? CLOSED_BANK : GOOD_BANK));
      const before = await availableOf(house, creator.person);
      // The SDK asks twice by itself; then ours begins.
      await faulty(call, fault, 5);
      await faulty('stripe_connect.webhook', 'held', 3);
      const id = await released(creator);
      await becomes(id, bounces ? 'returned' : 'paid', MINUTE_MS);
      await clearFaults(db);
      assert.deepEqual(await atStripe(id), {
        transfers: 1n,
        left: bounces ? 0n : 2_650n,
        payouts: bounces ? 0n : 1n,
      });
      assert.equal(await availableOf(house, creator.person), before - (bounces ? 0n : UNITS));
      assert.equal((await attemptOf(id))?.tries, 1n);
      await audited();
    });
  }
}

test('while nobody answers the Diamonds stay reserved, and operators read why', async () => {
  const creator = await paidByStripe('silent');
  const before = await availableOf(house, creator.person);
  await faulty('transfers.create', 'drop_after', MANY);
  await faulty('transfers.list', 'drop_before', MANY);
  const id = await released(creator);
  await until(
    'the doubt is written down',
    async () => {
      clock.advance(SECOND_MS);
      return attemptOf(id);
    },
    (attempt) => attempt?.problem != null,
  );
  clock.advance(2 * HOUR_MS);
  assert.equal(await stateOf(id), 'sending');
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  const detail = (await olu.get(`/v1/console/withdrawals/${id}`)).body;
  assert.match(detail.attempts[0].problem, /^No answer that says what happened/);
  const { items } = (await olu.get('/v1/console/withdrawals?show=trouble&limit=100')).body;
  assert.ok(
    items.some((row: { id: string }) => row.id === id),
    'it is among what is in trouble',
  );
  await clearFaults(db);
  await becomes(id, 'paid', MINUTE_MS);
  assert.deepEqual(await atStripe(id), { transfers: 1n, left: 2_650n, payouts: 1n });
  await audited();
});

test('the house is short there: it is tried again under another key, and one is paid', async () => {
  const creator = await paidByStripe('shorthouse');
  await faulty('transfers.create', 'short_of_money', 1);
  const id = await released(creator);
  await becomes(id, 'released', 500);
  assert.equal((await attemptOf(id))?.tries, 1n);
  await becomes(id, 'paid', MINUTE_MS);
  assert.equal((await attemptOf(id))?.tries, 2n);
  assert.deepEqual(await atStripe(id), { transfers: 1n, left: 2_650n, payouts: 1n });
  await audited();
});

test('an account that cannot be paid any more: it fails, the creator reads why, Diamonds are free', async () => {
  const creator = await paidByStripe('unlinked');
  const before = await availableOf(house, creator.person);
  const { id } = await withdraw(creator.person, creator.account, UNITS);
  await db.query(
    `update sandbox.objects set body = jsonb_set(body, '{capabilities,transfers}', '"inactive"')
      where kind = 'account' and body->'metadata'->>'account' = $1`,
    [parsePublicId('payacct', creator.account)],
  );
  await olu.request('PUT', `/v1/console/withdrawals/${id}/released`);
  await becomes(id, 'failed');
  assert.equal(await availableOf(house, creator.person), before);
  assert.deepEqual(await atStripe(id), { transfers: 0n, left: 0n, payouts: 0n });
  const { steps } = (await creator.person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;
  assert.match(steps.at(-1).note, /^Stripe does not pay to your account now/);
  await audited();
});

test('a status that nobody knows parks it, and says so; it goes on when it is known', async () => {
  const creator = await paidByStripe('oddstatus');
  const id = await released(creator);
  await becomes(id, 'sent', 500);
  const say = (status: string) =>
    db.query(
      `update sandbox.objects set body = jsonb_set(body, '{status}', to_jsonb($2::text))
        where kind = 'payout' and body->'metadata'->>'withdrawal' = $1`,
      [id, status],
    );
  await until(
    'it is parked',
    async () => {
      clock.advance(SECOND_MS);
      await db.query('delete from sandbox.later');
      await say('appealed');
      await work();
      return stateOf(id);
    },
    (state) => state === 'parked',
  );
  const detail = (await olu.get(`/v1/console/withdrawals/${id}`)).body;
  assert.match(detail.history.at(-1).note, /says something that we do not understand.*payout appealed/);
  await audited();
  await say('paid');
  await becomes(id, 'paid', MINUTE_MS);
  await audited();
});

test('another bank behind the account after it was asked for: it is held with its reason, and goes nowhere', async () => {
  const creator = await paidByStripe('bankturn');
  const { id } = await withdraw(creator.person, creator.account, UNITS);
  assert.equal(await setUp(creator.person, creator.account, 'finish', CLOSED_BANK), 'ready');
  const answer = await olu.request('PUT', `/v1/console/withdrawals/${id}/released`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await becomes(id, 'held', 500);
  assert.equal(await attemptOf(id), undefined);
  assert.deepEqual(await atStripe(id), { transfers: 0n, left: 0n, payouts: 0n });
  const { steps } = (await creator.person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;
  assert.ok(steps.some(({ note }: { note: string | null }) => note?.includes('changed after you asked')));
  await audited();
});

test('a freeze holds what is released and was not handed over', async () => {
  const creator = await paidByStripe('frozenfan');
  const { id } = await withdraw(creator.person, creator.account, UNITS);
  await freezeAccount(house, {
    userId: userIdOf(creator.person),
    gates: ['withdraw'],
    reason: 'Somebody looks at it.',
    until: null,
    byUser: userIdOf(olu),
  });
  const refused = await olu.request('PUT', `/v1/console/withdrawals/${id}/released`);
  assert.equal(refused.status, 409);
  assert.equal((await attemptOf(id)) === undefined, true);
  await audited();
});

test('both books agree on every payment of this file, and a difference has its cause', async () => {
  const creator = await paidByStripe('compared');
  for (let times = 0; times < 2; times += 1) await becomes(await released(creator), 'paid');
  const until = new Date(clock.now() + SECOND_MS);
  const since = new Date(until.getTime() - 30 * DAY_MS);
  const compare = async () => {
    const answer = await olu.post('/v1/console/reconciliation', {
      provider: 'stripe_connect',
      since: since.toISOString(),
      until: until.toISOString(),
    });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const whole = await compare();
  assert.ok(whole.run.payments >= 2, `${whole.run.payments}`);
  assert.deepEqual([whole.differences, whole.run.matchedPercent], [[], '100']);
  assert.deepEqual(whole.run.there.gross, whole.run.here.gross);
  // Somebody transfers money by hand at Stripe, and another transfer is not there any more.
  await db.query(
    `insert into sandbox.objects (id, kind, parent, created_at, body)
     select 'tr_byhand', kind, parent, created_at,
            body || '{"id": "tr_byhand", "metadata": {}, "transfer_group": null}'
       from sandbox.objects where kind = 'transfer' order by number desc limit 1`,
  );
  const [gone] = await db.query<{ id: string }>(
    `delete from sandbox.objects where id in (
       select id from sandbox.objects where kind = 'transfer' and id <> 'tr_byhand' and created_at > $1
        order by number desc limit 1) returning id`,
    [since],
  );
  // A part of one that had arrived was taken back there by hand.
  const [partly] = await db.query<{ id: string }>(
    `update sandbox.objects set body = body || '{"amount_reversed": 1}' where id in (
       select id from sandbox.objects where kind = 'transfer' and id <> 'tr_byhand' and created_at > $1
        order by number desc limit 1) returning id`,
    [since],
  );
  const { differences } = await compare();
  assert.deepEqual(
    new Map(differences.map((one: { payment: string; kind: string }) => [one.payment, one.kind])),
    new Map([
      ['tr_byhand', 'payout_not_booked'],
      [gone?.id, 'payout_not_there'],
      [partly?.id, 'payout_differs'],
    ]),
  );
  assert.match(
    differences.find((one: { payment: string }) => one.payment === 'tr_byhand').cause,
    /^No withdrawal here asked for it/,
  );
});

test('webhooks that are forged, of another time or unsigned change nothing', async () => {
  for (const headers of [{}, { 'stripe-signature': 't=1,v1=00' }]) {
    const answer = await fetch(`${site.origin}/v1/webhooks/stripe-payouts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers } as Record<string, string>,
      body: JSON.stringify({ type: 'payout.paid' }),
    });
    assert.equal(answer.status, 400);
  }
});
