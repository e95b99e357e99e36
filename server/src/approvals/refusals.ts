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

export const APPROVAL_ASKER_LEFT = defineRefusal({
  code: 'approval_asker_left',
  status: 409,
  sentence:
    'Whoever asked for this is no operator any more, so their word does not count as the first of two.',
  remedy: 'Reject it; another operator can ask again.',
});

export const NO_SECOND_OPERATOR = defineRefusal({
  code: 'no_second_operator',
  status: 409,
  sentence: 'This takes two operators, and you are the only one.',
  remedy: 'Whoever runs the server makes another: npm run make-operator -- <their handle>.',
});

export const APPROVAL_CHANGED = defineRefusal({
  code: 'approval_changed',
  status: 409,
  sentence: 'What you decided on is not what was asked for.',
  remedy: 'Open it again, and decide on what it says now.',
});
