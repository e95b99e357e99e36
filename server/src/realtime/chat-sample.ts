/** A line with its weight in a crowd: the host's above supporters', theirs above everybody's. */
export interface Ranked<Line> {
  readonly line: Line;
  readonly rank: number;
}

/**
 * Which lines a crowded room shows: the highest ranks first, and among equals each with the same chance.
 * What is kept stays in the order in which it was said. `random` gives numbers from 0 up to 1.
 */
export function sampleLines<Line>(
  lines: readonly Ranked<Line>[],
  keep: number,
  random: () => number,
): Line[] {
  if (lines.length <= keep) return lines.map(({ line }) => line);
  return lines
    .map(({ line, rank }, place) => ({ line, rank, place, lot: random() }))
    .sort((a, b) => b.rank - a.rank || a.lot - b.lot)
    .slice(0, keep)
    .sort((a, b) => a.place - b.place)
    .map(({ line }) => line);
}
