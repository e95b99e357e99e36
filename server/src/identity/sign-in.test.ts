import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hands, testHouse } from '../../test/test-house.ts';
import { PASSWORD_COST } from '../config.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, testClock } from '../core/clock.ts';
import type { House } from '../house.ts';
import { adoptPolicy, PRESETS, policy } from '../policy/index.ts';
import { identity } from './index.ts';
import { sweep } from './jobs.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const slices = [policy, identity];
const password = 'a long enough pass phrase';

/** A house of its own, with sign-in limits that a test can reach. */
async function house(limits: { account?: number; address?: number; sessions?: number } = {}, config = {}) {
  const clock = testClock(NOW);
  const opened = await testHouse({ slices, clock, config });
  const document = structuredClone(PRESETS.carat.document);
  document.signIn.failuresPerAccountMax = limits.account ?? 100;
  document.signIn.failuresPerAddressMax = limits.address ?? 1_000;
  document.sessions.perPersonMax = limits.sessions ?? 20;
  await adoptPolicy(opened.house.db, {
    document,
    preset: 'carat',
    effectiveFrom: new Date(NOW),
    author: null,
    reason: 'A trial.',
    nowMs: NOW,
  });
  return { ...opened, clock };
}

const me = async (origin: string, cookie: string) =>
  (await hands(origin, cookie).get('/v1/session')).body.me?.handle ?? null;
const sessions = async ({ db }: House) => (await db.query('select from sessions')).length;

test('sign-in gives a new token each time, in a cookie that scripts cannot read', async () => {
  const { origin, person, stranger } = await house();
  const ana = await person('ana');
  const { status, body, headers } = await stranger.post('/v1/sign-in', {
    email: 'Ana@People.example',
    password,
  });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body), ['me']);
  const [line = ''] = headers.getSetCookie();
  assert.match(line, /^carat=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax$/);
  const cookie = line.split(';')[0] ?? '';
  assert.notEqual(cookie, ana.cookie);
  assert.equal(await me(origin, cookie), 'ana');
  assert.equal(await me(origin, ana.cookie), 'ana');
});

