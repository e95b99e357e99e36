import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Allowance } from './allowance.ts';
import { sampleLines } from './chat-sample.ts';
import { laneFor, tickMs } from './pace.ts';
import { Ring } from './ring.ts';
import type { RoomEvent } from './room-event.ts';

test('a room ticks 10 times a second up to 8,000 sockets and never less than twice', () => {
  const table = [
    [0, 100],
    [1, 100],
    [8_000, 100],
    [10_000, 125],
    [20_000, 250],
    [40_000, 500],
    [1_000_000, 500],
  ] as const;
  for (const [sockets, ms] of table) assert.equal(tickMs(sockets), ms, `${sockets} sockets`);
});

test('a socket loses noise above 256 kB waiting and is closed above 1 MB', () => {
  const table = [
    [0, 'all'],
    [262_144, 'all'],
    [262_145, 'events'],
    [1_048_576, 'events'],
    [1_048_577, 'close'],
  ] as const;
  for (const [waiting, lane] of table) assert.equal(laneFor(waiting), lane, `${waiting} bytes`);
});

test('an allowance gives its burst, then its rate, and saves no more than the burst', () => {
  const allowance = new Allowance(50, 150, 0);
  assert.equal(allowance.takeUpTo(1_000, 0), 150);
  assert.equal(allowance.take(19), false);
  assert.equal(allowance.take(20), true);
  assert.equal(allowance.takeUpTo(1_000, 1_020), 50);
  assert.equal(allowance.takeUpTo(1_000, 3_600_000), 150);
});

test('whatever is asked of an allowance, it never gives more than burst + rate × time', () => {
  const asks = fc.array(fc.record({ waitMs: fc.nat(500), wanted: fc.nat(300) }), { maxLength: 50 });
  fc.assert(
    fc.property(asks, (steps) => {
      const allowance = new Allowance(50, 150, 0);
      let [nowMs, given] = [0, 0];
      for (const { waitMs, wanted } of steps) {
        nowMs += waitMs;
        given += allowance.takeUpTo(wanted, nowMs);
        assert.ok(given <= 150 + (nowMs * 50) / 1_000);
      }
    }),
  );
});

test('a sample keeps the highest ranks, in the order they were said', () => {
  const lines = fc.array(fc.record({ line: fc.string(), rank: fc.nat(5) }), { maxLength: 100 });
  fc.assert(
    fc.property(lines, fc.nat(30), (said, keep) => {
      const numbered = said.map(({ rank }, place) => ({ line: place, rank }));
      const kept = sampleLines(numbered, keep, Math.random);
      assert.equal(kept.length, Math.min(keep, said.length));
      assert.deepEqual(
        kept,
        kept.toSorted((a, b) => a - b),
      );
      const rankOf = (place: number) => numbered[place]?.rank ?? -1;
      const lowestKept = Math.min(...kept.map(rankOf));
      const left = numbered.filter(({ line }) => !kept.includes(line));
      assert.ok(keep === 0 || left.every(({ rank }) => rank <= lowestKept));
    }),
  );
});

test('a ring gives any stretch it still has, refuses holes, and lets nothing go that was not shown', () => {
  const event = (seq: number) => ({ seq }) as RoomEvent;
  const ring = new Ring(100, 10);
  for (let seq = 101; seq <= 150; seq++) ring.push(event(seq));
  assert.throws(() => ring.push(event(150)), /does not follow/);
  assert.throws(() => ring.push(event(152)), /does not follow/);
  ring.trim(105);
  assert.deepEqual(
    ring.between(105, 108)?.map(({ seq }) => seq),
    [106, 107, 108],
  );
  ring.trim(150);
  assert.equal(ring.between(139, 150), null, 'gone');
  assert.equal(ring.between(140, 150)?.length, 10);
  assert.deepEqual(ring.between(150, 150), []);
  assert.equal(ring.between(149, 151), null, 'not there yet');
});
