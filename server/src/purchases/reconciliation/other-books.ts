import type { PaymentMode } from '../../config.ts';
import type { Uuid } from '../../core/ids.ts';
import type { House } from '../../house.ts';
import type { Difference } from './compare.ts';
import type { Period } from './reconcile.ts';
import type { RunRow } from './store.ts';

/** Books of a provider that another slice compares with the ledger, beside those of payments. */
export interface OtherBooks {
  readonly id: 'stripe_connect' | 'btcpay_payouts' | 'paypal_payouts';
  readonly mode: PaymentMode;
  /** Compares them and writes the run down. Throws when the provider does not answer. */
  reconcile(
    period: Period,
    askedBy: Uuid | null,
  ): Promise<{ readonly run: RunRow; readonly differences: readonly Difference[] }>;
}

const sources: ((house: House) => readonly OtherBooks[])[] = [];

/** Shows them where the others are shown. */
export function useOtherBooks(source: (house: House) => readonly OtherBooks[]): void {
  sources.push(source);
}

export function otherBooksOf(house: House): readonly OtherBooks[] {
  return sources.flatMap((source) => source(house));
}
