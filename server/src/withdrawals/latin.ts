/**
 * The characters that every bank of the SEPA area takes (European Payments Council, EPC217-08, basic Latin set):
 * letters, digits, space and `/ - ? : ( ) . , ' +`.
 */
const TAKEN = /^[A-Za-z0-9/\-?:().,'+ ]*$/;

/** Letters that decomposition does not split into a basic letter and a mark. */
const SPELLED: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'TH',
  ł: 'l',
  Ł: 'L',
  ħ: 'h',
  Ħ: 'H',
  ı: 'i',
  ŋ: 'n',
  Ŋ: 'N',
  '&': '+',
  '’': "'",
  '‘': "'",
  '`': "'",
  '“': "'",
  '”': "'",
  '"': "'",
  '–': '-',
  '—': '-',
  '‐': '-',
  _: '-',
};

/**
 * Greek and Cyrillic letter by letter, after EPC217-08's conversion table; lower case, capitals follow. The letters that
 * only Serbian, Macedonian, Ukrainian and Belarusian have are written as their own Latin alphabets and passports do,
 * without marks: a bank compares the name with one that is written so.
 */
const LETTERS: Readonly<Record<string, string>> = Object.fromEntries([
  ...pairs('αβγδεζηικλμνοπρστυφω', 'a v g d e z i i k l m n o p r s t y f o'),
  ...pairs('θξχψςϊϋ', 'th x ch ps s i y'),
  ...pairs('абвгдезийклмнопрстуфхц', 'a b v g d e z i y k l m n o p r s t u f h ts'),
  ...pairs('жчшщъыьэюя', 'zh ch sh sht a y y e yu ya'),
  ...pairs('ђћљњџјѕ', 'd c lj nj dz j dz'),
  ...pairs('ієґ', 'i ie g'),
]);

/**
 * The text in the characters that banks take, one space at a time, or `null` when nothing of it can be written so.
 * What has no spelling becomes a full stop, as EPC217-08 has it: "💎 Łódź" → ". Lodz".
 */
export function toLatin(text: string): string | null {
  const written = [...text.normalize('NFC')].map(spell).join('').replace(/\s+/g, ' ').trim();
  // A name that begins with a slash, or has two of them, means something else to a bank.
  const safe = written.replace(/^\/+/, '').replace(/\/\/+/g, '/');
  return /[A-Za-z0-9]/.test(safe) ? safe : null;
}

/** Whether a letter of the text has no spelling here, and a bank would read a full stop in its place. */
export function losesLetters(text: string): boolean {
  return [...text.normalize('NFC')].some((character) => /\p{L}/u.test(character) && spell(character) === '.');
}

export function isLatin(text: string): boolean {
  return TAKEN.test(text);
}

function spell(character: string): string {
  if (TAKEN.test(character)) return character;
  if (/\s/u.test(character)) return ' ';
  const spelled = SPELLED[character];
  if (spelled !== undefined) return spelled;
  const lower = character.toLowerCase();
  const bare = lower.normalize('NFD').replace(/\p{M}/gu, '');
  const letter = LETTERS[lower] ?? LETTERS[bare] ?? (TAKEN.test(bare) ? bare : undefined);
  if (letter === undefined) return /\p{M}|\p{Cf}/u.test(character) ? '' : '.';
  return character === lower ? letter : letter.charAt(0).toUpperCase() + letter.slice(1);
}

function pairs(from: string, to: string): [string, string][] {
  const spellings = to.split(' ');
  return [...from].map((letter, index) => [letter, spellings[index] ?? '.']);
}
