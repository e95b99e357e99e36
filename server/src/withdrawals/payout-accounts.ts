import { isDeepStrictEqual } from 'node:util';
import type { PaymentMode } from '../config.ts';
import { DAY_MS } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import type { UserPrincipal } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { requireConfirmed } from '../identity/index.ts';
import { approvedCases, matchPapers } from '../verification/index.ts';
import { isOutsideEea, lastFour, readBic, readIban, readRouting, readUsAccount } from './bank-numbers.ts';
import { readBitcoinAddress, shortAddress } from './bitcoin-address.ts';
import { losesLetters, toLatin } from './latin.ts';
import { GIVEN_TO_PROVIDERS, METHOD_WORDS } from './methods/words.ts';
import { maskedEmail, readEmail } from './paypal-email.ts';
import { accountsKnown, payerFor } from './providers/payers.ts';
import {
  PAYOUT_ACCOUNT_CHANGED,
  PAYOUT_ACCOUNT_INVALID,
  PAYOUT_CHANGES_TOO_MANY,
  PAYOUT_METHOD_UNAVAILABLE,
  PAYOUT_NAME_DIFFERS,
  TOO_MANY_PAYOUT_ACCOUNTS,
} from './refusals.ts';
import {
  accountById,
  accountsGivenSince,
  accountsOf,
  insertAccount,
  insertRemoval,
  REPLACED_ONCE,
} from './store.ts';
import { tellShared } from './tell-shared.ts';
import { payablePolicy } from './terms.ts';
import { termsFor } from './withdraw-checks.ts';
import type { AccountDetails, PayoutAccount } from './withdrawal.ts';

/** An account as a person typed it. */
export type AccountGiven = { readonly holder: string; readonly replaces: Uuid | null } & (
  | { readonly method: 'sepa'; readonly iban: string; readonly bic: string | null }
  | {
      readonly method: 'ach';
      readonly routing: string;
      readonly account: string;
      readonly accountType: 'checking' | 'savings';
    }
  | { readonly method: 'stripe'; readonly country: string }
  | { readonly method: 'btcpay'; readonly country: string; readonly address: string }
  | { readonly method: 'paypal'; readonly country: string; readonly email: string }
  | { readonly method: 'manual'; readonly country: string; readonly instructions: string }
);

const ACCOUNTS_MAX = 5;
/** ISO 20022 `Max70Text`: what a SEPA file holds of a name. */
const HOLDER_LENGTH_MAX = 70;

/**
 * Keeps an account to pay to, or a change of one. A withdrawal that is on its way keeps the account it was asked for
 * with. A new or changed account waits before it is used. The same change sent twice is one.
 *
 * Refuses with `confirmation_needed`, `payout_account_invalid` (which number, and what is wrong with it; never the number
 * itself), `payout_method_unavailable`, `payout_account_changed`, `payout_name_differs`, `payout_changes_too_many` or
 * `too_many_payout_accounts`.
 */
export async function keepPayoutAccount(
  house: House,
  user: UserPrincipal,
  given: AccountGiven,
): Promise<PayoutAccount> {
  await requireConfirmed(house, user);
  const read = readAccount(given, payerFor(house, given.method)?.mode);
  const known = await accountsOf(house.db, user.userId, accountsKnown(house));
  if (given.replaces !== null && !known.some(({ id }) => id === given.replaces)) {
    return givenBefore(known, given, read.details);
  }
  const nowMs = house.clock.now();
  const { payouts, payoutLimits } = await payablePolicy(house, nowMs);
  const papers = (await approvedCases(house.db, [user.userId])).get(user.userId);
  if (papers !== undefined && matchPapers(papers, given.holder) === 'different') {
    const { legalName } = papers;
    throw new Refusal(PAYOUT_NAME_DIFFERS, { holder: given.holder.trim(), legalName }, '/holder');
  }
  const most = payoutLimits.accountsPerDay;
  if ((await accountsGivenSince(house.db, user.userId, new Date(nowMs - DAY_MS))) >= most) {
    throw new Refusal(PAYOUT_CHANGES_TOO_MANY, { most });
  }
  const terms = termsFor(payouts, { method: given.method, country: read.country });
  if (terms === undefined) {
    throw new Refusal(PAYOUT_METHOD_UNAVAILABLE, {
      method: METHOD_WORDS[given.method],
      country: read.country,
    });
  }
  if (given.replaces === null && known.length >= ACCOUNTS_MAX) {
    throw new Refusal(TOO_MANY_PAYOUT_ACCOUNTS, { most: ACCOUNTS_MAX });
  }
  const account: PayoutAccount = {
    id: newId(),
    userId: user.userId,
    method: given.method,
    currency: terms.currency,
    holder: holderOf(given.holder),
    replaces: given.replaces,
    madeAt: new Date(nowMs),
    usableFrom: new Date(nowMs + payouts.coolDownMs),
    setup: null,
    ...read,
  };
  try {
    await house.db.transaction(async (tx) => {
      await insertAccount(tx, account);
      if (account.details.method in GIVEN_TO_PROVIDERS) await tellShared(house, tx, account);
    });
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== REPLACED_ONCE) throw error;
    return givenBefore(await accountsOf(house.db, user.userId, accountsKnown(house)), given, read.details);
  }
  return (await accountById(house.db, account.id, accountsKnown(house))) ?? account;
}

