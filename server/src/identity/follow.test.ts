import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testHouse } from '../../test/test-house.ts';
import { parsePublicId } from '../core/ids.ts';
import { adoptPolicy, PRESETS, policy } from '../policy/index.ts';
import { followedBy, identity, whenFollowed } from './index.ts';

const { house, person, stranger } = await testHouse({ slices: [policy, identity] });
const mira = await person('mira');
const nova = await person('nova');
const ana = await person('ana');

const follow = (who: typeof ana, handle: string) => who.request('PUT', `/v1/users/${handle}/follow`);
const unfollow = (who: typeof ana, handle: string) => who.request('DELETE', `/v1/users/${handle}/follow`);
const counts = async () =>
  house.db.query<{ handle: string; ok: boolean }>(
    `select handle, followers = (select count(*) from follows where followed_id = u.id)
       and following = (select count(*) from follows where follower_id = u.id) as ok from users u order by handle`,
  );

test('following is seen by the follower and counted for everyone; twice is once', async () => {
  const heard: string[] = [];
  whenFollowed('test', (_house, { followedId }) => heard.push(followedId));
  assert.deepEqual((await follow(ana, 'mira')).body, { following: true, followers: 1 });
  assert.deepEqual((await follow(ana, 'MIRA')).body, { following: true, followers: 1 });
  assert.deepEqual(heard, [parsePublicId('user', mira.id)]);
  assert.equal((await ana.get('/v1/users/mira')).body.user.following, true);
  assert.equal((await nova.get('/v1/users/mira')).body.user.following, false);
  assert.equal((await stranger.get('/v1/users/mira')).body.user.followers, 1);
  assert.equal((await ana.get('/v1/session')).body.me.following, 1);
  await follow(ana, 'nova');
  assert.deepEqual(
    await followedBy(house.db, parsePublicId('user', ana.id) ?? ''),
    [nova, mira].map(({ id }) => parsePublicId('user', id)),
  );
});

test('no longer following takes it back; twice is once', async () => {
  assert.deepEqual((await unfollow(ana, 'mira')).body, { following: false, followers: 0 });
  assert.deepEqual((await unfollow(ana, 'mira')).body, { following: false, followers: 0 });
  assert.equal((await ana.get('/v1/session')).body.me.following, 1);
});

test('nobody follows themselves, nobody or as nobody', async () => {
  assert.equal((await follow(ana, 'ana')).body.code, 'cannot_follow_yourself');
  assert.equal((await follow(ana, 'nobody')).body.code, 'not_found');
  assert.equal((await follow(stranger as typeof ana, 'mira')).body.code, 'not_signed_in');
});

test('many who follow each other and stop at once leave true counts, and nobody waits for ever', async () => {
  const people = [mira, nova, ana];
  const moves = people.flatMap((who) =>
    people
      .filter((other) => other !== who)
      .flatMap((other) => [1, 2, 3].flatMap(() => [follow(who, other.handle), unfollow(who, other.handle)])),
  );
  const answers = await Promise.all(moves);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.ok((await counts()).every(({ ok }) => ok));
});

test('the most one may follow is kept, also when several are followed at once', async () => {
  const document = structuredClone(PRESETS.carat.document);
  document.people.followingMax = 1;
  await adoptPolicy(house.db, {
    document,
    preset: 'carat',
    effectiveFrom: new Date(),
    author: null,
    reason: 'A trial.',
    nowMs: Date.now() - 1_000,
  });
  const bea = await person('bea');
  const answers = await Promise.all(['mira', 'nova', 'ana'].map((handle) => follow(bea, handle)));
  assert.deepEqual(answers.map(({ body }) => body.code ?? 'followed').sort(), [
    'followed',
    'following_full',
    'following_full',
  ]);
  assert.ok((await counts()).every(({ ok }) => ok));
});
