import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSearchable, wordFilter } from './word-filter.ts';

const hides = wordFilter(['spam', 'Buy Followers', 'дурак', 'ばか', 'loser']);

for (const text of [
  'spam',
  'this is SPAM!',
  'sp@m',
  '$pam',
  'spaaaam',
  's p a m',
  's.p.a.m',
  '(spam)',
  'ѕраm',
  'ｓｐａｍ',
  'spám',
  'buy   followers now',
  'BUY F0LLOWERS',
  'l0ser',
  'you lo5er!!!',
  'ты дурак?',
  'ほんとにばかだね',
]) {
  test(`“${text}” is hidden`, () => assert.equal(hides(text), true));
}

for (const text of [
  'spamalot is a musical',
  'buy me followers',
  'followers',
  'a nice evening',
  'closer',
  'I am p',
  '',
  '!!!',
  '❤️',
]) {
  test(`“${text}” is shown`, () => assert.equal(hides(text), false));
}

test('an empty list hides nothing', () => {
  assert.equal(wordFilter([])('anything'), false);
  assert.equal(wordFilter(['!!', ' '])('anything !!'), false);
});

test('a single letter is no word to look for; a single character of a script without spaces is', () => {
  assert.deepEqual(['a', 'a!', '!!', 'ab', '死'].map(isSearchable), [false, false, false, true, true]);
});
