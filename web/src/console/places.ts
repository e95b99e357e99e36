import {
  Banknote,
  FlaskConical,
  IdCard,
  Landmark,
  type LucideIcon,
  Scale,
  ScanSearch,
  ShieldAlert,
  Stamp,
  Undo2,
  UsersRound,
} from 'lucide-react';

/** A page of the console, as its navigation and its first page name it. */
export interface ConsolePlace {
  readonly to:
    | '/console'
    | '/console/payouts'
    | '/console/identity'
    | '/console/approvals'
    | '/console/refunds'
    | '/console/disputes'
    | '/console/rates'
    | '/console/simulator'
    | '/console/reconciliation'
    | '/console/liabilities'
    | '/console/people';
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
    to: '/console/approvals',
    label: 'Approvals',
    line: 'What takes two operators, of every kind: what it does, and your word on it.',
    icon: Stamp,
  },
  {
    to: '/console/identity',
    label: 'Identity',
    line: 'Papers that creators handed in: look at them, approve, or say what to mend.',
    icon: IdCard,
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
  {
    to: '/console/simulator',
    label: 'Simulator',
    line: 'Try a rate before anybody lives with it: the same invented days under two rates.',
    icon: FlaskConical,
  },
  {
    to: '/console/reconciliation',
    label: 'Reconciliation',
    line: 'What providers say was paid against the ledger, each difference with its cause.',
    icon: ScanSearch,
  },
  {
    to: '/console/people',
    label: 'People',
    line: 'Who works here: ask for a role, or take one.',
    icon: UsersRound,
  },
];

/** The page with this address, `null` when it is none of the console’s. */
export function placeOf(page: string | null): ConsolePlace | null {
  return CONSOLE_PLACES.find(({ to }) => to === page) ?? null;
}
