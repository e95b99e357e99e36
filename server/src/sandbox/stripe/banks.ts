/** A test account at a bank, with the number that Stripe gives it in test mode. Which one is chosen decides what happens. */
export interface TestBank {
  readonly number: string;
  readonly says: string;
  /** Stripe's code of why it comes back. */
  readonly fails?: string;
  /** It comes back after it was said to be paid. Stripe has no number for that; this one is the sandbox's own. */
  readonly late?: boolean;
}

export const TEST_BANKS: readonly TestBank[] = [
  { number: '000123456789', says: 'Takes the money' },
  { number: '000111111113', says: 'The account is closed', fails: 'account_closed' },
  { number: '000111111116', says: 'There is no such account', fails: 'no_account' },
  {
    number: '000999999991',
    says: 'Takes the money, and sends it back later',
    fails: 'account_frozen',
    late: true,
  },
];

/** The test account of a number. With more digits behind it, it is another account that does the same. */
export function testBank(number: string): TestBank | undefined {
  const known = TEST_BANKS.find((bank) => /^\d*$/.test(number) && number.startsWith(bank.number));
  return known === undefined ? undefined : { ...known, number };
}
