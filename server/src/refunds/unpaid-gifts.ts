import type { Uuid } from '../core/ids.ts';
import type { Database } from '../db/database.ts';
import { RECOUNT_GIFTS } from '../gifts/index.ts';
import type { CompanionStatement } from '../ledger/index.ts';
import type { OrderRow } from '../purchases/index.ts';
import { findLot } from './find-lot.ts';
import { earningsByIds } from './held-gifts.ts';
import { earningIdOf } from './hold-recall.ts';
import type { RecallNow } from './refund.ts';
import { newestUpTo } from './rules.ts';

/** A gift that had matured when its payment was lost: its creator keeps it, and it counts for no place any more. */
interface UnpaidGift {
  readonly earningId: Uuid;
  readonly creatorId: Uuid;
  /** Of its price, what was never paid for in the end. */
  readonly units: bigint;
  readonly diamondUnits: bigint;
  /** Of what this order paid of it, what its cases took back before or count as unpaid. */
  readonly others: bigint;
}

/** The Coins of a gift that cases of an order took back, or that other cases of it count as unpaid. */
const othersOf = (gift: string, order: string, recall: string) => `coalesce((
  select sum(t.coins) from (
    select v.coins from earning_reversals v join recalls r on r.id = v.recall_id
     where v.earning_id = ${gift} and r.order_id = ${order}
    union all
    select u.coins from earning_unpaid u join recalls r on r.id = u.recall_id
     where u.earning_id = ${gift} and r.order_id = ${order} and r.id <> ${recall}
       and not exists (select from recall_returns b where b.recall_id = r.id)) as t), 0)::bigint`;

/** The matured gifts that so many units of an order's lot had paid for which are lost now, the newest first. */
export async function unpaidGifts(
  db: Database,
  recall: RecallNow,
  order: OrderRow,
  units: bigint,
): Promise<UnpaidGift[]> {
  if (units <= 0n) return [];
  const { uses } = await findLot(db, order);
  const spentOn = uses.map(({ transferId }) => earningIdOf(transferId));
  const [earnings, others] = await Promise.all([
    earningsByIds(db, spentOn),
    db.query<{ earningId: Uuid; coins: bigint }>(
      `select g.id as "earningId", ${othersOf('g.id', '$2', '$3')} as coins from unnest($1::uuid[]) as g (id)`,
      [spentOn, order.id, recall.id],
    ),
  ]);
  const byId = new Map(earnings.map((earning) => [earning.earningId, earning]));
  const known = new Map(others.map(({ earningId, coins }) => [earningId, coins]));
  const matured = uses.flatMap((use) => {
    const earning = byId.get(earningIdOf(use.transferId));
    if (earning === undefined || !earning.hasMatured) return [];
    const taken = known.get(earning.earningId) ?? 0n;
    return use.units > taken ? [{ ...earning, units: use.units - taken, others: taken }] : [];
  });
  return newestUpTo(matured, units).map((gift) => ({
    ...gift,
    diamondUnits: (gift.diamondUnits * gift.units) / gift.coins,
  }));
}

/** Commits with the end of a lost case: no other case of the order counted one of these meanwhile. */
export function keepUnpaid(
  { id, orderId }: Pick<RecallNow, 'id' | 'orderId'>,
  gifts: readonly UnpaidGift[],
  at: Date,
): CompanionStatement[] {
  if (gifts.length === 0) return [];
  const ids = gifts.map(({ earningId }) => earningId);
  return [
    {
      text: `insert into earning_unpaid (earning_id, recall_id, creator_id, coins, diamond_units, at)
             select g.id, $1, g.creator_id, g.coins, g.units, $2
               from unnest($3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[])
                 as g (id, creator_id, coins, units, others)
              where g.others = ${othersOf('g.id', '$8', '$1')}`,
      values: [
        id,
        at,
        ids,
        gifts.map(({ creatorId }) => creatorId),
        gifts.map(({ units }) => units),
        gifts.map(({ diamondUnits }) => diamondUnits),
        gifts.map(({ others }) => others),
        orderId,
      ],
      expectRows: gifts.length,
    },
    recountGifts(ids),
  ];
}

/** Commits with gifts that are taken back: places are made without them. */
export function recountGifts(ids: readonly Uuid[]): CompanionStatement {
  return { text: RECOUNT_GIFTS, values: [ids] };
}

/** Commits with what comes back of a lost case: the gifts that had matured are paid after all. */
export function paidAfterAll(recallId: Uuid): CompanionStatement {
  return {
    text: 'insert into supporter_recounts (earning_id) select earning_id from earning_unpaid where recall_id = $1',
    values: [recallId],
  };
}
