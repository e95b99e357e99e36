import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { type CompanionStatement, defineCompanionTable } from '../ledger/index.ts';
import { OPEN_REFUNDS, type Refund, type RefundNow, type RefundState, type RefundVerdict } from './refund.ts';
import type { Returned } from './rules.ts';

// --- Rows that commit with their transfers --------------------------------------------------------------------

export const REFUND_ROWS = defineCompanionTable({
  name: 'refunds',
  columns: {
    id: 'uuid',
    committed: 'ledger_timestamp',
    order_id: 'uuid',
    user_id: 'uuid',
    asset: 'text',
    units: 'int8',
    cents: 'int8',
    road: 'text',
    asked_by: 'uuid',
    reason: 'text',
    key_id: 'uuid',
    request_hash: 'int8',
    asked_at: 'timestamptz',
  },
});

export const REFUND_STATE_ROWS = defineCompanionTable({
  name: 'refund_states',
  columns: { refund_id: 'uuid', state: 'text', since: 'timestamptz', next_check_at: 'timestamptz' },
});

export const REFUND_EVENT_ROWS = defineCompanionTable({
  name: 'refund_events',
  columns: {
    id: 'uuid',
    refund_id: 'uuid',
    at: 'timestamptz',
    state: 'text',
    by_user: 'uuid',
    note: 'text',
  },
});

export const PAYMENT_ROWS = defineCompanionTable({
  name: 'refund_payments',
  columns: { refund_id: 'uuid', reference: 'text', by_user: 'uuid', at: 'timestamptz' },
});

export const NEWS_ROWS = defineCompanionTable({
  name: 'return_news',
  columns: { event_id: 'uuid', kind: 'text' },
});

/** A refund as a companion row, in the order of `REFUND_ROWS`. The ledger gives `committed`. */
export function refundValues(row: Omit<Refund, 'committed'>): unknown[] {
  return [
    row.id,
    null,
    row.orderId,
    row.userId,
    row.asset,
    row.units,
    row.cents,
    row.road,
    row.askedBy,
    row.reason,
    row.keyId,
    row.requestHash,
    row.askedAt,
  ];
}

// --- What went back of an order -------------------------------------------------------------------------------

export interface OrderReturns extends Returned {
  readonly turn: bigint;
}

/** How much of a paid order went back; the row is made when it is first needed. */
export async function returnsOf(db: Queryable, orderId: Uuid): Promise<OrderReturns | null> {
  const find = () =>
    db.query<OrderReturns>(
      `select units, price_cents as "priceCents", returned_units as "returnedUnits",
              returned_cents as "returnedCents", turn from order_returns where order_id = $1`,
      [orderId],
    );
  const [known] = await find();
  if (known !== undefined) return known;
  await db.query(
    `insert into order_returns (order_id, asset, units, price_cents)
     select order_id, asset, units, price_cents from purchase_payments where order_id = $1
     on conflict (order_id) do nothing`,
    [orderId],
  );
  return (await find())[0] ?? null;
}

/** The counters of an account, as they were looked at or as they must be after a posting. */
export interface AccountMark {
  readonly accountId: Uuid;
  readonly debitsPosted: bigint;
  readonly debitsPending: bigint;
  readonly creditsPosted: bigint;
}

/**
 * Commits with what reserves units of an order: counts them, and finds the order and the account as they were looked at.
 * Otherwise somebody spent, bought or gave back meanwhile, and all is to be looked at again.
 */
export function countReturn(
  orderId: Uuid,
  returned: { readonly turn: bigint; readonly units: bigint; readonly cents: bigint },
  account: AccountMark,
): CompanionStatement {
  return {
    text: `update order_returns
              set returned_units = returned_units + $3, returned_cents = returned_cents + $4, turn = turn + 1
            where order_id = $1 and turn = $2
              and exists (select from ledger_accounts where id = $5 and debits_posted = $6 and debits_pending = $7
                                                        and credits_posted = $8)`,
    values: [
      orderId,
      returned.turn,
      returned.units,
      returned.cents,
      account.accountId,
      account.debitsPosted,
      account.debitsPending,
      account.creditsPosted,
    ],
    expectRows: 1,
  };
}

