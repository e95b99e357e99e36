import { Status, type StatusLook } from '../ui/Status.tsx';
import { CALLED_BACK, type Withdrawal, type WithdrawalState } from './withdrawals-api.ts';

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

const TAKEN_BACK = { look: 'returned', word: 'Taken back' } as const;

export function PayoutStatus({
  withdrawal,
}: {
  readonly withdrawal: Pick<Withdrawal, 'state'> & Partial<Pick<Withdrawal, 'bounce'>>;
}) {
  const isTakenBack = withdrawal.bounce?.code === CALLED_BACK;
  const { look, word } = isTakenBack ? TAKEN_BACK : LOOKS[withdrawal.state];
  return <Status look={look}>{word}</Status>;
}
