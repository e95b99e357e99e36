import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fan, giveCoins } from '../../test/gift-scene.ts';
import { enterHouse, type TestSocket } from '../../test/socket.ts';
import { type Person, type TestHouse, testHouse } from '../../test/test-house.ts';
import { testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { useStages } from '../gifts/index.ts';
import { forgetFacts } from '../identity/gates.ts';
import { freezeAccount } from '../identity/index.ts';
import { adoptPolicy, PRESETS } from '../policy/index.ts';
import { livingOf } from './living.ts';
import { stageDirectory } from './stage-directory.ts';

// The gift scene has stages of its own; here they are the real ones.
useStages(stageDirectory);

async function creator(town: TestHouse, handle: string): Promise<Person> {
  const person = await town.person(handle);
  const opened = await person.post('/v1/me/creator', {});
  assert.equal(opened.status, 200, JSON.stringify(opened.body));
  return person;
}

async function goLive(person: Person, more: object = {}) {
  const answer = await person.post('/v1/stages/start', { title: 'Late night', hashtags: ['music'], ...more });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.stage;
}

const ids = (page: { items: { handle: string }[] }) => page.items.map(({ handle }) => handle);
const idOf = (person: { id: string }) => parsePublicId('user', person.id) as Uuid;

suite('a live', async () => {
  const clock = testClock(Date.now());
  const house = await testHouse({ clock });
  const mira = await creator(house, 'mira');
  const koji = await house.person('koji');

  test('a creator has a stage before the first live', async () => {
    const { status, body } = await house.stranger.get('/v1/stages/MIRA');
    assert.equal(status, 200);
    assert.deepEqual(
      [body.stage.live, body.stage.giftsOn, body.stage.seq, body.stage.title, body.stage.chat],
      [false, false, 0, '', []],
    );
    for (const nobody of ['koji', 'nobody', 'a%20b', 'a'.repeat(100)]) {
      assert.equal((await house.stranger.get(`/v1/stages/${nobody}`)).status, 404, nobody);
    }
  });

  test('is started by its creator alone, once, with clean words', async () => {
    assert.equal((await house.stranger.post('/v1/stages/start', { title: 'x' })).status, 401);
    assert.equal((await koji.post('/v1/stages/start', { title: 'x' })).status, 403);
    const bad: [object, string][] = [
      [{}, '/title'],
      [{ title: ' ' }, '/title'],
      [{ title: 'a\u202Eb' }, '/title'],
      [{ title: 'ok', hashtags: ['two words'] }, '/hashtags'],
      [{ title: 'ok', scene: 'moon' }, '/scene'],
      [{ title: 'ok', goal: { title: 'Encore', targetUnits: '0' } }, '/goal/targetUnits'],
      [{ title: 'ok', goal: { title: 'Encore', targetUnits: 10_000 } }, '/goal/targetUnits'],
      [{ title: 'ok', live: true }, '/live'],
    ];
    for (const [body, field] of bad) {
      const answer = await mira.post('/v1/stages/start', body);
      assert.deepEqual([answer.status, answer.body.field], [400, field], JSON.stringify(body));
    }
    const starts = await Promise.all(
      Array.from({ length: 8 }, () =>
        mira.post('/v1/stages/start', {
          title: 'Late night',
          hashtags: ['#Music', 'jazz'],
          category: 'Music',
          scene: 'lamp',
          goal: { title: 'Encore', targetUnits: '10000' },
          pinned: 'Requests open',
        }),
      ),
    );
    assert.deepEqual(starts.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409, 409, 409]);
    const { stage } = (await house.stranger.get('/v1/stages/mira')).body;
    assert.equal(stage.live, true);
    assert.deepEqual(stage.hashtags, ['music', 'jazz']);
    assert.deepEqual(stage.goal, {
      title: 'Encore',
      units: '0',
      targetUnits: '10000',
      display: '0 of 10 Diamonds',
    });
    assert.deepEqual(
      [stage.pinned, stage.giftsOn, stage.scene],
      [{ text: 'Requests open', lineId: null, author: null }, true, 'lamp'],
    );
    assert.equal((await house.stranger.get('/v1/users/mira')).body.user.live, true);
  });

  test('chat: kept, shown to everybody, the same key once, too fast refused', async () => {
    const [speaker, listener] = [
      await enterHouse(house.origin, koji),
      await enterHouse(house.origin, house.stranger, { plain: true }),
    ];
    for (const socket of [speaker, listener]) {
      socket.send({ t: 'join', stage: 'mira' });
      await socket.next('joined');
    }
    listener.send({ t: 'chat', key: 'k', stage: 'mira', text: 'hi' });
    assert.equal((await listener.next('refused')).problem.code, 'not_signed_in');
    listener.send({ t: 'like', stage: 'mira', count: 1 });
    assert.equal((await listener.next('refused')).problem.code, 'not_signed_in');
    speaker.send({ t: 'chat', key: 'k1', stage: 'mira', text: ' Cafe\u0301  time ' });
    speaker.send({ t: 'chat', key: 'k1', stage: 'mira', text: 'Café time' });
    speaker.send({ t: 'chat', key: 'k2', stage: 'mira', text: 'and again' });
    const [first, second] = [await speaker.next('chat.ok'), await speaker.next('chat.ok')];
    assert.deepEqual([first.key, second.key, second.id], ['k1', 'k1', first.id]);
    const refused = await speaker.next('refused');
    assert.deepEqual([refused.key, refused.problem.code], ['k2', 'chat_too_fast']);
    const frame = await listener.next('frame', ({ chat }) => chat.length > 0);
    assert.deepEqual(
      frame.chat.map(
        ({ id, text, user }: { id: string; text: string; user: { handle: string; host: boolean } }) => [
          id,
          text,
          user.handle,
          user.host,
        ],
      ),
      [[first.id, 'Café time', 'koji', false]],
    );
    speaker.send({ t: 'chat', key: 'k1', stage: 'mira', text: 'something else' });
    assert.equal((await speaker.next('refused')).problem.code, 'chat_key_reused');
    for (const [text, code] of [
      ['', 'chat_invalid'],
      ['x'.repeat(201), 'chat_invalid'],
      ['a\u0000b', 'chat_invalid'],
    ]) {
      speaker.send({ t: 'chat', key: newId(), stage: 'mira', text });
      const { problem } = await speaker.next('refused');
      assert.deepEqual([problem.code, problem.field], [code, '/text']);
    }
    speaker.send({ t: 'chat', key: 'k3', stage: 'nobody', text: 'hi' });
    assert.equal((await speaker.next('refused')).problem.code, 'room_not_found');
    const { stage } = (await house.stranger.get('/v1/stages/mira')).body;
    assert.deepEqual(
      stage.chat.map(({ id, text }: { id: string; text: string }) => [id, text]),
      [[first.id, 'Café time']],
    );
  });

  test('a frozen account cannot chat and is told why', async () => {
    const oona = await house.person('oona');
    await freezeAccount(house.house, {
      userId: idOf(oona),
      gates: ['send'],
      reason: 'Stolen card.',
      byUser: null,
      until: null,
    });
    const socket = await enterHouse(house.origin, oona);
    socket.send({ t: 'chat', key: 'f', stage: 'mira', text: 'let me in' });
    const { problem } = await socket.next('refused');
    assert.equal(problem.code, 'chat_closed_to_you');
    assert.match(problem.detail, /Stolen card/);
  });

  test('likes are counted, capped to what a thumb can do, and kept', async () => {
    const socket = await enterHouse(house.origin, koji);
    socket.send({ t: 'join', stage: 'mira' });
    const before = (await socket.next('joined')).likes;
    socket.send({ t: 'like', stage: 'mira', count: 7 });
    await socket.next('frame', ({ likes }) => likes === before + 7);
    for (let i = 0; i < 20; i++) socket.send({ t: 'like', stage: 'mira', count: 100 });
    socket.send({ t: 'like', stage: 'mira', count: 0 });
    assert.equal((await socket.next('refused')).problem.field, '/count');
    await livingOf(house.house).likes.flush();
    const { stage } = (await house.stranger.get('/v1/stages/mira')).body;
    assert.ok(stage.likes >= before + 50 && stage.likes <= before + 80, `${stage.likes} likes`);
  });

  test('gifts raise the goal and the supporters, in the order of the events', async () => {
    const socket = await enterHouse(house.origin, koji);
    const { stage } = (await koji.get('/v1/stages/mira')).body;
    socket.send({ t: 'join', stage: 'mira', after: stage.seq });
    assert.equal((await socket.next('joined')).resumed, true);
    await giveCoins(house.house, idOf(koji), 5_000n);
    const catalogue = (await koji.get('/v1/gifts/catalogue')).body.gifts;
    const gift = catalogue.find(
      ({ dear, streakable }: { dear: boolean; streakable: boolean }) => !dear && !streakable,
    );
    const sent = await koji.post('/v1/gifts', { stageId: stage.id, giftId: gift.id, quantity: 2 }, newId());
    assert.equal(sent.status, 201, JSON.stringify(sent.body));
    await socket.until(() => socket.events().some((event) => event.type === 'gift'));
    await livingOf(house.house).progress.tell(parsePublicId('stage', stage.id) as Uuid);
    await socket.until(() => socket.events().some((event) => event.type === 'roomUser'));
    const units = BigInt(gift.creatorGets.units) * 2n;
    const goal = socket.events().find((event) => event.type === 'goal');
    assert.deepEqual([goal.units, goal.targetUnits], [units.toString(), '10000']);
    const top = socket.events().find((event) => event.type === 'roomUser').topViewers;
    assert.deepEqual(
      top.map((entry: { user: { uniqueId: string }; coinCount: string }) => [
        entry.user.uniqueId,
        entry.coinCount,
      ]),
      [['koji', (BigInt(gift.price.units) * 2n).toString()]],
    );
    const after = (await koji.get('/v1/stages/mira')).body.stage;
    assert.deepEqual([after.goal.units, after.diamondsThisLive.units], [units.toString(), units.toString()]);
    assert.deepEqual(
      [after.supporters[0].handle, after.supporters[0].coins.units],
      ['koji', (BigInt(gift.price.units) * 2n).toString()],
    );
    const told = socket.events().length;
    await livingOf(house.house).progress.tell(parsePublicId('stage', stage.id) as Uuid);
    socket.send({ t: 'ping' });
    await socket.next('pong');
    assert.equal(socket.events().length, told, 'nothing new is nothing told');
    const badge = await speakOnce(socket);
    assert.deepEqual(badge, ['top1']);
  });

  test('a follower is shown once, however often they follow', async () => {
    const socket = await enterHouse(house.origin, house.stranger);
    socket.send({ t: 'join', stage: 'mira' });
    await socket.next('joined');
    const ben = await house.person('ben');
    await ben.request('PUT', '/v1/users/mira/follow');
    await socket.until(() => socket.events().some((event) => event.type === 'follow'));
    await ben.request('DELETE', '/v1/users/mira/follow');
    await ben.request('PUT', '/v1/users/mira/follow');
    await mira.request('PUT', '/v1/stages/pin', { body: { text: 'after it' } });
    await socket.until(() => socket.events().some((event) => event.type === 'roomPin'));
    assert.equal(socket.events().filter((event) => event.type === 'follow').length, 1);
  });

  test('goal and pin are changed by the creator alone, while live', async () => {
    const { stage } = (await house.stranger.get('/v1/stages/mira')).body;
    assert.equal(
      (await koji.request('PUT', '/v1/stages/goal', { body: { title: 'x', targetUnits: '1' } })).status,
      403,
    );
    const set = await mira.request('PUT', '/v1/stages/goal', {
      body: { title: 'Second set', targetUnits: '5000' },
    });
    assert.equal(set.status, 204);
    await mira.request('PUT', '/v1/stages/pin', { body: { text: 'Next: Blue' } });
    let now = (await house.stranger.get('/v1/stages/mira')).body.stage;
    assert.deepEqual([now.goal.title, now.goal.units, now.pinned.text], ['Second set', '0', 'Next: Blue']);
    assert.ok(BigInt(now.diamondsThisLive.units) > 0n, 'a new goal starts at 0');
    assert.equal((await mira.request('DELETE', '/v1/stages/goal')).status, 204);
    assert.equal((await mira.request('DELETE', '/v1/stages/pin')).status, 204);
    now = (await house.stranger.get('/v1/stages/mira')).body.stage;
    assert.deepEqual([now.goal, now.pinned], [null, null]);
    assert.equal(now.seq, stage.seq + 4);
  });

  test('ends, tells the room, and can be replayed', async () => {
    const socket = await enterHouse(house.origin, koji);
    socket.send({ t: 'join', stage: 'mira', after: 0 });
    await socket.next('joined');
    const ended = await mira.post('/v1/stages/end', {});
    assert.deepEqual([ended.status, ended.body.stage.live], [200, false]);
    const told = await socket.next('stage');
    assert.deepEqual([told.stage, told.live], ['mira', false]);
    await socket.until(() => socket.events().at(-1)?.type === 'streamEnd');
    assert.equal((await mira.post('/v1/stages/end', {})).body.code, 'stage_not_live');
    socket.send({ t: 'chat', key: newId(), stage: 'mira', text: 'hello?' });
    assert.equal((await socket.next('refused')).problem.code, 'stage_not_live');
    const { stage } = (await koji.get('/v1/stages/mira')).body;
    const gift = await koji.post('/v1/gifts', { stageId: stage.id, giftId: 'rose', quantity: 1 }, newId());
    assert.notEqual(gift.status, 201);

    const replayed = [];
    let after = 0;
    for (;;) {
      const { body } = await house.stranger.get(`/v1/stages/mira/events?after=${after}&limit=3`);
      replayed.push(...body.items);
      if (body.nextSeq === body.lastSeq) break;
      after = body.nextSeq;
    }
    assert.deepEqual(replayed, socket.events());
    const end = await house.stranger.get(`/v1/stages/mira/events?after=${replayed.length}`);
    assert.deepEqual(end.body, { items: [], nextSeq: replayed.length, lastSeq: replayed.length });
    for (const query of ['after=-1', 'after=x', 'limit=501', 'limit=0', 'before=3']) {
      assert.equal((await house.stranger.get(`/v1/stages/mira/events?${query}`)).status, 400, query);
    }
    const again = await goLive(mira);
    assert.deepEqual([again.chat, again.supporters, again.goal, again.likes], [[], [], null, 0]);
    assert.deepEqual([(await socket.next('stage')).live], [true]);
  });

  async function speakOnce(socket: TestSocket): Promise<string[]> {
    clock.advance(1_000);
    socket.send({ t: 'chat', key: newId(), stage: 'mira', text: 'was that me?' });
    const { id } = await socket.next('chat.ok');
    const shown = () => socket.said.flatMap((frame) => frame.chat ?? []).find((line) => line.id === id);
    await socket.until(() => shown() !== undefined);
    return shown().user.badges;
  }
});

