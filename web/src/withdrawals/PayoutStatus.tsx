import { Status, type StatusLook } from '../ui/Status.tsx';
import type { Withdrawal, WithdrawalState } from './withdrawals-api.ts';

const LOOKS: Readonly<Record<WithdrawalState, { readonly look: StatusLook; readonly word: string }>> = {
  in_review: { look: 'checking', word: 'Being checked' },
  held: { look: 'warning', word: 'On hold' },
  released: { look: 'pending', word: 'About to be sent' },
  sending: { look: 'pending', word: 'About to leave' },
  sent: { look: 'returned', word: 'On its way' },
  paid: { look: 'done', word: 'Arrived' },
  returned: { look: 'failed', word: 'Bounced' },
  failed: { look: 'failed', word: 'Not sent' },
  canceled: { look: 'pending', word: 'Canceled' },
  parked: { look: 'warning', word: 'Being asked about' },
};

export function PayoutStatus({ withdrawal }: { readonly withdrawal: Pick<Withdrawal, 'state'> }) {
  const { look, word } = LOOKS[withdrawal.state];
  return <Status look={look}>{word}</Status>;
}
