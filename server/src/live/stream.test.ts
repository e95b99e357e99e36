import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { Ajv } from 'ajv';
import { enterHouse } from '../../test/socket.ts';
import { ROADS, readStage, type TestReader } from '../../test/stream.ts';
import { type Person, type TestHouse, testHouse } from '../../test/test-house.ts';
import { buyCoins, goLive } from '../../test/town-life.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { useStages } from '../gifts/index.ts';
import { allMessages } from '../realtime/messages.ts';
import { CLOSE_OVER_BYTES } from '../realtime/pace.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import { livingOf } from './living.ts';
import { stageDirectory } from './stage-directory.ts';

useStages(stageDirectory);

const ajv = new Ajv({ allErrors: true });
const validators = allMessages().map(({ name, type, schema }) => ({ name, type, fits: ajv.compile(schema) }));

/** Every message is exactly one of the kinds that are published. */
function assertPublished(said: readonly { readonly type: string }[]): Set<string> {
  const met = new Set<string>();
  for (const message of said) {
    const kinds = validators.filter(({ type }) => type === message.type);
    const fitting = kinds.filter(({ fits }) => fits(message));
    const faults = kinds.map(({ name, fits }) => `${name}: ${ajv.errorsText(fits.errors)}`).join('; ');
    assert.equal(fitting.length, 1, `${JSON.stringify(message)}\n${faults}`);
    met.add(fitting[0]?.name ?? '');
  }
  return met;
}

/** What the live below makes happen; what other slices tell, their own tests do. */
const TOLD = [
  'connected',
  'stage',
  'goal',
  'roomPin',
  'chat',
  'like',
  'member',
  'roomUser',
  'roomUser.viewers',
  'follow',
  'gift',
  'streamEnd',
];

const stageIdOf = (publicId: string) => parsePublicId('stage', publicId) as Uuid;
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const seqs = (reader: TestReader) => reader.numbered().map(({ seq }) => seq);

async function tapStreak(fan: Person, stageId: string, taps: number): Promise<string> {
  const streakId = newId();
  for (let count = 1; count <= taps; count += 1) {
    const body = { stageId, giftId: 'rose', streakId, count };
    const answer = await fan.post('/v1/gifts', body, `${streakId}:${count}`);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  }
  return streakId;
}

