import { Banknote, Landmark, type LucideIcon, Scale, ShieldAlert, Undo2 } from 'lucide-react';

/** A page of the console, as its navigation and its first page name it. */
export interface ConsolePlace {
  readonly to:
    | '/console'
    | '/console/payouts'
    | '/console/rates'
    | '/console/refunds'
    | '/console/disputes'
    | '/console/liabilities';
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
    to: '/console/refunds',
    label: 'Refunds',
    line: 'Find an order, refund what is unspent of it, and approve a colleague’s refund.',
    icon: Undo2,
  },
  {
    to: '/console/disputes',
    label: 'Disputes',
    line: 'Payments that banks took back or may take back: what is held, and who bears it.',
    icon: ShieldAlert,
  },
  {
    to: '/console/liabilities',
    label: 'Liabilities',
    line: 'What people have, the money behind it, the reserve, and whether the ledger adds up.',
    icon: Landmark,
  },
  {
    to: '/console/rates',
    label: 'Rates',
    line: 'Draft what a Diamond is worth, approve a colleague’s draft, and look after other currencies.',
    icon: Scale,
  },
];
