import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { type CompanionStatement, defineCompanionTable } from '../ledger/index.ts';
import type { Recall, RecallNow, RecallState } from './refund.ts';
import type { AccountMark } from './store.ts';

export const HOLD_ROWS = defineCompanionTable({
  name: 'recall_holds',
  columns: { transfer_id: 'uuid', recall_id: 'uuid', units: 'int8' },
});

export const TAKING_ROWS = defineCompanionTable({
  name: 'recall_takings',
  columns: { recall_id: 'uuid', source: 'text', units: 'int8', cents: 'int8', diamond_units: 'int8' },
});

/** What came back of a recall, in the commit that brings it back. */
export const RETURN_ROWS = defineCompanionTable({
  name: 'recall_returns',
  columns: {
    recall_id: 'uuid',
    units: 'int8',
    units_transfer_id: 'uuid',
    cash_cents: 'int8',
    cash_transfer_id: 'uuid',
    reserve_cents: 'int8',
    reserve_transfer_id: 'uuid',
    owner_transfer_id: 'uuid',
    at: 'timestamptz',
  },
});

export const CLAIM_ROWS = defineCompanionTable({
  name: 'recall_claims',
  columns: {
    refund_id: 'uuid',
    from_recall_id: 'uuid',
    recall_id: 'uuid',
    transfer_id: 'uuid',
    units: 'int8',
    cents: 'int8',
    at: 'timestamptz',
  },
});

/** Commits with the end of a lost recall: what the owner put in for it. */
export const FUND_ROWS = defineCompanionTable({
  name: 'recall_funds',
  columns: { recall_id: 'uuid', transfer_id: 'uuid', cents: 'int8' },
});

export const RECALL_EVENT_ROWS = defineCompanionTable({
  name: 'recall_events',
  columns: {
    id: 'uuid',
    recall_id: 'uuid',
    at: 'timestamptz',
    state: 'text',
    by_user: 'uuid',
    note: 'text',
  },
});

const RECALL = `select r.id, r.kind, r.provider, r.mode, r.provider_ref as "providerRef", r.order_id as "orderId",
    r.user_id as "userId", r.asset, r.cents, r.reason, r.opened_at as "openedAt", r.found_at as "foundAt",
    s.state, s.since, s.raw_status as "rawStatus", s.evidence_due_at as "evidenceDueAt", s.fee_cents as "feeCents",
    s.held_units as "heldUnits", s.held_cents as "heldCents", s.beyond_cents as "beyondCents", s.note,
    s.awaits_since as "awaitsSince", s.needs_person as "needsPerson", b.at as "returnedAt",
    coalesce(b.units - (select coalesce(sum(c.units), 0) from recall_claims c 
                         where c.from_recall_id = r.id
                           and not exists (select from recall_returns t where t.recall_id = c.recall_id)), 0)::bigint
      as "returnedUnits",
    (select coalesce(sum(c.units), 0) from recall_claims c
      where c.from_recall_id = r.id
        and not exists (select from recall_returns t where t.recall_id = c.recall_id))::bigint as "claimedUnits",
    s.pardoned_at as "pardonedAt", s.turn, s.next_check_at as "nextCheckAt", s.checks
  from recalls r join recall_states s on s.recall_id = r.id left join recall_returns b on b.recall_id = r.id`;

export async function recallById(db: Queryable, id: Uuid): Promise<RecallNow | null> {
  const [row] = await db.query<RecallNow>(`${RECALL} where r.id = $1`, [id]);
  return row ?? null;
}

export async function recallByRef(db: Queryable, provider: string, ref: string): Promise<RecallNow | null> {
  const [row] = await db.query<RecallNow>(`${RECALL} where r.provider = $1 and r.provider_ref = $2`, [
    provider,
    ref,
  ]);
  return row ?? null;
}

export async function recallsByIds(db: Queryable, ids: readonly Uuid[]): Promise<RecallNow[]> {
  return db.query<RecallNow>(`${RECALL} where r.id = any($1::uuid[])`, [ids]);
}

export async function recallsOfOrder(db: Queryable, orderId: Uuid): Promise<RecallNow[]> {
  return db.query<RecallNow>(`${RECALL} where r.order_id = $1 order by r.found_at, r.id`, [orderId]);
}

