/** The queue of gifts that take the whole stage. Pure: one plays, the dearest comes next, then the oldest. */

export interface Takeover {
  readonly id: string;
  readonly nickname: string;
  readonly avatar: string;
  readonly giftName: string;
  readonly art: string;
  readonly quantity: number;
  readonly coins: number;
}

export interface TakeoverQueue {
  readonly playing: Takeover | null;
  /** How long the playing one plays, milliseconds. */
  readonly playMs: number;
  readonly waiting: readonly Takeover[];
}

export const NO_TAKEOVERS: TakeoverQueue = { playing: null, playMs: 0, waiting: [] };

export const FULL_MS = 6_000;
export const SHORT_MS = 2_000;
/** The still card that stands for a takeover where motion is reduced. */
export const CARD_MS = 3_000;
/** More than so many waiting: each plays its short version. */
const SHORT_OVER = 3;
/** More than so many waiting: the rest are banners. */
const BANNER_OVER = 8;

/** Adds one; `false` when the queue is so long that it becomes a banner instead. */
export function enqueue(
  queue: TakeoverQueue,
  takeover: Takeover,
  calm: boolean,
): { readonly queue: TakeoverQueue; readonly taken: boolean } {
  const known = queue.playing?.id === takeover.id || queue.waiting.some(({ id }) => id === takeover.id);
  if (known) return { queue, taken: true };
  if (queue.waiting.length > BANNER_OVER) return { queue, taken: false };
  const waiting = [...queue.waiting, takeover].sort((a, b) => b.coins - a.coins);
  const longer = { ...queue, waiting };
  return { queue: queue.playing === null ? playNext(longer, calm) : longer, taken: true };
}

/** The playing one is over or was skipped. */
export function playNext(queue: TakeoverQueue, calm: boolean): TakeoverQueue {
  const [playing = null, ...waiting] = queue.waiting;
  const playMs = calm ? CARD_MS : waiting.length > SHORT_OVER ? SHORT_MS : FULL_MS;
  return { playing, playMs: playing === null ? 0 : playMs, waiting };
}
