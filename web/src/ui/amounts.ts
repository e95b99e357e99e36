/**
 * Whole numbers of minor units, written for people. A Coin is 1 unit, a Diamond 1,000 units, a dollar 100.
 * Everything here is bigint or digits; nothing is a float.
 */

/** An amount as the API writes it. */
export interface Amount {
  readonly asset: 'COIN' | 'DIAMOND' | 'USD';
  /** Whole minor units, as digits, possibly with a minus sign. */
  readonly units: string;
  readonly display: string;
}

/** `2480n` → `2,480`; `-3n` → `−3` (U+2212). */
export function groupDigits(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return units < 0n ? `\u2212${digits}` : digits;
}

/** Diamond units as people read them: `2500n` → `2½`, `1234n` → `1.234`. */
export function diamondText(units: bigint): string {
  const abs = units < 0n ? -units : units;
  const whole = abs / 1000n;
  const rest = abs % 1000n;
  const sign = units < 0n ? '\u2212' : '';
  if (rest === 500n) return `${sign}${whole === 0n ? '' : groupDigits(whole)}½`;
  const fraction = rest.toString().padStart(3, '0').replace(/0+$/, '');
  return `${sign}${groupDigits(whole)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Cents as dollars: `296n` → `$2.96`. */
export function moneyText(cents: bigint): string {
  const abs = cents < 0n ? -cents : cents;
  return `${cents < 0n ? '\u2212' : ''}$${groupDigits(abs / 100n)}.${(abs % 100n).toString().padStart(2, '0')}`;
}

/** `units × numerator ÷ denominator`, to the nearest whole, halves up. For estimates that are marked `≈`. */
export function convertNearest(
  units: bigint,
  ratio: { readonly numerator: bigint; readonly denominator: bigint },
): bigint {
  return (units * ratio.numerator * 2n + ratio.denominator) / (ratio.denominator * 2n);
}

/** Audience counts: exact below 10,000, then `18.4k`, `1.2M`. Money is never shortened. */
export function audienceText(count: number): string {
  if (count < 10_000) return count.toLocaleString('en-US');
  if (count < 1_000_000) return `${(Math.floor(count / 100) / 10).toString()}k`;
  return `${(Math.floor(count / 100_000) / 10).toString()}M`;
}
