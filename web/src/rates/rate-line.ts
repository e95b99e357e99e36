/** A rate as the picture draws it. */
export interface RatePoint {
  readonly version: number;
  /** Cents for 1,000 Diamonds. */
  readonly cents: bigint;
  readonly fromMs: number;
}

/** The axis of a picture: its ends and its lines, in the unit of what is drawn. */
export interface Axis {
  readonly low: bigint;
  readonly high: bigint;
  readonly ticks: readonly bigint[];
}

/** The axis is in cents. */
export interface RateLine extends Axis {
  /** From the first start to a while after now or the last start. */
  readonly beginMs: number;
  readonly endMs: number;
}

const HOUR_MS = 3_600_000;

/** The bounds of the picture: all the points and now, with room above and below, on round steps. */
export function lineOf(points: readonly RatePoint[], nowMs: number): RateLine {
  const starts = points.map(({ fromMs }) => fromMs);
  const beginMs = Math.min(...starts, nowMs - HOUR_MS);
  const lastMs = Math.max(...starts, nowMs);
  const endMs = lastMs + Math.max(HOUR_MS, (lastMs - beginMs) * 0.06);
  return { beginMs, endMs, ...axisOf(points.map(({ cents }) => cents)) };
}

/** An axis on round steps that holds all values, with room above and below; never below zero. */
export function axisOf(values: readonly bigint[]): Axis {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : 1));
  const [least, most] = [sorted[0] ?? 0n, sorted.at(-1) ?? 0n];
  const step = stepFor(most - least, most);
  const low = least < step ? 0n : ((least - step / 2n) / step) * step;
  const high = ((most + step / 2n + step - 1n) / step) * step;
  const ticks: bigint[] = [];
  for (let tick = low; tick <= high; tick += step) ticks.push(tick);
  return { low, high, ticks };
}

/** A step of 1, 2 or 5 that gives three to six lines; where nothing moves, about a tenth of the whole. */
function stepFor(spread: bigint, most: bigint): bigint {
  const wanted = spread === 0n ? most / 10n : spread / 3n;
  for (let size = 1n; ; size *= 10n) {
    for (const part of [1n, 2n, 5n]) if (part * size >= wanted) return part * size;
  }
}

/** Where a value stands between the bottom (0) and the top (1) of the picture. */
export function heightOf(value: bigint, { low, high }: Axis): number {
  return high === low ? 0.5 : Number(((value - low) * 10_000n) / (high - low)) / 10_000;
}

/** The point in force at an instant, of points in the order of their starts. */
export function pointAt(points: readonly RatePoint[], atMs: number): RatePoint | undefined {
  return points.findLast(({ fromMs }) => fromMs <= atMs) ?? points[0];
}
