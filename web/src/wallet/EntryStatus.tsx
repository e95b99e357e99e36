import { Status } from '../ui/Status.tsx';
import type { Entry } from './wallet-api.ts';

/** Where an entry stands. */
export function EntryStatus({ entry }: { readonly entry: Entry }) {
  return <Status look={LOOKS[entry.status]}>{statusWord(entry)}</Status>;
}

const LOOKS = { pending: 'pending', reversed: 'returned', settled: 'done' } as const;

/** Where an entry stands, in the glossary's words. */
export function statusWord({ status, account }: Entry): string {
  if (status === 'pending') return 'Pending';
  if (status === 'reversed') return 'Reversed';
  return account === 'diamonds_available' ? 'Available' : 'Done';
}

/** Whose balance a line moved, as a person says it. */
export const ACCOUNT_WORDS: Readonly<Record<Entry['account'], string>> = {
  coins: 'Coins',
  diamonds_purchased: 'Purchased Diamonds',
  diamonds_pending: 'Pending Diamonds',
  diamonds_available: 'Available Diamonds',
};
