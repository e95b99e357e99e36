import { publicId, type Uuid } from '../core/ids.ts';
import { type Asset, displayUsd } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import {
  balanceAt,
  entriesAfter,
  type HistoryEntry,
  historyLeadsToBalance,
  lastCommitted,
  sumEntriesAfter,
  transfersByIds,
} from '../ledger/index.ts';
import { type TakenBack, takenBackOf } from '../refunds/index.ts';
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
  monthAt,
  NO_SPLIT,
  PAPER_ACCOUNTS,
  type PaperKind,
  plus,
  type Standing,
  sectionTitle,
  takenOff,
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
  /** Money that came back through a bank or a provider: a line each, beside those of the accounts. */
  readonly takenBack: readonly TakenBack[];
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
  /** The months of what it takes back, `2026-11`; empty where it takes back nothing. */
  readonly corrects: readonly string[];
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
  const soFar = !isOver(month, nowMs);
  const upto = await endOf(db, month, nowMs);
  const accounts: AccountSheet[] = [];
  const takenBack = of === 'fan' ? await takenBackIn(db, userId, nanoseconds(month.from) - 1n, upto) : [];
  for (const account of PAPER_ACCOUNTS[of]) {
    const sheet = await sheetOf(db, userId, account, month, upto);
    accounts.push(withTakenBack(sheet, takenBack));
  }
  return {
    of,
    userId,
    month,
    soFar,
    upto,
    asOf: new Date(Math.min(nowMs, month.to.getTime())),
    accounts,
    takenBack,
    lines: accounts.reduce((sum, { lines }) => sum + lines, 0),
  };
}

/** What came back after one instant and up to another. */
async function takenBackIn(
  db: Queryable,
  userId: Uuid,
  after: bigint,
  upto: bigint,
): Promise<readonly TakenBack[]> {
  return (await takenBackOf(db, userId)).filter(({ timestamp }) => timestamp > after && timestamp <= upto);
}

function withTakenBack(sheet: AccountSheet, takenBack: readonly TakenBack[]): AccountSheet {
  const lines = takenBack.filter((one) => accountOf(one) === sheet.account).length;
  if (lines === 0) return sheet;
  return {
    ...sheet,
    lines: sheet.lines + lines,
    sections: [...sheet.sections, { title: MONEY_BACK, lines, change: 0n }],
  };
}

const MONEY_BACK = 'Money that came back through your bank or the provider';

function accountOf({ asset }: TakenBack): WalletAccount {
  return asset === 'COIN' ? 'coins' : 'diamonds_purchased';
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
}

/** What the lines need of a head: a page of them does not add up the month again. */
export type LinesHead = Pick<StatementHead, 'userId' | 'month' | 'upto' | 'takenBack'> & {
  readonly accounts: readonly Pick<AccountSheet, 'account' | 'asset' | 'opening'>[];
};

/**
 * The head of a page of lines that begins behind a place: balances there come from the ledger's running totals. Refuses
 * with `statement_does_not_add_up` when an account's balance is not what its entries lead to.
 */
export async function openLines(
  db: Queryable,
  asked: { readonly of: PaperKind; readonly userId: Uuid; readonly month: Month },
  upto: bigint,
  from: StatementPlace | null,
): Promise<LinesHead> {
  const { of, userId, month } = asked;
  const names = PAPER_ACCOUNTS[of];
  const before = nanoseconds(month.from) - 1n;
  const accounts = await Promise.all(
    names.map(async (account, index) => {
      const accountId = walletAccountId(userId, account);
      const [opening, isWhole] = await Promise.all([
        standingAt(db, accountId, from === null ? before : placeBefore(names, index, from)),
        historyLeadsToBalance(db, accountId),
      ]);
      if (!isWhole) throw new Refusal(STATEMENT_DOES_NOT_ADD_UP, { account });
      return { account, asset: assetOf(account), opening };
    }),
  );
  const takenBack =
    of === 'fan' ? await takenBackIn(db, userId, from === null ? before : from.timestamp, upto) : [];
  return { userId, month, upto, accounts, takenBack };
}