/** Commits with what lets units of an order go again. `turn`: the order must stand as it was looked at. */
export function uncountReturn(
  orderId: Uuid,
  units: bigint,
  cents: bigint,
  turn: bigint | null = null,
): CompanionStatement {
  return {
    text: `update order_returns
              set returned_units = returned_units - $2, returned_cents = returned_cents - $3, turn = turn + 1
            where order_id = $1 and ($4::bigint is null or turn = $4)`,
    values: [orderId, units, cents, turn],
    expectRows: 1,
  };
}

/** Units taken of lots by name, by the transfers that credited them. Lots of which nothing was taken are left out. */
export async function takenOfLots(
  db: Queryable,
  creditTransferIds: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, bigint>> {
  const rows = await db.query<{ id: Uuid; units: bigint }>(
    `select p.credit_transfer_id as id, sum(t.units)::bigint as units
       from purchase_payments p join lot_takings t on t.order_id = p.order_id
      where p.credit_transfer_id = any($1::uuid[]) group by 1`,
    [creditTransferIds],
  );
  return new Map(rows.map(({ id, units }) => [id, units]));
}

/** Units of a person that are reserved to be taken of lots by name. */
export async function takenPending(db: Queryable, userId: Uuid, asset: string): Promise<bigint> {
  const [row] = await db.query<{ units: bigint }>(
    'select coalesce(sum(units), 0)::bigint as units from lot_takings where user_id = $1 and asset = $2 and pending',
    [userId, asset],
  );
  return row?.units ?? 0n;
}

// --- Refunds --------------------------------------------------------------------------------------------------

const REFUND = `select r.id, r.committed, r.order_id as "orderId", r.user_id as "userId", r.asset, r.units, r.cents,
    r.road, r.asked_by as "askedBy", r.reason, coalesce(p.reference, r.reference) as reference,
    coalesce(r.key_id, r.id) as "keyId", r.request_hash as "requestHash", r.asked_at as "askedAt",
    s.state, s.since, s.refund_ref as "refundRef", s.raw_status as "rawStatus", s.failure,
    coalesce((select sum(c.units) from recall_claims c
               where c.refund_id = r.id and not exists (select from recall_returns b where b.recall_id = c.recall_id)),
             0)::bigint as "claimedUnits",
    s.approval_id as "approvalId", s.verdict, s.first_tried_at as "firstTriedAt", s.next_check_at as "nextCheckAt", s.checks
  from refunds r join refund_states s on s.refund_id = r.id left join refund_payments p on p.refund_id = r.id`;

export async function refundById(db: Queryable, id: Uuid): Promise<RefundNow | null> {
  const [row] = await db.query<RefundNow>(`${REFUND} where r.id = $1`, [id]);
  return row ?? null;
}

/** The refund that somebody asked for under a key. */
export async function refundByKey(db: Queryable, keyId: Uuid): Promise<RefundNow | null> {
  const [row] = await db.query<RefundNow>(`${REFUND} where coalesce(r.key_id, r.id) = $1`, [keyId]);
  return row ?? null;
}

export async function refundsByIds(db: Queryable, ids: readonly Uuid[]): Promise<RefundNow[]> {
  return db.query<RefundNow>(`${REFUND} where r.id = any($1::uuid[])`, [ids]);
}

/** The refunds of an order, oldest first. */
export async function refundsOfOrder(db: Queryable, orderId: Uuid): Promise<RefundNow[]> {
  return db.query<RefundNow>(`${REFUND} where r.order_id = $1 order by r.committed`, [orderId]);
}

export interface RefundEvent {
  readonly id: Uuid;
  readonly refundId: Uuid;
  readonly at: Date;
  readonly state: RefundState;
  readonly byUser: Uuid | null;
  readonly note: string | null;
}

/** What support gave back to a person since an instant, or is about to; cents. */
export async function supportGaveBack(db: Queryable, userId: Uuid, since: Date): Promise<bigint> {
  const [row] = await db.query<{ cents: bigint }>(
    `select coalesce(sum(r.cents), 0)::bigint as cents from refunds r join refund_states s on s.refund_id = r.id
      where r.user_id = $1 and r.asked_by <> r.user_id and r.asked_at > $2
        -- What was to be paid by hand counts also when it was taken back: nobody saw that it was not paid.
        and (s.state not in ('failed', 'rejected')
             or exists (select from refund_events e where e.refund_id = r.id and e.state = 'to_pay'))`,
    [userId, since],
  );
  return row?.cents ?? 0n;
}

/** How often support refunded something to a person: what was added up of it is so while this is so. */
export async function refundTurnOf(db: Queryable, userId: Uuid): Promise<bigint> {
  const find = () => db.query<{ turn: bigint }>('select turn from refund_turns where user_id = $1', [userId]);
  const [known] = await find();
  if (known !== undefined) return known.turn;
  await db.query('insert into refund_turns (user_id) values ($1) on conflict do nothing', [userId]);
  return (await find())[0]?.turn ?? 0n;
}

/** Commits with a refund by support: nobody refunded anything to the same person since it was added up. */
export function takeRefundTurn(userId: Uuid, turn: bigint): CompanionStatement {
  return {
    text: 'update refund_turns set turn = turn + 1 where user_id = $1 and turn = $2',
    values: [userId, turn],
    expectRows: 1,
  };
}

/** Whether a refund of an order is asked for and not decided yet. */
export async function hasOpenRefund(db: Queryable, orderId: Uuid): Promise<boolean> {
  return (await refundsOfOrder(db, orderId)).some(({ state }) => OPEN_REFUNDS.includes(state));
}

/** Their steps, in order. */
export async function refundEvents(db: Queryable, refundIds: readonly Uuid[]): Promise<RefundEvent[]> {
  return db.query<RefundEvent>(
    `select id, refund_id as "refundId", at, state, by_user as "byUser", note
       from refund_events where refund_id = any($1::uuid[]) order by place`,
    [refundIds],
  );
}

export async function insertRefundEvent(tx: Queryable, event: RefundEvent): Promise<void> {
  await tx.query(
    `with kept as (
       insert into refund_events (id, refund_id, at, state, by_user, note) values ($1, $2, $3, $4, $5, $6) returning id)
     insert into return_news (event_id, kind) select id, 'refund' from kept`,
    [event.id, event.refundId, event.at, event.state, event.byUser, event.note],
  );
}

/** Moves a refund on where it stands in one of `from`. Fields that are left out stay. */
export function refundMove(
  id: Uuid,
  from: readonly RefundState[],
  to: RefundState,
  change: {
    readonly at: Date;
    readonly nextCheckAt: Date | null;
    readonly failure?: string | null;
    readonly refundRef?: string;
    readonly rawStatus?: string;
  },
): CompanionStatement {
  return {
    text: `update refund_states
              set state = $3, since = case when state = $3 then since else $4 end, next_check_at = $5,
                  failure = coalesce($6, failure), refund_ref = coalesce($7, refund_ref),
                  raw_status = coalesce($8, raw_status),
                  -- It came clear by itself: what was decided about it before is not done later.
                  verdict = case when $3 = 'sent' then null else verdict end
            where refund_id = $1 and state = any($2::text[])`,
    values: [
      id,
      from,
      to,
      change.at,
      change.nextCheckAt,
      change.failure ?? null,
      change.refundRef ?? null,
      change.rawStatus ?? null,
    ],
    expectRows: 1,
  };
}

/** The same outside a posting; false when it stands elsewhere. */
export async function moveRefund(tx: Queryable, ...move: Parameters<typeof refundMove>): Promise<boolean> {
  const { text, values } = refundMove(...move);
  return (await tx.query(`${text} returning refund_id`, values)).length > 0;
}

/** Writes down that the provider is about to be told for the first time. False when it was before. */
export async function markTried(db: Queryable, id: Uuid, at: Date): Promise<boolean> {
  const marked = await db.query(
    'update refund_states set first_tried_at = $2 where refund_id = $1 and first_tried_at is null returning refund_id',
    [id, at],
  );
  return marked.length > 0;
}

export async function nameRefundApproval(
  tx: Queryable,
  id: Uuid,
  approvalId: Uuid,
  dueAt: Date,
): Promise<boolean> {
  const named = await tx.query(
    `update refund_states set approval_id = $2, next_check_at = $3, failure = null
      where refund_id = $1 and state = 'waiting' returning refund_id`,
    [id, approvalId, dueAt],
  );
  return named.length > 0;
}

/** Whether a refund is parked and undecided, and stays so until `tx` ends. */
export async function lockParkedRefund(tx: Queryable, id: Uuid): Promise<boolean> {
  const locked = await tx.query(
    `select 1 from refund_states where refund_id = $1 and state = 'parked' and verdict is null for update`,
    [id],
  );
  return locked.length > 0;
}

/** Keeps what two operators decided about a refund that is parked, once; it is due at once. */
export async function decideParkedRefund(
  tx: Queryable,
  id: Uuid,
  verdict: RefundVerdict,
  at: Date,
): Promise<boolean> {
  const decided = await tx.query(
    `update refund_states set verdict = $2, next_check_at = $3
      where refund_id = $1 and state = 'parked' and verdict is null returning refund_id`,
    [id, verdict, at],
  );
  return decided.length > 0;
}

export interface DueRefund {
  readonly id: Uuid;
  readonly checks: number;
}

/** Takes the refunds that somebody should look at, until `leaseUntil`. Another process passes them over meanwhile. */
export async function claimDueRefunds(db: Queryable, now: Date, leaseUntil: Date): Promise<DueRefund[]> {
  return db.query<DueRefund>(
    `update refund_states set checks = checks + 1, next_check_at = $2
      where refund_id in (select refund_id from refund_states where next_check_at <= $1
                           order by next_check_at limit 20 for update skip locked)
      returning refund_id as id, checks`,
    [now, leaseUntil],
  );
}

/** Looks again then, unless it has come to an end. */
export async function scheduleRefund(db: Queryable, id: Uuid, at: Date | null): Promise<void> {
  await db.query(
    'update refund_states set next_check_at = $2 where refund_id = $1 and next_check_at is not null',
    [id, at],
  );
}

/** Takes what people have not been told yet. */
export async function takeNews(
  tx: Queryable,
  limit: number,
): Promise<{ eventId: Uuid; kind: 'refund' | 'recall' }[]> {
  return tx.query(
    `delete from return_news where event_id in (
       select event_id from return_news order by event_id limit $1 for update skip locked)
     returning event_id as "eventId", kind`,
    [limit],
  );
}

export async function refundEventsByIds(db: Queryable, ids: readonly Uuid[]): Promise<RefundEvent[]> {
  return db.query<RefundEvent>(
    `select id, refund_id as "refundId", at, state, by_user as "byUser", note
       from refund_events where id = any($1::uuid[]) order by place`,
    [ids],
  );
}

/** Refunds for operators, newest first. `openOnly`: those that are not over. */
export async function refundsPage(
  db: Queryable,
  page: { readonly openOnly: boolean; readonly before: bigint | null; readonly limit: number },
): Promise<RefundNow[]> {
  return db.query<RefundNow>(
    `${REFUND}
      where (not $1 or s.state = any($4::text[]))
        and ($2::bigint is null or r.committed < $2)
      order by r.committed desc limit $3`,
    [page.openOnly, page.before, page.limit, OPEN_REFUNDS],
  );
}
