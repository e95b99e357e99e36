import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { testDatabase } from '../../test/harness.ts';
import { type Said, somebody, type TestHub, type TestSocket, testHub } from '../../test/socket.ts';
import { newId, type Uuid } from '../core/ids.ts';
import type { ChatLine, HubOptions, NewRoomEvent, RoomEvent } from './hub.ts';
import { CLOSE_OVER_BYTES } from './pace.ts';
import { appendRoomEvents, pruneRoomEvents, readRoomEvents } from './room-events.ts';

const db = await testDatabase();

/** A hub with one room named `mira`, which the test owns. */
async function houseWithRoom(
  options: Partial<HubOptions> & { roomId?: Uuid; hostId?: Uuid } = {},
): Promise<TestHub & { readonly roomId: Uuid }> {
  const { roomId = newId(), hostId = newId(), limits, ...rest } = options;
  const house = await testHub(db, { ...rest, limits: { viewersMs: 0, ...limits } });
  house.hub.useRooms(async (name) => (name === 'mira' ? { roomId, name, hostId, likes: 0 } : null));
  return { ...house, roomId };
}

function gift(n: number, more: object = {}): NewRoomEvent {
  return { type: 'gift', createTime: '1790000000000', giftName: `Rose ${n}`, n, ...more };
}

async function commit(roomId: Uuid, from: number, count: number, more: object = {}): Promise<RoomEvent[]> {
  const events = Array.from({ length: count }, (_, index) => gift(from + index, more));
  return db.transaction((tx) => appendRoomEvents(tx, roomId, events));
}

async function join(socket: TestSocket, after?: number): Promise<Said> {
  socket.send({ t: 'join', stage: 'mira', ...(after === undefined ? {} : { after }) });
  return socket.next('joined');
}

const lastViewers = (socket: TestSocket) =>
  socket.said.findLast(({ viewers }) => viewers !== undefined).viewers;
const lastSeq = (socket: TestSocket) => socket.events().at(-1)?.seq ?? 0;
const seqs = (socket: TestSocket): number[] => socket.events().map((event) => event.seq);
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

function line(text: string, handle = 'koji'): ChatLine {
  const user = { id: 'user_1', handle, displayName: handle, avatar: 'fox', badges: [], host: false };
  return { id: `chat_${text}`, at: '2026-01-01T00:00:00Z', user, text };
}

suite('events of a room', () => {
  test('are numbered without a gap in order of commit, whoever appends', async () => {
    const roomId = newId();
    const batches = await Promise.all(
      Array.from({ length: 40 }, (_, batch) => commit(roomId, batch * 10, 3)),
    );
    const all = batches.flat().map((event) => event.seq);
    assert.deepEqual(
      all.toSorted((a, b) => a - b),
      upTo(1, 120),
    );
    const kept = await readRoomEvents(db, roomId, 0, 200);
    assert.deepEqual(
      kept.map((event) => event.seq),
      upTo(1, 120),
    );
    const told = batches.flat().find((event) => event.seq === 77);
    assert.deepEqual(kept[76], told);
  });

  test('a transaction that fails takes its numbers back', async () => {
    const roomId = newId();
    await commit(roomId, 1, 2);
    const failing = db.transaction(async (tx) => {
      await appendRoomEvents(tx, roomId, [gift(99)]);
      throw new Error('something else failed');
    });
    await assert.rejects(failing, /something else/);
    assert.deepEqual((await commit(roomId, 3, 1))[0]?.seq, 3);
  });

  test('cannot be changed, and only those older than 30 days can be pruned', async () => {
    const roomId = newId();
    await commit(roomId, 1, 2);
    for (const sql of [
      `update room_events set event = '{}' where room_id = $1`,
      'delete from room_events where room_id = $1',
    ]) {
      await assert.rejects(db.query(sql, [roomId]), { code: '42501' });
    }
    assert.equal(await pruneRoomEvents(db, 100), 0);
    await db.query(`insert into room_events values ($1, 3, now() - interval '31 days', '{"type":"old"}')`, [
      roomId,
    ]);
    assert.equal(await pruneRoomEvents(db, 100), 1);
    assert.equal((await readRoomEvents(db, roomId, 0, 10)).length, 2);
  });
});