/** Those of an order that are not decided. */
export async function openRecallsOf(db: Queryable, orderId: Uuid): Promise<RecallNow[]> {
  return db.query<RecallNow>(`${RECALL} where r.order_id = $1 and s.state in ('held', 'parked')`, [orderId]);
}

/** Newest first. */
export async function recallsPage(
  db: Queryable,
  page: {
    readonly openOnly: boolean;
    readonly before: { readonly at: Date; readonly id: Uuid } | null;
    readonly limit: number;
  },
): Promise<RecallNow[]> {
  return db.query<RecallNow>(
    `${RECALL}
      where (not $1 or s.state in ('held', 'parked') or s.needs_person)
        and ($2::timestamptz is null or (r.found_at, r.id) < ($2, $3::uuid))
      order by r.found_at desc, r.id desc limit $4`,
    [page.openOnly, page.before?.at ?? null, page.before?.id ?? null, page.limit],
  );
}

/** Writes down a recall that was not known. False when somebody else did first. */
export async function insertRecall(
  tx: Queryable,
  recall: Recall,
  state: { readonly rawStatus: string; readonly evidenceDueAt: Date | null },
): Promise<boolean> {
  const inserted = await tx.query(
    `insert into recalls (id, kind, provider, mode, provider_ref, order_id, user_id, asset, cents, reason, opened_at,
                          found_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict on constraint recalls_once do nothing returning id`,
    [
      recall.id,
      recall.kind,
      recall.provider,
      recall.mode,
      recall.providerRef,
      recall.orderId,
      recall.userId,
      recall.asset,
      recall.cents,
      recall.reason,
      recall.openedAt,
      recall.foundAt,
    ],
  );
  if (inserted.length === 0) return false;
  await tx.query(
    `insert into recall_states (recall_id, state, since, raw_status, evidence_due_at, next_check_at)
     values ($1, 'held', $2, $3, $4, $2)`,
    [recall.id, recall.foundAt, state.rawStatus, state.evidenceDueAt],
  );
  return true;
}

export interface RecallEvent {
  readonly id: Uuid;
  readonly recallId: Uuid;
  readonly at: Date;
  /** `returned`: it stays taken, and all of it came back. */
  readonly state: RecallState | 'returned';
  readonly byUser: Uuid | null;
  readonly note: string | null;
}

/** `isTold`: whether the fan and the creators hear of it; what only operators need to know is for their list of steps. */
export async function insertRecallEvent(tx: Queryable, event: RecallEvent, isTold = true): Promise<void> {
  await tx.query(
    `with kept as (
       insert into recall_events (id, recall_id, at, state, by_user, note) values ($1, $2, $3, $4, $5, $6) returning id)
     insert into return_news (event_id, kind) select id, 'recall' from kept where $7`,
    [event.id, event.recallId, event.at, event.state, event.byUser, event.note, isTold],
  );
}

export async function recallEvents(db: Queryable, ids: readonly Uuid[]): Promise<RecallEvent[]> {
  return db.query<RecallEvent>(
    `select id, recall_id as "recallId", at, state, by_user as "byUser", note
       from recall_events where recall_id = any($1::uuid[]) order by place`,
    [ids],
  );
}

export async function recallEventsByIds(db: Queryable, ids: readonly Uuid[]): Promise<RecallEvent[]> {
  return db.query<RecallEvent>(
    `select id, recall_id as "recallId", at, state, by_user as "byUser", note
       from recall_events where id = any($1::uuid[]) order by place`,
    [ids],
  );
}

/** Writes down what the provider says of it now. */
export async function noteRecall(
  tx: Queryable,
  id: Uuid,
  told: {
    readonly rawStatus: string;
    readonly evidenceDueAt: Date | null;
    readonly feeCents: bigint;
    readonly nextCheckAt: Date | null;
  },
): Promise<void> {
  await tx.query(
    `update recall_states set raw_status = $2, evidence_due_at = coalesce($3, evidence_due_at),
            fee_cents = greatest(fee_cents, $4), next_check_at = $5 where recall_id = $1`,
    [id, told.rawStatus, told.evidenceDueAt, told.feeCents, told.nextCheckAt],
  );
}

