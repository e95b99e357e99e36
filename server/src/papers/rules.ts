import { larger, smaller } from '../core/bigints.ts';
import type { Ratio } from '../core/money.ts';
import type { GiftMoney } from '../gifts/index.ts';
import type { TakenPart, WalletAccount } from '../wallet/index.ts';
import type { Stretch } from './lot-book.ts';

/** Whose papers: what a fan bought and gave, or what a creator earned and withdrew. */
export type PaperKind = 'fan' | 'creator';

/** The accounts that a statement is of. Together the two kinds have every account of a person, each once. */
export const PAPER_ACCOUNTS: Readonly<Record<PaperKind, readonly WalletAccount[]>> = {
  fan: ['coins', 'diamonds_purchased'],
  creator: ['diamonds_pending', 'diamonds_available'],
};

// --- Months ---------------------------------------------------------------------------------------------------

/** A calendar month, UTC. */
export interface Month {
  /** `2026-11`. */
  readonly name: string;
  /** Its first instant. */
  readonly from: Date;
  /** The first instant after it. */
  readonly to: Date;
}

/** The month that `2026-11` names; `null` when it names none. */
export function monthOf(name: string): Month | null {
  const [, year, month] = /^(2[0-9]{3})-(0[1-9]|1[0-2])$/.exec(name) ?? [];
  if (year === undefined || month === undefined) return null;
  return {
    name,
    from: new Date(Date.UTC(Number(year), Number(month) - 1)),
    to: new Date(Date.UTC(Number(year), Number(month))),
  };
}

/** The months from one instant to another, both included, the newest first. */
export function monthsBetween(first: Date, last: Date): Month[] {
  const months: Month[] = [];
  for (let at = monthAt(last); at.to > first; at = monthAt(new Date(at.from.getTime() - 1))) months.push(at);
  return months;
}

export function monthAt(at: Date): Month {
  const month = monthOf(at.toISOString().slice(0, 7));
  if (month === null) throw new RangeError(`in no month that has papers: ${at.toISOString()}`);
  return month;
}

/** A commit carries a time that is a moment old: a month is over when nothing can be dated into it any more. */
const LATE_MS = 60_000;

export function isOver(month: Month, nowMs: number): boolean {
  return nowMs >= month.to.getTime() + LATE_MS;
}

// --- Money finer than a cent ----------------------------------------------------------------------------------

/** One cent is 10,000 millionths of a dollar: a Coin costs fractions of a cent, and a statement must add up. */
export const MICROS_PER_CENT = 10_000n;

/** What Diamonds are worth by a rate, in millionths of a dollar, rounded down. */
export function diamondMicros(units: bigint, centsPerUnit: Ratio): bigint {
  return (units * centsPerUnit.numerator * MICROS_PER_CENT) / centsPerUnit.denominator;
}

// --- Where the money of a spend came from and went --------------------------------------------------------------

/** What was paid for Coins, and what the provider kept of it, in millionths of a dollar. */
export interface Paid {
  readonly paidMicros: bigint;
  readonly feeMicros: bigint;
}

/**
 * What was paid for the Coins that lie at [start, end) of the running total of all that was ever spent. Each bound's part
 * of a purchase is rounded down, and a spend is the difference of its bounds, so all spends of one purchase sum to exactly
 * its price and its fee. Coins that no money bought cost nothing.
 * @param stretches in order, none overlapping
 */
export function paidFor(stretches: readonly Stretch[], start: bigint, end: bigint): Paid {
  let paidMicros = 0n;
  let feeMicros = 0n;
  for (let index = firstEndingAfter(stretches, start); index < stretches.length; index += 1) {
    const stretch = stretches[index] as Stretch;
    if (stretch.start >= end) break;
    const from = larger(start, stretch.start) - stretch.start + stretch.offset;
    const to = smaller(end, stretch.start + stretch.units) - stretch.start + stretch.offset;
    const part = (cents: bigint) =>
      (cents * MICROS_PER_CENT * to) / stretch.ofUnits - (cents * MICROS_PER_CENT * from) / stretch.ofUnits;
    paidMicros += part(stretch.priceCents);
    feeMicros += part(stretch.feeCents);
  }
  return { paidMicros, feeMicros };
}

