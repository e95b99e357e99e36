import { UNITS_MAX } from '../core/money.ts';
import { type Account, AccountFlags } from './account.ts';
import { creditRoom, debitRoom, mayCredit, mayDebit, withCredits, withDebits } from './balances.ts';
import type { Batch } from './batch.ts';
import { postOrVoid } from './post-or-void.ts';
import { TransferResult } from './results.ts';
import { compareWithExisting } from './retry.ts';
import { MAX_ID, NIL_ID, type TransferEvent, TransferFlags } from './transfer.ts';

const ALL_FLAGS = Object.values(TransferFlags).reduce((all, flag) => all | flag, 0);
const RESOLVING = TransferFlags.postPendingTransfer | TransferFlags.voidPendingTransfer;
const CLOSING = TransferFlags.closingDebit | TransferFlags.closingCredit;
const NS_PER_SECOND = 1_000_000_000n;
/** Timestamps are signed 64-bit nanoseconds. */
const TIMESTAMP_MAX = 9_223_372_036_854_775_807n;

/** Does one transfer, or says what is against it; the checks are in order of precedence. */
export function createTransfer(batch: Batch, event: TransferEvent, timestamp: bigint): TransferResult {
  assertAmount(event.amount);
  const { id, flags } = event;
  if ((flags & TransferFlags.imported) !== 0) return TransferResult.imported_event_not_expected;
  if (event.timestamp !== undefined && event.timestamp !== 0n) return TransferResult.timestamp_must_be_zero;
  if ((flags & ~ALL_FLAGS) !== 0) return TransferResult.reserved_flag;
  if (id === NIL_ID) return TransferResult.id_must_not_be_zero;
  if (id === MAX_ID) return TransferResult.id_must_not_be_int_max;

  const existing = batch.transfer(id);
  if (existing !== undefined) return compareWithExisting(batch, event, existing);
  if (batch.hasFailed(id)) return TransferResult.id_already_failed;

  if ((flags & RESOLVING) !== 0) return postOrVoid(batch, event, timestamp);
  const malformed = checkForm(event);
  if (malformed !== TransferResult.created) return malformed;
  return move(batch, event, timestamp);
}

/** An amount below zero is a mistake of the program, not an answer to a caller. */
function assertAmount(amount: bigint): void {
  if (amount < 0n) throw new RangeError(`an amount must not be negative: ${amount}`);
}

/** What can be said without looking at an account. */
function checkForm(event: TransferEvent): TransferResult {
  const { debitAccountId, creditAccountId, flags } = event;
  if (debitAccountId === NIL_ID) return TransferResult.debit_account_id_must_not_be_zero;
  if (debitAccountId === MAX_ID) return TransferResult.debit_account_id_must_not_be_int_max;
  if (creditAccountId === NIL_ID) return TransferResult.credit_account_id_must_not_be_zero;
  if (creditAccountId === MAX_ID) return TransferResult.credit_account_id_must_not_be_int_max;
  if (debitAccountId === creditAccountId) return TransferResult.accounts_must_be_different;
  if (event.pendingId !== NIL_ID) return TransferResult.pending_id_must_be_zero;
  if ((flags & TransferFlags.pending) === 0) {
    if (event.timeout !== 0) return TransferResult.timeout_reserved_for_pending_transfer;
    if ((flags & CLOSING) !== 0) return TransferResult.closing_transfer_must_be_pending;
  }
  if (event.ledger === 0) return TransferResult.ledger_must_not_be_zero;
  if (event.code === 0) return TransferResult.code_must_not_be_zero;
  return TransferResult.created;
}

