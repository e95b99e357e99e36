import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MANY, paypalScene, wdId } from '../../../test/paypal-payout-scene.ts';
import { type Answer, serverBeside, testHouse } from '../../../test/test-house.ts';
import { availableOf } from '../../../test/withdrawal-scene.ts';
import { MINUTE_MS, testClock } from '../../core/clock.ts';
import { clearFaults } from '../../sandbox/faults.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
// A second server on the same database looks at the same payouts.
await serverBeside(site);
const { house } = site;
const { db } = house;
const scene = await paypalScene(site, clock);
const { operator, paidByEmail, released, becomes, says, atPaypal, play, inWorld, shown, toldOf, faulty } =
  scene;

/** One that waits to be accepted. */
async function waiting(handle: string) {
  const creator = await paidByEmail(handle, `${handle}.unclaimed@mail.example`);
  const before = await availableOf(house, creator.person);
  const id = await released(creator);
  await says(id, 'UNCLAIMED');
  const callBack = (who = creator.person): Promise<Answer> =>
    who.request('PUT', `/v1/me/withdrawals/${id}/called-back`);
  return { creator, before, id, callBack };
}

const eventsOf = (id: string) =>
  db.query<{ step: string; code: string | null; note: string | null }>(
    'select step, code, note from withdrawal_events where withdrawal_id = $1 order by place',
    [wdId(id)],
  );
const asked = async (id: string) => (await eventsOf(id)).filter(({ step }) => step === 'call_back').length;

test('its creator takes back what nobody accepted: the Diamonds are theirs again, and why stands there', async () => {
  const world = await inWorld();
  const { creator, before, id, callBack } = await waiting('takesback');
  assert.equal((await shown(creator, id)).callBack, 'possible');
  // Twice at once, and once more: it is asked once.
  const answers = await Promise.all([callBack(), callBack(), callBack()]);
  for (const { status, body } of answers) {
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(['asked', null].includes(body.withdrawal.callBack), JSON.stringify(body.withdrawal));
  }
  await becomes(id, 'returned', MINUTE_MS);
  assert.equal((await callBack()).status, 200);
  assert.equal(await asked(id), 1);
  assert.deepEqual(
    (await atPaypal(id)).map(({ status }) => status),
    ['RETURNED'],
  );
  const { bounce, steps, callBack: now } = await shown(creator, id);
  assert.deepEqual(
    [bounce.code, bounce.words, bounce.field, now],
    ['PAYPAL_CALLED_BACK', 'nobody had accepted it', null, null],
  );
  assert.deepEqual(
    steps.slice(-2).map(({ label }: { label: string }) => label),
    ['PayPal is asked to give it back', 'Taken back'],
  );
  assert.equal(steps.at(-1).state, 'done', 'nothing failed');
  assert.equal(await availableOf(house, creator.person), before);
  assert.equal(await inWorld(), world);
  await scene.audited();
});

test('an operator takes it back; nobody else does, and nothing is taken back that does not wait', async () => {
  const { creator, before, id } = await waiting('helped');
  const other = await paidByEmail('stranger');
  assert.equal((await other.person.request('PUT', `/v1/me/withdrawals/${id}/called-back`)).status, 404);
  const moves = (await operator().get(`/v1/console/withdrawals/${id}`)).body.moves;
  assert.deepEqual(moves, ['call_back']);
  const asks = (body?: object) =>
    operator().request('PUT', `/v1/console/withdrawals/${id}/called-back`, { body });
  assert.equal((await asks({})).status, 400, 'not without a reason');
  const done = await asks({ reason: 'They have no account there' });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  const step = (await shown(creator, id)).steps.find(({ key }: { key: string }) =>
    key.startsWith('call_back-'),
  );
  assert.equal(
    step.note,
    'They have no account there. If somebody accepted it before, it arrives all the same.',
  );
  await becomes(id, 'returned', MINUTE_MS);
  assert.equal(await availableOf(house, creator.person), before);

  const held = await paidByEmail('looked', 'looked.onhold@mail.example');
  const heldId = await released(held);
  await says(heldId, 'ONHOLD');
  const refused = await held.person.request('PUT', `/v1/me/withdrawals/${heldId}/called-back`);
  assert.deepEqual([refused.status, refused.body.code], [409, 'payout_not_unclaimed']);
  assert.equal(await asked(heldId), 0);
  await play(heldId, 'accept');
  await becomes(heldId, 'paid', MINUTE_MS);
  const late = await held.person.request('PUT', `/v1/me/withdrawals/${heldId}/called-back`);
  assert.deepEqual([late.status, late.body.code], [409, 'withdrawal_moved_on']);
});

test('accepted before PayPal is asked: it has arrived, and nothing is given back', async () => {
  const { creator, before, id, callBack } = await waiting('toolate');
  await faulty('paypal.webhook', 'held', MANY);
  await play(id, 'accept');
  assert.equal((await callBack()).status, 200);
  await becomes(id, 'paid', MINUTE_MS);
  await clearFaults(db);
  assert.deepEqual(
    (await eventsOf(id)).slice(-2).map(({ step, note }) => [step, note]),
    [
      ['call_back', null],
      ['pay', 'It was accepted before it could be taken back.'],
    ],
  );
  assert.ok((await availableOf(house, creator.person)) < before);
  await scene.audited();
});

for (const fault of ['drop_before', 'drop_after', 'error_after', 'unavailable', 'rate_limited'] as const) {
  test(`the call meets ${fault}: nothing moves until PayPal says what is true, and it is back once`, async () => {
    const { creator, before, id, callBack } = await waiting(`lost${fault.replace('_', '')}`);
    await faulty('paypal.items.cancel', fault, 3);
    await faulty('paypal.webhook', 'held', MANY);
    assert.equal((await callBack()).status, 200);
    assert.equal((await shown(creator, id)).state, 'sent');
    await becomes(id, 'returned', MINUTE_MS);
    await clearFaults(db);
    assert.equal((await eventsOf(id)).at(-1)?.code, 'PAYPAL_CALLED_BACK');
    assert.equal(await availableOf(house, creator.person), before);
    await scene.audited();
  });
}

test('PayPal does not give it back: it waits on, operators read why, and it arrives when it is accepted', async () => {
  const { creator, before, id, callBack } = await waiting('refusedback');
  await faulty('paypal.items.cancel', 'short_of_money', MANY);
  assert.equal((await callBack()).status, 200);
  await scene.look(MINUTE_MS);
  await scene.look(MINUTE_MS);
  const told = (await toldOf(id)).filter((words) => words.startsWith('PayPal does not give it back'));
  assert.equal(told.length, 1);
  assert.equal((await shown(creator, id)).callBack, 'asked');
  assert.ok((await availableOf(house, creator.person)) < before);
  await clearFaults(db);
  await play(id, 'accept');
  await becomes(id, 'paid', MINUTE_MS);
  await scene.audited();
});
