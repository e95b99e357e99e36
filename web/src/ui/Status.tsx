import { CircleAlert, CircleCheck, CircleX, Clock, Hourglass, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';

/** A state as shape, word and colour, never colour alone. */
export type StatusLook = 'pending' | 'done' | 'checking' | 'warning' | 'failed' | 'returned';

const LOOKS = {
  pending: { icon: <Hourglass aria-hidden />, tone: undefined },
  done: { icon: <CircleCheck aria-hidden />, tone: 'ok' },
  checking: { icon: <Clock aria-hidden />, tone: undefined },
  warning: { icon: <CircleAlert aria-hidden />, tone: 'warn' },
  failed: { icon: <CircleX aria-hidden />, tone: 'bad' },
  returned: { icon: <Undo2 aria-hidden />, tone: 'info' },
} as const;

export function Status({ look, children }: { readonly look: StatusLook; readonly children: ReactNode }) {
  const { icon, tone } = LOOKS[look];
  return (
    <span className="status" data-tone={tone}>
      {icon}
      {children}
    </span>
  );
}
