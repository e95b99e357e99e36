import { useState } from 'react';
import type { Rate } from '../api/rates.ts';
import { Money } from '../ui/Amount.tsx';
import { moneyText } from '../ui/amounts.ts';
import { dayText } from '../ui/dates.ts';
import { useWidth } from '../ui/useWidth.ts';
import { heightOf, lineOf, pointAt, type RatePoint } from './rate-line.ts';

const HEIGHT = 224;
const LEFT = 62;
const TOP = 12;
const BOTTOM = 28;

/** What 1,000 Diamonds were worth, as a line of steps; what is to come is dashed. The table says the same. */
export default function RateChart({
  rates,
  nowMs,
}: {
  readonly rates: readonly Rate[];
  readonly nowMs: number;
}) {
  const [width, box] = useWidth();
  const [pointed, setPointed] = useState<number | null>(null);
  const points = rates
    .map(
      ({ version, money, from }): RatePoint => ({
        version,
        cents: BigInt(money.units),
        fromMs: Date.parse(from),
      }),
    )
    .sort((a, b) => a.fromMs - b.fromMs || a.version - b.version);
  const line = lineOf(points, nowMs);
  const inner = HEIGHT - TOP - BOTTOM;
  const x = (ms: number) => LEFT + ((ms - line.beginMs) / (line.endMs - line.beginMs)) * (width - LEFT);
  const y = (cents: bigint) => TOP + inner * (1 - heightOf(cents, line));
  const told = pointAt(points, pointed ?? nowMs);
  const marks = [line.beginMs, (line.beginMs + line.endMs) / 2, line.endMs];
  const [first, last] = [points[0], points.at(-1)];
  return (
    <>
      <p className="chart-sum" aria-hidden="true">
        <b>
          <Money units={told?.cents ?? null} />
        </b>
        <span>
          for 1,000 Diamonds, version {told?.version}, from{' '}
          {dayText(new Date(told?.fromMs ?? nowMs), new Date(nowMs))}
        </span>
      </p>
      <div ref={box}>
        <svg
          className="rate-line-chart"
          height={HEIGHT}
          role="img"
          aria-label={`What 1,000 Diamonds are worth, ${points.length === 1 ? 'one version' : `${points.length} versions`}: from ${moneyText(first?.cents ?? 0n)} to ${moneyText(last?.cents ?? 0n)}. The table says the same.`}
          onPointerMove={(event) => {
            const { left } = event.currentTarget.getBoundingClientRect();
            const share = Math.max(0, event.clientX - left - LEFT) / Math.max(1, width - LEFT);
            setPointed(line.beginMs + share * (line.endMs - line.beginMs));
          }}
          onPointerLeave={() => setPointed(null)}
        >
          {line.ticks.map((tick) => (
            <g key={tick.toString()}>
              <line x1={LEFT - 6} x2={width} y1={y(tick)} y2={y(tick)} />
              <text x={LEFT - 12} y={y(tick) + 4} textAnchor="end">
                {moneyText(tick)}
              </text>
            </g>
          ))}
          {marks.map((at, index) => (
            <text
              key={at}
              x={x(at)}
              y={HEIGHT - 6}
              textAnchor={index === 0 ? 'start' : index === 1 ? 'middle' : 'end'}
            >
              {dayText(new Date(at), new Date(nowMs))}
            </text>
          ))}
          <path className="was" d={steps(points, (ms) => x(Math.min(ms, nowMs)), y, x(nowMs), nowMs)} />
          <path className="comes" d={coming(points, x, y, x(line.endMs), nowMs)} />
          <line className="now" x1={x(nowMs)} x2={x(nowMs)} y1={TOP} y2={TOP + inner} />
          {told === undefined ? null : (
            <circle
              cx={pointed === null ? x(nowMs) : x(Math.max(pointed, told.fromMs))}
              cy={y(told.cents)}
              r={4.5}
            />
          )}
        </svg>
      </div>
    </>
  );
}

/** Steps of what has started, up to now. */
function steps(
  points: readonly RatePoint[],
  x: (ms: number) => number,
  y: (cents: bigint) => number,
  endX: number,
  nowMs: number,
): string {
  const started = points.filter(({ fromMs }) => fromMs <= nowMs);
  return stepPath(started, x, y, endX);
}

/** From now on: what is in force, then what is announced. */
function coming(
  points: readonly RatePoint[],
  x: (ms: number) => number,
  y: (cents: bigint) => number,
  endX: number,
  nowMs: number,
): string {
  const current = pointAt(points, nowMs);
  if (current === undefined) return '';
  return stepPath(
    [{ ...current, fromMs: nowMs }, ...points.filter(({ fromMs }) => fromMs > nowMs)],
    x,
    y,
    endX,
  );
}

function stepPath(
  points: readonly RatePoint[],
  x: (ms: number) => number,
  y: (cents: bigint) => number,
  endX: number,
): string {
  const [first] = points;
  if (first === undefined) return '';
  const path = points.slice(1).map(({ fromMs, cents }) => `H${x(fromMs)}V${y(cents)}`);
  return `M${x(first.fromMs)},${y(first.cents)}${path.join('')}H${endX}`;
}
