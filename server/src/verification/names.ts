/** How two ways to write a name stand to each other. */
export type NameMatch = 'exact' | 'close' | 'different';

/** A person's name as their paper has it. */
export interface PaperName {
  readonly legalName: string;
  /** The same in Latin letters, as the paper's machine-readable lines have it; null where it is written so anyway. */
  readonly latinName: string | null;
}

/** Whether an account's holder is who the papers name, in whichever of the paper's spellings fits better. */
export function matchPapers({ legalName, latinName }: PaperName, holder: string): NameMatch {
  return best(
    [legalName, ...(latinName === null ? [] : [latinName])].map((name) => matchNames(name, holder)),
  );
}

/**
 * Whether two names are of one person, as far as names can tell. Case, accents, order, hyphens and dots do not count:
 * "Solané, Mira" is exactly "mira SOLANE", and "Jörg" is exactly "Joerg" and "Jorg". Close is what a person would still take
 * for the same and should look at: a word left out, an initial for a word, one letter mistyped in a long word. Different: a
 * word of the shorter name is nowhere in the longer one, or there is only one word to compare, or nothing but initials.
 */
export function matchNames(a: string, b: string): NameMatch {
  const spellings = (name: string) => [wordsOf(name, SPELLED), wordsOf(name, SPELLED_OUT)];
  const lefts = spellings(a);
  return best(spellings(b).flatMap((right) => lefts.map((left) => matchWords(left, right))));
}

/**
 * Whether a name is written in one alphabet. Letters of several are how one name is made to look like another; the scripts
 * that Japanese and Korean names mix count as one.
 */
export function isOneAlphabet(name: string): boolean {
  return new Set(lettersOf(name).map(alphabetOf)).size <= 1;
}

/** Whether a name has letters, and Latin ones only. */
export function isLatinName(name: string): boolean {
  const letters = lettersOf(name);
  return letters.length > 0 && letters.every((letter) => alphabetOf(letter) === 'Latin');
}

function lettersOf(name: string): string[] {
  return [...name].filter((letter) => /\p{L}/u.test(letter) && !SHARED.test(letter));
}

const ALPHABETS: readonly (readonly [string, RegExp])[] = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  [
    'East Asian',
    /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Bopomofo}/u,
  ],
];
/** Letters of no alphabet of their own, as the apostrophe that counts as a letter. */
const SHARED = /\p{Script=Common}|\p{Script=Inherited}/u;

function alphabetOf(letter: string): string {
  return ALPHABETS.find(([, pattern]) => pattern.test(letter))?.[0] ?? 'another';
}

function best(matches: readonly NameMatch[]): NameMatch {
  if (matches.includes('exact')) return 'exact';
  return matches.includes('close') ? 'close' : 'different';
}

function matchWords(left: readonly string[], right: readonly string[]): NameMatch {
  if (left.length === 0 || right.length === 0) return 'different';
  if (sorted(left).join(' ') === sorted(right).join(' ')) return 'exact';
  const [fewer, more] = left.length <= right.length ? [left, right] : [right, left];
  const free = [...more];
  let whole = 0;
  for (const word of [...fewer].sort((x, y) => y.length - x.length)) {
    const at = bestOf(word, free);
    // Every word of the shorter name must be somewhere in the longer one.
    if (at === -1) return 'different';
    if ((free[at] ?? '').length > 1 && word.length > 1) whole += 1;
    free.splice(at, 1);
  }
  // Initials alone name nobody, and one name is no match for two.
  return whole >= 1 && (fewer.length > 1 || more.length === 1) ? 'close' : 'different';
}

function sorted(words: readonly string[]): string[] {
  return [...words].sort();
}

/** The words of a name without accents and case; what stands between them does not count. */
function wordsOf(name: string, spelled: Readonly<Record<string, string>>): string[] {
  const letters = [...name.normalize('NFC').toLowerCase()]
    .map((letter) => spelled[letter] ?? letter)
    .join('');
  let base = '';
  return [...letters.normalize('NFKD')]
    .filter((letter) => {
      if (!/\p{M}/u.test(letter)) base = letter;
      // An accent is how a letter is said; in other scripts a mark is the vowel, and another vowel is another name.
      return letter === base || !ACCENTED.test(base);
    })
    .join('')
    .replaceAll(/['’ʼ`.]/g, '')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Alphabets whose marks may be left out: of the last two they are vowels that are seldom written. */
const ACCENTED =
  /\p{Script=Latin}|\p{Script=Cyrillic}|\p{Script=Greek}|\p{Script=Armenian}|\p{Script=Arabic}|\p{Script=Hebrew}/u;

/** Letters that decomposition does not split. */
const SPELLED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
};

/** Letters that papers and banks also write as two. */
const SPELLED_OUT: Readonly<Record<string, string>> = {
  ...SPELLED,
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ø: 'oe',
  å: 'aa',
};
/** Where among these words one stands for the same as `word`: itself, else one letter away, else by its initial. */
function bestOf(word: string, among: readonly string[]): number {
  const same = among.indexOf(word);
  if (same !== -1) return same;
  const near = among.findIndex(
    (other) => Math.min(word.length, other.length) >= 5 && areOneApart(word, other),
  );
  if (near !== -1) return near;
  return among.findIndex(
    (other) => (word.length === 1 || other.length === 1) && word.charAt(0) === other.charAt(0),
  );
}

/** Whether one letter was changed, added, left out, or changed places with its neighbour. */
function areOneApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  const [restA, restB] = [a.slice(start, endA), b.slice(start, endB)];
  if (restA.length <= 1 && restB.length <= 1) return true;
  return restA.length === 2 && restB.length === 2 && restA[0] === restB[1] && restA[1] === restB[0];
}
