import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronDown, ChevronRight, CircleCheck, Download, Hourglass } from 'lucide-react';
import { type CSSProperties, useState } from 'react';
import { useLastKnown } from '../api/last-known.ts';
import { usePolicy } from '../api/policy.ts';
import { every } from '../api/query.ts';
import { rateQuery } from '../api/rates.ts';
import type { Me } from '../api/session.ts';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText, Diamonds, Money } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { type Amount, diamondText, groupDigits } from '../ui/amounts.ts';
import { Button, buttonLook } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { CopyId } from '../ui/CopyId.tsx';
import { calendarDay, dayText, weekdayText } from '../ui/dates.ts';
import { How, type HowLine } from '../ui/How.tsx';
import { LastKnown } from '../ui/LastKnown.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { percentText } from '../ui/ratios.ts';
import { Segment } from '../ui/Segment.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { Worth } from '../ui/Worth.tsx';
import { calendarBars, lastDays, todayUtc } from './calendar.ts';
import { DayChart, DayTable } from './DayChart.tsx';
import {
  type EarningEntry,
  type EarningStatus,
  type Earnings,
  earningEntriesQuery,
  earningsCsv,
  earningsQuery,
  type Supporter,
} from './earnings-api.ts';
import { sinceText } from './since.ts';
import { type EarningRow, streaksAsOne } from './streaks-as-one.ts';
import './earnings.css';

const CHART_DAYS = 14;

/** What a creator has earned, when it can be withdrawn, and from whom it came. */
export function EarningsPage() {
  return (
    <Signed title="Earnings" why="Sign in to see your earnings.">
      {(me) => (me.roles.includes('creator') ? <Earned me={me} /> : <NotYet me={me} />)}
    </Signed>
  );
}

function Earned({ me }: { readonly me: Me }) {
  const query = useQuery({ ...earningsQuery, refetchInterval: every(15_000) });
  const { data, at, stale, error } = useLastKnown<Earnings>(`earnings.${me.id}`, query);
  const retry = () => void query.refetch();
  return (
    <div className="page-body">
      <PageHead title="Earnings" sub={<RateLine />} />
      {stale && data !== undefined && at !== undefined ? (
        <LastKnown what="Your earnings" at={at} error={error} onRetry={retry} />
      ) : null}
      {data === undefined ? (
        error === null ? (
          <>
            <div className="flow">
              <Skeleton height={318} className="rounded-[22px]!" />
              <span />
              <Skeleton height={318} className="rounded-[22px]!" />
            </div>
            <div className="earn-two">
              <Skeleton height={340} className="rounded-[22px]!" />
              <Skeleton height={340} className="rounded-[22px]!" />
            </div>
          </>
        ) : (
          <ErrorCard title="Your earnings could not be read." error={error} onRetry={retry} />
        )
      ) : (
        <>
          <div className={stale ? 'flow stale' : 'flow'}>
            <Pending earnings={data} />
            <span className="arrow" aria-hidden="true">
              <ChevronRight />
            </span>
            <Available earnings={data} />
          </div>
          <div className="earn-two">
            <Days earnings={data} />
            <Supporters supporters={data.supporters} />
          </div>
        </>
      )}
      <Activity />
    </div>
  );
}

function RateLine() {
  const rate = useQuery(rateQuery).data;
  return (
    <span className="rate-line">
      {rate === undefined ? null : (
        <>
          <b>
            <Diamonds units={BigInt(rate.diamonds) * 1000n} /> = <AmountText amount={rate.money} />
          </b>
          <span>
            Rate set on <Time at={rate.from} look="day" />
          </span>
        </>
      )}
      <Link to="/rates" className="text-link">
        How the rate is set
      </Link>
    </span>
  );
}

function Pending({ earnings }: { readonly earnings: Earnings }) {
  const days = usePolicy()?.diamonds.maturityDays;
  const bars = calendarBars(earnings.calendar, todayUtc(new Date()), 8);
  const next = bars.find(({ units }) => units > 0n);
  return (
    <section className="cell" aria-labelledby="pending">
      <h2 id="pending">
        <Hourglass aria-hidden />
        Pending
      </h2>
      <p className="sum">
        <AmountText amount={earnings.pending} />
      </p>
      <p className="worth">
        <Worth of={earnings.pending} money={earnings.pendingMoney} />
        {next === undefined
          ? null
          : ` · ${diamondText(next.units)} of it ${next.today ? 'today' : `on ${dayName(next.date)}`}`}
      </p>
      <ol className="maturing" aria-label="Diamonds that become available, by day">
        {bars.map((bar) => (
          <li
            key={bar.date}
            data-today={bar.today ? '' : undefined}
            data-none={bar.units === 0n ? '' : undefined}
            style={{ '--share': bar.share } as CSSProperties}
            title={`${dayName(bar.date)}: ${diamondText(bar.units)} Diamonds`}
          >
            <span className="n" aria-hidden="true">
              {bar.units === 0n ? '' : shortDiamonds(bar.units)}
            </span>
            <i aria-hidden="true" />
            <span aria-hidden="true">{bar.today ? 'Today' : weekdayOf(bar.date)}</span>
            <span className="sr-only">
              {dayName(bar.date)}: {diamondText(bar.units)} Diamonds
            </span>
          </li>
        ))}
      </ol>
      <p className="note">
        {days === undefined ? 'Each gift has its date' : `Each gift waits ${days} days`}, so that a refund
        comes first. Then its Diamonds are available.
      </p>
    </section>
  );
}

