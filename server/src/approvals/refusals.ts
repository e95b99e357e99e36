import { defineRefusal } from '../core/refusal.ts';

export const APPROVAL_IS_YOUR_OWN = defineRefusal({
  code: 'approval_is_your_own',
  status: 403,
  sentence: 'You asked for this approval, so another operator decides.',
  remedy: 'Ask a colleague to look at it.',
});

export const APPROVAL_IS_OVER = defineRefusal({
  code: 'approval_is_over',
  status: 409,
  sentence: 'This approval was {verdict} before.',
  remedy: 'Open it again to see who decided, and why.',
});

export const APPROVAL_EXPIRED = defineRefusal({
  code: 'approval_expired',
  status: 409,
  sentence: 'Nobody decided before {at}, so this approval has expired.',
  remedy: 'Whoever asked can ask again.',
});

export const APPROVAL_CHANGED = defineRefusal({
  code: 'approval_changed',
  status: 409,
  sentence: 'What you decided on is not what was asked for.',
  remedy: 'Open it again, and decide on what it says now.',
});
