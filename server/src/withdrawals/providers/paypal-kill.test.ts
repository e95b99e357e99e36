import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServerProcess } from '../../../test/server-process.ts';
import { hands, type Person, testHouse } from '../../../test/test-house.ts';
import { anOperator } from '../../../test/town-life.ts';
import { until } from '../../../test/until.ts';
import { availableOf, confirm, creatorWith, userIdOf, withdraw } from '../../../test/withdrawal-scene.ts';
import { DAY_MS } from '../../core/clock.ts';
import { newId, publicId } from '../../core/ids.ts';
import { clearFaults, orderFault } from '../../sandbox/faults.ts';
import { auditWithdrawals } from '../audit-withdrawals.ts';

const site = await testHouse();
const { house, databaseUrl } = site;
const { db } = house;
const olu = await anOperator(site, 'killolu');
await confirm(olu);

const FIRST = 100_000_000n;
const UNITS = 2_000_000n;
const KILLED_AFTER_MS = [150, 1_200];

/** A creator with an e-mail address that has waited for days, which a running clock cannot jump over. */
async function creator(
  handle: string,
  email = `${handle}@mail.example`,
): Promise<{ person: Person; account: string }> {
  const person = await creatorWith(site, handle, FIRST);
  const [id, long] = [newId(), new Date(house.clock.now() - 90 * DAY_MS)];
  await db.query(
    `insert into payout_accounts (id, user_id, method, country, currency, holder, masked, details, made_at, usable_from)
     values ($1, $2, 'paypal', 'US', 'USD', 'Mira Solane', 'm···a', $3, $4, $4)`,
    [id, userIdOf(person), JSON.stringify({ method: 'paypal', email }), long],
  );
  return { person, account: publicId('payacct', id) };
}

// Whatever a killed server had asked for or not, booked or not: each is paid once.
test('servers killed in the middle of payouts by PayPal: each is paid once', async () => {
  const ids: string[] = [];
  const creators: Person[] = [];
  for (const [round, killedAfterMs] of KILLED_AFTER_MS.entries()) {
    for (const call of ['token', 'payouts.create', 'payouts.retrieve']) {
      await orderFault(db, { call: `paypal.${call}`, fault: 'latency', times: 8, milliseconds: 250 });
    }
    const { person, account } = await creator(`mailpayee${round}`);
    creators.push(person);
    const { id } = await withdraw(person, account, UNITS);
    ids.push(id);
    const victim = await startServerProcess('question-process.ts', [databaseUrl]);
    const released = hands(victim.origin, olu.cookie)
      .request('PUT', `/v1/console/withdrawals/${id}/released`)
      .catch(() => null);
    await sleep(killedAfterMs);
    await victim.kill();
    await released;
    const again = await olu.request('PUT', `/v1/console/withdrawals/${id}/released`);
    // Moved on already, or done now.
    assert.ok(again.status === 200 || again.body.code === 'withdrawal_moved_on', JSON.stringify(again.body));
  }
  await clearFaults(db);
  await until(
    'all have arrived',
    () => db.query<{ state: string }>('select state from withdrawal_states'),
    (rows) => rows.every(({ state }) => state === 'paid'),
    200_000,
  );
  const paid = await db.query<{ times: bigint }>(
    `select count(*) as times from sandbox.objects where kind = 'paypal_item' and body->>'status' = 'SUCCESS'
      group by body->'payout_item'->>'sender_item_id'`,
  );
  assert.deepEqual(
    paid.map(({ times }) => times),
    ids.map(() => 1n),
  );
  for (const person of creators) assert.equal(await availableOf(house, person), FIRST - UNITS);
  assert.deepEqual(await auditWithdrawals(db), []);
});

// Before our row, between it and PayPal's answer, and after that: whatever a killed server had done, it comes back once.
test('servers killed while they take back what nobody accepted: each is back once', async () => {
  const rounds = [];
  for (const [round, killedAfterMs] of [30, 250, 700].entries()) {
    const { person, account } = await creator(
      `takesback${round}`,
      `takesback${round}.unclaimed@mail.example`,
    );
    const { id } = await withdraw(person, account, UNITS);
    const released = await olu.request('PUT', `/v1/console/withdrawals/${id}/released`);
    assert.equal(released.status, 200, JSON.stringify(released.body));
    rounds.push({ person, id, killedAfterMs });
  }
  for (const { person, id, killedAfterMs } of rounds) {
    await until(
      'nobody has accepted it',
      () => person.get(`/v1/me/withdrawals/${id}`),
      ({ body }) => body.withdrawal.callBack === 'possible',
      100_000,
    );
    await orderFault(db, { call: 'paypal.items.cancel', fault: 'latency', times: 2, milliseconds: 400 });
    const victim = await startServerProcess('question-process.ts', [databaseUrl]);
    const asked = hands(victim.origin, person.cookie)
      .request('PUT', `/v1/me/withdrawals/${id}/called-back`)
      .catch(() => null);
    await sleep(killedAfterMs);
    await victim.kill();
    await asked;
    // As often as a person presses who heard nothing.
    const again = await person.request('PUT', `/v1/me/withdrawals/${id}/called-back`);
    assert.ok(again.status === 200 || again.body.code === 'withdrawal_moved_on', JSON.stringify(again.body));
  }
  await clearFaults(db);
  for (const { person, id } of rounds) {
    await until(
      'it is back',
      () => person.get(`/v1/me/withdrawals/${id}`),
      ({ body }) => body.withdrawal.state === 'returned',
      200_000,
    );
    const { bounce, steps } = (await person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;
    assert.equal(bounce.code, 'PAYPAL_CALLED_BACK');
    const asks = steps.filter(({ key }: { key: string }) => key.startsWith('call_back-'));
    assert.equal(asks.length, 1, JSON.stringify(steps));
    assert.equal(await availableOf(house, person), FIRST, 'all of it, and not twice');
  }
  assert.deepEqual(await auditWithdrawals(db), []);
});
