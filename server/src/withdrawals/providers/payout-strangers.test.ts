import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitcoinScene } from '../../../test/btcpay-payout-scene.ts';
import { MANY, stripeScene, wdId } from '../../../test/stripe-payout-scene.ts';
import { type Person, testHouse } from '../../../test/test-house.ts';
import { anOperator } from '../../../test/town-life.ts';
import { until } from '../../../test/until.ts';
import { availableOf } from '../../../test/withdrawal-scene.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, testClock } from '../../core/clock.ts';
import { accountId } from '../../ledger/index.ts';
import { setBalance, walletBalance } from '../../sandbox/btcpay/payouts.ts';
import { clearFaults, orderFault } from '../../sandbox/faults.ts';
import { reconcilePayoutDays } from './reconcile-payouts.ts';

// Payments that people made or approved at a provider beside ours. A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const olu = await anOperator(site, 'olu');
const per = await anOperator(site, 'per');
const stripe = stripeScene(site, clock, olu);
const btcpay = bitcoinScene(site, clock, olu);

/** The house's cash, what is with creators at Stripe and in bitcoin, what providers cost: cents. */
async function money(): Promise<bigint[]> {
  const ids = [
    accountId('platform', 'cash', 'USD'),
    accountId('world', 'stripe_connect_sandbox', 'USD'),
    accountId('world', 'btcpay_payouts_sandbox', 'USD'),
    accountId('platform', 'provider_fees', 'USD'),
  ] as const;
  const known = await house.ledger.balances(ids);
  return ids.map((id) => {
    const account = known.get(id);
    return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
  });
}
const moved = async (before: readonly bigint[]) =>
  (await money()).map((cents, index) => cents - (before[index] ?? 0n));

const told = (id: string) =>
  db.query<{ says: string }>('select says from payout_alarms where withdrawal_id = $1', [wdId(id)]);
const look = (id: string) => olu.get(`/v1/console/withdrawals/${id}/resolution`);
const approve = (who: Person, { id, bodyHash }: { id: string; bodyHash: string }) =>
  who.request('PUT', `/v1/console/approvals/${id}`, { body: { verdict: 'approved', bodyHash } });

/** Two operators take what is there as the payment. */
async function adopt(id: string): Promise<void> {
  const body = { verdict: 'taken_as_paid', reason: 'We paid it by hand.' };
  const asked = await olu.post(`/v1/console/withdrawals/${id}/resolution`, body);
  assert.equal(asked.status, 200, JSON.stringify(asked.body));
  assert.equal((await approve(olu, asked.body.approval)).body.code, 'approval_is_your_own');
  const decided = await approve(per, asked.body.approval);
  assert.equal(decided.status, 200, JSON.stringify(decided.body));
}

async function differences(provider: string): Promise<{ kind: string; cause: string }[]> {
  const end = clock.now() + SECOND_MS;
  const answer = await olu.post('/v1/console/reconciliation', {
    provider,
    since: new Date(end - 30 * DAY_MS).toISOString(),
    until: new Date(end).toISOString(),
  });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.differences;
}

/** Asked for without an answer; meanwhile somebody makes a transfer with its reference by hand at Stripe. */
async function withForeignTransfer(handle: string) {
  const creator = await stripe.paidByStripe(handle);
  await orderFault(db, { call: 'transfers.create', fault: 'drop_before', times: MANY });
  const before = await money();
  const id = await stripe.released(creator);
  await until(
    'it was asked for',
    async () => {
      clock.advance(SECOND_MS);
      await stripe.work();
      return stripe.attemptOf(id);
    },
    (attempt) => attempt?.asked === true,
  );
  await db.query(
    `insert into sandbox.objects (id, kind, parent, created_at, body)
     select $2, 'transfer', a.destination, $3, jsonb_build_object(
       'id', $2::text, 'object', 'transfer', 'amount', 2650, 'amount_reversed', 0, 'created', $4::bigint,
       'currency', 'usd', 'destination', a.destination, 'livemode', false, 'reversed', false,
       'transfer_group', w.reference, 'reversals', '{"object": "list", "data": []}'::jsonb, 'metadata', '{}'::jsonb)
       from withdrawals w join payout_attempts a on a.withdrawal_id = w.id where w.id = $1`,
    [wdId(id), `tr_${handle}`, new Date(clock.now()), Math.floor(clock.now() / 1_000)],
  );
  await clearFaults(db);
  await until(
    'people are asked',
    async () => {
      clock.advance(MINUTE_MS);
      await stripe.work();
      return told(id);
    },
    (rows) => rows.length === 1,
  );
  return { creator, id, before };
}

