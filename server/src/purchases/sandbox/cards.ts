/** A card of the sandbox. Which one is chosen decides what happens. */
export interface TestCard {
  readonly id: 'pays' | 'declined' | 'insufficient' | 'confirm';
  /** As printed on the page. */
  readonly number: string;
  readonly says: string;
  readonly outcome:
    | { readonly kind: 'paid' }
    | { readonly kind: 'declined'; readonly code: string }
    | { readonly kind: 'challenge' };
}

export const TEST_CARDS: readonly TestCard[] = [
  { id: 'pays', number: '4242 4242 4242 4242', says: 'Pays at once', outcome: { kind: 'paid' } },
  {
    id: 'confirm',
    number: '4000 0000 0000 3220',
    says: 'Asks you to confirm (3-D Secure)',
    outcome: { kind: 'challenge' },
  },
  {
    id: 'declined',
    number: '4000 0000 0000 0002',
    says: 'Is declined',
    outcome: { kind: 'declined', code: 'card_declined' },
  },
  {
    id: 'insufficient',
    number: '4000 0000 0000 9995',
    says: 'Does not have enough money',
    outcome: { kind: 'declined', code: 'insufficient_funds' },
  },
];

export type TestCardId = TestCard['id'];

export function testCard(id: string): TestCard | undefined {
  return TEST_CARDS.find((card) => card.id === id);
}

/** What the payer reads after an attempt that did not pay. */
export function declineSentence(code: string): string {
  switch (code) {
    case 'insufficient_funds':
      return 'The card does not have enough money. Nothing was charged.';
    case 'authentication_failed':
      return 'The payment was not confirmed. Nothing was charged.';
    default:
      return 'The card was declined. Nothing was charged.';
  }
}

/** What the sandbox keeps of a payment: 2.9 % and 5 cents, rounded up, at most the payment itself. */
export function feeCentsOf(amountCents: bigint): bigint {
  const fee = (amountCents * 29n + 999n) / 1_000n + 5n;
  return fee < amountCents ? fee : amountCents;
}
