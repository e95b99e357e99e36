import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronLeft, CircleAlert, Eye, EyeOff } from 'lucide-react';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { every } from '../api/query.ts';
import { Console } from '../console/Console.tsx';
import { useQueueKeys } from '../console/useQueueKeys.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { calendarDay, calendarDayText, stampText } from '../ui/dates.ts';
import { Field } from '../ui/Field.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status, type StatusLook } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { countryName } from './countries.ts';
import {
  type CaseDetail,
  type CaseField,
  type CaseRow,
  type CaseState,
  type CasesShow,
  caseQuery,
  casesChanged,
  casesQuery,
  DOCUMENT_WORDS,
  decideCase,
  FIELD_WORDS,
  lookAt,
  reopenCase,
  type Side,
} from './verification-api.ts';
import '../withdrawals/console-payouts.css';
import './verification.css';

/** The papers that wait for somebody to look at them. */
export function ConsoleIdentity() {
  return <Console>{() => <Cases />}</Console>;
}

const SHOWS: readonly { readonly value: CasesShow; readonly label: string }[] = [
  { value: 'waiting', label: 'Waiting' },
  { value: 'all', label: 'All' },
];

function Cases() {
  const [show, setShow] = useState<CasesShow>('waiting');
  const [open, setOpen] = useState<string | null>(null);
  const query = useInfiniteQuery({ ...casesQuery(show), refetchInterval: every(10_000) });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const waiting = query.data?.pages[0]?.waiting;
  useQueueKeys(items, open, setOpen);
  return (
    <div className="page-body">
      <PageHead
        title="Identity"
        sub={
          waiting === undefined ? undefined : waiting === 0 ? (
            'No papers wait.'
          ) : (
            <>
              <b className="text-fg">{waiting}</b> waiting for a look.
            </>
          )
        }
      />
      <div className="queue" data-open={open === null ? undefined : ''}>
        <section className="card list" aria-label="Cases">
          <Choices label="Which cases" items={SHOWS} value={show} onChange={setShow} />
          {query.data === undefined ? (
            query.isError ? (
              <ErrorCard
                title="The cases could not be read."
                error={query.error}
                onRetry={() => void query.refetch()}
              />
            ) : (
              <div className="grid gap-3 pt-4">
                {['a', 'b', 'c'].map((key) => (
                  <Skeleton key={key} height={52} />
                ))}
              </div>
            )
          ) : items.length === 0 ? (
            <EmptyState title={show === 'waiting' ? 'All clear' : 'None yet'}>
              {show === 'waiting'
                ? 'Nobody waits for you to look at their papers.'
                : 'Cases show here once somebody has handed papers in.'}
            </EmptyState>
          ) : (
            <>
              <ul className="queue-rows">
                {items.map((row) => (
                  <Row key={row.id} row={row} open={row.id === open} onOpen={() => setOpen(row.id)} />
                ))}
              </ul>
              {query.hasNextPage ? (
                <div className="more">
                  <Button
                    kind="ghost"
                    busy={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    Load more
                  </Button>
                </div>
              ) : null}
            </>
          )}
          {(query.data?.pages[0]?.unopened ?? 0) === 0 ? null : (
            <p className="notice" data-tone="warn">
              <CircleAlert aria-hidden />
              <span>
                <b>Some pictures cannot be opened.</b> The key that they were sealed with is not set: put it
                back into CARAT_DOCUMENT_KEY, behind the first.
              </span>
            </p>
          )}
          {query.data?.pages[0]?.sanctions === 'off' ? (
            <p className="pt-3 text-sm text-fg-3">
              Lists of sanctions are not asked on this site: compare names yourself where your law wants it.
            </p>
          ) : null}
        </section>
        <section className="card detail" aria-label="The case" aria-live="polite">
          {open === null ? (
            <EmptyState title="Choose a case">
              <kbd className="kbd">J</kbd> and <kbd className="kbd">K</kbd> go down and up the list.
            </EmptyState>
          ) : (
            <Case key={open} id={open} onBack={() => setOpen(null)} />
          )}
        </section>
      </div>
    </div>
  );
}

const LOOKS: Readonly<Record<CaseState, readonly [StatusLook, string]>> = {
  started: ['pending', 'Begun'],
  submitted: ['checking', 'Waits'],
  approved: ['done', 'Approved'],
  refused: ['failed', 'Refused'],
  expired: ['warning', 'Over'],
  revoked: ['warning', 'Approval taken back'],
  withdrawn: ['warning', 'Taken back by them'],
  undecided: ['failed', 'Nobody decided'],
};

function Row({
  row,
  open,
  onOpen,
}: {
  readonly row: CaseRow;
  readonly open: boolean;
  readonly onOpen: () => void;
}) {
  const [look, word] = LOOKS[row.state];
  return (
    <li data-open={open ? '' : undefined} id={`row-${row.id}`}>
      <button type="button" aria-current={open ? 'true' : undefined} onClick={onOpen}>
        <Avatar avatar={row.person.avatar} size={34} />
        <span className="who">
          <b>{row.person.displayName}</b>
          <small>
            {DOCUMENT_WORDS[row.document]}, {countryName(row.country)}
          </small>
        </span>
        <span className="right">
          <small>
            <Time at={row.since} />
          </small>
        </span>
        <Status look={look}>{word}</Status>
      </button>
    </li>
  );
}

function Case({ id, onBack }: { readonly id: string; readonly onBack: () => void }) {
  const query = useQuery({ ...caseQuery(id), refetchInterval: every(10_000) });
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorCard
        title="This case could not be read."
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    ) : (
      <Skeleton height={420} />
    );
  }
  return <Shown detail={query.data} onBack={onBack} />;
}

