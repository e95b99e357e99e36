import { defineRefusal } from '../core/refusal.ts';

export const LEDGER_BUSY = defineRefusal({
  code: 'ledger_busy',
  status: 503,
  sentence: 'More is being sent right now than can be booked; nothing was changed.',
  remedy: 'Try again in a moment with the same Idempotency-Key.',
});

export const LEDGER_OUTCOME_UNKNOWN = defineRefusal({
  code: 'ledger_outcome_unknown',
  status: 503,
  sentence: 'The database went away while this was being booked, so it is not known yet whether it happened.',
  remedy: 'Ask again with the same Idempotency-Key: it happens once, and you are told the truth.',
});

/**
 * The database refused what was to be committed with the transfers: a constraint said no, a statement touched
 * another number of rows than expected, a value could not be stored. Nothing of the posting happened, nothing
 * of the others was lost. A slice that uses a constraint as its last word catches this and looks at `constraint`.
 */
export class LedgerConflict extends Error {
  override readonly name = 'LedgerConflict';
  /** SQLSTATE: `23505` unique, `23503` foreign key, `23514` check, `CL002` rows touched. */
  readonly code: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;

  constructor(cause: Error & { code?: string; constraint?: string; table?: string }) {
    super(`the database refused a posting: ${cause.message}`, { cause });
    this.code = cause.code ?? '';
    this.constraint = cause.constraint;
    this.table = cause.table;
  }
}
