import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { giveCoins } from '../../test/gift-scene.ts';
import { enterHouse, type Said, type TestSocket } from '../../test/socket.ts';
import { type Person, type TestHouse, testHouse } from '../../test/test-house.ts';
import { MINUTE_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { useStages } from '../gifts/index.ts';
import { livingOf } from './living.ts';
import { stageDirectory } from './stage-directory.ts';

// The gift scene has stages of its own; here they are the real ones.
useStages(stageDirectory);

const clock = testClock(Date.now());

async function openRoom(house: TestHouse, handle: string): Promise<Person> {
  const host = await house.person(handle);
  assert.equal((await host.post('/v1/me/creator', {})).status, 200);
  const started = await host.post('/v1/stages/start', { title: 'Late night' });
  assert.equal(started.status, 201, JSON.stringify(started.body));
  return host;
}

async function sit(house: TestHouse, person: Parameters<typeof enterHouse>[1], stage: string) {
  const socket = await enterHouse(house.origin, person);
  socket.send({ t: 'join', stage });
  await socket.next('joined');
  return socket;
}

/** Says something as soon as the policy lets them, and answers what came back. */
async function say(socket: TestSocket, stage: string, text: string, more: object = {}): Promise<Said> {
  clock.advance(1_000);
  const key = newId();
  socket.send({ t: 'chat', key, stage, text, ...more });
  const answered = () => socket.said.find((frame) => frame.key === key);
  await socket.until(() => answered() !== undefined);
  return answered();
}

const linesSeen = (socket: TestSocket) => socket.said.flatMap((frame) => frame.chat ?? []);
const sees = (socket: TestSocket, id: string) =>
  socket.until(() => linesSeen(socket).some((line) => line.id === id));
const event = async (socket: TestSocket, type: string, fits: (event: Said) => boolean = () => true) => {
  const find = () => socket.events().find((one) => one.type === type && fits(one));
  await socket.until(() => find() !== undefined);
  return find();
};
const idOf = (person: Person) => parsePublicId('user', person.id) as Uuid;

suite('a room', async () => {
  const house = await testHouse({ clock });
  const mira = await openRoom(house, 'mira');
  const [koji, oona, ben] = [
    await house.person('koji'),
    await house.person('oona'),
    await house.person('ben'),
  ];
  const shown = async (asker: { get: Person['get'] } = house.stranger) =>
    (await asker.get('/v1/stages/mira')).body.stage;

  test('a reply quotes what it answers, shortly, for everybody and on the page', async () => {
    const [speaker, viewer] = [await sit(house, koji, 'mira'), await sit(house, house.stranger, 'mira')];
    const first = await say(speaker, 'mira', 'a'.repeat(150));
    const answer = await say(await sit(house, oona, 'mira'), 'mira', 'so true', { replyTo: first.id });
    await sees(viewer, answer.id);
    const quote = { id: first.id, handle: 'koji', displayName: 'koji', text: `${'a'.repeat(79)}…` };
    assert.deepEqual(linesSeen(viewer).find(({ id }) => id === answer.id).replyTo, quote);
    const { chat } = await shown();
    assert.deepEqual(
      chat.map((line: Said) => [line.id, line.replyTo]),
      [
        [first.id, undefined],
        [answer.id, quote],
      ],
    );
    for (const replyTo of [`chat_${'0'.repeat(32)}`, 'nonsense']) {
      const refused = await say(speaker, 'mira', 'to nobody', { replyTo });
      assert.match(refused.problem.code, /^(chat_reply_gone|invalid_request)$/);
    }
  });

  test('only the creator and whom they named keep order', async () => {
    const { chat } = await shown();
    const tries: [string, string][] = [
      ['POST', `/v1/stages/mira/lines/${chat[0].id}/removal`],
      ['PUT', `/v1/stages/mira/lines/${chat[0].id}/pin`],
      ['DELETE', '/v1/stages/mira/pin'],
      ['PUT', '/v1/stages/mira/mutes/oona'],
      ['DELETE', '/v1/stages/mira/mutes/oona'],
      ['PUT', '/v1/stages/mira/bans/oona'],
      ['DELETE', '/v1/stages/mira/bans/oona'],
    ];
    for (const [method, path] of tries) {
      const answer = await koji.request(method, path, method === 'DELETE' ? {} : { body: {} });
      assert.deepEqual([answer.status, answer.body.code], [403, 'not_a_moderator'], `${method} ${path}`);
    }
    assert.equal((await koji.get('/v1/me/stage/room')).status, 403);
    assert.equal((await shown()).chat.length, 2);
  });

  test('a named moderator keeps order among fans, not above; everything is on record', async () => {
    const page = await sit(house, ben, 'mira');
    const named = await mira.request('PUT', '/v1/me/stage/moderators/BEN');
    assert.deepEqual(
      named.body.room.moderators.map(({ handle }: { handle: string }) => handle),
      ['ben'],
    );
    assert.equal((await page.next('you')).you.role, 'moderator');
    assert.equal((await shown(ben)).you.role, 'moderator');
    const line = await say(page, 'mira', 'hello from a moderator');
    await sees(page, line.id);
    assert.deepEqual(linesSeen(page).find(({ id }) => id === line.id).user.badges, ['mod']);

    const hostLine = await say(await sit(house, mira, 'mira'), 'mira', 'welcome');
    const aboveThem = [
      await ben.post(`/v1/stages/mira/lines/${hostLine.id}/removal`),
      await ben.request('PUT', '/v1/stages/mira/mutes/mira', { body: { minutes: 5 } }),
      await ben.request('PUT', '/v1/stages/mira/bans/ben', { body: {} }),
      await mira.request('PUT', '/v1/stages/mira/bans/mira', { body: {} }),
    ];
    for (const { body } of aboveThem) assert.equal(body.code, 'not_theirs_to_moderate');
    assert.equal((await mira.request('PUT', '/v1/me/stage/moderators/mira')).status, 403);
    assert.equal((await mira.request('PUT', '/v1/me/stage/moderators/nobody')).status, 404);
  });

  test('a removed line is gone for everybody, from quotes, from the pin and from the page, but not from the record', async () => {
    const viewer = await sit(house, house.stranger, 'mira');
    const speaker = await sit(house, koji, 'mira');
    const line = await say(speaker, 'mira', 'something rude');
    await sees(viewer, line.id);
    const answer = await say(await sit(house, oona, 'mira'), 'mira', 'please not', { replyTo: line.id });
    assert.equal((await ben.request('PUT', `/v1/stages/mira/lines/${line.id}/pin`)).status, 204);
    assert.deepEqual((await shown()).pinned, { text: 'something rude', lineId: line.id, author: 'koji' });
    const gone = await ben.post(`/v1/stages/mira/lines/${line.id}/removal`, { reason: 'Insult' });
    assert.equal(gone.status, 204, JSON.stringify(gone.body));
    const told = await event(viewer, 'chatRemoved');
    assert.deepEqual([told.lineIds, told.ofUser], [[line.id], null]);
    await event(viewer, 'roomPin', ({ text }) => text === null);
    const { chat, pinned } = await shown();
    assert.equal(pinned, null);
    assert.ok(chat.every(({ id }: Said) => id !== line.id));
    assert.equal(chat.find(({ id }: Said) => id === answer.id).replyTo, undefined);
    assert.equal((await ben.post(`/v1/stages/mira/lines/${line.id}/removal`)).status, 404);
    assert.equal((await say(speaker, 'mira', 'to it', { replyTo: line.id })).problem.code, 'chat_reply_gone');
    const { body } = await mira.get('/v1/me/stage/acts?limit=2');
    const [removed, pin] = body.items;
    assert.deepEqual(
      [removed.act, removed.by.handle, removed.whom.handle, removed.reason, removed.line.text, pin.act],
      ['remove', 'ben', 'koji', 'Insult', 'something rude', 'pin'],
    );
    const rest = await mira.get(`/v1/me/stage/acts?limit=2&cursor=${body.nextCursor}`);
    assert.deepEqual(
      rest.body.items.map((act: Said) => [act.act, act.whom?.handle]),
      [['name_moderator', 'ben']],
    );
    await assert.rejects(house.house.db.query('delete from stage_acts'));
    await assert.rejects(house.house.db.query(`update stage_acts set reason = 'x'`));
    await assert.rejects(house.house.db.query('delete from chat_removals'));
  });

  test('slow mode: everybody hears of it, fans wait and are told how long, the creator and moderators do not', async () => {
    const viewer = await sit(house, house.stranger, 'mira');
    for (const odd of [{ slowSeconds: -1 }, { slowSeconds: 301 }, { slowSeconds: 1.5 }, { slow: 3 }]) {
      assert.equal((await mira.request('PATCH', '/v1/me/stage/room', { body: odd })).status, 400);
    }
    const set = await mira.request('PATCH', '/v1/me/stage/room', { body: { slowSeconds: 30 } });
    assert.deepEqual([set.status, set.body.room.slowSeconds], [200, 30]);
    assert.equal((await event(viewer, 'roomRules')).slowSeconds, 30);
    assert.equal((await shown()).slowSeconds, 30);
    const [fan, again, host, moderator] = [
      await sit(house, oona, 'mira'),
      await sit(house, oona, 'mira'),
      await sit(house, mira, 'mira'),
      await sit(house, ben, 'mira'),
    ];
    clock.advance(30_000);
    assert.equal((await say(fan, 'mira', 'one')).t, 'chat.ok');
    clock.advance(6_400);
    const { problem } = await say(again, 'mira', 'two');
    assert.deepEqual(
      [problem.code, problem.status, problem.data],
      ['chat_slow', 429, { everySeconds: 30, seconds: 23 }],
    );
    for (const free of [host, moderator]) {
      for (const text of ['x', 'y']) assert.equal((await say(free, 'mira', text)).t, 'chat.ok');
    }
    clock.advance(30_000);
    assert.equal((await say(again, 'mira', 'three')).t, 'chat.ok');
    assert.equal(
      (await mira.request('PATCH', '/v1/me/stage/room', { body: { slowSeconds: 0 } })).status,
      200,
    );
    assert.equal((await say(again, 'mira', 'four')).t, 'chat.ok');
  });

  test('filtered words are shown to nobody and their writer is told kindly; the creator may say them', async () => {
    for (const [filterWords, rule] of [
      [['a'], /at least two letters/],
      [['x'.repeat(41)], /at most 40 letters/],
      [['a\u202Eb'], /has an entry/],
    ] as const) {
      const { status, body } = await mira.request('PATCH', '/v1/me/stage/room', { body: { filterWords } });
      assert.deepEqual([status, body.code], [400, 'moderation_invalid']);
      assert.match(body.detail, rule);
    }
    const many = Array.from({ length: 201 }, (_, index) => `word${index}`);
    assert.equal(
      (await mira.request('PATCH', '/v1/me/stage/room', { body: { filterWords: many } })).status,
      400,
    );
    const set = await mira.request('PATCH', '/v1/me/stage/room', {
      body: { filterWords: ['Buy followers', 'loser', 'loser'] },
    });
    assert.deepEqual(set.body.room.filterWords, ['Buy followers', 'loser']);
    const fan = await sit(house, koji, 'mira');
    const hidden = await say(fan, 'mira', 'you l0ser!');
    assert.deepEqual([hidden.problem.code, hidden.problem.status], ['chat_filtered', 422]);
    assert.match(hidden.problem.detail, /Nobody saw this message: mira keeps/);
    assert.ok(!JSON.stringify(hidden).includes('loser'), 'the list itself is told to nobody');
    assert.equal((await say(fan, 'mira', 'closer to you')).t, 'chat.ok');
    assert.equal((await say(await sit(house, mira, 'mira'), 'mira', 'I am a loser')).t, 'chat.ok');
    assert.ok(!JSON.stringify(await shown()).includes('you l0ser'));
  });

  test('a muted person is told until when, may watch, and speaks again after it', async () => {
    const fan = await sit(house, koji, 'mira');
    for (const minutes of [0, 10_081, 1.5, '5']) {
      const odd = await ben.request('PUT', '/v1/stages/mira/mutes/koji', { body: { minutes } });
      assert.equal(odd.status, 400);
    }
    const muted = await ben.request('PUT', '/v1/stages/mira/mutes/koji', {
      body: { minutes: 5, reason: 'Spam' },
    });
    assert.equal(muted.status, 204);
    const until = new Date(clock.now() + 5 * MINUTE_MS).toISOString();
    assert.deepEqual((await fan.next('you')).you, { role: null, mutedUntil: until, banned: false });
    const { problem } = await say(fan, 'mira', 'hello?');
    assert.deepEqual([problem.code, problem.data.until], ['chat_muted', until]);
    const { room } = (await mira.get('/v1/me/stage/room')).body;
    assert.deepEqual(
      room.muted.map((one: Said) => [one.handle, one.until]),
      [['koji', until]],
    );
    assert.equal((await shown(koji)).you.mutedUntil, until);
    clock.advance(5 * MINUTE_MS);
    assert.equal((await say(fan, 'mira', 'back')).t, 'chat.ok');
    assert.equal((await shown(koji)).you.mutedUntil, null);
    await ben.request('PUT', '/v1/stages/mira/mutes/koji', { body: { minutes: 60 } });
    assert.equal((await ben.request('DELETE', '/v1/stages/mira/mutes/koji')).status, 204);
    await fan.next('you', ({ you }) => you.mutedUntil === null);
    assert.equal((await say(fan, 'mira', 'thanks')).t, 'chat.ok');
  });

  test('a banned person is put out: no joining, writing or gifts, their lines are gone, and may come back', async () => {
    const [fan, viewer] = [await sit(house, koji, 'mira'), await sit(house, house.stranger, 'mira')];
    const line = await say(fan, 'mira', 'you will all be sorry');
    await sees(viewer, line.id);
    await giveCoins(house.house, idOf(koji), 100n);
    const stage = await shown();
    assert.equal(
      (await mira.request('PUT', '/v1/stages/mira/bans/koji', { body: { reason: 'Threats' } })).status,
      204,
    );
    assert.equal((await fan.next('you', ({ you }) => you.banned)).stage, 'mira');
    assert.equal((await fan.next('left')).stage, 'mira');
    assert.equal((await event(viewer, 'chatRemoved', ({ ofUser }) => ofUser === koji.id)).lineIds.length, 0);
    assert.ok((await shown()).chat.every(({ user }: Said) => user.handle !== 'koji'));
    fan.send({ t: 'join', stage: 'mira' });
    assert.equal((await fan.next('refused')).problem.code, 'banned_from_stage');
    assert.equal((await say(fan, 'mira', 'let me in')).problem.code, 'banned_from_stage');
    const gift = await koji.post('/v1/gifts', { stageId: stage.id, giftId: 'rose', quantity: 1 }, newId());
    assert.deepEqual([gift.status, gift.body.code], [403, 'banned_from_stage']);
    assert.match(gift.body.detail, /mira does not want you on this stage/);
    assert.equal((await koji.get('/v1/me/wallet')).body.coins.units, '100');
    assert.deepEqual((await shown(koji)).you, { role: null, mutedUntil: null, banned: true });
    // Elsewhere they are as welcome as before.
    assert.equal((await koji.get('/v1/me/explain/send')).body.passed, true);

    assert.equal((await mira.request('DELETE', '/v1/stages/mira/bans/koji')).status, 204);
    await fan.next('you', ({ you }) => !you.banned);
    fan.send({ t: 'join', stage: 'mira' });
    await fan.next('joined');
    assert.equal((await say(fan, 'mira', 'sorry')).t, 'chat.ok');
    const sent = await koji.post('/v1/gifts', { stageId: stage.id, giftId: 'rose', quantity: 1 }, newId());
    assert.equal(sent.status, 201, JSON.stringify(sent.body));
  });

  test('a moderator who is banned by the creator is one no more', async () => {
    assert.equal((await mira.request('PUT', '/v1/stages/mira/bans/ben', { body: {} })).status, 204);
    const { room } = (await mira.get('/v1/me/stage/room')).body;
    assert.deepEqual([room.moderators, room.banned.map(({ handle }: Said) => handle)], [[], ['ben']]);
    const late = await ben.request('PUT', '/v1/stages/mira/mutes/koji', { body: {} });
    assert.equal(late.body.code, 'not_a_moderator');
    assert.equal((await mira.request('PUT', '/v1/me/stage/moderators/ben')).status, 200);
    const after = (await mira.get('/v1/me/stage/room')).body.room;
    assert.deepEqual([after.moderators.length, after.banned], [1, []]);
    assert.deepEqual((await mira.request('DELETE', '/v1/me/stage/moderators/ben')).body.room.moderators, []);
  });

  test('many acts at once are one after the other, and too many are refused', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        mira.request('PATCH', '/v1/me/stage/room', { body: { slowSeconds: index % 2 } }),
      ),
    );
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length > 0 && refused.every(({ body }) => body.code === 'too_many_acts'));
    assert.ok(answers.every(({ status }) => status === 200 || status === 429));
  });
});

