import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripeScene, wdId } from '../../../test/stripe-payout-scene.ts';
import { testHouse } from '../../../test/test-house.ts';
import { anOperator } from '../../../test/town-life.ts';
import { until } from '../../../test/until.ts';
import { DAY_MS, HOUR_MS, SECOND_MS, testClock } from '../../core/clock.ts';
import { parsePublicId } from '../../core/ids.ts';
import { openDatabase } from '../../db/database.ts';
import { orderFault } from '../../sandbox/faults.ts';
import { auditWithdrawals } from '../audit-withdrawals.ts';
import { lookBack } from './look-back.ts';
import { reconcilePayoutDays } from './reconcile-payouts.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const olu = await anOperator(site, 'olu');
const per = await anOperator(site, 'per');
const { paidByStripe, released, becomes, stateOf, work, audited } = stripeScene(site, clock, olu);

/** Its owner closes the account at Stripe, or takes the access back from us. */
const close = (account: string) =>
  db.query(
    `update sandbox.objects set kind = 'closed account' where kind = 'account' and body->'metadata'->>'account' = $1`,
    [parsePublicId('payacct', account)],
  );

async function differences() {
  const end = new Date(clock.now() + SECOND_MS);
  const answer = await olu.post('/v1/console/reconciliation', {
    provider: 'stripe_connect',
    since: new Date(end.getTime() - 30 * DAY_MS).toISOString(),
    until: end.toISOString(),
  });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.differences;
}

test('an account that is closed with money on its way parks it with a sentence, and the comparison goes on', async () => {
  const paidBefore = await paidByStripe('openone');
  await becomes(await released(paidBefore), 'paid');
  const creator = await paidByStripe('closedone');
  await orderFault(db, { call: 'payouts.create', fault: 'unavailable', times: 1_000 });
  const id = await released(creator);
  await becomes(id, 'sent');
  await close(creator.account);
  await becomes(id, 'parked', HOUR_MS);
  await orderFault(db, { call: 'payouts.create', fault: 'unavailable', times: 0 });
  const { steps } = (await creator.person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;
  assert.match(
    steps.findLast(({ note }: { note: string | null }) => note !== null).note,
    /The account that it went to is closed there/,
  );
  const [difference, ...others] = await differences();
  assert.deepEqual([difference.kind, others], ['payout_differs', []]);
  assert.match(difference.cause, /is closed there, so nobody can read/);
  // Two operators end it.
  const body = { verdict: 'not_arrived', reason: 'The account was closed before the bank got it.' };
  const asked = await olu.post(`/v1/console/withdrawals/${id}/resolution`, body);
  assert.equal(asked.status, 200, JSON.stringify(asked.body));
  const { approval } = asked.body;
  const decided = await per.request('PUT', `/v1/console/approvals/${approval.id}`, {
    body: { verdict: 'approved', bodyHash: approval.bodyHash },
  });
  assert.equal(decided.status, 200, JSON.stringify(decided.body));
  assert.equal(await stateOf(id), 'returned');
  assert.deepEqual(await differences(), []);
  await audited();
});

test('an account that is closed after its money arrived changes nothing, and is asked about no more', async () => {
  const creator = await paidByStripe('later');
  const id = await released(creator);
  await becomes(id, 'paid');
  await close(creator.account);
  for (let days = 0; days < 3; days += 1) {
    clock.advance(DAY_MS);
    await work();
  }
  assert.equal(await stateOf(id), 'paid');
  assert.deepEqual(await differences(), []);
  const looked = await creator.person.post(`/v1/me/payout-accounts/${creator.account}/look`, {});
  assert.deepEqual(
    [looked.body.account.setUp.state, looked.body.account.setUp.words],
    ['rejected', 'your account there is closed'],
  );
  // Another account of theirs is a new one there.
  const { body } = await creator.person.get('/v1/me/explain/withdraw');
  const check = body.checks.find(({ code }: { code: string }) => code === 'payout_setup_needed');
  assert.deepEqual([check.passed, check.remedy], [false, 'Choose another way to be paid.']);
  await audited();
});

test('what was set up before it was kept with whom stays the creator’s, and is kept from then on', async () => {
  const creator = await paidByStripe('before');
  await becomes(await released(creator), 'paid');
  const account = parsePublicId('payacct', creator.account);
  const setups = () =>
    db.query<{ ref: string; house: string | null }>(
      'select ref, house from payout_setups where account_id = $1',
      [account],
    );
  const [kept] = await setups();
  const owner = await openDatabase({ url: site.databaseUrl, role: null });
  await owner.query('update payout_setups set house = null where account_id = $1', [account]);
  await owner.query('alter table payout_attempts disable trigger user');
  await owner.query('update payout_attempts set house = null where destination = $1', [kept?.ref]);
  await owner.query('alter table payout_attempts enable trigger user');
  await owner.close();
  await audited();
  assert.equal((await creator.person.post(`/v1/me/payout-accounts/${creator.account}/look`, {})).status, 200);
  assert.deepEqual(await setups(), [kept]);
  await becomes(await released(creator), 'paid');
  await audited();
});

test('taken back a month after it arrived, and no webhook tells: it is found, and the auditor counts it till then', async () => {
  const creator = await paidByStripe('month');
  const id = await released(creator);
  await becomes(id, 'paid');
  const forgotten = await released(creator);
  await becomes(forgotten, 'paid');
  // Nothing looks at the first one by itself any more.
  await db.query('update payout_attempt_states set next_check_at = null where withdrawal_id = $1', [
    wdId(id),
  ]);
  await db.query(
    `update sandbox.objects set body = body || '{"reversed": true, "amount_reversed": 2650}'
      where kind = 'transfer' and body->'metadata'->>'withdrawal' = $1`,
    [id],
  );
  clock.advance(DAY_MS);
  await reconcilePayoutDays(house);
  assert.deepEqual(
    (await auditWithdrawals(db)).map((sentence) => sentence.slice(0, 49)),
    ['The books of payouts differed when the house comp'],
  );
  clock.advance(29 * DAY_MS);
  assert.equal(await stateOf(id), 'paid');
  assert.equal(await lookBack(house), 1);
  assert.equal(await lookBack(house), 0, 'some hours pass in between');
  await until(
    'it is parked',
    async () => {
      await work();
      return stateOf(id);
    },
    (state) => state === 'parked',
  );
  assert.equal(await stateOf(forgotten), 'paid');
  await audited();
});
