import { defineRefusal } from '../core/refusal.ts';

export const SPENDING_LIMIT_REACHED = defineRefusal({
  code: 'spending_limit_reached',
  status: 403,
  sentence: 'This would be more than your limit of {limit} {span}: {left} is left.',
  remedy:
    '{wait} Or choose something smaller, or change your limits under Wallet, Limits: a higher one holds later, a lower one at once. Orders that are open count as bought until they are paid or closed.',
});
