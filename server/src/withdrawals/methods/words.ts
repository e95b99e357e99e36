import type { PayoutMethodName } from '../../policy/index.ts';
import type { BankCalendar } from '../business-days.ts';

/** What a method is called on screens and in sentences. */
export const METHOD_WORDS: Readonly<Record<PayoutMethodName, string>> = {
  sepa: 'SEPA bank transfer',
  ach: 'US bank transfer',
  stripe: 'Stripe',
  btcpay: 'Bitcoin',
  paypal: 'PayPal',
  manual: 'Payment by hand',
};

/** On which days each method's banks move money. */
export const CALENDARS: Readonly<Record<PayoutMethodName, BankCalendar>> = {
  sepa: 'target',
  ach: 'fed',
  // To banks of the United States.
  stripe: 'fed',
  // The chain knows no holidays; operators do.
  btcpay: 'weekdays',
  // Within minutes, once operators have looked.
  paypal: 'weekdays',
  manual: 'weekdays',
};

/** Methods whose accounts are set up on a page of the provider's. */
export const SET_UP_METHODS: readonly PayoutMethodName[] = ['stripe'];

/** Methods by which a provider pays to what a creator gave, in the field of the account's details. */
export const GIVEN_TO_PROVIDERS = { btcpay: 'address', paypal: 'email' } as const;

/** Methods by which a provider pays. */
export const PROVIDED_METHODS: readonly PayoutMethodName[] = [
  ...SET_UP_METHODS,
  ...(Object.keys(GIVEN_TO_PROVIDERS) as (keyof typeof GIVEN_TO_PROVIDERS)[]),
];

/** Whether a provider pays by it, who then says what becomes of each payment. */
export function isProvided(method: PayoutMethodName): boolean {
  return PROVIDED_METHODS.includes(method);
}

/** Who pays by it, to stand in a sentence: a provider, or the bank. */
export function payerWord(method: PayoutMethodName): string {
  return PAYER_WORDS[method] ?? 'the bank';
}

const PAYER_WORDS: Partial<Readonly<Record<PayoutMethodName, string>>> = {
  stripe: 'Stripe',
  btcpay: 'BTCPay Server',
  paypal: 'PayPal',
};
