import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CENTS, type Creator, MANY, paypalScene, UNITS, wdId } from '../../../test/paypal-payout-scene.ts';
import { type Person, serverBeside, testHouse } from '../../../test/test-house.ts';
import { until } from '../../../test/until.ts';
import { availableOf } from '../../../test/withdrawal-scene.ts';
import { DAY_MS, HOUR_MS, SECOND_MS, testClock } from '../../core/clock.ts';
import { orderFault } from '../../sandbox/faults.ts';
import { signPaypal } from '../../sandbox/paypal/certificate.ts';
import { handOver } from './hand-over.ts';
import { checkPayouts } from './settle-payout.ts';

// What is given up of payments by PayPal, and what is not. A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const beside = await serverBeside(site);
const { house } = site;
const { db } = house;
const scene = await paypalScene(site, clock);
const { newShift, paidByEmail, released, stateOf, look, attemptOf, faulty, audited } = scene;

/** Asked for, carried out or not, and never answered until PayPal has forgotten the id. Its public id. */
async function forgotten(creator: Creator, fault: 'drop_after' | 'drop_before'): Promise<string> {
  await faulty('paypal.payouts.create', fault, 1);
  await faulty('paypal.webhook', 'held', MANY);
  const id = await released(creator);
  await until(
    'it was asked for',
    async () => {
      await look(SECOND_MS);
      return attemptOf(id);
    },
    (attempt) => (attempt?.problem ?? '') !== '',
  );
  await faulty('paypal.payouts.create', 'unavailable', MANY);
  clock.advance(31 * DAY_MS);
  // Its webhooks stay away: what one names is found.
  await db.query(`delete from sandbox.faults where call = 'paypal.payouts.create'`);
  await until(
    'people have to say what became of it',
    async () => {
      await look(HOUR_MS);
      return attemptOf(id);
    },
    (attempt) => attempt?.problem?.includes('two operators say here whether it was paid') === true,
  );
  return id;
}

const ask = (who: Person, id: string, body: object) =>
  who.post(`/v1/console/withdrawals/${id}/resolution`, { reason: 'We read PayPal’s activity.', ...body });

const approve = (who: Person, { id, bodyHash }: { readonly id: string; readonly bodyHash: string }) =>
  who.request('PUT', `/v1/console/approvals/${id}`, { body: { verdict: 'approved', bodyHash } });

