import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { type CompanionStatement, defineCompanionTable } from '../ledger/index.ts';
import type { RecallNow } from './refund.ts';
import type { SpentOn } from './rules.ts';

export const EARNING_HOLD_ROWS = defineCompanionTable({
  name: 'earning_holds',
  columns: {
    earning_id: 'uuid',
    recall_id: 'uuid',
    units: 'int8',
    reason: 'text',
    decided_by: 'text',
    until: 'timestamptz',
    at: 'timestamptz',
  },
});

export const REVERSAL_ROWS = defineCompanionTable({
  name: 'earning_reversals',
  columns: {
    earning_id: 'uuid',
    recall_id: 'uuid',
    creator_id: 'uuid',
    transfer_id: 'uuid',
    coins: 'int8',
    diamond_units: 'int8',
    matures_at: 'timestamptz',
    reason: 'text',
    at: 'timestamptz',
  },
});

/** What a recall holds of gifts waits until then, when it is later than was said. */
export async function holdLonger(tx: Queryable, recallId: Uuid, until: Date): Promise<void> {
  await tx.query('update earning_holds set until = $2 where recall_id = $1 and until < $2', [
    recallId,
    until,
  ]);
}

/** A gift or an answer that some units paid for. */
export interface PaidEarning {
  readonly earningId: Uuid;
  readonly creatorId: Uuid;
  readonly coins: bigint;
  readonly diamondUnits: bigint;
  readonly reversedUnits: bigint;
  readonly maturesAt: Date;
  readonly hasMatured: boolean;
}

export async function earningsByIds(db: Queryable, ids: readonly Uuid[]): Promise<PaidEarning[]> {
  return db.query<PaidEarning>(
    `select e.id as "earningId", e.creator_id as "creatorId", e.coins, e.diamond_units as "diamondUnits",
            e.matures_at as "maturesAt",
            exists (select from gift_maturities m where m.gift_id = e.id) as "hasMatured",
            coalesce((select sum(v.diamond_units) from earning_reversals v where v.earning_id = e.id), 0)::bigint
              as "reversedUnits"
       from earnings e where e.id = any($1::uuid[])`,
    [ids],
  );
}

/** What other recalls hold or have taken back of a gift: in all, and by the name of one order. Coins. */
export interface TakenEarning {
  readonly earningId: Uuid;
  readonly coins: bigint;
  readonly ofOrder: bigint;
}

/** Of these gifts and answers, those of which recalls other than this one hold or have taken back something. */
export async function takenEarnings(
  db: Queryable,
  ids: readonly Uuid[],
  { id, orderId }: Pick<RecallNow, 'id' | 'orderId'>,
): Promise<ReadonlyMap<Uuid, TakenEarning>> {
  const rows = await db.query<TakenEarning>(
    `select t.earning_id as "earningId", sum(t.coins)::bigint as coins,
            coalesce(sum(t.coins) filter (where r.order_id = $3), 0)::bigint as "ofOrder"
       from (select earning_id, recall_id, coins from earning_reversals where earning_id = any($1::uuid[])
             union all
             select earning_id, recall_id, units from earning_holds where earning_id = any($1::uuid[])) as t
       join recalls r on r.id = t.recall_id and r.id <> $2
      group by 1`,
    [ids, id, orderId],
  );
  return new Map(rows.map((row) => [row.earningId, row]));
}

export interface HeldEarning extends SpentOn {
  readonly earningId: Uuid;
}

/** The gifts and answers that a recall keeps from maturing, newest first. */
export async function heldEarnings(db: Queryable, recallId: Uuid): Promise<HeldEarning[]> {
  return db.query<HeldEarning>(
    `select h.earning_id as "earningId", h.units from earning_holds h
       join earnings e on e.id = h.earning_id where h.recall_id = $1 order by e.committed desc`,
    [recallId],
  );
}

export interface Reversed {
  readonly coins: bigint;
  readonly diamondUnits: bigint;
  readonly gifts: number;
}

/** The Coins of gifts and answers that a recall has taken back, by gift. */
export async function coinsReversedBy(db: Queryable, recallId: Uuid): Promise<ReadonlyMap<Uuid, bigint>> {
  const rows = await db.query<{ id: Uuid; coins: bigint }>(
    'select earning_id as id, coins from earning_reversals where recall_id = $1',
    [recallId],
  );
  return new Map(rows.map(({ id, coins }) => [id, coins]));
}

/** What a recall has taken back of gifts so far. */
export async function reversedBy(db: Queryable, recallId: Uuid): Promise<Reversed> {
  const [row] = await db.query<Reversed>(
    `select coalesce(sum(coins), 0)::bigint as coins, coalesce(sum(diamond_units), 0)::bigint as "diamondUnits",
            count(*)::integer as gifts from earning_reversals where recall_id = $1`,
    [recallId],
  );
  return row ?? { coins: 0n, diamondUnits: 0n, gifts: 0 };
}

/** Commits with the reversal of gifts: they are still held by it, each once. */
export function endEarningHolds(recallId: Uuid, earningIds: readonly Uuid[]): CompanionStatement {
  return {
    text: 'delete from earning_holds where recall_id = $1 and earning_id = any($2::uuid[])',
    values: [recallId, earningIds],
    expectRows: earningIds.length,
  };
}

/** Commits with the end of a recall: nothing is held by it any more. */
export function endAllEarningHolds(recallId: Uuid): CompanionStatement {
  return { text: 'delete from earning_holds where recall_id = $1', values: [recallId] };
}

/** The earliest date among what a recall holds, `null` when it holds nothing. */
export async function firstHeldDate(db: Queryable, recallId: Uuid): Promise<Date | null> {
  const [row] = await db.query<{ first: Date | null }>(
    `select min(e.matures_at) as first from earning_holds h join earnings e on e.id = h.earning_id
      where h.recall_id = $1`,
    [recallId],
  );
  return row?.first ?? null;
}