suite('two server processes', async () => {
  const one = await testHouse({ clock });
  const two = await testHouse({
    clock,
    databaseUrl: one.databaseUrl,
    config: { secrets: one.house.config.secrets },
  });
  const mira = await openRoom(one, 'mira');
  const koji = await one.person('koji');

  test('what is decided through one holds in the other at once', async () => {
    const there = await enterHouse(two.origin, koji);
    there.send({ t: 'join', stage: 'mira' });
    await there.next('joined');
    const line = await say(there, 'mira', 'rude');
    const here = await sit(one, one.stranger, 'mira');
    await here.until(() => livingOf(one.house).house.hub.inCompany());
    assert.equal((await mira.post(`/v1/stages/mira/lines/${line.id}/removal`)).status, 204);
    await event(there, 'chatRemoved', ({ lineIds }) => lineIds.includes(line.id));
    await mira.request('PUT', '/v1/stages/mira/mutes/koji', { body: { minutes: 1 } });
    await there.next('you', ({ you }) => you.mutedUntil !== null);
    assert.equal((await say(there, 'mira', 'still here')).problem.code, 'chat_muted');
    await mira.request('PUT', '/v1/stages/mira/bans/koji', { body: {} });
    await there.next('left');
    there.send({ t: 'join', stage: 'mira' });
    assert.equal((await there.next('refused', ({ key }) => key === null)).problem.code, 'banned_from_stage');
  });
});
