/** Pauses before each new attempt, in milliseconds; the last one repeats. */
export const BACKOFF_MS: readonly number[] = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * The pause before attempt number `attempt` (0 = the first), spread by a quarter either way
 * so that a crowd that was cut off together does not come back together.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const base = BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length - 1)] ?? 15_000;
  return Math.round(base * (0.75 + 0.5 * random()));
}