/** Up to where a month is read: its end, or the last commit while it goes on. */
export async function endOf(db: Queryable, month: Month, nowMs: number): Promise<bigint> {
  const end = nanoseconds(month.to) - 1n;
  const committed = isOver(month, nowMs) ? end : await lastCommitted(db);
  return committed < end ? committed : end;
}

/**
 * The lines of a statement, oldest first, a chunk at a time: the same ones in every file and on the page. Read from its
 * beginning, throws `statement_does_not_add_up` at the end if what was read is not what the head says.
 */
export async function* statementLines(
  db: Queryable,
  head: StatementHead,
  chunkLines: number = CHUNK_LINES,
): AsyncGenerator<StatementLine[]> {
  const lines = new LineReader(db, head, null);
  let next = lines.read(chunkLines);
  for (;;) {
    const some = await next;
    if (some.length < chunkLines) {
      if (some.length > 0) yield some;
      break;
    }
    // The database reads on while these are written.
    next = lines.read(chunkLines);
    next.catch(() => {});
    yield some;
  }
  for (const [index, { account, closing }] of head.accounts.entries()) {
    if (lines.freeOf(index) !== free(closing)) throw new Refusal(STATEMENT_DOES_NOT_ADD_UP, { account });
  }
}

/** The lines behind a place, in order. */
export class LineReader {
  readonly #db: Queryable;
  readonly #sources: readonly Source[];
  readonly #money: FanMoney;
  readonly #takenBack: TakenBack[];
  #number: number;

  constructor(db: Queryable, head: LinesHead, from: StatementPlace | null) {
    this.#db = db;
    this.#sources = head.accounts.map((_, index) => new Source(db, head, index, from));
    this.#money = new FanMoney(db);
    this.#takenBack = [...head.takenBack];
    this.#number = from?.number ?? 0;
  }

