import type { Slice } from '../house.ts';
import { spendingRoutes } from './routes.ts';

export { limitCheck } from './limit-check.ts';
export { limitsNow, limitsOf } from './limits.ts';
export { measureSpending } from './measures.ts';
export { overLimit, type Span, type Spans, spanStart, spans } from './rules.ts';
export { whenLowered } from './set-limits.ts';

/** Spending limits that everybody has, and breaks that people ask for. */
export const spending: Slice = {
  name: 'spending',
  routes: spendingRoutes,
};
