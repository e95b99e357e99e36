import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Person, testHouse } from '../../test/test-house.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { policy } from '../policy/index.ts';
import { identity } from './index.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const clock = testClock(NOW);
const { house, person, stranger } = await testHouse({ slices: [policy, identity], clock });

const edit = (who: Person, body: object) => who.request('PATCH', '/v1/me', { body });

test('a profile changes where it is asked to and nowhere else', async () => {
  const ana = await person('ana');
  const { body } = await edit(ana, { displayName: ' Ana  of the sea ', bio: 'I sing.\r\nEvery day.' });
  assert.equal(body.me.displayName, 'Ana of the sea');
  assert.equal(body.me.bio, 'I sing.\nEvery day.');
  const next = await edit(ana, { avatar: 'fox', bio: '' });
  assert.deepEqual(
    [next.body.me.avatar, next.body.me.bio, next.body.me.displayName, next.body.me.handle],
    ['fox', '', 'Ana of the sea', 'ana'],
  );
});

test('whether rankings name a person is theirs to say, and the newest word counts', async () => {
  const shy = await person('shy');
  const inRanks = async () => (await shy.get('/v1/session')).body.me.inRanks;
  assert.equal(await inRanks(), true);
  for (const wish of [false, false, true, false]) {
    assert.equal((await edit(shy, { inRanks: wish })).body.me.inRanks, wish);
    assert.equal(await inRanks(), wish);
  }
  assert.equal((await edit(shy, { bio: 'x' })).body.me.inRanks, false);
  assert.equal((await edit(shy, { inRanks: 'no' })).status, 400);
});

test('what a profile does not have is refused, and nothing changes', async () => {
  const mal = await person('mal');
  const before = (await mal.get('/v1/session')).body.me;
  const tries: [body: object, code: string, field: string][] = [
    [{ roles: ['operator'] }, 'invalid_request', '/roles'],
    [{ role: 'operator', bio: 'x' }, 'invalid_request', '/role'],
    [{ dateOfBirth: '1990-01-01' }, 'invalid_request', '/dateOfBirth'],
    [{ email: 'other@people.example' }, 'invalid_request', '/email'],
    [{ followers: 5 }, 'invalid_request', '/followers'],
    [{ id: 'user_00000000000000000000000000000000' }, 'invalid_request', '/id'],
    [{ avatar: '../../etc/passwd' }, 'invalid_request', '/avatar'],
    [{ avatar: 'https://evil.example/a.png' }, 'invalid_request', '/avatar'],
    [{ displayName: null }, 'invalid_request', '/displayName'],
    [{}, 'invalid_request', ''],
    [{ displayName: '\u200B' }, 'display_name_invalid', '/displayName'],
    [{ displayName: 'Official Mal' }, 'display_name_invalid', '/displayName'],
    [{ bio: 'x\u202Ey' }, 'bio_invalid', '/bio'],
    [{ bio: 'x'.repeat(301) }, 'bio_invalid', '/bio'],
    [{ bio: 'fine', handle: 'admin' }, 'handle_reserved', '/handle'],
    [{ bio: 'fine', handle: 'аna' }, 'handle_invalid', '/handle'],
    [{ bio: 'fine', handle: 'an_a' }, 'handle_taken', '/handle'],
  ];
  for (const [change, code, field] of tries) {
    const { body } = await edit(mal, change);
    assert.deepEqual([body.code, body.field], [code, field], JSON.stringify(change));
  }
  assert.deepEqual((await mal.get('/v1/session')).body.me, before);
});