/** The same change sent twice is one change; another one than what was changed since is refused. */
function givenBefore(
  known: readonly PayoutAccount[],
  { replaces, holder }: AccountGiven,
  details: AccountDetails,
): PayoutAccount {
  const same = known.find(
    (account) =>
      account.replaces === replaces &&
      account.holder === holderOf(holder) &&
      isDeepStrictEqual(account.details, details),
  );
  if (same === undefined) throw new Refusal(PAYOUT_ACCOUNT_CHANGED);
  return same;
}

function holderOf(typed: string): string {
  return typed.normalize('NFC').trim();
}

/** Nothing new is paid to it from here on; what is on its way goes on. Refuses with `confirmation_needed` or `not_found`. */
export async function removePayoutAccount(house: House, user: UserPrincipal, accountId: Uuid): Promise<void> {
  await requireConfirmed(house, user);
  const known = await accountsOf(house.db, user.userId, accountsKnown(house));
  if (!known.some(({ id }) => id === accountId)) throw new Refusal(NOT_FOUND);
  await insertRemoval(house.db, accountId, new Date(house.clock.now()));
}

/**
 * The numbers as banks write them, or a refusal that names the field.
 *
 * @param mode of whoever pays to it: a test network has addresses of its own
 */
export function readAccount(
  given: AccountGiven,
  mode: PaymentMode = 'live',
): Pick<PayoutAccount, 'country' | 'masked'> & { readonly details: AccountDetails } {
  const name = toLatin(given.holder);
  if (name === null) {
    throw wrong('name of the account’s holder', 'has no letter that banks can write', 'holder');
  }
  if ((given.method === 'sepa' || given.method === 'ach') && losesLetters(given.holder)) {
    throw wrong('name of the account’s holder', 'has letters that banks cannot write', 'holder');
  }
  if (name.length > HOLDER_LENGTH_MAX) {
    throw wrong(
      'name of the account’s holder',
      `may have at most ${HOLDER_LENGTH_MAX} characters at a bank`,
      'holder',
    );
  }
  switch (given.method) {
    case 'sepa': {
      const read = readIban(given.iban);
      if ('rule' in read) throw wrong('IBAN', read.rule, 'iban');
      const bic = given.bic === null || given.bic.trim() === '' ? null : readBic(given.bic);
      if (bic === null && given.bic !== null && given.bic.trim() !== '') {
        throw wrong('BIC', 'has 8 or 11 letters and digits', 'bic');
      }
      const { iban } = read;
      const country = iban.slice(0, 2);
      if (bic === null && isOutsideEea(country)) {
        throw wrong('BIC', `is needed beside an IBAN of ${country}`, 'bic');
      }
      return {
        country,
        masked: lastFour(iban),
        details: { method: 'sepa', iban, bic },
      };
    }
    case 'ach': {
      const read = readRouting(given.routing);
      if ('rule' in read) throw wrong('routing number', read.rule, 'routing');
      const account = readUsAccount(given.account);
      if (account === null) throw wrong('account number', 'has 4 to 17 digits', 'account');
      const { accountType } = given;
      return {
        country: 'US',
        masked: lastFour(account),
        details: { method: 'ach', routing: read.routing, account, accountType },
      };
    }
    case 'stripe':
      return { country: given.country, masked: `··${given.country}`, details: { method: 'stripe' } };
    case 'btcpay': {
      const read = readBitcoinAddress(given.address, mode);
      if ('rule' in read) throw wrong('address', read.rule, 'address');
      const { address } = read;
      return {
        country: given.country,
        masked: shortAddress(address),
        details: { method: 'btcpay', address },
      };
    }
    case 'paypal': {
      const read = readEmail(given.email);
      if ('rule' in read) throw wrong('e-mail address', read.rule, 'email');
      const { email } = read;
      return { country: given.country, masked: maskedEmail(email), details: { method: 'paypal', email } };
    }
    case 'manual':
      return {
        country: given.country,
        masked: `··${given.country}`,
        details: { method: 'manual', instructions: given.instructions.trim() },
      };
  }
}

/** What of an account has to be corrected where a bank says so. */
export type AccountField =
  | 'holder'
  | 'iban'
  | 'routing'
  | 'account'
  | 'accountType'
  | 'address'
  | 'email'
  | 'setUp';

function wrong(what: string, rule: string, field: string): Refusal {
  return new Refusal(PAYOUT_ACCOUNT_INVALID, { what, rule }, `/${field}`);
}
