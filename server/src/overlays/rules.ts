import type { WordFilter } from '../live/index.ts';

/** What the overlays are and how they look unless a creator says otherwise. Pure. */

export const SOURCES = ['alerts', 'goal', 'leaderboard', 'match', 'question', 'ticker'] as const;
export type Source = (typeof SOURCES)[number];

export const THEMES = ['dark', 'light', 'clear'] as const;
export const SOUNDS = ['chime', 'pop', 'fanfare', 'none'] as const;
export const POSITIONS = [
  'top-left',
  'top',
  'top-right',
  'left',
  'center',
  'right',
  'bottom-left',
  'bottom',
  'bottom-right',
] as const;
export type Position = (typeof POSITIONS)[number];

export const KEYS_MAX = 20;
export const KEY_NAME_LENGTH_MAX = 40;

/** An alert that is older when it could be shown at last is not news any more: it is passed over. */
export const ALERT_AGE_MAX_MS = 60_000;

const look = (position: Position) => ({ theme: 'dark' as const, accent: '#f2913d', scale: 100, position });

/** How each overlay is until its creator changes it. */
export const DEFAULTS = {
  alerts: {
    ...look('top'),
    minTier: 1,
    minCoins: 0,
    seconds: 5,
    sound: 'chime',
    volume: 60,
    text: '{name} sent {gift}',
    showCoins: true,
    follows: false,
    followText: '{name} follows now',
  },
  goal: { ...look('top-left'), showNumbers: true },
  leaderboard: { ...look('top-right'), title: 'Top supporters', rows: 5, period: 'live', showCoins: true },
  match: look('top'),
  question: { ...look('bottom-left'), showCoins: true },
  ticker: { ...look('bottom'), minTier: 1, minCoins: 0, count: 8, showCoins: true },
} as const;

/** Who an overlay names: a person, or a supporter when the creator does not want to read that name. */
export function shownPerson(
  person: { readonly nickname: string; readonly picture: string | null } | null,
  hides: WordFilter,
): { readonly name: string; readonly picture: string | null } {
  if (person === null || hides(person.nickname)) return { name: 'A supporter', picture: null };
  return { name: person.nickname, picture: person.picture };
}