suite('a room', () => {
  test('shows events to everybody in it and to nobody else, compressed or plain', async () => {
    const { hub, enter, roomId } = await houseWithRoom();
    const [deflating, plain, outside] = [
      await enter(),
      await enter(undefined, { plain: true }),
      await enter(),
    ];
    assert.match(deflating.ws.extensions, /permessage-deflate/);
    assert.equal(plain.ws.extensions, '');
    await join(deflating);
    await join(plain);
    for (let round = 0; round < 5; round++) {
      hub.publish(roomId, await commit(roomId, round * 20, 20));
      hub.chat(roomId, line(`round ${round} 🌹 <b>`), 0);
    }
    await deflating.until(() => lastSeq(deflating) === 100);
    await plain.until(() => lastSeq(plain) === 100);
    assert.deepEqual(seqs(deflating), upTo(1, 100));
    assert.deepEqual(plain.events(), deflating.events());
    const wireBytes = (socket: TestSocket) =>
      (socket.ws as unknown as { _socket: { bytesRead: number } })._socket.bytesRead;
    assert.ok(wireBytes(deflating) * 3 < wireBytes(plain), 'deflating saves two thirds of the wire');
    assert.deepEqual(
      outside.said.map(({ t }) => t),
      ['hello'],
    );
  });

  test('merges what happens within a tick into one frame', async () => {
    const { hub, enter, roomId } = await houseWithRoom();
    const socket = await enter();
    await join(socket);
    await socket.next('frame', ({ viewers }) => viewers === 1);
    const framesBefore = socket.said.length;
    const events = await commit(roomId, 0, 60);
    for (const event of events) hub.publish(roomId, [event]);
    hub.likes(roomId, 7);
    await socket.until(() => lastSeq(socket) === 60);
    assert.equal(socket.said.length, framesBefore + 1);
    const frame = socket.said.at(-1);
    assert.deepEqual([frame.stage, frame.seq, frame.likes, frame.viewers], ['mira', 60, 7, 1]);
  });

  test('says nothing when nothing happens', async () => {
    const { hub, enter, roomId } = await houseWithRoom({ limits: { pollAloneMs: 5, presenceMs: 5 } });
    const socket = await enter();
    await join(socket);
    await socket.next('frame', ({ viewers }) => viewers === 1);
    const sent = hub.stats().framesSent;
    hub.likes(roomId, 0);
    hub.publish(roomId, []);
    for (let i = 0; i < 20; i++) {
      socket.send({ t: 'ping' });
      await socket.next('pong');
    }
    assert.equal(hub.stats().framesSent, sent + 20);
  });

  test('a long burst goes out in frames of bounded size, complete and in order', async () => {
    const { hub, enter, roomId } = await houseWithRoom();
    const socket = await enter();
    await join(socket);
    hub.publish(roomId, await commit(roomId, 0, 6_000));
    await socket.until(() => lastSeq(socket) === 6_000);
    assert.deepEqual(seqs(socket), upTo(1, 6_000));
    assert.ok(socket.said.every((frame) => (frame.events?.length ?? 0) <= 250));
  });

  test('in a crowd of gifts those who watch are told the small ones as a sum, the creator each by itself', async () => {
    const hostId = newId();
    const { hub, enter, roomId } = await houseWithRoom({ hostId });
    const [fan, creator] = [await enter(), await enter(somebody(hostId))];
    await Promise.all([join(fan), join(creator)]);
    const rose = { giftId: 'rose', giftName: 'Rose', art: '1f339', receiverUserId: 'user_mira' };
    const events = await db.transaction((tx) =>
      appendRoomEvents(tx, roomId, [
        ...Array.from({ length: 40 }, (_, at) =>
          gift(at, {
            ...rose,
            userId: `user_${at % 7}`,
            coins: '2',
            deltaCount: 2,
            deltaCoins: '2',
            diamonds: '1000',
          }),
        ),
        gift(41, {
          ...rose,
          giftId: 'comet',
          coins: '5000',
          deltaCount: 1,
          deltaCoins: '5000',
          diamonds: '2500000',
        }),
        { type: 'goal', createTime: '1790000000000' },
      ]),
    );
    hub.publish(roomId, events);
    await creator.until(() => lastSeq(creator) === 42);
    assert.deepEqual(seqs(creator), upTo(1, 42));
    const frame = await fan.next('frame', ({ small }) => small !== undefined);
    assert.deepEqual(
      frame.events.map(({ seq }: RoomEvent) => seq),
      [41, 42],
    );
    assert.deepEqual(frame.small, {
      after: 0,
      senders: 7,
      gifts: [{ ...rose, count: 80, coins: '80', diamonds: '40000' }],
    });
    assert.equal(frame.seq, 42);
  });

  test('unknown rooms and too many rooms are refused', async () => {
    const house = await testHub(db, { limits: { roomsPerSocketMax: 2 } });
    const ids = new Map<string, Uuid>();
    house.hub.useRooms(async (name) => {
      if (name === 'nobody') return null;
      const roomId = ids.get(name) ?? newId();
      ids.set(name, roomId);
      return { roomId, name, hostId: newId(), likes: 0 };
    });
    const socket = await house.enter();
    for (const stage of ['nobody', 'a', 'b', 'a', 'c']) socket.send({ t: 'join', stage });
    assert.equal((await socket.next('refused')).problem.code, 'room_not_found');
    assert.equal((await socket.next('refused')).problem.code, 'too_many_rooms');
    socket.send({ t: 'leave', stage: 'a' });
    await socket.next('left');
    socket.send({ t: 'join', stage: 'c' });
    await socket.next('joined', ({ stage }) => stage === 'c');
  });
});

