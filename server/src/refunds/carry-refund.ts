import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import { isUuid, newId, type Uuid } from '../core/ids.ts';
import { displayUsd } from '../core/money.ts';
import {
  accountId,
  LedgerConflict,
  type Posting,
  postEvent,
  transferEvent,
  voidEvent,
} from '../ledger/index.ts';
import {
  ledgerNameOf,
  type OrderRow,
  orderById,
  type PaymentSnapshot,
  providerOf,
  type RefundSnapshot,
  type Shop,
} from '../purchases/index.ts';
import { ensureApproval } from './approve-refund.ts';
import { claimFreed, type Freed } from './claim-freed.ts';
import { accountOfOrder } from './find-lot.ts';
import { ownerFundsBack } from './owner-funds.ts';
import { recallByRef } from './recall-store.ts';
import type { RefundNow, RefundState } from './refund.ts';
import { refundLegId } from './refund-ids.ts';
import { sentBackLookAt } from './rules.ts';
import {
  insertRefundEvent,
  markTried,
  moveRefund,
  NEWS_ROWS,
  REFUND_EVENT_ROWS,
  refundById,
  refundMove,
  scheduleRefund,
} from './store.ts';

/**
 * Stripe forgets an idempotency key after a day at the earliest. So long after the first try a refund that is not there
 * is given up rather than asked for again: it can never be made twice.
 */
const GIVEN_UP_AFTER_MS = 20 * HOUR_MS;

/**
 * Finds out what is true of a refund and writes it down: sent, arrived, failed, parked, or still unknown. Safe at any time,
 * any number of times, from any number of processes: the ledger does each step once.
 */
export async function carryRefund(shop: Shop, id: Uuid): Promise<void> {
  const { house } = shop;
  const refund = await refundById(house.db, id);
  if (refund === null) return;
  const order = await orderById(house.db, refund.orderId);
  if (order === null) throw new Error(`refund ${id} has no order`);
  switch (refund.state) {
    case 'waiting':
      return ensureApproval(house, refund, order);
    case 'rejecting':
      return giveUp(shop, refund, order, ['rejecting'], 'rejected', refund.failure ?? 'rejected');
    case 'asked':
      return refund.refundRef === null ? tell(shop, refund, order) : look(shop, refund, order);
    case 'to_pay':
      // Whoever pays it says so.
      return scheduleRefund(house.db, id, null);
    case 'parked':
      return refund.verdict === null ? look(shop, refund, order) : carryVerdict(shop, refund, order);
    case 'sent':
    case 'refunded':
      return look(shop, refund, order);
    case 'failed':
    case 'rejected':
      return scheduleRefund(house.db, id, null);
  }
}

/** Tells the provider, under the refund's own id, unless it was told before and has it. */
async function tell(shop: Shop, refund: RefundNow, order: OrderRow): Promise<void> {
  const { db, clock } = shop.house;
  const provider = providerOf(shop, order);
  const since = (refund.firstTriedAt ?? refund.askedAt).getTime();
  const isOld = clock.now() - since >= GIVEN_UP_AFTER_MS;
  if (provider === null || order.providerRef === null) {
    if (isOld) await giveUp(shop, refund, order, ['asked'], 'failed', 'provider_gone');
    return;
  }
  if (!(await markTried(db, refund.id, new Date(clock.now())))) {
    // One finds out before one asks again.
    const found = await provider.fetch(order.providerRef);
    if (found.kind !== 'ok') return;
    const made = found.value.refunds.find(({ operationId }) => operationId === refund.id);
    if (made !== undefined) return adopt(shop, refund, order, made);
    if (isOld) return giveUp(shop, refund, order, ['asked'], 'failed', 'not_reached');
  }
  const outcome = await provider.refund({
    operationId: refund.id,
    providerRef: order.providerRef,
    amountCents: refund.cents,
    reason: 'requested_by_customer',
  });
  if (outcome.kind === 'ok') return adopt(shop, refund, order, outcome.value);
  if (outcome.kind === 'declined') return giveUp(shop, refund, order, ['asked'], 'failed', outcome.code);
}

/** Does what two operators decided. What the provider says of it later is heard like a refund of its own. */
async function carryVerdict(shop: Shop, refund: RefundNow, order: OrderRow): Promise<void> {
  if (refund.verdict === 'refunded') return settle(shop, refund);
  return giveUp(shop, refund, order, ['parked'], 'failed', 'decided_not_sent');
}

/** Asks what became of a refund that the provider has. */
async function look(shop: Shop, refund: RefundNow, order: OrderRow): Promise<void> {
  const provider = providerOf(shop, order);
  if (provider === null || refund.refundRef === null) return;
  const outcome = await provider.fetchRefund(refund.refundRef);
  if (outcome.kind === 'ok') return adopt(shop, refund, order, outcome.value);
  if (outcome.kind === 'declined' && refund.state === 'sent') {
    await park(shop, refund, { rawStatus: outcome.code }, 'The provider does not know this refund any more.');
  }
}

