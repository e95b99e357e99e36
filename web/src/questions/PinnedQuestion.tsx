import { MessageCircleQuestionMark } from 'lucide-react';
import { memo } from 'react';
import { AmountText } from '../ui/Amount.tsx';
import { useQueue } from './useQueue.ts';
import './questions.css';

/** The question that is being answered, over the picture. */
export const PinnedQuestion = memo(function PinnedQuestion({ handle }: { readonly handle: string }) {
  const question = useQueue(handle, 'price').data?.answering ?? null;
  return (
    <div className="pinned-question" aria-live="polite">
      {question === null ? null : (
        <figure>
          <figcaption>
            <MessageCircleQuestionMark aria-hidden />
            {question.asker.displayName} asks
            {question.coins.units === '0' ? null : <AmountText amount={question.coins} />}
          </figcaption>
          <blockquote>{question.text}</blockquote>
        </figure>
      )}
    </div>
  );
});
