import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate, useParams } from '@tanstack/react-router';
import { Search, X } from 'lucide-react';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { ApiProblem, OFFLINE } from '../api/problem.ts';
import { useMe, useSession } from '../api/session.ts';
import { giftArt } from '../art/gifts.ts';
import { RemindButton } from '../live/NextUp.tsx';
import type { StageCard } from '../live/stage-api.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { whenText } from '../ui/dates.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { fullest, type StagePage, shelves, stagesQuery, withLead } from './directory.ts';
import { Matches } from './Matches.tsx';
import { StageTile } from './StageTile.tsx';
import './home.css';

const route = getRouteApi('/live');

/** Who is live: those one follows first, then everybody. */
export function DirectoryPage() {
  const { q = '', filter } = route.useSearch();
  const navigate = useNavigate();
  const me = useMe();
  return (
    <div className="page-body">
      {me === null && q === '' ? <Welcome /> : null}
      <FindBox key={q} q={q} />
      {q === '' ? (
        <>
          <PageHead title="Live now" tab="Live" />
          <div className="-mt-1 -ml-3">
            <Choices
              label="Which stages"
              items={[
                ...(me ? [{ value: 'following' as const, label: 'Following' }] : []),
                { value: 'all', label: 'For you' },
                { value: 'scheduled', label: 'Scheduled' },
                { value: 'matches', label: 'Matches' },
              ]}
              value={filter ?? 'all'}
              onChange={(value) =>
                void navigate({ to: '/live', search: value === 'all' ? {} : { filter: value } })
              }
            />
          </div>
          {filter === 'scheduled' ? (
            <Scheduled />
          ) : filter === 'matches' ? (
            <Matches />
          ) : me && filter === 'following' ? (
            <Followed />
          ) : (
            <Everybody signedIn={Boolean(me)} />
          )}
        </>
      ) : (
        <Found q={q} />
      )}
    </div>
  );
}

/** For somebody new: what this is, and one click into it. */
function Welcome() {
  const people = useSession()?.demo?.people ?? [];
  return (
    <section className="welcome" aria-labelledby="welcome">
      <div>
        <h2 id="welcome">Watch. Send a gift. See where every Coin goes.</h2>
        <p className="mt-1 text-md text-fg-2">
          {people.length === 0
            ? 'Watching is free. Open an account to send gifts.'
            : 'This is a demo town with pretend money. Be one of its people and send the first gift.'}
        </p>
      </div>
      {people.length === 0 ? null : (
        <div className="faces-row" aria-hidden="true">
          {people.slice(0, 6).map((person) => (
            <Avatar key={person.handle} avatar={person.avatar} size={44} />
          ))}
        </div>
      )}
      <Link to={people.length === 0 ? '/signup' : '/login'} {...buttonLook({ kind: 'primary' })}>
        {people.length === 0 ? 'Open an account' : 'Be somebody here'}
      </Link>
    </section>
  );
}

/** The search box in the hand, where the top bar has no room for one. */
function FindBox({ q }: { readonly q: string }) {
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const asked = input.current?.value.trim() ?? '';
    void navigate({ to: '/live', search: asked === '' ? {} : { q: asked } });
  };
  return (
    <search>
      <form className="find" onSubmit={submit}>
        <Search aria-hidden />
        <input
          ref={input}
          type="search"
          enterKeyHint="search"
          defaultValue={q}
          placeholder="Search creators and tags"
          aria-label="Search creators and tags"
        />
      </form>
    </search>
  );
}

