import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { type OrderRow, orderById, type PaymentSnapshot, providerOf, type Shop } from '../purchases/index.ts';
import { hearRefunds } from './carry-refund.ts';
import { forgetDisputes } from './dispute-gate.ts';
import { bookFee, releaseRecall, sentBackLook, takeRecall } from './end-recall.ts';
import { holdLonger } from './held-gifts.ts';
import { decidedUntil, holdRecall } from './hold-recall.ts';
import {
  callPerson,
  insertRecall,
  insertRecallEvent,
  moveRecall,
  noteRecall,
  recallById,
  recallByRef,
  scheduleRecall,
} from './recall-store.ts';
import { isLost, type RecallKind, type RecallNow } from './refund.ts';
import { returnRecall } from './return-recall.ts';
import { hasOpenRefund } from './store.ts';

/** A provider tells of open ones by itself; so often one asks. */
const ASKED_EVERY_MS = 6 * HOUR_MS;
/** While its word is not understood, or the house could not book it. */
const ASKED_SOON_MS = 10 * MINUTE_MS;

/** What a provider says of money that it took back. */
interface Told {
  readonly kind: RecallKind;
  readonly ref: string;
  readonly verdict: 'open' | 'won' | 'lost' | 'unknown';
  readonly rawStatus: string;
  readonly reason: string;
  readonly cents: bigint;
  readonly feeCents: bigint;
  readonly evidenceDueAt: Date | null;
  readonly openedAt: Date;
}

/**
 * Hears what a fetched payment says went back of it: our own refunds move on, and everything else is a recall. May be told
 * the same again and again, late and out of order.
 */
export async function hearPayment(shop: Shop, order: OrderRow, snapshot: PaymentSnapshot): Promise<void> {
  const own = await hearRefunds(shop, order, snapshot);
  for (const refund of snapshot.refunds) {
    if (own.has(refund.refundRef)) continue;
    await meetRecall(shop, order, {
      kind: 'provider_refund',
      ref: refund.refundRef,
      verdict: REFUND_VERDICTS[refund.status],
      rawStatus: refund.rawStatus,
      reason: 'refunded',
      cents: refund.amountCents,
      feeCents: 0n,
      evidenceDueAt: null,
      openedAt: new Date(shop.house.clock.now()),
    });
  }
  for (const dispute of snapshot.disputes) {
    await meetRecall(shop, order, {
      kind: 'dispute',
      ref: dispute.disputeRef,
      verdict: DISPUTE_VERDICTS[dispute.status],
      rawStatus: dispute.rawStatus,
      reason: dispute.reason,
      cents: dispute.amountCents,
      feeCents: dispute.feeCents,
      evidenceDueAt: dispute.evidenceDueAt,
      openedAt: dispute.openedAt,
    });
  }
}

const REFUND_VERDICTS = { pending: 'open', succeeded: 'lost', failed: 'won', other: 'unknown' } as const;
const DISPUTE_VERDICTS = {
  needs_response: 'open',
  under_review: 'open',
  won: 'won',
  lost: 'lost',
  other: 'unknown',
} as const;

async function meetRecall(shop: Shop, order: OrderRow, told: Told): Promise<void> {
  const { db, clock } = shop.house;
  let recall = await recallByRef(db, order.provider, told.ref);
  if (recall === null) {
    // A refund that failed before anybody here heard of it took nothing.
    if (told.cents <= 0n || (told.kind === 'provider_refund' && told.verdict === 'won')) return;
    await keepRecall(shop, order, told);
    recall = await recallByRef(db, order.provider, told.ref);
    if (recall === null) throw new Error(`recall ${told.ref} is not there after it was written`);
    forgetDisputes(db);
  }
  await noteRecall(db, recall.id, {
    rawStatus: told.rawStatus,
    evidenceDueAt: told.evidenceDueAt,
    feeCents: told.feeCents,
    nextCheckAt: new Date(clock.now() + (told.verdict === 'unknown' ? ASKED_SOON_MS : ASKED_EVERY_MS)),
  });
  // A bank that asks first and disputes later gives the evidence another date.
  if (told.evidenceDueAt !== null) await holdLonger(db, recall.id, decidedUntil(told.evidenceDueAt));
  await follow(shop, recall, order, told);
}

async function keepRecall(shop: Shop, order: OrderRow, told: Told): Promise<void> {
  const { db, clock } = shop.house;
  const at = new Date(clock.now());
  const id = newId();
  await db.transaction(async (tx) => {
    const isNew = await insertRecall(
      tx,
      {
        id,
        kind: told.kind,
        provider: order.provider,
        mode: order.mode,
        providerRef: told.ref,
        orderId: order.id,
        userId: order.userId,
        asset: order.asset,
        cents: told.cents,
        reason: told.reason,
        openedAt: told.openedAt,
        foundAt: at,
      },
      told,
    );
    if (!isNew) return;
    await insertRecallEvent(tx, { id: newId(), recallId: id, at, state: 'held', byUser: null, note: null });
  });
}

