import { Status } from '../ui/Status.tsx';
import type { Entry } from './wallet-api.ts';

/** Where an entry stands, in the glossary's words. */
export function EntryStatus({ entry }: { readonly entry: Entry }) {
  switch (entry.status) {
    case 'pending':
      return <Status look="pending">Pending</Status>;
    case 'reversed':
      return <Status look="returned">Reversed</Status>;
    case 'settled':
      return <Status look="done">{entry.account === 'diamonds_available' ? 'Available' : 'Done'}</Status>;
  }
}

/** Whose balance a line moved, as a person says it. */
export const ACCOUNT_WORDS: Readonly<Record<Entry['account'], string>> = {
  coins: 'Coins',
  diamonds_purchased: 'Purchased Diamonds',
  diamonds_pending: 'Pending Diamonds',
  diamonds_available: 'Available Diamonds',
};