suite('the conditions of going live', async () => {
  const clock = testClock(Date.now());
  const house = await testHouse({ clock });
  const mira = await creator(house, 'mira');

  test('who is not followed enough is refused with what the gate explains', async () => {
    clock.advance(1_000);
    await adoptPolicy(house.house.db, {
      document: PRESETS.carat.document,
      preset: 'carat',
      effectiveFrom: new Date(clock.now()),
      author: null,
      reason: 'A thousand followers.',
      nowMs: clock.now(),
    });
    const refused = await mira.post('/v1/stages/start', { title: 'Late night' });
    assert.deepEqual([refused.status, refused.body.code], [403, 'too_few_followers']);
    assert.match(refused.body.detail, /1,000 followers to go live; you have 0 followers/);
    const { body } = await mira.get('/v1/me/explain/go-live');
    assert.deepEqual([body.passed, body.checks.at(-1).code], [false, refused.body.code]);
    assert.equal((await house.stranger.get('/v1/stages/mira')).body.stage.live, false);

    await house.house.db.query('update users set followers = 1000 where handle = $1', ['mira']);
    forgetFacts(house.house.db, idOf(mira));
    assert.equal((await mira.get('/v1/me/explain/go-live')).body.passed, true);
  });

  test('a creator turns gifts off and says how much of the stage they may take', async () => {
    for (const odd of [{ effectsCap: 0 }, { effectsCap: 6 }, { effectsCap: 2.5 }, { giftsOn: 'no' }]) {
      assert.equal((await mira.post('/v1/stages/start', { title: 'x', ...odd })).status, 400);
    }
    const stage = await goLive(mira, { giftsOn: false, effectsCap: 3 });
    assert.deepEqual(
      [stage.giftsOn, stage.giftsOffReason, stage.effectsCap],
      [false, 'The creator turned gifts off in this live.', 3],
    );
    const koji = await house.person('koji');
    await giveCoins(house.house, idOf(koji), 100n);
    const sent = await koji.post('/v1/gifts', { stageId: stage.id, giftId: 'rose', quantity: 1 }, newId());
    assert.deepEqual([sent.status, sent.body.code], [409, 'gifts_off']);
    assert.equal((await mira.post('/v1/stages/end', {})).status, 200);
    clock.advance(1_000);
    const next = await goLive(mira);
    assert.deepEqual([next.giftsOn, next.effectsCap], [true, 5]);
  });

  test('while live the creator caps what gifts take, and the room is told once', async () => {
    const cap = (effectsCap: number, who = mira) =>
      who.request('PUT', '/v1/stages/effects-cap', { body: { effectsCap } });
    assert.deepEqual([(await cap(2)).status, (await cap(2)).status], [204, 204]);
    const { stage } = (await house.stranger.get('/v1/stages/mira')).body;
    assert.equal(stage.effectsCap, 2);
    const { items } = (await house.stranger.get('/v1/stages/mira/events?limit=500')).body;
    assert.deepEqual(
      items
        .filter(({ type }: { type: string }) => type === 'roomEffects')
        .map(({ effectsCap, seq }: { effectsCap: number; seq: number }) => [effectsCap, seq <= stage.seq]),
      [[2, true]],
    );
    assert.equal((await cap(6)).status, 400);
    assert.equal((await cap(3, await house.person('pip'))).status, 403);
    await mira.post('/v1/stages/end', {});
    assert.deepEqual([(await cap(3)).status, (await cap(3)).body.code], [409, 'stage_not_live']);
  });
});

