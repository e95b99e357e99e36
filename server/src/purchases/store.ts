import type { PayMethod, PaymentMode } from '../config.ts';
import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { defineCompanionTable } from '../ledger/index.ts';
import type { Spans } from '../spending/index.ts';
import type { Checkout } from './provider.ts';
import type { OrderEnding, ReviewProblem, Ware } from './rules.ts';

/** An order as it was asked for; it never changes. */
export interface NewOrder {
  readonly id: Uuid;
  readonly userId: Uuid;
  readonly idempotencyKey: string;
  readonly requestHash: Buffer;
  readonly packId: string | null;
  readonly asset: Ware;
  readonly units: bigint;
  readonly priceCents: bigint;
  readonly perUnitNumerator: bigint;
  readonly perUnitDenominator: bigint;
  readonly policyVersion: number;
  readonly rateVersion: number | null;
  readonly method: PayMethod;
  readonly provider: string;
  readonly mode: PaymentMode;
  readonly returnUrl: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** An order with everything that has become of it. */
export interface OrderRow extends NewOrder {
  readonly providerRef: string | null;
  readonly redirectUrl: string | null;
  readonly paidAt: Date | null;
  readonly feeCents: bigint | null;
  readonly creditTransferId: Uuid | null;
  readonly ending: OrderEnding | null;
  readonly endingReason: string | null;
  readonly endedAt: Date | null;
  readonly problem: ReviewProblem | null;
}

/** The payment, written with the chain that credits what was bought. */
export const PAYMENTS = defineCompanionTable({
  name: 'purchase_payments',
  columns: {
    order_id: 'uuid',
    provider: 'text',
    provider_ref: 'text',
    asset: 'text',
    units: 'int8',
    price_cents: 'int8',
    fee_cents: 'int8',
    paid_at: 'timestamptz',
    credit_transfer_id: 'uuid',
    posted_at: 'ledger_timestamp',
  },
});

const ORDERS = `select o.id, o.user_id as "userId", o.idempotency_key as "idempotencyKey",
    o.request_hash as "requestHash", o.pack_id as "packId", o.asset,
    -- What was credited may be another amount than was ordered, when operators decided so.
    coalesce(p.units, o.units) as units, coalesce(p.price_cents, o.price_cents) as "priceCents",
    o.per_unit_numerator as "perUnitNumerator", o.per_unit_denominator as "perUnitDenominator",
    o.policy_version as "policyVersion", o.rate_version as "rateVersion", o.method, o.provider, o.mode,
    o.return_url as "returnUrl", o.created_at as "createdAt",
    o.expires_at as "expiresAt", c.provider_ref as "providerRef", c.redirect_url as "redirectUrl",
    p.paid_at as "paidAt", p.fee_cents as "feeCents", p.credit_transfer_id as "creditTransferId",
    e.ending, coalesce(e.reason, nullif(l.why, 'asked')) as "endingReason", e.ended_at as "endedAt", r.problem
  from purchase_orders o
  left join purchase_checkouts c on c.order_id = o.id
  left join purchase_payments p on p.order_id = o.id
  left join purchase_endings e on e.order_id = o.id
  left join lateral (select s.why from purchase_closings s where s.order_id = o.id and e.ending = 'canceled'
                       order by s.place desc limit 1) as l on true
  left join purchase_reviews r on r.order_id = o.id`;

export async function orderById(db: Queryable, id: Uuid): Promise<OrderRow | null> {
  const [row] = await db.query<OrderRow>(`${ORDERS} where o.id = $1`, [id]);
  return row ?? null;
}

export async function orderByKey(db: Queryable, userId: Uuid, key: string): Promise<OrderRow | null> {
  const [row] = await db.query<OrderRow>(`${ORDERS} where o.user_id = $1 and o.idempotency_key = $2`, [
    userId,
    key,
  ]);
  return row ?? null;
}

/** The order whose payment page this is, `null` when we never heard of the page. */
export async function orderByProviderRef(
  db: Queryable,
  provider: string,
  providerRef: string,
): Promise<OrderRow | null> {
  const [row] = await db.query<OrderRow>(`${ORDERS} where c.provider = $1 and c.provider_ref = $2`, [
    provider,
    providerRef,
  ]);
  return row ?? null;
}

/** The orders that these transfers credited. */
export async function ordersByCreditTransfer(
  db: Queryable,
  transferIds: readonly Uuid[],
): Promise<OrderRow[]> {
  return db.query<OrderRow>(`${ORDERS} where p.credit_transfer_id = any($1::uuid[])`, [transferIds]);
}

/** Coins that a person paid for. */
export interface CoinPurchase {
  readonly orderId: Uuid;
  readonly userId: Uuid;
  /** The ledger's timestamp of the first transfer of its chain; the Coins came a moment later. */
  readonly postedAt: bigint;
  readonly units: bigint;
  readonly priceCents: bigint;
  readonly feeCents: bigint;
}

/** All Coins that these people paid for, in the order of their commits. */
export async function coinPurchases(db: Queryable, userIds: readonly Uuid[]): Promise<CoinPurchase[]> {
  return db.query<CoinPurchase>(
    `select o.id as "orderId", o.user_id as "userId", p.posted_at as "postedAt", p.units, p.price_cents as "priceCents",
            p.fee_cents as "feeCents"
       from purchase_orders o join purchase_payments p on p.order_id = o.id
      where o.user_id = any($1::uuid[]) and p.asset = 'COIN' order by p.posted_at`,
    [userIds],
  );
}

/** When each of these people paid for the first time, whatever they bought; missing for those who never did. */
export async function firstPayments(db: Queryable, userIds: readonly Uuid[]): Promise<Map<Uuid, Date>> {
  const rows = await db.query<{ userId: Uuid; at: Date }>(
    `select o.user_id as "userId", min(p.paid_at) as at
       from purchase_orders o join purchase_payments p on p.order_id = o.id
      where o.user_id = any($1::uuid[]) group by o.user_id`,
    [userIds],
  );
  return new Map(rows.map(({ userId, at }) => [userId, at]));
}

/** Writes the intention and when to ask about it first. `false`: this person has used the key before. */
export async function insertOrder(tx: Queryable, order: NewOrder, firstCheckAt: Date): Promise<boolean> {
  const inserted = await tx.query(
    `insert into purchase_orders
       (id, user_id, idempotency_key, request_hash, pack_id, asset, units, price_cents, per_unit_numerator,
        per_unit_denominator, policy_version, rate_version, method, provider, mode, return_url, created_at,
        expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
     on conflict (user_id, idempotency_key) do nothing returning id`,
    [
      order.id,
      order.userId,
      order.idempotencyKey,
      order.requestHash,
      order.packId,
      order.asset,
      order.units,
      order.priceCents,
      order.perUnitNumerator,
      order.perUnitDenominator,
      order.policyVersion,
      order.rateVersion,
      order.method,
      order.provider,
      order.mode,
      order.returnUrl,
      order.createdAt,
      order.expiresAt,
    ],
  );
  if (inserted.length === 0) return false;
  await tx.query('insert into purchase_checks (order_id, next_check_at) values ($1, $2)', [
    order.id,
    firstCheckAt,
  ]);
  return true;
}

/** How many orders of a person can still be paid, and when the first of them is over. */
export interface OpenOrders {
  readonly orders: number;
  readonly firstOverAt: Date | null;
}

/** The same as `countOpenOrders`, and whoever asks is alone with the person's orders until their transaction ends. */
export async function openOrdersOf(tx: Queryable, userId: Uuid, now: Date): Promise<OpenOrders> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('orders of ' || $1::text, 0))`, [userId]);
  return countOpenOrders(tx, userId, now);
}

export async function countOpenOrders(db: Queryable, userId: Uuid, now: Date): Promise<OpenOrders> {
  const [row] = await db.query<OpenOrders>(
    `select count(*)::integer as orders, min(o.expires_at) as "firstOverAt" from purchase_orders o
      where o.user_id = $1 and o.expires_at > $2
        and not exists (select from purchase_payments where order_id = o.id)
        and not exists (select from purchase_endings where order_id = o.id)`,
    [userId, now],
  );
  return row ?? { orders: 0, firstOverAt: null };
}

/** What a person paid for what they bought since each of these instants, in cents. */
export async function paidSince(db: Queryable, userId: Uuid, since: Spans<Date>): Promise<Spans<bigint>> {
  const [row] = await db.query<{ day: bigint; week: bigint; month: bigint }>(
    `select coalesce(sum(p.price_cents) filter (where p.paid_at >= $2), 0)::bigint as day,
            coalesce(sum(p.price_cents) filter (where p.paid_at >= $3), 0)::bigint as week,
            coalesce(sum(p.price_cents) filter (where p.paid_at >= $4), 0)::bigint as month
       from purchase_orders o join purchase_payments p on p.order_id = o.id
      where o.user_id = $1`,
    [userId, since.day, since.week, since.month],
  );
  return row ?? { day: 0n, week: 0n, month: 0n };
}

/** A person's orders of which nobody knows yet how they end, the oldest first: a page may be paid after its time. */
export async function undecidedOrders(db: Queryable, userId: Uuid): Promise<OrderRow[]> {
  return db.query<OrderRow>(
    `${ORDERS} where o.user_id = $1 and p.order_id is null
       and exists (select from purchase_checks where order_id = o.id)
     order by o.created_at, o.id`,
    [userId],
  );
}

/** What everybody paid from one instant to before another, and what providers kept of it, in cents. */
export async function paidWithin(
  db: Queryable,
  from: Date,
  to: Date,
): Promise<{ readonly paidCents: bigint; readonly feeCents: bigint }> {
  const [row] = await db.query<{ paidCents: bigint; feeCents: bigint }>(
    `select coalesce(sum(price_cents), 0)::bigint as "paidCents", coalesce(sum(fee_cents), 0)::bigint as "feeCents"
       from purchase_payments where paid_at >= $1 and paid_at < $2`,
    [from, to],
  );
  return row ?? { paidCents: 0n, feeCents: 0n };
}

/** Writes down the page that the provider opened. The first one stands; `false` when it is another's. */
export async function insertCheckout(
  db: Queryable,
  orderId: Uuid,
  provider: string,
  checkout: Checkout,
  at: Date,
): Promise<boolean> {
  await db.query(
    `insert into purchase_checkouts (order_id, provider, provider_ref, redirect_url, opened_at)
     values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [orderId, provider, checkout.providerRef, checkout.redirectUrl, at],
  );
  const [kept] = await db.query<{ kept: boolean }>(
    `select exists (select from purchase_checkouts where order_id = $1 and provider = $2 and provider_ref = $3)
       as kept`,
    [orderId, provider, checkout.providerRef],
  );
  return kept?.kept ?? false;
}

