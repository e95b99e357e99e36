import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kept } from './kept.ts';

test('whoever asks first waits; everybody else has it at once, and it is read once', async () => {
  let reads = 0;
  const kept = new Kept(60_000, async () => ++reads);
  assert.deepEqual(await Promise.all([kept.now(), kept.now()]), [1, 1]);
  assert.equal(kept.now(), 1);
});

test('what is old is read again behind whoever asks, and stays when that fails', async () => {
  const answers: (string | Error)[] = ['first', new Error('no database'), 'second'];
  const read = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  // Older than no time at all: every question finds it old.
  const kept = new Kept(-1, read);
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  assert.equal(await kept.now(), 'first');
  assert.equal(kept.now(), 'first');
  await settled();
  assert.equal(kept.now(), 'first', 'the second reading failed');
  await settled();
  assert.equal(kept.now(), 'second');
});