function Shown({ detail, onBack }: { readonly detail: CaseDetail; readonly onBack: () => void }) {
  const { case: row, pictures, history } = detail;
  const [look, word] = LOOKS[row.state];
  const day = calendarDay(row.dateOfBirth);
  return (
    <>
      <header className="detail-head">
        <Button kind="bare" size="sm" icon={<ChevronLeft aria-hidden />} onClick={onBack}>
          The queue
        </Button>
        <h2>{row.person.displayName}</h2>
        <Status look={look}>{word}</Status>
        <p>
          @{row.person.handle} · {row.number === 1 ? 'first case' : `case ${row.number}`}
        </p>
      </header>
      {row.state === 'refused' ? (
        <p className="notice" data-tone="warn">
          <CircleAlert aria-hidden />
          <span>
            <b>To mend: {FIELD_WORDS[row.field ?? 'other'].toLowerCase()}.</b> {row.reason}
          </span>
        </p>
      ) : null}
      <section className="part">
        <h3>What they say</h3>
        <dl className="facts">
          <dt>Name</dt>
          <dd>
            {row.legalName}
            {row.latinName === null ? null : (
              <>
                <br />
                <small className="text-fg-3">In Latin letters: {row.latinName}</small>
              </>
            )}
          </dd>
          <dt>Born</dt>
          <dd>{day === null ? row.dateOfBirth : calendarDayText(row.dateOfBirth, new Date())}</dd>
          <dt>Paper</dt>
          <dd>
            {DOCUMENT_WORDS[row.document]}, {countryName(row.country)}
          </dd>
        </dl>
      </section>
      {detail.screening === null ? null : <Screened screening={detail.screening} state={row.state} />}
      <section className="part">
        <h3>Pictures. Each look is written down</h3>
        <div className="papers">
          {pictures.map((picture) => (
            <Paper key={picture.side} id={row.id} picture={picture} isYours={row.yours} />
          ))}
        </div>
        {detail.erasedBy === null || pictures.every(({ erasedAt }) => erasedAt !== null) ? null : (
          <p className="pt-2 text-sm text-fg-3">
            Erased by <Time at={detail.erasedBy} /> at the latest.
          </p>
        )}
      </section>
      <section className="part">
        <h3>History</h3>
        <ol className="history">
          {history.map((step) => (
            <li key={`${step.at} ${step.label} ${step.by}`}>
              <time dateTime={step.at}>{stampText(new Date(step.at), new Date())}</time>
              <span>
                <b>{step.label}</b>
                {step.by === null ? ' by the house' : ` by ${step.by}`}
                {step.note === null ? null : <small>{step.note}</small>}
              </span>
            </li>
          ))}
        </ol>
      </section>
      {detail.reopens === null || row.yours ? null : (
        <Reopen key={detail.reopens} id={row.id} as={detail.reopens} />
      )}
      {row.state === 'submitted' && detail.reopens === null ? <Decide detail={detail} /> : null}
    </>
  );
}

