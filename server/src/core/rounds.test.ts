import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goRounds } from './rounds.ts';

const HOUR_MS = 3_600_000;

/** Rounds that each wait until the test lets them end, and what was logged. */
function watched(everyMs: number | (() => number)) {
  const begun: ((found: number | Error) => void)[] = [];
  const warned: object[] = [];
  const heard: (() => void)[] = [];
  const rounds = goRounds(
    'test',
    everyMs,
    { warn: (fields) => warned.push(fields) },
    () =>
      new Promise<number>((resolve, reject) => {
        begun.push((found) => (found instanceof Error ? reject(found) : resolve(found)));
        for (const hear of heard.splice(0)) hear();
      }),
  );
  return {
    rounds,
    warned,
    begun,
    /** Ends the round numbered so, from 1 on, as soon as it has begun. */
    async end(number: number, found: number | Error): Promise<void> {
      while (begun[number - 1] === undefined) await new Promise<void>((hear) => heard.push(hear));
      begun[number - 1]?.(found);
    },
  };
}

/** Lets everything happen that waits for nothing but its turn. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('the first round begins at once, and one that found work is followed by the next', async () => {
  const { rounds, begun, end } = watched(HOUR_MS);
  await end(1, 7);
  await end(2, 1);
  await end(3, 0);
  await settled();
  assert.equal(begun.length, 3);
  rounds.wake();
  assert.equal(begun.length, 4);
  await end(4, 0);
  await rounds.stop();
});

test('whoever wakes it during a round gets one more, never two at a time', async () => {
  const { rounds, begun, end } = watched(HOUR_MS);
  rounds.wake();
  rounds.wake();
  await settled();
  assert.equal(begun.length, 1);
  await end(1, 0);
  await end(2, 0);
  await settled();
  assert.equal(begun.length, 2);
  await rounds.stop();
});

test('a failure is told once, until a round succeeds', async () => {
  let pauses = 0;
  const { rounds, warned, end } = watched(() => {
    pauses += 1;
    return HOUR_MS;
  });
  const away = new Error('no database');
  const told: number[] = [];
  for (const [index, found] of [away, away, away, 0, away, away, 0].entries()) {
    if (index > 0) rounds.wake();
    await end(index + 1, found);
    await settled();
    told.push(warned.length);
  }
  assert.deepEqual(told, [1, 1, 1, 1, 2, 2, 2]);
  assert.equal(pauses, 7, 'how long to pause is asked each time');
  await rounds.stop();
});

test('stopping waits for the round in progress, and none begins after it', async () => {
  const { rounds, begun, end } = watched(HOUR_MS);
  let isStopped = false;
  const stopping = rounds.stop().then(() => {
    isStopped = true;
  });
  await settled();
  assert.equal(isStopped, false);
  await end(1, 5);
  await stopping;
  rounds.wake();
  await settled();
  assert.equal(begun.length, 1);
});