/** How long one may take to open a payment page before another tries. */
const OPENING_MS = 20_000;

/** Takes the opening of an order's page for oneself; `false` while another has it. Forgotten after a while. */
export async function claimOpening(db: Queryable, orderId: Uuid, now: Date): Promise<boolean> {
  const claimed = await db.query(
    `insert into purchase_openings as taken (order_id, until) values ($1, $3)
     on conflict (order_id) do update set until = excluded.until where taken.until < $2 returning order_id`,
    [orderId, now, new Date(now.getTime() + OPENING_MS)],
  );
  return claimed.length > 0;
}

export async function endOpening(db: Queryable, orderId: Uuid): Promise<void> {
  await db.query('delete from purchase_openings where order_id = $1', [orderId]);
}

/** Why a page is closed: what the house found, or that its owner asked. */
export type CloseReason = 'buying_closed' | 'over_limit' | 'asked';

/** Writes down why the page of an order is to be closed; the last reason stands. */
export async function insertClosing(db: Queryable, orderId: Uuid, why: CloseReason, at: Date): Promise<void> {
  await db.query(
    `insert into purchase_closings (order_id, why, at) select $1::uuid, $2::text, $3::timestamptz
      where $2 is distinct from (select why from purchase_closings where order_id = $1
                                  order by place desc limit 1)`,
    [orderId, why, at],
  );
}

