import { describe, expect, it } from 'vitest';
import { BACKOFF_MS, backoffMs } from './backoff.ts';

describe('the pause before trying again', () => {
  it.each(BACKOFF_MS.map((pause, attempt) => [attempt, pause] as const))(
    'attempt %i: %i ms',
    (attempt, pause) => {
      expect(backoffMs(attempt, () => 0.5)).toBe(pause);
      expect(backoffMs(attempt, () => 0)).toBe(Math.round(pause * 0.75));
      expect(backoffMs(attempt, () => 1)).toBe(Math.round(pause * 1.25));
    },
  );

  it('grows no further than 15 s', () => expect(backoffMs(40, () => 0.5)).toBe(15_000));
});
