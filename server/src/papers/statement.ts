import { publicId, type Uuid } from '../core/ids.ts';
import type { Asset } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import {
  balanceAt,
  entriesAfter,
  type HistoryEntry,
  historyLeadsToBalance,
  lastCommitted,
  sumEntriesAfter,
} from '../ledger/index.ts';
import {
  assetOf,
  type Bought,
  describeAll,
  type EntryDescription,
  kindOf,
  type PaidOut,
  titleOf,
  type Versions,
  type WalletAccount,
  walletAccountId,
} from '../wallet/index.ts';
import { FanMoney, type PricedSpend } from './fan-money.ts';
import { STATEMENT_DOES_NOT_ADD_UP } from './refusals.ts';
import {
  addsUp,
  free,
  isOver,
  type MoneySplit,
  type Month,
  PAPER_ACCOUNTS,
  type PaperKind,
  type Standing,
  sectionTitle,
  WAYS,
  wayOf,
} from './rules.ts';

/** Lines of one kind on one account. */
export interface Section {
  readonly title: string;
  readonly lines: number;
  /** What they changed of what can be spent, in units. */
  readonly change: bigint;
}

/** One account over the month. */
export interface AccountSheet {
  readonly account: WalletAccount;
  readonly asset: Asset;
  readonly opening: Standing;
  readonly closing: Standing;
  readonly lines: number;
  readonly sections: readonly Section[];
}

/** What a statement says before its lines. It adds up: one that does not is refused. */
export interface StatementHead {
  readonly of: PaperKind;
  readonly userId: Uuid;
  readonly month: Month;
  /** Whether the month goes on: the statement is of what is committed so far. */
  readonly soFar: boolean;
  /** The last instant that it covers; nanoseconds since 1970. */
  readonly upto: bigint;
  readonly asOf: Date;
  readonly accounts: readonly AccountSheet[];
  readonly lines: number;
}

/** One movement on one account; a transfer between two own accounts is two lines. */
export interface StatementLine {
  /** Counts from 1. */
  readonly number: number;
  readonly at: Date;
  /** Nanoseconds since 1970: with the account, its place. */
  readonly timestamp: bigint;
  readonly transferId: Uuid;
  readonly account: WalletAccount;
  readonly asset: Asset;
  readonly section: string;
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  /** Public id of what it was: `gift_…`. */
  readonly reference: string | null;
  /** What can be spent more (or less, negative), in units, and what could be just after it. */
  readonly change: bigint;
  readonly freeAfter: bigint;
  readonly versions: Versions | null;
  readonly split: MoneySplit | null;
  readonly bought: Bought | null;
  readonly paidOut: PaidOut | null;
}

/** Sums over all lines. Money of gifts in millionths of a dollar, of purchases and payouts in cents. */
export interface StatementTotals {
  readonly lines: number;
  readonly split: MoneySplit;
  readonly bought: Bought;
  readonly paidOut: Pick<PaidOut, 'grossCents' | 'feeCents' | 'taxCents' | 'netCents'>;
}

/** Entries added up in one question. */
const SUMMED_AT_ONCE = 8_192;
/** Lines described in one go: what a turn of the event loop works on. */
const CHUNK_LINES = 250;

/**
 * What a person's month comes to, account by account, from the ledger alone. Refuses with
 * `statement_does_not_add_up` unless the lines lead from the opening to the closing balance.
 */
export async function openStatement(
  db: Queryable,
  asked: { readonly of: PaperKind; readonly userId: Uuid; readonly month: Month; readonly nowMs: number },
): Promise<StatementHead> {
  const { of, userId, month, nowMs } = asked;
  const end = nanoseconds(month.to) - 1n;
  const soFar = !isOver(month, nowMs);
  const committed = await lastCommitted(db);
  const upto = soFar && committed < end ? committed : end;
  const accounts: AccountSheet[] = [];
  for (const account of PAPER_ACCOUNTS[of]) accounts.push(await sheetOf(db, userId, account, month, upto));
  return {
    of,
    userId,
    month,
    soFar,
    upto,
    asOf: new Date(Math.min(nowMs, month.to.getTime())),
    accounts,
    lines: accounts.reduce((sum, { lines }) => sum + lines, 0),
  };
}

