import { Check, Trophy } from 'lucide-react';
import { giftArt } from '../art/gifts.ts';
import { Coins } from '../ui/Amount.tsx';
import { groupDigits } from '../ui/amounts.ts';
import type { Poll, PollOption } from './polls-api.ts';

interface PollBarsProps {
  readonly poll: Poll;
  /** Chosen by a press; without it the bars only show. */
  readonly onChoose?: (option: PollOption) => void;
}

/** The options of a vote, each with how it stands in words, numbers and a bar. */
export function PollBars({ poll, onChoose }: PollBarsProps) {
  return (
    <ul className="poll-bars">
      {poll.options.map((option) => {
        const mine = poll.myVote === option.id;
        const inside = <Inside poll={poll} option={option} mine={mine} give={onChoose !== undefined} />;
        return (
          <li key={option.id} data-mine={mine || undefined} data-winner={option.winner || undefined}>
            {option.percent === null ? null : (
              <i className="share" style={{ width: `${option.percent}%` }} aria-hidden="true" />
            )}
            {onChoose === undefined ? (
              <div className="option">{inside}</div>
            ) : (
              <button
                type="button"
                className="option"
                aria-pressed={poll.kind === 'poll' ? mine : undefined}
                onClick={() => onChoose(option)}
              >
                {inside}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Inside(props: { poll: Poll; option: PollOption; mine: boolean; give: boolean }) {
  const { poll, option, mine } = props;
  const { gift, votes, percent } = option;
  return (
    <>
      {gift === null ? null : <img src={giftArt(gift.art).src} alt="" width={28} height={28} />}
      <span className="text">
        {option.text}
        {gift === null ? null : (
          <small>
            {props.give ? 'Give ' : ''}
            {gift.name} <Coins units={BigInt(gift.price.units)} />
          </small>
        )}
      </span>
      {mine ? (
        <span className="mark">
          <Check aria-hidden />
          <span className="sr-only">Your vote. </span>
        </span>
      ) : null}
      {option.winner ? (
        <span className="mark">
          <Trophy aria-hidden />
          <span className="sr-only">Most votes. </span>
        </span>
      ) : null}
      {votes === null || percent === null ? null : (
        <span className="figures">
          <b>{percent} %</b>
          <small>
            {poll.kind === 'giftVote' ? (
              <Coins units={BigInt(votes)} />
            ) : (
              <>
                {groupDigits(BigInt(votes))}
                <span className="sr-only"> {votes === '1' ? 'vote' : 'votes'}</span>
              </>
            )}
          </small>
        </span>
      )}
    </>
  );
}
