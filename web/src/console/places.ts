import { Banknote, type LucideIcon, Scale } from 'lucide-react';

/** A page of the console, as its navigation and its first page name it. */
export interface ConsolePlace {
  readonly to: '/console' | '/console/payouts' | '/console/rates';
  readonly label: string;
  /** What is looked after there, in a sentence. */
  readonly line: string;
  readonly icon: LucideIcon;
}

/** Every page of the console, in the order in which it is shown. */
export const CONSOLE_PLACES: readonly ConsolePlace[] = [
  {
    to: '/console/payouts',
    label: 'Payouts',
    line: 'Withdrawals that wait for you: look at them, hold or release them, send them to the bank.',
    icon: Banknote,
  },
  {
    to: '/console/rates',
    label: 'Rates',
    line: 'Draft what a Diamond is worth, approve a colleague’s draft, and look after other currencies.',
    icon: Scale,
  },
];
