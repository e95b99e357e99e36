import { DAY_MS } from '../../core/clock.ts';
import type { House } from '../../house.ts';
import type { WithdrawalNow } from '../withdrawal.ts';
import type { Attempt } from './attempts-store.ts';
import type { PayoutOperation, PayoutProvider } from './provider.ts';

/** What one look is about. */
export interface Look {
  readonly house: House;
  readonly payer: PayoutProvider;
  /** The house's account there. */
  readonly own: string;
  readonly attempt: Attempt;
  readonly withdrawal: WithdrawalNow;
  readonly operation: PayoutOperation;
}

/** `never`: it is over. `tomorrow`: it has arrived, and is watched. `again`: not known yet. Else when it is worth it. */
export type Next = 'again' | 'tomorrow' | 'never' | { readonly afterMs: number };

/** A bank may send money back some days after it was said to be paid. */
export const WATCHED_MS = 14 * DAY_MS;