/** Writes down that the order ended without money. The first ending stands. */
export async function insertEnding(
  db: Queryable,
  orderId: Uuid,
  ending: OrderEnding,
  reason: string | null,
  at: Date,
): Promise<void> {
  await db.query(
    `insert into purchase_endings (order_id, ending, reason, ended_at) values ($1, $2, $3, $4)
     on conflict (order_id) do nothing`,
    [orderId, ending, reason, at],
  );
}

/** Puts the order aside for a person, with what the provider said. */
export async function insertReview(
  db: Queryable,
  orderId: Uuid,
  problem: ReviewProblem,
  seen: object,
  at: Date,
): Promise<void> {
  await db.query(
    `insert into purchase_reviews (order_id, problem, seen, parked_at) values ($1, $2, $3, $4)
     on conflict (order_id) do nothing`,
    [orderId, problem, JSON.stringify(seen), at],
  );
}

export interface DueCheck {
  readonly orderId: Uuid;
  /** How often the provider was asked, this time included. */
  readonly checks: number;
}

/**
 * Takes the orders whose truth is due, until `leaseUntil`. Another process passes them over meanwhile, and when
 * this one dies they are due again.
 */
export async function claimDueChecks(db: Queryable, now: Date, leaseUntil: Date): Promise<DueCheck[]> {
  return db.query<DueCheck>(
    `update purchase_checks set checks = checks + 1, next_check_at = $2
     where order_id in (select order_id from purchase_checks where next_check_at <= $1
                        order by next_check_at limit 20 for update skip locked)
     returning order_id as "orderId", checks`,
    [now, leaseUntil],
  );
}

export async function scheduleCheck(db: Queryable, orderId: Uuid, at: Date): Promise<void> {
  await db.query('update purchase_checks set next_check_at = $2 where order_id = $1', [orderId, at]);
}

/** The order's truth is known; nobody needs to ask any more. */
export async function deleteCheck(db: Queryable, orderId: Uuid): Promise<void> {
  await db.query('delete from purchase_checks where order_id = $1', [orderId]);
}
