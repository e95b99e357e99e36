import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newId } from '../core/ids.ts';
import {
  coinTransferId,
  diamondTransferId,
  giftIdOfTransfer,
  isUuidV7,
  lastOfStreakKey,
  requestHash,
  STREAK_COUNT_MAX,
  singleGiftId,
  streakGiftId,
  streakKeyOf,
  streakKeyOfGift,
} from './gift-ids.ts';

const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('an id is a UUID of version 8 that begins with the time of the streak', () => {
  const sender = newId();
  const streak = newId();
  const id = streakGiftId(streakKeyOf(sender, streak), 11);
  assert.match(id, UUID_V8);
  assert.equal(id.slice(0, 13), streak.slice(0, 13));
  assert.equal(id.slice(-6), '0000b0');
});

test('the same request gives the same id, everything else another', () => {
  const [a, b] = [newId(), newId()];
  const streak = newId();
  assert.equal(streakGiftId(streakKeyOf(a, streak), 3), streakGiftId(streakKeyOf(a, streak), 3));
  const ids = [
    streakGiftId(streakKeyOf(a, streak), 3),
    streakGiftId(streakKeyOf(a, streak), 4),
    streakGiftId(streakKeyOf(b, streak), 3),
    streakGiftId(streakKeyOf(a, newId()), 3),
    singleGiftId(a, streak),
    singleGiftId(b, streak),
    singleGiftId(a, `${streak}:3`),
    singleGiftId(a, 'order 66'.replace(' ', '_')),
  ];
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, UUID_V8);
});

test('a key that is a UUIDv7 lends its time, any other key hides it', () => {
  const sender = newId();
  const key = newId();
  assert.equal(singleGiftId(sender, key).slice(0, 13), key.slice(0, 13));
  assert.match(singleGiftId(sender, 'k'), UUID_V8);
  assert.notEqual(singleGiftId(sender, 'k').slice(0, 13), singleGiftId(sender, 'l').slice(0, 13));
});

test('the gifts of a streak lie between its bounds, in the order of their counts', () => {
  fc.assert(
    fc.property(
      fc.nat(STREAK_COUNT_MAX),
      fc.nat(STREAK_COUNT_MAX),
      fc.uuid({ version: 7 }),
      (x, y, streak) => {
        const sender = newId();
        const first = streakKeyOf(sender, streak);
        const last = lastOfStreakKey(first);
        const [low, high] = [Math.min(x, y), Math.max(x, y)].map((from) =>
          streakGiftId(streakKeyOf(sender, streak), from),
        );
        assert(low !== undefined && high !== undefined);
        assert(
          first <= low && low <= high && coinTransferId(high) <= last && diamondTransferId(high) <= last,
        );
      },
    ),
  );
  const [sender, streak] = [newId(), newId()];
  const key = streakKeyOf(sender, streak);
  assert.equal(key, streakGiftId(key, 0));
  assert.equal(streakKeyOfGift(streakGiftId(key, 77)), key);
});

test('a gift, its Coin leg and its Diamond leg differ in their last digit', () => {
  const gift = singleGiftId(newId(), newId());
  assert.deepEqual(
    [gift, coinTransferId(gift), diamondTransferId(gift)].map((id) => id.slice(-1)),
    ['0', '1', '2'],
  );
  assert.equal(giftIdOfTransfer(coinTransferId(gift)), gift);
  assert.equal(giftIdOfTransfer(diamondTransferId(gift)), gift);
});

test('the hash of a request fits the ledger and tells stage, gift, quantity and receiver apart', () => {
  const stageId = newId();
  const hashes = [
    requestHash({ stageId, catalogueId: 'rose', quantity: 1, receiverId: null }),
    requestHash({ stageId, catalogueId: 'rose', quantity: 2, receiverId: null }),
    requestHash({ stageId, catalogueId: 'clap', quantity: 1, receiverId: null }),
    requestHash({ stageId: newId(), catalogueId: 'rose', quantity: 1, receiverId: null }),
    requestHash({ stageId, catalogueId: 'rose', quantity: null, receiverId: null }),
    requestHash({ stageId, catalogueId: 'rose', quantity: 1, receiverId: newId() }),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
  for (const hash of hashes) assert(hash >= 0n && hash < 2n ** 63n);
});

test('a UUIDv7 is told from other texts', () => {
  assert(isUuidV7(newId()));
  for (const text of [
    '',
    'rose',
    newId().toUpperCase(),
    '0190b2c4-0000-4000-8000-000000000000',
    `${newId()}0`,
  ]) {
    assert(!isUuidV7(text), text);
  }
});
