import { MINUTE_MS } from '../core/clock.ts';
import { displayDiamonds } from '../core/money.ts';
import type { MinuteSum } from '../gifts/index.ts';
import type { HowLine } from '../http/schemas.ts';

/** Minutes that a dashboard shows. */
export const MINUTES_SHOWN = 30;

/** Each of the last 30 minutes, the running one last, with what is known of it. */
export function everyMinute(known: readonly MinuteSum[], nowMs: number): MinuteSum[] {
  const sums = new Map(known.map((sum) => [sum.minute.getTime(), sum]));
  const last = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  return Array.from({ length: MINUTES_SHOWN }, (_, index) => {
    const at = last - (MINUTES_SHOWN - 1 - index) * MINUTE_MS;
    return sums.get(at) ?? { minute: new Date(at), coins: 0n, diamondUnits: 0n, gifts: 0n };
  });
}

/** When the first of the minutes begins; milliseconds since 1970. */
export function firstMinute(nowMs: number): number {
  return Math.floor(nowMs / MINUTE_MS) * MINUTE_MS - (MINUTES_SHOWN - 1) * MINUTE_MS;
}

/** The same Diamonds counted three ways, in units. */
export interface Counts {
  readonly stage: bigint;
  readonly gifts: bigint;
  readonly ledger: bigint;
  /** Entries of the ledger. */
  readonly entries: number;
}

export function agree({ stage, gifts, ledger }: Counts): boolean {
  return stage === gifts && gifts === ledger;
}

/** How the total of a live was made, for its creator to check. */
export function howTotal(counts: Counts): HowLine[] {
  const { stage, gifts, ledger, entries } = counts;
  const many = `${entries.toLocaleString('en-US')} ${entries === 1 ? 'entry' : 'entries'}`;
  return [
    {
      label: 'Your account, entry by entry',
      value: `${displayDiamonds(ledger)} Diamonds`,
      note: `${many} of gifts of this live on your account of pending Diamonds`,
    },
    {
      label: 'The gifts, one by one',
      value: `${displayDiamonds(gifts)} Diamonds`,
      note: 'What each gift says that it brought',
    },
    {
      label: 'As your stage counted',
      value: `${displayDiamonds(stage)} Diamonds`,
      note: 'While it showed the gifts',
    },
    {
      label: agree(counts) ? 'All three agree' : 'They do not agree yet',
      value: `${displayDiamonds(ledger)} Diamonds`,
      note: agree(counts) ? null : 'The last gifts may still be counted; look again in a few seconds',
    },
  ];
}
