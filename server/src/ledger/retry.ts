import type { Uuid } from '../core/ids.ts';
import { UNITS_MAX } from '../core/money.ts';
import type { Account, AccountEvent } from './account.ts';
import type { Batch } from './batch.ts';
import { AccountResult, TransferResult } from './results.ts';
import { NIL_ID, type Transfer, type TransferEvent, TransferFlags } from './transfer.ts';

const BALANCING = TransferFlags.balancingDebit | TransferFlags.balancingCredit;
const RESOLVING = TransferFlags.postPendingTransfer | TransferFlags.voidPendingTransfer;

/**
 * The answer to an event whose id is taken: `exists` for the same transfer again, or the first field that
 * differs. Fields that a post or void inherits may be left zero again.
 */
export function compareWithExisting(batch: Batch, event: TransferEvent, existing: Transfer): TransferResult {
  if (event.flags !== existing.flags) return TransferResult.exists_with_different_flags;
  if (event.pendingId !== existing.pendingId) return TransferResult.exists_with_different_pending_id;
  if (event.timeout !== existing.timeout) return TransferResult.exists_with_different_timeout;
  if ((event.flags & RESOLVING) !== 0) return compareResolving(batch, event, existing);

  if (event.debitAccountId !== existing.debitAccountId) {
    return TransferResult.exists_with_different_debit_account_id;
  }
  if (event.creditAccountId !== existing.creditAccountId) {
    return TransferResult.exists_with_different_credit_account_id;
  }
  // A balancing transfer may have moved less than asked for, so the same maximum, or any that allows as much.
  const isAmountDifferent =
    (event.flags & BALANCING) !== 0 ? event.amount < existing.amount : event.amount !== existing.amount;
  if (isAmountDifferent) return TransferResult.exists_with_different_amount;
  if (event.userData128 !== existing.userData128) return TransferResult.exists_with_different_user_data_128;
  if (event.userData64 !== existing.userData64) return TransferResult.exists_with_different_user_data_64;
  if (event.userData32 !== existing.userData32) return TransferResult.exists_with_different_user_data_32;
  if (event.ledger !== existing.ledger) return TransferResult.exists_with_different_ledger;
  if (event.code !== existing.code) return TransferResult.exists_with_different_code;
  return TransferResult.exists;
}

function compareResolving(batch: Batch, event: TransferEvent, existing: Transfer): TransferResult {
  const pending = batch.transfer(existing.pendingId);
  if (pending === undefined) throw new Error(`pending transfer ${existing.pendingId} is missing`);
  const { debitAccountId, creditAccountId, ledger, code } = event;
  if (debitAccountId !== NIL_ID && debitAccountId !== existing.debitAccountId) {
    return TransferResult.exists_with_different_debit_account_id;
  }
  if (creditAccountId !== NIL_ID && creditAccountId !== existing.creditAccountId) {
    return TransferResult.exists_with_different_credit_account_id;
  }
  const all = (event.flags & TransferFlags.voidPendingTransfer) !== 0 ? 0n : UNITS_MAX;
  const amount = event.amount === all ? pending.amount : event.amount;
  if (amount !== existing.amount) return TransferResult.exists_with_different_amount;
  const userData128: Uuid = event.userData128 === NIL_ID ? pending.userData128 : event.userData128;
  if (userData128 !== existing.userData128) return TransferResult.exists_with_different_user_data_128;
  const userData64 = event.userData64 === 0n ? pending.userData64 : event.userData64;
  if (userData64 !== existing.userData64) return TransferResult.exists_with_different_user_data_64;
  const userData32 = event.userData32 === 0 ? pending.userData32 : event.userData32;
  if (userData32 !== existing.userData32) return TransferResult.exists_with_different_user_data_32;
  if (ledger !== 0 && ledger !== existing.ledger) return TransferResult.exists_with_different_ledger;
  if (code !== 0 && code !== existing.code) return TransferResult.exists_with_different_code;
  return TransferResult.exists;
}

/** The answer to an account event whose id is taken: `exists`, or the first field that differs. */
export function compareWithExistingAccount(event: AccountEvent, existing: Account): AccountResult {
  if (event.flags !== existing.flags) return AccountResult.exists_with_different_flags;
  if (event.userData128 !== existing.userData128) return AccountResult.exists_with_different_user_data_128;
  if (event.userData64 !== existing.userData64) return AccountResult.exists_with_different_user_data_64;
  if (event.userData32 !== existing.userData32) return AccountResult.exists_with_different_user_data_32;
  if (event.ledger !== existing.ledger) return AccountResult.exists_with_different_ledger;
  if (event.code !== existing.code) return AccountResult.exists_with_different_code;
  return AccountResult.exists;
}
