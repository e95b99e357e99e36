import { useState } from 'react';
import { Diamonds } from '../ui/Amount.tsx';
import { diamondText } from '../ui/amounts.ts';
import { calendarDayText } from '../ui/dates.ts';
import { useWidth } from '../ui/useWidth.ts';
import type { DayBar } from './calendar.ts';
import { largest, scaleFor, shareOf, tickText } from './scale.ts';

interface DayChartProps {
  readonly days: readonly DayBar[];
}

const HEIGHT = 214;
const LEFT = 46;
const TOP = 10;
const BOTTOM = 26;
const BAR_MAX = 34;

/** Diamonds per day as bars. What the bars say is also in the table beside; a bar under the pointer tells its own. */
export function DayChart({ days }: DayChartProps) {
  const [width, box] = useWidth();
  const [at, setAt] = useState<number | null>(null);
  const total = days.reduce((sum, { units }) => sum + units, 0n);
  const most = largest(days.map(({ units }) => units));
  const scale = scaleFor(most);
  const inner = HEIGHT - TOP - BOTTOM;
  const step = Math.max(0, width - LEFT) / days.length;
  const bar = Math.min(BAR_MAX, step * 0.64);
  const y = (units: bigint) => TOP + inner * (1 - shareOf(units, scale));
  const told = at === null ? undefined : days[at];
  return (
    <>
      <p className="chart-sum">
        <b>
          <Diamonds units={told?.units ?? total} />
        </b>
        <span>{told === undefined ? `in ${days.length} days` : calendarDayText(told.date, new Date())}</span>
      </p>
      <div ref={box}>
        <svg
          className="bars"
          height={HEIGHT}
          role="img"
          aria-label={`Diamonds earned per day over ${days.length} days: ${diamondText(total)} in all, ${diamondText(most)} on the best day.`}
          onPointerLeave={() => setAt(null)}
        >
          {scale.ticks.map((tick) => (
            <g key={tick.toString()}>
              <line x1={LEFT - 6} x2={width} y1={y(tick)} y2={y(tick)} />
              <text x={LEFT - 14} y={y(tick) + 4} textAnchor="end">
                {tickText(tick, scale)}
              </text>
            </g>
          ))}
          {days.map(({ date, units }, index) => {
            const x = LEFT + step * index + (step - bar) / 2;
            const top = units === 0n ? TOP + inner - 2 : Math.min(y(units), TOP + inner - 3);
            return (
              <g key={date} onPointerEnter={() => setAt(index)}>
                <rect className="slot" x={LEFT + step * index} y={0} width={step} height={HEIGHT} />
                <rect
                  className={units === 0n ? 'none' : 'bar'}
                  x={x}
                  y={top}
                  width={bar}
                  height={TOP + inner - top}
                  rx={units === 0n ? 1 : Math.min(4, bar / 4)}
                />
                <text x={x + bar / 2} y={HEIGHT - 6} textAnchor="middle">
                  {Number(date.slice(-2))}
                </text>
              </g>
            );
          })}
        </svg>
      </div>
    </>
  );
}

/** The same as a table, with its sum. */
export function DayTable({ days }: DayChartProps) {
  const total = days.reduce((sum, { units }) => sum + units, 0n);
  return (
    // A region that scrolls is reached by the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section className="days-table" tabIndex={0} aria-label="Diamonds earned per day">
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col" className="num">
              Diamonds
            </th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map(({ date, units }) => (
            <tr key={date}>
              <td>{calendarDayText(date, new Date())}</td>
              <td className="num">
                <Diamonds units={units} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">In {days.length} days</th>
            <td className="num">
              <b>
                <Diamonds units={total} />
              </b>
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
