import { UNITS_MAX } from '../core/money.ts';
import { type Account, AccountFlags } from './account.ts';

/** Whether the account's limit allows `debits`, pending ones included. Pending credits cannot be spent. */
export function mayDebit(account: Account, debits: bigint): boolean {
  return (account.flags & AccountFlags.debitsMustNotExceedCredits) === 0 || debits <= account.creditsPosted;
}

/** Whether the account's limit allows `credits`, pending ones included. */
export function mayCredit(account: Account, credits: bigint): boolean {
  return (account.flags & AccountFlags.creditsMustNotExceedDebits) === 0 || credits <= account.debitsPosted;
}

/** What can be debited before the debits reach the credits; 0 when they are past it. */
export function debitRoom(account: Account): bigint {
  const room = account.creditsPosted - account.debitsPosted - account.debitsPending;
  return room > 0n ? room : 0n;
}

/** What can be credited before the credits reach the debits; 0 when they are past it. */
export function creditRoom(account: Account): bigint {
  const room = account.debitsPosted - account.creditsPosted - account.creditsPending;
  return room > 0n ? room : 0n;
}

/** The account with other debits and flags. */
export function withDebits(account: Account, pending: bigint, posted: bigint, flags: number): Account {
  return withBalances(account, pending, posted, account.creditsPending, account.creditsPosted, flags);
}

/** The account with other credits and flags. */
export function withCredits(account: Account, pending: bigint, posted: bigint, flags: number): Account {
  return withBalances(account, account.debitsPending, account.debitsPosted, pending, posted, flags);
}

/** Written out field by field: a spread costs twice as much, and this runs twice per transfer. */
function withBalances(
  account: Account,
  debitsPending: bigint,
  debitsPosted: bigint,
  creditsPending: bigint,
  creditsPosted: bigint,
  flags: number,
): Account {
  return {
    id: account.id,
    ledger: account.ledger,
    code: account.code,
    flags,
    userData128: account.userData128,
    userData64: account.userData64,
    userData32: account.userData32,
    debitsPending,
    debitsPosted,
    creditsPending,
    creditsPosted,
    timestamp: account.timestamp,
  };
}

/** The check after posting: no counter below zero or past what can be counted, no limit broken. */
export function assertWithinBounds(account: Account): void {
  const { debitsPending, debitsPosted, creditsPending, creditsPosted } = account;
  const debits = debitsPending + debitsPosted;
  const credits = creditsPending + creditsPosted;
  const isPositive = debitsPending >= 0n && debitsPosted >= 0n && creditsPending >= 0n && creditsPosted >= 0n;
  const fits = debits <= UNITS_MAX && credits <= UNITS_MAX;
  if (!isPositive || !fits || !mayDebit(account, debits) || !mayCredit(account, credits)) {
    throw new Error(`account ${account.id} is out of bounds`);
  }
}