function Available({ earnings }: { readonly earnings: Earnings }) {
  return (
    <section className="cell available" data-look="ice" aria-labelledby="available">
      <h2 id="available">
        <CircleCheck aria-hidden />
        Available
      </h2>
      <p className="sum" data-size="big">
        <AmountText amount={earnings.available} />
      </p>
      <p className="worth">
        <Worth of={earnings.available} money={earnings.availableMoney} />
      </p>
      <How lines={howLines(earnings)} open />
    </section>
  );
}

/** From what fans spent to what can be withdrawn, each number the server's own. */
function howLines({ how, pending, available }: Earnings): HowLine[] {
  const { numerator, denominator } = how.share;
  const share = percentText({ numerator: BigInt(numerator), denominator: BigInt(denominator) });
  return [
    { label: 'Fans spent on you', value: <AmountText amount={how.fansSpent} /> },
    { label: `You earned, ${share}`, value: <AmountText amount={how.earned} /> },
    { label: 'Still pending', value: <AmountText amount={minus(pending)} /> },
    ...(how.withdrawn.units === '0'
      ? []
      : [{ label: 'Already withdrawn', value: <AmountText amount={minus(how.withdrawn)} /> }]),
    { label: 'Available', value: <AmountText amount={available} /> },
  ];
}

function minus(amount: Amount): Amount {
  return amount.units === '0' ? amount : { ...amount, units: `-${amount.units}` };
}