/** Hears what a fetched payment says of our refunds. */
export async function hearRefunds(
  shop: Shop,
  order: OrderRow,
  snapshot: PaymentSnapshot,
): Promise<Set<string>> {
  const own = new Set<string>();
  for (const told of snapshot.refunds) {
    const { operationId } = told;
    if (operationId === null || !isUuid(operationId)) continue;
    const refund = await refundById(shop.house.db, operationId);
    if (refund === null || refund.orderId !== order.id) continue;
    // One that was given up and happened all the same: it is booked like a refund that the provider made by itself.
    const isBack = refund.state === 'failed' || refund.state === 'rejected';
    // Two operators ended it because nobody understands this word: it changes nothing until it is another.
    if (isBack && refund.verdict !== null && told.status === 'other') {
      own.add(told.refundRef);
      continue;
    }
    // And what was booked so is corrected so: it may come to nothing after all.
    if (isBack && (await isRecall(shop, order, told))) continue;
    if (isBack && told.status !== 'failed' && !(await hasFailedSince(shop, order, told))) continue;
    own.add(told.refundRef);
    await adopt(shop, refund, order, told);
  }
  return own;
}

async function isRecall({ house }: Shop, order: OrderRow, { refundRef }: RefundSnapshot): Promise<boolean> {
  return (await recallByRef(house.db, order.provider, refundRef)) !== null;
}

/** Answers come late and out of order: before a loss is booked, the refund itself is asked for. */
async function hasFailedSince(shop: Shop, order: OrderRow, { refundRef }: RefundSnapshot): Promise<boolean> {
  const outcome = await providerOf(shop, order)?.fetchRefund(refundRef);
  if (outcome?.kind !== 'ok') throw new Error(`nobody could say what became of refund ${refundRef}`);
  return outcome.value.status === 'failed';
}

/** Does what the provider's own refund says. */
async function adopt(shop: Shop, refund: RefundNow, order: OrderRow, told: RefundSnapshot): Promise<void> {
  const { db, clock } = shop.house;
  const { refundRef, rawStatus } = told;
  if (refund.refundRef !== null && refund.refundRef !== refundRef) {
    return park(shop, refund, { rawStatus }, `The provider names another refund too: ${refundRef}.`);
  }
  if (told.amountCents !== refund.cents || told.currency !== 'USD') {
    const amount = told.currency === 'USD' ? displayUsd(told.amountCents) : told.currency;
    return park(shop, refund, { refundRef, rawStatus }, `The provider says ${amount} was given back.`);
  }
  switch (told.status) {
    case 'succeeded':
      if (refund.state === 'refunded') return lookLater(shop, refund);
      return settle(shop, refund, { refundRef, rawStatus });
    case 'failed':
      if (refund.state === 'refunded') return bringBack(shop, refund, order, told);
      if (refund.state === 'failed') return;
      return giveUp(shop, refund, order, OPEN, 'failed', told.failureCode ?? 'failed', {
        refundRef,
        rawStatus,
      });
    case 'pending': {
      if (refund.state !== 'asked' && refund.state !== 'parked') return;
      const at = new Date(clock.now());
      await db.transaction(async (tx) => {
        const nextCheckAt = new Date(clock.now() + MINUTE_MS);
        const change = { at, nextCheckAt, refundRef, rawStatus };
        if (await moveRefund(tx, refund.id, ['asked', 'parked'], 'sent', change))
          await note(tx, refund, 'sent', at, null);
      });
      return;
    }
    case 'other':
      return park(
        shop,
        refund,
        { refundRef, rawStatus },
        `The provider says “${rawStatus}”, which nobody here knows.`,
      );
  }
}

const OPEN: readonly RefundState[] = ['asked', 'sent', 'parked'];

async function lookLater({ house }: Shop, refund: RefundNow): Promise<void> {
  await scheduleRefund(house.db, refund.id, sentBackLookAt(refund.since, house.clock.now()));
}

/** It arrived: the units are gone and so is the cash. */
async function settle(
  shop: Shop,
  refund: RefundNow,
  told: { readonly refundRef?: string; readonly rawStatus?: string } = {},
): Promise<void> {
  const at = new Date(shop.house.clock.now());
  const { id } = refund;
  await tryMove(shop, {
    transfers: [
      postEvent(refundLegId(id, 'post', 'units'), refundLegId(id, 'reserve', 'units')),
      postEvent(refundLegId(id, 'post', 'cash'), refundLegId(id, 'reserve', 'cash')),
    ],
    rows: stepRows(refund, 'refunded', at, null),
    statements: [
      refundMove(id, OPEN, 'refunded', {
        at,
        // What people decided is not asked about: the provider did not know.
        nextCheckAt: refund.verdict === null ? new Date(at.getTime() + HOUR_MS) : null,
        ...told,
      }),
    ],
  });
}

