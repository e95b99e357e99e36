import { diamondText } from '../ui/amounts.ts';
import { DiamondGlyph } from '../ui/Glyph.tsx';
import type { Goal } from './stage-api.ts';

/** Hundredths of the goal that are reached, at most 100. */
export function goalPercent(goal: Goal | null): number | null {
  if (goal === null) return null;
  const target = BigInt(goal.targetUnits);
  if (target <= 0n) return null;
  const percent = Number((BigInt(goal.units) * 100n) / target);
  return Math.min(100, percent);
}

/** The creator's goal: a ring, its name, and how far it is. */
export function GoalRing({ goal }: { readonly goal: Goal }) {
  const percent = goalPercent(goal) ?? 0;
  const whole = (BigInt(goal.units) / 1000n) * 1000n;
  const reached = diamondText(whole);
  const target = diamondText(BigInt(goal.targetUnits));
  return (
    <div
      className="goal"
      data-reached={percent === 100 || undefined}
      role="img"
      aria-label={`Goal${percent === 100 ? ' reached' : ''}: ${goal.title}, ${reached} of ${target} Diamonds`}
    >
      <svg viewBox="0 0 40 40" aria-hidden="true">
        <circle cx="20" cy="20" r="16.5" stroke="oklch(1 0 0 / .18)" strokeWidth="4" fill="none" />
        <circle
          cx="20"
          cy="20"
          r="16.5"
          stroke="var(--dia)"
          strokeWidth="4"
          fill="none"
          strokeLinecap="round"
          pathLength="100"
          strokeDasharray={`${percent} 100`}
          transform="rotate(-90 20 20)"
        />
        {percent === 100 ? (
          <path d="m13 20.5 5 5 9-10" stroke="var(--dia)" strokeWidth="4" fill="none" strokeLinecap="round" />
        ) : null}
      </svg>
      <span>
        <b>{goal.title}</b>
        <small>
          <DiamondGlyph /> {reached} / {target}
        </small>
      </span>
    </div>
  );
}