suite('the directory', async () => {
  const clock = testClock(Date.UTC(2026, 0, 10));
  const house = await testHouse({ clock });
  const names = Array.from({ length: 12 }, (_, index) => `star${String(index).padStart(2, '0')}`);
  const stars: Person[] = [];
  for (const name of names) stars.push(await creator(house, name));

  test('shows live stages first, newest first; creators who were never live are not in it', async () => {
    for (const [index, star] of stars.slice(0, 10).entries()) {
      // Two at a time start at the same instant.
      if (index % 2 === 0) clock.advance(60_000);
      await goLive(star, { title: `Show ${index}`, hashtags: index % 3 === 0 ? ['jazz'] : [] });
    }
    clock.advance(60_000);
    for (const index of [1, 4, 7]) await (stars[index] as Person).post('/v1/stages/end', {});
    const { body } = await house.stranger.get('/v1/stages');
    assert.equal(body.items.length, 10);
    assert.deepEqual(
      body.items.map(({ live }: { live: boolean }) => live),
      [...Array(7).fill(true), ...Array(3).fill(false)],
    );
    const starts = body.items.slice(0, 7).map(({ startedAt }: { startedAt: string }) => startedAt);
    assert.deepEqual(starts, starts.toSorted().reverse());
  });

  test('of a hashtag shows those whose live has that very tag, however it is written', async () => {
    for (const tag of ['jazz', '%23Jazz', 'JAZZ']) {
      const { body } = await house.stranger.get(`/v1/stages?tag=${tag}`);
      assert.equal(body.items.length, 4);
      assert.ok(body.items.every(({ hashtags }: { hashtags: string[] }) => hashtags.includes('jazz')));
    }
    assert.deepEqual((await house.stranger.get('/v1/stages?tag=jaz')).body.items, []);
    const refused = await house.stranger.get('/v1/stages?tag=no%20tag');
    assert.deepEqual([refused.status, refused.body.code], [400, 'stage_text_invalid']);
  });

  test('pages never skip or repeat, whoever starts, ends or starts again meanwhile', async () => {
    const whole = ids((await house.stranger.get('/v1/stages?limit=200')).body);
    for (const limit of [1, 2, 3, 7]) {
      const first = (await house.stranger.get('/v1/stages?limit=200')).body;
      const seen: string[] = [];
      let cursor: string | null = null;
      let turn = 0;
      do {
        const { body }: { body: { items: { handle: string }[]; nextCursor: string | null } } =
          await house.stranger.get(`/v1/stages?limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`);
        seen.push(...ids(body));
        cursor = body.nextCursor;
        clock.advance(1_000);
        const star = stars[(turn * 5) % 12] as Person;
        const { live } = (await star.get(`/v1/stages/${star.handle}`)).body.stage;
        if (live) await star.post('/v1/stages/end', {});
        else await goLive(star);
        turn += 1;
      } while (cursor !== null);
      assert.deepEqual(seen, ids(first), `limit ${limit}`);
    }
    assert.ok(whole.length >= 10);
  });

  test('searches names, titles and hashtags, with any signs', async () => {
    await (stars[11] as Person).post('/v1/stages/end', {});
    await goLive(stars[11] as Person, { title: '100% Café_Noir', hashtags: ['Bossa'] });
    for (const q of ['100%', 'cafe\u0301_n', '#bossa', '@STAR11', 'star11', 'CAFÉ']) {
      const { body } = await house.stranger.get(`/v1/stages?q=${encodeURIComponent(q)}`);
      assert.deepEqual(ids(body), ['star11'], q);
    }
    for (const q of ['_', '%', "'", '\\', 'nothing like it']) {
      const { status, body } = await house.stranger.get(`/v1/stages?q=${encodeURIComponent(q)}`);
      assert.equal(status, 200);
      assert.ok(!ids(body).includes('star00'), q);
    }
  });

  test('following shows whom one follows', async () => {
    const koji = await house.person('koji');
    assert.equal((await house.stranger.get('/v1/stages?filter=following')).status, 401);
    assert.deepEqual(ids((await koji.get('/v1/stages?filter=following')).body), []);
    for (const handle of ['star03', 'star11']) await koji.request('PUT', `/v1/users/${handle}/follow`);
    assert.deepEqual(ids((await koji.get('/v1/stages?filter=following')).body).sort(), ['star03', 'star11']);
  });

  test('a cursor that it did not give is refused', async () => {
    const forged = Buffer.from('[1,2,3,"stage_x"]').toString('base64url');
    for (const query of ['cursor=x', `cursor=${forged}`, 'filter=some', 'limit=201', 'sort=up']) {
      assert.equal((await house.stranger.get(`/v1/stages?${query}`)).status, 400, query);
    }
    const { status } = await house.stranger.get('/v1/stages?q=%00');
    assert.ok(status >= 400 && status < 500, `a NUL was answered with ${status}`);
  });
});

