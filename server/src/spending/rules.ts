import { DAY_MS } from '../core/clock.ts';
import { displayUsd } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Policy } from '../policy/index.ts';
import { SPENDING_LIMIT_REACHED } from './refusals.ts';

/** How long a limit looks back, in days of UTC, today included. */
export const SPAN_DAYS = { day: 1, week: 7, month: 30 } as const;
export type Span = keyof typeof SPAN_DAYS;
export const SPANS: readonly Span[] = ['day', 'week', 'month'];

/** A value for each span. */
export type Spans<Value> = Readonly<Record<Span, Value>>;

export function spans<Value>(make: (span: Span) => Value): Spans<Value> {
  return { day: make('day'), week: make('week'), month: make('month') };
}

/** What a person asked a limit to be. */
export interface LimitChange {
  readonly span: Span;
  /** `null` = no limit. */
  readonly cents: bigint | null;
  readonly askedAt: Date;
  readonly effectiveFrom: Date;
}

/** A limit as it holds now. */
export interface Limit {
  /** `null` = no limit. */
  readonly cents: bigint | null;
  /** Whether the person set it; else it is the policy's. */
  readonly own: boolean;
  /** What was asked for and does not hold yet. */
  readonly next: { readonly cents: bigint | null; readonly from: Date } | null;
}

/** The first instant of a span that ends now: midnight UTC. */
export function spanStart(span: Span, nowMs: number): Date {
  const today = Math.floor(nowMs / DAY_MS);
  return new Date((today - SPAN_DAYS[span] + 1) * DAY_MS);
}

/**
 * The limits in force: of what was asked for and has come into force, the latest asking. `changes` in the order of
 * asking, the latest first; of other people's none.
 */
export function limitsAt(
  changes: readonly LimitChange[],
  policy: Policy['spending'],
  nowMs: number,
): Spans<Limit> {
  const usual: Spans<bigint | null> = {
    day: policy.dayCents,
    week: policy.weekCents,
    month: policy.monthCents,
  };
  return spans((span) => {
    const ofSpan = changes.filter((change) => change.span === span);
    const holds = ({ effectiveFrom }: LimitChange) => effectiveFrom.getTime() <= nowMs;
    const own = ofSpan.find(holds);
    const last = ofSpan[0];
    return {
      cents: own === undefined ? usual[span] : own.cents,
      own: own !== undefined,
      next: last === undefined || holds(last) ? null : { cents: last.cents, from: last.effectiveFrom },
    };
  });
}

/** When a wish comes into force: a lower limit at once, a higher one after the policy's time. `null`: it is so already. */
export function effectiveFrom(
  limit: Limit,
  wanted: bigint | null,
  policy: Policy['spending'],
  nowMs: number,
): Date | null {
  if (wanted === limit.cents) return limit.next === null ? null : new Date(nowMs);
  const isHigher = wanted === null || (limit.cents !== null && wanted > limit.cents);
  return new Date(nowMs + (isHigher ? policy.raiseAfterMs : 0));
}

/** What is left of a limit, never below nothing. */
function leftOf(limitCents: bigint, spentCents: bigint): bigint {
  return spentCents < limitCents ? limitCents - spentCents : 0n;
}

/**
 * The refusal of what would go over a limit, `null` when it fits into all three. In cents: what counts in each span
 * already, and what would count with it.
 */
export function overLimit(
  limits: Spans<Pick<Limit, 'cents'>>,
  spent: { readonly now: Spans<bigint>; readonly after: Spans<bigint> },
): Refusal | null {
  for (const span of SPANS) {
    const limit = limits[span].cents;
    if (limit === null || spent.after[span] <= limit) continue;
    return new Refusal(SPENDING_LIMIT_REACHED, {
      limit: displayUsd(limit),
      span: SPAN_WORDS[span],
      left: displayUsd(leftOf(limit, spent.now[span])),
      wait: WAITS[span],
    });
  }
  return null;
}

/** A span in a sentence. */
export const SPAN_WORDS: Spans<string> = { day: 'a day', week: 'in seven days', month: 'in thirty days' };

/** What time does for a limit, without a date: when it is enough depends on which day one had spent how much. */
const WAITS: Spans<string> = {
  day: 'A day begins at midnight UTC, and with it this limit.',
  week: 'At each midnight UTC, what you spent seven days before stops to count.',
  month: 'At each midnight UTC, what you spent thirty days before stops to count.',
};
