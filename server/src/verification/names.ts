/** How two ways to write a name stand to each other. */
export type NameMatch = 'exact' | 'close' | 'different';

/**
 * Whether two names are of one person, as far as names can tell. Case, accents, order, hyphens and dots do not count:
 * "Solané, Mira" is exactly "mira SOLANE". Close is what a person would still take for the same and should look at: a word
 * left out, an initial for a word, one letter mistyped in a long word. Different: a word of the shorter name is nowhere in
 * the longer one, or there is only one word to compare, or nothing but initials.
 */
export function matchNames(a: string, b: string): NameMatch {
  const [left, right] = [wordsOf(a), wordsOf(b)];
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
function wordsOf(name: string): string[] {
  return [...name.normalize('NFKD').toLowerCase()]
    .filter((letter) => !/\p{M}/u.test(letter))
    .map((letter) => SPELLED[letter] ?? letter)
    .join('')
    .replaceAll(/['’`.]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

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