suite('two server processes', async () => {
  const one = await testHouse();
  const two = await testHouse({
    databaseUrl: one.databaseUrl,
    config: { secrets: one.house.config.secrets },
  });
  const mira = await creator(one, 'mira');

  test('show the same chat, likes and lives', async () => {
    const fanId = await fan(one.house);
    assert.ok(fanId);
    const koji = await one.person('koji');
    const here = await enterHouse(one.origin, koji);
    const there = await enterHouse(two.origin, two.stranger);
    for (const socket of [here, there]) {
      socket.send({ t: 'join', stage: 'mira' });
      await socket.next('joined');
    }
    await goLive(mira);
    await here.next('stage', ({ live }) => live === true);
    await there.next('stage', ({ live }) => live === true);
    here.send({ t: 'chat', key: 'k', stage: 'mira', text: 'across' });
    const { id } = await here.next('chat.ok');
    const lines = (socket: TestSocket) => socket.said.flatMap((frame) => frame.chat ?? []);
    await there.until(() => lines(there).some((line) => line.id === id));
    here.send({ t: 'like', stage: 'mira', count: 3 });
    const last = () => there.said.findLast(({ t }) => t === 'frame');
    await there.until(() => last()?.likes === 3 && last()?.viewers === 2);
    assert.equal((await two.stranger.get('/v1/stages')).body.items[0].viewers, 2);
    assert.deepEqual(
      lines(here).map((line) => line.id),
      [id],
      'the line is shown once where it was said',
    );
    await mira.post('/v1/stages/end', {});
    await there.next('stage', ({ live }) => live === false);
    assert.equal((await two.stranger.get('/v1/stages/mira')).body.stage.live, false);
  });
});