/** Whom the list of sanctions takes this person for. */
function Screened({
  screening,
  state,
}: {
  readonly screening: NonNullable<CaseDetail['screening']>;
  readonly state: CaseState;
}) {
  const { at, hits } = screening;
  return (
    <section className="part">
      <h3>List of sanctions</h3>
      {hits.length === 0 ? (
        <p>
          Nobody on it has a name like this. Compared <Time at={at} />.
        </p>
      ) : (
        <div className="notice" data-tone="warn">
          <CircleAlert aria-hidden />
          <div>
            <b>
              {hits.length === 1 ? 'A name on it is' : `${hits.length} names on it are`} like this one.
              Compared <Time at={at} />.
            </b>
            <ul>
              {hits.map(({ id, name, score, lists }) => (
                <li key={id}>
                  {name}: {Math.round(score * 100)} % alike <small>{[id, ...lists].join(' · ')}</small>
                </li>
              ))}
            </ul>
            {state === 'approved' ? (
              <p>
                Whoever is named after the approval cannot withdraw. When it is somebody else, lift the freeze
                under <Link to="/console/people">People</Link>.
              </p>
            ) : null}
          </div>
        </div>
      )}
    </section>
  );
}

function Paper({
  id,
  picture,
  isYours,
}: {
  readonly id: string;
  readonly picture: CaseDetail['pictures'][number];
  readonly isYours: boolean;
}) {
  const [url, setUrl] = useState<string | null>(null);
  const [isLarge, setLarge] = useState(false);
  const look = useMutation({
    mutationFn: () => lookAt(id, picture.side),
    onSuccess: (blob) => {
      setUrl(URL.createObjectURL(blob));
      setLarge(true);
      void casesChanged();
    },
  });
  // What was looked at is not left behind in the browser.
  useEffect(() => () => (url === null ? undefined : URL.revokeObjectURL(url)), [url]);
  const name = FIELD_WORDS[picture.side satisfies Side];
  if (picture.erasedAt !== null) {
    return (
      <div className="gone">
        <figure>
          <EyeOff aria-hidden />
        </figure>
        <span>
          {name}: erased <Time at={picture.erasedAt} />
        </span>
      </div>
    );
  }
  const problem = look.error === null ? null : ApiProblem.of(look.error);
  return (
    <div>
      <button
        type="button"
        disabled={look.isPending || isYours}
        onClick={() => (url === null ? look.mutate() : setLarge(true))}
      >
        <figure>{url === null ? <Eye aria-hidden /> : <img src={url} alt="" />}</figure>
        <span>
          <b>{name}</b> {picture.seen ? '· seen' : look.isPending ? '· opening…' : '· look'}
        </span>
      </button>
      {problem === null ? null : (
        <p className="wrong-line" role="alert">
          {problem.detail} {problem.remedy}
        </p>
      )}
      <Sheet open={isLarge} onOpenChange={setLarge} title={name}>
        {url === null ? null : <img className="paper-large" src={url} alt={name} />}
      </Sheet>
    </div>
  );
}

const REOPENINGS: Readonly<
  Record<NonNullable<CaseDetail['reopens']>, { readonly title: string; readonly line: string }>
> = {
  revoked: {
    title: 'Take the approval back',
    line: 'They are not known any more until they have shown their papers again.',
  },
  forgiven: {
    title: 'Give another try',
    line: 'This refusal does not count any more, so they can hand in their papers once more.',
  },
  sent_back: {
    title: 'Send it back',
    line: 'A picture cannot be opened. They add it again; it does not count as a refusal.',
  },
};

