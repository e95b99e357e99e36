import { UNITS_MAX } from '../core/money.ts';
import { type Account, AccountFlags } from './account.ts';
import type { Batch } from './batch.ts';
import { isOver, release } from './pending.ts';
import { TransferResult } from './results.ts';
import { MAX_ID, NIL_ID, type Transfer, type TransferEvent, TransferFlags } from './transfer.ts';

/** A transfer does one of these things, not two. */
const EXCLUDED =
  TransferFlags.pending |
  TransferFlags.balancingDebit |
  TransferFlags.balancingCredit |
  TransferFlags.closingDebit |
  TransferFlags.closingCredit;

/**
 * Posts a pending transfer, in part or whole, or voids it; the checks are in order of precedence.
 * What the event leaves zero is the pending transfer's. Of a partial post the rest is released.
 */
export function postOrVoid(batch: Batch, event: TransferEvent, timestamp: bigint): TransferResult {
  const malformed = checkForm(event);
  if (malformed !== TransferResult.created) return malformed;

  const pending = batch.transfer(event.pendingId);
  if (pending === undefined) return TransferResult.pending_transfer_not_found;
  if ((pending.flags & TransferFlags.pending) === 0) return TransferResult.pending_transfer_not_pending;
  const different = checkSameAsPending(event, pending);
  if (different !== TransferResult.created) return different;

  const isVoid = (event.flags & TransferFlags.voidPendingTransfer) !== 0;
  const amount = resolvedAmount(event, pending);
  if (amount > pending.amount) return TransferResult.exceeds_pending_transfer_amount;
  if (isVoid && amount < pending.amount) return TransferResult.pending_transfer_has_different_amount;

  const unavailable = checkStillPending(batch, pending, timestamp);
  if (unavailable !== TransferResult.created) return unavailable;

  const debit = accountOf(batch, pending.debitAccountId);
  const credit = accountOf(batch, pending.creditAccountId);
  // Nothing moves in a closed account, but money held there can still be let go.
  if (!isVoid && (debit.flags & AccountFlags.closed) !== 0)
    return TransferResult.debit_account_already_closed;
  if (!isVoid && (credit.flags & AccountFlags.closed) !== 0)
    return TransferResult.credit_account_already_closed;

  const released = release(pending, debit, credit, isVoid ? 0n : amount);
  batch.resolve(pending.id, isVoid ? 'voided' : 'posted');
  batch.record(
    resolvingTransfer(event, pending, amount, timestamp),
    released.debitAfter,
    released.creditAfter,
  );
  return TransferResult.created;
}

function checkForm(event: TransferEvent): TransferResult {
  const { flags, pendingId } = event;
  const isBoth =
    (flags & TransferFlags.postPendingTransfer) !== 0 && (flags & TransferFlags.voidPendingTransfer) !== 0;
  if (isBoth || (flags & EXCLUDED) !== 0) return TransferResult.flags_are_mutually_exclusive;
  if (pendingId === NIL_ID) return TransferResult.pending_id_must_not_be_zero;
  if (pendingId === MAX_ID) return TransferResult.pending_id_must_not_be_int_max;
  if (pendingId === event.id) return TransferResult.pending_id_must_be_different;
  if (event.timeout !== 0) return TransferResult.timeout_reserved_for_pending_transfer;
  return TransferResult.created;
}

/** What the event does say must be what the pending transfer says. */
function checkSameAsPending(event: TransferEvent, pending: Transfer): TransferResult {
  const { debitAccountId, creditAccountId, ledger, code } = event;
  if (debitAccountId !== NIL_ID && debitAccountId !== pending.debitAccountId) {
    return TransferResult.pending_transfer_has_different_debit_account_id;
  }
  if (creditAccountId !== NIL_ID && creditAccountId !== pending.creditAccountId) {
    return TransferResult.pending_transfer_has_different_credit_account_id;
  }
  if (ledger !== 0 && ledger !== pending.ledger) return TransferResult.pending_transfer_has_different_ledger;
  if (code !== 0 && code !== pending.code) return TransferResult.pending_transfer_has_different_code;
  return TransferResult.created;
}

/** A void of 0 and a post of `UNITS_MAX` mean all of it. */
function resolvedAmount(event: TransferEvent, pending: Transfer): bigint {
  const isVoid = (event.flags & TransferFlags.voidPendingTransfer) !== 0;
  return event.amount === (isVoid ? 0n : UNITS_MAX) ? pending.amount : event.amount;
}

/** A pending transfer whose time is over is expired, also while it waits to be marked so. */
function checkStillPending(batch: Batch, pending: Transfer, timestamp: bigint): TransferResult {
  switch (batch.resolution(pending.id)) {
    case 'posted':
      return TransferResult.pending_transfer_already_posted;
    case 'voided':
      return TransferResult.pending_transfer_already_voided;
    case 'expired':
      return TransferResult.pending_transfer_expired;
    case 'pending':
      return isOver(pending, timestamp) ? TransferResult.pending_transfer_expired : TransferResult.created;
  }
}

function accountOf(batch: Batch, id: string): Account {
  const account = batch.account(id);
  if (account === undefined) throw new Error(`account ${id} of a pending transfer is missing`);
  return account;
}

function resolvingTransfer(
  event: TransferEvent,
  pending: Transfer,
  amount: bigint,
  timestamp: bigint,
): Transfer {
  return {
    id: event.id,
    debitAccountId: pending.debitAccountId,
    creditAccountId: pending.creditAccountId,
    amount,
    pendingId: pending.id,
    userData128: event.userData128 === NIL_ID ? pending.userData128 : event.userData128,
    userData64: event.userData64 === 0n ? pending.userData64 : event.userData64,
    userData32: event.userData32 === 0 ? pending.userData32 : event.userData32,
    timeout: 0,
    ledger: pending.ledger,
    code: pending.code,
    flags: event.flags,
    timestamp,
  };
}
