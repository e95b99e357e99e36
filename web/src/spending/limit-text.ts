/** Dollars as a person types them → cents; `undefined` when it is no amount of money. */
export function centsIn(text: string): bigint | undefined {
  const [, whole, fraction = ''] = /^\$?\s*(\d{1,7})(?:[.,](\d{1,2}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'));
}

/** Cents as they are typed: `25`, `2.50`. */
export function typedCents(cents: bigint): string {
  const rest = cents % 100n;
  return rest === 0n ? `${cents / 100n}` : `${cents / 100n}.${rest.toString().padStart(2, '0')}`;
}

/** Whether a limit waits before it holds. `null` = no limit. */
export function isHigher(wanted: bigint | null, now: bigint | null): boolean {
  return now !== null && (wanted === null || wanted > now);
}

/** How much of a limit is used, in whole percent; a little is never nothing, and all of it is 100. */
export function usedPercent(spent: bigint, limit: bigint): number {
  if (spent <= 0n) return 0;
  if (limit === 0n || spent >= limit) return 100;
  const percent = Number((spent * 100n) / limit);
  return Math.max(1, percent);
}
