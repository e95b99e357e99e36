import { defineRefusal } from '../core/refusal.ts';

export const SPENDING_LIMIT_REACHED = defineRefusal({
  code: 'spending_limit_reached',
  status: 403,
  sentence: 'This would be more than your limit of {limit} {span}: {left} is left.',
  remedy: 'Wait until {from}, choose something smaller, or change your limits under Wallet, Limits.',
});
