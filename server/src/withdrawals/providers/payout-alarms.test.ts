import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MANY, stripeScene, UNITS, wdId } from '../../../test/stripe-payout-scene.ts';
import { testHouse } from '../../../test/test-house.ts';
import { anOperator } from '../../../test/town-life.ts';
import { until } from '../../../test/until.ts';
import { availableOf, endow, userIdOf, withdraw } from '../../../test/withdrawal-scene.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, testClock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { accountId, debitRoom, transferEvent } from '../../ledger/index.ts';
import { clearFaults, orderFault } from '../../sandbox/faults.ts';
import { tellWithdrawals } from '../tell-withdrawals.ts';
import { handOver } from './hand-over.ts';

// What operators are told of, and how often it is asked meanwhile. A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const olu = await anOperator(site, 'olu');
const { paidByStripe, released, becomes, stateOf, work, attemptOf, atStripe, audited } = stripeScene(
  site,
  clock,
  olu,
);

/** Texts that were ever told of a withdrawal, and whether the notice of it was read. */
async function toldOf(id: string) {
  await tellWithdrawals(house);
  const rows = await db.query<{ says: string }>(
    'select says from payout_alarms where withdrawal_id = $1 order by at',
    [wdId(id)],
  );
  const { items } = (await olu.get('/v1/me/notices')).body;
  const [row] = await db.query<{ reference: string }>('select reference from withdrawals where id = $1', [
    wdId(id),
  ]);
  const notices = items.filter(({ title }: { title: string }) => title.startsWith(`${row?.reference} does`));
  return { says: rows.map(({ says }) => says), notices };
}

/** Turns the clock for so long in steps, with everything that goes in rounds. */
async function pass(forMs: number, stepMs: number): Promise<void> {
  for (let turned = 0; turned < forMs; turned += stepMs) {
    clock.advance(stepMs);
    await work();
  }
}

test('what is parked is told once, in the words that stand in its timeline', async () => {
  const creator = await paidByStripe('parkedtold');
  const id = await released(creator);
  await becomes(id, 'sent', 500);
  await db.query('delete from sandbox.later');
  await until(
    'it is parked',
    async () => {
      await db.query(
        `update sandbox.objects set body = jsonb_set(body, '{status}', '"appealed"')
          where kind = 'payout' and body->'metadata'->>'withdrawal' = $1`,
        [id],
      );
      clock.advance(SECOND_MS);
      await work();
      return stateOf(id);
    },
    (state) => state === 'parked',
  );
  const { says, notices } = await toldOf(id);
  assert.equal(says.length, 1);
  assert.match(says[0] ?? '', /payout appealed/);
  assert.deepEqual([notices.length, notices[0]?.text, notices[0]?.read], [1, says[0], false]);
  await olu.post('/v1/me/notices/read', {});
  await pass(4 * HOUR_MS, HOUR_MS);
  assert.equal((await toldOf(id)).notices[0]?.read, true, 'nobody rings again');
  await audited();
});

test('too little money at the provider is told at once, and asked at growing distances', async () => {
  const creator = await paidByStripe('shortforward');
  await orderFault(db, { call: 'payouts.create', fault: 'short_of_money', times: MANY });
  const id = await released(creator);
  await becomes(id, 'sent', 500);
  await until(
    'it was asked',
    async () => {
      clock.advance(500);
      await work();
      return toldOf(id);
    },
    ({ says }) => says.length === 1,
  );
  await olu.post('/v1/me/notices/read', {});
  await pass(DAY_MS, 5 * MINUTE_MS);
  const [asked] = await db.query<{ n: bigint }>(
    'select count(*) as n from payout_asks k join payout_attempts a on a.id = k.attempt_id where a.withdrawal_id = $1',
    [wdId(id)],
  );
  // At once, after 5 and 30 minutes, 2, 6, 6 and 6 hours.
  assert.ok(asked !== undefined && asked.n >= 5n && asked.n <= 7n, `${asked?.n}`);
  const { says, notices } = await toldOf(id);
  assert.deepEqual([says.length, notices[0]?.read], [1, true]);
  await clearFaults(db);
  await becomes(id, 'paid', HOUR_MS);
  assert.deepEqual(await atStripe(id), { transfers: 1n, left: 2_650n, payouts: 1n });
  await audited();
});

test('a payment that the house is too short for there is told in the commit that puts it back', async () => {
  const creator = await paidByStripe('shortcreate');
  await orderFault(db, { call: 'transfers.create', fault: 'short_of_money', times: 1 });
  const id = await released(creator);
  await becomes(id, 'released', 500);
  const { says, notices } = await toldOf(id);
  assert.deepEqual(says, ['The house’s balance at Stripe is too small now.']);
  assert.equal(notices.length, 1);
  await becomes(id, 'paid', MINUTE_MS);
  await audited();
});

