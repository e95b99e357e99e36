import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { MANY, stripeScene, UNITS } from '../../../test/stripe-payout-scene.ts';
import { testHouse } from '../../../test/test-house.ts';
import { anOperator } from '../../../test/town-life.ts';
import { availableOf, confirm, quoteFor, withdraw } from '../../../test/withdrawal-scene.ts';
import { DAY_MS, MINUTE_MS, testClock } from '../../core/clock.ts';
import { newId, parsePublicId } from '../../core/ids.ts';
import { clearFaults, orderFault } from '../../sandbox/faults.ts';
import { handOver } from './hand-over.ts';
import { checkPayouts } from './settle-payout.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const olu = await anOperator(site, 'olu');
const scene = stripeScene(site, clock, olu);
const { paidByStripe, linked, setUp, released, becomes, stateOf, attemptOf, atStripe, audited } = scene;

test('of a cancellation and a question to the provider at once, one happens', async () => {
  const creator = await paidByStripe('cancels', undefined, 40_000_000n);
  await becomes(await released(creator), 'paid');
  for (let round = 0; round < 8; round += 1) {
    const before = await availableOf(house, creator.person);
    const id = await released(creator);
    const cancel = async () => {
      await pause(round * 4);
      return creator.person.request('PUT', `/v1/me/withdrawals/${id}/canceled`);
    };
    const [answer] = await Promise.all([
      cancel(),
      handOver(house).then(() => checkPayouts(house)),
      handOver(house).then(() => checkPayouts(house)),
    ]);
    const wins = answer.status === 200;
    assert.ok(wins || answer.body.code === 'withdrawal_moved_on', JSON.stringify(answer.body));
    await becomes(id, wins ? 'canceled' : 'paid');
    const there = await atStripe(id);
    assert.deepEqual([there?.transfers, there?.payouts], wins ? [0n, 0n] : [1n, 1n]);
    assert.equal(await availableOf(house, creator.person), before - (wins ? 0n : UNITS));
  }
  await audited();
});

test('what is handed over and not asked for yet can be canceled, and nobody asks for it afterwards', async () => {
  const creator = await paidByStripe('unasked');
  // A second try looks first, and nobody answers.
  await orderFault(db, { call: 'transfers.create', fault: 'short_of_money', times: 1 });
  const id = await released(creator);
  await becomes(id, 'released', 500);
  await orderFault(db, { call: 'transfers.list', fault: 'drop_before', times: MANY });
  await becomes(id, 'sending', MINUTE_MS);
  const { withdrawal } = (await creator.person.get(`/v1/me/withdrawals/${id}`)).body;
  assert.deepEqual([(await attemptOf(id))?.asked, withdrawal.cancelable], [false, true]);
  const steps = withdrawal.steps.map(({ note }: { note: string | null }) => note);
  assert.ok(steps.includes('You can cancel it until Stripe is asked.'), JSON.stringify(steps));
  const cancel = () => creator.person.request('PUT', `/v1/me/withdrawals/${id}/canceled`);
  // The first try was asked for: whether it happened after all, Stripe must say first, and whoever cancels reads so before.
  assert.match(
    withdrawal.cancelNote,
    /we ask Stripe first.*If Stripe does not answer, nothing changes: try again/,
  );
  const silent = (await cancel()).body;
  assert.deepEqual(
    [silent.code, silent.remedy],
    ['payout_provider_silent', 'Nothing was changed. Try again in some minutes.'],
  );
  await clearFaults(db);
  const answer = await cancel();
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  clock.advance(DAY_MS);
  await scene.work();
  assert.equal(await stateOf(id), 'canceled');
  assert.deepEqual(await atStripe(id), { transfers: 0n, left: 0n, payouts: 0n });
  await audited();
});

