import type { PayoutMethodName } from '../../policy/index.ts';
import type { AccountField } from '../payout-accounts.ts';

/** What a bank says about a payment that came back. */
export interface ReturnReason {
  /** A sentence for the creator, to stand after "Bounced:". */
  readonly words: string;
  /** What of the account to correct; `null` where nothing is to be corrected there. */
  readonly field: AccountField | null;
}

/** Reason codes of ISO 20022 (SEPA) and of NACHA's returns, as far as they can follow a credit to an account. */
const REASONS: Readonly<Record<string, ReturnReason>> = {
  AC01: { words: 'the account number is wrong', field: 'iban' },
  AC03: { words: 'the account number is wrong', field: 'iban' },
  AC04: { words: 'the account is closed', field: 'iban' },
  AC06: { words: 'the account is blocked', field: 'iban' },
  AC13: { words: 'the account is of a kind that cannot be paid to', field: 'iban' },
  AG01: { words: 'this account takes no payments', field: 'iban' },
  AG02: { words: 'the bank does not take this kind of payment', field: 'iban' },
  AM05: { words: 'the bank took it for a payment made twice', field: null },
  BE01: { words: 'the name does not match the account', field: 'holder' },
  BE04: { words: 'the bank misses the holder’s address', field: null },
  CNOR: { words: 'the bank cannot be reached', field: 'iban' },
  FOCR: { words: 'it was called back', field: null },
  MD07: { words: 'the account’s holder has died', field: null },
  MS02: { words: 'the account’s holder sent it back', field: null },
  MS03: { words: 'the bank gave no reason', field: null },
  RC01: { words: 'the bank’s code is wrong', field: 'iban' },
  RR04: { words: 'the bank may not take it, for reasons of law', field: null },
  R02: { words: 'the account is closed', field: 'account' },
  R03: { words: 'the name and the account number do not fit each other', field: 'holder' },
  R04: { words: 'the account number is not a possible one', field: 'account' },
  R06: { words: 'it was called back', field: null },
  R12: { words: 'the branch was sold to another bank', field: 'routing' },
  R13: { words: 'the routing number is wrong', field: 'routing' },
  R14: { words: 'the account’s holder has died', field: null },
  R15: { words: 'the account’s holder has died', field: null },
  R16: { words: 'the account is frozen', field: 'account' },
  R17: { words: 'the bank could not read the entry', field: 'account' },
  R20: { words: 'the account is of a kind that cannot be paid to', field: 'accountType' },
  R23: { words: 'the account’s holder sent it back', field: null },
  ACCOUNT_CLOSED: { words: 'the bank account is closed', field: 'setUp' },
  ACCOUNT_FROZEN: { words: 'the bank account is frozen', field: 'setUp' },
  BANK_ACCOUNT_RESTRICTED: { words: 'the bank account takes no such payment', field: 'setUp' },
  BANK_OWNERSHIP_CHANGED: { words: 'the bank account has changed hands', field: 'setUp' },
  COULD_NOT_PROCESS: { words: 'the bank could not book it', field: null },
  DEBIT_NOT_AUTHORIZED: { words: 'the bank account takes no such payment', field: 'setUp' },
  DECLINED: { words: 'the bank declined it', field: 'setUp' },
  INCORRECT_ACCOUNT_HOLDER_NAME: { words: 'the name does not match the account', field: 'setUp' },
  INVALID_ACCOUNT_NUMBER: { words: 'the account number is wrong', field: 'setUp' },
  INVALID_CURRENCY: { words: 'the bank account takes another currency', field: 'setUp' },
  NO_ACCOUNT: { words: 'there is no such bank account', field: 'setUp' },
  PAYOUTS_NOT_ALLOWED: { words: 'Stripe does not pay to your account now', field: 'setUp' },
  PAYOUT_CANCELED: { words: 'it was called back', field: null },
  AMOUNT_TOO_LOW: { words: 'the amount is smaller than the network carries', field: null },
  RECEIVER_ACCOUNT_INVALID: { words: 'there is no such PayPal account', field: 'email' },
  RECEIVER_ACCOUNT_LOCKED: { words: 'the PayPal account is locked', field: 'email' },
  RECEIVER_COUNTRY_NOT_ALLOWED: { words: 'PayPal pays nobody in that account’s country', field: 'email' },
  RECEIVER_UNCONFIRMED: { words: 'the e-mail address is not confirmed at PayPal', field: 'email' },
  RECEIVING_LIMIT_EXCEEDED: { words: 'the PayPal account may not receive as much now', field: 'email' },
  PAYPAL_CALLED_BACK: { words: 'nobody had accepted it', field: null },
  PAYPAL_CANCELED: { words: 'it was called back', field: null },
  PAYPAL_DENIED: { words: 'PayPal did not take it', field: null },
  PAYPAL_FAILED: { words: 'PayPal could not pay it', field: 'email' },
  PAYPAL_RETURNED: { words: 'nobody accepted it at PayPal', field: 'email' },
  PAYPAL_REVERSED: { words: 'PayPal took it back', field: null },
  TRANSFER_REVERSED: { words: 'it was called back', field: null },
  R28: { words: 'the routing number has a wrong check digit', field: 'routing' },
};

/** What a code means, or `null` for one that nobody here knows: then no money moves until a person has asked the bank. */
export function returnReason(code: string): ReturnReason | null {
  return REASONS[code.trim().toUpperCase()] ?? null;
}

/** Every code of a method with its words, for whoever types one in. */
export function returnCodes(method: PayoutMethodName): { code: string; words: string }[] {
  return Object.entries(REASONS)
    .filter(([code]) => method === 'manual' || (code.length <= 4 && (method === 'ach') === /^R\d/.test(code)))
    .map(([code, { words }]) => ({ code, words }));
}
