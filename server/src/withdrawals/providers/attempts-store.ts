import type { PaymentMode } from '../../config.ts';
import type { Uuid } from '../../core/ids.ts';
import type { Queryable } from '../../db/database.ts';
import { type CompanionStatement, defineCompanionTable } from '../../ledger/index.ts';

/** A try to pay a withdrawal through a provider, and where it stands with them. */
export interface Attempt {
  readonly id: Uuid;
  readonly withdrawalId: Uuid;
  readonly number: number;
  readonly provider: string;
  readonly mode: PaymentMode;
  readonly world: string;
  /** The house's account there that it was asked for with; `null` = it was not kept. */
  readonly house: string | null;
  readonly destination: string;
  readonly minor: bigint;
  readonly currency: string;
  readonly madeAt: Date;
  readonly askedAt: Date | null;
  /** How often the provider was asked to begin it, by whichever server. */
  readonly asks: number;
  readonly takenRef: string | null;
  /** What a webhook called it while nothing was booked of it. */
  readonly toldRef: string | null;
  readonly payoutRef: string | null;
  readonly rawStatus: string | null;
  readonly problem: string | null;
  /** Nothing is booked until people say what of what is there counts. */
  readonly needsPeople: boolean;
  readonly closedCode: string | null;
  readonly closedAt: Date | null;
  readonly checks: number;
  readonly turn: bigint;
}

export const ATTEMPT_ROWS = defineCompanionTable({
  name: 'payout_attempts',
  columns: {
    id: 'uuid',
    withdrawal_id: 'uuid',
    number: 'int4',
    provider: 'text',
    mode: 'text',
    world: 'text',
    destination: 'text',
    minor: 'int8',
    currency: 'text',
    made_at: 'timestamptz',
    house: 'text',
    reserve_id: 'uuid',
  },
});

export const ATTEMPT_STATE_ROWS = defineCompanionTable({
  name: 'payout_attempt_states',
  columns: { attempt_id: 'uuid', withdrawal_id: 'uuid', next_check_at: 'timestamptz' },
});

const ATTEMPT = `a.id, a.withdrawal_id as "withdrawalId", a.number, a.provider, a.mode, a.world, a.house, a.destination,
  a.minor, a.currency, a.made_at as "madeAt", s.asked_at as "askedAt", s.asks, s.taken_ref as "takenRef", s.told_ref as "toldRef", s.payout_ref as "payoutRef",
  s.raw_status as "rawStatus", s.problem, s.needs_people as "needsPeople", s.closed_code as "closedCode", s.closed_at as "closedAt", s.checks, s.turn`;
const ATTEMPT_FROM = 'payout_attempts a join payout_attempt_states s on s.attempt_id = a.id';

/** The tries of a withdrawal, the newest first. */
export function attemptsOf(db: Queryable, withdrawalId: Uuid): Promise<Attempt[]> {
  return db.query<Attempt>(
    `select ${ATTEMPT} from ${ATTEMPT_FROM} where a.withdrawal_id = $1 order by a.number desc`,
    [withdrawalId],
  );
}

/** Tries that are due, each taken by one process until `leaseUntil`. */
export async function claimDue(
  db: Queryable,
  now: Date,
  leaseUntil: Date,
  limit: number,
): Promise<Attempt[]> {
  return db.query<Attempt>(
    `with due as (
       update payout_attempt_states set checks = checks + 1, turn = turn + 1, next_check_at = $2
        where attempt_id in (select attempt_id from payout_attempt_states where next_check_at <= $1
                              order by next_check_at limit $3 for update skip locked)
       returning *)
     select ${ATTEMPT} from payout_attempts a join due s on s.attempt_id = a.id`,
    [now, leaseUntil, limit],
  );
}

/** What is booked as taken of a try, as of now. */
export async function takenRefOf(db: Queryable, id: Uuid): Promise<string | null> {
  const [row] = await db.query<{ takenRef: string | null }>(
    'select taken_ref as "takenRef" from payout_attempt_states where attempt_id = $1',
    [id],
  );
  return row?.takenRef ?? null;
}

/** The code of a try of which two operators said that it was not paid. */
export const NOT_PAID = 'not_paid';