test('the first bank behind an account waits too, and the first payment to it is looked at', async () => {
  const creator = await paidByStripe('firstbank');
  await becomes(await released(creator), 'paid');
  // Another account, whose bank is given only after the account has waited.
  await confirm(creator.person);
  const account = await linked(creator.person);
  clock.advance(2 * DAY_MS);
  assert.equal(await setUp(creator.person, account, 'finish'), 'ready');
  const asked = { diamondUnits: UNITS.toString(), accountId: account };
  const tooNew = await creator.person.post('/v1/me/withdrawals/quotes', asked);
  assert.equal(tooNew.body.code, 'payout_account_too_new', JSON.stringify(tooNew.body));
  clock.advance(DAY_MS);
  const held = await withdraw(creator.person, account, UNITS);
  assert.deepEqual(
    [held.state, held.hold.reason],
    ['held', 'It is the first to this account: somebody looks at it once before money leaves.'],
  );
});

test('the bank that is the default of the currency is the one that counts', async () => {
  const creator = await paidByStripe('twobanks');
  const { id } = await withdraw(creator.person, creator.account, UNITS);
  // At Stripe another bank becomes the default, and stands behind the one that was.
  await db.query(
    `update sandbox.objects
        set body = jsonb_set(body, '{external_accounts,data}', jsonb_build_array(
              body->'external_accounts'->'data'->0 || '{"default_for_currency": false}',
              body->'external_accounts'->'data'->0 || '{"id": "ba_1Other", "last4": "4242", "fingerprint": "other"}'))
      where kind = 'account' and body->'metadata'->>'account' = $1`,
    [parsePublicId('payacct', creator.account)],
  );
  assert.equal((await olu.request('PUT', `/v1/console/withdrawals/${id}/released`)).status, 200);
  await becomes(id, 'held', 500);
  const { accounts } = (await creator.person.get('/v1/me/payout-methods')).body;
  assert.equal(accounts[0].setUp.bank, '··4242');
});

test('two creators behind one bank account: operators read it, and their maximum is one', async () => {
  const bank = scene.ownBank('000123456789');
  const one = await paidByStripe('sharerone', bank, 400_000_000n);
  const two = await paidByStripe('sharertwo', bank, 400_000_000n);
  const alone = await paidByStripe('sharernone', undefined, 400_000_000n);
  const { id } = await withdraw(one.person, one.account, UNITS);
  const other = await withdraw(two.person, two.account, UNITS);
  const flagOf = async (wd: string) =>
    (await olu.get(`/v1/console/withdrawals/${wd}`)).body.withdrawal.flags.find(
      ({ code }: { code: string }) => code === 'shared',
    );
  assert.deepEqual(await flagOf(id), {
    code: 'shared',
    passed: false,
    words: 'The same account as of @sharertwo',
  });
  assert.equal((await flagOf(other.id)).words, 'The same account as of @sharerone');
  // What each of them asked for counts for both.
  const used = async (who: typeof one) => {
    const { checks } = (await who.person.get('/v1/me/explain/withdraw')).body;
    return checks.find(({ code }: { code: string }) => code === 'withdrawal_over_day_cap')?.have;
  };
  assert.deepEqual(
    [await used(one), await used(two), await used(alone)],
    ['$946.00 left', '$946.00 left', '$1,000.00 left'],
  );
  // Both ask at once for more than half of it: one of them gets it.
  for (const [who, wd] of [
    [one, id],
    [two, other.id],
  ] as const) {
    assert.equal((await who.person.request('PUT', `/v1/me/withdrawals/${wd}/canceled`)).status, 200);
  }
  const quotes = await Promise.all(
    [one, two].map(({ person, account }) => quoteFor(person, account, 44_000_000n)),
  );
  await Promise.all([confirm(one.person), confirm(two.person)]);
  const answers = await Promise.all(
    [one, two].map(({ person }, index) =>
      person.post('/v1/me/withdrawals', { quoteId: quotes[index].id }, newId()),
    ),
  );
  assert.deepEqual(answers.map(({ status, body }) => body.code ?? status).toSorted(), [
    201,
    'withdrawal_over_day_cap',
  ]);
  await audited();
});
