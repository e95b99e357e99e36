import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../core/refusal.ts';
import { isOver, type PollWish, percentsOf, readPoll, requestHash, showsVotes, winnersOf } from './rules.ts';

const ROSE = { id: 'rose', name: 'Rose', art: '1f339', coins: 1n };
const CLAP = { id: 'clap', name: 'Clap', art: '1f44f', coins: 1n };
const giftById = (id: string) => [ROSE, CLAP].find((gift) => gift.id === id);

const free = (about: Partial<PollWish> = {}): PollWish => ({
  kind: 'poll',
  title: 'Which song next?',
  options: [
    { text: 'Lanterns', giftId: null },
    { text: 'Encore', giftId: null },
  ],
  seconds: 60,
  hidden: false,
  ...about,
});
const option = (text: string, giftId: string | null = null) => ({ text, giftId });

describe('what may be put to the vote', () => {
  const refused: readonly [string, Partial<PollWish>, string, string][] = [
    ['no title', { title: ' ' }, 'poll_invalid', '/title'],
    ['a long title', { title: 'a'.repeat(81) }, 'poll_invalid', '/title'],
    ['one option', { options: [option('a')] }, 'poll_invalid', '/options'],
    ['six options', { options: [...'abcdef'].map((text) => option(text)) }, 'poll_invalid', '/options'],
    ['an empty option', { options: [option('a'), option('')] }, 'poll_invalid', '/options/1/text'],
    ['the same twice', { options: [option('Yes'), option(' yes ')] }, 'poll_invalid', '/options/1/text'],
    ['hidden text', { options: [option('a'), option('b\u202ec')] }, 'poll_invalid', '/options/1/text'],
    ['too short', { seconds: 14 }, 'poll_invalid', '/seconds'],
    ['too long', { seconds: 1_801 }, 'poll_invalid', '/seconds'],
    [
      'a gift in a free one',
      { options: [option('a', 'rose'), option('b')] },
      'poll_invalid',
      '/options/0/giftId',
    ],
    [
      'no gift',
      { kind: 'giftVote', options: [option('a', 'rose'), option('b')] },
      'poll_invalid',
      '/options/1/giftId',
    ],
    [
      'one gift twice',
      { kind: 'giftVote', options: [option('a', 'rose'), option('b', 'rose')] },
      'poll_invalid',
      '/options/1/giftId',
    ],
    [
      'an unknown gift',
      { kind: 'giftVote', options: [option('a', 'rose'), option('b', 'gold')] },
      'poll_gift_unknown',
      '/options/1/giftId',
    ],
  ];
  for (const [name, about, code, field] of refused) {
    test(`${name} is refused`, () => {
      const read = readPoll(free(about), giftById);
      assert(read instanceof Refusal);
      assert.deepEqual([read.code, read.field], [code, field]);
    });
  }

  test('texts are kept clean, gifts with their price', () => {
    const read = readPoll(
      free({
        kind: 'giftVote',
        title: ' Red  or\nblue? ',
        options: [option('Red', 'rose'), option('Blue', 'clap')],
      }),
      giftById,
    );
    assert(!(read instanceof Refusal));
    assert.deepEqual(read, {
      title: 'Red or blue?',
      options: [
        { text: 'Red', gift: ROSE },
        { text: 'Blue', gift: CLAP },
      ],
    });
  });
});

test('percents add up to 100 or to nothing, and grow with the votes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 2, maxLength: 5 }),
      (votes) => {
        const percents = percentsOf(votes);
        const sum = percents.reduce((all, some) => all + some, 0);
        assert.equal(sum, votes.every((some) => some === 0n) ? 0 : 100);
        for (const [i, a] of votes.entries()) {
          for (const [j, b] of votes.entries()) {
            if (a > b) assert((percents[i] ?? 0) >= (percents[j] ?? 0), `${votes} → ${percents}`);
          }
        }
      },
    ),
  );
});

test('the most votes win; even ones share it; nobody wins nothing', () => {
  assert.deepEqual(winnersOf([1n, 3n, 2n]), [2]);
  assert.deepEqual(winnersOf([3n, 1n, 3n]), [1, 3]);
  assert.deepEqual(winnersOf([0n, 0n]), []);
});

test('a free vote is over at its end, a gift vote takes gifts on their way', () => {
  const endsAt = new Date(10_000);
  assert.equal(isOver({ kind: 'poll', endsAt }, 9_999), false);
  assert.equal(isOver({ kind: 'poll', endsAt }, 10_000), true);
  assert.equal(isOver({ kind: 'giftVote', endsAt }, 10_999), false);
  assert.equal(isOver({ kind: 'giftVote', endsAt }, 11_000), true);
});

test('hidden votes show at the end, canceled ones never', () => {
  const shown = (state: 'running' | 'closing' | 'ended', hidden: boolean, canceled = false) =>
    showsVotes({ state, hidden, endedHow: canceled ? 'canceled' : state === 'running' ? null : 'time' });
  assert.deepEqual(
    [shown('running', false), shown('running', true), shown('closing', true), shown('ended', true)],
    [true, false, false, true],
  );
  assert.equal(shown('ended', false, true), false);
});

test('another wish has another hash', () => {
  const hashes = [free(), free({ title: 'x' }), free({ seconds: 61 }), free({ hidden: true })].map(
    requestHash,
  );
  assert.equal(new Set(hashes).size, hashes.length);
});