/** Moves an open recall between `held` and `parked`; false when it stands there or is decided. */
export async function moveRecall(
  tx: Queryable,
  id: Uuid,
  from: RecallState,
  to: RecallState,
  at: Date,
): Promise<boolean> {
  const moved = await tx.query(
    'update recall_states set state = $3, since = $4 where recall_id = $1 and state = $2 returning recall_id',
    [id, from, to, at],
  );
  return moved.length > 0;
}

/** An operator should look at it; false when that was said before. */
export async function callPerson(tx: Queryable, id: Uuid, note: string): Promise<boolean> {
  const called = await tx.query(
    `update recall_states set needs_person = true, note = $2
      where recall_id = $1 and (not needs_person or note is distinct from $2) returning recall_id`,
    [id, note],
  );
  return called.length > 0;
}

/** Lets the account of a lost one buy and give again; false when it is not lost, or was before. */
export async function pardonRecall(tx: Queryable, id: Uuid, by: Uuid, at: Date): Promise<boolean> {
  const pardoned = await tx.query(
    `update recall_states set pardoned_at = $3, pardoned_by = $2, needs_person = false
      where recall_id = $1 and state = 'taken' and pardoned_at is null returning recall_id`,
    [id, by, at],
  );
  return pardoned.length > 0;
}

/** A recall as it was looked at. */
export type RecallTurn = Pick<RecallNow, 'id' | 'turn'>;

/** Commits with what a recall holds: what it counts of its order. It must stand as it was looked at. */
export function recallCounts(
  { id, turn }: RecallTurn,
  counts: { readonly units: bigint; readonly cents: bigint; readonly beyondCents: bigint },
): CompanionStatement {
  return {
    text: `update recall_states set held_units = $2, held_cents = $3, beyond_cents = $4, turn = turn + 1
            where recall_id = $1 and state in ('held', 'parked') and turn = $5`,
    values: [id, counts.units, counts.cents, counts.beyondCents, turn],
    expectRows: 1,
  };
}

/** Commits with gifts that a recall takes back: it must stand as it was looked at. */
export function recallTurned({ id, turn }: RecallTurn): CompanionStatement {
  return {
    text: `update recall_states set turn = turn + 1
            where recall_id = $1 and state in ('held', 'parked') and turn = $2`,
    values: [id, turn],
    expectRows: 1,
  };
}

/**
 * Commits with the end of a recall, which must stand as it was looked at: nothing was held for it since.
 * @param lookAt when one asks again whether it stays so; a fee is booked at once
 */
export function recallEnd(
  { id, turn }: RecallTurn,
  to: 'released' | 'taken',
  at: Date,
  lookAt: Date | null = null,
): CompanionStatement {
  return {
    text: `update recall_states
              set state = $2, since = $3::timestamptz, note = null, turn = turn + 1,
                  awaits_account = null, awaits_pending = null, awaits_since = null,
                  next_check_at = case when fee_cents > 0 then $3::timestamptz else $5::timestamptz end
            where recall_id = $1 and state in ('held', 'parked') and turn = $4`,
    values: [id, to, at, turn, lookAt],
    expectRows: 1,
  };
}

/** Commits with what comes back of a lost recall, which must stand as it was looked at: nothing was claimed for it since. */
export function recallReturns({ id, turn }: RecallTurn): CompanionStatement {
  return {
    text: `update recall_states set turn = turn + 1, note = null, needs_person = false, next_check_at = null
            where recall_id = $1 and state = 'taken' and turn = $2`,
    values: [id, turn],
    expectRows: 1,
  };
}

/** Units of refunds that came to nothing which a lost recall claimed. */
export async function claimedBy(db: Queryable, recallId: Uuid): Promise<bigint> {
  const [row] = await db.query<{ units: bigint }>(
    'select coalesce(sum(units), 0)::bigint as units from recall_claims where recall_id = $1',
    [recallId],
  );
  return row?.units ?? 0n;
}

/** What the owner put in for a recall, in cents. */
export async function fundsOf(db: Queryable, recallId: Uuid): Promise<bigint> {
  const [row] = await db.query<{ cents: bigint }>('select cents from recall_funds where recall_id = $1', [
    recallId,
  ]);
  return row?.cents ?? 0n;
}

