import { Link } from '@tanstack/react-router';
import { ArrowUp, MessageCircleQuestionMark } from 'lucide-react';
import { useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import type { Me } from '../api/session.ts';
import { AmountText } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { groupDigits } from '../ui/amounts.ts';
import { Button, buttonLook } from '../ui/Button.tsx';
import { notifyDone, notifyFailure } from '../ui/notify.ts';
import { Segment } from '../ui/Segment.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { AskForm } from './AskForm.tsx';
import { CreatorSettings } from './CreatorSettings.tsx';
import {
  moveQuestion,
  type Question,
  type Queue,
  type QueueSort,
  questionsChanged,
  questionsKey,
  type Verb,
  vote,
  walletChanged,
} from './questions-api.ts';
import { useQueue } from './useQueue.ts';
import './questions.css';

interface QuestionsPanelProps {
  readonly handle: string;
  readonly hostName: string;
  readonly me: Me | null;
}

const SHOWN = 30;

/** The questions of a live: the one being answered, those that wait, and how to ask. For the creator, how to decide. */
export function QuestionsPanel({ handle, hostName, me }: QuestionsPanelProps) {
  const [sort, setSort] = useState<QueueSort>('price');
  const [limit, setLimit] = useState(SHOWN);
  const queue = useQueue(handle, sort, limit);
  const isHost = me !== null && me.handle === handle;
  if (queue.data === undefined) {
    return queue.isError ? (
      <ErrorCard
        title="The questions could not be read."
        error={queue.error}
        onRetry={() => void queue.refetch()}
      />
    ) : (
      <Skeleton height={120} />
    );
  }
  const { settings, answering, items, waiting, live, nextCursor } = queue.data;
  const open = live && settings.on;
  return (
    <div className="questions">
      {isHost && live ? <CreatorSettings handle={handle} settings={settings} /> : null}
      {waiting + (answering === null ? 0 : 1) > 1 ? (
        <Segment
          label="Sort questions"
          items={[
            { value: 'price', label: 'Price' },
            { value: 'votes', label: 'Votes' },
            { value: 'time', label: 'Oldest' },
          ]}
          value={sort}
          onChange={setSort}
        />
      ) : null}
      {answering === null && items.length === 0 ? (
        <div className="questions-empty">
          <MessageCircleQuestionMark aria-hidden />
          <b>{open ? 'No questions yet' : 'Questions are closed'}</b>
          <p>{emptyText(open, live, isHost, hostName)}</p>
        </div>
      ) : (
        <ol>
          {answering === null ? null : (
            <QuestionRow handle={handle} question={answering} isHost={isHost} me={me} busy />
          )}
          {items.map((question) => (
            <QuestionRow
              key={question.id}
              handle={handle}
              question={question}
              isHost={isHost}
              me={me}
              busy={answering !== null}
            />
          ))}
        </ol>
      )}
      {nextCursor === null || limit >= 200 ? null : (
        <Button size="sm" kind="ghost" onClick={() => setLimit(Math.min(200, limit + SHOWN))}>
          Show more of {groupDigits(BigInt(waiting))}
        </Button>
      )}
      {isHost || !open ? null : me === null ? (
        <Link
          to="/login"
          search={{ return: `/live/${handle}` }}
          {...buttonLook({ kind: 'ghost', wide: true })}
        >
          Sign in to ask
        </Link>
      ) : (
        <AskForm handle={handle} hostName={hostName} settings={settings} me={me} />
      )}
      {me === null || isHost ? null : (
        <Link to="/questions" className="text-link text-sm">
          Your questions, and where your Coins are
        </Link>
      )}
    </div>
  );
}

function emptyText(open: boolean, live: boolean, isHost: boolean, hostName: string): string {
  if (open) return isHost ? 'They come here as your fans ask them.' : `Ask ${hostName} the first one.`;
  if (isHost) return live ? 'Open them above, free or for Coins.' : 'They open with your next live.';
  return live ? `${hostName} has not opened them in this live.` : `${hostName} is not live.`;
}

interface QuestionRowProps {
  readonly handle: string;
  readonly question: Question;
  readonly isHost: boolean;
  readonly me: Me | null;
  /** Another one is being answered, or this one is. */
  readonly busy: boolean;
}

function QuestionRow({ handle, question, isHost, me, busy }: QuestionRowProps) {
  const { id, text, asker, coins, status, mine } = question;
  const [working, setWorking] = useState<Verb | null>(null);
  const move = async (verb: Verb) => {
    setWorking(verb);
    try {
      const { question: moved } = await moveQuestion(id, verb);
      if (verb === 'answered' && moved.coins.units !== '0') {
        notifyDone(`${moved.creatorGets.display} for your answer, pending until they mature.`);
      }
      if (verb === 'withdrawn') notifyDone(moved.where.sentence);
    } catch (error) {
      const problem = ApiProblem.of(error);
      notifyFailure(`${problem.detail} ${problem.remedy}`, undefined, `question ${id}`);
    } finally {
      setWorking(null);
      questionsChanged(handle);
      walletChanged();
    }
  };
  const button = (verb: Verb, label: string, kind: 'primary' | 'ghost') => (
    <Button
      size="sm"
      kind={kind}
      busy={working === verb}
      disabled={working !== null}
      onClick={() => void move(verb)}
    >
      {label}
    </Button>
  );
  return (
    <li data-answering={status === 'answering' || undefined}>
      <Avatar avatar={asker.avatar} size={28} />
      <div className="min-w-0">
        <p className="who">
          <b>{mine ? 'You' : asker.displayName}</b>
          {coins.units === '0' ? <span>Free</span> : <AmountText amount={coins} />}
          {status === 'answering' ? <span className="now">Being answered</span> : null}
        </p>
        <p className="text">{text}</p>
        {isHost ? (
          <div className="verbs">
            {status === 'answering' ? button('answered', 'Done', 'primary') : null}
            {status === 'waiting' && !busy ? button('answering', 'Answer now', 'primary') : null}
            {button('skipped', coins.units === '0' ? 'Skip' : 'Skip and return', 'ghost')}
          </div>
        ) : mine && status === 'waiting' ? (
          <div className="verbs">{button('withdrawn', 'Take it back', 'ghost')}</div>
        ) : null}
      </div>
      <VoteButton handle={handle} question={question} disabled={me === null || mine} />
    </li>
  );
}

/** Counts at once; taken back, with the reason, when the server says no. */
function VoteButton({
  handle,
  question,
  disabled,
}: {
  readonly handle: string;
  readonly question: Question;
  readonly disabled: boolean;
}) {
  const { id, voted, votes } = question;
  const show = (isVoted: boolean, count: number) =>
    queryClient.setQueriesData<Queue>({ queryKey: questionsKey(handle) }, (queue) =>
      queue === undefined
        ? queue
        : {
            ...queue,
            answering: changed(queue.answering, id, isVoted, count),
            items: queue.items.map((one) => changed(one, id, isVoted, count)),
          },
    );
  const press = async () => {
    show(!voted, votes + (voted ? -1 : 1));
    try {
      const answer = await vote(id, !voted);
      show(!voted, answer.votes);
    } catch (error) {
      show(voted, votes);
      const problem = ApiProblem.of(error);
      notifyFailure(`${problem.detail} ${problem.remedy}`, undefined, `vote ${id}`);
    }
  };
  return (
    <button
      type="button"
      className="vote"
      aria-pressed={voted}
      aria-label={`Vote for this question, ${votes} so far`}
      disabled={disabled}
      onClick={() => void press()}
    >
      <ArrowUp aria-hidden />
      {groupDigits(BigInt(votes))}
    </button>
  );
}

function changed<One extends Question | null>(question: One, id: string, voted: boolean, votes: number): One {
  return question === null || question.id !== id ? question : { ...question, voted, votes };
}