/** PayPal tells of a payment, as it does when something happens to it. */
async function tells(batch: string, sender: string): Promise<void> {
  const account = house.config.payments.paypal;
  assert.ok(account !== null && account.webhookId !== null);
  const { url, webhookId } = account;
  const resource = { payout_batch_id: batch, sender_batch_id: sender };
  const body = JSON.stringify({ id: 'WH-9', event_type: 'PAYMENT.PAYOUTS-ITEM.UNCLAIMED', resource });
  const headers = await signPaypal(scene.desk, { id: 'WH-9', body, webhookId, url });
  const answer = await fetch(`${site.origin}/v1/webhooks/paypal-payouts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  assert.equal(answer.status, 204);
}

test('PayPal has forgotten it: two operators say that it was not paid, and the Diamonds are back', async () => {
  const creator = await paidByEmail('unpaid');
  const before = await availableOf(house, creator.person);
  const id = await forgotten(creator, 'drop_before');
  const [olu, per] = [await newShift(), await newShift()];
  assert.deepEqual((await olu.get(`/v1/console/withdrawals/${id}`)).body.moves, ['resolve']);
  const shown = await olu.get(`/v1/console/withdrawals/${id}/resolution`);
  assert.deepEqual(
    shown.body.choices.map(({ verdict, number }: { verdict: string; number: string | null }) => [
      verdict,
      number,
    ]),
    [
      ['paid_there', 'PayPal’s number of the payment'],
      ['not_paid', null],
    ],
  );
  const asked = await ask(olu, id, { verdict: 'not_paid' });
  assert.equal(asked.status, 200, JSON.stringify(asked.body));
  const { approval } = asked.body;
  assert.equal((await approve(olu, approval)).body.code, 'approval_is_your_own');
  assert.equal(await stateOf(id), 'sending');
  const both = await Promise.all([approve(per, approval), approve(per, approval)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
  assert.equal(await stateOf(id), 'failed');
  assert.equal(await availableOf(house, creator.person), before);
  const { history } = (await olu.get(`/v1/console/withdrawals/${id}`)).body;
  assert.equal(history.at(-1).label, 'Two operators: it was not paid');
  assert.deepEqual(await scene.atPaypal(id), []);
  for (let looks = 0; looks < 3; looks += 1) await look(DAY_MS);
  assert.deepEqual(await scene.atPaypal(id), [], 'nobody asks for it again');
  await audited();
});

for (const [said, body, decided, state] of [
  ['SUCCESS', { verdict: 'not_paid' }, 'it was not paid', 'failed'],
  ['REVERSED', { verdict: 'paid_there', number: '9TX00000BB2' }, 'it was paid', 'paid'],
] as const) {
  test(`what PayPal tells of later against “${decided}” rings, and moves nothing`, async () => {
    const creator = await paidByEmail(`later${state}`, `later.${said.toLowerCase()}@mail.example`);
    const id = await forgotten(creator, 'drop_after');
    const [olu, per] = [await newShift(), await newShift()];
    const { approval } = (await ask(olu, id, body)).body;
    assert.equal((await approve(per, approval)).status, 200);
    const [diamonds, world] = [await availableOf(house, creator.person), await scene.inWorld()];
    const attempt = await attemptOf(id);
    const [item] = await scene.atPaypal(id);
    assert.ok(attempt !== undefined && item !== undefined);
    await until(
      'PayPal has paid it',
      async () => {
        await look(SECOND_MS);
        return scene.atPaypal(id);
      },
      ([there]) => there?.status === 'SUCCESS',
    );
    if (said === 'REVERSED') await scene.play(id, 'reverse');
    // It does not answer at first: it is asked until it does.
    await faulty('paypal.payouts.retrieve', 'unavailable', 2);
    await tells(item.batch, attempt.id);
    const words = `PayPal says “${said}” now. When two operators decided that ${decided}, it said “no trace of it”.`;
    await until(
      'operators are told',
      async () => {
        await look(HOUR_MS);
        return scene.toldOf(id);
      },
      (told) => told.at(-1)?.startsWith(words) === true,
    );
    assert.equal((await attemptOf(id))?.problem?.startsWith(words), true);
    assert.equal(await stateOf(id), state);
    assert.deepEqual([await availableOf(house, creator.person), await scene.inWorld()], [diamonds, world]);
    await audited();
  });
}

test('two operators say that it was paid, under a number that PayPal tells nothing of', async () => {
  const creator = await paidByEmail('waspaid');
  const [before, world] = [await availableOf(house, creator.person), await scene.inWorld()];
  const id = await forgotten(creator, 'drop_before');
  const [olu, per] = [await newShift(), await newShift()];
  const unnamed = await ask(olu, id, { verdict: 'paid_there' });
  assert.deepEqual([unnamed.status, unnamed.body.code], [422, 'payout_number_needed']);
  const { approval } = (await ask(olu, id, { verdict: 'paid_there', number: '9TX00000AA1' })).body;
  assert.match(JSON.stringify(approval.body), /9TX00000AA1/);
  assert.equal((await approve(per, approval)).status, 200);
  assert.equal(await stateOf(id), 'paid');
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  assert.equal((await scene.inWorld()) - world, CENTS);
  const rung = await scene.toldOf(id);
  for (let days = 0; days < 3; days += 1) await look(DAY_MS);
  assert.deepEqual([await stateOf(id), (await attemptOf(id))?.problem], ['paid', null]);
  assert.deepEqual(await scene.toldOf(id), rung);
  await audited();
  // The same number pays nothing else.
  const other = await paidByEmail('othernumber');
  const second = await forgotten(other, 'drop_before');
  const wrong = await ask(await newShift(), second, { verdict: 'paid_there', number: '9TX00000AA1' });
  assert.deepEqual([wrong.status, wrong.body.code], [409, 'payout_number_wrong']);
  const { body } = await ask(await newShift(), second, { verdict: 'not_paid' });
  assert.equal((await approve(await newShift(), body.approval)).status, 200);
});

test('what PayPal still speaks of nobody ends: its number books it as PayPal says', async () => {
  const creator = await paidByEmail('speaks');
  const before = await availableOf(house, creator.person);
  const id = await forgotten(creator, 'drop_after');
  const [olu, per] = [await newShift(), await newShift()];
  const [item] = await scene.atPaypal(id);
  assert.ok(item !== undefined);
  const unpaid = (await ask(olu, id, { verdict: 'not_paid' })).body.approval;
  const named = await ask(olu, id, { verdict: 'paid_there', number: item.batch });
  assert.deepEqual([named.status, named.body.code], [409, 'payout_settles_itself']);
  // Also of what was asked for before anybody knew.
  const late = await approve(per, unpaid);
  assert.ok(late.status === 409, JSON.stringify(late.body));
  assert.ok(['payout_settles_itself', 'withdrawal_moved_on'].includes(late.body.code), late.body.code);
  await scene.becomes(id, 'paid', HOUR_MS);
  assert.equal((await attemptOf(id))?.taken, item.batch);
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  // A batch of another withdrawal is none of this one.
  const other = await paidByEmail('othersbatch');
  const second = await forgotten(other, 'drop_before');
  const wrong = await ask(await newShift(), second, { verdict: 'paid_there', number: item.batch });
  assert.deepEqual([wrong.status, wrong.body.code], [409, 'payout_number_wrong']);
  await audited();
});

test('a webhook that names one whose answer was lost: it is found under that name, also after PayPal forgot the id', async () => {
  const creator = await paidByEmail('namedlate');
  const id = await forgotten(creator, 'drop_after');
  const attempt = await attemptOf(id);
  const [item] = await scene.atPaypal(id);
  assert.ok(attempt !== undefined && item !== undefined);
  // One that names a batch of somebody else is no proof of anything.
  await tells('NOBATCHOFOURS', attempt.id);
  await look(HOUR_MS);
  assert.equal(await stateOf(id), 'sending');
  await tells(item.batch, attempt.id);
  await scene.becomes(id, 'paid', HOUR_MS);
  assert.equal((await attemptOf(id))?.taken, item.batch);
  await audited();
});

// The last: it is asked for again for ever, and would meet the faults of others.
test('refused, while another server asked for the same and got no answer: nothing is given back', async () => {
  const creator = await paidByEmail('raced', 'raced.invalid@mail.example');
  const before = await availableOf(house, creator.person);
  await orderFault(db, { call: 'paypal.payouts.create', fault: 'latency', times: 1, milliseconds: 3_000 });
  const id = await released(creator);
  await handOver(house);
  // Whichever round takes it first; its answer is late.
  await until(
    'the first question is on its way',
    () => db.query<{ left: number }>(`select remaining as left from sandbox.faults where fault = 'latency'`),
    ([fault]) => fault?.left === 0,
  );
  await faulty('paypal.payouts.create', 'drop_before', 1);
  await db.query('update payout_attempt_states set next_check_at = $2 where withdrawal_id = $1', [
    wdId(id),
    new Date(clock.now()),
  ]);
  await checkPayouts(beside.house);
  const raced = await until(
    'the first one was refused',
    () => attemptOf(id),
    (attempt) => attempt?.problem?.includes('nothing is given back') === true,
  );
  assert.equal(raced?.asks, 2);
  assert.equal(await stateOf(id), 'sending');
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  await audited();
});
