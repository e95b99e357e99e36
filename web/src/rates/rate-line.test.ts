import { expect, test } from 'vitest';
import { heightOf, lineOf, pointAt } from './rate-line.ts';

const DAY_MS = 86_400_000;
const point = (version: number, cents: bigint, day: number) => ({ version, cents, fromMs: day * DAY_MS });

test('the axis holds every rate on round steps, also when it never moved', () => {
  const flat = lineOf([point(1, 1_350n, 0)], DAY_MS);
  expect(flat.ticks.length).toBeGreaterThanOrEqual(2);
  expect(flat.low < 1_350n && flat.high > 1_350n).toBe(true);
  const moved = lineOf([point(1, 1_350n, 0), point(2, 1_356n, 1), point(3, 1_363n, 2)], 3 * DAY_MS);
  expect(moved.ticks).toEqual([1_345n, 1_350n, 1_355n, 1_360n, 1_365n]);
  expect(heightOf(moved.low, moved)).toBe(0);
  expect(heightOf(moved.high, moved)).toBe(1);
});

test('what is to come is in the picture, and now is too', () => {
  const line = lineOf([point(1, 100n, 0), point(2, 110n, 9)], 2 * DAY_MS);
  expect(line.endMs).toBeGreaterThan(9 * DAY_MS);
  expect(lineOf([point(1, 100n, 0)], 5 * DAY_MS).endMs).toBeGreaterThan(5 * DAY_MS);
});

test('a point is in force until the next one starts', () => {
  const points = [point(1, 100n, 0), point(2, 110n, 9)];
  expect(pointAt(points, 8 * DAY_MS)?.version).toBe(1);
  expect(pointAt(points, 9 * DAY_MS)?.version).toBe(2);
  expect(pointAt(points, -DAY_MS)?.version).toBe(1);
});
