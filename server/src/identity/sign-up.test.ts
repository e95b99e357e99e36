import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testHouse } from '../../test/test-house.ts';
import { PASSWORD_COST } from '../config.ts';
import { testClock } from '../core/clock.ts';
import { newId, parsePublicId } from '../core/ids.ts';
import { accountId } from '../ledger/index.ts';
import { adoptPolicy, PRESETS, policy } from '../policy/index.ts';
import { identity } from './index.ts';
import { hashPassword } from './password.ts';
import { insertUser, savePassword } from './store.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const clock = testClock(NOW);
const { house, stranger, person } = await testHouse({
  slices: [policy, identity],
  clock,
  config: { passwordCost: PASSWORD_COST },
});

const ana = {
  email: 'Ana@People.example',
  password: 'correct horse battery',
  displayName: '  Ana   Zoe\u0308 ',
  handle: 'Ana_Z',
  dateOfBirth: '2008-11-22',
};
const count = async () => (await house.db.query('select from users')).length;

test('a sign-up makes a person, signs them in and opens their accounts', async () => {
  const { status, body, headers } = await stranger.post('/v1/sign-up', ana);
  assert.equal(status, 201);
  assert.deepEqual(
    { ...body.me, id: null, avatar: null },
    {
      id: null,
      handle: 'ana_z',
      displayName: 'Ana Zo\u00EB',
      email: 'ana@people.example',
      avatar: null,
      bio: '',
      roles: ['fan'],
      dateOfBirth: '2008-11-22',
      adult: true, // 18 today
      followers: 0,
      following: 0,
      inRanks: true,
    },
  );
  assert.deepEqual(
    headers.getSetCookie().map((line) => line.split('=')[0]),
    ['carat', 'carat-device'],
  );
  const userId = parsePublicId('user', body.me.id) ?? '';
  const coins = accountId(userId, 'coins', 'COIN');
  assert.equal((await house.ledger.balances([coins])).get(coins)?.creditsPosted, 0n);
});

