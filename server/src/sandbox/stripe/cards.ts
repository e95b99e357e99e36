/** A test card, with the number that Stripe gives it in test mode. Which one is chosen decides what happens. */
export interface TestCard {
  readonly number: string;
  readonly says: string;
  readonly outcome:
    | { readonly kind: 'paid'; readonly later?: 'dispute' | 'refund_fails' | 'refund_waits' }
    | { readonly kind: 'declined'; readonly code: string; readonly declineCode: string }
    | { readonly kind: 'challenge' };
}

export const TEST_CARDS: readonly TestCard[] = [
  { number: '4242424242424242', says: 'Pays at once', outcome: { kind: 'paid' } },
  { number: '4000000000003220', says: 'Asks you to confirm (3-D Secure)', outcome: { kind: 'challenge' } },
  {
    number: '4000000000000002',
    says: 'Is declined',
    outcome: { kind: 'declined', code: 'card_declined', declineCode: 'generic_decline' },
  },
  {
    number: '4000000000009995',
    says: 'Does not have enough money',
    outcome: { kind: 'declined', code: 'card_declined', declineCode: 'insufficient_funds' },
  },
  {
    number: '4000000000000259',
    says: 'Pays, and is disputed later',
    outcome: { kind: 'paid', later: 'dispute' },
  },
  {
    number: '4000000000005126',
    says: 'Pays; a refund to it fails later',
    outcome: { kind: 'paid', later: 'refund_fails' },
  },
  {
    number: '4000000000007726',
    says: 'Pays; a refund to it takes time',
    outcome: { kind: 'paid', later: 'refund_waits' },
  },
];

export function testCard(number: string): TestCard | undefined {
  return TEST_CARDS.find((card) => card.number === number);
}

/** What the payer reads after an attempt that did not pay. */
export function declineSentence(code: string): string {
  switch (code) {
    case 'insufficient_funds':
      return 'The card does not have enough money. Nothing was charged.';
    case 'authentication_required':
      return 'The payment was not confirmed. Nothing was charged.';
    default:
      return 'The card was declined. Nothing was charged.';
  }
}

/** What is kept of a payment: 2.9 % and 30 cents, rounded half up, at most the payment itself. */
export function feeCents(amountCents: number): number {
  const fee = (BigInt(amountCents) * 29n + 500n) / 1_000n + 30n;
  return Number(fee < BigInt(amountCents) ? fee : BigInt(amountCents));
}

/** What a dispute costs. */
export const DISPUTE_FEE_CENTS = 1_500;
