import type { PayoutMethodName } from '../../policy/index.ts';
import type { BankCalendar } from '../business-days.ts';

/** What a method is called on screens and in sentences. */
export const METHOD_WORDS: Readonly<Record<PayoutMethodName, string>> = {
  sepa: 'SEPA bank transfer',
  ach: 'US bank transfer',
  stripe: 'Stripe',
  btcpay: 'Bitcoin',
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
  manual: 'weekdays',
};

/** Methods whose accounts are set up on a page of the provider's. */
export const SET_UP_METHODS: readonly PayoutMethodName[] = ['stripe'];

/** Whether a provider pays by it, who then says what becomes of each payment. */
export function isProvided(method: PayoutMethodName): boolean {
  return method in PAYER_WORDS;
}

/** Who pays by it, to stand in a sentence: a provider, or the bank. */
export function payerWord(method: PayoutMethodName): string {
  return PAYER_WORDS[method] ?? 'the bank';
}

const PAYER_WORDS: Partial<Readonly<Record<PayoutMethodName, string>>> = {
  stripe: 'Stripe',
  btcpay: 'BTCPay Server',
};
