import { defineRefusal } from '../core/refusal.ts';

export const FIAT_RATE_MISSING = defineRefusal({
  code: 'fiat_rate_missing',
  status: 409,
  sentence: 'There is no rate for {currency}.',
  remedy: 'Choose another currency, or ask whoever runs the site for it.',
});

export const FIAT_RATE_TOO_OLD = defineRefusal({
  code: 'fiat_rate_too_old',
  status: 409,
  sentence:
    'The rate of {currency} is of {asOf}, {ageDays} days ago. After {maxAgeDays} days a rate is not used any more.',
  remedy: 'Try again later, or choose US dollars. Whoever runs the site sees why no newer rates came.',
});

export const FIAT_TABLE_DECIDED = defineRefusal({
  code: 'fiat_table_decided',
  status: 409,
  sentence: 'This table was {verdict} already.',
  remedy: 'Look at the list again.',
});

export const FIAT_TABLE_OLDER = defineRefusal({
  code: 'fiat_table_older',
  status: 409,
  sentence: 'This table is of {asOf}. The one in force is of {currentAsOf}.',
  remedy: 'Drop it.',
});

export const RATE_TOO_HIGH = defineRefusal({
  code: 'rate_too_high',
  status: 422,
  sentence: 'At {dollars} for 1,000 Diamonds a gift would be worth more than it cost. The most is {most}.',
  remedy: 'Choose a lower rate, or adopt a policy with another price or yield first.',
});

export const RATE_TOO_SOON = defineRefusal({
  code: 'rate_too_soon',
  status: 422,
  sentence:
    'A rate is told {noticeDays} days before it starts, so this one can start on {earliest} or later.',
  remedy: 'Choose a later start, and leave a colleague time to look at it.',
});

export const RATE_DRAFT_IS_THEIRS = defineRefusal({
  code: 'rate_draft_is_theirs',
  status: 403,
  sentence: 'This draft is somebody else’s.',
  remedy: 'Approve or reject it, or draft a rate of your own.',
});

export const RATE_DRAFT_IS_OVER = defineRefusal({
  code: 'rate_draft_is_over',
  status: 409,
  sentence: 'This draft {ending}.',
  remedy: 'Draft another one.',
});

export const RATE_DRAFT_STALE = defineRefusal({
  code: 'rate_draft_stale',
  status: 409,
  sentence: 'This draft was changed since you looked at it.',
  remedy: 'Look at it again.',
});