test('a handle changes once in 30 days, and for so long nobody else gets the old one', async () => {
  const mira = await person('mira');
  assert.equal((await edit(mira, { handle: 'Mira.Sings' })).body.me.handle, 'mira.sings');
  assert.equal((await stranger.get('/v1/users/mira')).status, 404);
  assert.equal((await stranger.get('/v1/users/MIRA.sings')).body.user.displayName, 'mira');
  const again = await edit(mira, { handle: 'mira_2' });
  assert.deepEqual(
    [again.body.code, again.body.data.from],
    ['handle_change_too_soon', '2026-12-22T12:00:00.000Z'],
  );
  // The same handle again is no change.
  assert.equal((await edit(mira, { handle: 'mira.sings' })).status, 200);

  const eve = await person('eve');
  assert.equal((await edit(eve, { handle: 'm1ra' })).body.code, 'handle_taken');
  await assert.rejects(person('mira', { email: 'mira2@people.example' }), /handle_taken/);
  clock.advance(30 * DAY_MS - 1);
  const eveAgain = await stranger.post('/v1/sign-in', {
    email: 'eve@people.example',
    password: 'a long enough pass phrase',
  });
  assert.equal(eveAgain.status, 200);
  clock.set(NOW);
});

test('the old handle is free again after 30 days, and its owner may always go back after them', async () => {
  const owner = await person('harbour');
  assert.equal((await edit(owner, { handle: 'harbour_old' })).status, 200);
  clock.advance(30 * DAY_MS);
  const other = await person('harb0ur');
  assert.equal(other.handle, 'harb0ur');
  clock.set(NOW);
});

test('of two people who change to one handle at once, one gets it', async () => {
  const [one, two] = [await person('one_x'), await person('two_x')];
  const answers = await Promise.all([edit(one, { handle: 'both' }), edit(two, { handle: 'b0th' })]);
  assert.deepEqual(answers.map(({ body }) => body.code ?? 'changed').sort(), ['changed', 'handle_taken']);
});

test('a date of birth can be corrected once, and each change is kept', async () => {
  const kid = await person('kid', { dateOfBirth: '2010-01-01' });
  const give = async (dateOfBirth: string) => (await kid.post('/v1/me/date-of-birth', { dateOfBirth })).body;
  assert.equal((await give('2010-01-01')).me.adult, false); // the same again is no correction
  assert.equal((await give('2008-02-30')).code, 'date_of_birth_invalid');
  assert.equal((await give('2020-01-01')).code, 'too_young_to_sign_up');
  assert.equal((await kid.get('/v1/me/explain/send')).body.passed, false);
  assert.equal((await give('2008-11-22')).me.adult, true);
  const { checks } = (await kid.get('/v1/me/explain/send')).body;
  assert.deepEqual(
    checks.filter(({ passed }: { passed: boolean }) => !passed).map(({ code }: { code: string }) => code),
    ['insufficient_coins'],
  );
  const locked = await give('1990-01-01');
  assert.deepEqual([locked.code, locked.data.times], ['date_of_birth_locked', 1]);
  assert.equal((await give('2008-11-22')).me.dateOfBirth, '2008-11-22');

  const changes = await house.db.query(
    `select old_date, new_date from date_of_birth_changes c join users u on u.id = c.user_id where u.handle = 'kid'`,
  );
  assert.deepEqual(changes, [{ old_date: '2010-01-01', new_date: '2008-11-22' }]);
});

test('of many corrections at once, one is made', async () => {
  const kim = await person('kim', { dateOfBirth: '2010-01-01' });
  const answers = await Promise.all(
    ['1990-01-01', '1991-01-01', '1992-01-01', '1993-01-01'].map((dateOfBirth) =>
      kim.post('/v1/me/date-of-birth', { dateOfBirth }),
    ),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ body }) => body.code === 'date_of_birth_locked').length, 3);
});

test('others see a person, but not their e-mail address or date of birth', async () => {
  const { body } = await stranger.get('/v1/users/ana');
  assert.deepEqual(Object.keys(body.user).sort(), [
    'avatar',
    'bio',
    'displayName',
    'followers',
    'following',
    'handle',
    'id',
    'live',
    'roles',
  ]);
  for (const odd of ['nobody_here', '%00', '..%2Fme', 'аna', 'a'.repeat(99)]) {
    const answer = await stranger.get(`/v1/users/${odd}`);
    assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'], odd);
  }
});
