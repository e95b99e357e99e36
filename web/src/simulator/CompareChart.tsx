import { useId, useState } from 'react';
import { axisOf, heightOf } from '../rates/rate-line.ts';
import { Segment } from '../ui/Segment.tsx';
import { useWidth } from '../ui/useWidth.ts';

const HEIGHT = 190;
const LEFT = 78;
const TOP = 12;
const BOTTOM = 26;

interface CompareChartProps {
  readonly title: string;
  readonly note: string;
  readonly names: { readonly now: string; readonly proposed: string };
  /** A value for each day. */
  readonly now: readonly bigint[];
  readonly proposed: readonly bigint[];
  readonly textOf: (value: bigint) => string;
}

/** Two lines over the same days, told apart by dashes as well as colour; or the same as a table. */
export function CompareChart(props: CompareChartProps) {
  const { title, note, names, now, proposed, textOf } = props;
  const id = useId();
  const [look, setLook] = useState<'chart' | 'table'>('chart');
  return (
    <section className="card compare" aria-labelledby={id}>
      <header>
        <h2 id={id} className="text-lg!">
          {title}
        </h2>
        <Segment
          label={`Show ${title.toLowerCase()} as`}
          items={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
          value={look}
          onChange={setLook}
        />
      </header>
      <p className="note">{note}</p>
      {look === 'chart' ? <Lines {...props} /> : <Days {...props} />}
      <dl className="legend">
        <div data-side="now">
          <dt>{names.now}</dt>
          <dd>{textOf(now.at(-1) ?? 0n)}</dd>
        </div>
        <div data-side="proposed">
          <dt>{names.proposed}</dt>
          <dd>{textOf(proposed.at(-1) ?? 0n)}</dd>
        </div>
      </dl>
    </section>
  );
}

function Lines({ title, names, now, proposed, textOf }: CompareChartProps) {
  const [width, box] = useWidth();
  const axis = axisOf([...now, ...proposed]);
  const inner = HEIGHT - TOP - BOTTOM;
  const last = Math.max(1, now.length - 1);
  const x = (index: number) => LEFT + (index / last) * (width - LEFT - 4);
  const y = (value: bigint) => TOP + inner * (1 - heightOf(value, axis));
  const path = (values: readonly bigint[]) =>
    values
      .map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)},${y(value).toFixed(1)}`)
      .join('');
  const ends = (values: readonly bigint[]) => `${textOf(values[0] ?? 0n)} to ${textOf(values.at(-1) ?? 0n)}`;
  return (
    <div ref={box}>
      <svg
        className="compare-lines"
        height={HEIGHT}
        role="img"
        aria-label={`${title} over ${now.length} days: ${names.now} from ${ends(now)}, ${names.proposed} from ${ends(proposed)}. The table says the same.`}
      >
        {axis.ticks.map((tick) => (
          <g key={tick.toString()}>
            <line x1={LEFT - 6} x2={width} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 12} y={y(tick) + 4} textAnchor="end">
              {textOf(tick)}
            </text>
          </g>
        ))}
        <text x={x(0)} y={HEIGHT - 6}>
          Day 1
        </text>
        <text x={x(last)} y={HEIGHT - 6} textAnchor="end">
          Day {now.length}
        </text>
        <path data-side="now" d={path(now)} />
        <path data-side="proposed" d={path(proposed)} />
      </svg>
    </div>
  );
}

function Days({ title, names, now, proposed, textOf }: CompareChartProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className="compare-days" tabIndex={0} aria-label={`${title}, day by day`}>
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col" className="num">
              {names.now}
            </th>
            <th scope="col" className="num">
              {names.proposed}
            </th>
          </tr>
        </thead>
        <tbody>
          {now.map((value, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place
            <tr key={index}>
              <td>{index + 1}</td>
              <td className="num">{textOf(value)}</td>
              <td className="num">{textOf(proposed[index] ?? 0n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