suite('a live as tools read it', async () => {
  const site = await testHouse();
  const mira = await site.person('mira');
  const koji = await site.person('koji');
  let again: TestHouse;
  let all: readonly unknown[] = [];

  test('every message of a whole live is as published, over both roads, and the numbered ones are the same', async () => {
    assert.equal((await mira.post('/v1/me/creator')).status, 200);
    await buyCoins(koji, 20_000n);
    const readers = ROADS.map((road) => readStage(site.origin, 'mira', road));
    for (const reader of readers) {
      const { type, live, resumed, seq } = await reader.next('connected');
      assert.deepEqual([type, live, resumed, seq], ['connected', false, false, 0]);
    }
    const started = await mira.post('/v1/stages/start', {
      title: 'Late night',
      hashtags: ['music'],
      goal: { title: 'Encore', targetUnits: '10000' },
      pinned: 'Requests open',
    });
    assert.equal(started.status, 201, JSON.stringify(started.body));
    const stageId = started.body.stage.id as string;
    const socket = await enterHouse(site.origin, koji);
    socket.send({ t: 'join', stage: 'mira' });
    await socket.next('joined');
    socket.send({ t: 'chat', key: 'k1', stage: 'mira', text: 'Encore!' });
    const { id: line } = await socket.next('chat.ok');
    assert.equal(
      (await mira.request('PATCH', '/v1/me/stage/room', { body: { slowSeconds: 5 } })).status,
      200,
    );
    assert.equal((await mira.post(`/v1/stages/mira/lines/${line}/removal`)).status, 204);
    socket.send({ t: 'like', stage: 'mira', count: 7 });
    assert.equal((await koji.request('PUT', '/v1/users/mira/follow')).status, 200);
    const streakId = await tapStreak(koji, stageId, 6);
    const dear = await koji.post('/v1/gifts', { stageId, giftId: 'comet' }, newId());
    assert.equal(dear.status, 201, JSON.stringify(dear.body));
    for (const reader of readers) {
      await reader.next('gift', ({ giftId, final }) => giftId === 'comet' && final);
      await reader.next('gift', ({ groupId, final }) => groupId.startsWith(streakId) && final);
      assert.equal((await reader.next('chat')).comment, 'Encore!');
      assert.equal((await reader.next('like')).totalLikeCount, 7);
      assert.equal((await reader.next('follow')).uniqueId, 'koji');
      assert.equal((await reader.next('member')).joinCount, 1);
    }
    await livingOf(site.house).progress.tell(stageIdOf(stageId));
    assert.equal((await mira.post('/v1/stages/end')).status, 200);
    for (const reader of readers) {
      assert.equal((await reader.next('streamEnd')).action, 3);
      const met = assertPublished(reader.said);
      for (const name of TOLD) assert.ok(met.has(name), `no message ${name} was told`);
      assert.deepEqual(seqs(reader), upTo(1, reader.numbered().length));
      const streak = reader.numbered().filter(({ groupId }) => groupId?.startsWith(streakId));
      assert.deepEqual(
        streak.map(({ final }) => final),
        streak.map((_, index) => index === streak.length - 1),
      );
      assert.equal(
        streak.reduce((sum, { deltaCount }) => sum + deltaCount, 0),
        6,
      );
      // As tools count: a streaking gift at its end, any other at once.
      const counted = reader
        .numbered()
        .filter(({ type, giftType, repeatEnd }) => type === 'gift' && (giftType !== 1 || repeatEnd));
      assert.deepEqual(counted.map(({ giftId, repeatCount }) => `${repeatCount} ${giftId}`).sort(), [
        '1 comet',
        '6 rose',
      ]);
    }
    const [sse, ws] = readers;
    assert.deepEqual(sse?.numbered(), ws?.numbered());
    assert.deepEqual(sse?.ids, ['0', ...seqs(sse as TestReader).map(String)]);
    all = sse?.numbered() ?? [];
    const replayed = await site.stranger.get('/v1/stages/mira/events?limit=500');
    assert.deepEqual(replayed.body.items, all, 'the stream and the list say the same');
  });

  test('a reader goes on in the middle, by either name of the cursor', async () => {
    for (const road of ROADS) {
      const middle = Math.floor(all.length / 2);
      const reader = readStage(site.origin, 'mira', road, { query: `after=${middle}` });
      const connected = await reader.next('connected');
      assert.deepEqual([connected.resumed, connected.seq], [true, middle]);
      await reader.until('the rest', () => reader.numbered().length >= all.length - middle);
      assert.deepEqual(reader.numbered(), all.slice(middle));
      const named = readStage(site.origin, 'mira', road, {
        query: 'after=1',
        headers: { 'last-event-id': String(all.length - 1) },
      });
      await named.until('the last', () => named.numbered().length >= 1);
      assert.deepEqual(named.numbered(), all.slice(-1));
    }
  });

  test('and after the server was started anew', async () => {
    const open = ROADS.map((road) => readStage(site.origin, 'mira', road, { query: 'after=0' }));
    for (const reader of open) await reader.until('all', () => reader.numbered().length === all.length);
    await site.close();
    assert.deepEqual(await Promise.all(open.map(({ closed }) => closed)), [null, 4010]);
    again = await testHouse({ databaseUrl: site.databaseUrl });
    const last = all.length;
    for (const road of ROADS) {
      const reader = readStage(again.origin, 'mira', road, { query: `after=${last - 2}` });
      assert.equal((await reader.next('connected')).resumed, true);
      await reader.until('the rest', () => reader.numbered().length >= 2);
      const { id } = (await again.stranger.get('/v1/stages/mira')).body.stage;
      const before = reader.numbered().length;
      const events = await again.house.db.transaction((tx) =>
        appendRoomEvents(tx, stageIdOf(id), [pinned(`by ${road}`)]),
      );
      again.house.hub.publish(stageIdOf(id), events);
      await reader.until('the new one', () => reader.numbered().length > before);
      assert.deepEqual(seqs(reader), upTo(last - 1, events[0]?.seq ?? 0));
      assertPublished(reader.said);
    }
  });

  test('a number that never was begins at what happens now', async () => {
    for (const road of ROADS) {
      const reader = readStage(again.origin, 'mira', road, { query: 'after=1000000' });
      const { resumed, seq } = await reader.next('connected');
      assert.equal(resumed, false);
      assert.equal(seq, (await again.stranger.get('/v1/stages/mira')).body.stage.seq);
    }
  });
});