suite('coming back', () => {
  test('by cursor: what was missed is sent first, and nothing twice', async () => {
    const { hub, enter, roomId } = await houseWithRoom();
    const stays = await enter();
    assert.deepEqual(await join(stays), {
      t: 'joined',
      stage: 'mira',
      seq: 0,
      resumed: false,
      missed: null,
      likes: 0,
      viewers: 1,
    });
    hub.publish(roomId, await commit(roomId, 1, 10));
    await stays.until(() => lastSeq(stays) === 10);
    for (const after of [0, 3, 9, 10]) {
      const back = await enter();
      const joined = await join(back, after);
      assert.deepEqual([joined.resumed, joined.seq], [true, 10]);
      assert.deepEqual(seqs(back), upTo(after + 1, 10));
      hub.publish(roomId, []);
      back.ws.close();
    }
    const ahead = await enter();
    const joined = await join(ahead, 11);
    assert.deepEqual(
      [joined.resumed, joined.missed, joined.seq],
      [false, null, 10],
      'a cursor that never was',
    );
  });

  test('while events pour in: every client sees every event once, in order', async () => {
    const { hub, enter, roomId } = await houseWithRoom();
    const first = await enter();
    await join(first);
    const pouring = (async () => {
      for (let round = 0; round < 150; round++) hub.publish(roomId, await commit(roomId, round * 4, 4));
    })();
    const comers = Array.from({ length: 12 }, async (_, index) => {
      const collected: Said[] = [];
      const seen = () => Math.max(lastSeq(socket), collected.at(-1)?.seq ?? 0);
      let socket = await enter(undefined, { plain: index % 2 === 0 });
      await join(socket, 0);
      for (let visit = 0; visit < 6; visit++) {
        await socket.until(() => seen() >= (visit + 1) * 90 + index);
        socket.ws.terminate();
        collected.push(...socket.events());
        socket = await enter(undefined, { plain: index % 2 === 0 });
        await join(socket, collected.at(-1).seq);
      }
      await socket.until(() => seen() === 600);
      collected.push(...socket.events());
      assert.deepEqual(
        collected.map((event) => event.seq),
        upTo(1, 600),
      );
    });
    await Promise.all([pouring, ...comers]);
    await first.until(() => lastSeq(first) === 600);
    assert.deepEqual(seqs(first), upTo(1, 600));
  });

  test('across a restart of the server', async () => {
    const before = await houseWithRoom();
    const socket = await before.enter();
    await join(socket);
    before.hub.publish(before.roomId, await commit(before.roomId, 1, 5));
    await socket.until(() => lastSeq(socket) === 5);
    await before.close();
    assert.equal((await socket.closed).code, 4010);
    await commit(before.roomId, 6, 5);
    const after = await houseWithRoom({ roomId: before.roomId });
    const back = await after.enter();
    const joined = await join(back, lastSeq(socket));
    assert.deepEqual([joined.resumed, joined.seq], [true, 10]);
    after.hub.publish(before.roomId, await commit(before.roomId, 11, 5));
    await back.until(() => lastSeq(back) === 15);
    assert.deepEqual([...seqs(socket), ...seqs(back)], upTo(1, 15));
  });

  test('after more than 500 events the client starts from the stage as it is', async () => {
    const { enter, roomId } = await houseWithRoom();
    await commit(roomId, 1, 502);
    const joined = await join(await enter(), 1);
    assert.deepEqual([joined.resumed, joined.missed, joined.seq], [false, null, 502]);
    const near = await join(await enter(), 2);
    assert.deepEqual([near.resumed, near.missed.length, near.seq], [true, 500, 502]);
  });
});

