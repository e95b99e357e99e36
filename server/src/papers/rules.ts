import type { Ratio } from '../core/money.ts';
import { groupDigits } from '../core/money.ts';
import type { WalletAccount } from '../wallet/index.ts';

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

/** Millionths of a dollar as a person reads them: at least two decimals, at most six, `$0.0135`, `−$1.20`. */
export function displayMicros(micros: bigint): string {
  const abs = micros < 0n ? -micros : micros;
  const fraction = (abs % 1_000_000n)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${micros < 0n ? '−' : ''}$${groupDigits(abs / 1_000_000n)}.${fraction}`;
}

/** What Diamonds are worth by a rate, in millionths of a dollar, rounded down. */
export function diamondMicros(units: bigint, centsPerUnit: Ratio): bigint {
  return (units * centsPerUnit.numerator * MICROS_PER_CENT) / centsPerUnit.denominator;
}

// --- Where the money of a spend came from and went --------------------------------------------------------------

/** What one purchase brought, by its place in the running total of all that was ever credited. */
export interface PaidLot {
  /** Running total before it, in units. */
  readonly start: bigint;
  readonly units: bigint;
  /** Of these units, those that a refund or a dispute took by name: they are spent on nothing. */
  readonly taken: bigint;
  readonly priceCents: bigint;
  readonly feeCents: bigint;
}

/** What was paid for Coins, and what the provider kept of it, in millionths of a dollar. */
export interface Paid {
  readonly paidMicros: bigint;
  readonly feeMicros: bigint;
}

/**
 * What was paid for the Coins that lie at [start, end) of the running total of all that was ever debited: first in,
 * first out. Each bound's part of a purchase is rounded down, and a spend is the difference of its bounds, so all
 * spends of one purchase sum to exactly its price and its fee. Coins that no money bought cost nothing.
 */
export function paidFor(lots: readonly PaidLot[], start: bigint, end: bigint): Paid {
  let paidMicros = 0n;
  let feeMicros = 0n;
  for (const lot of lots) {
    const from = larger(start, lot.start) - lot.start;
    const to = smaller(end, lot.start + lot.units - lot.taken) - lot.start;
    if (from >= to) continue;
    const part = (cents: bigint) =>
      (cents * MICROS_PER_CENT * to) / lot.units - (cents * MICROS_PER_CENT * from) / lot.units;
    paidMicros += part(lot.priceCents);
    feeMicros += part(lot.feeCents);
  }
  return { paidMicros, feeMicros };
}

/** Where the money of one gift went, in millionths of a dollar: paid = fee + platform + creator, always. */
export interface MoneySplit extends Paid {
  readonly creatorMicros: bigint;
  /** What is left for the house; negative where it gave more than was paid, as for Coins that were a present. */
  readonly platformMicros: bigint;
}

/** The creator's part is what the Diamonds were worth by the rate of the gift, rounded down; the rest is the house's. */
export function splitOf(paid: Paid, creatorUnits: bigint, centsPerUnit: Ratio): MoneySplit {
  const creatorMicros = diamondMicros(creatorUnits, centsPerUnit);
  return { ...paid, creatorMicros, platformMicros: paid.paidMicros - paid.feeMicros - creatorMicros };
}

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

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
