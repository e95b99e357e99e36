import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  mayChat,
  rankOfLine,
  readChat,
  readGoalUnits,
  readHashtags,
  readTitle,
  searchPattern,
  usualScene,
} from './rules.ts';

const LENGTHS = { lengthMin: 1, lengthMax: 200 };
const family = '👨‍👩‍👧‍👦';

test('what may be said in chat', () => {
  const table: [string, string, string | RegExp][] = [
    ['plain', 'hello Mira', 'hello Mira'],
    ['spaces around and between', '  hello \t  Mira  ', 'hello Mira'],
    ['line breaks become spaces', 'one\r\ntwo\nthree', 'one two three'],
    ['composed by NFC', 'Cafe\u0301', 'Café'],
    ['200 letters', 'ä'.repeat(200), 'ä'.repeat(200)],
    ['200 families, 4,600 bytes', family.repeat(200), family.repeat(200)],
    ['Thai, Hebrew points, Devanagari', 'ที่นี่ שָׁלוֹם नमस्ते', 'ที่นี่ שָׁלוֹם नमस्ते'],
    ['markup is only text', '<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['a keycap and a flag', '1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿'.slice(0, 3), '1️⃣'],
    ['empty', '', /must not be empty/],
    ['only spaces', ' \t\n ', /must not be empty/],
    ['201 letters', 'x'.repeat(201), /at most 200 letters/],
    ['201 families', family.repeat(201), /at most 200 letters/],
    ['a NUL', 'a\u0000b', /cannot be seen/],
    ['an escape sequence', '\u001b[31mred', /cannot be seen/],
    ['right-to-left override', 'abc\u202Etxt.exe', /text direction/],
    ['isolates', '\u2066abc\u2069', /text direction/],
    ['zero width space', 'a\u200Bb', /cannot be seen/],
    ['nothing but a Hangul filler', '\u3164', /cannot be seen/],
    ['a private character', '\uE000', /cannot be seen/],
    ['half a surrogate pair', 'a\uD800b', /half a character/],
    ['a bomb of combining marks', `Z${'\u0301'.repeat(40)}`, /too many marks/],
    ['tag characters hiding text', `a${'\u{E0041}'.repeat(3)}`, /cannot be seen|marks/],
  ];
  for (const [name, raw, expected] of table) {
    const read = readChat(raw, LENGTHS);
    if (typeof expected === 'string') assert.deepEqual(read, { value: expected }, name);
    else assert.match('rule' in read ? read.rule : `accepted ${JSON.stringify(read.value)}`, expected, name);
  }
});

test('whatever is typed, what is kept is well-formed NFC within bounds, and reading it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (raw) => {
      const read = readChat(raw, LENGTHS);
      if ('rule' in read) return;
      assert.ok(read.value.isWellFormed());
      assert.equal(read.value, read.value.normalize('NFC'));
      assert.doesNotMatch(read.value, /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
      assert.deepEqual(readChat(read.value, LENGTHS), read);
    }),
  );
});

test('one message a second and person', () => {
  const table: [number | undefined, number, boolean][] = [
    [undefined, 0, true],
    [1_000, 1_000, false],
    [1_000, 1_999, false],
    [1_000, 2_000, true],
    [1_000, 999, true],
  ];
  for (const [last, now, may] of table) assert.equal(mayChat(last, now, 1_000), may, `${last} → ${now}`);
});

test('hashtags', () => {
  assert.deepEqual(readHashtags(['#Music', 'music', 'ÉTÉ', '夏', 'a_1']), {
    value: ['music', 'été', '夏', 'a_1'],
  });
  for (const bad of [
    ['two words'],
    ['a-b'],
    [''],
    ['#'],
    ['x'.repeat(31)],
    ['a', 'b', 'c', 'd', 'e', 'f'],
    ['a\u200Bb'],
  ]) {
    assert.ok('rule' in readHashtags(bad), JSON.stringify(bad));
  }
});

test('titles and goals', () => {
  assert.deepEqual(readTitle('  Late   night '), { value: 'Late night' });
  assert.ok('rule' in readTitle(' '));
  assert.ok('rule' in readTitle('x'.repeat(81)));
  assert.deepEqual(readGoalUnits('10000000000'), { value: 10_000_000_000n });
  for (const bad of ['0', '10000000001', '9999999999999999999']) assert.ok('rule' in readGoalUnits(bad), bad);
});

test('in a crowd the host comes first, then supporters by their place', () => {
  const ranks = [
    rankOfLine({ host: true, supporterRank: null }),
    rankOfLine({ host: false, supporterRank: 1 }),
    rankOfLine({ host: false, supporterRank: 20 }),
    rankOfLine({ host: false, supporterRank: null }),
  ];
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => b - a),
  );
  assert.equal(new Set(ranks).size, 4);
});

test('a search finds what it says, also signs that patterns use', () => {
  assert.equal(searchPattern(' #Music '), '%Music%');
  assert.equal(searchPattern('@mira'), '%mira%');
  assert.equal(searchPattern('100%_\\'), '%100\\%\\_\\\\%');
});

test('a creator without a choice has always the same scene', () => {
  assert.equal(
    usualScene('0190b2c4-0000-7000-8000-00000000abcd'),
    usualScene('0190b2c4-0000-7000-8000-00000000abcd'),
  );
});