test('a transfer that nobody here asked for books nothing; taken back there, it is paid as usual', async () => {
  const { creator, id, before } = await withForeignTransfer('foreignone');
  for (let hours = 0; hours < 4; hours += 1) {
    clock.advance(HOUR_MS);
    await stripe.work();
  }
  assert.equal(await stripe.stateOf(id), 'sending');
  assert.deepEqual(await moved(before), [0n, 0n, 0n, 0n]);
  assert.deepEqual(await stripe.atStripe(id), { transfers: 0n, left: 0n, payouts: 0n });
  const [{ says } = { says: '' }, ...more] = await told(id);
  assert.deepEqual(more, []);
  assert.match(says, /not asked for here: tr_foreignone/);
  assert.equal((await stripe.attemptOf(id))?.problem, says);
  await stripe.audited();
  await db.query(
    `update sandbox.objects set body = body || '{"reversed": true, "amount_reversed": 2650}' where id = 'tr_foreignone'`,
  );
  await stripe.becomes(id, 'paid', MINUTE_MS);
  assert.deepEqual(await stripe.atStripe(id), { transfers: 1n, left: 2_650n, payouts: 1n });
  assert.deepEqual(await moved(before), [-2_700n, 2_650n, 0n, 50n]);
  assert.equal((await creator.person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal.state, 'paid');
  await stripe.audited();
});

test('or two operators take it as the payment, and it is followed like any other', async () => {
  const { creator, id, before } = await withForeignTransfer('foreigntwo');
  const diamonds = await availableOf(house, creator.person);
  const shown = await look(id);
  assert.equal(shown.status, 200, JSON.stringify(shown.body));
  assert.match(shown.body.says, /^tr_foreigntwo: transfer, no payout$/);
  assert.deepEqual(
    shown.body.choices.map(({ verdict, entries }: { verdict: string; entries: object[] }) => [
      verdict,
      entries.length,
    ]),
    [['taken_as_paid', 2]],
  );
  const detail = (await olu.get(`/v1/console/withdrawals/${id}`)).body;
  assert.deepEqual(detail.moves, ['resolve']);
  await adopt(id);
  await stripe.becomes(id, 'paid', MINUTE_MS);
  assert.deepEqual(await moved(before), [-2_700n, 2_650n, 0n, 50n]);
  assert.equal(await availableOf(house, creator.person), diamonds);
  assert.equal((await stripe.attemptOf(id))?.taken, 'tr_foreigntwo');
  assert.deepEqual(await differences('stripe_connect'), []);
  await stripe.audited();
});

/** Nothing that is approved leaves it. */
const emptyWallet = () =>
  db.transaction(async (tx) => {
    // It is there from the first look on.
    await walletBalance(tx, clock.now(), true);
    await setBalance(tx, 0n);
  });

/** Made twice, because an answer was lost, and both approved there by people before either was booked. */
async function approvedTwice(handle: string) {
  const creator = await btcpay.paidInBitcoin(handle);
  await emptyWallet();
  await orderFault(db, { call: 'btcpay.payouts.create', fault: 'drop_after', times: 1 });
  await orderFault(db, { call: 'btcpay.payouts.list', fault: 'unavailable', times: MANY });
  const before = await money();
  const id = await btcpay.released(creator);
  await until(
    'it was made',
    async () => {
      clock.advance(SECOND_MS);
      await stripe.work();
      return btcpay.atBtcpay(id);
    },
    (there) => there.length === 1,
  );
  const [first] = await btcpay.atBtcpay(id);
  const twin = { ...first, id: `${first?.id}twin` };
  await db.query(
    `insert into sandbox.objects (id, kind, created_at, body, inner_state) values ($1, 'btcpay_payout', $2, $3, '{}')`,
    [twin.id, new Date(clock.now()), JSON.stringify(twin)],
  );
  for (const ref of [first?.id, twin.id]) {
    const approved = await btcpay.greenfield('POST', `/payouts/${ref}`, { revision: 0 });
    assert.equal(approved.status, 200, approved.body);
  }
  await clearFaults(db);
  await until(
    'people are asked',
    async () => {
      clock.advance(MINUTE_MS);
      await stripe.work();
      return told(id);
    },
    (rows) => rows.length === 1,
  );
  return { creator, id, before, refs: [`${first?.id}`, twin.id] as const };
}

test('two payouts that people approved: one is canceled there, and the other one is booked', async () => {
  const { id, before, refs } = await approvedTwice('twoapproved');
  assert.equal(await btcpay.stateOf(id), 'sending');
  assert.match((await told(id))[0]?.says ?? '', /^More than one payment of it was approved/);
  // What may be stopped there is not decided about here.
  assert.equal((await look(id)).body.code, 'payout_still_moves');
  const causes = (await differences('btcpay_payouts')).map(({ cause }) => cause.slice(0, 49));
  assert.deepEqual(causes, Array(2).fill('More than one payment of its withdrawal is there.'));
  assert.equal((await btcpay.greenfield('DELETE', `/payouts/${refs[0]}`)).status, 200);
  await db.transaction((tx) => setBalance(tx, 1_000_000_000n));
  await btcpay.becomes(id, 'paid', MINUTE_MS);
  assert.deepEqual(await moved(before), [-2_700n, 0n, 2_600n, 100n]);
  assert.deepEqual(await differences('btcpay_payouts'), []);
  await btcpay.audited();
});

test('both were sent: two operators say which one counts, and the other one is lost', async () => {
  const { creator, id, before, refs } = await approvedTwice('twosent');
  const diamonds = await availableOf(house, creator.person);
  await db.transaction((tx) => setBalance(tx, 1_000_000_000n));
  await until(
    'both arrived',
    () => {
      clock.advance(MINUTE_MS);
      return btcpay.statesThere(id);
    },
    (states) => states.every((state) => state === 'Completed'),
  );
  assert.equal(await btcpay.stateOf(id), 'sending');
  const { choices } = (await look(id)).body;
  assert.match(choices[0].effect, /The house bears \$26\.00 that were paid besides/);
  clock.advance(DAY_MS);
  await reconcilePayoutDays(house);
  await adopt(id);
  await btcpay.becomes(id, 'paid', MINUTE_MS);
  assert.deepEqual(await moved(before), [-5_300n, 0n, 2_600n, 2_700n]);
  assert.equal(await availableOf(house, creator.person), diamonds);
  assert.equal((await btcpay.attemptOf(id))?.taken, refs[0]);
  assert.deepEqual(await differences('btcpay_payouts'), []);
  const [row] = await db.query<{ ref: string; cents: bigint }>(
    'select taken_ref as ref, cents from payout_losses where withdrawal_id = $1',
    [wdId(id)],
  );
  assert.deepEqual(row, { ref: refs[1], cents: 2_600n });
  clock.advance(DAY_MS);
  await reconcilePayoutDays(house);
  await btcpay.audited();
});

test('called back there and sent all the same: it is seen for two weeks, and told', async () => {
  const creator = await btcpay.paidInBitcoin('calledback');
  await emptyWallet();
  const before = await availableOf(house, creator.person);
  const id = await btcpay.released(creator);
  await btcpay.becomes(id, 'sent');
  const [there] = await btcpay.atBtcpay(id);
  assert.equal((await btcpay.greenfield('DELETE', `/payouts/${there?.id}`)).status, 200);
  await btcpay.becomes(id, 'returned', MINUTE_MS);
  assert.equal(await availableOf(house, creator.person), before);
  clock.advance(3 * DAY_MS);
  await stripe.work();
  assert.deepEqual(await told(id), []);
  await db.query(`update sandbox.objects set body = body || '{"state": "Completed"}' where id = $1`, [
    there?.id,
  ]);
  await until(
    'it is told',
    async () => {
      clock.advance(DAY_MS);
      await stripe.work();
      return told(id);
    },
    (rows) => rows.length === 1,
  );
  assert.match(
    (await told(id))[0]?.says ?? '',
    /booked as come back, and BTCPay Server says “Completed” now/,
  );
  assert.equal(await btcpay.stateOf(id), 'returned');
  await db.transaction((tx) => setBalance(tx, 1_000_000_000n));
});

test('a payout that was made otherwise than it was asked for is to be canceled there first', async () => {
  const creator = await btcpay.paidInBitcoin('mismade');
  await emptyWallet();
  const id = await btcpay.released(creator);
  await btcpay.becomes(id, 'sent');
  const [there] = await btcpay.atBtcpay(id);
  await db.query(`update sandbox.objects set body = body || '{"originalAmount": "0.5"}' where id = $1`, [
    there?.id,
  ]);
  await btcpay.becomes(id, 'parked', MINUTE_MS);
  assert.ok((await told(id)).some(({ says }) => /Cancel it there first/.test(says)));
  assert.equal((await look(id)).body.code, 'payout_settles_itself');
  assert.equal((await btcpay.greenfield('DELETE', `/payouts/${there?.id}`)).status, 200);
  assert.equal((await look(id)).status, 200);
});
