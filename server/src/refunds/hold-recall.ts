import { larger, smaller } from '../core/bigints.ts';
import { DAY_MS } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { notMatured } from '../gifts/index.ts';
import { accountId, LedgerConflict, type Posting, pendingEvent } from '../ledger/index.ts';
import { type OrderRow, orderById, type Shop } from '../purchases/index.ts';
import { accountOfOrder, findLot } from './find-lot.ts';
import {
  coinsReversedBy,
  EARNING_HOLD_ROWS,
  earningsByIds,
  heldEarnings,
  reversedBy,
  takenEarnings,
} from './held-gifts.ts';
import { HOLD_ROWS, holdsOf, recallById, recallCounts } from './recall-store.ts';
import type { RecallNow } from './refund.ts';
import { newestUpTo, recallShare } from './rules.ts';
import { type AccountMark, countReturn, returnsOf } from './store.ts';

/** Each time, somebody spent, bought or refunded between the look and the commit. */
const TRIES_MAX = 20;
/** Gifts held in one commit; others wait meanwhile. */
const HELD_AT_ONCE = 1_000;
/** A bank decides within so long after the evidence was due. */
const DECIDED_MS = 75 * DAY_MS;

/** By when a case is decided, at the latest. */
export function decidedUntil(evidenceDueAt: Date): Date {
  return new Date(evidenceDueAt.getTime() + DECIDED_MS);
}

/**
 * Holds what a recall may take: the unspent units of its lot, so that they cannot be spent, and the gifts that the rest
 * paid for and that have not matured, so that they do not. Holds more when more has come free since; safe at any time.
 *
 * Answers false when it was decided meanwhile.
 */
export async function holdRecall(shop: Shop, id: Uuid): Promise<boolean> {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const recall = await recallById(shop.house.db, id);
    if (recall === null || (recall.state !== 'held' && recall.state !== 'parked')) return false;
    const order = await orderById(shop.house.db, recall.orderId);
    if (order === null) throw new Error(`recall ${id} has no order`);
    const posting = await nextHold(shop, recall, order);
    if (posting === null) return true;
    await tryHold(shop, posting);
  }
  throw new Error(`the wallet of recall ${id} changed ${TRIES_MAX} times while it was to be held`);
}