test('what cannot be handed over is told once, and the provider is asked about it only when it is due', async () => {
  const creator = await paidByStripe('waitstold');
  const { id } = await withdraw(creator.person, creator.account, UNITS);
  const cash = accountId('platform', 'cash', 'USD');
  const account = (await house.ledger.balances([cash])).get(cash);
  assert.ok(account !== undefined);
  const units = debitRoom(account);
  const to = accountId('world', 'ach', 'USD');
  const spend = transferEvent({ id: newId(), from: cash, to, asset: 'USD', units, code: 'opening' });
  assert.equal((await house.ledger.post({ transfers: [spend] })).kind, 'posted');
  assert.equal((await olu.request('PUT', `/v1/console/withdrawals/${id}/released`)).status, 200);
  const looks = new Set<string>();
  for (let seconds = 0; seconds < 600; seconds += 1) {
    clock.advance(SECOND_MS);
    await handOver(house);
    const [row] = await db.query<{ at: string }>(
      `select u.looked_at::text as at from payout_setups u join withdrawals w on w.account_id = u.account_id where w.id = $1`,
      [wdId(id)],
    );
    looks.add(row?.at ?? '');
  }
  // One of before, then at once, after half a minute and two minutes more.
  assert.ok(looks.size <= 5, `Stripe was asked ${looks.size} times in ten minutes`);
  const { says, notices } = await toldOf(id);
  assert.deepEqual([says.length, notices.length], [1, 1]);
  assert.match(says[0] ?? '', /^By the books the house holds less money/);
  await endow(house, userIdOf(creator.person), 1_000n, 100_000n);
  await becomes(id, 'paid', MINUTE_MS);
  await audited();
});

test('a provider that does not answer is told when it has been silent for an hour', async () => {
  const creator = await paidByStripe('silentsetup');
  await orderFault(db, { call: 'accounts.retrieve', fault: 'drop_before', times: MANY });
  const id = await released(creator);
  await pass(50 * MINUTE_MS, 5 * MINUTE_MS);
  assert.deepEqual((await toldOf(id)).says, []);
  await pass(HOUR_MS, 10 * MINUTE_MS);
  const { says } = await toldOf(id);
  assert.equal(says.length, 1);
  assert.match(says[0] ?? '', /does not say which bank/);
  await clearFaults(db);
  await becomes(id, 'paid', MINUTE_MS);
  await audited();
});

test('nothing is given back of what was asked for and refused, until the provider was asked again', async () => {
  const creator = await paidByStripe('lookfirst');
  await orderFault(db, { call: 'transfers.create', fault: 'short_of_money', times: 1 });
  const before = await availableOf(house, creator.person);
  const id = await released(creator);
  await becomes(id, 'released', 500);
  const attempt = await attemptOf(id);
  const [row] = await db.query<{ reference: string; destination: string }>(
    'select w.reference, a.destination from withdrawals w join payout_attempts a on a.withdrawal_id = w.id where w.id = $1',
    [wdId(id)],
  );
  const cancel = () => creator.person.request('PUT', `/v1/me/withdrawals/${id}/canceled`);
  const fail = () =>
    olu.request('PUT', `/v1/console/withdrawals/${id}/failed`, { body: { reason: 'The account is odd.' } });
  // Nobody answers: nothing is given back.
  await orderFault(db, { call: 'transfers.list', fault: 'drop_before', times: MANY });
  for (const deed of [cancel, fail]) {
    const silent = await deed();
    assert.deepEqual([silent.status, silent.body.code], [503, 'payout_provider_silent']);
  }
  await clearFaults(db);
  // The question that was refused was carried out after all.
  await db.query(
    `insert into sandbox.objects (id, kind, parent, created_at, body)
     select 'tr_afterall', 'transfer', $2, now(), jsonb_build_object(
       'id', 'tr_afterall', 'object', 'transfer', 'amount', 2650, 'amount_reversed', 0, 'created', $3::bigint,
       'currency', 'usd', 'destination', $2::text, 'livemode', false, 'reversed', false, 'transfer_group', $1::text,
       'reversals', '{"object": "list", "data": []}'::jsonb,
       'metadata', jsonb_build_object('attempt', $4::text, 'withdrawal', $5::text, 'reference', $1::text))`,
    [row?.reference, row?.destination, Math.floor(clock.now() / 1_000), attempt?.id, id],
  );
  for (const deed of [cancel, fail]) {
    const found = await deed();
    assert.deepEqual([found.status, found.body.code], [409, 'withdrawal_moved_on']);
  }
  await becomes(id, 'paid', MINUTE_MS);
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  assert.deepEqual(await atStripe(id), { transfers: 1n, left: 2_650n, payouts: 1n });
  await audited();
});

// The last: the house that was open is closed.
test('while a provider does not say which account pays, what is released says so, and after an hour operators are told', async () => {
  const creator = await paidByStripe('muteprovider');
  const { id } = await withdraw(creator.person, creator.account, UNITS);
  await orderFault(db, { call: 'accounts.retrieve_current', fault: 'unavailable', times: MANY });
  await site.close();
  const { house: mute } = await testHouse({ clock, databaseUrl: site.databaseUrl });
  await mute.db.query(
    `update withdrawal_states set state = 'released', hold_reason = null, hold_rule = null, hold_until = null
      where withdrawal_id = $1`,
    [wdId(id)],
  );
  const known = async () => {
    await handOver(mute);
    const [row] = await mute.db.query<{ why: string; alarms: string[] }>(
      `select why, array(select says from payout_alarms a where a.withdrawal_id = p.withdrawal_id) as alarms
         from payout_waits p where withdrawal_id = $1`,
      [wdId(id)],
    );
    return row;
  };
  const why = 'Stripe does not say which account this server pays from. We ask again.';
  assert.deepEqual(await known(), { why, alarms: [] });
  clock.advance(HOUR_MS);
  assert.deepEqual(await known(), { why, alarms: [why] });
  await clearFaults(mute.db);
  const state = () =>
    mute.db.query<{ state: string }>('select state from withdrawal_states where withdrawal_id = $1', [
      wdId(id),
    ]);
  await until(
    'it says so again, and it is handed over',
    async () => {
      clock.advance(HOUR_MS);
      await handOver(mute);
      return state();
    },
    ([row]) => row?.state !== 'released',
  );
});