/** The pending transfers that hold unspent units for a recall. */
export async function holdsOf(db: Queryable, recallId: Uuid): Promise<{ transferId: Uuid; units: bigint }[]> {
  return db.query(
    'select transfer_id as "transferId", units from recall_holds where recall_id = $1 order by transfer_id',
    [recallId],
  );
}

export interface Taking {
  readonly recallId: Uuid;
  readonly source: 'fan' | 'creators' | 'reserve' | 'house' | 'fee';
  readonly units: bigint;
  readonly cents: bigint;
  readonly diamondUnits: bigint;
}

export async function takingsOf(db: Queryable, recallIds: readonly Uuid[]): Promise<Taking[]> {
  return db.query<Taking>(
    `select recall_id as "recallId", source, units, cents, diamond_units as "diamondUnits"
       from recall_takings where recall_id = any($1::uuid[])`,
    [recallIds],
  );
}

/** Writes down that a lost recall waits until other units of an account are reserved than were when it was looked at. */
export async function awaitEscrow(
  db: Queryable,
  id: Uuid,
  waits: Pick<AccountMark, 'accountId' | 'debitsPending'> & { readonly since: Date; readonly note: string },
): Promise<void> {
  await db.query(
    `update recall_states set awaits_account = $2, awaits_pending = $3, awaits_since = $4, note = $5
      where recall_id = $1 and state in ('held', 'parked')`,
    [id, waits.accountId, waits.debitsPending, waits.since, waits.note],
  );
}

/** Lets the recalls look again whose account has other units reserved than when they began to wait. */
export async function wakeAwaiting(db: Queryable, now: Date): Promise<void> {
  await db.query(
    `update recall_states s set next_check_at = $1, awaits_pending = a.debits_pending
       from ledger_accounts a
      where s.awaits_account is not null and a.id = s.awaits_account and a.debits_pending <> s.awaits_pending
        and s.state in ('held', 'parked')`,
    [now],
  );
}

/** Takes the recalls that somebody should look at, until `leaseUntil`. */
export async function claimDueRecalls(db: Queryable, now: Date, leaseUntil: Date): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    `update recall_states set checks = checks + 1, next_check_at = $2
      where recall_id in (select recall_id from recall_states where next_check_at <= $1
                           order by next_check_at limit 20 for update skip locked)
      returning recall_id as id`,
    [now, leaseUntil],
  );
  return rows.map(({ id }) => id);
}

export async function scheduleRecall(db: Queryable, id: Uuid, at: Date | null): Promise<void> {
  await db.query('update recall_states set next_check_at = $2 where recall_id = $1', [id, at]);
}

/** Commits with units of an order that come free: an open recall of it stands as it was looked at, and looks again. */
export function recallSees({ id, turn }: RecallTurn, at: Date): CompanionStatement {
  return {
    text: `update recall_states set turn = turn + 1, next_check_at = $3
            where recall_id = $1 and state in ('held', 'parked') and turn = $2`,
    values: [id, turn, at],
    expectRows: 1,
  };
}

/** Commits with what a lost recall claims of a refund that came to nothing: it counts that of the order after all. */
export function recallClaims(
  { id, turn }: RecallTurn,
  claimed: { readonly units: bigint; readonly cents: bigint },
): CompanionStatement {
  return {
    text: `update recall_states
              set held_units = held_units + $3, held_cents = held_cents + $4, beyond_cents = beyond_cents - $4,
                  turn = turn + 1
            where recall_id = $1 and state = 'taken' and turn = $2`,
    values: [id, turn, claimed.units, claimed.cents],
    expectRows: 1,
  };
}

/** Whoever has a payment that is disputed, or that was lost, not pardoned and not won after all. */
export async function disputingPeople(db: Queryable): Promise<{ userId: Uuid; open: boolean }[]> {
  return db.query(
    `select r.user_id as "userId", bool_or(s.state in ('held', 'parked')) as open
       from recalls r join recall_states s on s.recall_id = r.id
      where r.kind = 'dispute'
        and (s.state in ('held', 'parked')
             or (s.state = 'taken' and s.pardoned_at is null
                 and not exists (select from recall_returns b where b.recall_id = r.id)))
      group by r.user_id`,
  );
}