/** What is to be held now and is not yet; `null` when all is. */
export async function nextHold(shop: Shop, recall: RecallNow, order: OrderRow): Promise<Posting | null> {
  const { db, clock } = shop.house;
  const returns = await returnsOf(db, order.id);
  if (returns === null) throw new Error(`order ${order.id} was not paid`);
  const own = { units: recall.heldUnits, cents: recall.heldCents };
  const share = recallShare(returns, own, recall.cents);
  const [lot, holds, held, reversed] = await Promise.all([
    findLot(db, order),
    holdsOf(db, recall.id),
    heldEarnings(db, recall.id),
    coinsReversedBy(db, recall.id),
  ]);
  // What it took back already is not held again: a server may have died between two creators.
  const reversedUnits = [...reversed.values()].reduce((sum, coins) => sum + coins, 0n);
  const heldUnits = holds.reduce((sum, { units }) => sum + units, 0n);
  const missing = share.units - heldUnits - reversedUnits;
  const more = smaller(lot.unspent, missing);
  const extra = larger(0n, more);

  // The rest was spent: on what, and what of that has not matured?
  const spentOn = lot.uses.map(({ transferId }) => earningIdOf(transferId));
  const [known, others] = await Promise.all([earningsByIds(db, spentOn), takenEarnings(db, spentOn, recall)]);
  const earnings = new Map(known.map((earning) => [earning.earningId, earning]));
  const open = lot.uses.flatMap(({ transferId, units }) => {
    const earning = earnings.get(earningIdOf(transferId));
    if (earning === undefined || earning.hasMatured || reversed.has(earning.earningId)) return [];
    // Nothing of a gift is taken back twice: neither of what this order paid of it, nor of all of it.
    const taken = others.get(earning.earningId);
    const left = smaller(units - (taken?.ofOrder ?? 0n), earning.coins - (taken?.coins ?? 0n));
    return left > 0n ? [{ earningId: earning.earningId, units: left }] : [];
  });
  const alreadyHeld = new Set(held.map(({ earningId }) => earningId));
  const toHold = newestUpTo(open, missing - extra)
    .filter(({ earningId }) => !alreadyHeld.has(earningId))
    .slice(0, HELD_AT_ONCE);

  const counted = {
    units: share.units - own.units,
    cents: share.cents - own.cents,
    beyond: share.beyondCents - recall.beyondCents,
  };
  const isDone = extra === 0n && toHold.length === 0;
  if (isDone && counted.units === 0n && counted.cents === 0n && counted.beyond === 0n) return null;
  const at = new Date(clock.now());
  const until = decidedUntil(recall.evidenceDueAt ?? recall.openedAt);
  const transferId = newId();
  return {
    transfers:
      extra === 0n
        ? []
        : [
            pendingEvent({
              id: transferId,
              from: accountOfOrder(order),
              to: accountId(
                'platform',
                order.asset === 'COIN' ? 'coins_issued' : 'diamonds_issued',
                order.asset,
              ),
              asset: order.asset,
              units: extra,
              code: 'dispute',
              reference: order.id,
            }),
          ],
    rows: [
      ...(extra === 0n ? [] : [{ table: HOLD_ROWS, values: [transferId, recall.id, extra] }]),
      ...toHold.map(({ earningId, units }) => ({
        table: EARNING_HOLD_ROWS,
        values: [earningId, recall.id, units, reasonOf(recall), decidedBy(recall), until, at],
      })),
    ],
    statements: [
      countReturn(
        order.id,
        { turn: returns.turn, units: counted.units, cents: counted.cents },
        { ...lot.account, debitsPending: lot.account.debitsPending + extra },
      ),
      recallCounts(recall, share),
      ...(toHold.length === 0 ? [] : [notMatured(toHold.map(({ earningId }) => earningId))]),
    ],
  };
}

/**
 * Units that a lost recall is still owed and that are in the escrow of a question, with the account as it was looked at;
 * `null` when there are none.
 */
export async function owedInEscrow(
  { house: { db } }: Shop,
  recall: RecallNow,
  order: OrderRow,
): Promise<{ readonly units: bigint; readonly account: AccountMark } | null> {
  const [lot, holds, held, reversed] = await Promise.all([
    findLot(db, order),
    holdsOf(db, recall.id),
    heldEarnings(db, recall.id),
    reversedBy(db, recall.id),
  ]);
  const covered = [...holds, ...held].reduce((sum, { units }) => sum + units, reversed.coins);
  const units = smaller(lot.reserved, recall.heldUnits - covered);
  return units > 0n ? { units, account: lot.account } : null;
}

/** The words that a creator reads. */
export function reasonOf({ kind }: Pick<RecallNow, 'kind'>): string {
  return kind === 'dispute' ? 'Card disputed' : 'Payment refunded at the provider';
}

function decidedBy({ kind }: Pick<RecallNow, 'kind'>): string {
  return kind === 'dispute' ? 'The bank of the fan’s card' : 'The payment provider';
}

/** Gifts and answers have the id of their Coin leg with a 0 at the end. */
export function earningIdOf(transferId: Uuid): Uuid {
  return `${transferId.slice(0, -1)}0`;
}

/** Holds it; when somebody was faster it is looked at again. */
export async function tryHold({ house }: Shop, posting: Posting): Promise<void> {
  try {
    const posted = await house.ledger.post(posting);
    if (posted.kind === 'refused' && posted.result !== 'exceeds_credits') {
      throw new Error(`the ledger refused to hold units: ${posted.result}`);
    }
  } catch (error) {
    if (error instanceof LedgerConflict && (error.code === 'CL002' || error.code === '23505')) return;
    throw error;
  }
}