test('over TLS the cookie is bound to the host and to TLS, and a plain one is not taken', async () => {
  const { origin, stranger } = await house({}, { publicOrigin: 'https://carat.example' });
  const { headers } = await stranger.request('POST', '/v1/sign-up', {
    headers: { origin: 'https://carat.example' },
    body: {
      email: 'ana@people.example',
      password,
      displayName: 'Ana',
      handle: 'ana',
      dateOfBirth: '1995-05-05',
    },
  });
  const [line = ''] = headers.getSetCookie();
  assert.match(line, /^__Host-carat=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  const token = /=([\w-]{43});/.exec(line)?.[1];
  assert.equal(await me(origin, `__Host-carat=${token}`), 'ana');
  assert.equal(await me(origin, `carat=${token}`), null);
});

test('a token that somebody planted before sign-in is not the one used after it', async () => {
  const { origin, person } = await house();
  await person('ana');
  const planted = `carat=${'x'.repeat(43)}`;
  const browser = hands(origin, planted);
  await browser.post('/v1/sign-in', { email: 'ana@people.example', password });
  assert.equal(await me(origin, planted), null);
  assert.equal(await me(origin, browser.cookie), 'ana');
});

test('signing in again from a session ends that session', async () => {
  const { origin, person } = await house();
  const ana = await person('ana');
  const before = ana.cookie;
  await ana.post('/v1/sign-in', { email: 'ana@people.example', password });
  assert.equal(await me(origin, before), null);
  assert.equal(await me(origin, ana.cookie), 'ana');
});

test('after sign-out the token is worth nothing, wherever it is kept', async () => {
  const { house: opened, origin, person, stranger } = await house();
  const ana = await person('ana');
  const kept = ana.cookie;
  const { status, headers } = await ana.request('POST', '/v1/sign-out');
  assert.equal(status, 204);
  assert.match(headers.getSetCookie()[0] ?? '', /^carat=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.equal(await me(origin, kept), null);
  assert.equal((await hands(origin, kept).request('PATCH', '/v1/me', { body: { bio: 'x' } })).status, 401);
  assert.equal(await sessions(opened), 0);
  assert.equal((await stranger.request('POST', '/v1/sign-out')).status, 204);
});

test('a session ends when it is not used for 14 days, to the millisecond', async () => {
  const { origin, person, clock } = await house();
  const { cookie } = await person('ana');
  clock.set(NOW + 14 * DAY_MS - 1);
  assert.equal(await me(origin, cookie), 'ana');
  clock.set(NOW + 28 * DAY_MS - 2); // 14 days less a millisecond after the last use
  assert.equal(await me(origin, cookie), 'ana');
  clock.advance(14 * DAY_MS);
  assert.equal(await me(origin, cookie), null);
});

test('a session ends 90 days after sign-in however much it is used', async () => {
  const { origin, person, clock } = await house();
  const { cookie } = await person('ana');
  for (let day = 10; day < 90; day += 10) {
    clock.set(NOW + day * DAY_MS);
    assert.equal(await me(origin, cookie), 'ana', `day ${day}`);
  }
  clock.set(NOW + 90 * DAY_MS - 1);
  assert.equal(await me(origin, cookie), 'ana');
  clock.set(NOW + 90 * DAY_MS);
  assert.equal(await me(origin, cookie), null);
});

test('a person has so many sessions at most; the one unused for longest ends first', async () => {
  const { origin, person, stranger, clock, house: opened } = await house({ sessions: 2 });
  const first = await person('ana');
  const signIn = async () => {
    clock.advance(10 * MINUTE_MS);
    const { headers } = await stranger.post('/v1/sign-in', { email: 'ana@people.example', password });
    return headers.getSetCookie()[0]?.split(';')[0] ?? '';
  };
  const second = await signIn();
  clock.advance(10 * MINUTE_MS);
  assert.equal(await me(origin, first.cookie), 'ana'); // used after the second was made
  const third = await signIn();
  assert.equal(await me(origin, second), null);
  assert.equal(await me(origin, first.cookie), 'ana');
  assert.equal(await me(origin, third), 'ana');
  assert.equal(await sessions(opened), 2);
});

test('a wrong password, an unknown account and one without a password are answered alike', async () => {
  const { house: opened, person, stranger } = await house();
  await person('ana');
  await person('dora');
  await opened.db.query(`delete from passwords where user_id = (select id from users where handle = 'dora')`);
  const answers = await Promise.all(
    ['ana@people.example', 'nobody@people.example', 'dora@people.example', 'not an address'].map((email) =>
      stranger.post('/v1/sign-in', { email, password: 'not the password' }),
    ),
  );
  for (const answer of answers) {
    assert.deepEqual(answer.body, answers[0]?.body);
    assert.deepEqual([answer.status, answer.body.code], [401, 'sign_in_failed']);
  }
});

test('the time of a refusal does not tell whether an account exists', async () => {
  const { person, stranger } = await house({}, { passwordCost: PASSWORD_COST });
  await person('ana');
  const times: Record<string, number[]> = { 'ana@people.example': [], 'nobody@people.example': [] };
  for (let round = 0; round < 8; round++) {
    for (const [email, taken] of Object.entries(times)) {
      const began = performance.now();
      await stranger.post('/v1/sign-in', { email, password: 'not the password' });
      taken.push(performance.now() - began);
    }
  }
  // The quickest of each: what else the machine does only ever adds.
  const [known = 0, unknown = 0] = Object.values(times).map((taken) => Math.min(...taken));
  // Without the hash for nobody, the unknown account would answer in a tenth of the time.
  assert.ok(unknown > known / 2 && unknown < known * 2, `${known} ms and ${unknown} ms`);
});

test('after three wrong passwords an account takes no more from there, not even the right one, until the window is over', async () => {
  const { person, stranger, clock } = await house({ account: 3 });
  await person('ana');
  const tryIt = async (email: string, word: string) => {
    const { body, status } = await stranger.post('/v1/sign-in', { email, password: word });
    return body.code ?? status;
  };
  for (const _ of [1, 2, 3])
    assert.equal(await tryIt('ana@people.example', 'wrong password'), 'sign_in_failed');
  assert.equal(await tryIt('ANA@people.example', password), 'too_many_tries');
  // An account that does not exist is shut just the same.
  for (const _ of [1, 2, 3])
    assert.equal(await tryIt('no@people.example', 'wrong password'), 'sign_in_failed');
  assert.equal(await tryIt('no@people.example', 'wrong password'), 'too_many_tries');
  clock.advance(15 * MINUTE_MS - 1);
  assert.equal(await tryIt('ana@people.example', password), 'too_many_tries');
  clock.advance(1);
  assert.equal(await tryIt('ana@people.example', password), 200);
});

test('fifty tries at once are not fifty tries', async () => {
  const { person, stranger } = await house({ account: 3 });
  await person('ana');
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      stranger.post('/v1/sign-in', { email: 'ana@people.example', password: 'wrong password' }),
    ),
  );
  assert.equal(answers.filter(({ body }) => body.code === 'sign_in_failed').length, 3);
  assert.equal(answers.filter(({ body }) => body.code === 'too_many_tries').length, 47);
});

