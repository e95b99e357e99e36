import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hands, type Person, testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import { approvals } from '../approvals/index.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { identity } from '../identity/index.ts';
import { notices } from '../notices/index.ts';
import { policy } from '../policy/index.ts';
import { staff } from './index.ts';

const clock = testClock(Date.parse('2026-11-22T12:00:00.000Z'));
const site = await testHouse({ slices: [policy, identity, notices, approvals, staff], clock });
const reason = 'Answers the mail.';
const put = (who: Person, handle: string, role: string, body: object) =>
  who.request('PUT', `/v1/users/${handle}/roles/${role}`, { body });
const ask = (who: Person, handle: string, role: string) =>
  who.post(`/v1/users/${handle}/roles/${role}/approval`, { reason });
const decide = (who: Person, { id, bodyHash }: { id: string; bodyHash: string }, more: object = {}) =>
  who.request('PUT', `/v1/console/approvals/${id}`, { body: { verdict: 'approved', bodyHash, ...more } });
const rolesOf = async (handle: string) =>
  (
    await site.house.db.query<{ role: string }>(
      `select role from user_roles r join users u on u.id = r.user_id where u.handle = $1 order by 1`,
      [handle],
    )
  ).map(({ role }) => role);

const olu = await anOperator(site, 'olu');

test('an operator who is alone is told what to do', async () => {
  await site.person('sue');
  assert.equal((await put(olu, 'sue', 'operator', { granted: true, reason })).body.code, 'role_takes_two');
  const alone = await ask(olu, 'sue', 'operator');
  assert.deepEqual([alone.status, alone.body.code], [409, 'no_second_operator']);
  assert.match(alone.body.remedy, /npm run make-operator/);
  assert.deepEqual(await rolesOf('sue'), []);
});

test('two operators give a role with power, one takes it at once, and nobody gives it to themselves', async () => {
  const per = await anOperator(site, 'per');
  const sam = await site.person('sam');
  assert.equal((await put(sam, 'sam', 'operator', { granted: true, reason })).body.code, 'forbidden');
  assert.equal((await ask(sam, 'sam', 'operator')).body.code, 'forbidden');
  assert.equal((await put(olu, 'olu', 'operator', { granted: false, reason })).body.code, 'role_is_your_own');
  assert.equal((await put(olu, 'sam', 'support', { granted: true })).body.field, '/reason');
  assert.equal((await put(olu, 'sam', 'fan', { granted: true, reason })).status, 400);
  assert.equal((await ask(olu, 'nobody', 'support')).status, 404);
  assert.equal((await ask(olu, 'per', 'operator')).body.code, 'role_is_theirs');
  for (const role of ['operator', 'support']) {
    assert.equal((await put(olu, 'sam', role, { granted: true, reason })).body.code, 'role_takes_two');
  }

  const asked = (await ask(olu, 'sam', 'support')).body.approval;
  assert.deepEqual([asked.title, asked.page, asked.state], ['A role', '/console/people', 'open']);
  assert.equal((await decide(olu, asked)).body.code, 'approval_is_your_own');
  assert.equal((await decide(sam, asked)).body.code, 'forbidden');
  assert.equal((await decide(per, { ...asked, bodyHash: '0'.repeat(64) })).body.code, 'approval_changed');
  assert.equal((await decide(per, asked, { verdict: 'rejected' })).body.field, '/reason');
  assert.deepEqual(await rolesOf('sam'), []);
  const approved = await decide(per, asked);
  assert.deepEqual([approved.status, approved.body.approval.state], [200, 'approved']);
  assert.deepEqual(await rolesOf('sam'), ['support']);
  // Every token that they hold was made for what they may do.
  assert.equal((await sam.get('/v1/session')).body.me, null);
  assert.equal((await decide(per, asked)).body.code, 'approval_is_over');

  await sam.post('/v1/sign-in', { email: 'sam@people.example', password: 'a long enough pass phrase' });
  const taken = await put(olu, 'sam', 'support', { granted: false, reason: 'Left.' });
  assert.deepEqual(taken.body.roles, ['fan']);
  assert.equal((await sam.get('/v1/session')).body.me, null);

  const trail = await site.house.db.query(
    `select c.role, c.granted, b.handle as by, c.reason from role_changes c
       join users u on u.id = c.user_id left join users b on b.id = c.by_user where u.handle = 'sam' order by c.id`,
  );
  assert.deepEqual(trail, [
    { role: 'support', granted: true, by: 'per', reason: `Asked for by @olu: ${reason}` },
    { role: 'support', granted: false, by: 'olu', reason: 'Left.' },
  ]);
});

