import type { Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { Database } from '../db/database.ts';
import { INVALID_REQUEST } from '../http/refusals.ts';
import { type StatementLine, statement } from '../ledger/history.ts';
import { accountId } from '../ledger/index.ts';
import type { WalletAccount } from './schema.ts';

/** One movement on one account of a person. A transfer between two own accounts is two lines. */
export interface WalletLine extends StatementLine {
  readonly account: WalletAccount;
}

export interface StatementRange {
  /** Included. */
  readonly from?: Date;
  /** Not included. */
  readonly to?: Date;
}

const CHUNK_LINES = 200;
const START = '';
const END = '.';

/**
 * The movements of several accounts as one statement, newest first, from a place on. The place is a cursor that
 * holds how far each account has been read, so a page neither skips nor repeats a line whatever is posted meanwhile.
 */
export class WalletStatement {
  readonly #db: Database;
  readonly #range: StatementRange;
  readonly #sources: Source[];

  /** Refuses with `invalid_request` when the cursor is not one of a statement of these accounts. */
  constructor(
    db: Database,
    userId: Uuid,
    accounts: readonly WalletAccount[],
    range: StatementRange,
    cursor: string | undefined,
  ) {
    this.#db = db;
    this.#range = range;
    const places = cursor === undefined ? accounts.map(() => START) : placesOf(cursor, accounts.length);
    this.#sources = accounts.map((account, index) => ({
      account,
      accountId: accountId(userId, account, account === 'coins' ? 'COIN' : 'DIAMOND'),
      place: places[index] ?? START,
      lines: [],
      taken: 0,
      next: null,
    }));
  }

  /** The next line, or `null` at the end. */
  async next(): Promise<WalletLine | null> {
    for (const source of this.#sources) await this.#fill(source);
    let newest: Source | undefined;
    for (const source of this.#sources) {
      const head = source.lines[source.taken];
      const best = newest?.lines[newest.taken];
      if (head === undefined) continue;
      if (best === undefined || head.transfer.timestamp > best.transfer.timestamp) newest = source;
    }
    const line = newest?.lines[newest.taken];
    if (newest === undefined || line === undefined) return null;
    newest.taken += 1;
    return { ...line, account: newest.account };
  }

  /** Where the next line is, for another page; `null` at the end. */
  async cursor(): Promise<string | null> {
    const places: string[] = [];
    for (const source of this.#sources) places.push(await this.#placeOf(source));
    return places.every((place) => place === END) ? null : encodeCursor(places);
  }

  async #fill(source: Source): Promise<void> {
    if (source.taken < source.lines.length) return;
    if (source.lines.length > 0) source.place = source.next ?? END;
    source.lines = [];
    source.taken = 0;
    if (source.place === END) return;
    const page = await this.#read(source, CHUNK_LINES);
    source.lines = page.items;
    source.next = page.nextCursor;
    if (page.items.length === 0) source.place = END;
  }

  async #placeOf(source: Source): Promise<string> {
    if (source.taken === 0) return source.place;
    if (source.taken === source.lines.length) return source.next ?? END;
    // In the middle of what was read: the cursor there is the one behind a page that ends there.
    return (await this.#read(source, source.taken)).nextCursor ?? END;
  }

  #read(source: Source, limit: number) {
    return statement(this.#db, source.accountId, {
      limit,
      ...this.#range,
      ...(source.place === START ? {} : { cursor: source.place }),
    });
  }
}

interface Source {
  readonly account: WalletAccount;
  readonly accountId: Uuid;
  /** The cursor that `lines` were read from. */
  place: string;
  lines: readonly StatementLine[];
  /** How many of `lines` have been handed out. */
  taken: number;
  /** The cursor behind `lines`. */
  next: string | null;
}

function placesOf(cursor: string, count: number): string[] {
  const places = decodeCursor(cursor, count);
  if (places?.every((place) => typeof place === 'string')) return places as string[];
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}
