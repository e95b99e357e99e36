import type { Static } from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import type { Database } from '../db/database.ts';
import { type Gift, giftIdOfTransfer, giftsByIds, maturitiesOf, readCatalogue } from '../gifts/index.ts';
import { peopleByIds } from '../identity/index.ts';
import { type Transfer, TransferCodes } from '../ledger/index.ts';
import { type Prices, priceOf, type StatementRange, WalletStatement } from '../wallet/index.ts';
import type { earningSchema } from './schema.ts';

export type EarningJson = Static<typeof earningSchema>;

export interface EarningFilter extends StatementRange {
  readonly status?: 'pending' | 'available';
}

export interface EarningPage {
  readonly items: EarningJson[];
  readonly nextCursor: string | null;
}

/** Lines looked through for one page; see the wallet's statement. */
const SCAN_MAX = 2_000;

/** One page of the gifts that a creator earned by, newest first. */
export async function earningPage(
  db: Database,
  creatorId: Uuid,
  filter: EarningFilter,
  prices: Prices,
  place: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<EarningPage> {
  const statement = pendingStatement(db, creatorId, filter, place.cursor);
  const items: EarningJson[] = [];
  // Whether a gift has matured is known only after asking, so lines are taken until the page is full.
  for (let scanned = 0; scanned < SCAN_MAX && items.length < place.limit; ) {
    const { transfers, lines } = await earningTransfers(statement, place.limit - items.length);
    if (lines === 0) break;
    scanned += lines;
    const earnings = await earningsOfTransfers(db, transfers, prices);
    items.push(...earnings.filter(({ status }) => filter.status === undefined || filter.status === status));
  }
  return { items, nextCursor: await statement.cursor() };
}

/** Every such gift, a chunk at a time. */
export async function* earningChunks(
  db: Database,
  creatorId: Uuid,
  filter: EarningFilter,
  prices: Prices,
  chunkSize: number,
): AsyncIterable<EarningJson[]> {
  const statement = pendingStatement(db, creatorId, filter, undefined);
  for (;;) {
    const { transfers, lines } = await earningTransfers(statement, chunkSize);
    if (lines === 0) return;
    const earnings = await earningsOfTransfers(db, transfers, prices);
    yield earnings.filter(({ status }) => filter.status === undefined || filter.status === status);
  }
}

function pendingStatement(
  db: Database,
  creatorId: Uuid,
  range: StatementRange,
  cursor: string | undefined,
): WalletStatement {
  return new WalletStatement(db, creatorId, ['diamonds_pending'], range, cursor);
}

/** The next lines of the account that gifts are credited to, without what matured out of it. */
async function earningTransfers(
  statement: WalletStatement,
  most: number,
): Promise<{ transfers: Transfer[]; lines: number }> {
  const transfers: Transfer[] = [];
  let lines = 0;
  while (transfers.length < most && lines < SCAN_MAX) {
    const line = await statement.next();
    if (line === null) break;
    lines += 1;
    if (line.transfer.code === TransferCodes.gift_earned) transfers.push(line.transfer);
  }
  return { transfers, lines };
}

async function earningsOfTransfers(
  db: Database,
  transfers: readonly Transfer[],
  prices: Prices,
): Promise<EarningJson[]> {
  const giftIds = transfers.map(({ id }) => giftIdOfTransfer(id));
  const gifts = new Map((await giftsByIds(db, giftIds)).map((gift) => [gift.id, gift]));
  const senderIds = [...new Set([...gifts.values()].map(({ senderId }) => senderId))];
  const [catalogue, people, maturities] = await Promise.all([
    readCatalogue(db),
    peopleByIds(db, senderIds),
    maturitiesOf(db, giftIds),
  ]);
  const matured = new Set(maturities.map(({ giftId }) => giftId));
  return transfers.flatMap((transfer): EarningJson[] => {
    const gift = gifts.get(giftIdOfTransfer(transfer.id));
    if (gift === undefined) return [];
    const entry = catalogue.byId.get(gift.catalogueId);
    const sender = people.get(gift.senderId);
    return [
      {
        giftId: publicId('gift', gift.id),
        at: gift.sentAt.toISOString(),
        giftName: entry?.name ?? gift.catalogueId,
        art: entry?.art ?? '',
        quantity: gift.quantity,
        streak: streakOf(gift),
        sender: {
          handle: sender?.handle ?? '',
          displayName: sender?.displayName ?? 'Somebody',
          avatar: sender?.avatar ?? '',
        },
        coins: amountJson('COIN', gift.coins),
        amount: amountJson('DIAMOND', gift.diamondUnits),
        money: amountJson('USD', priceOf(prices, 'DIAMOND', gift.diamondUnits)),
        status: matured.has(gift.id) ? 'available' : 'pending',
        maturesAt: gift.maturesAt.toISOString(),
        transferId: publicId('tx', transfer.id),
      },
    ];
  });
}

function streakOf(gift: Gift): EarningJson['streak'] {
  return gift.streakId === null ? null : { id: publicId('streak', gift.streakId), count: gift.streakTo };
}
