import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { entriesAfter, type HistoryEntry, postedAt, transfersByIds } from '../ledger/index.ts';
import { type CoinPurchase, coinPurchases } from '../purchases/index.ts';
import { rateAt } from '../rates/index.ts';
import { DIRECTED, peopleTakenFrom } from '../refunds/index.ts';
import { type Spent, type Versions, walletAccountId } from '../wallet/index.ts';
import { LotBook, type Stretch } from './lot-book.ts';
import { type MoneySplit, paidFor, splitOf } from './rules.ts';

/** People whose purchases are kept while one paper is made. */
const KEPT_MAX = 5_000;

/** A spend and the versions that priced it. */
export interface PricedSpend {
  readonly spent: Spent;
  readonly versions: Versions;
}

/**
 * Where fans' money went, many spends at once and in a fixed number of questions: what was paid for Coins is found by
 * the place of the spend in the running totals of its payer, first in first out.
 */
export class FanMoney {
  readonly #db: Queryable;
  readonly #payers = new Map<Uuid, Payer>();
  readonly #rates = new Map<number, { readonly numerator: bigint; readonly denominator: bigint }>();

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** By the transfer that debited the Coins. A spend that the ledger does not have is left out. */
  async splits(spends: readonly PricedSpend[]): Promise<ReadonlyMap<Uuid, MoneySplit>> {
    const splits = new Map<Uuid, MoneySplit>();
    if (spends.length === 0) return splits;
    const transfers = await transfersByIds(this.#db, [
      ...new Set(spends.map(({ spent }) => spent.coinTransferId)),
    ]);
    const found = spends.flatMap((one) => {
      const transfer = transfers.get(one.spent.coinTransferId);
      return transfer === undefined ? [] : [{ ...one, timestamp: transfer.timestamp }];
    });
    const [totals] = await Promise.all([
      postedAt(
        this.#db,
        found.map(({ spent, timestamp }) => ({ accountId: coinsOf(spent.payerId), timestamp })),
      ),
      this.#readPayers([...new Set(found.map(({ spent }) => spent.payerId))]),
      this.#readRates(found.map(({ versions }) => versions.rate)),
    ]);
    for (const [index, { spent, versions, timestamp }] of found.entries()) {
      const payer = this.#payers.get(spent.payerId);
      const rate = this.#rates.get(versions.rate ?? 0);
      if (payer === undefined || rate === undefined) continue;
      const end = (totals[index]?.debits ?? 0n) - takenBefore(payer.taken, timestamp);
      const paid = paidFor(payer.stretches, end - spent.coins, end);
      splits.set(spent.coinTransferId, splitOf(paid, spent.creatorUnits, rate));
    }
    return splits;
  }

  async #readPayers(payerIds: readonly Uuid[]): Promise<void> {
    if (this.#payers.size > KEPT_MAX) this.#payers.clear();
    const unknown = payerIds.filter((id) => !this.#payers.has(id));
    if (unknown.length === 0) return;
    const [purchases, taken] = await Promise.all([
      coinPurchases(this.#db, unknown),
      peopleTakenFrom(this.#db, unknown),
    ]);
    const byPayer = new Map<Uuid, CoinPurchase[]>(unknown.map((id) => [id, []]));
    for (const purchase of purchases) byPayer.get(purchase.userId)?.push(purchase);
    for (const id of taken) this.#payers.set(id, await this.#readSpends(id, byPayer.get(id) ?? []));
    const plain = purchases.filter(({ userId }) => !taken.has(userId));
    // Just before the payment's first transfer: what the Coins were put on top of.
    const totals = await postedAt(
      this.#db,
      plain.map(({ userId, postedAt: timestamp }) => ({ accountId: coinsOf(userId), timestamp })),
    );
    const stretches = new Map<Uuid, Stretch[]>(unknown.filter((id) => !taken.has(id)).map((id) => [id, []]));
    for (const [index, { userId, units, priceCents, feeCents }] of plain.entries()) {
      const start = totals[index]?.credits ?? 0n;
      stretches.get(userId)?.push({ start, units, offset: 0n, ofUnits: units, priceCents, feeCents });
    }
    for (const [id, own] of stretches) this.#payers.set(id, { stretches: own, taken: [] });
  }

  /** Somebody of whose purchases some went back by name: all that happened to their Coins, in its order. Rare. */
  async #readSpends(userId: Uuid, purchases: readonly CoinPurchase[]): Promise<Payer> {
    const prices = new Map(purchases.map((purchase) => [purchase.orderId, purchase]));
    const book = new LotBook();
    const taken: TakenSum[] = [];
    let units = 0n;
    for (let after = 0n; ; ) {
      const page = await entriesAfter(this.#db, coinsOf(userId), after, FOREVER, READ_AT_ONCE);
      for (const entry of page) {
        const { transfer, posted, timestamp } = entry;
        const name = transfer.userData128;
        if (DIRECTED.has(transfer.code)) {
          move(book, entry);
          if (posted >= 0n) continue;
          units -= posted;
          taken.push({ timestamp, units });
        } else if (posted > 0n) book.credit(posted, name, prices.get(name) ?? null);
        else if (posted < 0n) book.spend(-posted);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < READ_AT_ONCE) return { stretches: book.stretches, taken };
      after = last.timestamp;
    }
  }

  async #readRates(versions: readonly (number | null)[]): Promise<void> {
    for (const version of new Set(versions)) {
      if (version === null || this.#rates.has(version)) continue;
      const rate = await rateAt(this.#db, version);
      if (rate !== null) this.#rates.set(version, rate.centsPerUnit);
    }
  }
}

interface Payer {
  readonly stretches: readonly Stretch[];
  /** What was taken by name: debits in which no spend has its place. In order. */
  readonly taken: readonly TakenSum[];
}

interface TakenSum {
  readonly timestamp: bigint;
  /** All of it up to then, in units. */
  readonly units: bigint;
}

const READ_AT_ONCE = 500;
const FOREVER = 9_223_372_036_854_775_807n;

/** What is reserved of a purchase stays so until it is let go; what is posted went for good, unless it comes back. */
function move(book: LotBook, { transfer, kind, posted, heldDebit }: HistoryEntry): void {
  const name = transfer.userData128;
  const back = posted > 0n ? posted : kind === 'reserved' || kind === 'moved' ? 0n : posted - heldDebit;
  const more = kind === 'reserved' ? heldDebit : kind === 'moved' && posted < 0n ? -posted : 0n;
  if (more > 0n) book.take(more, name);
  if (back > 0n) book.giveBack(back, name);
}

/** What had been taken by name up to an instant, in units. */
function takenBefore(taken: readonly TakenSum[], timestamp: bigint): bigint {
  let units = 0n;
  for (const one of taken) {
    if (one.timestamp > timestamp) break;
    units = one.units;
  }
  return units;
}

function coinsOf(userId: Uuid): Uuid {
  return walletAccountId(userId, 'coins');
}