/**
 * Somebody said that something changed: it is looked at now, also when nothing more was to be asked, and under the name that
 * they gave it.
 */
export async function lookSoon(
  db: Queryable,
  {
    attemptIds,
    takenRefs,
  }: { readonly attemptIds: readonly string[]; readonly takenRefs: readonly string[] },
  now: Date,
): Promise<number> {
  const [named = null, ...others] = takenRefs;
  const rows = await db.query(
    `update payout_attempt_states
        set next_check_at = $2, turn = turn + 1,
            told_ref = case when attempt_id = any($1::uuid[]) and taken_ref is distinct from $4::text
                         then coalesce($4, told_ref) else told_ref end
      where (attempt_id = any($1::uuid[]) or taken_ref = any($3::text[]))
        and (closed_at is null or closed_code = $5) returning 1`,
    [attemptIds, now, takenRefs, others.length === 0 ? named : null, NOT_PAID],
  );
  return rows.length;
}

/** When it is looked at next, unless somebody was told something since; `null` = never again. */
export async function checkNext(
  db: Queryable,
  { id, turn }: Pick<Attempt, 'id' | 'turn'>,
  at: Date | null,
): Promise<void> {
  await db.query('update payout_attempt_states set next_check_at = $3 where attempt_id = $1 and turn = $2', [
    id,
    turn,
    at,
  ]);
}

/** Writes down that the provider is being asked; the first time counts. How often it was with this one; `null` = it is closed. */
export async function markAsked(db: Queryable, id: Uuid, at: Date): Promise<number | null> {
  const [row] = await db.query<{ asks: number }>(
    `update payout_attempt_states set asked_at = coalesce(asked_at, $2), asks = asks + 1
      where attempt_id = $1 and closed_at is null returning asks`,
    [id, at],
  );
  return row?.asks ?? null;
}

/** How often it was asked for, as of now. */
export async function asksOf(db: Queryable, id: Uuid): Promise<number> {
  const [row] = await db.query<{ asks: number }>(
    'select asks from payout_attempt_states where attempt_id = $1',
    [id],
  );
  return row?.asks ?? 0;
}

/** What the provider says of it now, and what is wrong. */
export async function markSeen(
  db: Queryable,
  id: Uuid,
  seen: {
    readonly rawStatus: string | null;
    readonly payoutRef: string | null;
    readonly problem: string | null;
    readonly needsPeople?: boolean;
  },
): Promise<void> {
  await db.query(
    `update payout_attempt_states
        set raw_status = coalesce($2, raw_status), payout_ref = coalesce($3, payout_ref), problem = $4,
            needs_people = $5
      where attempt_id = $1`,
    [id, seen.rawStatus, seen.payoutRef, seen.problem, seen.needsPeople === true],
  );
}

/** In the commit that books it: the provider took it. */
export function takenStatement(id: Uuid, takenRef: string): CompanionStatement {
  return {
    text: `update payout_attempt_states set taken_ref = $2, problem = null, needs_people = false
            where attempt_id = $1 and closed_at is null and taken_ref is null`,
    values: [id, takenRef],
    expectRows: 1,
  };
}

/**
 * In the commit that gives it up: it did not happen and will not, and nobody asked for it after those `asks` whose answers are
 * known. Nobody asks for it any more.
 */
export function closedStatement(id: Uuid, code: string, at: Date, asks: number): CompanionStatement {
  return {
    text: `update payout_attempt_states
              set closed_code = $2, closed_at = $3, next_check_at = null, turn = turn + 1
            where attempt_id = $1 and closed_at is null and taken_ref is null and asks = $4`,
    values: [id, code, at, asks],
    expectRows: 1,
  };
}

/** What is known of a try while two operators end it: what a webhook called it, and who else has the name that they give. */
export async function knownOf(
  db: Queryable,
  id: Uuid,
  ref: string | null,
): Promise<{ readonly toldRef: string | null; readonly others: string | null }> {
  const [row] = await db.query<{ toldRef: string | null; others: string | null }>(
    `select told_ref as "toldRef", (select w.reference from payout_attempt_states o join withdrawals w on w.id = o.withdrawal_id
                                     where o.taken_ref = $2 and o.attempt_id <> $1) as others
       from payout_attempt_states where attempt_id = $1`,
    [id, ref],
  );
  if (row === undefined) throw new Error(`there is no try ${id}`);
  return row;
}