function Everybody({ signedIn }: { readonly signedIn: boolean }) {
  const all = useInfiniteQuery(stagesQuery({ filter: 'all', q: '' }));
  const followed = useInfiniteQuery({ ...stagesQuery({ filter: 'following', q: '' }), enabled: signedIn });
  const { followed: first, others, away } = shelves(cards(all), cards(followed));
  const unsorted = signedIn && followed.isPending && !followed.isError;
  if (all.data === undefined || unsorted) return <Waiting query={all} />;
  return (
    <>
      <Again query={all} />
      {first.length === 0 ? null : <Shelf title="You follow" stages={first} lead />}
      {others.length === 0 ? null : (
        <Shelf title={first.length === 0 ? null : 'For you'} stages={others} lead={first.length === 0} />
      )}
      {first.length + others.length === 0 ? (
        <EmptyState art={giftArt('1f52e').src} title="Nobody is live right now">
          {away.length === 0
            ? 'Come back in a while.'
            : 'Here is who was. Follow somebody, and they are first in your list when they are live.'}
        </EmptyState>
      ) : null}
      {away.length === 0 ? null : <Shelf title="Not live now" stages={away} />}
      <More query={all} />
    </>
  );
}

function Followed() {
  const followed = useInfiniteQuery(stagesQuery({ filter: 'following', q: '' }));
  if (followed.data === undefined) return <Waiting query={followed} />;
  const { others: live, away } = shelves(cards(followed), []);
  return (
    <>
      <Again query={followed} />
      {live.length === 0 ? (
        <EmptyState
          art={giftArt('2b50').src}
          title="Nobody you follow is live"
          action={
            <Link to="/live" {...buttonLook({ kind: 'primary' })}>
              See who is live
            </Link>
          }
        >
          {away.length === 0
            ? 'Follow somebody on their stage, and they are here when they are live.'
            : 'They are here as soon as they are.'}
        </EmptyState>
      ) : (
        <Shelf title={null} stages={live} lead />
      )}
      {away.length === 0 ? null : <Shelf title="Not live now" stages={away} />}
      <More query={followed} />
    </>
  );
}

/** What creators announced, the next one first. */
function Scheduled() {
  const me = useMe();
  const scheduled = useInfiniteQuery(stagesQuery({ filter: 'scheduled', q: '' }));
  if (scheduled.data === undefined) return <Waiting query={scheduled} />;
  const now = new Date();
  const lives = cards(scheduled).flatMap((stage) =>
    stage.next === null ? [] : [{ stage, next: stage.next }],
  );
  return (
    <>
      <Again query={scheduled} />
      {lives.length === 0 ? (
        <EmptyState art={giftArt('2b50').src} title="Nobody has announced a live">
          When somebody does, you find it here and can have yourself reminded.
        </EmptyState>
      ) : (
        <ul className="schedule-list">
          {lives.map(({ stage, next }) => (
            <li key={next.id} className="card">
              <Avatar avatar={stage.avatar} size={44} />
              <div>
                <Link to="/live/$handle" params={{ handle: stage.handle }}>
                  <b>{next.title}</b>
                </Link>
                <small>
                  {stage.displayName} · {whenText(new Date(next.startsAt), now)}
                </small>
              </div>
              <RemindButton handle={stage.handle} next={next} me={me ?? null} />
            </li>
          ))}
        </ul>
      )}
      <More query={scheduled} />
    </>
  );
}

function Found({ q }: { readonly q: string }) {
  const found = useInfiniteQuery(stagesQuery({ filter: 'all', q }));
  const stages = cards(found);
  return (
    <>
      <PageHead
        title={`“${q}”`}
        tab={`Search: ${q}`}
        sub={found.data ? countText(stages.length, found.hasNextPage) : ' '}
      >
        <Link to="/live" {...buttonLook({ kind: 'ghost' })}>
          <X aria-hidden />
          Clear the search
        </Link>
      </PageHead>
      {found.data === undefined ? (
        <Waiting query={found} />
      ) : stages.length === 0 ? (
        <EmptyState
          art={giftArt('1f52e').src}
          title={`Nothing is called “${q}”`}
          action={
            <Link to="/live" {...buttonLook({ kind: 'primary' })}>
              See who is live
            </Link>
          }
        >
          We looked through names, handles, titles and tags. Try one word, or a tag such as #singing.
        </EmptyState>
      ) : (
        <>
          <Again query={found} />
          <Shelf title={null} stages={stages} />
          <More query={found} />
        </>
      )}
    </>
  );
}

