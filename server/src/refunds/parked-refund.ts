import { type Approval, askApproval, type Decision, decideApproval } from '../approvals/index.ts';
import { DAY_MS } from '../core/clock.ts';
import { newId, publicId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayUsd } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { peopleByIds } from '../identity/index.ts';
import { orderById, providerOf, type RefundSnapshot, type Shop, shopOf } from '../purchases/index.ts';
import { carryRefund } from './carry-refund.ts';
import { REFUND_WORDS, type RefundNow, type RefundVerdict } from './refund.ts';
import { PROVIDER_SAYS_OTHERWISE, PROVIDER_SILENT, REFUND_IS_YOUR_OWN, REFUND_MOVED_ON } from './refusals.ts';
import { decideParkedRefund, insertRefundEvent, lockParkedRefund, refundById } from './store.ts';

export const PARKED_REFUND_KIND = 'parked_refund';
const ASKED_FOR_MS = 7 * DAY_MS;

/**
 * Asks another operator to end a refund that nobody understands: as given back, or as never sent. Never against what the
 * provider says itself. It stays as it is until that is decided, and may still come clear by itself.
 *
 * Refuses with `not_found`, `refund_is_your_own`, `refund_moved_on`, `provider_silent`, `provider_says_otherwise` or
 * `no_second_operator`.
 */
export async function askVerdict(
  shop: Shop,
  id: Uuid,
  asked: { readonly verdict: RefundVerdict; readonly reason: string; readonly by: Uuid },
): Promise<void> {
  const { db, clock } = shop.house;
  const { verdict, reason, by } = asked;
  const refund = await refundOfAnother(shop.house, id, by);
  if (refund.state !== 'parked' || refund.verdict !== null) throw movedOn(refund);
  const said = await mustNotContradict(shop, refund, verdict);
  const nowMs = clock.now();
  await db.transaction(async (tx) => {
    // It may have come clear while the provider was asked.
    if (!(await lockParkedRefund(tx, id))) throw movedOn(refund);
    const fan = (await peopleByIds(tx, [refund.userId])).get(refund.userId)?.handle ?? 'somebody';
    const units = displayAmount({ asset: refund.asset, units: refund.units });
    const amount = displayUsd(refund.cents);
    await askApproval(tx, {
      kind: PARKED_REFUND_KIND,
      subjectId: id,
      summary:
        verdict === 'refunded'
          ? `Book ${amount} as given back to ${fan} for ${units}`
          : `Give ${units} back to ${fan}: no ${amount} were sent`,
      body: {
        refund: publicId('refund', id),
        order: publicId('order', refund.orderId),
        fan,
        units,
        amount,
        verdict,
        notUnderstood: refund.failure,
        providerSays: said,
        reason,
      },
      by,
      nowMs,
      expiresMs: nowMs + ASKED_FOR_MS,
    });
    const at = new Date(nowMs);
    await insertRefundEvent(tx, {
      id: newId(),
      refundId: id,
      at,
      state: 'parked',
      byUser: by,
      note: reason,
    });
  });
}

/**
 * Decides about it, and carries it out. One that came clear by itself can only be rejected. Refuses as `decideApproval` does,
 * and as `askVerdict`.
 */
export async function decideVerdict(house: House, approval: Approval, decision: Decision): Promise<void> {
  const shop = shopOf(house);
  const id = approval.subjectId;
  const verdict: RefundVerdict = approval.body.verdict === 'refunded' ? 'refunded' : 'failed';
  const refund = await refundOfAnother(house, id, decision.by);
  const isApproved = decision.verdict === 'approved';
  if (isApproved) await mustNotContradict(shop, refund, verdict);
  const nowMs = house.clock.now();
  await house.db.transaction(async (tx) => {
    await decideApproval(tx, { ...decision, kind: PARKED_REFUND_KIND, nowMs });
    const at = new Date(nowMs);
    const isParked = await lockParkedRefund(tx, id);
    if (isApproved && !isParked) throw movedOn(refund);
    if (!isParked) return;
    if (isApproved) await decideParkedRefund(tx, id, verdict, at);
    await insertRefundEvent(tx, {
      id: newId(),
      refundId: id,
      at,
      state: 'parked',
      byUser: decision.by,
      note: decision.reason,
    });
  });
  await carryRefund(shop, id);
}

/** The refund, which is about somebody else than the one who acts. */
async function refundOfAnother({ db }: Pick<House, 'db'>, id: Uuid, by: Uuid): Promise<RefundNow> {
  const refund = await refundById(db, id);
  if (refund === null) throw new Refusal(NOT_FOUND);
  if (refund.userId === by) throw new Refusal(REFUND_IS_YOUR_OWN);
  return refund;
}

function movedOn({ state }: RefundNow): Refusal {
  return new Refusal(REFUND_MOVED_ON, { state: REFUND_WORDS[state] });
}

/** What the provider says now, for the one who decides. Refuses what is the opposite. */
async function mustNotContradict(shop: Shop, refund: RefundNow, verdict: RefundVerdict): Promise<string> {
  const told = await whatIsTold(shop, refund);
  if (typeof told === 'string') return told;
  const isThere = told.some(({ status }) => status === 'pending' || status === 'succeeded');
  const isGone = told.length > 0 && told.every(({ status }) => status === 'failed');
  const said = told.map(({ refundRef, rawStatus }) => `${refundRef}: ${rawStatus}`).join(', ');
  if (verdict === 'failed' ? isThere : isGone) throw new Refusal(PROVIDER_SAYS_OTHERWISE, { status: said });
  return said === '' ? 'It names no such refund.' : said;
}

/** All that the provider has for it now, or why it cannot say. Refuses with `provider_silent`. */
async function whatIsTold(shop: Shop, refund: RefundNow): Promise<readonly RefundSnapshot[] | string> {
  const order = await orderById(shop.house.db, refund.orderId);
  const provider = order === null ? null : providerOf(shop, order);
  if (order === null || order.providerRef === null || provider === null) {
    return 'Nobody can be asked: this server is not connected with the provider of this payment.';
  }
  const outcome = await provider.fetch(order.providerRef);
  if (outcome.kind === 'declined') return `It does not know this payment (${outcome.code}).`;
  if (outcome.kind !== 'ok') throw new Refusal(PROVIDER_SILENT);
  return outcome.value.refunds.filter(
    ({ refundRef, operationId }) => refundRef === refund.refundRef || operationId === refund.id,
  );
}
