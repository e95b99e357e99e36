import type { Queryable } from '../../db/database.ts';

/** A payment page of the sandbox, in the sandbox's own words. */
export interface CheckoutRow {
  readonly ref: string;
  readonly requestHash: Buffer;
  readonly orderRef: string;
  readonly description: string;
  readonly amountCents: bigint;
  readonly currency: string;
  readonly returnUrl: string;
  readonly status: 'open' | 'requires_confirmation' | 'paid' | 'declined' | 'canceled' | 'expired';
  readonly challengedCard: string | null;
  readonly declineCode: string | null;
  readonly feeCents: bigint;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly paidAt: Date | null;
}

const COLUMNS = `ref, request_hash as "requestHash", order_ref as "orderRef", description,
  amount_cents as "amountCents", currency, return_url as "returnUrl", status,
  challenged_card as "challengedCard", decline_code as "declineCode", fee_cents as "feeCents",
  created_at as "createdAt", expires_at as "expiresAt", paid_at as "paidAt"`;

export async function insertCheckout(
  db: Queryable,
  key: string,
  checkout: Omit<CheckoutRow, 'status' | 'challengedCard' | 'declineCode' | 'feeCents' | 'paidAt'>,
): Promise<void> {
  await db.query(
    `insert into sandbox.checkouts
       (ref, idempotency_key, request_hash, order_ref, description, amount_cents, currency, return_url, status,
        created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10) on conflict (idempotency_key) do nothing`,
    [
      checkout.ref,
      key,
      checkout.requestHash,
      checkout.orderRef,
      checkout.description,
      checkout.amountCents,
      checkout.currency,
      checkout.returnUrl,
      checkout.createdAt,
      checkout.expiresAt,
    ],
  );
}

export async function checkoutByKey(db: Queryable, key: string): Promise<CheckoutRow | null> {
  const [row] = await db.query<CheckoutRow>(
    `select ${COLUMNS} from sandbox.checkouts where idempotency_key = $1`,
    [key],
  );
  return row ?? null;
}

/** The row, locked until the transaction ends. */
export async function lockCheckout(tx: Queryable, ref: string): Promise<CheckoutRow | null> {
  const [row] = await tx.query<CheckoutRow>(
    `select ${COLUMNS} from sandbox.checkouts where ref = $1 for update`,
    [ref],
  );
  return row ?? null;
}

export async function updateCheckout(tx: Queryable, checkout: CheckoutRow): Promise<void> {
  await tx.query(
    `update sandbox.checkouts set status = $2, challenged_card = $3, decline_code = $4, fee_cents = $5, paid_at = $6
     where ref = $1`,
    [
      checkout.ref,
      checkout.status,
      checkout.challengedCard,
      checkout.declineCode,
      checkout.feeCents,
      checkout.paidAt,
    ],
  );
}

/** Payments made since an instant, oldest first, after the place `[createdAt, ref]`. */
export async function checkoutsSince(
  db: Queryable,
  since: Date,
  afterRef: string,
  limit: number,
): Promise<CheckoutRow[]> {
  return db.query<CheckoutRow>(
    `select ${COLUMNS} from sandbox.checkouts where (created_at, ref) > ($1, $2)
     order by created_at, ref limit $3`,
    [since, afterRef, limit],
  );
}

export interface EventRow {
  readonly id: string;
  readonly ref: string;
  readonly type: string;
  readonly body: string;
  readonly attempts: number;
}

export async function insertEvent(
  tx: Queryable,
  event: Omit<EventRow, 'attempts'>,
  nextAttemptAt: Date | null,
): Promise<void> {
  await tx.query(
    `insert into sandbox.events (id, ref, type, body, next_attempt_at) values ($1, $2, $3, $4, $5)`,
    [event.id, event.ref, event.type, event.body, nextAttemptAt],
  );
}

/** Takes the events that are due, for as long as a delivery may last; another process then leaves them alone. */
export async function claimDueEvents(db: Queryable, now: Date, leaseUntil: Date): Promise<EventRow[]> {
  return db.query<EventRow>(
    `update sandbox.events set attempts = attempts + 1, next_attempt_at = $2
     where id in (select id from sandbox.events where next_attempt_at <= $1
                  order by next_attempt_at limit 20 for update skip locked)
     returning id, ref, type, body, attempts`,
    [now, leaseUntil],
  );
}

export async function eventDelivered(db: Queryable, id: string, at: Date): Promise<void> {
  await db.query('update sandbox.events set delivered_at = $2, next_attempt_at = null where id = $1', [
    id,
    at,
  ]);
}

export async function eventFailed(db: Queryable, id: string, nextAttemptAt: Date | null): Promise<void> {
  await db.query('update sandbox.events set next_attempt_at = $2 where id = $1', [id, nextAttemptAt]);
}

/** Uses up one of a fault's remaining times; its milliseconds, or `null` when there is no such fault. */
export async function takeFault(db: Queryable, name: string): Promise<number | null> {
  const [fault] = await db.query<{ milliseconds: number }>(
    `update sandbox.faults set remaining = remaining - 1 where name = $1 and remaining > 0
     returning milliseconds`,
    [name],
  );
  return fault?.milliseconds ?? null;
}
