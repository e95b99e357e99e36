/** Where the time comes from. Production reads the system clock; tests turn their own. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that a test sets and turns. It never moves by itself. */
export interface TestClock extends Clock {
  set(epochMs: number): void;
  advance(byMs: number): void;
}

export function testClock(startMs: number): TestClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    set: (epochMs) => {
      nowMs = epochMs;
    },
    advance: (byMs) => {
      nowMs += byMs;
    },
  };
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
