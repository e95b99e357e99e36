import type { Message } from './line.ts';

/** What all overlays have in common: how they are told things, and where and how they stand on the page. */

const SOURCES = ['alerts', 'goal', 'leaderboard', 'match', 'question', 'ticker'] as const;
export type Source = (typeof SOURCES)[number];

export function isSource(text: string): text is Source {
  return (SOURCES as readonly string[]).includes(text);
}

/** As the creator set it; the fields of one source beside these. */
export interface Settings {
  readonly theme: 'dark' | 'light' | 'clear';
  readonly accent: string;
  readonly scale: number;
  readonly position: string;
  readonly [field: string]: unknown;
}

export interface State {
  readonly settings: Settings;
  readonly nowMs: number;
  readonly live: boolean;
  readonly [field: string]: unknown;
}

export interface Overlay {
  /** How everything is now: at first, after each reconnection, and when the settings change. */
  state(state: State): void;
  tell(message: Message): void;
  /** Takes everything away. */
  blank(): void;
  after?(): number | undefined;
}

/** The address may say otherwise for one source: `?theme=light&min=3&size=150&mute=1`. */
export function asked(settings: Settings): Settings {
  const query = new URLSearchParams(location.search);
  const theme = query.get('theme');
  const size = whole(query.get('size'), 50, 200);
  const min = whole(query.get('min'), 1, 5);
  return {
    ...settings,
    ...(theme === 'dark' || theme === 'light' || theme === 'clear' ? { theme } : {}),
    ...(size === null ? {} : { scale: size }),
    ...(min === null ? {} : { minTier: min }),
    ...(query.get('mute') === '1' ? { volume: 0 } : {}),
  };
}

/** Pixels that each needs at 100 %; on a smaller page it is drawn smaller. */
const NATURAL: Record<Source, readonly [width: number, height: number]> = {
  alerts: [680, 300],
  goal: [560, 130],
  leaderboard: [420, 500],
  match: [820, 170],
  question: [700, 230],
  ticker: [900, 84],
};

/** Puts an overlay where its creator wants it. */
export function place(root: HTMLElement, source: Source, { theme, accent, scale, position }: Settings): void {
  const [width, height] = NATURAL[source];
  const fit = Math.min(1, innerWidth / ((width * scale) / 100), innerHeight / ((height * scale) / 100));
  const page = document.documentElement;
  page.style.fontSize = `${(16 * scale * Math.max(fit, 0.2)) / 100}px`;
  page.style.setProperty('--accent', accent);
  page.style.setProperty('--on-accent', isBright(accent) ? '#17121f' : '#fff');
  page.dataset.theme = theme;
  root.dataset.source = source;
  root.dataset.position = position;
}

/** Whether dark words are read better on this colour. */
export function isBright(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[0-9a-f]{2}/gi) ?? []).map((hex) =>
    Number.parseInt(hex, 16),
  );
  return red * 0.299 + green * 0.587 + blue * 0.114 > 140;
}

function whole(text: string | null, min: number, max: number): number | null {
  if (text === null || !/^\d{1,4}$/.test(text)) return null;
  return Math.min(max, Math.max(min, Number(text)));
}
