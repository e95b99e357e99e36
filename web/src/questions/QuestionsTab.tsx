import { MessageCircleQuestionMark } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { Me } from '../api/session.ts';
import { IconButton } from '../ui/Button.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { Skeleton } from '../ui/States.tsx';
import { useQueue } from './useQueue.ts';

const Panel = lazy(() =>
  import('./QuestionsPanel.tsx').then(({ QuestionsPanel }) => ({ default: QuestionsPanel })),
);

interface QuestionsProps {
  readonly handle: string;
  readonly hostName: string;
  readonly me: Me | null;
}

/** The panel, fetched when it is opened. */
export function Questions(props: QuestionsProps) {
  return (
    <Suspense fallback={<Skeleton height={120} />}>
      <Panel {...props} />
    </Suspense>
  );
}

/** "Q&A" and how many wait. */
export function QuestionsLabel({ handle }: { readonly handle: string }) {
  const waiting = useQueue(handle, 'price').data?.waiting ?? 0;
  return (
    <>
      Q&amp;A
      {waiting === 0 ? null : (
        <>
          {' '}
          <span className="question-count" aria-hidden="true">
            {waiting}
          </span>
          <span className="sr-only">, {waiting} waiting</span>
        </>
      )}
    </>
  );
}

/** In the hand: a button that opens them over the stage. */
export function QuestionsButton(props: QuestionsProps) {
  const [open, setOpen] = useState(false);
  const waiting = useQueue(props.handle, 'price').data?.waiting ?? 0;
  return (
    <>
      <IconButton
        label={waiting === 0 ? 'Questions' : `Questions, ${waiting} waiting`}
        className="glass question-button"
        onClick={() => setOpen(true)}
      >
        <MessageCircleQuestionMark aria-hidden />
        {waiting === 0 ? null : (
          <span className="question-count" aria-hidden="true">
            {waiting}
          </span>
        )}
      </IconButton>
      <Sheet open={open} onOpenChange={setOpen} title="Questions" side="right">
        <Questions {...props} />
      </Sheet>
    </>
  );
}