/** Does what the provider says. */
async function follow(shop: Shop, recall: RecallNow, order: OrderRow, told: Told): Promise<void> {
  const { db, clock } = shop.house;
  const { id } = recall;
  if (recall.state === 'released' || recall.state === 'taken') return turnRound(shop, recall, order, told);
  if (told.verdict === 'won') {
    await releaseRecall(shop, id);
    return endWith(shop, id);
  }
  await holdRecall(shop, id);
  if (told.verdict === 'lost') {
    // A refund of ours counts for gone until it is decided. Should it come to nothing, its units are the recall's.
    if (await hasOpenRefund(db, recall.orderId)) {
      return scheduleRecall(db, id, new Date(clock.now() + ASKED_SOON_MS));
    }
    // Nor does an answer that is older than the bank's last word: nobody loses a gift by it.
    const saysNow = await verdictNow(shop, recall, order, told);
    if (saysNow === 'won') {
      await releaseRecall(shop, id);
      return endWith(shop, id);
    }
    if (saysNow !== 'lost') return scheduleRecall(db, id, new Date(clock.now() + ASKED_SOON_MS));
    if ((await takeRecall(shop, id)) === 'waits') return;
    return endWith(shop, id);
  }
  const [from, to] =
    told.verdict === 'unknown' ? (['held', 'parked'] as const) : (['parked', 'held'] as const);
  await db.transaction(async (tx) => {
    const at = new Date(clock.now());
    if (!(await moveRecall(tx, id, from, to, at))) return;
    const note =
      to === 'parked'
        ? `The provider says “${told.rawStatus}”, which nobody here knows. Everything stays held.`
        : null;
    await insertRecallEvent(tx, { id: newId(), recallId: id, at, state: to, byUser: null, note });
  });
}

/** Does what the provider says of one that is decided: what was booked as lost may come back; all else is for people. */
async function turnRound(shop: Shop, recall: RecallNow, order: OrderRow, told: Told): Promise<void> {
  const { db, clock } = shop.house;
  const { id } = recall;
  const said = isLost(recall) ? 'lost' : 'won';
  if (told.verdict === said) return endWith(shop, id);
  const saysNow = await (recall.kind === 'dispute'
    ? disputeNow(shop, recall, order)
    : verdictNow(shop, recall, order, told));
  if (saysNow === said) return endWith(shop, id);
  if (saysNow === null) return scheduleRecall(db, id, new Date(clock.now() + ASKED_SOON_MS));
  if (said === 'lost' && saysNow === 'won') {
    await returnRecall(shop, id);
    return endWith(shop, id);
  }
  const note = `The provider says “${told.rawStatus}” after this was booked as ${said}. Somebody must look at both books.`;
  await db.transaction(async (tx) => {
    if (!(await callPerson(tx, id, note))) return;
    const at = new Date(clock.now());
    const event = { id: newId(), recallId: id, at, state: recall.state, byUser: null, note };
    await insertRecallEvent(tx, event, false);
  });
  await scheduleRecall(db, id, sentBackLook(recall, clock.now()));
}

/**
 * Answers come late and out of order, so before money moves by what one said of a refund, the refund itself is asked for.
 * `null`: it did not say; `unknown`: it is not the refund that is known here.
 */
async function verdictNow(
  shop: Shop,
  recall: RecallNow,
  order: OrderRow,
  told: Told,
): Promise<Told['verdict'] | null> {
  if (recall.kind !== 'provider_refund') return told.verdict;
  const outcome = await providerOf(shop, order)?.fetchRefund(recall.providerRef);
  if (outcome?.kind !== 'ok') return null;
  const { status, amountCents, currency } = outcome.value;
  return amountCents === recall.cents && currency === 'USD' ? REFUND_VERDICTS[status] : 'unknown';
}

/** The same of a dispute whose verdict turns: its payment is fetched again. */
async function disputeNow(shop: Shop, recall: RecallNow, order: OrderRow): Promise<Told['verdict'] | null> {
  if (order.providerRef === null) return null;
  const outcome = await providerOf(shop, order)?.fetch(order.providerRef);
  if (outcome?.kind !== 'ok') return null;
  const dispute = outcome.value.disputes.find(({ disputeRef }) => disputeRef === recall.providerRef);
  return dispute?.amountCents === recall.cents ? DISPUTE_VERDICTS[dispute.status] : 'unknown';
}

/** What is left to do after it was decided. */
async function endWith(shop: Shop, id: Uuid): Promise<void> {
  forgetDisputes(shop.house.db);
  const recall = await recallById(shop.house.db, id);
  if (recall === null) return;
  if (recall.state === 'held' || recall.state === 'parked') {
    // Somebody else is about to end it.
    return scheduleRecall(shop.house.db, id, new Date(shop.house.clock.now() + ASKED_SOON_MS));
  }
  return bookFee(shop, recall);
}

/** Asks the provider what has become of a recall. */
export async function checkRecall(shop: Shop, id: Uuid): Promise<void> {
  const { db } = shop.house;
  const recall = await recallById(db, id);
  const order = recall === null ? null : await orderById(db, recall.orderId);
  if (recall === null || order === null || order.providerRef === null) return;
  const provider = providerOf(shop, order);
  const outcome = provider === null ? null : await provider.fetch(order.providerRef);
  if (outcome?.kind === 'ok') return hearPayment(shop, order, outcome.value);
  // What is due here does not need the provider.
  if (recall.state === 'released' || recall.state === 'taken') return bookFee(shop, recall);
  await scheduleRecall(db, id, new Date(shop.house.clock.now() + ASKED_SOON_MS));
}
