/**
 * One condition of a gate, with the person's own value beside what is needed.
 * The same list refuses in the verb and explains on the screen.
 */
export interface Check {
  readonly code: string;
  readonly passed: boolean;
  /** The rule as a sentence: "You must be 18 or older to send gifts." */
  readonly rule: string;
  /** What the person has now, as they would read it; `null` where there is nothing yet. */
  readonly have: string | null;
  readonly need: string;
  /** What to do about it; `null` when passed or when nothing can be done. */
  readonly remedy: string | null;
  readonly whoCanChange: 'you' | 'support' | 'operator' | 'time';
  /** The earliest instant at which this can pass by itself, ISO 8601, or `null`. */
  readonly earliest: string | null;
  /** When it is looked at again, as a sentence, where that is not at once. */
  readonly again?: string;
}

export function allPassed(checks: readonly Check[]): boolean {
  return checks.every((check) => check.passed);
}

export function firstFailed(checks: readonly Check[]): Check | undefined {
  return checks.find((check) => !check.passed);
}
