import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSED_BANK, MANY, stripeScene, UNITS, wdId } from '../../../test/stripe-payout-scene.ts';
import { testHouse } from '../../../test/test-house.ts';
import { anOperator } from '../../../test/town-life.ts';
import { until } from '../../../test/until.ts';
import { availableOf, endow, userIdOf, withdraw } from '../../../test/withdrawal-scene.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, testClock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { accountId, debitRoom, transferEvent } from '../../ledger/index.ts';
import { clearFaults, type Fault, orderFault } from '../../sandbox/faults.ts';
import { handOver } from './hand-over.ts';
import { checkPayouts } from './settle-payout.ts';
import { waitingFor } from './waits-store.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const olu = await anOperator(site, 'olu');
const { ownBank, paidByStripe, released, becomes, stateOf, attemptOf, atStripe, audited } = stripeScene(
  site,
  clock,
  olu,
);
const faulty = (call: string, fault: Fault, times: number) => orderFault(db, { call, fault, times });
const CASH = accountId('platform', 'cash', 'USD');

const asksOf = (id: string) =>
  db.query<{ step: string; number: number; refused: string | null }>(
    `select k.step, k.number, k.refused_code as refused from payout_asks k join payout_attempts a on a.id = k.attempt_id
      where a.withdrawal_id = $1 order by 1, 2`,
    [wdId(id)],
  );

test('what is refused for certain is asked for under another key, what nobody answered under its own', async () => {
  const creator = await paidByStripe('shortpayout');
  await faulty('payouts.create', 'short_of_money', 1);
  const id = await released(creator);
  await becomes(id, 'sent', 500);
  await until(
    'it was refused',
    async () => {
      clock.advance(500);
      await checkPayouts(house);
      return asksOf(id);
    },
    ([ask]) => ask?.refused === 'balance_insufficient',
  );
  // The next one is taken, and its answer is lost, each time.
  await faulty('payouts.create', 'drop_after', 4);
  const before = clock.now();
  await becomes(id, 'paid', MINUTE_MS);
  await clearFaults(db);
  assert.ok(clock.now() - before < 12 * HOUR_MS, 'long before Stripe forgets the first key');
  assert.deepEqual(await atStripe(id), { transfers: 1n, left: 2_650n, payouts: 1n });
  assert.deepEqual(await asksOf(id), [
    { step: 'forward', number: 1, refused: 'balance_insufficient' },
    { step: 'forward', number: 2, refused: null },
  ]);
  await audited();
});

test('money that could not be taken back is asked for again under another key', async () => {
  const creator = await paidByStripe('shortback', ownBank(CLOSED_BANK));
  const before = await availableOf(house, creator.person);
  await faulty('transfers.create_reversal', 'short_of_money', 2);
  const id = await released(creator);
  await becomes(id, 'parked');
  await becomes(id, 'returned', MINUTE_MS);
  assert.deepEqual(await atStripe(id), { transfers: 1n, left: 0n, payouts: 0n });
  assert.equal(await availableOf(house, creator.person), before);
  assert.deepEqual(
    (await asksOf(id)).map(({ step, number, refused }) => `${step} ${number} ${refused}`),
    [
      'forward 1 null',
      'take_back 1 balance_insufficient',
      'take_back 2 balance_insufficient',
      'take_back 3 null',
    ],
  );
  await audited();
});

test('of many at once no more are asked for than the house’s cash reaches', async () => {
  const creators = [];
  for (let n = 0; n < 4; n += 1) creators.push(await paidByStripe(`many${n}`));
  const ids: string[] = [];
  for (const { person, account } of creators) ids.push((await withdraw(person, account, UNITS)).id);
  const roomOf = async () => {
    const account = (await house.ledger.balances([CASH])).get(CASH);
    return account === undefined ? 0n : debitRoom(account);
  };
  // What is left pays two of $27.00, and not a third.
  const spare = (await roomOf()) - 8_000n;
  const spent = await house.ledger.post({
    transfers: [
      transferEvent({
        id: newId(),
        from: CASH,
        to: accountId('world', 'ach', 'USD'),
        asset: 'USD',
        units: spare,
        code: 'opening',
      }),
    ],
  });
  assert.equal(spent.kind, 'posted');
  await faulty('transfers.create', 'drop_before', MANY);
  const bulk = await olu.request('PUT', '/v1/console/payouts/released', { body: { ids } });
  assert.equal(bulk.status, 200);
  await Promise.all([handOver(house), handOver(house)]);
  const states = await Promise.all(ids.map(stateOf));
  assert.deepEqual(states.toSorted(), ['released', 'released', 'sending', 'sending']);
  assert.equal(await roomOf(), 2_600n);
  const waits = (await olu.get(`/v1/console/withdrawals/${ids[states.indexOf('released')]}`)).body.waits;
  assert.match(waits, /^By the books the house holds less money/);
  const { items } = (await olu.get('/v1/console/withdrawals?show=trouble&limit=100')).body;
  assert.equal(items.filter(({ id }: { id: string }) => ids.includes(id)).length >= 2, true);
  await audited();
  await clearFaults(db);
  const [someone] = creators;
  assert.ok(someone !== undefined);
  await endow(house, userIdOf(someone.person), 1_000n, 100_000n);
  for (const id of ids) {
    await becomes(id, 'paid', MINUTE_MS);
    assert.deepEqual(await atStripe(id), { transfers: 1n, left: 2_650n, payouts: 1n });
  }
  await audited();
});

