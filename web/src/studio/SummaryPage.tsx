import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { CircleCheck, Clock } from 'lucide-react';
import { ApiProblem } from '../api/problem.ts';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { RankBadge } from '../supporters/RankBadge.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { audienceText } from '../ui/amounts.ts';
import { buttonLook } from '../ui/Button.tsx';
import { How } from '../ui/How.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { type LiveSummary, summaryQuery } from './lives-api.ts';
import { PastLives } from './PastLives.tsx';
import './studio.css';

/** `/studio/live/$sessionId`: what a live brought, with the proof. */
export function SummaryPage() {
  const { sessionId } = useParams({ from: '/studio/live/$sessionId' });
  return (
    <Signed title="A live of yours" why="Sign in to see what your live brought.">
      {() => <Summary key={sessionId} id={sessionId} />}
    </Signed>
  );
}

function Summary({ id }: { readonly id: string }) {
  const query = useQuery(summaryQuery(id));
  if (query.data === undefined) {
    return (
      <div className="page-body">
        <PageHead title="A live of yours" />
        {query.error === null ? (
          <Skeleton height={320} className="rounded-[22px]!" />
        ) : [403, 404].includes(ApiProblem.of(query.error).status) ? (
          <section className="card">
            <EmptyState
              art={giftArt('1f52e').src}
              title="There is no live of yours at this address"
              action={
                <Link to="/studio/live" {...buttonLook({ kind: 'primary' })}>
                  Your lives
                </Link>
              }
            >
              The address may have a typing mistake, or you are signed in as somebody else.
            </EmptyState>
          </section>
        ) : (
          <ErrorCard
            title="The summary could not be read."
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        )}
      </div>
    );
  }
  const live = query.data;
  return (
    <div className="page-body">
      <PageHead
        title={live.title}
        tab="Summary"
        sub={
          <>
            <Time at={live.startedAt} look="stamp" />, {durationText(live.durationSeconds)}
            {live.endedAt === null ? ', still running' : ''}
          </>
        }
      >
        {live.endedAt === null ? (
          <Link to="/studio/live" {...buttonLook({ kind: 'primary' })}>
            To the dashboard
          </Link>
        ) : (
          <Link to="/studio/earnings" {...buttonLook({ kind: 'ghost' })}>
            Earnings
          </Link>
        )}
      </PageHead>
      <div className="summary">
        <div className="column">
          <Total live={live} />
          <Supporters live={live} />
          <PastLives besides={live.id} />
        </div>
        <div className="column">
          <Facts live={live} />
          <Kinds live={live} />
        </div>
      </div>
    </div>
  );
}

function Total({ live }: { readonly live: LiveSummary }) {
  const { proof } = live;
  return (
    <section className="card total" aria-labelledby="total">
      <h2 id="total">This live brought you</h2>
      <p className="big">
        <AmountText amount={live.diamonds} />
      </p>
      <p className="worth-line">
        <AmountText amount={live.money} estimate /> at today’s rate. Your fans gave{' '}
        <AmountText amount={live.coins} />.
      </p>
      <p className="proof" data-agrees={proof.agrees || undefined}>
        {proof.agrees ? <CircleCheck aria-hidden /> : <Clock aria-hidden />}
        {proof.agrees
          ? `The sum of ${proof.entries.toLocaleString('en-US')} ledger ${proof.entries === 1 ? 'entry' : 'entries'}`
          : 'The last gifts are still being counted'}
      </p>
      <How lines={proof.how} open />
    </section>
  );
}

function Facts({ live }: { readonly live: LiveSummary }) {
  return (
    <dl className="figures card">
      <div>
        <dt>Gifts</dt>
        <dd>{live.gifts.toLocaleString('en-US')}</dd>
      </div>
      <div>
        <dt>Most viewers at once</dt>
        <dd>{live.peakViewers === null ? '—' : audienceText(live.peakViewers)}</dd>
      </div>
      <div>
        <dt>New followers</dt>
        <dd>{audienceText(live.newFollowers)}</dd>
      </div>
      <div>
        <dt>Likes</dt>
        <dd>{audienceText(live.likes)}</dd>
      </div>
    </dl>
  );
}

function Kinds({ live }: { readonly live: LiveSummary }) {
  return (
    <section className="card" aria-labelledby="kinds">
      <header>
        <h2 id="kinds">Gifts by kind</h2>
      </header>
      {live.kinds.length === 0 ? (
        <p className="none-yet">No gift was sent in this live.</p>
      ) : (
        <ul className="kinds">
          {live.kinds.map((kind) => (
            <li key={kind.id}>
              <img src={giftArt(kind.art).src} alt="" width={34} height={34} />
              <b>
                {kind.name} <small>×{kind.gifts.toLocaleString('en-US')}</small>
              </b>
              <AmountText amount={kind.diamonds} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Supporters({ live }: { readonly live: LiveSummary }) {
  return (
    <section className="card" aria-labelledby="supporters">
      <header>
        <h2 id="supporters">Top supporters</h2>
      </header>
      {live.supporters.length === 0 ? (
        <p className="none-yet">Whoever gives stands here, the most generous first.</p>
      ) : (
        <ol className="kinds">
          {live.supporters.map((supporter) => (
            <li key={supporter.rank}>
              <RankBadge rank={supporter.rank} />
              <Avatar avatar={supporter.avatar} size={34} />
              <b>{supporter.displayName}</b>
              <AmountText amount={supporter.diamonds} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** `1 h 12 min`, `42 s`. */
function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
