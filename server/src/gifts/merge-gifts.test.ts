import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { newId, type Uuid } from '../core/ids.ts';
import type { Gift, Streak } from './gift.ts';
import { singleGiftId, streakGiftId, streakKeyOf } from './gift-ids.ts';
import { type Merged, type Moment, mergeGifts } from './merge-gifts.ts';

const START = Date.UTC(2026, 10, 22, 12);
const CLOSE_MS = 5_000;
const [mira, stageId, sessionId] = [newId(), newId(), newId()];

let committed = 0n;

function streakGift(senderId: Uuid, streakId: Uuid, from: number, to: number, atMs: number): Gift {
  committed += 1n;
  return {
    id: streakGiftId(streakKeyOf(senderId, streakId), from),
    committed,
    sentAt: new Date(atMs),
    maturesAt: new Date(atMs),
    stageId,
    sessionId,
    senderId,
    creatorId: mira,
    homeStageId: null,
    homeSessionId: null,
    catalogueId: 'rose',
    quantity: to - from,
    coins: BigInt(to - from),
    diamondUnits: BigInt(to - from) * 500n,
    streakId,
    streakFrom: from,
    streakTo: to,
    policyVersion: 1,
    rateVersion: 1,
    requestHash: 1n,
    tierId: null,
  };
}

function singleGift(senderId: Uuid, quantity: number, atMs: number): Gift {
  const gift = streakGift(senderId, newId(), 0, quantity, atMs);
  return { ...gift, id: singleGiftId(senderId, newId()), streakId: null };
}

/** Turn after turn, as the relay does it: what one leaves behind is what the next one finds. */
class Relay {
  readonly streaks = new Map<string, Streak>();
  readonly moments: Moment[] = [];

  turn(gifts: readonly Gift[], nowMs: number, caughtUp = true): Merged {
    const merged = mergeGifts({
      gifts,
      streaks: [...this.#newest().values()],
      caughtUp,
      nowMs,
      closeMs: CLOSE_MS,
    });
    for (const streak of merged.streaks) this.streaks.set(`${streak.id} ${streak.groupNo}`, streak);
    this.moments.push(...merged.moments);
    return merged;
  }

  #newest(): Map<Uuid, Streak> {
    const newest = new Map<Uuid, Streak>();
    for (const streak of this.streaks.values()) {
      if ((newest.get(streak.id)?.groupNo ?? -1) < streak.groupNo) newest.set(streak.id, streak);
    }
    return newest;
  }
}

const told = (moments: readonly Moment[]) =>
  moments.map(({ repeatCount, deltaCount, final }) => ({ repeatCount, deltaCount, final }));

describe('a streak', () => {
  const [ana, streakId] = [newId(), newId()];

  test('taps of one turn become one moment; the end is one final moment', () => {
    const relay = new Relay();
    relay.turn(
      [streakGift(ana, streakId, 0, 1, START), streakGift(ana, streakId, 1, 5, START + 400)],
      START + 420,
    );
    relay.turn([streakGift(ana, streakId, 5, 12, START + 900)], START + 920);
    relay.turn([], START + 900 + CLOSE_MS - 1);
    relay.turn([], START + 900 + CLOSE_MS);
    relay.turn([], START + 60_000);
    assert.deepEqual(told(relay.moments), [
      { repeatCount: 5, deltaCount: 5, final: false },
      { repeatCount: 12, deltaCount: 7, final: false },
      { repeatCount: 12, deltaCount: 0, final: true },
    ]);
    assert.equal(new Set(relay.moments.map(({ groupId }) => groupId)).size, 1);
  });

  test('is not closed while gifts are waiting that may belong to it', () => {
    const relay = new Relay();
    relay.turn([streakGift(ana, streakId, 0, 1, START)], START + 60_000, false);
    assert.deepEqual(told(relay.moments), [{ repeatCount: 1, deltaCount: 1, final: false }]);
    relay.turn([streakGift(ana, streakId, 1, 3, START + 300)], START + 60_010);
    assert.deepEqual(told(relay.moments.slice(1)), [
      { repeatCount: 3, deltaCount: 2, final: false },
      { repeatCount: 3, deltaCount: 0, final: true },
    ]);
  });

  test('a gift that commits after the end opens the next group, counted anew and closed once', () => {
    const relay = new Relay();
    relay.turn([streakGift(ana, streakId, 0, 4, START)], START);
    relay.turn([], START + CLOSE_MS);
    relay.turn([streakGift(ana, streakId, 4, 5, START + 4_990)], START + CLOSE_MS + 20);
    relay.turn([], START + 4_990 + CLOSE_MS);
    assert.deepEqual(
      relay.moments.map(({ groupId, repeatCount, final }) => [groupId, repeatCount, final]),
      [
        [streakId, 4, false],
        [streakId, 4, true],
        [`${streakId}.2`, 1, false],
        [`${streakId}.2`, 1, true],
      ],
    );
  });

  test('of the same client id by two people stays two streaks', () => {
    const relay = new Relay();
    const ben = newId();
    relay.turn([streakGift(ana, streakId, 0, 3, START), streakGift(ben, streakId, 0, 2, START)], START);
    relay.turn([], START + CLOSE_MS);
    assert.deepEqual(
      relay.moments.filter(({ final }) => final).map(({ senderId, repeatCount }) => [senderId, repeatCount]),
      [
        [ana, 3],
        [ben, 2],
      ],
    );
  });
});

