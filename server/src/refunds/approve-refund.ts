import {
  type Approval,
  askApproval,
  decideApproval,
  lockSubject,
  newestApproval,
  withdrawApproval,
} from '../approvals/index.ts';
import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import { newId, publicId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayUsd } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { hasOtherOperator, peopleByIds } from '../identity/index.ts';
import type { OrderRow } from '../purchases/index.ts';
import { REFUND_WORDS, type RefundNow } from './refund.ts';
import { ANOTHER_TAKES_BACK, REFUND_IS_YOUR_OWN, REFUND_MOVED_ON } from './refusals.ts';
import { insertRefundEvent, moveRefund, nameRefundApproval, refundById } from './store.ts';

export const APPROVAL_KIND = 'refund';
/** What a refund waits for while its asker is the only operator. */
const NO_SECOND = 'no_second_operator';
/** After that the units are free again. */
const ASKED_FOR_MS = 7 * DAY_MS;

/** So often one looks whether there is a second operator by now. */
const LOOKED_FOR_EVERY_MS = MINUTE_MS;

/**
 * Asks another operator about a refund that waits for one, once; takes it back when nobody decided in time. Where there is
 * no other operator the refund says so, and is asked about as soon as there is one. Safe after a crash at any line.
 */
export async function ensureApproval(
  house: Pick<House, 'db' | 'clock'>,
  refund: RefundNow,
  order: OrderRow,
): Promise<void> {
  try {
    await askOrEnd(house, refund, order);
  } catch (error) {
    if (!(error instanceof Refusal && error.code === NO_SECOND)) throw error;
    const next = Math.min(house.clock.now() + LOOKED_FOR_EVERY_MS, refund.askedAt.getTime() + ASKED_FOR_MS);
    const change = { at: refund.since, nextCheckAt: new Date(next), failure: NO_SECOND };
    await moveRefund(house.db, refund.id, ['waiting'], 'waiting', change);
  }
}

async function askOrEnd(
  house: Pick<House, 'db' | 'clock'>,
  refund: RefundNow,
  order: OrderRow,
): Promise<void> {
  const nowMs = house.clock.now();
  const expiresMs = refund.askedAt.getTime() + ASKED_FOR_MS;
  await house.db.transaction(async (tx) => {
    // Of two that look at once the second finds what the first has asked, and asks nothing.
    await lockSubject(tx, APPROVAL_KIND, refund.id);
    if (nowMs >= expiresMs) {
      const change = { at: new Date(nowMs), nextCheckAt: new Date(nowMs), failure: 'nobody_decided' };
      await moveRefund(tx, refund.id, ['waiting'], 'rejecting', change);
      return;
    }
    if ((await newestApproval(tx, APPROVAL_KIND, refund.id)) === null) {
      const people = await peopleByIds(tx, [refund.userId]);
      const fan = people.get(refund.userId)?.handle ?? 'somebody';
      const units = displayAmount({ asset: refund.asset, units: refund.units });
      const { id } = await askApproval(tx, {
        kind: APPROVAL_KIND,
        subjectId: refund.id,
        summary:
          refund.road === 'hand'
            ? `Pay ${displayUsd(refund.cents)} back by hand to ${fan} for ${units}`
            : `Refund ${displayUsd(refund.cents)} to ${fan} for ${units}`,
        body: {
          refund: publicId('refund', refund.id),
          order: publicId('order', order.id),
          fan,
          units,
          amount: displayUsd(refund.cents),
          road: refund.road,
          reason: refund.reason,
        },
        by: refund.askedBy,
        nowMs,
        expiresMs,
      });
      await nameRefundApproval(tx, refund.id, id, new Date(expiresMs));
    } else {
      // Kept for the day on which it expires.
      const change = { at: refund.since, nextCheckAt: new Date(expiresMs) };
      await moveRefund(tx, refund.id, ['waiting'], 'waiting', change);
    }
  });
}

/**
 * Decides about a refund that waits for a second operator. Whoever asked and whoever would be paid cannot.
 *
 * Refuses as `decideApproval` does, with `not_found`, `refund_is_your_own` or `refund_moved_on`.
 */
export async function decideRefund(
  house: Pick<House, 'db' | 'clock'>,
  id: Uuid,
  decision: {
    readonly approvalId: Uuid;
    readonly by: Uuid;
    readonly verdict: 'approved' | 'rejected';
    readonly bodyHash: Buffer;
    readonly reason: string | null;
  },
): Promise<Approval> {
  const nowMs = house.clock.now();
  return house.db.transaction(async (tx) => {
    const approval = await decideApproval(tx, { ...decision, kind: APPROVAL_KIND, nowMs });
    const refund = approval.subjectId === id ? await refundById(tx, id) : null;
    if (refund === null) throw new Refusal(NOT_FOUND);
    if (refund.userId === decision.by) throw new Refusal(REFUND_IS_YOUR_OWN);
    const at = new Date(nowMs);
    const approved = refund.road === 'hand' ? ('to_pay' as const) : ('asked' as const);
    const to = decision.verdict === 'approved' ? approved : ('rejecting' as const);
    const change = {
      at,
      nextCheckAt: to === 'to_pay' ? null : at,
      ...(to === 'rejecting' ? { failure: decision.reason ?? 'rejected' } : {}),
    };
    if (!(await moveRefund(tx, id, ['waiting'], to, change))) {
      throw new Refusal(REFUND_MOVED_ON, { state: REFUND_WORDS[refund.state] });
    }
    await insertRefundEvent(tx, {
      id: newId(),
      refundId: id,
      at,
      state: to,
      byUser: decision.by,
      note: decision.reason,
    });
    return approval;
  });
}

/**
 * Takes back a refund that waits: for a second operator, or to be paid by hand. Its units are free again. One to be paid is
 * taken back by another operator than the one who asked, where there is another.
 *
 * Refuses with `not_found`, `refund_is_your_own`, `another_operator_takes_back` or `refund_moved_on`.
 */
export async function takeBackRefund(
  house: Pick<House, 'db' | 'clock'>,
  id: Uuid,
  { reason, by }: { readonly reason: string; readonly by: Uuid },
): Promise<void> {
  const nowMs = house.clock.now();
  await house.db.transaction(async (tx) => {
    await withdrawApproval(tx, { kind: APPROVAL_KIND, subjectId: id, by, nowMs });
    const refund = await refundById(tx, id);
    if (refund === null) throw new Refusal(NOT_FOUND);
    if (refund.userId === by) throw new Refusal(REFUND_IS_YOUR_OWN);
    const at = new Date(nowMs);
    // Somebody may have paid it in this very moment: whoever asked for it does not undo it alone.
    if (refund.state === 'to_pay' && refund.askedBy === by && (await hasOtherOperator(tx, by))) {
      throw new Refusal(ANOTHER_TAKES_BACK);
    }
    const change = { at, nextCheckAt: at, failure: 'taken_back' };
    if (!(await moveRefund(tx, id, ['waiting', 'to_pay'], 'rejecting', change))) {
      throw new Refusal(REFUND_MOVED_ON, { state: REFUND_WORDS[refund.state] });
    }
    await insertRefundEvent(tx, {
      id: newId(),
      refundId: id,
      at,
      state: 'rejecting',
      byUser: by,
      note: reason,
    });
  });
}
