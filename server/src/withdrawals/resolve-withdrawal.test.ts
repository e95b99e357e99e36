import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSED_BANK, MANY, stripeScene, UNITS, wdId } from '../../test/stripe-payout-scene.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { availableOf } from '../../test/withdrawal-scene.ts';
import { DAY_MS, HOUR_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { accountId } from '../ledger/index.ts';
import { clearFaults, orderFault } from '../sandbox/faults.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const olu = await anOperator(site, 'olu');
const per = await anOperator(site, 'per');
const { ownBank, paidByStripe, released, becomes, stateOf, work, attemptOf, audited } = stripeScene(
  site,
  clock,
  olu,
);

/** Balances of the house's in cents: its cash, what is with creators at Stripe, what providers cost. */
async function money() {
  const ids = [
    accountId('platform', 'cash', 'USD'),
    accountId('world', 'stripe_connect_sandbox', 'USD'),
    accountId('platform', 'provider_fees', 'USD'),
  ] as const;
  const known = await house.ledger.balances(ids);
  return ids.map((id) => {
    const account = known.get(id);
    return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
  });
}

/** What changed of them: cash, with creators, cost. */
async function moved(before: readonly bigint[]): Promise<bigint[]> {
  return (await money()).map((cents, index) => cents - (before[index] ?? 0n));
}

/** Somebody takes so much of its transfer back at Stripe itself. */
const reverse = (id: string, cents: number) =>
  db.query(
    `update sandbox.objects
        set body = body || jsonb_build_object('amount_reversed', $2::int, 'reversed', (body->>'amount')::int = $2)
      where kind = 'transfer' and body->'metadata'->>'withdrawal' = $1`,
    [id, cents],
  );

/** Paid, and then taken back at Stripe, so that nobody knows what is true. */
async function parked(handle: string, cents: number) {
  const creator = await paidByStripe(handle);
  const id = await released(creator);
  await becomes(id, 'paid');
  const before = await money();
  await reverse(id, cents);
  await becomes(id, 'parked', HOUR_MS);
  assert.deepEqual(await moved(before), [0n, 0n, 0n], 'parking moves nothing');
  return { ...creator, id, before };
}

const look = (id: string) => olu.get(`/v1/console/withdrawals/${id}/resolution`);

async function ask(id: string, verdict: string): Promise<{ id: string; bodyHash: string; body: object }> {
  const body = { verdict, reason: 'We called Stripe.' };
  const asked = await olu.post(`/v1/console/withdrawals/${id}/resolution`, body);
  assert.equal(asked.status, 200, JSON.stringify(asked.body));
  return asked.body.approval;
}

const approve = (who: Person, approval: { id: string; bodyHash: string }) =>
  who.request('PUT', `/v1/console/approvals/${approval.id}`, {
    body: { verdict: 'approved', bodyHash: approval.bodyHash },
  });

async function differences() {
  const until = new Date(clock.now() + SECOND_MS);
  const answer = await olu.post('/v1/console/reconciliation', {
    provider: 'stripe_connect',
    since: new Date(until.getTime() - 30 * DAY_MS).toISOString(),
    until: until.toISOString(),
  });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.differences.map(({ kind }: { kind: string }) => kind);
}

test('taken back at Stripe after it arrived: two operators say that the creator keeps it', async () => {
  const { id, person, before } = await parked('keeps', 2_650);
  const diamonds = await availableOf(house, person);
  assert.deepEqual(await differences(), ['payout_differs']);
  const { held } = (await olu.get('/v1/console/liabilities')).body;
  const asksAbout = held.find(({ label }: { label: string }) => label === 'Payouts that are asked about');
  assert.deepEqual([asksAbout.amount.units, asksAbout.note.slice(0, 18)], ['2650', '1 withdrawal waits']);
  const shown = (await look(id)).body;
  assert.equal(shown.says, 'transfer reversed, payout paid');
  assert.deepEqual(
    shown.choices.map(({ verdict, entries }: { verdict: string; entries: object[] }) => [
      verdict,
      entries.length,
    ]),
    [
      ['arrived', 0],
      ['arrived_and_back', 1],
      ['not_arrived', 2],
    ],
  );
  const asked = await ask(id, 'arrived');
  assert.equal((await approve(olu, asked)).body.code, 'approval_is_your_own');
  const both = await Promise.all([approve(per, asked), approve(per, asked)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
  assert.equal(await stateOf(id), 'paid');
  assert.deepEqual(await moved(before), [0n, 0n, 0n]);
  assert.equal(await availableOf(house, person), diamonds);
  const { steps } = (await person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;
  assert.equal(steps.at(-1).label, 'Arrived');
  assert.deepEqual(await differences(), [], 'the comparison knows what was decided');
  // It stays so, however often one looks, until Stripe says something else: then it is told, and nothing moves.
  for (let days = 0; days < 3; days += 1) {
    clock.advance(DAY_MS);
    await work();
  }
  assert.deepEqual([await stateOf(id), (await attemptOf(id))?.problem], ['paid', null]);
  await reverse(id, 1);
  assert.deepEqual(await differences(), ['payout_differs']);
  await audited();
  await reverse(id, 2_650);
});

test('what the provider says later against what was decided is told, however late it answers', async () => {
  const { id, before } = await parked('sayslater', 2_650);
  assert.equal((await approve(per, await ask(id, 'arrived'))).status, 200);
  const told = async () => {
    const rows = await db.query<{ says: string }>(
      'select says from payout_alarms where withdrawal_id = $1 order by at',
      [wdId(id)],
    );
    return rows.map(({ says }) => says);
  };
  await orderFault(db, { call: 'transfers.list', fault: 'drop_before', times: MANY });
  for (let looks = 0; looks < 3; looks += 1) {
    clock.advance(HOUR_MS);
    await work();
  }
  const rung = await told();
  await reverse(id, 1_000);
  await clearFaults(db);
  clock.advance(HOUR_MS);
  const words = await until(
    'operators are told',
    async () => {
      await work();
      return told();
    },
    (now) => now.length > rung.length,
  );
  assert.match(
    words.at(-1) ?? '',
    /^Stripe says “transfer reversed by 1000 of 2650, payout paid” now\. When two/,
  );
  // And days after it had answered.
  clock.advance(DAY_MS);
  await work();
  await reverse(id, 500);
  // Beside it they may be told, late, of what it had said before the decision.
  const ofTheOther = (says: string) => says.startsWith('Stripe says “transfer reversed by 500 of 2650');
  const again = await until(
    'they are told again',
    async () => {
      clock.advance(DAY_MS);
      await work();
      return told();
    },
    (now) => now.some(ofTheOther),
  );
  assert.equal(again.filter(ofTheOther).length, 1);
  assert.deepEqual([await stateOf(id), await moved(before)], ['paid', [0n, 0n, 0n]]);
  await audited();
  await reverse(id, 2_650);
});

test('a part is the house’s again for good, and the creator keeps all of it', async () => {
  const { id, person, before } = await parked('provider', 1_000);
  const diamonds = await availableOf(house, person);
  const { choices, says } = (await look(id)).body;
  assert.equal(says, 'transfer reversed by 1000 of 2650, payout paid');
  assert.deepEqual(choices[1].entries, [
    { from: 'with creators at Stripe', to: 'the house’s cash', amount: '$10.00' },
  ]);
  assert.equal((await approve(per, await ask(id, 'arrived_and_back'))).status, 200);
  assert.deepEqual(await moved(before), [1_000n, -1_000n, 0n]);
  assert.deepEqual([await stateOf(id), await availableOf(house, person)], ['paid', diamonds]);
  assert.deepEqual(await differences(), []);
  await audited();
});

test('the creator has not got it, and a part of it is lost: the house bears that', async () => {
  const { id, person, before } = await parked('notgot', 1_000);
  const diamonds = await availableOf(house, person);
  assert.equal((await approve(per, await ask(id, 'not_arrived'))).status, 200);
  assert.deepEqual(await moved(before), [1_000n, -2_650n, 1_650n]);
  assert.deepEqual([await stateOf(id), await availableOf(house, person)], ['returned', diamonds + UNITS]);
  const { bounce } = (await person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;
  assert.equal(bounce.words, 'it did not arrive');
  assert.deepEqual(await differences(), []);
  await audited();
});

test('what failed and cannot be taken back: the Diamonds return and the whole is the house’s loss', async () => {
  const creator = await paidByStripe('lost', ownBank(CLOSED_BANK));
  const diamonds = await availableOf(house, creator.person);
  const before = await money();
  await orderFault(db, { call: 'transfers.create_reversal', fault: 'short_of_money', times: MANY });
  const id = await released(creator);
  await becomes(id, 'parked');
  const asked = await ask(id, 'not_arrived');
  await clearFaults(db);
  await orderFault(db, { call: 'transfers.create_reversal', fault: 'unavailable', times: MANY });
  assert.equal((await approve(per, asked)).status, 200);
  await clearFaults(db);
  // Cash less $26.50 and the fee of $0.50; cost more by both.
  assert.deepEqual(await moved(before), [-2_700n, 0n, 2_700n]);
  assert.deepEqual([await stateOf(id), await availableOf(house, creator.person)], ['returned', diamonds]);
  await audited();
});

test('nobody decides of what the provider does not say any more, nor of what is booked by itself', async () => {
  const { id } = await parked('changed', 1_000);
  const asked = await ask(id, 'not_arrived');
  await reverse(id, 2_000);
  const other = await approve(per, asked);
  assert.deepEqual([other.status, other.body.code], [409, 'payout_says_otherwise']);
  assert.equal(await stateOf(id), 'parked');
  await orderFault(db, { call: 'transfers.list', fault: 'drop_before', times: MANY });
  assert.equal((await look(id)).body.code, 'payout_provider_silent');
  await clearFaults(db);
  await reverse(id, 0);
  assert.equal((await approve(per, asked)).body.code, 'payout_settles_itself');
  await becomes(id, 'paid', HOUR_MS);
  assert.equal((await look(id)).body.code, 'withdrawal_moved_on');
  await audited();
});

test('a decision and a look at the same moment: one of them moves it', async () => {
  const { id, before } = await parked('raced', 2_650);
  const asked = await ask(id, 'not_arrived');
  // Hours in which it is looked at, and not so many that whoever approves is signed out.
  let hours = 12;
  const answers = until(
    'it is decided',
    async () => {
      if (hours-- > 0) clock.advance(HOUR_MS);
      await work();
      return stateOf(id);
    },
    (state) => state === 'returned',
  );
  const [answer] = await Promise.all([approve(per, asked), answers]);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.deepEqual(await moved(before), [2_650n, -2_650n, 0n]);
  await audited();
});
