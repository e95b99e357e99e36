import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSPHRASE, type Person, testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import {
  ACH_ACCOUNT,
  addAccount,
  availableOf,
  confirm,
  creatorWith,
  SENDERS,
  settledAccount,
  withdraw,
} from '../../test/withdrawal-scene.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { auditWithdrawals } from './audit-withdrawals.ts';
import { followFreezes } from './follow-freezes.ts';
import { endHolds } from './jobs.ts';

// A Tuesday. From $500.00 on two operators decide; a Diamond is worth $0.0135, so 10,000 are $135.00.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock, config: { payouts: SENDERS, fiatRates: { kind: 'none' } } });
const { house } = site;
const olu = await anOperator(site, 'olu');
const per = await anOperator(site, 'per');
const PIECE = 10_000_000n;

const put = (who: Person, id: string, state: string, body?: object) =>
  who.request('PUT', `/v1/console/withdrawals/${id}/${state}`, body === undefined ? {} : { body });
const stateOf = async (id: string) => (await olu.get(`/v1/console/withdrawals/${id}`)).body.withdrawal.state;
const audited = async () => assert.deepEqual(await auditWithdrawals(house.db), []);

/** A creator whose first withdrawal arrived more than a week ago. */
async function regular(handle: string) {
  const person = await creatorWith(site, handle, 200_000_000n);
  const account = await settledAccount(site, person);
  await paid((await withdraw(person, account, 2_000_000n)).id);
  clock.advance(8 * DAY_MS);
  // A week is longer than some sessions last.
  for (const { handle: name, post } of [olu, per]) {
    const { status } = await post('/v1/sign-in', { email: `${name}@people.example`, password: PASSPHRASE });
    assert.equal(status, 200);
  }
  return { person, account };
}

async function paid(id: string) {
  for (const state of ['released', 'sent', 'paid']) {
    const answer = await put(olu, id, state);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
}

test('a large sum is not let go in small pieces by one operator, within seven days', async () => {
  const { person, account } = await regular('pieces');
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push((await withdraw(person, account, PIECE)).id);
  const [a = '', b = '', c = '', d = '', e = ''] = ids;
  // $135, $270, $405: under $500. The fourth would make it $540.
  for (const id of [a, b, c]) assert.equal((await put(olu, id, 'released')).status, 200);
  const fourth = await put(per, d, 'released');
  assert.deepEqual(
    [fourth.status, fourth.body.code, fourth.body.data.before],
    [409, 'second_operator_needed', '$405.00'],
  );
  assert.equal((await olu.get(`/v1/console/withdrawals/${d}`)).body.needsSecond, true);
  const bulk = await olu.request('PUT', '/v1/console/payouts/released', { body: { ids: [d, e] } });
  assert.deepEqual(
    bulk.body.items.map(({ code }: { code: string }) => code),
    ['second_operator_needed', 'second_operator_needed'],
  );
  // What is canceled is not let go: there is room for one again.
  assert.equal((await put(olu, c, 'failed', { reason: 'Asked for twice.' })).status, 200);
  assert.equal((await put(olu, d, 'released')).status, 200);
  assert.equal((await put(olu, e, 'released')).body.code, 'second_operator_needed');
  // Seven days later the old ones do not count any more.
  clock.advance(7 * DAY_MS);
  assert.equal((await put(olu, e, 'released')).status, 200);
  await audited();
});

test('two operators who release pieces at the same moment let no more go than one after the other', async () => {
  for (let round = 0; round < 2; round += 1) {
    const { person, account } = await regular(`race${round}`);
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await withdraw(person, account, PIECE)).id);
    await Promise.all([confirm(olu), confirm(per)]);
    const answers = await Promise.all(ids.map((id, n) => put(n % 2 === 0 ? olu : per, id, 'released')));
    const done = answers.filter(({ status }) => status === 200).length;
    assert.equal(done, 3, JSON.stringify(answers.map(({ body }) => body.code)));
  }
  await audited();
});

