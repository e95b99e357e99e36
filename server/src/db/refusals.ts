import { defineRefusal } from '../core/refusal.ts';

export const DATABASE_UNAVAILABLE = defineRefusal({
  code: 'database_unavailable',
  status: 503,
  sentence: 'Carat cannot reach its database right now.',
  remedy:
    'Try again in a moment; a request that moves money may be sent again with the same Idempotency-Key.',
});

export const DATABASE_BUSY = defineRefusal({
  code: 'database_busy',
  status: 503,
  sentence: 'The database took too long to answer, so nothing was changed.',
  remedy: 'Try again in a moment.',
});
