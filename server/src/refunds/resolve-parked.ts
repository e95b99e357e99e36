import { type Approval, approvalById, askApproval, decideApproval } from '../approvals/index.ts';
import { DAY_MS } from '../core/clock.ts';
import { newId, publicId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayUsd } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { peopleByIds } from '../identity/index.ts';
import { creditOrder, type OrderRow, orderById, providerOf, type Shop } from '../purchases/index.ts';
import { secondOperatorFrom } from './ask-refund.ts';
import {
  MONEY_CAME,
  NOTHING_CAME,
  ORDER_NOT_PARKED,
  PROVIDER_SILENT,
  REFERENCE_NEEDED,
  REFUND_IS_YOUR_OWN,
} from './refusals.ts';

/** The kind of an approval of what is made of an order that waits for a person. */
export const PARKED_ORDER_KIND = 'parked_order';
const ASKED_FOR_MS = 7 * DAY_MS;

export type ParkedVerdict = 'credit' | 'given_back' | 'close';

/** What an operator made of an order that waited for a person. */
export interface Resolution {
  readonly id: Uuid;
  readonly orderId: Uuid;
  readonly verdict: ParkedVerdict;
  readonly asset: 'COIN' | 'DIAMOND';
  readonly units: bigint;
  /** What came. */
  readonly cents: bigint;
  readonly reason: string;
  readonly reference: string | null;
  readonly askedBy: Uuid;
  readonly askedAt: Date;
  readonly state: 'waiting' | 'approved' | 'done' | 'rejected';
  readonly approvalId: Uuid | null;
}

const RESOLUTION = `select r.id, r.order_id as "orderId", r.verdict, r.asset, r.units, r.cents, r.reason, r.reference,
    r.asked_by as "askedBy", r.asked_at as "askedAt", s.state, s.approval_id as "approvalId"
  from purchase_resolutions r join purchase_resolution_states s on s.resolution_id = r.id`;

/** What was decided about an order last, `null` when nothing was. */
export async function resolutionOf(db: Queryable, orderId: Uuid): Promise<Resolution | null> {
  const [row] = await db.query<Resolution>(
    `${RESOLUTION} where r.order_id = $1 order by r.asked_at desc, r.id desc limit 1`,
    [orderId],
  );
  return row ?? null;
}

/** What the provider says came for an order, in cents. Refuses with `provider_silent`. */
export async function whatCame(shop: Shop, order: OrderRow): Promise<bigint> {
  const provider = providerOf(shop, order);
  if (provider === null || order.providerRef === null) return 0n;
  const outcome = await provider.fetch(order.providerRef);
  if (outcome.kind === 'declined') return 0n;
  if (outcome.kind !== 'ok') throw new Refusal(PROVIDER_SILENT);
  const { currency, status, paidCents } = outcome.value;
  // What may still come is not there, and another currency has no price here.
  return currency !== 'USD' || status === 'open' || status === 'processing' ? 0n : paidCents;
}

/**
 * Resolves an order that waits for a person. Credited is what came, at the order's price, rounded down; money that goes
 * back goes by hand or at the provider and always takes two operators, as does what is dear or was marked by hand.
 *
 * Refuses with `order_not_parked`, `refund_is_your_own`, `provider_silent`, `nothing_came`, `money_came` or
 * `reference_needed`.
 */
