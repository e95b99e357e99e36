import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { entriesAfter, postedAt, transfersByIds } from '../ledger/index.ts';
import { coinPurchases } from '../purchases/index.ts';
import { rateAt } from '../rates/index.ts';
import { coinsTaken, DIRECTED } from '../refunds/index.ts';
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
  readonly #directed = new Map<Uuid, readonly Directed[]>();
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
    for (const [index, { spent, versions, timestamp }] of found.entries()) {
      const directed = this.#directed.get(spent.payerId) ?? [];
      const end = (totals[index]?.debits ?? 0n) - directedBy(directed, timestamp).debits;
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
    const [purchases, takings] = await Promise.all([
      coinPurchases(this.#db, unknown),
      coinsTaken(this.#db, unknown),
    ]);
    const taken = new Map(takings.map(({ orderId, units }) => [orderId, units]));
    for (const userId of new Set(takings.map((one) => one.userId))) {
      this.#directed.set(userId, await this.#readDirected(userId));
    }
    // Just before the payment's first transfer: what the Coins were put on top of.
    const totals = await postedAt(
      this.#db,
      purchases.map(({ userId, postedAt: timestamp }) => ({ accountId: coinsOf(userId), timestamp })),
    );
    const lots = new Map<Uuid, PaidLot[]>(unknown.map((id) => [id, []]));
    const before = new Map<Uuid, bigint>();
    for (const [index, { orderId, userId, postedAt: timestamp, ...purchase }] of purchases.entries()) {
      const credits = totals[index]?.credits ?? 0n;
      const takenBefore = before.get(userId) ?? 0n;
      const takenNow = taken.get(orderId) ?? 0n;
      lots.get(userId)?.push({
        ...purchase,
        start: credits - directedBy(this.#directed.get(userId) ?? [], timestamp).credits - takenBefore,
        taken: takenNow,
      });
      before.set(userId, takenBefore + takenNow);
    }
    for (const [userId, own] of lots) this.#lots.set(userId, own);
  }

  /** What refunds and disputes moved by the name of a purchase: the order of spending says nothing of it. Rare. */
  async #readDirected(userId: Uuid): Promise<Directed[]> {
    const directed: Directed[] = [];
    for (let after = 0n; ; ) {
      const page = await entriesAfter(this.#db, coinsOf(userId), after, FOREVER, READ_AT_ONCE);
      for (const { transfer, timestamp, posted } of page) {
        if (DIRECTED.has(transfer.code) && posted !== 0n) directed.push({ timestamp, posted });
      }
      const last = page.at(-1);
      if (last === undefined || page.length < READ_AT_ONCE) return directed;
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

interface Directed {
  readonly timestamp: bigint;
  /** In units: credits positive, debits negative. */
  readonly posted: bigint;
}

const READ_AT_ONCE = 500;
const FOREVER = 9_223_372_036_854_775_807n;

/** What was moved by name up to an instant, in units. */
function directedBy(
  directed: readonly Directed[],
  timestamp: bigint,
): { readonly debits: bigint; readonly credits: bigint } {
  let debits = 0n;
  let credits = 0n;
  for (const one of directed) {
    if (one.timestamp > timestamp) break;
    if (one.posted < 0n) debits -= one.posted;
    else credits += one.posted;
  }
  return { debits, credits };
}

function coinsOf(userId: Uuid): Uuid {
  return walletAccountId(userId, 'coins');
}