test('the right password forgets the failures before it', async () => {
  const { person, stranger } = await house({ account: 3, address: 4 });
  await person('ana');
  const signIn = async (word: string) =>
    (await stranger.post('/v1/sign-in', { email: 'ana@people.example', password: word })).status;
  for (let round = 0; round < 4; round++) assert.equal(await signIn(password), 200);
  assert.equal(await signIn('wrong password'), 401);
  assert.equal(await signIn('wrong password'), 401);
  assert.equal(await signIn(password), 200);
  assert.equal(await signIn('wrong password'), 401);
});

test('one network cannot try many accounts, whatever addresses it claims to forward', async () => {
  const { stranger, house: opened } = await house({ address: 5 });
  const tried: string[] = [];
  for (let n = 0; n < 7; n++) {
    const { body } = await stranger.request('POST', '/v1/sign-in', {
      body: { email: `person${n}@people.example`, password: 'wrong password' },
      headers: {
        'x-forwarded-for': `203.0.113.${n}`,
        forwarded: `for=203.0.113.${n}`,
        'x-real-ip': '203.0.113.9',
      },
    });
    tried.push(body.code);
  }
  assert.deepEqual(tried, [...Array(5).fill('sign_in_failed'), ...Array(2).fill('too_many_tries')]);
  // The network that is shut out cannot shut accounts out: theirs were not counted.
  assert.equal((await opened.db.query('select from sign_in_tries')).length, 1 + 2 * 5);
});

test('behind a proxy that is trusted by configuration, each forwarded address counts for itself', async () => {
  const { stranger } = await house({ address: 1 }, { trustProxy: 'loopback' });
  const from = async (address: string) => {
    const { body } = await stranger.request('POST', '/v1/sign-in', {
      body: { email: 'nobody@people.example', password: 'wrong password' },
      headers: { 'x-forwarded-for': address },
    });
    return body.code;
  };
  assert.equal(await from('203.0.113.1'), 'sign_in_failed');
  assert.equal(await from('203.0.113.1'), 'too_many_tries');
  assert.equal(await from('203.0.113.2'), 'sign_in_failed');
  assert.equal(await from('198.51.100.1, 203.0.113.2'), 'too_many_tries');
});

/** A house behind a proxy, and how somebody at an address tries to sign in: what they are told. */
async function behindProxy(limits: { account: number; address?: number }) {
  const opened = await house(limits, { trustProxy: 'loopback' });
  const signIn = async (address: string, word: string, email = 'ana@people.example', cookie = '') => {
    const { body, status, headers } = await opened.stranger.request('POST', '/v1/sign-in', {
      body: { email, password: word },
      headers: { 'x-forwarded-for': address, ...(cookie === '' ? {} : { cookie }) },
    });
    const mark = headers.getSetCookie().find((line) => line.startsWith('carat-device='));
    return { said: body.code ?? status, device: mark?.split(';')[0] ?? '' };
  };
  return { ...opened, signIn };
}

test('whoever guesses at an account keeps nobody out but their own network', async () => {
  const { person, signIn } = await behindProxy({ account: 3 });
  await person('ana');
  // One household: the first 64 bits are the same.
  for (const host of [1, 2, 3]) {
    assert.equal((await signIn(`2001:db8:1:2::${host}`, 'wrong password')).said, 'sign_in_failed');
  }
  assert.equal((await signIn('2001:db8:1:2::4', password)).said, 'too_many_tries');
  assert.equal((await signIn('2001:db8:1:3::1', password)).said, 200);
  assert.equal((await signIn('198.51.100.7', password)).said, 200);
  // What the owner did elsewhere forgets nothing of what was tried there.
  assert.equal((await signIn('2001:db8:1:2::4', password)).said, 'too_many_tries');
});