export async function resolveParked(
  shop: Shop,
  order: OrderRow,
  asked: {
    readonly verdict: ParkedVerdict;
    readonly reason: string;
    readonly reference: string | null;
    readonly by: Uuid;
  },
): Promise<void> {
  const { db, clock } = shop.house;
  if (order.userId === asked.by) throw new Refusal(REFUND_IS_YOUR_OWN);
  if (order.problem === null || order.paidAt !== null) throw new Refusal(ORDER_NOT_PARKED);
  const cents = await whatCame(shop, order);
  const units = asked.verdict === 'credit' ? (order.units * cents) / order.priceCents : 0n;
  if (asked.verdict === 'close' && cents > 0n) throw new Refusal(MONEY_CAME, { paid: displayUsd(cents) });
  if (asked.verdict !== 'close' && (cents <= 0n || (asked.verdict === 'credit' && units === 0n))) {
    throw new Refusal(NOTHING_CAME);
  }
  if (asked.verdict === 'given_back' && asked.reference === null) {
    throw new Refusal(REFERENCE_NEEDED, {}, '/reference');
  }
  const from = await secondOperatorFrom(shop.house);
  const waits =
    asked.verdict === 'given_back' ||
    (asked.verdict === 'credit' && ((from !== null && cents >= from) || order.problem === 'marked_by_hand'));
  const nowMs = clock.now();
  const id = newId();
  await db.transaction(async (tx) => {
    await tx.query(
      `insert into purchase_resolutions (id, order_id, verdict, asset, units, cents, reason, reference, asked_by, asked_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        id,
        order.id,
        asked.verdict,
        order.asset,
        units,
        cents,
        asked.reason,
        asked.verdict === 'given_back' ? asked.reference : null,
        asked.by,
        new Date(nowMs),
      ],
    );
    const approval = waits ? await ask(tx, order, { ...asked, id, units, cents, nowMs }) : null;
    const state = waits ? 'waiting' : asked.verdict === 'credit' ? 'approved' : 'done';
    const kept = await tx.query(
      `insert into purchase_resolution_states (resolution_id, order_id, state, approval_id, since)
       values ($1, $2, $3, $4, $5) on conflict (order_id) where state <> 'rejected' do nothing
       returning resolution_id`,
      [id, order.id, state, approval?.id ?? null, new Date(nowMs)],
    );
    if (kept.length === 0) throw new Refusal(ORDER_NOT_PARKED);
  });
  if (!waits) await carryResolution(shop, id);
}

async function ask(
  tx: Queryable,
  order: OrderRow,
  asked: {
    readonly id: Uuid;
    readonly verdict: ParkedVerdict;
    readonly units: bigint;
    readonly cents: bigint;
    readonly reason: string;
    readonly reference: string | null;
    readonly by: Uuid;
    readonly nowMs: number;
  },
): Promise<Approval> {
  const fan = (await peopleByIds(tx, [order.userId])).get(order.userId)?.handle ?? 'somebody';
  const came = displayUsd(asked.cents);
  return askApproval(tx, {
    kind: PARKED_ORDER_KIND,
    subjectId: asked.id,
    summary:
      asked.verdict === 'credit'
        ? `Credit ${displayAmount({ asset: order.asset, units: asked.units })} to ${fan} for ${came} that came`
        : `${came} that came from ${fan} was given back`,
    body: {
      order: publicId('order', order.id),
      fan,
      problem: order.problem,
      came,
      reference: asked.reference,
      reason: asked.reason,
    },
    by: asked.by,
    nowMs: asked.nowMs,
    expiresMs: asked.nowMs + ASKED_FOR_MS,
  });
}

/** Decides about a resolution. Refuses as `decideApproval` does, with `not_found` or `refund_is_your_own`. */
export async function decideResolution(
  shop: Shop,
  order: OrderRow,
  decision: {
    readonly approvalId: Uuid;
    readonly by: Uuid;
    readonly verdict: 'approved' | 'rejected';
    readonly bodyHash: Buffer;
    readonly reason: string | null;
  },
): Promise<void> {
  const { db, clock } = shop.house;
  if (order.userId === decision.by) throw new Refusal(REFUND_IS_YOUR_OWN);
  const nowMs = clock.now();
  const id = await db.transaction(async (tx) => {
    const approval = await decideApproval(tx, { ...decision, kind: PARKED_ORDER_KIND, nowMs });
    const moved = await tx.query<{ id: Uuid }>(
      `update purchase_resolution_states s
          set state = case when $3 = 'rejected' then 'rejected' when r.verdict = 'credit' then 'approved' else 'done' end,
              decided_by = $4, since = $5
         from purchase_resolutions r
        where s.resolution_id = $1 and s.order_id = $2 and s.state = 'waiting' and r.id = s.resolution_id
        returning s.resolution_id as id`,
      [approval.subjectId, order.id, decision.verdict, decision.by, new Date(nowMs)],
    );
    if (moved[0] === undefined) throw new Refusal(NOT_FOUND);
    return moved[0].id;
  });
  await carryResolution(shop, id);
}

/** The same, of a resolution by its id. */
export async function decideResolutionById(
  shop: Shop,
  id: Uuid,
  decision: Parameters<typeof decideResolution>[2],
): Promise<void> {
  const [resolution] = await shop.house.db.query<Resolution>(`${RESOLUTION} where r.id = $1`, [id]);
  const order = resolution === undefined ? null : await orderById(shop.house.db, resolution.orderId);
  if (order === null) throw new Refusal(NOT_FOUND);
  await decideResolution(shop, order, decision);
}

/** Credits what was decided to be credited, once; safe after a crash at any line. */
export async function carryResolution(shop: Shop, id: Uuid): Promise<void> {
  const { db, clock } = shop.house;
  const [resolution] = await db.query<Resolution>(`${RESOLUTION} where r.id = $1`, [id]);
  if (resolution?.state !== 'approved') return;
  const order = await orderById(db, resolution.orderId);
  const provider = order === null ? null : providerOf(shop, order);
  if (order === null || provider === null || order.providerRef === null) return;
  const outcome = await provider.fetch(order.providerRef);
  if (outcome.kind !== 'ok') return;
  await creditOrder(
    shop,
    { ...order, units: resolution.units, priceCents: resolution.cents },
    { ...outcome.value, feeCents: outcome.value.feeCents > resolution.cents ? 0n : outcome.value.feeCents },
  );
  await db.query(
    `update purchase_resolution_states set state = 'done', since = $2
      where resolution_id = $1 and state = 'approved' and exists (select from purchase_payments where order_id = $3)`,
    [id, new Date(clock.now()), order.id],
  );
}

/** Carries out what was decided and is not done; and gives up what nobody decided in time. */
export async function carryResolutions(shop: Shop): Promise<void> {
  const { db, clock } = shop.house;
  const due = await db.query<{ id: Uuid }>(
    `select resolution_id as id from purchase_resolution_states where state = 'approved' order by since limit 20`,
  );
  for (const { id } of due) await carryResolution(shop, id);
  await db.query(
    `update purchase_resolution_states s set state = 'rejected', since = $1
      where s.state = 'waiting' and s.since < $2`,
    [new Date(clock.now()), new Date(clock.now() - ASKED_FOR_MS)],
  );
}

/** What an operator is asked about an order, `null` when nobody asks. */
export async function resolutionApproval(
  db: Queryable,
  { approvalId }: Resolution,
): Promise<Approval | null> {
  return approvalId === null ? null : approvalById(db, approvalId);
}