suite('several server processes', () => {
  test('show the same events, whichever of them commits', async () => {
    const limits = { pollAloneMs: 10, pollInCompanyMs: 10, presenceMs: 10 };
    const one = await houseWithRoom({ limits });
    const two = await houseWithRoom({ roomId: one.roomId, limits });
    const [here, there] = [await one.enter(), await two.enter()];
    await join(here);
    await join(there);
    const heard: string[] = [];
    two.hub.observe((_roomId, events, origin) => heard.push(...events.map(({ seq }) => `${seq} ${origin}`)));
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const house = index % 2 === 0 ? one : two;
        const events = await commit(one.roomId, index, 2);
        // One in three processes dies between its commit and its publishing.
        if (index % 3 !== 0) house.hub.publish(one.roomId, events);
      }),
    );
    await here.until(() => lastSeq(here) === 120);
    await there.until(() => lastSeq(there) === 120);
    assert.deepEqual(seqs(here), upTo(1, 120));
    assert.deepEqual(there.events(), here.events());
    assert.ok(one.hub.inCompany());
    assert.ok(
      heard.some((entry) => entry.endsWith('elsewhere')) && heard.some((entry) => entry.endsWith('here')),
    );
  });

  test('a client that comes from a process that is ahead misses nothing', async () => {
    const limits = { pollAloneMs: 3_600_000, pollInCompanyMs: 3_600_000 };
    const ahead = await houseWithRoom({ limits });
    const behind = await houseWithRoom({ roomId: ahead.roomId, limits });
    const stays = await behind.enter();
    await join(stays);
    ahead.hub.publish(ahead.roomId, await commit(ahead.roomId, 1, 8));
    const mover = await ahead.enter();
    assert.equal((await join(mover, 0)).seq, 8);
    mover.ws.close();
    const back = await behind.enter();
    const joined = await join(back, 8);
    assert.deepEqual([joined.resumed, joined.missed, joined.seq], [true, [], 8]);
    await stays.until(() => lastSeq(stays) === 8);
    assert.deepEqual(seqs(stays), upTo(1, 8));
  });

  test('count the people of all of them', async () => {
    const limits = { presenceMs: 10 };
    const one = await houseWithRoom({ limits });
    const two = await houseWithRoom({ roomId: one.roomId, limits });
    const here = await one.enter();
    await join(here);
    const there = await two.enter();
    await join(there);
    await here.until(() => lastViewers(here) === 2);
    there.ws.close();
    await here.until(() => lastViewers(here) === 1);
    await two.enter().then((socket) => join(socket));
    await here.until(() => lastViewers(here) === 2);
    await two.close();
    await here.until(() => lastViewers(here) === 1);
  });
});

