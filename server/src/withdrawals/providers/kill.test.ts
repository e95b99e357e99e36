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
const { house, origin, databaseUrl } = site;
const { db } = house;
const olu = await anOperator(site, 'killolu');
await confirm(olu);

const FIRST = 100_000_000n;
const UNITS = 2_000_000n;
const KILLED_AFTER_MS = [150, 900, 2_200];

/** A creator whose account at Stripe is set up and has waited. */
async function creator(handle: string): Promise<{ person: Person; account: string }> {
  const person = await creatorWith(site, handle, FIRST);
  // Days of waiting that a running clock cannot jump over.
  const [id, long] = [newId(), new Date(house.clock.now() - 90 * DAY_MS)];
  await db.query(
    `insert into payout_accounts (id, user_id, method, country, currency, holder, masked, details, made_at, usable_from)
     values ($1, $2, 'stripe', 'US', 'USD', 'Mira Solane', '··US', '{"method":"stripe"}', $3, $3)`,
    [id, userIdOf(person), long],
  );
  const account = publicId('payacct', id);
  await confirm(person);
  const page = await person.post(`/v1/me/payout-accounts/${account}/set-up`, {});
  const body = new URLSearchParams({ do: 'finish', bank: '000123456789' });
  await fetch(page.body.url, { method: 'POST', headers: { origin }, body, redirect: 'manual' });
  await person.post(`/v1/me/payout-accounts/${account}/look`, {});
  await db.query('update payout_setups set bank_usable_from = null where account_id = $1', [id]);
  return { person, account };
}

// Whatever a killed server had asked for or not, written down or not: each is transferred once and paid out once.
test('servers killed in the middle of payouts: one transfer, one payout, each', async () => {
  const ids: string[] = [];
  const creators: Person[] = [];
  for (const [round, killedAfterMs] of KILLED_AFTER_MS.entries()) {
    for (const call of ['transfers.create', 'payouts.create', 'transfers.list']) {
      await orderFault(db, { call, fault: 'latency', times: 12, milliseconds: 250 });
    }
    const { person, account } = await creator(`payee${round}`);
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
  const made = await db.query<{ withdrawal: string; transfers: bigint; payouts: bigint }>(
    `select body->'metadata'->>'withdrawal' as withdrawal, count(*) filter (where kind = 'transfer') as transfers,
            count(*) filter (where kind = 'payout') as payouts
       from sandbox.objects where kind in ('transfer', 'payout') group by 1`,
  );
  assert.deepEqual(
    made.toSorted((a, b) => ids.indexOf(a.withdrawal) - ids.indexOf(b.withdrawal)),
    ids.map((withdrawal) => ({ withdrawal, transfers: 1n, payouts: 1n })),
  );
  for (const person of creators) assert.equal(await availableOf(house, person), FIRST - UNITS);
  assert.deepEqual(await auditWithdrawals(db), []);
});