function move(batch: Batch, event: TransferEvent, timestamp: bigint): TransferResult {
  const debit = batch.account(event.debitAccountId);
  if (debit === undefined) return TransferResult.debit_account_not_found;
  const credit = batch.account(event.creditAccountId);
  if (credit === undefined) return TransferResult.credit_account_not_found;
  if (debit.ledger !== credit.ledger) return TransferResult.accounts_must_have_the_same_ledger;
  if (event.ledger !== debit.ledger) return TransferResult.transfer_must_have_the_same_ledger_as_accounts;
  if ((debit.flags & AccountFlags.closed) !== 0) return TransferResult.debit_account_already_closed;
  if ((credit.flags & AccountFlags.closed) !== 0) return TransferResult.credit_account_already_closed;

  const amount = balancedAmount(event, debit, credit);
  const debits = debit.debitsPending + debit.debitsPosted + amount;
  const credits = credit.creditsPending + credit.creditsPosted + amount;
  if (debits > UNITS_MAX || credits > UNITS_MAX) return whichOverflow(event, amount, debit, credit);
  if (event.timeout !== 0 && timestamp + BigInt(event.timeout) * NS_PER_SECOND > TIMESTAMP_MAX) {
    return TransferResult.overflows_timeout;
  }
  if (!mayDebit(debit, debits)) return TransferResult.exceeds_credits;
  if (!mayCredit(credit, credits)) return TransferResult.exceeds_debits;

  record(batch, event, amount, debit, credit, timestamp);
  return TransferResult.created;
}

/** A balancing transfer moves what there is, at most `amount`. */
function balancedAmount(event: TransferEvent, debit: Account, credit: Account): bigint {
  let { amount } = event;
  if ((event.flags & TransferFlags.balancingDebit) !== 0) {
    const room = debitRoom(debit);
    if (room < amount) amount = room;
  }
  if ((event.flags & TransferFlags.balancingCredit) !== 0) {
    const room = creditRoom(credit);
    if (room < amount) amount = room;
  }
  return amount;
}

/** Counters are never negative, so where pending and posted together fit, each of them does. */
function whichOverflow(
  event: TransferEvent,
  amount: bigint,
  debit: Account,
  credit: Account,
): TransferResult {
  if ((event.flags & TransferFlags.pending) !== 0) {
    if (debit.debitsPending + amount > UNITS_MAX) return TransferResult.overflows_debits_pending;
    if (credit.creditsPending + amount > UNITS_MAX) return TransferResult.overflows_credits_pending;
  }
  if (debit.debitsPosted + amount > UNITS_MAX) return TransferResult.overflows_debits_posted;
  if (credit.creditsPosted + amount > UNITS_MAX) return TransferResult.overflows_credits_posted;
  if (debit.debitsPending + debit.debitsPosted + amount > UNITS_MAX) return TransferResult.overflows_debits;
  return TransferResult.overflows_credits;
}

function record(
  batch: Batch,
  event: TransferEvent,
  amount: bigint,
  debit: Account,
  credit: Account,
  timestamp: bigint,
): void {
  const { flags } = event;
  const debitFlags =
    (flags & TransferFlags.closingDebit) === 0 ? debit.flags : debit.flags | AccountFlags.closed;
  const creditFlags =
    (flags & TransferFlags.closingCredit) === 0 ? credit.flags : credit.flags | AccountFlags.closed;
  const isPending = (flags & TransferFlags.pending) !== 0;
  batch.record(
    {
      id: event.id,
      debitAccountId: event.debitAccountId,
      creditAccountId: event.creditAccountId,
      amount,
      pendingId: event.pendingId,
      userData128: event.userData128,
      userData64: event.userData64,
      userData32: event.userData32,
      timeout: event.timeout,
      ledger: event.ledger,
      code: event.code,
      flags,
      timestamp,
    },
    isPending
      ? withDebits(debit, debit.debitsPending + amount, debit.debitsPosted, debitFlags)
      : withDebits(debit, debit.debitsPending, debit.debitsPosted + amount, debitFlags),
    isPending
      ? withCredits(credit, credit.creditsPending + amount, credit.creditsPosted, creditFlags)
      : withCredits(credit, credit.creditsPending, credit.creditsPosted + amount, creditFlags),
  );
}