function Days({ earnings }: { readonly earnings: Earnings }) {
  const [look, setLook] = useState<'chart' | 'table'>('chart');
  const days = lastDays(earnings.days, todayUtc(new Date()), CHART_DAYS);
  return (
    <section className="card" aria-labelledby="days">
      <header>
        <h2 id="days">Last {CHART_DAYS} days</h2>
        <Segment
          label="Show as"
          items={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
          value={look}
          onChange={setLook}
        />
      </header>
      {look === 'chart' ? <DayChart days={days} /> : <DayTable days={days} />}
    </section>
  );
}

function Supporters({ supporters }: { readonly supporters: readonly Supporter[] }) {
  return (
    <section className="card" aria-labelledby="supporters">
      <header>
        <h2 id="supporters">Top supporters</h2>
      </header>
      {supporters.length === 0 ? (
        <p className="mt-3 text-fg-3">Whoever sends you gifts stands here, the most generous first.</p>
      ) : (
        <ol className="supporters">
          {supporters.slice(0, 5).map((person, index) => (
            <li key={person.handle}>
              <span className="rank">{index + 1}</span>
              <Link to="/c/$handle" params={{ handle: person.handle }}>
                <Avatar avatar={person.avatar} size={36} />
                <span className="min-w-0">
                  <b>{person.displayName}</b>
                  <small>{sinceText(person.since, new Date())}</small>
                </span>
              </Link>
              <AmountText amount={person.amount} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Activity() {
  const [status, setStatus] = useState<EarningStatus>();
  const entries = useInfiniteQuery(earningEntriesQuery(status));
  const items = entries.data?.pages.flatMap((page) => page.items);
  return (
    <section className="card" aria-labelledby="activity">
      <header>
        <h2 id="activity">Activity</h2>
        <Choices
          label="Which gifts"
          items={[
            { value: 'all', label: 'All' },
            { value: 'pending', label: 'Pending' },
            { value: 'available', label: 'Available' },
          ]}
          value={status ?? 'all'}
          onChange={(value) => setStatus(value === 'all' ? undefined : value)}
        />
        <a href={earningsCsv(status)} download {...buttonLook({ kind: 'ghost', size: 'sm' })}>
          <Download aria-hidden />
          CSV
        </a>
      </header>
      {entries.isError ? (
        <div className="mt-4">
          <ErrorCard
            title={
              items === undefined ? 'Your activity could not be read.' : 'The next gifts could not be read.'
            }
            error={entries.error}
            onRetry={() => void (items === undefined ? entries.refetch() : entries.fetchNextPage())}
          />
        </div>
      ) : null}
      {items === undefined ? (
        entries.isError ? null : (
          <div className="mt-4 grid gap-4" aria-hidden="true">
            {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
              <Skeleton key={key} height={40} />
            ))}
          </div>
        )
      ) : items.length === 0 && status !== undefined ? (
        <EmptyState title={`No gift is ${status}`}>
          {status === 'pending'
            ? 'Everything you were sent has matured.'
            : 'A gift is available once its day has come.'}
        </EmptyState>
      ) : items.length === 0 ? (
        <EmptyState art={giftArt('1f339').src} title="Your first gift shows here">
          With who sent it, what you get for it, and the day on which you can withdraw it.
        </EmptyState>
      ) : (
        <>
          <Gifts items={items} />
          <div className="more">
            {entries.hasNextPage ? (
              <Button
                kind="ghost"
                busy={entries.isFetchingNextPage}
                onClick={() => void entries.fetchNextPage()}
              >
                Load more
              </Button>
            ) : (
              <p className="text-sm text-fg-3">That is all of them.</p>
            )}
          </div>
        </>
      )}
    </section>
  );
}

function Gifts({ items }: { readonly items: readonly EarningEntry[] }) {
  return (
    <table className="rows activity">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Ledger entry</th>
          <th scope="col">Status</th>
          <th scope="col" className="num">
            Diamonds
          </th>
        </tr>
      </thead>
      <tbody>
        {streaksAsOne(items).map((row) => (
          <Row key={row.key} row={row} />
        ))}
      </tbody>
    </table>
  );
}

/** One gift, or a streak that opens into its requests. */
function Row({ row: { entry, parts } }: { readonly row: EarningRow }) {
  const [open, setOpen] = useState(false);
  if (parts.length === 1) return <GiftCells entry={entry} />;
  return (
    <>
      <GiftCells entry={entry} parts={parts.length} open={open} onToggle={() => setOpen(!open)} />
      {open ? parts.map((part) => <GiftCells key={part.transferId} entry={part} part />) : null}
    </>
  );
}

interface GiftCellsProps {
  readonly entry: EarningEntry;
  /** Given for a streak: in how many entries it came, and whether they are shown. */
  readonly parts?: number;
  readonly open?: boolean;
  readonly onToggle?: () => void;
  /** One of a streak's entries. */
  readonly part?: boolean;
}

function GiftCells({ entry, parts, open, onToggle, part = false }: GiftCellsProps) {
  const what = (
    <>
      <img src={giftArt(entry.art).src} alt="" />
      <span className="min-w-0">
        <b>
          {entry.quantity === 1 ? '' : `${groupDigits(BigInt(entry.quantity))} × `}
          {entry.giftName} from {entry.sender.displayName}
        </b>
        <small>
          <span className="only-hand">
            <Time at={entry.at} />
            {entry.status === 'available' ? (
              ' · Available'
            ) : (
              <>
                {' · Pending until '}
                <Time at={entry.maturesAt} look="day" />
              </>
            )}
            {parts === undefined ? '' : ' · '}
          </span>
          {parts === undefined ? null : (
            <span className="whitespace-nowrap">
              A streak <ChevronDown aria-hidden className="turns" />
            </span>
          )}
        </small>
      </span>
    </>
  );
  return (
    <tr data-part={part ? '' : undefined}>
      <td className="when">
        <Time at={entry.at} />
      </td>
      <td>
        {onToggle === undefined ? (
          <Link to="/gifts/$id" params={{ id: entry.giftId }} className="thing">
            {what}
          </Link>
        ) : (
          <button type="button" className="thing" aria-expanded={open} onClick={onToggle}>
            {what}
          </button>
        )}
      </td>
      <td className="id">
        {onToggle === undefined ? (
          <CopyId id={entry.transferId} what="entry" />
        ) : (
          <span className="text-sm text-fg-3">{parts} entries</span>
        )}
      </td>
      <td className="state">
        {entry.status === 'available' ? (
          <Status look="done">Available</Status>
        ) : (
          <Status look="pending">
            <span>
              Pending until <Time at={entry.maturesAt} look="day" />
            </span>
          </Status>
        )}
      </td>
      <td className="num">
        <b>
          <AmountText amount={entry.amount} signed />
        </b>
      </td>
    </tr>
  );
}

/** For somebody who does not receive gifts yet: how earning works. */
function NotYet({ me }: { readonly me: Me }) {
  const policy = usePolicy();
  const rate = useQuery(rateQuery).data;
  return (
    <div className="page-body">
      <PageHead title="Earnings" sub={<RateLine />} />
      <section className="card">
        <EmptyState
          art={giftArt('1f3c6').src}
          title="You do not receive gifts yet"
          action={
            <Link to={me.adult ? '/settings/profile' : '/age'} {...buttonLook({ kind: 'primary' })}>
              {me.adult ? 'Become a creator' : 'See when it opens'}
            </Link>
          }
        >
          Creators get Diamonds for every gift on their stage.
          {policy === undefined
            ? null
            : ` ${policy.diamonds.maturityDays} days later the Diamonds are available.`}
          {rate === undefined ? null : (
            <>
              {' '}
              1,000 of them are worth <Money units={BigInt(rate.money.units)} />.
            </>
          )}
        </EmptyState>
      </section>
    </div>
  );
}

function dayName(date: string): string {
  const day = calendarDay(date);
  return day === null ? date : `${weekdayText(day)} ${dayText(day, new Date())}`;
}

function weekdayOf(date: string): string {
  const day = calendarDay(date);
  return day === null ? date : weekdayText(day);
}

/** What fits over a bar: whole Diamonds from a thousand on. */
function shortDiamonds(units: bigint): string {
  return units < 1_000_000n ? diamondText(units) : groupDigits(units / 1000n);
}
