import { DAY_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { ASSET_LEDGERS, accountId, balanceAt, WORLD_CODE } from '../ledger/index.ts';
import { PAYOUT_WORLDS } from '../policy/index.ts';

/** What the ledger held before an instant, and moved in the days before it. */
export interface Holdings {
  /** Cents that were paid for Coins and Diamonds, less what was refunded or lost to the payers’ banks. */
  readonly purchasedCents: bigint;
  /** Diamond units withdrawn or exchanged, less those that came back. */
  readonly withdrawnUnits: bigint;
  /** Diamond units that were made, less those that were unmade: what gifts brought creators. */
  readonly earnedUnits: bigint;
  /** Diamond units that people have. */
  readonly outstandingUnits: bigint;
  /** Cents in cash and reserve. */
  readonly heldCents: bigint;
}

const NS_PER_MS = 1_000_000n;

/** Reads the ledger as it was; the same instant always gives the same, once nothing of before it is on its way. */
export async function holdingsBefore(db: Queryable, atMs: number, windowDays: number): Promise<Holdings> {
  const end = lastBefore(atMs);
  const begin = lastBefore(atMs - windowDays * DAY_MS);
  const cash = accountId('platform', 'cash', 'USD');
  const redeemed = accountId('platform', 'diamonds_redeemed', 'DIAMOND');
  const issued = accountId('platform', 'diamonds_issued', 'DIAMOND');
  const others = (['diamond_revenue', 'reserve', 'fund_diamonds'] as const).map((purpose) =>
    accountId('platform', purpose, 'DIAMOND'),
  );
  const [cashNow, redeemedThen, redeemedNow, issuedThen, issuedNow, reserve, ...rest] = await Promise.all([
    balanceAt(db, cash, end),
    balanceAt(db, redeemed, begin),
    balanceAt(db, redeemed, end),
    balanceAt(db, issued, begin),
    balanceAt(db, issued, end),
    balanceAt(db, accountId('platform', 'reserve', 'USD'), end),
    ...others.map((account) => balanceAt(db, account, end)),
  ]);
  const takers = await takersOfMoney(db);
  const purchases = await Promise.all(
    takers.map(async (id) => {
      const [then, now] = await Promise.all([balanceAt(db, id, begin), balanceAt(db, id, end)]);
      return net(then) - net(now);
    }),
  );
  // Credits equal debits over all accounts, so what the house's accounts are short of is what people have.
  const outstanding = [redeemedNow, issuedNow, ...rest].reduce((sum, account) => sum - net(account), 0n);
  return {
    purchasedCents: atLeastNone(purchases.reduce((sum, cents) => sum + cents, 0n)),
    withdrawnUnits: atLeastNone(net(redeemedNow) - net(redeemedThen)),
    earnedUnits: atLeastNone(net(issuedThen) - net(issuedNow)),
    outstandingUnits: atLeastNone(outstanding),
    heldCents: net(cashNow) + net(reserve),
  };
}

/** Nanoseconds since 1970: the last one before an instant. */
export function lastBefore(atMs: number): bigint {
  return BigInt(atMs) * NS_PER_MS - 1n;
}

/**
 * The accounts of the world by which money comes in: a purchase debits them, a refund and a lost dispute credit them.
 * All but those of payouts and the owner's.
 */
export async function takersOfMoney(db: Queryable): Promise<Uuid[]> {
  const others = [...PAYOUT_WORLDS, 'owner'].map((world) => accountId('world', world, 'USD'));
  const takers = await db.query<{ id: Uuid }>(
    'select id from ledger_accounts where code = $1 and ledger = $2 and id <> all($3::uuid[]) order by id',
    [WORLD_CODE, ASSET_LEDGERS.USD, others],
  );
  return takers.map(({ id }) => id);
}

function net({ creditsPosted, debitsPosted }: { creditsPosted: bigint; debitsPosted: bigint }): bigint {
  return creditsPosted - debitsPosted;
}

function atLeastNone(units: bigint): bigint {
  return units > 0n ? units : 0n;
}
