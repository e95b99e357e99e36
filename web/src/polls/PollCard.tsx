import { useNavigate } from '@tanstack/react-router';
import { ChevronDown, Gift, ListChecks, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import type { Me } from '../api/session.ts';
import { Coins, Money } from '../ui/Amount.tsx';
import { groupDigits } from '../ui/amounts.ts';
import { notifyFailure } from '../ui/notify.ts';
import { TimeLeft } from '../ui/TimeLeft.tsx';
import { useCoinMoney } from '../ui/useCoinMoney.ts';
import { PollBars } from './PollBars.tsx';
import { changePolls, type Poll, type PollOption, vote } from './polls-api.ts';
import { usePolls } from './usePolls.ts';
import './polls.css';

interface PollCardProps {
  readonly handle: string;
  readonly me: Me | null;
  /** On a wide screen it begins unfolded; in the hand it is a line until it is pressed. */
  readonly wide: boolean;
  /** Opens the tray with this gift chosen. */
  readonly onGift: (giftId: string) => void;
}

/** How long a result stays on the stage. */
const RESULT_MS = 15_000;

/** The vote that runs on the stage, and for a while its result. */
export function PollCard({ handle, me, wide, onGift }: PollCardProps) {
  const polls = usePolls(handle).data;
  const [putAway, setPutAway] = useState<string | null>(null);
  const last = useFresh(polls?.past[0]);
  const poll = polls?.running ?? last;
  if (poll === null || poll.id === putAway) return null;
  return (
    <Card
      key={poll.id}
      poll={poll}
      handle={handle}
      me={me}
      wide={wide}
      onGift={onGift}
      onPutAway={() => setPutAway(poll.id)}
    />
  );
}

function Card({
  poll,
  handle,
  me,
  wide,
  onGift,
  onPutAway,
}: PollCardProps & { readonly poll: Poll; readonly onPutAway: () => void }) {
  const navigate = useNavigate();
  const [open, setOpen] = useState(wide);
  const isRunning = poll.state === 'running';
  const isHost = me?.handle === handle;
  const choose = (option: PollOption) => {
    if (option.gift !== null) {
      onGift(option.gift.id);
      return;
    }
    if (me === null) {
      void navigate({ to: '/login', search: { return: `/live/${handle}` } });
      return;
    }
    void put(handle, poll, option.id);
  };
  const title = poll.state === 'running' ? KIND[poll.kind] : poll.state === 'ended' ? 'Result' : 'Taken away';
  return (
    <section className="poll-card" aria-label={`${title}: ${poll.title}`} data-open={open || undefined}>
      <header>
        <button type="button" className="head" aria-expanded={open} onClick={() => setOpen(!open)}>
          {poll.kind === 'giftVote' ? <Gift aria-hidden /> : <ListChecks aria-hidden />}
          <span className="what">
            <b>{poll.title}</b>
            <small>
              {title}
              {isRunning ? (
                <>
                  {' · '}
                  <TimeLeft until={poll.endsAt} />
                  <span className="sr-only"> left</span>
                </>
              ) : null}
            </small>
          </span>
          <ChevronDown aria-hidden className="turns" />
        </button>
        {isRunning ? null : (
          <button type="button" className="away" aria-label="Put the result away" onClick={onPutAway}>
            <X aria-hidden />
          </button>
        )}
      </header>
      {open ? (
        <>
          <PollBars poll={poll} {...(isRunning && !isHost ? { onChoose: choose } : {})} />
          <p className="poll-foot">
            <Total poll={poll} />
            {isRunning && poll.results === 'end' ? ' · Results at the end' : null}
          </p>
        </>
      ) : null}
      <p className="sr-only" role="status">
        {isRunning ? '' : resultText(poll)}
      </p>
    </section>
  );
}

const KIND: Readonly<Record<Poll['kind'], string>> = { poll: 'Vote', giftVote: 'Vote with a gift' };

/** How many took part, or what was given. */
export function Total({ poll }: { readonly poll: Poll }) {
  const moneyOf = useCoinMoney();
  const votes = BigInt(poll.votes);
  if (poll.kind === 'giftVote') {
    return (
      <>
        <Coins units={votes} /> given <Money units={moneyOf(votes)} estimate />
      </>
    );
  }
  if (votes === 0n) return <>Nobody voted yet</>;
  return (
    <>
      {groupDigits(votes)} {votes === 1n ? 'person' : 'people'} voted
    </>
  );
}

/** What came of it, in a sentence. */
export function resultText(poll: Poll): string {
  if (poll.state === 'canceled') return `“${poll.title}” was taken away without a result.`;
  const winners = poll.options.filter(({ winner }) => winner);
  if (winners.length === 0) return `“${poll.title}” is over. Nobody voted.`;
  const names = winners.map(({ text }) => `“${text}”`).join(' and ');
  return `“${poll.title}” is over. ${names} ${winners.length === 1 ? 'has' : 'have'} the most votes.`;
}

/** One's own mark shows at once, and goes back when the vote was refused. */
async function put(handle: string, poll: Poll, optionId: string): Promise<void> {
  const mark = (myVote: string | null) =>
    changePolls(handle, (before) =>
      before.running?.id === poll.id ? { ...before, running: { ...before.running, myVote } } : before,
    );
  mark(optionId);
  try {
    await vote(poll.id, optionId);
  } catch (error) {
    mark(poll.myVote);
    const problem = ApiProblem.of(error);
    notifyFailure(`${problem.detail} ${problem.remedy}`, undefined, 'vote');
  }
}

/** What ended a moment ago; `null` a while later. */
function useFresh(poll: Poll | undefined): Poll | null {
  const left = poll?.endedAt == null ? 0 : Date.parse(poll.endedAt) + RESULT_MS - Date.now();
  const [, look] = useState(0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => look((before) => before + 1), left);
    return () => clearTimeout(timer);
  }, [left]);
  return left > 0 && poll !== undefined ? poll : null;
}