test('what was paid comes back on the word of two from the amount on, in pieces too', async () => {
  const { person, account } = await regular('bounced');
  const large = (await withdraw(person, account, 50_000_000n)).id; // $675.00
  const asked = (await olu.post(`/v1/console/withdrawals/${large}/approval`)).body.approval;
  const approve = { verdict: 'approved', bodyHash: asked.bodyHash };
  assert.equal(
    (await per.request('PUT', `/v1/console/approvals/${asked.id}`, { body: approve })).status,
    200,
  );
  for (const state of ['sent', 'paid']) assert.equal((await put(olu, large, state)).status, 200);
  const before = await availableOf(house, person);

  const alone = await put(olu, large, 'returned', { code: 'AC04' });
  assert.deepEqual([alone.status, alone.body.code], [409, 'return_takes_two']);
  // Nor by parking it first, nor among many.
  assert.equal((await put(olu, large, 'parked', { reason: 'The bank says something.' })).status, 200);
  assert.equal((await put(olu, large, 'returned', { code: 'AC04' })).body.code, 'return_takes_two');
  const { reference } = (await olu.get(`/v1/console/withdrawals/${large}`)).body.withdrawal;
  const many = await olu.request('PUT', '/v1/console/payouts/bounces', {
    body: { lines: [{ reference, code: 'AC04' }] },
  });
  assert.equal(many.body.items[0].outcome, 'refused');
  assert.equal(await availableOf(house, person), before);

  const shown = (await olu.post(`/v1/console/withdrawals/${large}/return-approval`, { code: 'AC04' })).body;
  assert.equal(shown.returnNeedsSecond, true);
  const decide = (who: Person, body: object) =>
    who.request('PUT', `/v1/console/approvals/${shown.approval.id}`, { body });
  const yes = { verdict: 'approved', bodyHash: shown.approval.bodyHash };
  assert.equal((await decide(olu, yes)).body.code, 'approval_is_your_own');
  assert.equal(await stateOf(large), 'parked');
  const both = await Promise.all([decide(per, yes), decide(per, yes)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
  assert.equal(await stateOf(large), 'returned');
  assert.equal(await availableOf(house, person), before + 50_000_000n);
  await audited();

  // Small ones: each alone is under the amount, and counts against what came back within the week.
  const small = (await withdraw(person, account, 2_000_000n)).id;
  const released = (await olu.post(`/v1/console/withdrawals/${small}/approval`)).body.approval;
  assert.equal(released.state, 'open');
  await per.request('PUT', `/v1/console/approvals/${released.id}`, {
    body: { verdict: 'approved', bodyHash: released.bodyHash },
  });
  for (const state of ['sent', 'paid']) assert.equal((await put(olu, small, state)).status, 200);
  assert.equal((await put(olu, small, 'returned', { code: 'AC04' })).body.code, 'return_takes_two');
  clock.advance(7 * DAY_MS);
  assert.equal((await put(olu, small, 'returned', { code: 'AC04' })).status, 200);
  await audited();
});

test('what was only sent comes back on the word of one below the amount, added up over seven days', async () => {
  const { person, account } = await regular('onlysent');
  const release = async (id: string) => {
    if ((await put(olu, id, 'released')).status === 200) return;
    const asked = (await olu.post(`/v1/console/withdrawals/${id}/approval`)).body.approval;
    const body = { verdict: 'approved', bodyHash: asked.bodyHash };
    assert.equal((await per.request('PUT', `/v1/console/approvals/${asked.id}`, { body })).status, 200);
  };
  const sent = async (units: bigint) => {
    const { id } = await withdraw(person, account, units);
    await release(id);
    assert.equal((await put(olu, id, 'sent')).status, 200);
    return id as string;
  };
  const first = await sent(30_000_000n); // $405.00
  assert.equal((await put(olu, first, 'returned', { code: 'AC04' })).status, 200);
  // It was sent, so it counts when the next is released, though it came back.
  const { id: next } = await withdraw(person, account, PIECE); // $135.00
  assert.equal((await put(olu, next, 'released')).body.code, 'second_operator_needed');
  await release(next);
  assert.equal((await put(olu, next, 'sent')).status, 200);
  const again = await put(olu, next, 'returned', { code: 'AC04' });
  assert.deepEqual([again.status, again.body.code], [409, 'return_takes_two']);
  assert.equal((await put(olu, next, 'parked', { reason: 'The bank says something.' })).status, 200);
  assert.equal((await put(olu, next, 'returned', { code: 'AC04' })).body.code, 'return_takes_two');
  const { reference } = (await olu.get(`/v1/console/withdrawals/${next}`)).body.withdrawal;
  const lines = { lines: [{ reference, code: 'AC04' }] };
  const many = await olu.request('PUT', '/v1/console/payouts/bounces', { body: lines });
  assert.equal(many.body.items[0].outcome, 'refused');
  assert.equal(await stateOf(next), 'parked');
  clock.advance(7 * DAY_MS);
  assert.equal((await put(olu, next, 'returned', { code: 'AC04' })).status, 200);
  await audited();
});

test('what was released to be paid by hand fails on the word of two from the amount on, held meanwhile or not', async () => {
  const { person, account } = await regular('byhand');
  const { id } = await withdraw(person, account, 50_000_000n); // $675.00
  const asked = (await olu.post(`/v1/console/withdrawals/${id}/approval`)).body.approval;
  const yes = (bodyHash: string) => ({ body: { verdict: 'approved', bodyHash } });
  await per.request('PUT', `/v1/console/approvals/${asked.id}`, yes(asked.bodyHash));
  assert.equal(await stateOf(id), 'released');
  const reason = { reason: 'Nobody was there.' };
  const alone = await put(olu, id, 'failed', reason);
  assert.deepEqual([alone.status, alone.body.code], [409, 'failure_takes_two']);
  // Nor by holding it first, nor by its creator then.
  const until = new Date(clock.now() + 2 * DAY_MS).toISOString();
  assert.equal((await put(olu, id, 'held', { ...reason, rule: 'other', until })).status, 200);
  assert.equal((await put(olu, id, 'failed', reason)).body.code, 'failure_takes_two');
  const canceled = await person.request('PUT', `/v1/me/withdrawals/${id}/canceled`);
  assert.deepEqual([canceled.status, canceled.body.code], [409, 'withdrawal_moved_on']);
  const before = await availableOf(house, person);

  const shown = (await olu.post(`/v1/console/withdrawals/${id}/failure-approval`, reason)).body;
  assert.deepEqual([shown.failureNeedsSecond, shown.approval.kind], [true, 'withdrawal_failure']);
  const decide = (who: Person) =>
    who.request('PUT', `/v1/console/approvals/${shown.approval.id}`, yes(shown.approval.bodyHash));
  assert.equal((await decide(olu)).body.code, 'approval_is_your_own');
  assert.equal((await decide(per)).status, 200);
  assert.equal(await stateOf(id), 'failed');
  assert.equal(await availableOf(house, person), before + 50_000_000n);
  await audited();

  // In pieces too: it counts for what comes after.
  const small = (await withdraw(person, account, 2_000_000n)).id;
  assert.equal((await put(olu, small, 'released')).status, 200);
  assert.equal((await put(olu, small, 'failed', reason)).body.code, 'failure_takes_two');
  await audited();
});

test('two people with one bank account are one when what is let go is added up', async () => {
  const [one, two] = [await regular('sharesone'), await regular('sharestwo')];
  const give = async ({ person }: typeof one, routed: string) => {
    const answer = await addAccount(person, { ...ACH_ACCOUNT, account: routed });
    return answer;
  };
  // The second's week was longer than the first's session.
  const again = { email: 'sharesone@people.example', password: PASSPHRASE };
  assert.equal((await one.person.post('/v1/sign-in', again)).status, 200);
  const accounts = [await give(one, '4440001112'), await give(two, '4440001112')];
  clock.advance(DAY_MS);
  const [first, second] = [
    (await withdraw(one.person, accounts[0] ?? '', 20_000_000n)).id, // $270.00
    (await withdraw(two.person, accounts[1] ?? '', 20_000_000n)).id,
  ];
  await Promise.all([confirm(olu), confirm(per)]);
  const answers = await Promise.all([put(olu, first, 'released'), put(per, second, 'released')]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  assert.equal(answers.find(({ status }) => status === 409)?.body.code, 'second_operator_needed');
  await audited();
});

test('a freeze stops what is not sent, with its reason, and ends with the freeze', async () => {
  const { person, account } = await regular('frozen');
  const waiting = (await withdraw(person, account, 2_000_000n)).id;
  const released = (await withdraw(person, account, 2_000_000n)).id;
  assert.equal((await put(olu, released, 'released')).status, 200);
  const held = (await withdraw(person, account, 2_000_000n)).id;
  const until = new Date(clock.now() + 2 * DAY_MS).toISOString();
  const asks = { reason: 'We ask the bank.', rule: 'other', until };
  assert.equal((await put(olu, held, 'held', asks)).status, 200);

  const frozen = await olu.post('/v1/users/frozen/freezes', {
    gates: ['earn'],
    reason: 'Somebody else signed in.',
    until: null,
  });
  assert.equal(frozen.status, 201, JSON.stringify(frozen.body));
  assert.deepEqual(
    [await stateOf(waiting), await stateOf(released), await stateOf(held)],
    ['held', 'held', 'held'],
  );
  const seen = (await person.get(`/v1/me/withdrawals/${released}`)).body.withdrawal;
  assert.equal(seen.hold.reason, 'Your account is frozen: Somebody else signed in.');
  assert.equal(seen.hold.until, new Date(clock.now() + 5 * DAY_MS).toISOString());
  for (const id of [waiting, released, held]) {
    const refused = await put(olu, id, 'released');
    assert.deepEqual([refused.status, refused.body.code], [409, 'payee_frozen'], id);
  }
  // A hold has a latest date; while the freeze lasts it is held again.
  clock.advance(6 * DAY_MS);
  await endHolds(house);
  await followFreezes(house, null, 100);
  assert.deepEqual(
    [await stateOf(waiting), await stateOf(released), await stateOf(held)],
    ['held', 'held', 'held'],
  );

  const lifted = await per.post(`/v1/users/frozen/freezes/${frozen.body.id}/lift`, {
    reason: 'It was them.',
  });
  assert.equal(lifted.status, 204);
  assert.deepEqual([await stateOf(waiting), await stateOf(released)], ['in_review', 'in_review']);
  assert.equal((await put(olu, released, 'released')).status, 200);
  await audited();
});

test('an approval that was asked for before the freeze does not let it go', async () => {
  const { person, account } = await regular('frozenlarge');
  const { id } = await withdraw(person, account, 50_000_000n);
  const asked = (await olu.post(`/v1/console/withdrawals/${id}/approval`)).body.approval;
  await olu.post('/v1/users/frozenlarge/freezes', { gates: ['withdraw'], reason: 'A doubt.', until: null });
  const decided = await per.request('PUT', `/v1/console/approvals/${asked.id}`, {
    body: { verdict: 'approved', bodyHash: asked.bodyHash },
  });
  assert.equal(decided.status, 409, JSON.stringify(decided.body));
  assert.equal(await stateOf(id), 'held');
  // A process that died between the freeze and the holds: the round does it.
  await house.db.query(
    `update withdrawal_states set state = 'released', hold_reason = null, hold_rule = null, hold_until = null
      where withdrawal_id = (select w.id from withdrawals w join users u on u.id = w.user_id
                              where u.handle = 'frozenlarge' order by committed desc limit 1)`,
  );
  // A round may be quicker than the request.
  assert.ok(['payee_frozen', 'withdrawal_moved_on'].includes((await put(olu, id, 'sent')).body.code));
  await followFreezes(house, null, 100);
  assert.equal(await stateOf(id), 'held');
});

test('nobody lifts their own freeze, and a break that somebody asked for ends by itself alone', async () => {
  const both = await anOperator(site, 'both');
  const frozen = await olu.post('/v1/users/both/freezes', {
    gates: ['buy'],
    reason: 'A doubt.',
    until: null,
  });
  const own = await both.post(`/v1/users/both/freezes/${frozen.body.id}/lift`, { reason: 'I am fine.' });
  assert.deepEqual([own.status, own.body.code], [403, 'freeze_is_your_own']);
  assert.equal(
    (await per.post(`/v1/users/both/freezes/${frozen.body.id}/lift`, { reason: 'Looked at.' })).status,
    204,
  );

  const ana = await site.person('ana');
  assert.equal((await ana.post('/v1/me/spending/break', { days: 7 })).status, 200);
  const [row] = await house.db.query<{ id: string }>(
    `select f.id from account_freezes f join users u on u.id = f.user_id where u.handle = 'ana'`,
  );
  const id = `freeze_${row?.id.replaceAll('-', '')}`;
  const lift = () => olu.post(`/v1/users/ana/freezes/${id}/lift`, { reason: 'They ask me to.' });
  const kept = await lift();
  assert.deepEqual([kept.status, kept.body.code], [409, 'break_ends_by_itself']);
  const checks = (await ana.get('/v1/me/explain/buy')).body.checks;
  assert.equal(checks.find(({ code }: { code: string }) => code === 'on_a_break').passed, false);
});
