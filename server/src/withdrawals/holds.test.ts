import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Person, testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import {
  addAccount,
  availableOf,
  confirm,
  creatorWith,
  SENDERS,
  withdraw,
} from '../../test/withdrawal-scene.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { auditWithdrawals } from './audit-withdrawals.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock, config: { payouts: SENDERS, fiatRates: { kind: 'none' } } });
const { house } = site;
const olu = await anOperator(site, 'olu');

const inDays = (days: number) => new Date(clock.now() + days * DAY_MS).toISOString();

async function achCreator(handle: string): Promise<{ person: Person; account: string }> {
  const person = await creatorWith(site, handle, 20_000_000n);
  const account = await addAccount(person);
  clock.advance(DAY_MS);
  return { person, account };
}

function hold(id: string, until: string, reason = 'We look at the account.') {
  return olu.request('PUT', `/v1/console/withdrawals/${id}/held`, {
    body: { reason, rule: 'account_check', until },
  });
}

async function holdCheck(person: Person) {
  const { checks } = (await person.get('/v1/me/explain/withdraw')).body;
  const check = checks.find(({ code }: { code: string }) => code === 'withdrawals_on_hold');
  return [check.passed, check.have, check.earliest];
}

const none = [true, 'none on hold for such a reason', null];
const seen = async (person: Person, id: string) =>
  (await person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;
const asks = (person: Person, account: string) =>
  person.post('/v1/me/withdrawals/quotes', { diamondUnits: '2000000', accountId: account });
/** Which of these withdrawals operators find under what is on hold. */
const onHold = async (...ids: string[]) => {
  const { items } = (await olu.get('/v1/console/withdrawals?show=held&limit=100')).body;
  return items.flatMap(({ id }: { id: string }) => (ids.includes(id) ? [id] : []));
};
const lift = (id: string) => olu.request('PUT', `/v1/console/withdrawals/${id}/hold-lifted`);

test('a hold is of the person and the reason: canceling does not end it, an operator or its date does', async () => {
  const { person, account } = await achCreator('away');
  const wd = await withdraw(person, account, 2_000_000n);
  const until = inDays(20);
  assert.equal((await hold(wd.id, until)).status, 200);
  assert.deepEqual(await onHold(wd.id), [wd.id]);
  assert.match((await seen(person, wd.id)).cancelNote, /The hold goes on/);
  assert.equal((await person.request('PUT', `/v1/me/withdrawals/${wd.id}/canceled`)).status, 200);
  assert.equal(await availableOf(house, person), 20_000_000n, 'the Diamonds are theirs again');
  const { state, steps } = await seen(person, wd.id);
  assert.deepEqual(
    [state, steps.at(-1).note],
    ['canceled', 'Your Diamonds are available again. The hold above goes on: it is about your account.'],
  );

  assert.deepEqual(await holdCheck(person), [false, 'We look at the account.', until]);
  const refused = await asks(person, account);
  assert.deepEqual([refused.status, refused.body.code], [403, 'withdrawals_on_hold']);
  const { moves } = (await olu.get(`/v1/console/withdrawals/${wd.id}`)).body;
  assert.deepEqual(moves, ['lift_hold']);
  assert.deepEqual(await onHold(wd.id), [wd.id], 'canceled, and still on hold');

  assert.equal((await lift(wd.id)).status, 200);
  assert.deepEqual(await onHold(wd.id), []);
  assert.deepEqual(await holdCheck(person), none);
  assert.equal((await asks(person, account)).status, 201);
  const { state: still, since, steps: after } = await seen(person, wd.id);
  assert.deepEqual([still, since, after.at(-1).label], ['canceled', steps.at(-1).at, 'Hold lifted']);
  assert.ok(!after.some(({ note }: { note: string }) => note?.includes('goes on')));
  const again = await lift(wd.id);
  assert.deepEqual([again.status, again.body.code], [409, 'withdrawal_moved_on']);

  const next = await withdraw(person, account, 2_000_000n);
  assert.equal((await hold(next.id, inDays(5))).status, 200);
  assert.equal((await person.request('PUT', `/v1/me/withdrawals/${next.id}/canceled`)).status, 200);
  assert.equal((await asks(person, account)).status, 403);
  assert.deepEqual(await onHold(wd.id, next.id), [next.id]);
  clock.advance(5 * DAY_MS);
  assert.deepEqual(await holdCheck(person), none);
  await olu.get('/v1/session');
  assert.deepEqual(await onHold(next.id), []);
  const over = await seen(person, next.id);
  assert.equal(over.steps.at(-1).note, 'Your Diamonds are available again.');
  assert.equal((await asks(person, account)).status, 201);
  assert.deepEqual(await auditWithdrawals(house.db), []);
});

test('what the house holds by itself ends with the cancellation, and only what was canceled is lifted', async () => {
  const { person, account } = await achCreator('first');
  const wd = await withdraw(person, account, 2_000_000n);
  assert.equal(wd.state, 'held');
  const { checks } = (await person.get('/v1/me/explain/withdraw')).body;
  const first = checks.find(({ code }: { code: string }) => code === 'first_withdrawal_waits');
  assert.deepEqual(
    [first.passed, first.have],
    [false, 'your first is on hold until somebody has looked at it'],
  );
  assert.deepEqual(await holdCheck(person), none);
  assert.equal((await lift(wd.id)).status, 409);
  assert.equal((await person.request('PUT', `/v1/me/withdrawals/${wd.id}/canceled`)).status, 200);
  assert.equal((await lift(wd.id)).status, 409);
  assert.equal((await asks(person, account)).status, 201);
  const own = await person.request('PUT', `/v1/console/withdrawals/${wd.id}/hold-lifted`);
  assert.equal(own.status, 403);
});

test('each hold keeps the date that was said, and all of them together end 90 days after the first', async () => {
  const { person, account } = await achCreator('twice');
  const wd = await withdraw(person, account, 2_000_000n);
  const [early, late, last] = [inDays(20), inDays(31), inDays(90)];
  assert.equal((await hold(wd.id, early, 'We look at the account.')).status, 200);
  clock.advance(10 * DAY_MS);
  await confirm(olu);
  assert.equal((await hold(wd.id, late, 'The bank has not answered.')).status, 200);
  const { hold: now, steps } = await seen(person, wd.id);
  assert.deepEqual(now, { reason: 'The bank has not answered.', until: late });
  assert.deepEqual(
    steps
      .filter(({ label }: { label: string }) => label === 'On hold')
      .map(({ note, by }: { note: string; by: string }) => [note, by]),
    [
      ['We look at the account.', early],
      ['The bank has not answered.', late],
    ],
  );
  const tooLong = await hold(wd.id, inDays(81));
  assert.deepEqual([tooLong.status, tooLong.body.field], [400, '/until']);
  assert.match(tooLong.body.detail, /at most 90 days after it was held first, on 2026-12-02/);
  assert.equal((await hold(wd.id, last)).status, 200);
});

test('the day by which it arrives moves with a hold, and back when the hold ends before its date', async () => {
  const { person, account } = await achCreator('later');
  const wd = await withdraw(person, account, 2_000_000n);
  const arrival = async () => {
    const { arrivesBy, promisedBy, steps } = await seen(person, wd.id);
    assert.deepEqual([promisedBy, steps.at(-1).by], [wd.arrivesBy, arrivesBy]);
    return [arrivesBy, steps.at(-1).note];
  };
  assert.deepEqual(await arrival(), [wd.arrivesBy, null]);
  const until = inDays(21);
  assert.equal((await hold(wd.id, until)).status, 200);
  const [heldTo, note] = await arrival();
  assert.ok(heldTo > until.slice(0, 10), `${heldTo} is after ${until}`);
  assert.match(note, /Later than its price said/);
  await confirm(olu);
  assert.equal((await olu.request('PUT', `/v1/console/withdrawals/${wd.id}/released`)).status, 200);
  assert.deepEqual(await arrival(), [wd.arrivesBy, null]);
  // What nobody sends arrives later each day.
  clock.advance(7 * DAY_MS);
  const [waiting] = await arrival();
  assert.ok(waiting > new Date(clock.now()).toISOString().slice(0, 10), waiting);
});