test('somebody who is asked for does not approve it, though an operator by another way', async () => {
  const ada = await site.person('ada');
  const asked = (await ask(olu, 'ada', 'support')).body.approval;
  const byHand = await anOperator(site, 'hidden');
  await site.house.db.query(`insert into user_roles select id, 'operator' from users where handle = 'ada'`);
  assert.equal((await decide(ada, asked)).body.code, 'role_is_your_own');
  assert.deepEqual(await rolesOf('ada'), ['operator']);
  assert.equal((await decide(byHand, asked, { verdict: 'rejected', reason: 'No.' })).status, 200);
});

test('the word of somebody who is no operator any more does not count', async () => {
  const gone = await anOperator(site, 'gone');
  const per = await anOperator(site, 'per2');
  await site.person('joe');
  const asked = (await ask(gone, 'joe', 'operator')).body.approval;
  assert.equal((await put(per, 'gone', 'operator', { granted: false, reason: 'Left.' })).status, 200);
  assert.equal((await decide(per, asked)).body.code, 'approval_asker_left');
  assert.deepEqual(await rolesOf('joe'), []);
  assert.equal((await decide(per, asked, { verdict: 'rejected', reason: 'They left.' })).status, 200);

  const second = (await ask(olu, 'joe', 'operator')).body.approval;
  clock.advance(7 * DAY_MS);
  assert.equal((await decide(per, second)).body.code, 'approval_expired');
});

test('losing the role while deciding: the decision counts or it does not, never half', async () => {
  for (let round = 0; round < 4; round += 1) {
    const leaving = await anOperator(site, `leaving${round}`);
    await site.person(`cand${round}`);
    const asked = (await ask(olu, `cand${round}`, 'operator')).body.approval;
    const [decided, taken] = await Promise.all([
      decide(leaving, asked),
      put(olu, `leaving${round}`, 'operator', { granted: false, reason: 'Left.' }),
    ]);
    assert.equal(taken.status, 200);
    assert.ok([200, 401, 403].includes(decided.status), JSON.stringify(decided.body));
    const isApproved = decided.status === 200;
    assert.deepEqual(await rolesOf(`cand${round}`), isApproved ? ['operator'] : []);
    const [row] = await site.house.db.query<{ n: bigint }>(
      `select count(*) as n from approval_decisions d join approvals a on a.id = d.approval_id
        where a.summary like $1`,
      [`%@cand${round})%`],
    );
    assert.equal(row?.n, isApproved ? 1n : 0n);
  }
});

test('what operators do is confirmed first, for the minutes that the policy says', async () => {
  const eve = await anOperator(site, 'eve');
  const page = hands(site.origin, eve.cookie);
  const take = () =>
    page.request('PUT', '/v1/users/sue/roles/creator', { body: { granted: false, reason: 'Asked to.' } });
  const refused = await take();
  assert.deepEqual([refused.status, refused.body.code], [403, 'confirm_first']);
  const wrong = await page.post('/v1/session/confirmation', { password: 'something else entirely' });
  assert.equal(wrong.body.code, 'wrong_password');
  assert.equal((await take()).body.code, 'confirm_first');
  const password = 'a long enough pass phrase';
  assert.equal((await page.post('/v1/session/confirmation', { password })).status, 204);
  assert.equal((await take()).status, 200);
  clock.advance(15 * 60_000 - 1);
  assert.equal((await take()).status, 200);
  clock.advance(1);
  assert.equal((await take()).body.code, 'confirm_first');
  // The confirmation is the session's: another of the same person has none.
  const other = hands(site.origin, '');
  await page.post('/v1/session/confirmation', { password });
  await other.post('/v1/sign-in', { email: 'eve@people.example', password });
  const there = await other.request('PUT', '/v1/users/sue/roles/creator', {
    body: { granted: false, reason: 'Asked to.' },
  });
  assert.equal(there.body.code, 'confirm_first');
});
