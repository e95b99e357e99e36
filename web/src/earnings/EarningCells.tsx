import { CircleCheck, Hourglass } from 'lucide-react';
import type { CSSProperties } from 'react';
import { usePolicy } from '../api/policy.ts';
import { AmountText } from '../ui/Amount.tsx';
import { diamondText, groupDigits } from '../ui/amounts.ts';
import { calendarDay, calendarDayText, weekdayText } from '../ui/dates.ts';
import { How, type HowLine } from '../ui/How.tsx';
import { Time } from '../ui/Time.tsx';
import { Worth } from '../ui/Worth.tsx';
import { availableParts } from './available-parts.ts';
import { type CalendarBar, calendarBars, todayUtc } from './calendar.ts';
import type { Earnings } from './earnings-api.ts';

/** What is earned and still waits for its day. */
export function Pending({ earnings }: { readonly earnings: Earnings }) {
  const days = usePolicy()?.diamonds.maturityDays;
  const now = new Date();
  const bars = calendarBars(earnings.calendar, todayUtc(now), 8);
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
          : ` · ${diamondText(next.later[0]?.units ?? next.units)} of it ${next.today ? 'today' : `on ${calendarDayText(next.date, now)}`}`}
      </p>
      <ol className="maturing" aria-label="Diamonds that become available, by day">
        {bars.map((bar) => (
          <li
            key={bar.date}
            data-today={bar.today ? '' : undefined}
            data-none={bar.units === 0n ? '' : undefined}
            style={{ '--share': bar.share } as CSSProperties}
            title={barText(bar, now)}
          >
            <span className="n" aria-hidden="true">
              {bar.units === 0n ? '' : shortDiamonds(bar.units)}
            </span>
            <i aria-hidden="true" />
            <span aria-hidden="true">{barName(bar)}</span>
            <span className="sr-only">{barText(bar, now)}</span>
          </li>
        ))}
      </ol>
      <LaterDays bar={bars.at(-1)} now={now} />
      <p className="note">
        {days === undefined ? 'Each gift waits for its date' : `Each gift waits ${days} days or longer`}, so
        that a refund comes first. Then its Diamonds are available.
      </p>
      <Counting earnings={earnings} />
      <Checked earnings={earnings} />
      <Held earnings={earnings} />
    </section>
  );
}

function barName({ today, later, date }: CalendarBar): string {
  if (later.length > 0) return 'Later';
  return today ? 'Today' : weekdayOf(date);
}

/** `Sun 6 Dec: 40 Diamonds`, and of what comes later each of its days. */
function barText({ date, units, later }: CalendarBar, now: Date): string {
  return (later.length > 0 ? later : [{ date, units }])
    .map((day) => `${calendarDayText(day.date, now)}: ${diamondText(day.units)} Diamonds`)
    .join(', ');
}

/** Says which days the last bar stands for. */
function LaterDays({ bar, now }: { readonly bar: CalendarBar | undefined; readonly now: Date }) {
  if (bar === undefined || bar.later.length === 0) return null;
  const shown = bar.later.slice(0, LATER_SHOWN);
  const more = bar.later.length - shown.length;
  return (
    <p className="note">
      Later:{' '}
      {shown.map(({ date, units }) => `${diamondText(units)} on ${calendarDayText(date, now)}`).join(', ')}
      {more === 0 ? '' : `, and on ${more} more ${more === 1 ? 'day' : 'days'}`}.
    </p>
  );
}

const LATER_SHOWN = 4;

/** What is past its date and not there yet, and why. */
function Counting({ earnings: { counting } }: { readonly earnings: Earnings }) {
  if (counting === undefined || counting === null) return null;
  return (
    <p className="note" role="status">
      <b>Counting</b> <AmountText amount={counting.amount} /> (<AmountText amount={counting.money} estimate />
      ), due since <Time at={counting.since} />. {counting.cause} None of it is lost.
    </p>
  );
}

/** What comes later than others, why, and by when. */
function Checked({ earnings: { checked } }: { readonly earnings: Earnings }) {
  if (checked === undefined || checked.until === null) return null;
  return (
    <p className="note">
      <AmountText amount={checked.amount} /> (<AmountText amount={checked.money} estimate />) of what is
      pending wait longer than usual, in case a bank takes the payment back. The last of them come on{' '}
      <Time at={checked.until} look="day" />.
    </p>
  );
}

/** What stands in no bar, because somebody decides about it first. */
function Held({ earnings: { held } }: { readonly earnings: Earnings }) {
  if (held === undefined || held.until === null) return null;
  return (
    <p className="note">
      <AmountText amount={held.amount} /> (<AmountText amount={held.money} estimate />) of what is pending are
      held and stand at no day: a bank or the payment provider decides about their payment, by{' '}
      <Time at={held.until} look="day" />.
    </p>
  );
}

/** What can be withdrawn, and how that number was made. */
export function Available({ earnings }: { readonly earnings: Earnings }) {
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
function howLines(earnings: Earnings): HowLine[] {
  const { how, available } = earnings;
  return [
    { label: 'Fans spent on you', value: <AmountText amount={how.fansSpent} /> },
    ...availableParts(earnings).map(({ label, amount, note }) => ({
      label,
      value: <AmountText amount={amount} />,
      note: note ?? null,
    })),
    { label: 'Available', value: <AmountText amount={available} /> },
  ];
}

function weekdayOf(date: string): string {
  const day = calendarDay(date);
  return day === null ? date : weekdayText(day);
}

/** What fits over a bar: whole Diamonds from a thousand on. */
function shortDiamonds(units: bigint): string {
  return units < 1_000_000n ? diamondText(units) : groupDigits(units / 1000n);
}