function pinned(text: string) {
  return {
    type: 'roomPin',
    createTime: '1790000000000',
    userId: `user_${'0'.repeat(32)}`,
    uniqueId: 'mira',
    nickname: 'Mira',
    profilePictureUrl: '/art/avatars/cat.webp',
    avatar: 'cat',
    text,
    lineId: null,
    author: null,
  };
}

suite('the door of the stream', async () => {
  const site = await testHouse({ config: { trustProxy: '127.0.0.1', socketsPerNetworkMax: 2 } });
  const mira = await site.person('mira');
  const stageId = stageIdOf(await goLive(mira));

  test('what is wrong is refused by name, over both roads', async () => {
    const table: [string, string, Record<string, string>, number, string][] = [
      ['nobody', '', {}, 404, 'not_found'],
      ['mira', 'after=-1', {}, 400, 'invalid_request'],
      ['mira', 'after=x', {}, 400, 'invalid_request'],
      ['mira', 'since=1', {}, 400, 'invalid_request'],
      ['mira', '', { 'last-event-id': 'x' }, 400, 'invalid_request'],
    ];
    for (const [handle, query, headers, status, code] of table) {
      for (const road of ROADS) {
        const { opened } = readStage(site.origin, handle, road, { query, headers });
        const answer = await opened;
        assert.deepEqual([answer.status, answer.body.code], [status, code], `${road} ${handle}?${query}`);
      }
    }
    assert.equal(site.house.hub.stats().readers, 0);
  });

  test('events older than 30 days are refused as gone', async () => {
    const koji = await site.person('koji');
    const gone = stageIdOf(await goLive(koji));
    await site.house.db.query('update room_heads set seq = 10 where room_id = $1', [gone]);
    await site.house.db.transaction((tx) => appendRoomEvents(tx, gone, [pinned('kept')]));
    for (const road of ROADS) {
      const answer = await readStage(site.origin, 'koji', road, { query: 'after=5' }).opened;
      assert.deepEqual([answer.status, answer.body.code, answer.body.data.firstSeq], [410, 'events_gone', 1]);
      const reader = readStage(site.origin, 'koji', road, { query: 'after=10' });
      await reader.next('roomPin');
      reader.close();
    }
  });

  test('any page may read it, no page as somebody', async () => {
    const origin = 'https://tool.example';
    for (const road of ROADS) {
      const reader = readStage(site.origin, 'mira', road, { headers: { origin } });
      const { headers } = await reader.opened;
      await reader.next('connected');
      if (road === 'sse') {
        assert.equal(headers['access-control-allow-origin'], '*');
        assert.equal(headers['access-control-allow-credentials'], undefined);
        assert.match(String(headers['content-type']), /^text\/event-stream/);
        assert.equal(headers['cache-control'], 'no-store');
      }
      reader.close();
    }
  });

  test('a network has so many of both roads together; when one goes, another may come', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const first = readStage(site.origin, 'mira', 'sse', { headers });
    const second = readStage(site.origin, 'mira', 'ws', { headers });
    for (const reader of [first, second]) await reader.next('connected');
    for (const road of ROADS) {
      const answer = await readStage(site.origin, 'mira', road, { headers }).opened;
      assert.deepEqual([answer.status, answer.body.code], [429, 'too_many_sockets'], road);
    }
    const elsewhere = readStage(site.origin, 'mira', 'ws', { headers: { 'x-forwarded-for': '203.0.113.8' } });
    await elsewhere.next('connected');
    const open = site.house.hub.stats().readers;
    first.close();
    await elsewhere.until('it is gone', () => site.house.hub.stats().readers === open - 1);
    await readStage(site.origin, 'mira', 'ws', { headers }).next('connected');
  });

  test('a reader that does not read is closed; others notice nothing, and it goes on where it was', async () => {
    const fast = readStage(site.origin, 'mira', 'ws');
    const slow = ROADS.map((road) => readStage(site.origin, 'mira', road));
    for (const reader of [fast, ...slow]) await reader.next('connected');
    for (const reader of slow) reader.pause();
    // Nothing that deflates: the kernel's buffers must fill, then ours.
    const text = randomBytes(6_000).toString('base64');
    const closedBefore = site.house.hub.stats().closedSlow;
    const head = async () => (await site.stranger.get('/v1/stages/mira')).body.stage.seq;
    const from = await head();
    let told = 0;
    while (site.house.hub.stats().closedSlow < closedBefore + 2) {
      const events = await site.house.db.transaction((tx) =>
        appendRoomEvents(
          tx,
          stageId,
          Array.from({ length: 40 }, () => pinned(text)),
        ),
      );
      site.house.hub.publish(stageId, events, { now: true });
      told += events.length;
      await fast.until('the fast one has all', () => seqs(fast).at(-1) === from + told);
      assert.ok(told < 8_000, 'the slow readers were never closed');
    }
    assert.ok(told * 8_000 > CLOSE_OVER_BYTES);
    assert.deepEqual(seqs(fast), upTo(from + 1, from + told));
    for (const reader of slow) reader.resume();
    assert.deepEqual(await Promise.all(slow.map(({ closed }) => closed)), [null, 4008]);
    for (const [index, road] of ROADS.entries()) {
      const before = slow[index] as TestReader;
      const seen = seqs(before).at(-1) ?? from;
      const back = readStage(site.origin, 'mira', road, { query: `after=${seen}` });
      await back.until('the rest', () => (seqs(back).at(-1) ?? 0) === from + told);
      assert.deepEqual([...seqs(before), ...seqs(back)], upTo(from + 1, from + told));
    }
  });

  test('what tools say is not heard: too much, or too long, closes the one who says it', async () => {
    const { WebSocket } = await import('ws');
    const calm = readStage(site.origin, 'mira', 'ws');
    await calm.next('connected');
    for (const [say, code] of [
      [(ws: InstanceType<typeof WebSocket>) => ws.send('x'.repeat(1_000_000)), 1009],
      [
        (ws: InstanceType<typeof WebSocket>) => {
          for (let index = 0; index < 10_000; index += 1) ws.send('{"t":"ping"}');
        },
        4009,
      ],
    ] as const) {
      const ws = new WebSocket(`${site.origin.replace('http', 'ws')}/v1/stages/mira/stream`);
      ws.on('error', () => {});
      const closed = new Promise<number>((resolve) => ws.on('close', resolve));
      await new Promise((resolve) => ws.once('message', resolve));
      say(ws);
      assert.equal(await closed, code);
    }
    const events = await site.house.db.transaction((tx) => appendRoomEvents(tx, stageId, [pinned('calm')]));
    site.house.hub.publish(stageId, events);
    await calm.next('roomPin');
  });
});

