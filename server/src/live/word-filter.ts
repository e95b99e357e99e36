import { lookAlike } from '../identity/index.ts';

/** The words that a creator does not want to read. Pure. */

export const FILTER_WORDS_MAX = 200;
export const FILTER_WORD_LENGTH_MAX = 40;

/** Says whether a message has one of the words in it. */
export type WordFilter = (text: string) => boolean;

/**
 * Finds whole words and phrases however they are written: capitals, accents, look-alike letters of other scripts, signs
 * and digits for letters, stretched ("spaaam"), dotted ("s.p.a.m") or spaced out ("s p a m"). Scripts without spaces
 * between words are searched anywhere in the text.
 */
export function wordFilter(words: readonly string[]): WordFilter {
  const whole: string[] = [];
  const anywhere: string[] = [];
  for (const word of words) {
    const folded = folding(word);
    if (folded === '') continue;
    if (UNSPACED.test(word)) anywhere.push(folded.replaceAll(' ', ''));
    else whole.push(` ${folded} `);
  }
  if (whole.length + anywhere.length === 0) return () => false;
  return (text) => {
    const folded = folding(text);
    const padded = ` ${folded} `;
    if (whole.some((word) => padded.includes(word))) return true;
    const joined = folded.replaceAll(' ', '');
    return anywhere.some((word) => joined.includes(word));
  };
}

/** Whether enough of an entry is left to look for: a single letter would hide everything. */
export function isSearchable(word: string): boolean {
  const letters = word.replaceAll(/[^\p{L}\p{N}]/gu, '');
  return [...letters].length >= 2 || UNSPACED.test(letters);
}

/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The words of a text, folded, with one space between them. */
function folding(text: string): string {
  const words: string[] = [];
  let spaced = '';
  for (const token of text.split(/\s+/u)) {
    const word = lookAlike(lettered(token));
    if (word === '') continue;
    if ([...word].length === 1) {
      spaced += word;
      continue;
    }
    if (spaced !== '') words.push(spaced);
    spaced = '';
    words.push(word);
  }
  if (spaced !== '') words.push(spaced);
  return words.map((word) => word.replaceAll(/(.)\1+/gu, '$1')).join(' ');
}

/** A token without the signs around and inside it; those that stand for letters are read as these. */
function lettered(token: string): string {
  const bare = token.replaceAll(/^[^\p{L}\p{N}@$]+|[^\p{L}\p{N}@$]+$/gu, '');
  const read = /\p{L}/u.test(bare) ? [...bare].map((sign) => LETTERS[sign] ?? sign).join('') : bare;
  return read.replaceAll(/[^\p{L}\p{M}\p{N}]/gu, '');
}

const LETTERS: Readonly<Record<string, string>> = {
  '@': 'a',
  $: 's',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '!': 'i',
  '|': 'l',
};