async function sheetOf(
  db: Queryable,
  userId: Uuid,
  account: WalletAccount,
  month: Month,
  upto: bigint,
): Promise<AccountSheet> {
  const accountId = walletAccountId(userId, account);
  const before = nanoseconds(month.from) - 1n;
  const [opening, closing, isWhole] = await Promise.all([
    standingAt(db, accountId, before),
    standingAt(db, accountId, upto > before ? upto : before),
    historyLeadsToBalance(db, accountId),
  ]);
  const sections = new Map<string, Section & { order: string }>();
  let changes: Standing = { posted: 0n, held: 0n };
  let lines = 0;
  for (let after = before; ; ) {
    const { sums, last } = await sumEntriesAfter(db, accountId, after, upto, SUMMED_AT_ONCE);
    if (last === null) break;
    after = last;
    for (const sum of sums) {
      const way = wayOf(sum.kind, sum.isDebit);
      const title = sectionTitle(account, kindOf(sum.code), way);
      const section = sections.get(title);
      sections.set(title, {
        title,
        order: `${WAYS.indexOf(way)} ${title}`,
        lines: (section?.lines ?? 0) + sum.lines,
        change: (section?.change ?? 0n) + sum.posted - sum.heldDebit,
      });
      lines += sum.lines;
      changes = { posted: changes.posted + sum.posted, held: changes.held + sum.heldDebit };
    }
  }
  if (!isWhole || !addsUp(opening, changes, closing)) {
    throw new Refusal(STATEMENT_DOES_NOT_ADD_UP, { account });
  }
  return {
    account,
    asset: assetOf(account),
    opening,
    closing,
    lines,
    sections: [...sections.values()]
      .sort((a, b) => (a.order < b.order ? -1 : 1))
      .map(({ order: _, ...section }) => section),
  };
}

/** An account just after an instant in nanoseconds. */
export async function standingAt(db: Queryable, accountId: Uuid, instant: bigint): Promise<Standing> {
  const { creditsPosted, debitsPosted, debitsPending } = await balanceAt(db, accountId, instant);
  return { posted: creditsPosted - debitsPosted, held: debitsPending };
}

/** Where reading goes on: behind this line. */
export interface StatementPlace {
  readonly timestamp: bigint;
  readonly account: WalletAccount;
  readonly number: number;
  /** What could be spent of each account after it, in the order of the head. */
  readonly free: readonly bigint[];
}

/**
 * The lines of a statement, oldest first, a chunk at a time: the same ones in every file and on the page. Read from its
 * beginning, throws `statement_does_not_add_up` at the end if what was read is not what the head says.
 */
export async function* statementLines(
  db: Queryable,
  head: StatementHead,
  from: StatementPlace | null = null,
  chunkLines: number = CHUNK_LINES,
): AsyncGenerator<StatementLine[]> {
  const sources = head.accounts.map((sheet, index) => new Source(db, head, sheet, index, from));
  const money = new FanMoney(db);
  let number = from?.number ?? 0;
  for (;;) {
    const entries: Taken[] = [];
    while (entries.length < chunkLines) {
      const taken = await takeOldest(sources);
      if (taken === null) break;
      entries.push(taken);
    }
    if (entries.length === 0) break;
    yield await describe(db, head, entries, money, number);
    number += entries.length;
  }
  // A later page is of the month as it was at the first one, and the head may be of a moment later.
  if (from === null) for (const source of sources) source.mustBeAtClosing();
}

interface Taken {
  readonly sheet: AccountSheet;
  /** Whether the transfer debits (or holds on) the account. */
  readonly isDebit: boolean;
  readonly entry: HistoryEntry;
  readonly change: bigint;
  readonly freeAfter: bigint;
}

async function takeOldest(sources: readonly Source[]): Promise<Taken | null> {
  let oldest: Source | null = null;
  let at = 0n;
  for (const source of sources) {
    const timestamp = await source.peek();
    // Of the two lines of a transfer between own accounts, the account named first comes first.
    if (timestamp !== null && (oldest === null || timestamp < at)) [oldest, at] = [source, timestamp];
  }
  return oldest?.take() ?? null;
}

/** One account's entries in order, read ahead a page at a time. */
class Source {
  readonly #db: Queryable;
  readonly #sheet: AccountSheet;
  readonly #accountId: Uuid;
  readonly #upto: bigint;
  #after: bigint;
  #free: bigint;
  #page: readonly HistoryEntry[] = [];
  #taken = 0;
  #isRead = false;

  constructor(
    db: Queryable,
    head: StatementHead,
    sheet: AccountSheet,
    index: number,
    from: StatementPlace | null,
  ) {
    this.#db = db;
    this.#sheet = sheet;
    this.#accountId = walletAccountId(head.userId, sheet.account);
    this.#upto = head.upto;
    this.#after = from === null ? nanoseconds(head.month.from) - 1n : placeBefore(head, index, from);
    this.#free = from?.free[index] ?? free(sheet.opening);
  }

  /** The instant of its next entry; `null` at the end. */
  async peek(): Promise<bigint | null> {
    if (this.#taken === this.#page.length && !this.#isRead) {
      this.#page = await entriesAfter(this.#db, this.#accountId, this.#after, this.#upto, READ_AHEAD);
      this.#taken = 0;
      this.#isRead = this.#page.length < READ_AHEAD;
    }
    return this.#page[this.#taken]?.timestamp ?? null;
  }