/** What can still be done with a case, with the reason that its person reads. */
function Reopen({ id, as }: { readonly id: string; readonly as: NonNullable<CaseDetail['reopens']> }) {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const reopen = useMutation({
    mutationFn: () => reopenCase(id, reason),
    onSettled: () => casesChanged(),
    onSuccess: () => setOpen(false),
  });
  const problem = reopen.error === null ? null : ApiProblem.of(reopen.error);
  const { title, line } = REOPENINGS[as];
  return (
    <footer className="actions">
      {as === 'sent_back' ? (
        <p className="pb-2 text-sm text-fg-3">A picture cannot be opened, so this cannot be decided.</p>
      ) : null}
      <div className="buttons">
        <Button kind={as === 'revoked' ? 'danger' : 'primary'} onClick={() => setOpen(true)}>
          {title}…
        </Button>
      </div>
      <Sheet open={isOpen} onOpenChange={setOpen} title={title} description={line}>
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            reopen.mutate();
          }}
        >
          <Field
            label="Why, in a sentence for them"
            required
            minLength={3}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          {problem === null ? null : (
            <p className="wrong-line" role="alert">
              {problem.detail} {problem.remedy}
            </p>
          )}
          <Button
            type="submit"
            kind={as === 'revoked' ? 'danger' : 'primary'}
            size="lg"
            wide
            busy={reopen.isPending}
          >
            {title}
          </Button>
        </form>
      </Sheet>
    </footer>
  );
}

const MENDABLE = Object.keys(FIELD_WORDS) as CaseField[];

function Decide({ detail }: { readonly detail: CaseDetail }) {
  const id = useId();
  const { case: row, pictures } = detail;
  const [isRefusing, setRefusing] = useState(false);
  const [field, setField] = useState<CaseField>('front');
  const [reason, setReason] = useState('');
  const [clears, setClears] = useState('');
  const isListed = (detail.screening?.hits.length ?? 0) > 0;
  const decide = useMutation({
    mutationFn: (decision: Parameters<typeof decideCase>[1]) => decideCase(row.id, decision),
    onSettled: () => casesChanged(),
    onSuccess: () => setRefusing(false),
  });
  const problem = decide.error === null ? null : ApiProblem.of(decide.error);
  const unseen = pictures.filter(({ seen }) => !seen).length;
  const wrong =
    problem === null ? null : (
      <p className="wrong-line" role="alert">
        {problem.detail} {problem.remedy}
      </p>
    );
  if (row.yours) {
    return <p className="pt-4 text-fg-2">This case is your own, so another operator decides.</p>;
  }
  const refuse = (event: FormEvent) => {
    event.preventDefault();
    decide.mutate({ verdict: 'refused', field, reason });
  };
  return (
    <footer className="actions">
      {isRefusing ? null : wrong}
      {unseen === 0 ? null : (
        <p className="pb-2 text-sm text-fg-3">
          Look at {unseen === 1 ? 'the picture' : `the ${unseen} pictures`} that you have not seen, then
          decide.
        </p>
      )}
      {isListed ? (
        <div className="pb-3">
          <Field
            label="Why whoever is on the list is somebody else"
            hint="Needed to approve. Operators read it, the person does not."
            maxLength={500}
            value={clears}
            onChange={(event) => setClears(event.target.value)}
          />
        </div>
      ) : null}
      <div className="buttons">
        <Button kind="danger" disabled={unseen > 0} onClick={() => setRefusing(true)}>
          Refuse…
        </Button>
        <Button
          kind="primary"
          disabled={unseen > 0 || (isListed && clears.trim().length < 3)}
          busy={decide.isPending && !isRefusing}
          onClick={() =>
            decide.mutate({ verdict: 'approved', ...(isListed ? { clears: clears.trim() } : {}) })
          }
        >
          Approve
        </Button>
      </div>
      <Sheet
        open={isRefusing}
        onOpenChange={setRefusing}
        title="Refuse"
        description="They read what to mend, and why, and can begin again."
      >
        <form className="grid gap-4" onSubmit={refuse}>
          <div className="field">
            <label htmlFor={`${id}-field`}>To mend</label>
            <select
              id={`${id}-field`}
              className="input"
              value={field}
              onChange={(event) => setField(event.target.value as CaseField)}
            >
              {MENDABLE.map((one) => (
                <option key={one} value={one}>
                  {FIELD_WORDS[one]}
                </option>
              ))}
            </select>
          </div>
          <Field
            label="Why, in a sentence for them"
            required
            minLength={3}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          {wrong}
          <Button type="submit" kind="danger" size="lg" wide busy={decide.isPending}>
            Refuse
          </Button>
        </form>
      </Sheet>
    </footer>
  );
}