/** In the commit in which two operators say that it was paid under this name: no webhook has named it since they looked. */
export function paidThereStatement(id: Uuid, ref: string, toldRef: string | null): CompanionStatement {
  return {
    text: `update payout_attempt_states set taken_ref = $2, problem = null, needs_people = false
            where attempt_id = $1 and closed_at is null and taken_ref is null and told_ref is not distinct from $3`,
    values: [id, ref, toldRef],
    expectRows: 1,
  };
}

/** In the commit in which two operators say that it was not paid; it is looked at again only when a webhook names it. */
export function notPaidStatement(id: Uuid, at: Date, toldRef: string | null): CompanionStatement {
  return {
    text: `update payout_attempt_states
              set closed_code = $2, closed_at = $3, next_check_at = null, turn = turn + 1, problem = null, needs_people = false
            where attempt_id = $1 and closed_at is null and taken_ref is null and told_ref is not distinct from $4`,
    values: [id, NOT_PAID, at, toldRef],
    expectRows: 1,
  };
}

/** In the commit that cancels it: nobody was asked, and nobody will be. */
export function unaskedStatement(id: Uuid, code: string, at: Date): CompanionStatement {
  return {
    text: `update payout_attempt_states
              set closed_code = $2, closed_at = $3, next_check_at = null, turn = turn + 1
            where attempt_id = $1 and closed_at is null and asked_at is null`,
    values: [id, code, at],
    expectRows: 1,
  };
}

/** In the commit that calls it back: its provider still said this when it was asked last, and it is looked at now. */
export function calledBackStatement(withdrawalId: Uuid, said: string, at: Date): CompanionStatement {
  return {
    text: `update payout_attempt_states set next_check_at = $3, turn = turn + 1
            where withdrawal_id = $1 and closed_at is null and raw_status = $2`,
    values: [withdrawalId, said, at],
    expectRows: 1,
  };
}

/** Has tries looked at now that had arrived, and of which something was taken back; how many. */
export async function lookSoonAtPaid(
  db: Queryable,
  takenRefs: readonly string[],
  now: Date,
): Promise<number> {
  const rows = await db.query(
    `update payout_attempt_states t set next_check_at = $2, turn = t.turn + 1
       from withdrawal_states s
      where t.taken_ref = any($1::text[]) and s.withdrawal_id = t.withdrawal_id and s.state = 'paid'
        and not exists (select from payout_resolutions r where r.withdrawal_id = t.withdrawal_id)
      returning 1`,
    [takenRefs, now],
  );
  return rows.length;
}

/** Takes the turn to look back, unless somebody did since `before`. */
export async function takeLookBack(
  db: Queryable,
  of: { readonly provider: string; readonly mode: string; readonly house: string },
  now: Date,
  before: Date,
): Promise<boolean> {
  const rows = await db.query(
    `insert into payout_look_backs as known (provider, mode, house, asked_at) values ($1, $2, $3, $4)
     on conflict (provider, mode, house) do update set asked_at = $4 where known.asked_at <= $5 returning 1`,
    [of.provider, of.mode, of.house, now, before],
  );
  return rows.length === 1;
}

/**
 * Which of these payments, unapproved at a provider, are of a try of ours and will never be gone on with: the try is
 * closed, or another payment is booked for it. What is taken is written once, so this stays true.
 */
export async function neverGoneOnWith(
  db: Queryable,
  lying: readonly { readonly takenRef: string; readonly attemptId: Uuid }[],
): Promise<string[]> {
  const rows = await db.query<{ takenRef: string }>(
    `select l.ref as "takenRef" from unnest($1::text[], $2::uuid[]) as l (ref, attempt_id)
       join payout_attempt_states t on t.attempt_id = l.attempt_id
      where t.closed_at is not null or (t.taken_ref is not null and t.taken_ref <> l.ref)`,
    [lying.map(({ takenRef }) => takenRef), lying.map(({ attemptId }) => attemptId)],
  );
  return rows.map(({ takenRef }) => takenRef);
}