/** `/tags/$tag`: the stages whose live has this hashtag. */
export function TagPage() {
  const { tag } = useParams({ from: '/tags/$tag' });
  const tagged = useInfiniteQuery(stagesQuery({ filter: 'all', q: '', tag }));
  const { others: live, away } = shelves(cards(tagged), []);
  return (
    <div className="page-body">
      <PageHead
        title={`#${tag}`}
        tab={`#${tag}`}
        sub={tagged.data ? countText(live.length + away.length, tagged.hasNextPage) : ' '}
      >
        <Link to="/live" {...buttonLook({ kind: 'ghost' })}>
          All stages
        </Link>
      </PageHead>
      {tagged.data === undefined ? (
        <Waiting query={tagged} />
      ) : live.length + away.length === 0 ? (
        <EmptyState
          art={giftArt('1f52e').src}
          title={`No live has #${tag} yet`}
          action={
            <Link to="/live" {...buttonLook({ kind: 'primary' })}>
              See who is live
            </Link>
          }
        >
          Creators choose the tags of a live when it begins.
        </EmptyState>
      ) : (
        <>
          <Again query={tagged} />
          {live.length === 0 ? null : <Shelf title="Live now" stages={live} lead />}
          {away.length === 0 ? null : <Shelf title="Not live now" stages={away} />}
          <More query={tagged} />
        </>
      )}
    </div>
  );
}

function countText(count: number, more: boolean): string {
  if (more) return `The first ${count} stages`;
  return count === 1 ? '1 stage' : `${count} stages`;
}

interface ShelfProps {
  readonly title: string | null;
  readonly stages: readonly StageCard[];
  /** Shows the first one large. */
  readonly lead?: boolean;
}

function Shelf({ title, stages: unordered, lead = false }: ShelfProps) {
  // Chosen once: tiles that change places while somebody reaches for one are missed.
  const [leadId] = useState(() => fullest(unordered)?.id);
  const stages = lead ? withLead(unordered, leadId) : unordered;
  const content: ReactNode = (
    <div className="tiles" data-lead={lead && stages.length > 2 ? '' : undefined}>
      {stages.map((stage, index) => (
        <StageTile key={stage.id} stage={stage} wide={lead && index === 0} />
      ))}
    </div>
  );
  return title === null ? (
    <div className="shelf">
      <h2 className="sr-only">Stages</h2>
      {content}
    </div>
  ) : (
    <section className="shelf" aria-label={title}>
      <h2>{title}</h2>
      {content}
    </section>
  );
}

/** What the parts of this page need of the query behind them. */
interface StagesAsked {
  readonly data: { readonly pages: readonly StagePage[] } | undefined;
  readonly error: unknown;
  readonly isError: boolean;
  readonly isPaused: boolean;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly refetch: () => unknown;
  readonly fetchNextPage: () => unknown;
}

function cards(query: StagesAsked): readonly StageCard[] {
  return query.data?.pages.flatMap((page) => page.items) ?? [];
}

/** Before the first answer: what failed, or the shape of what is coming. */
function Waiting({ query }: { readonly query: StagesAsked }) {
  if (query.isError || query.isPaused) {
    return (
      <ErrorCard
        title="We could not see who is live."
        error={query.error ?? new ApiProblem(OFFLINE)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  return (
    <div className="tiles" aria-hidden="true">
      {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
        <div key={key} className="grid gap-3">
          <Skeleton height="auto" className="aspect-[16/10] rounded-[18px]!" />
          <Skeleton width="70%" height={18} />
          <Skeleton width="40%" height={14} />
        </div>
      ))}
    </div>
  );
}

/** The list stays when it cannot be asked again; only says so. */
function Again({ query }: { readonly query: StagesAsked }) {
  if (!query.isError) return null;
  return (
    <ErrorCard
      title="This list may be out of date."
      error={query.error}
      onRetry={() => void query.refetch()}
    />
  );
}

function More({ query }: { readonly query: StagesAsked }) {
  if (!query.hasNextPage) return null;
  return (
    <div className="more">
      <Button kind="ghost" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        Load more
      </Button>
    </div>
  );
}
