/** Text that people write to be read by others: names, the lines about them, chat. Pure. */

/** Either the text as it is kept (NFC, single spaces), or the rule it breaks: "may have at most 40 letters". */
export type CleanText = { readonly text: string } | { readonly rule: string };

export interface TextRules {
  /** Graphemes: what a reader counts as one letter. */
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** Whether line breaks stay; otherwise they become spaces. */
  readonly lines?: boolean;
}

/** Marks on one letter: Vietnamese and Thai need two, pointed Hebrew three; a "bomb" has dozens. */
const MARKS_PER_LETTER_MAX = 3;
/** A family emoji has 7 code points, a flag of England 7; nothing that is written needs more than 16 for one letter. */
const CODE_POINTS_PER_LETTER_MAX = 16;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Cleans a text or says which rule it breaks. Refused are characters that are not seen or that change how others
 * are read: controls, text direction, zero-width, blanks that are not spaces, unassigned and private ones.
 */
export function cleanText(raw: string, rules: TextRules): CleanText {
  if (!raw.isWellFormed()) return { rule: 'has half a character in it' };
  const text = normalised(raw, rules.lines === true);
  if (unseen(text))
    return { rule: 'has a character in it that cannot be seen or that changes text direction' };
  let length = 0;
  for (const { segment } of graphemes.segment(text)) {
    length += 1;
    if (length > rules.lengthMax) return { rule: `may have at most ${rules.lengthMax} letters` };
    if ([...segment].length > CODE_POINTS_PER_LETTER_MAX || marksOf(segment) > MARKS_PER_LETTER_MAX) {
      return { rule: 'has too many marks on one letter' };
    }
  }
  if (length < rules.lengthMin) {
    return {
      rule: rules.lengthMin === 1 ? 'must not be empty' : `needs at least ${rules.lengthMin} letters`,
    };
  }
  return { text };
}

/** How many letters a reader counts. */
export function lengthOf(text: string): number {
  return [...graphemes.segment(text)].length;
}

/**
 * Text folded so that texts which look alike become equal: "Сarat" with a Cyrillic С, "ｃａｒａｔ", "CARAT" and "carat".
 * Not for showing. Letters of other scripts without a Latin twin stay as they are.
 */
export function lookAlike(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '');
  const latin = [...plain].map((letter) => TWINS.get(letter) ?? letter).join('');
  return foldAscii(latin.toLowerCase());
}

/** Folds what looks alike in small Latin letters and digits: `0` as `o`, `1` and `i` as `l`, `rn` as `m`, `vv` as `w`. */
export function foldAscii(text: string): string {
  return text
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('0', 'o')
    .replaceAll(/[1i|!]/g, 'l');
}

/**
 * Whether one word mixes Latin, Cyrillic and Greek letters, as "Mіra" does with a Cyrillic і.
 * Nobody's name needs it; impostors do.
 */
export function mixesScripts(text: string): boolean {
  return text.split(/[\s\p{P}\p{S}]+/u).some((word) => {
    const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
    return scripts.filter((script) => script.test(word)).length > 1;
  });
}

function normalised(raw: string, lines: boolean): string {
  const nfc = raw.normalize('NFC');
  if (!lines) return nfc.replace(/[\p{Zs}\t\n\r]+/gu, ' ').replaceAll(/^ | $/g, '');
  return nfc
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\p{Zs}\t]+/gu, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .replaceAll(/^[ \n]+|[ \n]+$/g, '');
}

function unseen(text: string): boolean {
  const shown = text
    // Joins and presentation are part of emoji: 👩‍🎤, ❤️, 👍🏽.
    .replaceAll(
      /\p{Extended_Pictographic}[\u{FE0F}\u{1F3FB}-\u{1F3FF}]*(\u200D\p{Extended_Pictographic}[\u{FE0F}\u{1F3FB}-\u{1F3FF}]*)*/gu,
      '',
    )
    .replaceAll(/[0-9#*]\u{FE0F}?\u{20E3}/gu, '')
    .replaceAll('\n', '');
  return /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]/u.test(shown);
}

function marksOf(segment: string): number {
  return [...segment.normalize('NFD')].filter((letter) => /\p{M}/u.test(letter) && letter !== '\uFE0F')
    .length;
}

/** Letters that look like a Latin one, by the Latin letter. Lower and upper case where both look alike. */
const TWINS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'аАαΑɑ⍺ᴀ',
    b: 'ЬВΒвьƅʙ',
    c: 'сСϲϹᴄ',
    d: 'ԁᴅ',
    e: 'еЕΕєεᴇ',
    f: 'ϝƒ',
    g: 'ɡԌɢ',
    h: 'һНΗнʜ',
    i: 'іІιΙıӏӀɪ',
    j: 'јЈϳᴊ',
    k: 'кКκΚᴋ',
    l: 'ʟⅼ',
    m: 'мМΜᴍ',
    n: 'пΝηɴ',
    o: 'оОοΟσօᴏ',
    p: 'рРρΡᴘ',
    q: 'ԛԚ',
    r: 'гʀᴦ',
    s: 'ѕЅꜱ',
    t: 'тТτΤᴛ',
    u: 'υսᴜ',
    v: 'ѵνᴠ',
    w: 'ԝԜωᴡ',
    x: 'хХχΧ',
    y: 'уУγΥүҮʏ',
    z: 'Ζᴢζ',
  }).flatMap(([latin, twins]) => [...twins].map((twin): [string, string] => [twin, latin])),
);
