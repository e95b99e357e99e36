import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { CompanionStatement } from '../ledger/index.ts';
import type { DueGift } from './store.ts';

/** A gift or an answer that does not mature until something is decided. */
export interface EarningHold {
  readonly earningId: Uuid;
  readonly recallId: Uuid;
  readonly reason: string;
  /** Who decides: "The fan’s bank". */
  readonly decidedBy: string;
  /** By then it is decided, at the latest. */
  readonly until: Date;
}

/** What was taken back of a gift or an answer that had not matured. */
export interface EarningReversal {
  readonly earningId: Uuid;
  readonly recallId: Uuid;
  readonly transferId: Uuid;
  readonly diamondUnits: bigint;
  readonly reason: string;
  readonly at: Date;
}

export async function holdsOfEarnings(db: Queryable, ids: readonly Uuid[]): Promise<EarningHold[]> {
  return db.query<EarningHold>(
    `select earning_id as "earningId", recall_id as "recallId", reason, decided_by as "decidedBy", until
       from earning_holds where earning_id = any($1::uuid[]) order by until desc, recall_id`,
    [ids],
  );
}

export async function reversalsOfEarnings(db: Queryable, ids: readonly Uuid[]): Promise<EarningReversal[]> {
  return db.query<EarningReversal>(
    `select earning_id as "earningId", recall_id as "recallId", transfer_id as "transferId",
            diamond_units as "diamondUnits", reason, at
       from earning_reversals where earning_id = any($1::uuid[]) order by at, recall_id`,
    [ids],
  );
}

/**
 * Commits with a maturity: none of these gifts is held, and nothing was taken back of them since their Diamonds were
 * added up. The ledger's order of commits makes this and a hold see one another.
 */
export function stillFree(gifts: readonly DueGift[]): CompanionStatement {
  return {
    text: `update gift_maturity_mark set swept_to = swept_to
            where not exists (select from earning_holds where earning_id = any($1::uuid[]))
              and $2 = (select coalesce(sum(diamond_units), 0) from earning_reversals
                         where earning_id = any($1::uuid[]))`,
    values: [gifts.map(({ id }) => id), gifts.reduce((sum, { reversedUnits }) => sum + reversedUnits, 0n)],
    expectRows: 1,
  };
}

/** Commits with a hold: none of these has matured. Changes nothing. */
export function notMatured(ids: readonly Uuid[]): CompanionStatement {
  return {
    text: `update gift_maturity_mark set swept_to = swept_to
            where not exists (select from gift_maturities where gift_id = any($1::uuid[]))`,
    values: [ids],
    expectRows: 1,
  };
}

/** Commits with the end of a hold: maturity looks again from `$1` on, the earliest date among what was held. */
export const MATURITY_AGAIN = `update gift_maturity_mark
  set swept_to = least(swept_to, $1::timestamptz), set_back = set_back + 1`;
