import { smaller } from '../core/bigints.ts';
import { DAY_MS } from '../core/clock.ts';
import { convertUp } from '../core/money.ts';
import type { Queryable } from '../db/database.ts';
import { ASSET_LEDGERS, accountId, balanceAt, TransferCodes, TransferFlags } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import { holdingsBefore, lastBefore, takersOfMoney } from './holdings.ts';

/** What the formula is made from: only what can no longer be undone by whoever did it. */
export interface FormulaHoldings {
  /** Cents that were paid in the window, less what went back of these very payments since. */
  readonly purchasedCents: bigint;
  /** Diamond units withdrawn or exchanged in the window, less those that came back in it. */
  readonly withdrawnUnits: bigint;
  /** Diamond units that people have, without those that were bought after the window. */
  readonly outstandingUnits: bigint;
  /** Cents in cash and reserve, without those that fans may still take back. */
  readonly heldCents: bigint;
}

/**
 * How many days before its midnight the formula's window ends: until then a fan may give back by themselves what they
 * paid, and a day more, for a refund takes its time. Otherwise whoever buys much and gives it back would move the rate
 * for nothing.
 */
export function settledDaysOf({ refunds }: Pick<Policy, 'refunds'>): number {
  return refunds.selfServiceDays + 1;
}

/** Reads the ledger as it was; the same instant always gives the same, once nothing of before it is on its way. */
export async function formulaHoldings(db: Queryable, atMs: number, policy: Policy): Promise<FormulaHoldings> {
  const { windowDays } = policy.rates.formula;
  const settledDays = settledDaysOf(policy);
  const settledMs = atMs - settledDays * DAY_MS;
  const fromMs = settledMs - windowDays * DAY_MS;
  const redeemed = accountId('platform', 'diamonds_redeemed', 'DIAMOND');
  const [held, settled, open, unspent, redeemedThen, redeemedNow] = await Promise.all([
    holdingsBefore(db, atMs, windowDays),
    paidOfDays(db, fromMs, { days: windowDays, atMs }),
    paidOfDays(db, settledMs, { days: settledDays, atMs }),
    unspentCoins(db, atMs),
    balanceAt(db, redeemed, lastBefore(fromMs)),
    balanceAt(db, redeemed, lastBefore(settledMs)),
  ]);
  const credited = redeemedNow.creditsPosted - redeemedThen.creditsPosted;
  const debited = redeemedNow.debitsPosted - redeemedThen.debitsPosted;
  return {
    purchasedCents: atLeastNone(settled.cents),
    withdrawnUnits: atLeastNone(credited - debited),
    outstandingUnits: atLeastNone(held.outstandingUnits - open.units),
    heldCents: atLeastNone(held.heldCents - refundableCents(policy, { ...open, coins: unspent })),
  };
}

/**
 * The most that fans may still take back of what was paid after the window: no more than that, and no more than their
 * unspent Coins and these Diamonds cost. What was given is not taken back, and its money is there for whom it was given to.
 */
export function refundableCents(
  { coins, diamonds }: Pick<Policy, 'coins' | 'diamonds'>,
  open: { readonly cents: bigint; readonly units: bigint; readonly coins: bigint },
): bigint {
  const worth =
    convertUp(open.coins, coins.centsPerCoin) + convertUp(atLeastNone(open.units), diamonds.centsPerUnit);
  return atLeastNone(smaller(open.cents, worth));
}

/** Coins that people have, and that wait for an answer. */
async function unspentCoins(db: Queryable, atMs: number): Promise<bigint> {
  const accounts = await Promise.all(
    (['coins_issued', 'coins_spent', 'reserve'] as const).map((purpose) =>
      balanceAt(db, accountId('platform', purpose, 'COIN'), lastBefore(atMs)),
    ),
  );
  return atLeastNone(
    accounts.reduce((sum, { creditsPosted, debitsPosted }) => sum + debitsPosted - creditsPosted, 0n),
  );
}

/** What payments came to: cents, and the Diamond units that were bought. */
interface Paid {
  readonly cents: bigint;
  readonly units: bigint;
}

/** Codes by which an order is paid, and given back; an index has just these. All name their order. */
const { purchase, diamonds_bought, refund, dispute, refund_failed } = TransferCodes;
/** What is only reserved has not moved, and neither has what was let go of. */
const UNMOVED = TransferFlags.pending | TransferFlags.voidPendingTransfer;

/** Of what was paid in so many days: what is left of it, just before `atMs`. One day after the other: each is soon read. */
async function paidOfDays(
  db: Queryable,
  fromMs: number,
  { days, atMs }: { readonly days: number; readonly atMs: number },
): Promise<Paid> {
  const about = [
    await takersOfMoney(db),
    accountId('platform', 'diamonds_issued', 'DIAMOND'),
    lastBefore(atMs),
  ] as const;
  let [cents, units] = [0n, 0n];
  for (let day = 0; day < days; day += 1) {
    const [row] = await db.query<Paid>(
      `select coalesce(sum(case when debit_account_id = any($1::uuid[]) then amount
                                when credit_account_id = any($1::uuid[]) then -amount end), 0)::bigint as cents,
              coalesce(sum(case when debit_account_id = $2 then amount
                                when credit_account_id = $2 then -amount end), 0)::bigint as units
         from ledger_transfers
        where flags & ${UNMOVED} = 0 and ledger in (${ASSET_LEDGERS.USD}, ${ASSET_LEDGERS.DIAMOND})
          and (code in (${purchase}, ${diamonds_bought}) and timestamp > $4 and timestamp <= $5
            or code in (${refund}, ${dispute}, ${refund_failed}) and timestamp > $4 and timestamp <= $3
               and user_data_128 in (select user_data_128 from ledger_transfers
                                      where code = ${purchase} and timestamp > $4 and timestamp <= $5))`,
      [...about, lastBefore(fromMs + day * DAY_MS), lastBefore(fromMs + (day + 1) * DAY_MS)],
    );
    if (row === undefined) throw new Error('a sum has one row');
    cents += row.cents;
    units += row.units;
  }
  return { cents, units };
}

function atLeastNone(units: bigint): bigint {
  return units > 0n ? units : 0n;
}