test('what could not be paid for now keeps nothing behind it waiting', async () => {
  const creator = await paidByStripe('behind');
  const stuck = await paidByStripe('stuck', undefined, 200_000_000n);
  await becomes(await released(stuck), 'paid');
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) ids.push(await released(stuck));
  await faulty('transfers.create', 'short_of_money', 3);
  for (const id of ids) {
    await until(
      'it was tried in vain',
      async () => {
        clock.advance(500);
        await handOver(house);
        await checkPayouts(house);
        return attemptOf(id);
      },
      (attempt) => attempt?.tries === 1n,
    );
  }
  const id = await released(creator);
  const due = await waitingFor(db, { method: 'stripe', now: new Date(clock.now()), after: 0n, limit: 1 });
  // Unless a round has handed it over by now, it is the first that is due, though the others are older.
  assert.deepEqual(
    due.map((one) => one.id).filter((one) => one !== wdId(id)),
    [],
  );
  await becomes(id, 'paid', 500);
  for (const one of ids) await becomes(one, 'paid', MINUTE_MS);
  await audited();
});

// The last: the houses that were open are closed.
test('what was asked for with another account of the house is not asked for again, and not given up', async () => {
  const creator = await paidByStripe('moved');
  const waiting = await paidByStripe('waits');
  await faulty('transfers.list', 'drop_before', MANY);
  await faulty('transfers.create', 'drop_after', MANY);
  const id = await released(creator);
  await until(
    'the transfer is there, and nobody knows',
    async () => {
      await handOver(house);
      await checkPayouts(house);
      return atStripe(id);
    },
    (there) => there?.transfers === 1n,
  );
  assert.equal(await stateOf(id), 'sending');
  const { id: second } = await withdraw(waiting.person, waiting.account, UNITS);
  // Before the other house opens: its rounds ask whose account it is at once.
  await db.query(
    `insert into sandbox.objects (id, kind, created_at, body) values ('acct_1Another', 'merchant', now(), '{}')`,
  );
  await site.close();

  // Another key: another account, which has none of it.
  const other = await testHouse({ clock, databaseUrl: site.databaseUrl });
  const there = other.house.db;
  await clearFaults(there);
  await there.query(`update sandbox.objects set kind = 'hidden' where kind = 'transfer'`);
  await there.query(
    `update withdrawal_states set state = 'released', hold_reason = null, hold_rule = null, hold_until = null
      where withdrawal_id = $1`,
    [wdId(second)],
  );
  for (let hours = 0; hours < 30; hours += 1) {
    clock.advance(HOUR_MS);
    await handOver(other.house);
    await checkPayouts(other.house);
  }
  const [attempt] = await there.query<{ problem: string; tries: bigint; state: string }>(
    `select t.problem, (select count(*) from payout_attempts where withdrawal_id = $1) as tries, s.state
       from payout_attempt_states t join withdrawal_states s on s.withdrawal_id = t.withdrawal_id
      where t.withdrawal_id = $1`,
    [wdId(id)],
  );
  assert.deepEqual([attempt?.state, attempt?.tries], ['sending', 1n]);
  assert.match(
    attempt?.problem ?? '',
    /^It was asked for with acct_1SandboxMerchant, and this server pays from acct_1Another/,
  );
  const [waits] = await there.query<{ why: string; tries: bigint }>(
    `select why, (select count(*) from payout_attempts where withdrawal_id = $1) as tries
       from payout_waits where withdrawal_id = $1`,
    [wdId(second)],
  );
  assert.match(waits?.why ?? '', /not set up with acct_1Another/);
  assert.equal(waits?.tries, 0n);
  await there.query(`delete from sandbox.objects where kind = 'merchant'`);
  await there.query(`update sandbox.objects set kind = 'transfer' where kind = 'hidden'`);
  await other.close();

  // The old key again: it is found, and paid once.
  const back = await testHouse({ clock, databaseUrl: site.databaseUrl });
  const books = back.house.db;
  await until(
    'both have arrived',
    async () => {
      clock.advance(DAY_MS / 8);
      await handOver(back.house);
      await checkPayouts(back.house);
      return books.query<{ state: string }>(
        'select state from withdrawal_states where withdrawal_id = any($1::uuid[])',
        [[wdId(id), wdId(second)]],
      );
    },
    (rows) => rows.every(({ state }) => state === 'paid'),
  );
  const [made] = await books.query<{ n: bigint }>(
    `select count(*) as n from sandbox.objects where kind = 'transfer' and body->'metadata'->>'withdrawal' = any($1::text[])`,
    [[id, second]],
  );
  assert.equal(made?.n, 2n);
});
