import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { postedAt, transfersByIds } from '../ledger/index.ts';
import { coinPurchases } from '../purchases/index.ts';
import { rateAt } from '../rates/index.ts';
import { type Spent, type Versions, walletAccountId } from '../wallet/index.ts';
import { type MoneySplit, type PaidLot, paidFor, splitOf } from './rules.ts';

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
  readonly #lots = new Map<Uuid, readonly PaidLot[]>();
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
      this.#readLots([...new Set(found.map(({ spent }) => spent.payerId))]),
      this.#readRates(found.map(({ versions }) => versions.rate)),
    ]);
    for (const [index, { spent, versions }] of found.entries()) {
      const end = totals[index]?.debits ?? 0n;
      const rate = this.#rates.get(versions.rate ?? 0);
      if (rate === undefined) continue;
      const paid = paidFor(this.#lots.get(spent.payerId) ?? [], end - spent.coins, end);
      splits.set(spent.coinTransferId, splitOf(paid, spent.creatorUnits, rate));
    }
    return splits;
  }

  async #readLots(payerIds: readonly Uuid[]): Promise<void> {
    if (this.#lots.size > KEPT_MAX) this.#lots.clear();
    const unknown = payerIds.filter((id) => !this.#lots.has(id));
    if (unknown.length === 0) return;
    const purchases = await coinPurchases(this.#db, unknown);
    // Just before the payment's first transfer: what the Coins were put on top of.
    const totals = await postedAt(
      this.#db,
      purchases.map(({ userId, postedAt: timestamp }) => ({ accountId: coinsOf(userId), timestamp })),
    );
    const lots = new Map<Uuid, PaidLot[]>(unknown.map((id) => [id, []]));
    for (const [index, { userId, units, priceCents, feeCents }] of purchases.entries()) {
      lots.get(userId)?.push({ start: totals[index]?.credits ?? 0n, units, priceCents, feeCents });
    }
    for (const [userId, own] of lots) this.#lots.set(userId, own);
  }

  async #readRates(versions: readonly (number | null)[]): Promise<void> {
    for (const version of new Set(versions)) {
      if (version === null || this.#rates.has(version)) continue;
      const rate = await rateAt(this.#db, version);
      if (rate !== null) this.#rates.set(version, rate.centsPerUnit);
    }
  }
}

function coinsOf(userId: Uuid): Uuid {
  return walletAccountId(userId, 'coins');
}