suite('test events', async () => {
  const site = await testHouse();
  const mira = await site.person('mira');
  const koji = await site.person('koji');
  const stageId = stageIdOf(await goLive(mira));

  test('reach the tools that asked for them, as published and marked, and nothing else', async () => {
    const [asking, other] = ROADS.map((road, index) =>
      readStage(site.origin, 'mira', road, { query: index === 0 ? 'tests=true' : '' }),
    ) as [TestReader, TestReader];
    const watching = await enterHouse(site.origin, site.stranger);
    watching.send({ t: 'join', stage: 'mira' });
    await watching.next('joined');
    for (const reader of [asking, other]) await reader.next('connected');
    const before = await traces(site, stageId);
    const wishes = [
      { type: 'gift', giftId: 'rose', count: 12, nickname: 'Nan' },
      { type: 'gift', giftId: 'comet' },
      { type: 'chat', comment: 'Hello, overlay' },
      { type: 'like', count: 50 },
      { type: 'follow' },
    ];
    for (const wish of wishes) {
      const answer = await mira.post('/v1/stages/test-events', wish);
      assert.equal(answer.status, 202, JSON.stringify(answer.body));
    }
    await asking.until('all six', () => asking.said.filter(({ test }) => test === true).length === 6);
    assertPublished(asking.said);
    const told = asking.said.filter(({ test }) => test === true);
    assert.deepEqual(
      told.map(({ type, seq, final }) => [type, seq, final]),
      [
        ['gift', undefined, false],
        ['gift', undefined, true],
        ['gift', undefined, true],
        ['chat', undefined, undefined],
        ['like', undefined, undefined],
        ['follow', undefined, undefined],
      ],
    );
    assert.deepEqual([told[0].repeatCount, told[0].nickname, told[1].deltaCount], [12, 'Nan', 0]);
    assert.deepEqual(await traces(site, stageId), before);
    const events = await site.house.db.transaction((tx) => appendRoomEvents(tx, stageId, [pinned('real')]));
    site.house.hub.publish(stageId, events);
    await other.next('roomPin');
    await watching.next('frame', ({ events: shown }) => shown.length > 0);
    assert.ok(!JSON.stringify([other.said, watching.said]).includes('"test":true'));
  });

  test('of what takes some seconds are told as it would happen, each as published', async () => {
    const reader = readStage(site.origin, 'mira', 'sse', { query: 'tests=true' });
    await reader.next('connected');
    const before = await traces(site, stageId);
    const wishes = [
      { type: 'gift', giftId: 'rose', count: 20, grows: true },
      { type: 'goal' },
      { type: 'supporters' },
      { type: 'question', comment: 'Which key?' },
      { type: 'match' },
    ];
    for (const wish of wishes) {
      const answer = await mira.post('/v1/stages/test-events', wish);
      assert.equal(answer.status, 202, JSON.stringify(answer.body));
    }
    assert.equal((await reader.next('gift', ({ final }) => final)).repeatCount, 20);
    await reader.next('goal', ({ reached }) => reached);
    await reader.next('questionStatus', ({ answerStatus }) => answerStatus === 'answered');
    await reader.next('matchScore');
    await reader.next('match', ({ state }) => state === 'ended');
    assertPublished(reader.said);
    const growing = reader.said.filter(({ type, final }) => type === 'gift' && !final);
    assert.equal(
      growing.reduce((sum, { deltaCount }) => sum + deltaCount, 0),
      20,
    );
    assert.deepEqual(await traces(site, stageId), before);
    reader.close();
  });

  test('are the creator’s own, of real gifts, and not too many', async () => {
    assert.equal((await koji.post('/v1/stages/test-events', { type: 'gift' })).status, 403);
    const unknown = await mira.post('/v1/stages/test-events', { type: 'gift', giftId: 'no_such_gift' });
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'gift_unknown']);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => mira.post('/v1/stages/test-events', { type: 'like' })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 15, `${refused.length} of 40 were refused`);
  });
});

/** What a test event must not touch. */
async function traces({ house, stranger }: TestHouse, stageId: Uuid) {
  const [row] = await house.db.query(
    `select (select count(*) from gifts) as gifts, (select count(*) from room_events where room_id = $1) as events,
            (select seq from room_heads where room_id = $1) as seq, (select sum(debits_posted) from ledger_accounts) as moved`,
    [stageId],
  );
  const { stage } = (await stranger.get('/v1/stages/mira')).body;
  return {
    ...row,
    supporters: stage.supporters,
    likes: stage.likes,
    seq: stage.seq,
    diamonds: stage.diamondsThisLive,
  };
}