suite('viewers', () => {
  test('a person counts once however many sockets, the host not, each anonymous socket once', async () => {
    const hostId = newId();
    const { hub, enter, roomId } = await houseWithRoom({ hostId });
    const koji = somebody(newId());
    const sockets = [
      await enter(koji),
      await enter(koji),
      await enter(),
      await enter(),
      await enter(somebody(hostId)),
    ];
    const expected = [1, 1, 2, 3, 3];
    for (const [index, socket] of sockets.entries()) {
      await join(socket);
      assert.equal(hub.viewers(roomId), expected[index]);
    }
    await join(sockets[0] as TestSocket);
    assert.equal(hub.viewers(roomId), 3, 'joining again changes nothing');
    const [first, second] = sockets;
    const last = sockets[4] as TestSocket;
    first?.ws.close();
    await last.until(() => lastViewers(last) === 3);
    second?.ws.close();
    await last.until(() => lastViewers(last) === 2);
    assert.equal(hub.viewers(roomId), 2);
  });
});

suite('a crowd', () => {
  test('sees 20 chat lines a second, the host and supporters first, and how many there were', async () => {
    const { hub, enter, roomId } = await houseWithRoom();
    const socket = await enter();
    await join(socket);
    for (let i = 0; i < 300; i++) hub.chat(roomId, line(`everybody ${i}`), 0);
    for (let i = 0; i < 5; i++) hub.chat(roomId, line(`host ${i}`, 'mira'), 9);
    const frame = await socket.next('frame', ({ chat }) => chat.length > 0);
    assert.deepEqual(frame.sampled, { shown: 20, of: 305 });
    assert.equal(frame.chat.length, 20);
    assert.deepEqual(
      frame.chat.slice(-5).map((said: ChatLine) => said.text),
      upTo(0, 4).map((i) => `host ${i}`),
    );
    const numbers = frame.chat.slice(0, 15).map((said: ChatLine) => Number(said.text.split(' ')[1]));
    assert.deepEqual(
      numbers,
      numbers.toSorted((a: number, b: number) => a - b),
      'in the order they were said',
    );
  });
});

suite('a slow reader', () => {
  test('loses noise, then its socket; it misses no event and nobody else notices', async () => {
    const { hub, enter, roomId } = await houseWithRoom();
    const [slow, fast] = [await enter(undefined, { plain: true }), await enter()];
    await join(slow);
    await join(fast);
    await slow.next('frame');
    slow.ws.pause();
    // Events of 8 kB: the kernel's buffers fill, then ours.
    const padding = 'x'.repeat(8_000);
    let committed = 0;
    while (hub.stats().closedSlow === 0) {
      hub.publish(roomId, await commit(roomId, committed, 40, { padding }), { now: true });
      committed += 40;
      await fast.until(() => lastSeq(fast) === committed);
      assert.ok(committed < 4_000, 'the slow reader was never closed');
    }
    assert.ok(committed * 8_000 > CLOSE_OVER_BYTES);
    assert.deepEqual(seqs(fast), upTo(1, committed));
    slow.ws.resume();
    assert.equal((await slow.closed).code, 4008);
    const seen = lastSeq(slow);
    assert.deepEqual(seqs(slow), upTo(1, seen), 'what it got has no gap');
    const back = await enter();
    const joined = await join(back, seen);
    assert.equal(joined.resumed, true);
    assert.deepEqual([...seqs(slow), ...seqs(back)], upTo(1, committed));
  });

  test('between 256 kB and 1 MB gets events without chat', async () => {
    const { hub, enter, roomId } = await houseWithRoom();
    const slow = await enter(undefined, { plain: true });
    await join(slow);
    await slow.next('frame');
    slow.ws.pause();
    const padding = 'x'.repeat(8_000);
    const other = await enter();
    await join(other);
    let committed = 0;
    // Until something has been kept from it; each round chat goes with the events.
    while (committed < 2_000 && hub.stats().closedSlow === 0) {
      hub.chat(roomId, line(`with ${committed}`), 0);
      hub.publish(roomId, await commit(roomId, committed, 8, { padding }), { now: true });
      committed += 8;
      await other.until(() => lastSeq(other) === committed);
    }
    slow.ws.resume();
    await slow.closed;
    const last = slow.said.at(-1);
    assert.equal(last.t, 'frame');
    assert.deepEqual(last.chat, [], 'its last frames carry events alone');
    assert.ok(last.events.length > 0);
    assert.ok(
      slow.said.some(({ chat }) => chat?.length > 0),
      'its first frames carry chat',
    );
    assert.deepEqual(seqs(slow), upTo(1, lastSeq(slow)));
  });
});