  take(): Taken {
    const entry = this.#page[this.#taken];
    if (entry === undefined) throw new Error('an entry is taken before it is looked at');
    this.#taken += 1;
    this.#after = entry.timestamp;
    const change = entry.posted - entry.heldDebit;
    this.#free += change;
    const isDebit = entry.transfer.debitAccountId === this.#accountId;
    return { sheet: this.#sheet, isDebit, entry, change, freeAfter: this.#free };
  }

  mustBeAtClosing(): void {
    if (this.#free !== free(this.#sheet.closing)) {
      throw new Refusal(STATEMENT_DOES_NOT_ADD_UP, { account: this.#sheet.account });
    }
  }
}

const READ_AHEAD = 500;

/** An account after the one where the last line was has not shown its line of that instant yet. */
function placeBefore({ accounts }: StatementHead, index: number, from: StatementPlace): bigint {
  const last = accounts.findIndex(({ account }) => account === from.account);
  return index > last ? from.timestamp - 1n : from.timestamp;
}

async function describe(
  db: Queryable,
  head: StatementHead,
  entries: readonly Taken[],
  money: FanMoney,
  before: number,
): Promise<StatementLine[]> {
  const descriptions = await describeAll(
    db,
    entries.map(({ entry }) => entry.transfer),
    head.userId,
  );
  const spends = entries.flatMap((taken): PricedSpend[] => {
    const spend = spendOf(taken, descriptions.get(taken.entry.transfer.id));
    return spend === null ? [] : [spend];
  });
  const splits = await money.splits(spends);
  return entries.map((taken, index): StatementLine => {
    const { sheet, entry, change, freeAfter } = taken;
    const description = descriptions.get(entry.transfer.id);
    const kind = kindOf(entry.transfer.code);
    const spend = spendOf(taken, description);
    return {
      number: before + index + 1,
      at: new Date(Number(entry.timestamp / 1_000_000n)),
      timestamp: entry.timestamp,
      transferId: entry.transfer.id,
      account: sheet.account,
      asset: sheet.asset,
      section: sectionTitle(sheet.account, kind, wayOf(entry.kind, taken.isDebit)),
      kind,
      title: titleOf(entry, description),
      detail: description?.detail ?? '',
      reference: description?.link?.id ?? null,
      change,
      freeAfter,
      versions: description?.versions ?? null,
      split: spend === null ? null : (splits.get(spend.spent.coinTransferId) ?? null),
      bought: description?.bought ?? null,
      paidOut: description?.paidOut ?? null,
    };
  });
}

/** What is given stands on the fan's statement where Coins went, on the creator's where Diamonds came. */
function spendOf(
  { entry, sheet, isDebit }: Taken,
  description: EntryDescription | undefined,
): PricedSpend | null {
  const { spent, versions } = description ?? {};
  if (spent == null || versions == null || (entry.kind !== 'moved' && entry.kind !== 'posted')) return null;
  return isDebit === (sheet.account === 'coins') ? { spent, versions } : null;
}

/** Whether an account changed after one instant and up to another. */
export async function hasEntries(db: Queryable, accountId: Uuid, from: Date, to: Date): Promise<boolean> {
  return (await entriesAfter(db, accountId, nanoseconds(from) - 1n, nanoseconds(to) - 1n, 1)).length > 0;
}

/** Nothing, to add to. */
export const NO_TOTALS: StatementTotals = {
  lines: 0,
  split: { paidMicros: 0n, feeMicros: 0n, creatorMicros: 0n, platformMicros: 0n },
  bought: { priceCents: 0n, feeCents: 0n },
  paidOut: { grossCents: 0n, feeCents: 0n, taxCents: 0n, netCents: 0n },
};

/** The sums with these lines added. */
export function addLines(totals: StatementTotals, lines: readonly StatementLine[]): StatementTotals {
  const sum = { split: { ...totals.split }, bought: { ...totals.bought }, paidOut: { ...totals.paidOut } };
  for (const { split, bought, paidOut } of lines) {
    if (split !== null) {
      sum.split.paidMicros += split.paidMicros;
      sum.split.feeMicros += split.feeMicros;
      sum.split.creatorMicros += split.creatorMicros;
      sum.split.platformMicros += split.platformMicros;
    }
    if (bought !== null) {
      sum.bought.priceCents += bought.priceCents;
      sum.bought.feeCents += bought.feeCents;
    }
    if (paidOut !== null) {
      sum.paidOut.grossCents += paidOut.grossCents;
      sum.paidOut.feeCents += paidOut.feeCents;
      sum.paidOut.taxCents += paidOut.taxCents;
      sum.paidOut.netCents += paidOut.netCents;
    }
  }
  return { lines: totals.lines + lines.length, ...sum };
}

/** Public id of a line's transfer, `tx_…`. */
export function lineId({ transferId }: StatementLine): string {
  return publicId('tx', transferId);
}

function nanoseconds(at: Date): bigint {
  return BigInt(at.getTime()) * 1_000_000n;
}