test('a gift on its own is one moment, final at once', () => {
  const relay = new Relay();
  relay.turn([singleGift(newId(), 3, START)], START);
  relay.turn([], START + 60_000);
  assert.deepEqual(told(relay.moments), [{ repeatCount: 3, deltaCount: 3, final: true }]);
});

test('what each gift of the catalogue brought is added up per session and minute', () => {
  const [ana, ben] = [newId(), newId()];
  const streakId = newId();
  const minuteMs = Date.UTC(2026, 10, 23);
  const { given } = new Relay().turn(
    [
      streakGift(ana, streakId, 0, 2, minuteMs - 1),
      singleGift(ben, 5, minuteMs - 60_000),
      { ...singleGift(ben, 4, minuteMs - 1), catalogueId: 'clap' },
      singleGift(ben, 1, minuteMs),
    ],
    minuteMs,
  );
  const sum = (gifts: bigint) => ({ coins: gifts, diamondUnits: gifts * 500n, gifts });
  assert.deepEqual(given, [
    { sessionId, catalogueId: 'rose', minuteMs: minuteMs - 60_000, ...sum(7n) },
    { sessionId, catalogueId: 'clap', minuteMs: minuteMs - 60_000, ...sum(4n) },
    { sessionId, catalogueId: 'rose', minuteMs, ...sum(1n) },
  ]);
});

// However taps fall into turns, late turns and closings: a tool that counts finals gets what was paid.
test('property: the finals of all groups count every tap once', () => {
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('tap' as const),
        who: fc.nat(2),
        taps: fc.integer({ min: 1, max: 9 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('turn' as const), take: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 7_000 }) }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const relay = new Relay();
      const people = [newId(), newId(), newId()].map((id) => ({ id, streakId: newId(), count: 0 }));
      const queue: Gift[] = [];
      let nowMs = START;
      const turn = (take: number) => {
        const gifts = queue.splice(0, take);
        relay.turn(gifts, nowMs, queue.length === 0);
      };
      for (const move of steps) {
        if (move.kind === 'wait') nowMs += move.ms;
        else if (move.kind === 'turn') turn(move.take);
        else {
          const person = people[move.who];
          assert(person !== undefined);
          queue.push(streakGift(person.id, person.streakId, person.count, person.count + move.taps, nowMs));
          person.count += move.taps;
        }
      }
      turn(queue.length);
      nowMs += CLOSE_MS;
      turn(0);
      for (const person of people) {
        const own = relay.moments.filter(({ senderId }) => senderId === person.id);
        const finals = own.filter(({ final }) => final);
        const groups = new Set(own.map(({ groupId }) => groupId));
        const sum = (moments: readonly Moment[], of: (moment: Moment) => number) =>
          moments.reduce((total, moment) => total + of(moment), 0);
        assert.equal(finals.length, groups.size, 'one final per group');
        assert.equal(
          sum(finals, ({ repeatCount }) => repeatCount),
          person.count,
          'finals count every tap',
        );
        assert.equal(
          sum(own, ({ deltaCount }) => deltaCount),
          person.count,
          'deltas count every tap',
        );
        for (const group of groups) {
          const events = own.filter(({ groupId }) => groupId === group);
          assert.equal(events.at(-1)?.final, true, 'nothing follows the final');
          const counts = events.map(({ repeatCount }) => repeatCount);
          assert.deepEqual(
            counts,
            [...counts].sort((a, b) => a - b),
            'counts never fall',
          );
        }
      }
    }),
  );
});