test('guessing from many networks at once is bounded, and the right password gives no more tries', async () => {
  const { person, signIn, clock } = await behindProxy({ account: 1 });
  await person('ana');
  const wrong = async (from: number, to: number) => {
    const networks = Array.from({ length: to - from }, (_, n) => `203.0.113.${from + n}`);
    const answers = await Promise.all(networks.map((network) => signIn(network, 'wrong password')));
    return answers.filter(({ said }) => said === 'sign_in_failed').length;
  };
  assert.equal(await wrong(0, 15), 10);
  assert.equal((await signIn('198.51.100.7', password)).said, 'too_many_tries');
  clock.advance(15 * MINUTE_MS);
  assert.equal(await wrong(0, 6), 6);
  assert.equal((await signIn('198.51.100.7', password)).said, 200);
  assert.equal(await wrong(6, 15), 4);
});

test('a device that the password was given on before is let in however many others guess', async () => {
  const { person, signIn } = await behindProxy({ account: 1, address: 5 });
  await person('ana');
  await person('boris');
  const { device } = await signIn('198.51.100.7', password);
  const { device: ofBo } = await signIn('198.51.100.7', password, 'boris@people.example');
  for (let n = 0; n < 10; n++) await signIn(`203.0.113.${n}`, 'wrong password');
  for (let n = 0; n < 5; n++) await signIn('198.51.100.7', 'wrong password', `nobody${n}@people.example`);

  const ana = 'ana@people.example';
  const [id = '', signature = ''] = device.slice('carat-device='.length).split('.');
  const forged = [`${id}.${'A'.repeat(43)}`, `${'A'.repeat(22)}.${signature}`].map(
    (mark) => `carat-device=${mark}`,
  );
  for (const odd of ['', ofBo, ...forged]) {
    for (const from of ['192.0.2.1', '198.51.100.7']) {
      assert.equal((await signIn(from, password, ana, odd)).said, 'too_many_tries', `${from} ${odd}`);
    }
  }
  assert.equal((await signIn('198.51.100.7', password, ana, device)).said, 200);
  // Whoever holds the device has no more guesses than anybody.
  assert.equal((await signIn('192.0.2.2', 'wrong password', ana, device)).said, 'sign_in_failed');
  assert.equal((await signIn('192.0.2.2', password, ana, device)).said, 'too_many_tries');
});

