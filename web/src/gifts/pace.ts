/**
 * Whether a stage's effects run smoothly, judged from when its frames were drawn. Pure: time comes with each frame.
 * A stage is slow when it stays under 40 frames a second for three seconds on end; one hitch, or a second that
 * was smooth again, begins the count anew.
 */
export interface Pace {
  /** When the second that is being counted began; `null` before the first frame. In milliseconds, as all times here. */
  readonly secondFrom: number | null;
  readonly frames: number;
  readonly lastFrame: number;
  /** Until then nothing is judged: a page that has just opened or come back is still finding its pace. */
  readonly settledAt: number;
  readonly slowSeconds: number;
}

export const SMOOTH_FPS = 40;
export const SLOW_SECONDS = 3;
export const SETTLING_MS = 4_000;
/** No frame for so long is no slow frame: the page was hidden, or the machine asleep. */
export const GAP_MS = 1_000;

export const NO_PACE: Pace = { secondFrom: null, frames: 0, lastFrame: 0, settledAt: 0, slowSeconds: 0 };

/** Takes one frame into account. */
export function nextFrame(pace: Pace, at: number): Pace {
  if (pace.secondFrom === null || at - pace.lastFrame > GAP_MS) {
    return { secondFrom: at, frames: 0, lastFrame: at, settledAt: at + SETTLING_MS, slowSeconds: 0 };
  }
  const counted = { ...pace, frames: pace.frames + 1, lastFrame: at };
  const passedMs = at - pace.secondFrom;
  if (passedMs < 1_000) return counted;
  const slow = (counted.frames * 1_000) / passedMs < SMOOTH_FPS && pace.secondFrom >= pace.settledAt;
  return { ...counted, secondFrom: at, frames: 0, slowSeconds: slow ? pace.slowSeconds + 1 : 0 };
}

export function isSlow({ slowSeconds }: Pace): boolean {
  return slowSeconds >= SLOW_SECONDS;
}
