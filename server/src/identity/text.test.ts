import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanText, lengthOf, lookAlike, mixesScripts } from './text.ts';

const RULES = { lengthMin: 1, lengthMax: 40 };

const kept: [name: string, raw: string, text: string][] = [
  ['plain', 'Mira', 'Mira'],
  ['spaces around and inside', '  Mira \t of\u00A0 the  sea ', 'Mira of the sea'],
  ['decomposed', 'Zoe\u0308', 'Zo\u00EB'],
  ['Polish', 'Łódź', 'Łódź'],
  ['Vietnamese', 'Nguyễn', 'Nguyễn'],
  ['Japanese', 'さくら', 'さくら'],
  ['Arabic', 'مريم', 'مريم'],
  ['Hindi', 'प्रिया', 'प्रिया'],
  ['Thai', 'น้ำ', 'น้ำ'.normalize('NFC')],
  ['four-byte letters', '𠮷野家', '𠮷野家'],
  ['an emoji', 'Mira 💎', 'Mira 💎'],
  ['a joined emoji', '👩🏽‍🎤 live', '👩🏽‍🎤 live'],
  ['a heart with presentation', '❤️', '❤️'],
  ['a rainbow flag', '🏳️‍🌈', '🏳️‍🌈'],
  ['a flag', '🇵🇱', '🇵🇱'],
  ['a key cap', '1️⃣', '1️⃣'],
  ['an apostrophe', "D'Arcy O’Neil", "D'Arcy O’Neil"],
  ['markup, which is only text', '<b>Mira</b>', '<b>Mira</b>'],
];
for (const [name, raw, text] of kept) {
  test(`a name that is ${name} is kept`, () => {
    assert.deepEqual(cleanText(raw, RULES), { text });
  });
}

const unseen = 'has a character in it that cannot be seen or that changes text direction';
const marks = 'has too many marks on one letter';
const refused: [name: string, raw: string, rule: string][] = [
  ['nothing', '', 'must not be empty'],
  ['spaces only', ' \t\u00A0\u3000', 'must not be empty'],
  ['a right-to-left override', 'Mira\u202Eariм', unseen],
  ['an isolate', '\u2066Mira\u2069', unseen],
  ['a zero-width space', 'Mi\u200Bra', unseen],
  ['a zero-width joiner between letters', 'Mi\u200Dra', unseen],
  ['a word joiner', 'Mi\u2060ra', unseen],
  ['a byte order mark', '\uFEFFMira', unseen],
  ['a soft hyphen', 'Mi\u00ADra', unseen],
  ['a NUL', 'Mi\0ra', unseen],
  ['an escape', '\u001B[31mMira', unseen],
  ['a Hangul filler', '\u3164', unseen],
  ['a blank Braille letter', '\u2800', unseen],
  ['a variation selector on a letter', 'M\uFE0Fira', unseen],
  ['a tag letter', 'Mira\u{E0041}', unseen],
  ['a private letter', 'Mira\uE000', unseen],
  ['an unassigned letter', 'Mira\u0378', unseen],
  ['a line separator', 'Mira\u2028x', unseen],
  ['half a character', 'Mira\uD83D', 'has half a character in it'],
  ['four marks on a letter', `Mi\u0316\u0317\u0318\u0319ra`, marks],
  ['a hundred marks on a letter', `Mi${'\u0301'.repeat(100)}ra`, marks],
  ['41 letters', 'a'.repeat(41), 'may have at most 40 letters'],
  ['41 emoji', '💎'.repeat(41), 'may have at most 40 letters'],
];
for (const [name, raw, rule] of refused) {
  test(`a name with ${name} is refused`, () => {
    assert.deepEqual(cleanText(raw, RULES), { rule });
  });
}

test('letters are counted as a reader counts them', () => {
  assert.equal(lengthOf('👩🏽‍🎤'), 1);
  assert.equal(lengthOf('e\u0301'), 1);
  assert.deepEqual(cleanText('👩🏽‍🎤'.repeat(40), RULES), { text: '👩🏽‍🎤'.repeat(40) });
});

test('a megabyte is refused without reading all of it', () => {
  assert.deepEqual(cleanText('a'.repeat(1_000_000), RULES), { rule: 'may have at most 40 letters' });
  assert.deepEqual(cleanText(`a${'\u0301'.repeat(1_000_000)}`, RULES), { rule: marks });
});

test('lines stay where they are allowed, and no more than one is empty', () => {
  const lines = { lengthMin: 0, lengthMax: 300, lines: true };
  assert.deepEqual(cleanText('I sing. \r\n\r\n\r\n\r\nEvery day.', lines), { text: 'I sing.\n\nEvery day.' });
  assert.deepEqual(cleanText('', lines), { text: '' });
  assert.deepEqual(cleanText('two\nlines', RULES), { text: 'two lines' });
});

for (const text of ['Сarat', 'ｃａｒａｔ', 'CARAT', '𝐂𝐚𝐫𝐚𝐭', 'ⓒⓐⓡⓐⓣ', 'саrаt', 'cαrατ', 'cárâț']) {
  test(`${text} looks like carat`, () => {
    assert.equal(lookAlike(text), 'carat');
  });
}

for (const [text, mixed] of [
  ['Mira', false],
  ['Мира', false],
  ['Νίκη', false],
  ['Mira Мира', false],
  ['Mira & Νίκη', false],
  ['さくらMira', false],
  ['Mіra', true],
  ['Nοva', true],
  ['Мirа', true],
] as const) {
  test(`${text} ${mixed ? 'mixes' : 'does not mix'} scripts`, () => {
    assert.equal(mixesScripts(text), mixed);
  });
}
