import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hands, type Person, testHouse } from '../../test/test-house.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { parsePublicId } from '../core/ids.ts';
import { adoptPolicy, PRESETS, policy } from '../policy/index.ts';
import { changeRole, identity, offerDemoPerson, openPerson, operatorLink } from './index.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const slices = [policy, identity];
const userId = (person: Person) => parsePublicId('user', person.id) ?? '';

async function house(config = {}) {
  const clock = testClock(NOW);
  return { ...(await testHouse({ slices, clock, config })), clock };
}
const me = async (origin: string, cookie: string) => (await hands(origin, cookie).get('/v1/session')).body.me;
const tokenIn = (link: string | null) => link?.split('#')[1] ?? '';

test('an adult becomes a creator once, with a new token, and the trail says so', async () => {
  const { house: opened, origin, person } = await house();
  const mira = await person('mira');
  const before = mira.cookie;
  const { status, body } = await mira.post('/v1/me/creator');
  assert.equal(status, 200);
  assert.deepEqual(body.me.roles, ['fan', 'creator']);
  assert.notEqual(mira.cookie, before);
  assert.equal(await me(origin, before), null);
  const kept = mira.cookie;
  assert.equal((await mira.post('/v1/me/creator')).status, 200);
  assert.equal(mira.cookie, kept);
  assert.deepEqual(await opened.db.query('select role, granted, by_user, reason, at from role_changes'), [
    {
      role: 'creator',
      granted: true,
      by_user: userId(mira),
      reason: 'Asked to be a creator.',
      at: new Date(NOW),
    },
  ]);
});

test('a minor does not become a creator before midnight UTC of the 18th birthday', async () => {
  const { person, clock } = await house();
  const kid = await person('kid', { dateOfBirth: '2008-11-23' });
  const refused = await kid.post('/v1/me/creator');
  assert.deepEqual([refused.status, refused.body.code, refused.body.data.years], [403, 'under_age', 18]);
  clock.set(Date.parse('2026-11-22T23:59:59.999Z'));
  assert.equal((await kid.post('/v1/me/creator')).status, 403);
  clock.set(Date.parse('2026-11-23T00:00:00.000Z'));
  assert.equal((await kid.post('/v1/me/creator')).status, 200);
});

test('the one-time link makes one operator, once', async () => {
  const { house: opened, origin, person, stranger } = await house();
  const [olu, eve] = [await person('olu'), await person('eve')];
  const token = tokenIn(await operatorLink(opened));
  assert.match(token, /^[\w-]{43}$/);
  assert.equal(
    (await stranger.get(`/v1/operator-links/${token}`)).body.expiresAt,
    '2026-11-23T12:00:00.000Z',
  );
  assert.equal((await stranger.post(`/v1/operator-links/${token}`)).body.code, 'not_signed_in');
  assert.equal((await eve.post(`/v1/operator-links/${'x'.repeat(43)}`)).body.code, 'operator_link_invalid');

  const phone = hands(origin, '');
  await phone.post('/v1/sign-in', { email: 'olu@people.example', password: 'a long enough pass phrase' });
  const before = olu.cookie;
  const { body } = await olu.post(`/v1/operator-links/${token}`);
  assert.deepEqual(body.me.roles, ['fan', 'operator']);
  assert.deepEqual([await me(origin, before), await me(origin, phone.cookie)], [null, null]);
  assert.equal((await eve.post(`/v1/operator-links/${token}`)).body.code, 'operator_link_invalid');
  assert.equal((await stranger.get(`/v1/operator-links/${token}`)).status, 404);
  assert.equal(await operatorLink(opened), null);
});

test('of two who open the link at once, one is the operator', async () => {
  const { house: opened, person } = await house();
  const people = [await person('olu'), await person('eve'), await person('per')];
  const token = tokenIn(await operatorLink(opened));
  const answers = await Promise.all(people.map((one) => one.post(`/v1/operator-links/${token}`)));
  assert.deepEqual(answers.map(({ status, body }) => body.code ?? status).sort(), [
    200,
    'operator_link_invalid',
    'operator_link_invalid',
  ]);
  assert.equal((await opened.db.query(`select from user_roles where role = 'operator'`)).length, 1);
});