/** Somebody may have bought thousands of times. */
function firstEndingAfter(stretches: readonly Stretch[], place: bigint): number {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const stretch = stretches[middle] as Stretch;
    if (stretch.start + stretch.units > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where the money of one gift went; the page of the gift shows the same. */
export type MoneySplit = GiftMoney;

/** The creator's part is what the Diamonds were worth by the rate of the gift, rounded down; the rest is the house's. */
export function splitOf(paid: Paid, creatorUnits: bigint, centsPerUnit: Ratio): MoneySplit {
  const creatorMicros = diamondMicros(creatorUnits, centsPerUnit);
  return { ...paid, creatorMicros, platformMicros: paid.paidMicros - paid.feeMicros - creatorMicros };
}

/**
 * What a reversal takes off where the money of a gift went: the share of its Coins, the creator's the share of their
 * Diamonds. Running totals are rounded down, so a gift that is taken back whole, in however many parts, leaves nothing.
 */
export function takenOff(
  gift: { readonly split: MoneySplit; readonly coins: bigint; readonly creatorUnits: bigint },
  part: Pick<TakenPart, 'coins' | 'diamondUnits' | 'coinsBefore' | 'unitsBefore'>,
): MoneySplit {
  const share = (micros: bigint, of: bigint, before: bigint, now: bigint) =>
    of === 0n ? 0n : (micros * (before + now)) / of - (micros * before) / of;
  const { split, coins, creatorUnits } = gift;
  const paidMicros = -share(split.paidMicros, coins, part.coinsBefore, part.coins);
  const feeMicros = -share(split.feeMicros, coins, part.coinsBefore, part.coins);
  const creatorMicros = -share(split.creatorMicros, creatorUnits, part.unitsBefore, part.diamondUnits);
  return { paidMicros, feeMicros, creatorMicros, platformMicros: paidMicros - feeMicros - creatorMicros };
}

/** Two splits as one. */
export function plus(one: MoneySplit, other: MoneySplit): MoneySplit {
  return {
    paidMicros: one.paidMicros + other.paidMicros,
    feeMicros: one.feeMicros + other.feeMicros,
    creatorMicros: one.creatorMicros + other.creatorMicros,
    platformMicros: one.platformMicros + other.platformMicros,
  };
}

/** Nothing, to add to. */
export const NO_SPLIT: MoneySplit = { paidMicros: 0n, feeMicros: 0n, creatorMicros: 0n, platformMicros: 0n };

// --- Sections -------------------------------------------------------------------------------------------------

/** How an entry moved an account, in the order in which a statement tells them. */
export const WAYS = ['in', 'out', 'held', 'settled', 'freed'] as const;
export type EntryWay = (typeof WAYS)[number];

/** From the ledger's kind of an entry, and whether it debited the account. */
export function wayOf(
  kind: 'moved' | 'reserved' | 'posted' | 'voided' | 'expired',
  isDebit: boolean,
): EntryWay {
  if (!isDebit) return 'in';
  if (kind === 'reserved') return 'held';
  if (kind === 'posted') return 'settled';
  return kind === 'moved' ? 'out' : 'freed';
}

/**
 * What a section of a statement is called: by the account, the word of the slice that posted, and the way. A word
 * that nobody here knows is said as it is.
 */
export function sectionTitle(account: WalletAccount, kind: string, way: EntryWay): string {
  return KNOWN_SECTIONS[`${account} ${kind} ${way}`] ?? `${sentence(kind)}${WAY_WORDS[way]}`;
}

const KNOWN_SECTIONS: Readonly<Record<string, string>> = {
  'coins purchase in': 'Bought',
  'coins gift out': 'Gifts given',
  'coins question held': 'Questions asked: held until answered',
  'coins question settled': 'Questions answered: what was held is spent',
  'coins question freed': 'Questions returned',
  'coins refund held': 'Refunds asked for: held until they are decided',
  'coins refund settled': 'Refunded: what was held went back',
  'coins refund freed': 'Refunds that did not happen',
  'coins refund in': 'Refunds that could not be delivered',
  'coins dispute held': 'Payments disputed, or refunded at the provider: held until it is decided',
  'coins dispute settled': 'Payments taken back: what was held is gone',
  'coins dispute freed': 'Disputes over: free again',
  'coins dispute out': 'Payments taken back',
  'coins dispute in': 'Refunds at the provider that could not be delivered',
  'diamonds_purchased refund held': 'Refunds asked for: held until they are decided',
  'diamonds_purchased refund settled': 'Refunded: what was held went back',
  'diamonds_purchased refund freed': 'Refunds that did not happen',
  'diamonds_purchased refund in': 'Refunds that could not be delivered',
  'diamonds_purchased dispute held':
    'Payments disputed, or refunded at the provider: held until it is decided',
  'diamonds_purchased dispute settled': 'Payments taken back: what was held is gone',
  'diamonds_purchased dispute freed': 'Disputes over: free again',
  'diamonds_purchased dispute out': 'Payments taken back',
  'diamonds_purchased dispute in': 'Refunds at the provider that could not be delivered',
  'diamonds_pending reversal out': 'Gifts reversed: their payment was taken back',
  'diamonds_purchased purchase in': 'Bought',
  'diamonds_pending gift in': 'Gifts received',
  'diamonds_pending question in': 'Questions answered',
  'diamonds_pending maturity out': 'Became available',
  'diamonds_available maturity in': 'Became available',
  'diamonds_available withdrawal held': 'Withdrawals asked for: held until sent',
  'diamonds_available withdrawal settled': 'Withdrawals sent: what was held is paid out',
  'diamonds_available withdrawal freed': 'Withdrawals canceled or not sent',
  'diamonds_available withdrawal in': 'Withdrawals that came back',
};

const WAY_WORDS: Readonly<Record<EntryWay, string>> = {
  in: ': in',
  out: ': out',
  held: ': held',
  settled: ': what was held is gone',
  freed: ': free again',
};

function sentence(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1).replaceAll('_', ' ')}`;
}

// --- Adding up ------------------------------------------------------------------------------------------------

/** An account at one instant, in units. */
export interface Standing {
  /** All that is on it. */
  readonly posted: bigint;
  /** What of that is held and cannot be spent. */
  readonly held: bigint;
}

/** What can be spent of an account. */
export function free({ posted, held }: Standing): bigint {
  return posted - held;
}

/** Whether the lines lead from the opening to the closing balance, to the unit: what is there, and what is held. */
export function addsUp(opening: Standing, changes: Standing, closing: Standing): boolean {
  return opening.posted + changes.posted === closing.posted && opening.held + changes.held === closing.held;
}
