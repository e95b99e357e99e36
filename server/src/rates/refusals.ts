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
