import { useState } from 'react';
import { timeText } from '../ui/dates.ts';
import type { Minute } from './lives-api.ts';

const WIDTH = 600;
const HEIGHT = 120;

/** Gifts per minute over the last half hour, as bars; the running minute is the last one. */
export function MinuteChart({ minutes }: { readonly minutes: readonly Minute[] }) {
  const [at, setAt] = useState<number | null>(null);
  const most = Math.max(1, ...minutes.map(({ gifts }) => gifts));
  const total = minutes.reduce((sum, { gifts }) => sum + gifts, 0);
  const now = minutes.at(-1)?.gifts ?? 0;
  const step = WIDTH / Math.max(1, minutes.length);
  const told = at === null ? undefined : minutes[at];
  return (
    <section className="card minute-chart" aria-labelledby="per-minute">
      <header>
        <h2 id="per-minute">Gifts per minute</h2>
        <p>
          {told === undefined ? (
            <>
              <b>{now}</b> this minute
            </>
          ) : (
            <>
              <b>{told.gifts}</b> at {timeText(new Date(told.minute))}
            </>
          )}
        </p>
      </header>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Gifts per minute: ${total} in the last ${minutes.length} minutes, ${total === 0 ? 0 : most} in the best one, ${now} in this one.`}
        onPointerLeave={() => setAt(null)}
      >
        {minutes.map(({ minute, gifts }, index) => {
          const height = gifts === 0 ? 2 : Math.max(5, (gifts / most) * (HEIGHT - 6));
          return (
            <g key={minute} onPointerEnter={() => setAt(index)}>
              <rect className="slot" x={index * step} y={0} width={step} height={HEIGHT} />
              <rect
                className={gifts === 0 ? 'none' : 'bar'}
                data-now={index === minutes.length - 1 || undefined}
                x={index * step + step * 0.16}
                y={HEIGHT - height}
                width={step * 0.68}
                height={height}
                rx={gifts === 0 ? 1 : 3}
              />
            </g>
          );
        })}
      </svg>
      <p className="axis" aria-hidden="true">
        <span>30 min ago</span>
        <span>now</span>
      </p>
    </section>
  );
}
