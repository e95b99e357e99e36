import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCursor, encodeCursor } from './page.ts';

test('a cursor gives back the key it was made of', () => {
  assert.deepEqual(decodeCursor(encodeCursor(['2026-11-22', 7]), 2), ['2026-11-22', 7]);
});

test('whatever is not a cursor of this list is refused, not guessed', () => {
  const foreign = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const cursor of [
    '',
    '%',
    'bm90IGpzb24',
    foreign({ a: 1 }),
    foreign([1]),
    foreign([1, null]),
    foreign([1, [2]]),
  ]) {
    assert.equal(decodeCursor(cursor, 2), null, cursor);
  }
});