test('a new password forgets every device but the one where it was given', async () => {
  const { person, signIn } = await behindProxy({ account: 1 });
  const ana = await person('ana');
  const { device: lost } = await signIn('198.51.100.7', password);
  const newPassword = 'another long pass phrase';
  const { headers } = await ana.request('PATCH', '/v1/me/password', {
    body: { currentPassword: password, newPassword },
  });
  const here = headers.getSetCookie().find((line) => line.startsWith('carat-device='));
  assert.match(
    here ?? '',
    /^carat-device=[\w-]{22}\.[\w-]{43}; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  for (let n = 0; n < 10; n++) await signIn(`203.0.113.${n}`, 'wrong password');
  const email = 'ana@people.example';
  assert.equal((await signIn('192.0.2.1', newPassword, email, lost)).said, 'too_many_tries');
  assert.equal((await signIn('192.0.2.1', newPassword, email, here?.split(';')[0])).said, 200);
});

test('guesses at the sign-in do not keep a person from changing the password', async () => {
  const { person, stranger } = await house({ account: 1 });
  const ana = await person('ana');
  for (let n = 0; n < 12; n++)
    await stranger.post('/v1/sign-in', { email: 'ana@people.example', password: 'wrong' });
  const change = (currentPassword: string) =>
    ana.request('PATCH', '/v1/me/password', {
      body: { currentPassword, newPassword: `${password} and more` },
    });
  assert.equal((await change('wrong password')).body.code, 'wrong_password');
  assert.equal((await change(password)).body.code, 'too_many_tries');
});

test('a new password ends every other session and the old password', async () => {
  const { origin, person, stranger } = await house();
  const ana = await person('ana');
  const before = ana.cookie;
  const phone = hands(origin, '');
  await phone.post('/v1/sign-in', { email: 'ana@people.example', password });
  const change = (body: object) => ana.request('PATCH', '/v1/me/password', { body });
  const newPassword = 'another long pass phrase';
  assert.equal((await change({ currentPassword: 'wrong', newPassword })).body.code, 'wrong_password');
  assert.equal(
    (await change({ currentPassword: password, newPassword: 'ana' })).body.code,
    'password_too_weak',
  );
  assert.equal(await me(origin, phone.cookie), 'ana');

  assert.equal((await change({ currentPassword: password, newPassword })).status, 204);
  assert.notEqual(ana.cookie, before);
  assert.deepEqual(await Promise.all([before, phone.cookie, ana.cookie].map((one) => me(origin, one))), [
    null,
    null,
    'ana',
  ]);
  const signIn = async (word: string) =>
    (await stranger.post('/v1/sign-in', { email: 'ana@people.example', password: word })).status;
  assert.equal(await signIn(password), 401);
  assert.equal(await signIn(newPassword), 200);
});

test('a password typed in another normal form is the same password', async () => {
  const { stranger } = await house();
  const body = { email: 'zoe@people.example', displayName: 'Zoë', handle: 'zoe', dateOfBirth: '1995-05-05' };
  await stranger.post('/v1/sign-up', { ...body, password: 'die schönste Stimme' });
  const answer = await stranger.post('/v1/sign-in', {
    email: body.email,
    password: 'die schönste Stimme'.normalize('NFD'),
  });
  assert.equal(answer.status, 200);
});

test('a page of another site cannot sign anybody in, out or up', async () => {
  const { person } = await house();
  const ana = await person('ana');
  const tries: [path: string, headers: Record<string, string>][] = [
    ['/v1/sign-out', { origin: 'https://evil.example' }],
    ['/v1/sign-out', { origin: 'null' }],
    ['/v1/sign-in', { origin: 'https://evil.example' }],
    ['/v1/sign-up', { origin: 'https://evil.example', 'content-type': 'text/plain' }],
  ];
  for (const [path, headers] of tries) {
    const { body } = await ana.request('POST', path, { headers, body: {} });
    assert.equal(body.code, 'foreign_origin', `${path} ${headers.origin}`);
  }
  assert.equal((await ana.get('/v1/session')).body.me.handle, 'ana');
});

test('nothing that reads changes anything: the state routes take no GET', async () => {
  const { person } = await house();
  const ana = await person('ana');
  for (const path of ['/v1/sign-out', '/v1/me/creator', '/v1/users/ana/follow', '/v1/me/date-of-birth']) {
    assert.equal((await ana.get(path)).status, 404, path);
  }
  assert.equal((await ana.get('/v1/session')).body.me.handle, 'ana');
});

test('odd cookies are nobody, and nothing breaks', async () => {
  const { origin, person } = await house();
  const { cookie } = await person('ana');
  const token = cookie.split('=')[1] ?? '';
  for (const odd of [
    'carat',
    'carat=',
    'carat=%00',
    `carat="${token}"`,
    `carat=${token}x`,
    `xcarat=${token}`,
    ';;=;',
    'a'.repeat(5_000),
  ]) {
    assert.equal(await me(origin, odd), null, odd.slice(0, 30));
  }
  assert.equal(await me(origin, `other=1; carat=${token}; last=2`), 'ana');
  assert.equal(await me(origin, `carat=planted; carat=${token}`), 'ana');
});

test('sessions and tries that are over are removed by the hourly round', async () => {
  const { house: opened, person, stranger, clock } = await house();
  await person('ana');
  await stranger.post('/v1/sign-in', { email: 'no@people.example', password: 'wrong password' });
  await sweep(opened);
  assert.equal(await sessions(opened), 1);
  clock.advance(14 * DAY_MS + HOUR_MS);
  await sweep(opened);
  assert.equal(await sessions(opened), 0);
  assert.equal((await opened.db.query('select from sign_in_tries')).length, 0);
});
