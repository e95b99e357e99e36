import { cleanText } from '../identity/index.ts';

/** What is drawn on a stage without video. */
export const SCENES = ['lamp', 'kitchen', 'galaxy', 'garden', 'arcade', 'studio'] as const;
export type Scene = (typeof SCENES)[number];

export const TITLE_LENGTH_MAX = 80;
export const HASHTAGS_MAX = 5;
const HASHTAG_LENGTH_MAX = 30;
const CATEGORY_LENGTH_MAX = 40;
const GOAL_TITLE_LENGTH_MAX = 40;
export const PIN_LENGTH_MAX = 140;
/** Why nobody can send gifts to a live whose creator does not want any; stands after "cannot take gifts: " too. */
export const GIFTS_TURNED_OFF = 'The creator turned gifts off in this live.';
/** The highest tier of gifts: no cap. */
export const EFFECTS_CAP_MAX = 5;
/** A week: whoever should stay silent for longer is not wanted. */
export const MUTE_MINUTES_MAX = 7 * 24 * 60;
export const MUTE_MINUTES_USUAL = 10;
/** Five minutes: slower than that is a closed room. */
export const SLOW_SECONDS_MAX = 300;
/** 10 million Diamonds. */
export const GOAL_UNITS_MAX = 10_000_000_000n;

/** A value as it is kept, or the rule it breaks. */
export type Read<Value> = { readonly value: Value } | { readonly rule: string };

export function readTitle(raw: string): Read<string> {
  return readLine(raw, TITLE_LENGTH_MAX);
}

export function readCategory(raw: string): Read<string> {
  return readLine(raw, CATEGORY_LENGTH_MAX);
}

export function readGoalTitle(raw: string): Read<string> {
  return readLine(raw, GOAL_TITLE_LENGTH_MAX);
}

export function readPin(raw: string): Read<string> {
  return readLine(raw, PIN_LENGTH_MAX);
}

/** Hashtags without their `#`, lower case, each once. Letters, marks, digits and `_` of any script. */
export function readHashtags(raw: readonly string[]): Read<string[]> {
  const tags = new Set<string>();
  for (const tag of raw) {
    const clean = cleanText(tag.replace(/^#/, ''), { lengthMin: 1, lengthMax: HASHTAG_LENGTH_MAX });
    if ('rule' in clean) return clean;
    if (!/^[\p{L}\p{M}\p{N}_]+$/u.test(clean.text)) return { rule: 'may have letters, digits and _ only' };
    tags.add(clean.text.toLowerCase());
  }
  if (tags.size > HASHTAGS_MAX) return { rule: `may be ${HASHTAGS_MAX} at most` };
  return { value: [...tags] };
}

/** Whole Diamond units from digits: 1 up to 10 million Diamonds. */
export function readGoalUnits(digits: string): Read<bigint> {
  const units = BigInt(digits);
  if (units < 1n) return { rule: 'must be more than 0' };
  return units > GOAL_UNITS_MAX ? { rule: 'must be at most 10,000,000 Diamonds' } : { value: units };
}

/** A chat line as it is shown: one line, NFC, within the policy's length. */
export function readChat(raw: string, lengths: { lengthMin: number; lengthMax: number }): Read<string> {
  const clean = cleanText(raw, lengths);
  return 'rule' in clean ? clean : { value: clean.text };
}

const QUOTE_LENGTH_MAX = 80;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A line as an answer quotes it: its first 80 letters. */
export function quoteOf(text: string): string {
  const letters = [...graphemes.segment(text)];
  if (letters.length <= QUOTE_LENGTH_MAX) return text;
  const shown = letters.slice(0, QUOTE_LENGTH_MAX - 1).map(({ segment }) => segment);
  return `${shown.join('').trimEnd()}…`;
}

/** Whether a person may say something now. A clock that was set back does not silence anybody. */
export function mayChat(lastMs: number | undefined, nowMs: number, intervalMs: number): boolean {
  return lastMs === undefined || nowMs < lastMs || nowMs - lastMs >= intervalMs;
}

/** How a line is weighed when a room is too busy for all of them: the host's before top supporters', theirs before others. */
export function rankOfLine(speaker: {
  readonly host: boolean;
  readonly supporterRank: number | null;
}): number {
  if (speaker.host) return 100;
  return speaker.supporterRank === null ? 0 : 50 - speaker.supporterRank;
}

/** The scene of somebody who chose none: always the same one. */
export function usualScene(creatorId: string): Scene {
  const at = Number.parseInt(creatorId.slice(-4), 16) % SCENES.length;
  return SCENES[at] ?? 'lamp';
}

/** A search text as a pattern for `ilike` that finds it anywhere; `#` and `@` before it are a habit, not a part of it. */
export function searchPattern(q: string): string {
  const text = q.normalize('NFC').trim().replace(/^[#@]/, '');
  return `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

function readLine(raw: string, lengthMax: number): Read<string> {
  const clean = cleanText(raw, { lengthMin: 1, lengthMax });
  return 'rule' in clean ? clean : { value: clean.text };
}
