import type { Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import { INVALID_REQUEST } from '../http/refusals.ts';
import { accountId, type StatementLine, statement } from '../ledger/index.ts';
import { WALLET_ACCOUNTS, type WalletAccount } from './schema.ts';

/** One movement on one account of a person. A transfer between two own accounts is two lines. */
export interface WalletLine extends StatementLine {
  readonly account: WalletAccount;
  /**
   * What could be spent more (or less, negative) after it, in units: what is held for something cannot be spent, so a
   * hold takes it away, and the spending of what was held takes nothing more.
   */
  readonly change: bigint;
  /** What could be spent just after it: posted credits less posted and held debits. */
  readonly spendableAfter: bigint;
}

export interface StatementRange {
  /** Included. */
  readonly from?: Date;
  /** Not included. */
  readonly to?: Date;
}

const CHUNK_LINES = 200;

/**
 * The movements of several accounts as one statement, newest first, from a place on. The place is the last line that
 * was handed out, so a page neither skips nor repeats a line whatever is posted meanwhile.
 */
export class WalletStatement {
  readonly #db: Queryable;
  readonly #range: StatementRange;
  readonly #sources: Source[];
  readonly #chunk: number;
  #last: { readonly timestamp: bigint; readonly account: WalletAccount } | null = null;

  /** Refuses with `invalid_request` when the cursor is none. `chunk`: lines read from an account at once. */
  constructor(
    db: Queryable,
    userId: Uuid,
    accounts: readonly WalletAccount[],
    range: StatementRange,
    cursor: string | undefined,
    chunk: number = CHUNK_LINES,
  ) {
    this.#db = db;
    this.#range = range;
    this.#chunk = Math.min(chunk, CHUNK_LINES);
    const place = cursor === undefined ? null : placeOf(cursor);
    this.#sources = accounts.map((account) => ({
      account,
      accountId: walletAccountId(userId, account),
      // The two lines of a transfer between own accounts share an instant: the place says which one came last.
      before: place === null ? null : place.timestamp + (isAfter(account, place.account) ? 1n : 0n),
      lines: [],
      taken: 0,
      isRead: false,
    }));
  }

  /** The next line, or `null` at the end. */
  async next(): Promise<WalletLine | null> {
    const source = await this.#newest();
    const line = source?.lines[source.taken];
    if (source === undefined || line === undefined) return null;
    source.taken += 1;
    this.#last = { timestamp: line.timestamp, account: source.account };
    return walletLine(line, source.accountId, source.account);
  }

  /** Where another page goes on, `null` when nothing is left. */
  async cursor(): Promise<string | null> {
    if (this.#last === null || (await this.#newest()) === undefined) return null;
    return encodeCursor([this.#last.timestamp.toString(), this.#last.account]);
  }

  async #newest(): Promise<Source | undefined> {
    let newest: Source | undefined;
    for (const source of this.#sources) {
      await this.#fill(source);
      const head = source.lines[source.taken];
      const best = newest?.lines[newest.taken];
      if (head !== undefined && (best === undefined || head.timestamp > best.timestamp)) newest = source;
    }
    return newest;
  }

  async #fill(source: Source): Promise<void> {
    if (source.taken < source.lines.length || source.isRead) return;
    const page = await statement(this.#db, source.accountId, { limit: this.#chunk, ...this.#bounds(source) });
    source.lines = page.items;
    source.taken = 0;
    source.isRead = page.nextCursor === null;
    source.before = page.items.at(-1)?.timestamp ?? source.before;
  }

  #bounds({ before }: Source): { from?: Date; to?: Date | bigint } {
    const { from, to } = this.#range;
    const toNs = to === undefined ? null : BigInt(to.getTime()) * 1_000_000n;
    const end = before === null || (toNs !== null && toNs < before) ? toNs : before;
    return { ...(from === undefined ? {} : { from }), ...(end === null ? {} : { to: end }) };
  }
}

/** A line of an account as the wallet tells it. */
export function walletLine(line: StatementLine, accountId: Uuid, account: WalletAccount): WalletLine {
  const held = line.transfer.debitAccountId === accountId ? line.held : 0n;
  return {
    ...line,
    account,
    change: line.amount + held,
    spendableAfter: line.balanceAfter - line.after.debitsPending,
  };
}

/** The ledger's account behind a name of the wallet. */
export function walletAccountId(userId: Uuid, account: WalletAccount): Uuid {
  return accountId(userId, account, account === 'coins' ? 'COIN' : 'DIAMOND');
}

interface Source {
  readonly account: WalletAccount;
  readonly accountId: Uuid;
  /** Lines from this instant on have been read; nanoseconds. `null` = none yet. */
  before: bigint | null;
  lines: readonly StatementLine[];
  /** How many of `lines` have been handed out. */
  taken: number;
  /** Whether nothing is left behind `lines`. */
  isRead: boolean;
}

function isAfter(account: WalletAccount, other: WalletAccount): boolean {
  return WALLET_ACCOUNTS.indexOf(account) > WALLET_ACCOUNTS.indexOf(other);
}

function placeOf(cursor: string): { timestamp: bigint; account: WalletAccount } {
  const [timestamp, name] = decodeCursor(cursor, 2) ?? [];
  const account = WALLET_ACCOUNTS.find((known) => known === name);
  if (
    typeof timestamp === 'string' &&
    /^[0-9]{1,18}$|^[1-8][0-9]{18}$/.test(timestamp) &&
    account !== undefined
  ) {
    return { timestamp: BigInt(timestamp), account };
  }
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}
