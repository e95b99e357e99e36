import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import type { Spans } from './rules.ts';

/** What counts against the limits: money paid with what may still be paid for open orders, and what was given. */
export const MEASURES = ['bought', 'open', 'given'] as const;
export type MeasureName = (typeof MEASURES)[number];

/** What a person spent in each span that ends now, in cents. */
export type Measure = (house: House, userId: Uuid) => Promise<Spans<bigint>>;

const measures = new Map<MeasureName, Measure>();

/** A slice below says how it counts. */
export function measureSpending(name: MeasureName, measure: Measure): void {
  measures.set(name, measure);
}

/** What a person spent by each measure; nothing where nobody counts. */
export async function spentBy(house: House, userId: Uuid, name: MeasureName): Promise<Spans<bigint>> {
  return (await measures.get(name)?.(house, userId)) ?? { day: 0n, week: 0n, month: 0n };
}
