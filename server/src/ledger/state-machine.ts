import type { Uuid } from '../core/ids.ts';
import type { AccountEvent } from './account.ts';
import { assertWithinBounds } from './balances.ts';
import { Batch } from './batch.ts';
import { applyChains } from './chains.ts';
import { createAccount } from './create-account.ts';
import { createTransfer } from './create-transfer.ts';
import { isOver, release } from './pending.ts';
import { AccountResult, TRANSIENT_RESULTS, TransferResult } from './results.ts';
import type {
  AccountEffects,
  AccountOutcome,
  Effects,
  Expired,
  ExpiryEffects,
  StateView,
  TransferOutcome,
} from './state.ts';
import { type TransferEvent, TransferFlags } from './transfer.ts';

export type {
  AccountEffects,
  AccountOutcome,
  Created,
  Effects,
  Expired,
  ExpiryEffects,
  PendingState,
  StateView,
  TransferOutcome,
} from './state.ts';

/**
 * The ledger as a function: the state before, a batch and the time in; the answers and the changes out.
 * No clock, no database. The same batch on the same state gives the same effects, always.
 *
 * `now` is in nanoseconds and the timestamp of the first event; event `i` gets `now + i`. It must be after
 * every timestamp in the view.
 */
export function createTransfers(view: StateView, events: readonly TransferEvent[], now: bigint): Effects {
  const batch = new Batch(view);
  const results = applyChains(events, now, batch, (event, timestamp) => answer(batch, event, timestamp));
  assertBalanced(batch, view);
  return {
    results,
    created: batch.created,
    accounts: batch.accounts,
    resolutions: batch.resolutions,
    failedIds: [...batch.failedIds],
  };
}

function answer(batch: Batch, event: TransferEvent, timestamp: bigint): TransferOutcome {
  const result = createTransfer(batch, event, timestamp);
  if (result === TransferResult.created) return { result, timestamp };
  if (TRANSIENT_RESULTS.has(result)) batch.burn(event.id);
  const first = result === TransferResult.exists ? batch.transfer(event.id) : undefined;
  return { result, timestamp: first?.timestamp ?? timestamp };
}

/** The check after posting: every touched account is within its bounds, and what was debited was credited. */
function assertBalanced(batch: Batch, view: StateView): void {
  let posted = 0n;
  let pending = 0n;
  for (const after of batch.accounts.values()) {
    assertWithinBounds(after);
    const before = view.account(after.id);
    if (before === undefined) throw new Error(`account ${after.id} came from nowhere`);
    posted += after.debitsPosted - before.debitsPosted - (after.creditsPosted - before.creditsPosted);
    pending += after.debitsPending - before.debitsPending - (after.creditsPending - before.creditsPending);
  }
  if (posted !== 0n || pending !== 0n) throw new Error('a batch debited more or less than it credited');
}

/** Opens accounts, with the same chains and the same rule for `now` as `createTransfers`. */
export function createAccounts(
  view: StateView,
  events: readonly AccountEvent[],
  now: bigint,
): AccountEffects {
  const batch = new Batch(view);
  const results = applyChains<AccountEvent, AccountOutcome>(events, now, batch, (event, timestamp) => {
    const result = createAccount(batch, event, timestamp);
    const first = result === AccountResult.exists ? batch.account(event.id) : undefined;
    return { result, timestamp: first?.timestamp ?? timestamp };
  });
  return { results, created: [...batch.accounts.values()] };
}

/**
 * Releases those of the pending transfers whose time is over at `now`. Others are passed over: a post or a void
 * may have come first, and asking twice does nothing. An account that the pending transfer had closed opens again.
 */
export function expirePending(view: StateView, pendingIds: readonly Uuid[], now: bigint): ExpiryEffects {
  const batch = new Batch(view);
  const expired: Expired[] = [];
  for (const id of pendingIds) {
    const pending = batch.transfer(id);
    if (pending === undefined || (pending.flags & TransferFlags.pending) === 0) continue;
    if (batch.resolution(id) !== 'pending' || !isOver(pending, now)) continue;
    const debit = batch.account(pending.debitAccountId);
    const credit = batch.account(pending.creditAccountId);
    if (debit === undefined || credit === undefined) {
      throw new Error(`an account of pending transfer ${id} is missing`);
    }
    const { debitAfter, creditAfter } = release(pending, debit, credit, 0n);
    batch.resolve(id, 'expired');
    batch.replaceAccount(debitAfter);
    batch.replaceAccount(creditAfter);
    expired.push({ pending, debitAfter, creditAfter });
  }
  assertBalanced(batch, view);
  return { expired, accounts: batch.accounts, resolutions: batch.resolutions };
}
