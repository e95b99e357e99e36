import { useMutation, useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { freshKey } from '../api/fresh-key.ts';
import { catalogueQuery } from '../gifts/catalogue.ts';
import { formProblem, useFocusOnWrong } from '../identity/form.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { Segment } from '../ui/Segment.tsx';
import { ErrorCard } from '../ui/States.tsx';
import { changePolls, type Poll, type StagePolls, startPoll, withPoll } from './polls-api.ts';

interface PollFormProps {
  readonly handle: string;
  readonly bounds: StagePolls['bounds'];
  readonly onDone: () => void;
}

interface OptionWish {
  readonly key: string;
  readonly text: string;
  readonly giftId: string;
}

const TIMES = [
  { value: '30', label: '30 s' },
  { value: '60', label: '1 min' },
  { value: '120', label: '2 min' },
  { value: '300', label: '5 min' },
  { value: '900', label: '15 min' },
] as const;

/** What is put to the vote, how, and for how long. */
export function PollForm({ handle, bounds, onDone }: PollFormProps) {
  const [kind, setKind] = useState<Poll['kind']>('poll');
  const [title, setTitle] = useState('');
  const [options, setOptions] = useState<readonly OptionWish[]>(() => [emptyOption(), emptyOption()]);
  const [seconds, setSeconds] = useState<(typeof TIMES)[number]['value']>('120');
  const [results, setResults] = useState<Poll['results']>('live');
  // A press that is repeated because the answer was lost is the same vote.
  const [key, setKey] = useState(freshKey);
  const isGiftVote = kind === 'giftVote';
  const start = useMutation({
    mutationFn: () =>
      startPoll(
        {
          kind,
          title,
          options: options.map(({ text, giftId }) => (isGiftVote ? { text, giftId } : { text })),
          seconds: Number(seconds),
          results,
        },
        key,
      ),
    onSuccess: ({ poll }) => {
      changePolls(handle, (before) => withPoll(before, poll));
      notifyDone('The vote is on your stage.');
      onDone();
    },
  });
  const fields = options.flatMap((_option, index) => [`/options/${index}/text`, `/options/${index}/giftId`]);
  const problem = formProblem(start.error, ['/title', ...fields]);
  const form = useFocusOnWrong(start.error);
  const change = (at: number, what: Partial<OptionWish>) =>
    setOptions(options.map((option, index) => (index === at ? { ...option, ...what } : option)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What was changed after a refusal is another vote.
    if (start.isError) setKey(freshKey());
    start.mutate();
  };
  const isComplete =
    title.trim() !== '' &&
    options.every(({ text, giftId }) => text.trim() !== '' && (!isGiftVote || giftId !== ''));
  return (
    <form className="poll-form" onSubmit={submit} ref={form}>
      {problem.rest === null ? null : <ErrorCard title="The vote was not started." error={problem.rest} />}
      <div className="field">
        <Segment
          label="How people vote"
          items={[
            { value: 'poll', label: 'Free' },
            { value: 'giftVote', label: 'With gifts' },
          ]}
          value={kind}
          onChange={setKind}
        />
        <p className="hint">
          {isGiftVote
            ? 'Every Coin given with the gift of an option is a vote for it. What was given stays given.'
            : 'One vote a person, which they may change until the end.'}
        </p>
      </div>
      <Field
        label="What is the question?"
        value={title}
        maxLength={bounds.titleLengthMax}
        onChange={(event) => setTitle(event.target.value)}
        wrong={problem.at('/title')}
      />
      <fieldset className="options">
        <legend className="sr-only">Options</legend>
        {options.map((option, index) => (
          <div className="poll-option" key={option.key} data-gift={isGiftVote || undefined}>
            <Field
              label={`Option ${index + 1}`}
              value={option.text}
              maxLength={bounds.optionLengthMax}
              onChange={(event) => change(index, { text: event.target.value })}
              wrong={problem.at(`/options/${index}/text`)}
            />
            {isGiftVote ? (
              <GiftChoice
                label={`Gift of option ${index + 1}`}
                value={option.giftId}
                taken={options.map(({ giftId }) => giftId)}
                wrong={problem.at(`/options/${index}/giftId`)}
                onChoose={(giftId, name) =>
                  change(index, { giftId, ...(option.text.trim() === '' ? { text: name } : {}) })
                }
              />
            ) : null}
            {options.length > bounds.optionsMin ? (
              <IconButton
                label={`Remove option ${index + 1}`}
                onClick={() => setOptions(options.filter(({ key: other }) => other !== option.key))}
              >
                <X aria-hidden />
              </IconButton>
            ) : null}
          </div>
        ))}
        {options.length < bounds.optionsMax ? (
          <Button
            kind="bare"
            size="sm"
            icon={<Plus aria-hidden />}
            onClick={() => setOptions([...options, emptyOption()])}
          >
            Add an option
          </Button>
        ) : null}
      </fieldset>
      <div className="field">
        <span className="label">How long</span>
        <Choices label="How long" items={TIMES} value={seconds} onChange={setSeconds} />
      </div>
      <div className="field">
        <span className="label">Results</span>
        <Segment
          label="Results"
          items={[
            { value: 'live', label: 'While it runs' },
            { value: 'end', label: 'At the end' },
          ]}
          value={results}
          onChange={setResults}
        />
      </div>
      <div className="poll-acts">
        <Button kind="primary" type="submit" busy={start.isPending} disabled={!isComplete}>
          Start the vote
        </Button>
      </div>
    </form>
  );
}

function GiftChoice(props: {
  readonly label: string;
  readonly value: string;
  readonly taken: readonly string[];
  readonly wrong: string | undefined;
  readonly onChoose: (giftId: string, name: string) => void;
}) {
  const id = useId();
  const gifts = useQuery(catalogueQuery).data?.gifts ?? [];
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        className="input"
        value={props.value}
        aria-invalid={props.wrong === undefined ? undefined : true}
        onChange={(event) => {
          const gift = gifts.find((one) => one.id === event.target.value);
          if (gift !== undefined) props.onChoose(gift.id, gift.name);
        }}
      >
        <option value="" disabled>
          Choose a gift
        </option>
        {gifts.map((gift) => (
          <option
            key={gift.id}
            value={gift.id}
            disabled={gift.id !== props.value && props.taken.includes(gift.id)}
          >
            {gift.name}, {gift.price.display} ({gift.money.display})
          </option>
        ))}
      </select>
      {props.wrong === undefined ? null : (
        <span className="wrong" role="alert">
          {props.wrong}
        </span>
      )}
    </div>
  );
}

function emptyOption(): OptionWish {
  return { key: freshKey(), text: '', giftId: '' };
}