test('the password is kept as a salted hash, and no answer or row holds it or the token', async () => {
  const [row] = await house.db.query<{ hash: string }>('select hash from passwords');
  assert.match(row?.hash ?? '', /^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  const { body, headers } = await stranger.post('/v1/sign-in', {
    email: ana.email,
    password: ana.password,
  });
  const token = /=([\w-]{43});/.exec(headers.getSetCookie()[0] ?? '')?.[1] ?? '';
  assert.equal(token.length, 43);
  assert.ok(!JSON.stringify(body).includes(token));
  const [stored] = await house.db.query<{ all: string }>(
    `select string_agg(s::text, ' ') || string_agg(encode(s.token_hash, 'escape'), ' ') as all from sessions s`,
  );
  assert.ok(!stored?.all.includes(token));
});

const refused: [name: string, change: object, status: number, code: string, field: string][] = [
  ['no @', { email: 'ana' }, 422, 'email_invalid', '/email'],
  ['an empty name', { displayName: ' ' }, 422, 'display_name_invalid', '/displayName'],
  ['a name that turns text', { displayName: 'Ana\u202E' }, 422, 'display_name_invalid', '/displayName'],
  ['a name of two scripts', { displayName: 'Аna' }, 422, 'display_name_invalid', '/displayName'],
  ['the site as a name', { displayName: 'Carat Support' }, 422, 'display_name_invalid', '/displayName'],
  ['the site in Cyrillic', { displayName: 'ＣАRАТ' }, 422, 'display_name_invalid', '/displayName'],
  ['a Cyrillic handle', { handle: 'аna' }, 422, 'handle_invalid', '/handle'],
  ['a handle of the site', { handle: 'c4rat.support' }, 422, 'handle_reserved', '/handle'],
  ['a handle that looks taken', { handle: 'ana.z' }, 409, 'handle_taken', '/handle'],
  ['an e-mail that is taken', { email: 'ANA@people.example ' }, 409, 'email_taken', '/email'],
  ['no such day', { dateOfBirth: '2007-02-29' }, 422, 'date_of_birth_invalid', '/dateOfBirth'],
  ['tomorrow', { dateOfBirth: '2026-11-23' }, 422, 'date_of_birth_invalid', '/dateOfBirth'],
  ['121 years', { dateOfBirth: '1905-11-22' }, 422, 'date_of_birth_invalid', '/dateOfBirth'],
  ['13 tomorrow', { dateOfBirth: '2013-11-23' }, 403, 'too_young_to_sign_up', '/dateOfBirth'],
  ['a short password', { password: 'short' }, 422, 'password_too_weak', '/password'],
  [
    'the handle as password',
    { password: 'bea_bea_bea', handle: 'bea.bea.bea' },
    422,
    'password_too_weak',
    '/password',
  ],
  ['a role', { roles: ['operator'] }, 400, 'invalid_request', '/roles'],
  ['a role in another word', { role: 'operator' }, 400, 'invalid_request', '/role'],
  ['an id', { id: newId() }, 400, 'invalid_request', '/id'],
  ['followers', { followers: 1_000_000 }, 400, 'invalid_request', '/followers'],
  ['a number as handle', { handle: 12345 }, 400, 'invalid_request', '/handle'],
  ['null as e-mail', { email: null }, 400, 'invalid_request', '/email'],
  ['an object as password', { password: {} }, 400, 'invalid_request', '/password'],
  ['no date of birth', { dateOfBirth: undefined }, 400, 'invalid_request', '/dateOfBirth'],
];
for (const [name, change, status, code, field] of refused) {
  test(`a sign-up with ${name} is refused with ${code}, and leaves nothing`, async () => {
    const before = await count();
    const bea = { ...ana, email: 'bea@people.example', handle: 'bea', displayName: 'Bea', ...change };
    const answer = await stranger.post('/v1/sign-up', bea);
    assert.deepEqual([answer.status, answer.body.code, answer.body.field], [status, code, field]);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.deepEqual(answer.headers.getSetCookie(), []);
    assert.equal(await count(), before);
  });
}

test('13 today may sign up, and cannot send, buy or earn before 18', async () => {
  const kid = await person('kid', { dateOfBirth: '2013-11-22' });
  for (const gate of ['send', 'buy', 'earn']) {
    const { body } = await kid.get(`/v1/me/explain/${gate}`);
    assert.equal(body.passed, false);
    assert.equal(
      body.checks.find((check: { passed: boolean }) => !check.passed).earliest,
      '2031-11-22T00:00:00.000Z',
    );
  }
});

test('of many sign-ups with look-alike handles at once, one wins and the others are refused', async () => {
  const handles = ['lilo', '1ilo', 'l1lo', 'li1o', 'lil0', 'l.i.l.o'];
  const answers = await Promise.all(
    handles.map((handle, index) =>
      stranger.post('/v1/sign-up', {
        ...ana,
        email: `lilo${index}@people.example`,
        handle,
        displayName: 'Lilo',
      }),
    ),
  );
  assert.deepEqual(
    answers.map(({ status, body }) => body.code ?? status).sort(),
    [201, ...Array(5).fill('handle_taken')].sort(),
  );
});

test('of many sign-ups with one e-mail address at once, one wins and the others are refused', async () => {
  const answers = await Promise.all(
    ['mo', 'momo_b', 'momo_c'].map((name) =>
      stranger.post('/v1/sign-up', {
        ...ana,
        email: 'mo@people.example',
        handle: `${name}_x`,
        displayName: 'Mo',
      }),
    ),
  );
  assert.deepEqual(answers.map(({ status, body }) => body.code ?? status).sort(), [
    201,
    'email_taken',
    'email_taken',
  ]);
});

test('a person whose accounts a crash left unopened gets them at the next sign-in', async () => {
  const id = newId();
  await insertUser(house.db, {
    id,
    email: 'crash@people.example',
    handle: 'crash',
    skeleton: 'crash',
    displayName: 'Crash',
    avatar: 'fox',
    bio: '',
    dateOfBirth: '2000-01-01',
    at: new Date(NOW),
  });
  await savePassword(
    house.db,
    id,
    await hashPassword(ana.password, house.config.passwordCost),
    new Date(NOW),
  );
  const coins = accountId(id, 'coins', 'COIN');
  assert.equal((await house.ledger.balances([coins])).get(coins), undefined);
  const { status } = await stranger.post('/v1/sign-in', {
    email: 'crash@people.example',
    password: ana.password,
  });
  assert.equal(status, 200);
  assert.notEqual((await house.ledger.balances([coins])).get(coins), undefined);
});

test('one network cannot open accounts, or try addresses, without end', async () => {
  const document = structuredClone(PRESETS.carat.document);
  document.signIn.signUpsPerAddressMax = 3;
  await adoptPolicy(house.db, {
    document,
    preset: 'carat',
    effectiveFrom: new Date(NOW + 1),
    author: null,
    reason: 'A trial.',
    nowMs: NOW,
  });
  clock.set(NOW + 3_600_000);
  const knock = () => stranger.post('/v1/sign-up', { ...ana, handle: 'someone' });
  for (const _ of [1, 2, 3]) assert.equal((await knock()).body.code, 'email_taken');
  const shut = await knock();
  assert.deepEqual([shut.status, shut.body.code, shut.body.data.seconds], [429, 'too_many_tries', 900]);
  clock.advance(15 * 60_000);
  assert.equal((await knock()).body.code, 'email_taken');
});