test('a link ends after a day, and a newer one ends the older', async () => {
  const { house: opened, person, clock } = await house();
  const olu = await person('olu');
  const older = tokenIn(await operatorLink(opened));
  const newer = tokenIn(await operatorLink(opened));
  assert.equal((await olu.get(`/v1/operator-links/${older}`)).status, 404);
  clock.advance(DAY_MS - 1);
  assert.equal((await olu.get(`/v1/operator-links/${newer}`)).status, 200);
  clock.advance(1);
  assert.equal((await olu.post(`/v1/operator-links/${newer}`)).body.code, 'operator_link_invalid');
});

test('the link stands in no row', async () => {
  const { house: opened } = await house();
  const token = tokenIn(await operatorLink(opened));
  const [row] = await opened.db.query<{ text: string }>(
    `select l::text || encode(token_hash, 'escape') as text from operator_links l`,
  );
  assert.ok(row !== undefined && !row.text.includes(token));
});

test('the trails cannot be changed or removed', async () => {
  const { house: opened, person } = await house();
  const ana = await person('ana');
  await changeRole(opened, {
    userId: userId(ana),
    role: 'support',
    granted: true,
    byUser: null,
    reason: 'x',
  });
  for (const table of [
    'role_changes',
    'handle_changes',
    'date_of_birth_changes',
    'account_freezes',
    'account_freeze_lifts',
    'operator_link_uses',
  ]) {
    await assert.rejects(opened.db.query(`delete from ${table}`), { code: '42501' }, table);
    await assert.rejects(opened.db.query(`truncate ${table}`), { code: '42501' }, table);
  }
  await assert.rejects(opened.db.query(`update role_changes set reason = 'y'`), { code: '42501' });
});

test('the demonstration town: one click to be one of its people, and of nobody else', async () => {
  const { house: opened, origin, person, stranger } = await house({ seed: 'town', crowd: true });
  const mira = await openPerson(opened, {
    email: 'mira@town.example',
    handle: 'mira',
    displayName: 'Mira',
    dateOfBirth: '1995-05-05',
    avatar: 'microphone',
    roles: ['creator'],
    reason: 'Lives in the demonstration town.',
  });
  await offerDemoPerson(opened, { userId: mira, position: 1, line: 'Sings by the sea' });
  await person('ana');
  assert.deepEqual((await stranger.get('/v1/session')).body.demo, {
    people: [
      {
        handle: 'mira',
        displayName: 'Mira',
        avatar: 'microphone',
        role: 'creator',
        line: 'Sings by the sea',
      },
    ],
    crowdOn: true,
  });
  const browser = hands(origin, '');
  const { status, body } = await browser.post('/v1/demo/sign-in', { handle: 'mira' });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body), ['me']);
  assert.deepEqual((await me(origin, browser.cookie)).roles, ['fan', 'creator']);
  assert.equal((await stranger.post('/v1/demo/sign-in', { handle: 'ana' })).status, 404);
  // Somebody without a password cannot be signed in with one.
  const empty = await stranger.post('/v1/sign-in', { email: 'mira@town.example', password: '' });
  assert.equal(empty.body.code, 'sign_in_failed');

  assert.deepEqual((await stranger.request('PUT', '/v1/demo/crowd', { body: { on: false } })).body, {
    crowdOn: false,
  });
  assert.equal((await stranger.get('/v1/session')).body.demo.crowdOn, false);
  await stranger.request('PUT', '/v1/demo/crowd', { body: { on: true } });
  assert.equal((await stranger.get('/v1/session')).body.demo.crowdOn, true);
});

test('where there is no demonstration town its doors do not exist', async () => {
  const { house: opened, person, stranger } = await house();
  const ana = await person('ana');
  await offerDemoPerson(opened, { userId: userId(ana), position: 1, line: 'Was here before' });
  assert.equal((await stranger.get('/v1/session')).body.demo, null);
  assert.equal((await stranger.post('/v1/demo/sign-in', { handle: 'ana' })).status, 404);
  assert.equal((await stranger.request('PUT', '/v1/demo/crowd', { body: { on: false } })).status, 404);
});

test('the numbers a page needs first follow the policy', async () => {
  const { house: opened, stranger } = await house();
  const document = structuredClone(PRESETS.carat.document);
  document.gifts.undoMs = 8_000;
  await adoptPolicy(opened.db, {
    document,
    preset: 'carat',
    effectiveFrom: new Date(NOW),
    author: null,
    reason: 'A trial.',
    nowMs: NOW,
  });
  assert.deepEqual((await stranger.get('/v1/session')).body.site, {
    name: 'Carat',
    coin: { moneyPerCoin: { numerator: '135', denominator: '100' } },
    dearFromCoins: 1_000,
    undoMs: 8_000,
    streakMs: 3_000,
  });
});