/** It does not happen: the units and the cash are free again, but for what a lost case claims of them. */
async function giveUp(
  shop: Shop,
  refund: RefundNow,
  order: OrderRow,
  from: readonly RefundState[],
  to: 'failed' | 'rejected',
  failure: string,
  told: { readonly refundRef?: string; readonly rawStatus?: string } = {},
): Promise<void> {
  const { id } = refund;
  const funds = await ownerFundsBack(shop.house.db, id);
  await free(shop, refund, order, from, (at, claimed) => ({
    transfers: [
      voidEvent(refundLegId(id, 'void', 'units'), refundLegId(id, 'reserve', 'units')),
      voidEvent(refundLegId(id, 'void', 'cash'), refundLegId(id, 'reserve', 'cash')),
      ...funds,
      ...claimed.transfers,
    ],
    rows: [...stepRows(refund, to, at, failure), ...claimed.rows],
    statements: [
      refundMove(id, from, to, { at, nextCheckAt: null, failure, ...told }),
      ...claimed.statements,
    ],
  }));
}

/** A bank could not deliver what it had said it would: the opposite chain. */
async function bringBack(
  shop: Shop,
  refund: RefundNow,
  order: OrderRow,
  told: RefundSnapshot,
): Promise<void> {
  const { id, asset, units, cents } = refund;
  const failure = told.failureCode ?? 'failed';
  const funds = await ownerFundsBack(shop.house.db, id);
  await free(shop, refund, order, ['refunded'], (at, claimed) => ({
    transfers: [
      transferEvent({
        id: refundLegId(id, 'back', 'units'),
        from: accountId('platform', asset === 'COIN' ? 'coins_issued' : 'diamonds_issued', asset),
        to: accountOfOrder(order),
        asset,
        units,
        code: 'refund_failed',
        reference: order.id,
      }),
      transferEvent({
        id: refundLegId(id, 'back', 'cash'),
        from: accountId('world', ledgerNameOf(order), 'USD'),
        to: accountId('platform', 'cash', 'USD'),
        asset: 'USD',
        units: cents,
        code: 'refund_failed',
        reference: order.id,
      }),
      ...funds,
      ...claimed.transfers,
    ],
    rows: [...stepRows(refund, 'failed', at, failure), ...claimed.rows],
    statements: [
      refundMove(id, ['refunded'], 'failed', { at, nextCheckAt: null, failure, rawStatus: told.rawStatus }),
      ...claimed.statements,
    ],
  }));
}

/** Each time, a case of the same order moved on between the look and the commit. */
const TRIES_MAX = 10;

/** Posts the end of a refund that came to nothing, once, while it stands in one of `from`. */
async function free(
  shop: Shop,
  { id }: RefundNow,
  order: OrderRow,
  from: readonly RefundState[],
  posting: (at: Date, claimed: Freed) => Posting,
): Promise<void> {
  const { db, clock } = shop.house;
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const refund = await refundById(db, id);
    if (refund === null || !from.includes(refund.state)) return;
    const at = new Date(clock.now());
    const { units, cents } = refund;
    const claimed = await claimFreed(db, { refundId: id, cents, count: { units, cents }, units }, order, at);
    if (await tryMove(shop, posting(at, claimed))) return;
  }
  throw new Error(`the cases of order ${order.id} changed ${TRIES_MAX} times while refund ${id} was to end`);
}

/** Nobody knows what the provider means: everything stays where it is, and an operator is told. */
async function park(
  { house }: Shop,
  refund: RefundNow,
  told: { readonly refundRef?: string; readonly rawStatus: string },
  why: string,
): Promise<void> {
  if (refund.state === 'parked' && refund.failure === why) return;
  const at = new Date(house.clock.now());
  await house.db.transaction(async (tx) => {
    const change = { at, nextCheckAt: new Date(house.clock.now() + HOUR_MS), failure: why, ...told };
    if (!(await moveRefund(tx, refund.id, OPEN, 'parked', change))) return;
    house.log.error({ refund: refund.id, why }, 'a refund waits for a person');
    await note(tx, refund, 'parked', at, why);
  });
}

function stepRows(
  refund: RefundNow,
  state: RefundState,
  at: Date,
  why: string | null,
): NonNullable<Posting['rows']> {
  const eventId = newId();
  return [
    { table: REFUND_EVENT_ROWS, values: [eventId, refund.id, at, state, null, why] },
    { table: NEWS_ROWS, values: [eventId, 'refund'] },
  ];
}

async function note(
  tx: Parameters<typeof moveRefund>[0],
  refund: RefundNow,
  state: RefundState,
  at: Date,
  why: string | null,
): Promise<void> {
  await insertRefundEvent(tx, { id: newId(), refundId: refund.id, at, state, byUser: null, note: why });
}

/** Posts a step. False, and nothing is done, when somebody else moved it or what it names on meanwhile. */
async function tryMove({ house }: Shop, posting: Posting): Promise<boolean> {
  try {
    const posted = await house.ledger.post(posting);
    if (posted.kind !== 'refused') return true;
    if (/^(pending_transfer_already|exists|linked_event_failed|id_already_failed)/.test(posted.result))
      return false;
    throw new Error(`the ledger refused a step of a refund: ${posted.result}`);
  } catch (error) {
    if (error instanceof LedgerConflict && (error.code === 'CL002' || error.code === '23505')) return false;
    throw error;
  }
}
