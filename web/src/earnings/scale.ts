import { diamondText, groupDigits } from '../ui/amounts.ts';

export interface Scale {
  /** The top of the axis, in Diamond units. */
  readonly top: bigint;
  /** From 0 to the top, in Diamond units. */
  readonly ticks: readonly bigint[];
}

/** An axis for amounts up to `max` units: round steps of 1, 2 or 5, three to five of them. */
export function scaleFor(max: bigint): Scale {
  let step = 1n;
  for (let size = 1n; step * 5n < max; size *= 10n) {
    step =
      [1n, 2n, 5n, 10n].map((part) => part * size).find((candidate) => candidate * 5n >= max) ?? 10n * size;
  }
  // Nothing earned still has an axis: one Diamond high.
  if (max <= 0n) return { top: 1_000n, ticks: [0n, 1_000n] };
  const count = (max + step - 1n) / step;
  const ticks = Array.from({ length: Number(count) + 1 }, (_, index) => BigInt(index) * step);
  return { top: count * step, ticks };
}

/** A share of the axis, 0 to 1, exact to a ten-thousandth. */
export function shareOf(units: bigint, { top }: Scale): number {
  return Number((units * 10_000n) / top) / 10_000;
}

/** A number of the axis: Diamonds, on an axis to 10,000 or more in thousands: `5k`, so that all its numbers are alike. */
export function tickText(units: bigint, { top }: Scale): string {
  const hundreds = units / 100_000n;
  if (units === 0n || top < 10_000_000n) return diamondText(units);
  const rest = hundreds % 10n;
  return `${groupDigits(hundreds / 10n)}${rest === 0n ? '' : `.${rest}`}k`;
}

/** The largest of some amounts; 0 for none. */
export function largest(amounts: Iterable<bigint>): bigint {
  let most = 0n;
  for (const amount of amounts) if (amount > most) most = amount;
  return most;
}
