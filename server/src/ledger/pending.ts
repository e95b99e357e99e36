import { type Account, AccountFlags } from './account.ts';
import { withCredits, withDebits } from './balances.ts';
import { type Transfer, TransferFlags } from './transfer.ts';

const NS_PER_SECOND = 1_000_000_000n;

/** When a pending transfer expires, in nanoseconds; `undefined` for one without a timeout. */
export function expiryOf(pending: Transfer): bigint | undefined {
  return pending.timeout === 0 ? undefined : pending.timestamp + BigInt(pending.timeout) * NS_PER_SECOND;
}

/** Whether the time of a pending transfer is over at `now`. */
export function isOver(pending: Transfer, now: bigint): boolean {
  const expiry = expiryOf(pending);
  return expiry !== undefined && now >= expiry;
}

/**
 * Both accounts after a pending transfer is resolved: what was held is released and `posted` of it moves.
 * Where nothing is posted (void, expiry) and the pending transfer had closed an account, that opens again.
 */
export function release(
  pending: Transfer,
  debit: Account,
  credit: Account,
  posted: bigint,
): { debitAfter: Account; creditAfter: Account } {
  const opensDebit = (pending.flags & TransferFlags.closingDebit) !== 0;
  const opensCredit = (pending.flags & TransferFlags.closingCredit) !== 0;
  return {
    debitAfter: withDebits(
      debit,
      debit.debitsPending - pending.amount,
      debit.debitsPosted + posted,
      opensDebit ? debit.flags & ~AccountFlags.closed : debit.flags,
    ),
    creditAfter: withCredits(
      credit,
      credit.creditsPending - pending.amount,
      credit.creditsPosted + posted,
      opensCredit ? credit.flags & ~AccountFlags.closed : credit.flags,
    ),
  };
}