  /** The next ones; fewer than asked when these are the last. Asked again only when they are there. */
  async read(count: number): Promise<StatementLine[]> {
    const entries: Taken[] = [];
    while (entries.length < count) {
      const taken = await takeOldest(this.#sources, this.#takenBack);
      if (taken === null) break;
      entries.push(taken);
    }
    const before = this.#number;
    this.#number += entries.length;
    return entries.length === 0 ? [] : describe(this.#db, entries, this.#money, before);
  }

  /** What can be spent of an account after what was read. */
  freeOf(index: number): bigint | undefined {
    return this.#sources[index]?.free;
  }
}

interface Taken {
  readonly account: WalletAccount;
  readonly asset: Asset;
  /** Whether the transfer debits (or holds on) the account. */
  readonly isDebit: boolean;
  /** What changed the account; of money that came back the payment, which changed none. */
  readonly entry: Pick<HistoryEntry, 'transfer' | 'kind' | 'timestamp' | 'posted' | 'heldDebit'> | null;
  readonly takenBack: TakenBack | null;
  readonly timestamp: bigint;
  readonly change: bigint;
  readonly freeAfter: bigint;
}

async function takeOldest(sources: readonly Source[], takenBack: TakenBack[]): Promise<Taken | null> {
  let oldest: Source | null = null;
  let at = 0n;
  for (const source of sources) {
    const timestamp = await source.peek();
    // Of the two lines of a transfer between own accounts, the account named first comes first.
    if (timestamp !== null && (oldest === null || timestamp < at)) [oldest, at] = [source, timestamp];
  }
  const [back] = takenBack;
  if (back !== undefined && (oldest === null || back.timestamp < at)) {
    takenBack.shift();
    const account = accountOf(back);
    const freeAfter = sources.find((source) => source.account === account)?.free ?? 0n;
    const { asset, timestamp } = back;
    return { account, asset, isDebit: false, entry: null, takenBack: back, timestamp, change: 0n, freeAfter };
  }
  return oldest?.take() ?? null;
}

/** One account's entries in order, read ahead a page at a time. */
class Source {
  readonly account: WalletAccount;
  readonly #db: Queryable;
  readonly #asset: Asset;
  readonly #accountId: Uuid;
  readonly #upto: bigint;
  #after: bigint;
  #free: bigint;
  #page: readonly HistoryEntry[] = [];
  #taken = 0;
  #isRead = false;

  constructor(db: Queryable, head: LinesHead, index: number, from: StatementPlace | null) {
    const sheet = head.accounts[index];
    if (sheet === undefined) throw new RangeError(`the statement has no account ${index}`);
    this.account = sheet.account;
    this.#db = db;
    this.#asset = sheet.asset;
    this.#accountId = walletAccountId(head.userId, sheet.account);
    this.#upto = head.upto;
    const names = head.accounts.map(({ account }) => account);
    this.#after = from === null ? nanoseconds(head.month.from) - 1n : placeBefore(names, index, from);
    this.#free = free(sheet.opening);
  }

  /** What can be spent after what was taken. */
  get free(): bigint {
    return this.#free;
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
    const { timestamp } = entry;
    this.#taken += 1;
    this.#after = timestamp;
    const change = entry.posted - entry.heldDebit;
    this.#free += change;
    return {
      account: this.account,
      asset: this.#asset,
      isDebit: entry.transfer.debitAccountId === this.#accountId,
      entry,
      takenBack: null,
      timestamp,
      change,
      freeAfter: this.#free,
    };
  }
}

const READ_AHEAD = 500;

/** An account after the one where the last line was has not shown its line of that instant yet. */
function placeBefore(names: readonly WalletAccount[], index: number, from: StatementPlace): bigint {
  return index > names.indexOf(from.account) ? from.timestamp - 1n : from.timestamp;
}

async function describe(
  db: Queryable,
  entries: readonly Taken[],
  money: FanMoney,
  before: number,
): Promise<StatementLine[]> {
  const descriptions = await describeAll(
    db,
    entries.flatMap(({ entry }) => entry?.transfer ?? []),
  );
  const described = entries.map((taken): Described => {
    const { entry, takenBack } = taken;
    const description = entry === null ? undefined : descriptions.get(entry.transfer.id);
    const corrects = takenBack === null ? (description?.corrects ?? []) : [takenBack.correctedTransferId];
    return { taken, description, spend: spendOf(taken, description), corrects };
  });
  const earlier = await readEarlier(db, described);
  const splits = await money.splits([
    ...described.flatMap(({ spend }) => spend ?? []),
    ...earlier.spends.values(),
  ]);
  return described.map((one, index): StatementLine => {
    const { taken, description, spend, corrects } = one;
    const { account, asset, entry, takenBack, timestamp, change, freeAfter } = taken;
    const line = {
      number: before + index + 1,
      at: new Date(Number(timestamp / 1_000_000n)),
      timestamp,
      account,
      asset,
      change,
      freeAfter,
      corrects: earlier.monthsOf(corrects),
    };
    if (takenBack !== null) return { ...line, ...moneyBack(takenBack) };
    if (entry === null) throw new Error('a line is of nothing');
    const kind = kindOf(entry.transfer.code);
    return {
      ...line,
      transferId: entry.transfer.id,
      section: sectionTitle(account, kind, wayOf(entry.kind, taken.isDebit)),
      kind,
      title: titleOf(entry, description),
      detail: description?.detail ?? '',
      reference: description?.link?.id ?? null,
      versions: description?.versions ?? null,
      split:
        spend === null
          ? reversedSplit(description, earlier.spends, splits)
          : (splits.get(spend.spent.coinTransferId) ?? null),
      bought: description?.bought ?? null,
      paidOut: description?.paidOut ?? null,
    };
  });
}

interface Described {
  readonly taken: Taken;
  readonly description: EntryDescription | undefined;
  readonly spend: PricedSpend | null;
  /** Transfers that it takes back. */
  readonly corrects: readonly Uuid[];
}

/** What is taken back by some lines: the spends that it was, by the transfer that the creator had got, and its months. */
async function readEarlier(
  db: Queryable,
  described: readonly Described[],
): Promise<{
  readonly spends: ReadonlyMap<Uuid, PricedSpend>;
  monthsOf(ids: readonly Uuid[]): readonly string[];
}> {
  const transfers = await transfersByIds(db, [...new Set(described.flatMap(({ corrects }) => corrects))]);
  const earned = described.flatMap(({ description }) => description?.takesBack ?? []);
  const descriptions = await describeAll(
    db,
    [...new Set(earned.map(({ earnedTransferId }) => earnedTransferId))].flatMap(
      (id) => transfers.get(id) ?? [],
    ),
  );
  const spends = new Map<Uuid, PricedSpend>();
  for (const [id, { spent, versions }] of descriptions) {
    if (spent != null && versions != null) spends.set(id, { spent, versions });
  }
  return {
    spends,
    monthsOf(ids) {
      const months = ids.flatMap((id) => {
        const at = transfers.get(id)?.timestamp;
        return at === undefined ? [] : monthAt(new Date(Number(at / 1_000_000n))).name;
      });
      return [...new Set(months)].sort();
    },
  };
}

/** What a reversal takes off; `null` for a line that reverses nothing. */
function reversedSplit(
  description: EntryDescription | undefined,
  spends: ReadonlyMap<Uuid, PricedSpend>,
  splits: ReadonlyMap<Uuid, MoneySplit>,
): MoneySplit | null {
  const parts = description?.takesBack ?? [];
  if (parts.length === 0) return null;
  return parts.reduce((sum, part) => {
    const spent = spends.get(part.earnedTransferId)?.spent;
    const split = spent === undefined ? undefined : splits.get(spent.coinTransferId);
    return spent === undefined || split === undefined ? sum : plus(sum, takenOff({ ...spent, split }, part));
  }, NO_SPLIT);
}

/** Nothing of an account: the money alone, as the ledger paid it. */
function moneyBack(
  back: TakenBack,
): Omit<
  StatementLine,
  'number' | 'at' | 'timestamp' | 'account' | 'asset' | 'change' | 'freeAfter' | 'corrects'
> {
  return {
    transferId: back.transferId,
    section: MONEY_BACK,
    kind: 'money_back',
    title: back.isSentBack
      ? back.kind === 'dispute'
        ? 'Your bank decided that the payment stands after all'
        : 'Your bank sent the refund back to us'
      : back.kind === 'dispute'
        ? 'Your bank gave the payment back'
        : 'The provider gave the payment back',
    detail: displayUsd(back.cents),
    reference: publicId('order', back.orderId),
    versions: null,
    split: null,
    bought: { priceCents: back.isSentBack ? back.cents : -back.cents, feeCents: 0n },
    paidOut: null,
  };
}

/** What is given stands on the fan's statement where Coins went, on the creator's where Diamonds came. */
function spendOf(
  { entry, account, isDebit }: Taken,
  description: EntryDescription | undefined,
): PricedSpend | null {
  const { spent, versions } = description ?? {};
  if (entry === null || spent == null || versions == null) return null;
  if (entry.kind !== 'moved' && entry.kind !== 'posted') return null;
  return isDebit === (account === 'coins') ? { spent, versions } : null;
}

/** Whether an account changed after one instant and up to another. */
export async function hasEntries(db: Queryable, accountId: Uuid, from: Date, to: Date): Promise<boolean> {
  return (await entriesAfter(db, accountId, nanoseconds(from) - 1n, nanoseconds(to) - 1n, 1)).length > 0;
}

/** Nothing, to add to. */
export const NO_TOTALS: StatementTotals = {
  lines: 0,
  split: NO_SPLIT,
  bought: { priceCents: 0n, feeCents: 0n },
  paidOut: { grossCents: 0n, feeCents: 0n, taxCents: 0n, netCents: 0n },
};

/** The sums with these lines added. */
export function addLines(totals: StatementTotals, lines: readonly StatementLine[]): StatementTotals {
  const sum = { split: { ...totals.split }, bought: { ...totals.bought }, paidOut: { ...totals.paidOut } };
  for (const { split, bought, paidOut } of lines) {
    if (split !== null) sum.split = plus(sum.split, split);
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
