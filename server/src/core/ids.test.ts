import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId, parsePublicId, publicId } from './ids.ts';

test('a public id leads back to its own id and to no other kind', () => {
  const id = newId();
  const named = publicId('gift', id);
  assert.match(named, /^gift_[0-9a-f]{32}$/);
  assert.equal(parsePublicId('gift', named), id);
  assert.equal(parsePublicId('order', named), null);
});

test('what is not exactly a public id is none', () => {
  const hex = '0190b2c4000070008000000000000001';
  for (const text of [
    '',
    'gift_',
    hex,
    `gift_${hex.toUpperCase()}`,
    `gift_${hex}0`,
    `gift_${hex.slice(1)}`,
    ` gift_${hex}`,
    `gift_${hex}\n`,
    `gift_${hex.slice(0, 31)}g`,
    `gift_${hex.slice(0, 31)}１`,
  ]) {
    assert.equal(parsePublicId('gift', text), text === `gift_${hex}` ? hex : null, JSON.stringify(text));
  }
});

test('ids made later sort later', () => {
  const made = Array.from({ length: 1_000 }, newId);
  assert.deepEqual([...made].sort(), made);
});
