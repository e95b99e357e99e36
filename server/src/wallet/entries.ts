import type { Static } from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import { type Asset, amountJson } from '../core/money.ts';
import type { Database } from '../db/database.ts';
import { transferCodeName } from '../ledger/index.ts';
import { describeAll, type EntryDescription, kindOf } from './describe.ts';
import { type Prices, priceOf } from './prices.ts';
import { type entrySchema, WALLET_ACCOUNTS, type WalletAccount } from './schema.ts';
import { type StatementRange, type WalletLine, WalletStatement } from './statement.ts';

export type EntryJson = Static<typeof entrySchema>;

export interface EntryFilter extends StatementRange {
  readonly asset?: 'COIN' | 'DIAMOND';
  readonly kind?: string;
  readonly direction?: 'in' | 'out';
}

export interface EntryPage {
  readonly items: EntryJson[];
  readonly nextCursor: string | null;
}

/**
 * Lines looked through for one page. A filter that finds little gives a short page, even an empty one, and a
 * cursor to go on from, rather than a request without end.
 */
const SCAN_MAX = 2_000;

/** One page of a person's statement, newest first. */
export async function entryPage(
  db: Database,
  userId: Uuid,
  filter: EntryFilter,
  prices: Prices,
  place: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<EntryPage> {
  const statement = new WalletStatement(
    db,
    userId,
    accountsOf(filter),
    filter,
    place.cursor,
    isNarrow(filter) ? undefined : place.limit + 1,
  );
  const lines = await take(statement, filter, place.limit);
  return { items: await describeLines(db, lines, prices), nextCursor: await statement.cursor() };
}

/** Every entry of a filter, a chunk at a time. */
export async function* entryChunks(
  db: Database,
  userId: Uuid,
  filter: EntryFilter,
  prices: Prices,
  chunkSize: number,
): AsyncIterable<EntryJson[]> {
  const statement = new WalletStatement(db, userId, accountsOf(filter), filter, undefined);
  for (;;) {
    const lines = await take(statement, filter, chunkSize);
    yield await describeLines(db, lines, prices);
    if (lines.length < chunkSize && (await statement.cursor()) === null) return;
  }
}

/** Lines as entries: titles and prices asked for all at once. */
async function describeLines(
  db: Database,
  lines: readonly WalletLine[],
  prices: Prices,
): Promise<EntryJson[]> {
  const descriptions = await describeAll(
    db,
    lines.map((line) => line.transfer),
  );
  return lines.map((line) => entryOf(line, descriptions.get(line.transfer.id), prices));
}

export function entryOf(
  line: WalletLine,
  description: EntryDescription | undefined,
  prices: Prices,
): EntryJson {
  const asset = assetOf(line.account);
  const known = description?.moneyCents ?? null;
  const money = known === null ? priceOf(prices, asset, line.change) : line.change < 0n ? -known : known;
  return {
    id: publicId('tx', line.transfer.id),
    at: line.at.toISOString(),
    kind: kindOf(line.transfer.code),
    account: line.account,
    title: titleOf(line, description),
    detail: description?.detail ?? '',
    art: description?.art ?? null,
    group: description?.group ?? null,
    amount: amountJson(asset, line.change),
    money: amountJson('USD', money),
    balanceAfter: amountJson(asset, line.spendableAfter),
    status: description?.status ?? (line.account === 'diamonds_pending' ? 'pending' : 'settled'),
    link: description?.link ?? null,
  };
}

export function assetOf(account: WalletAccount): Asset {
  return account === 'coins' ? 'COIN' : 'DIAMOND';
}

function accountsOf({ asset }: EntryFilter): readonly WalletAccount[] {
  return WALLET_ACCOUNTS.filter((account) => asset === undefined || assetOf(account) === asset);
}

/** Whether lines may be left out, so that more must be read than are shown. */
function isNarrow({ kind, direction }: EntryFilter): boolean {
  return kind !== undefined || direction !== undefined;
}

async function take(statement: WalletStatement, filter: EntryFilter, limit: number): Promise<WalletLine[]> {
  const lines: WalletLine[] = [];
  for (let scanned = 0; scanned < SCAN_MAX && lines.length < limit; scanned += 1) {
    const line = await statement.next();
    if (line === null) break;
    if (matches(line, filter)) lines.push(line);
  }
  return lines;
}

function matches(line: WalletLine, { kind, direction }: EntryFilter): boolean {
  if (kind !== undefined && kindOf(line.transfer.code) !== kind) return false;
  if (direction === 'in') return line.change > 0n;
  if (direction === 'out') return line.change < 0n;
  return true;
}

/** What ran out of time is the held transfer once more, the other way. */
export function titleOf(
  { kind, transfer }: Pick<WalletLine, 'kind' | 'transfer'>,
  description: EntryDescription | undefined,
): string {
  const title = description?.title ?? plainTitle(transfer.code);
  return kind === 'expired' ? `${title} ran out of time` : title;
}

/** A title for a transfer that no slice describes: the flow's own name. */
function plainTitle(code: number): string {
  const name = transferCodeName(code)?.replaceAll('_', ' ') ?? 'transfer';
  return name.charAt(0).toUpperCase() + name.slice(1);
}
