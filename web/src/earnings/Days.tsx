import { useState } from 'react';
import { Diamonds } from '../ui/Amount.tsx';
import { Segment } from '../ui/Segment.tsx';
import { lastDays, todayUtc } from './calendar.ts';
import { DayChart, DayTable } from './DayChart.tsx';
import type { Earnings } from './earnings-api.ts';

const CHART_DAYS = 14;

/** What the last days brought, as a picture or as a table. */
export function Days({ earnings }: { readonly earnings: Earnings }) {
  const [look, setLook] = useState<'chart' | 'table'>('chart');
  const days = lastDays(earnings.days, todayUtc(new Date()), CHART_DAYS);
  const reversed = days.reduce((sum, day) => sum + day.reversed, 0n);
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
      <p className="note">
        What the gifts and answers of each day brought you; a day begins at midnight UTC.
        {reversed === 0n ? null : (
          <>
            {' '}
            <Diamonds units={reversed} /> more were taken back since, because their payments were. They are
            not counted here.
          </>
        )}
      </p>
    </section>
  );
}
