import type { StatusLook } from '../ui/Status.tsx';
import type { SimulationLine } from './simulator-api.ts';

/** Each state as look and word. */
export const STATES: Readonly<Record<SimulationLine['state'], readonly [StatusLook, string]>> = {
  waiting: ['pending', 'Waits'],
  running: ['checking', 'Runs'],
  done: ['done', 'Done'],
  canceled: ['returned', 'Canceled'],
  failed: ['failed', 'Failed'],
};

export const PHASES: Readonly<Record<'opening' | 'days' | 'checking', string>> = {
  opening: 'Opening the books',
  days: 'Living the days',
  checking: 'Checking the books',
};

/** What a run was made with, in a line: `30 days · 10,000 viewers · 400 creators · seed 42`. */
export function madeWith({ days, viewers, creators, seed }: SimulationLine): string {
  return [
    `${days} days`,
    `${viewers.toLocaleString('en')} viewers`,
    creators === 1 ? '1 creator' : `${creators.toLocaleString('en')} creators`,
    `seed ${seed}`,
  ].join(' · ');
}

/** Hundredths of a percent with one place, cut: `10947` → `109.4 %`. */
export function coverageText(basisPoints: string | null): string {
  if (basisPoints === null) return 'nothing owed';
  const tenths = BigInt(basisPoints) / 10n;
  return `${(tenths / 10n).toLocaleString('en')}.${tenths % 10n} %`;
}

/** The rate that would be in force without the proposed one: `Version 3`, `Version 4, scheduled`. */
export function versionName({ now }: Pick<SimulationLine, 'now'>): string {
  return now.scheduledFrom === null ? `Version ${now.version}` : `Version ${now.version}, scheduled`;
}
