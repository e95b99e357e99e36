import { type Account, type AccountEvent, AccountFlags } from './account.ts';
import type { Batch } from './batch.ts';
import { AccountResult } from './results.ts';
import { compareWithExistingAccount } from './retry.ts';
import { MAX_ID, NIL_ID } from './transfer.ts';

const ALL_FLAGS = Object.values(AccountFlags).reduce((all, flag) => all | flag, 0);
const LIMITS = AccountFlags.debitsMustNotExceedCredits | AccountFlags.creditsMustNotExceedDebits;

/** Opens one account, or says what is against it; the checks are in order of precedence. */
export function createAccount(batch: Batch, event: AccountEvent, timestamp: bigint): AccountResult {
  const { id, flags } = event;
  if ((flags & AccountFlags.imported) !== 0) return AccountResult.imported_event_not_expected;
  if (isSet(event.timestamp)) return AccountResult.timestamp_must_be_zero;
  if (isSet(event.reserved)) return AccountResult.reserved_field;
  if ((flags & ~ALL_FLAGS) !== 0) return AccountResult.reserved_flag;
  if (id === NIL_ID) return AccountResult.id_must_not_be_zero;
  if (id === MAX_ID) return AccountResult.id_must_not_be_int_max;

  const existing = batch.account(id);
  if (existing !== undefined) return compareWithExistingAccount(event, existing);

  if ((flags & LIMITS) === LIMITS) return AccountResult.flags_are_mutually_exclusive;
  if (isSet(event.debitsPending)) return AccountResult.debits_pending_must_be_zero;
  if (isSet(event.debitsPosted)) return AccountResult.debits_posted_must_be_zero;
  if (isSet(event.creditsPending)) return AccountResult.credits_pending_must_be_zero;
  if (isSet(event.creditsPosted)) return AccountResult.credits_posted_must_be_zero;
  if (event.ledger === 0) return AccountResult.ledger_must_not_be_zero;
  if (event.code === 0) return AccountResult.code_must_not_be_zero;

  batch.replaceAccount(emptyAccount(event, timestamp));
  return AccountResult.created;
}

function isSet(field: bigint | number | undefined): boolean {
  return field !== undefined && BigInt(field) !== 0n;
}

function emptyAccount(event: AccountEvent, timestamp: bigint): Account {
  return {
    id: event.id,
    ledger: event.ledger,
    code: event.code,
    flags: event.flags,
    userData128: event.userData128,
    userData64: event.userData64,
    userData32: event.userData32,
    debitsPending: 0n,
    debitsPosted: 0n,
    creditsPending: 0n,
    creditsPosted: 0n,
    timestamp,
  };
}
