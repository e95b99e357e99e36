import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { Paged } from '../ui/Paged.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState } from '../ui/States.tsx';
import { Status, type StatusLook } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { type OwnQuestion, ownQuestionsQuery } from './questions-api.ts';
import '../ui/paper.css';
import './questions.css';

const STATES: Record<OwnQuestion['status'], { readonly look: StatusLook; readonly word: string }> = {
  waiting: { look: 'pending', word: 'Waiting' },
  answering: { look: 'checking', word: 'Being answered' },
  answered: { look: 'done', word: 'Answered' },
  returned: { look: 'returned', word: 'Returned' },
};

/** What somebody asked, and where their Coins are. */
export function QuestionsPage() {
  return (
    <Signed title="Your questions" why="Your questions show when you sign in.">
      {() => <OwnQuestions />}
    </Signed>
  );
}

function OwnQuestions() {
  const questions = useInfiniteQuery({ ...ownQuestionsQuery, refetchInterval: 10_000 });
  return (
    <div className="page-body">
      <PageHead title="Your questions" />
      <section className="card" aria-label="Your questions">
        <Paged
          query={questions}
          unread={{ first: 'Your questions', next: 'The next questions' }}
          none={
            <EmptyState
              art={giftArt('2753').src}
              title="You have not asked anything yet"
              action={
                <Link to="/live" {...buttonLook({ kind: 'primary' })}>
                  See who is live
                </Link>
              }
            >
              Open Q&amp;A on a stage. Coins are held until you are answered, and come back if you are not.
            </EmptyState>
          }
          end={(count) => (count === 1 ? 'That is the one question.' : `That is all: ${count} questions.`)}
        >
          {(items) => (
            <ol className="own-questions">
              {items.map((question) => (
                <li key={question.id}>
                  <div className="min-w-0">
                    <p className="text">{question.text}</p>
                    <p className="about">
                      To{' '}
                      <Link
                        to="/live/$handle"
                        params={{ handle: question.creator.handle }}
                        className="text-link"
                      >
                        {question.creator.displayName}
                      </Link>{' '}
                      · <Time at={question.askedAt} />
                    </p>
                    <p className="about">{question.where.sentence}</p>
                  </div>
                  <div className="state">
                    <Status look={STATES[question.status].look}>{STATES[question.status].word}</Status>
                    {question.coins.units === '0' ? (
                      <span>Free</span>
                    ) : (
                      <AmountText amount={question.coins} />
                    )}
                  </div>
                </li>
              ))}
            </ol>
          )}
        </Paged>
      </section>
    </div>
  );
}
