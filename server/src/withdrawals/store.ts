import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { type CompanionStatement, defineCompanionTable } from '../ledger/index.ts';
import { SET_UP_METHODS } from './methods/words.ts';
import { type AccountsKnown, setupHere } from './providers/setups-store.ts';
import { FROZEN_RULE, HOLDS_OF_HOUSE, OPEN_STATES } from './states.ts';
import type {
  AccountDetails,
  PayoutAccount,
  Quote,
  Withdrawal,
  WithdrawalEvent,
  WithdrawalNow,
  WithdrawalState,
} from './withdrawal.ts';
import { diamondsBackId, reserveId, reservePostId, reserveVoidId } from './withdrawal-ids.ts';

// --- Rows that commit with their transfers --------------------------------------------------------------------

export const WITHDRAWAL_ROWS = defineCompanionTable({
  name: 'withdrawals',
  columns: {
    id: 'uuid',
    committed: 'ledger_timestamp',
    user_id: 'uuid',
    quote_id: 'uuid',
    account_id: 'uuid',
    method: 'text',
    reference: 'text',
    diamond_units: 'int8',
    fee_cents: 'int8',
    tax_cents: 'int8',
    net_cents: 'int8',
    currency: 'text',
    payout_minor: 'int8',
    request_hash: 'int8',
    requested_at: 'timestamptz',
  },
});

export const STATE_ROWS = defineCompanionTable({
  name: 'withdrawal_states',
  columns: {
    withdrawal_id: 'uuid',
    state: 'text',
    since: 'timestamptz',
    hold_reason: 'text',
    hold_rule: 'text',
    hold_until: 'timestamptz',
  },
});

export const EVENT_ROWS = defineCompanionTable({
  name: 'withdrawal_events',
  columns: {
    id: 'uuid',
    withdrawal_id: 'uuid',
    at: 'timestamptz',
    step: 'text',
    state: 'text',
    by_user: 'uuid',
    note: 'text',
    code: 'text',
    hold_rule: 'text',
    hold_until: 'timestamptz',
  },
});

export const PAYMENT_ROWS = defineCompanionTable({
  name: 'withdrawal_payments',
  columns: { transfer_id: 'uuid', withdrawal_id: 'uuid' },
});

export const NEWS_ROWS = defineCompanionTable({ name: 'withdrawal_news', columns: { event_id: 'uuid' } });

/** The constraint that lets a quote be used once. */
export const ONE_PER_QUOTE = 'withdrawals_quote_id_key';
/** The constraint that lets an account be replaced once. */
export const REPLACED_ONCE = 'payout_accounts_replaced_once';

/** A withdrawal as a companion row, in the order of `WITHDRAWAL_ROWS`. The ledger gives `committed`. */
export function withdrawalValues(row: Omit<Withdrawal, 'committed'>): unknown[] {
  return [
    row.id,
    null,
    row.userId,
    row.quoteId,
    row.accountId,
    row.method,
    row.reference,
    row.diamondUnits,
    row.feeCents,
    row.taxCents,
    row.netCents,
    row.currency,
    row.payoutMinor,
    row.requestHash,
    row.requestedAt,
  ];
}

/** An event as a companion row, in the order of `EVENT_ROWS`. */
export function eventValues(event: WithdrawalEvent): unknown[] {
  return [
    event.id,
    event.withdrawalId,
    event.at,
    event.step,
    event.state,
    event.byUser,
    event.note,
    event.code,
    event.holdRule,
    event.holdUntil,
  ];
}

/** Whether somebody has had the file of withdrawal `$1` in hand: then the bank may have it. */
const AT_THE_BANK = `exists (
  select from payout_file_places e
   where e.withdrawal_id = $1
     and (exists (select from payout_file_downloads where file_id = e.file_id)
       or exists (select from payout_file_sendings where file_id = e.file_id)))`;

export async function isAtTheBank(db: Queryable, id: Uuid): Promise<boolean> {
  const [row] = await db.query<{ is: boolean }>(`select ${AT_THE_BANK} as "is"`, [id]);
  return row?.is === true;
}

/** Moves one on, if it stands where it is thought to stand; a hold that it had is over. */
export function moveStatement(
  id: Uuid,
  from: readonly WithdrawalState[],
  to: WithdrawalState,
  at: Date,
): CompanionStatement {
  return {
    text: `update withdrawal_states set state = $2, since = $3, hold_reason = null, hold_rule = null, hold_until = null
            where withdrawal_id = $1 and state = any($4::text[])`,
    values: [id, to, at, from],
    expectRows: 1,
  };
}

/** Takes a person's turn: two requests that looked at the same caps cannot both take it. */
export function turnStatement(userId: Uuid, turn: bigint): CompanionStatement {
  return {
    text: 'update withdrawal_turns set turn = turn + 1 where user_id = $1 and turn = $2',
    values: [userId, turn],
    expectRows: 1,
  };
}

/** Takes the next turn of a person, whichever it is, in a transaction that has looked at everything else. */
export async function takeTurn(tx: Queryable, userId: Uuid): Promise<void> {
  await tx.query(
    `insert into withdrawal_turns (user_id, turn) values ($1, 1)
     on conflict (user_id) do update set turn = withdrawal_turns.turn + 1`,
    [userId],
  );
}

/** The turn that the next request of this person takes. */
export async function turnOf(db: Queryable, userId: Uuid): Promise<bigint> {
  const read = () =>
    db.query<{ turn: bigint }>('select turn from withdrawal_turns where user_id = $1', [userId]);
  const [known] = await read();
  if (known !== undefined) return known.turn;
  await db.query('insert into withdrawal_turns (user_id, turn) values ($1, 0) on conflict do nothing', [
    userId,
  ]);
  const [made] = await read();
  return made?.turn ?? 0n;
}

/** A person and everybody who gave a bank account of theirs too, in order. */
export async function sharersOf(db: Queryable, userId: Uuid): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    `select $1::uuid as id union
     select other.user_id from payee_numbers mine join payee_numbers other on other.number = mine.number
      where mine.user_id = $1 order by id`,
    [userId],
  );
  return rows.map(({ id }) => id);
}

/** Withdrawals of a person, and of whoever else is paid to the same bank account. */
const OF_PAYEE = `(w.user_id = $1 or w.account_id in (
  select other.account_id from payee_numbers mine join payee_numbers other on other.number = mine.number
   where mine.user_id = $1))`;

/**
 * Gross cents of what was let go to a person, or to a bank account of theirs, since then: what waits for the bank, and
 * whatever was ever sent, though it came back.
 */
export async function letGoCents(db: Queryable, userId: Uuid, since: Date): Promise<bigint> {
  const [row] = await db.query<{ cents: bigint }>(
    `select coalesce(sum(w.fee_cents + w.tax_cents + w.net_cents), 0)::bigint as cents
       from withdrawals w join withdrawal_states s on s.withdrawal_id = w.id
      where ${OF_PAYEE}
        and (s.state in ('released', 'sending')
          or exists (select from withdrawal_events e where e.withdrawal_id = w.id and e.step in ('send', 'resolve_paid')))
        and exists (select from withdrawal_events e
                     where e.withdrawal_id = w.id and e.step = 'release' and e.at > $2)`,
    [userId, since],
  );
  return row?.cents ?? 0n;
}

/**
 * Gross cents of Diamonds that a person, or whoever is paid to the same bank account, got back since then though
 * somebody may have been paid: what came back, and what was to be paid by hand and failed after its release.
 */
export async function givenBackCents(db: Queryable, userId: Uuid, since: Date): Promise<bigint> {
  const [row] = await db.query<{ cents: bigint }>(
    `select coalesce(sum(w.fee_cents + w.tax_cents + w.net_cents), 0)::bigint as cents from withdrawals w
      where ${OF_PAYEE}
        and exists (select from withdrawal_events e
                     where e.withdrawal_id = w.id and e.at > $2
                       and (e.step = 'return' or e.step = 'fail' and w.method = 'manual' and exists (
                              select from withdrawal_events r where r.withdrawal_id = w.id and r.step = 'release')))`,
    [userId, since],
  );
  return row?.cents ?? 0n;
}

/** Whether the checks of a withdrawal were ever done: then somebody may have paid it by hand. */
export async function wasReleased(db: Queryable, id: Uuid): Promise<boolean> {
  const rows = await db.query(
    `select from withdrawal_events where withdrawal_id = $1 and step = 'release' limit 1`,
    [id],
  );
  return rows.length > 0;
}

// --- Withdrawals ----------------------------------------------------------------------------------------------

const NOW = `w.id, w.committed, w.user_id as "userId", w.quote_id as "quoteId", w.account_id as "accountId", w.method,
  w.reference, w.diamond_units as "diamondUnits", w.fee_cents as "feeCents", w.tax_cents as "taxCents",
  w.net_cents as "netCents", w.currency, w.payout_minor as "payoutMinor", w.request_hash as "requestHash",
  w.requested_at as "requestedAt", s.state, s.since, s.hold_reason as "holdReason", s.hold_rule as "holdRule",
  s.hold_until as "holdUntil", left_over.until as "holdLeftUntil", s.approval_id as "approvalId", q.arrives_by as "arrivesBy",
  q.policy_version as "policyVersion", a.masked, a.holder, a.country,
  coalesce((select x.world from payout_attempts x where x.withdrawal_id = w.id order by x.number desc limit 1),
           w.method) as world,
  trying.reserve_id as "cashReserveId", trying.unasked as "unaskedAttemptId",
  exists (select from payout_attempt_states z where z.withdrawal_id = w.id and z.asked_at is not null) as "wasAsked",
  (select y.raw_status from payout_attempt_states y
    where y.withdrawal_id = w.id and y.closed_at is null and s.state in ('sent', 'parked')) as "providerSays",
  (select c.at from withdrawal_events c where c.withdrawal_id = w.id and c.step = 'call_back') as "calledBackAt"`;
const OF_HOUSE = [...HOLDS_OF_HOUSE].map((rule) => `'${rule}'`).join(', ');
/**
 * The hold that an operator made of a withdrawal which its creator canceled since: it is of the person and the reason, so
 * it goes on until its date, or until an operator lifts it.
 */
export const HOLD_LEFT = `left join lateral (
    select h.note as reason, case when h.hold_rule not in (${OF_HOUSE}) then h.hold_until end as until
      from withdrawal_events h
     where s.state = 'canceled' and h.withdrawal_id = w.id
       and h.step in ('requested', 'hold', 'end_hold', 'release', 'lift_hold')
     order by h.place desc limit 1) as left_over on true`;
const NOW_FROM = `withdrawals w join withdrawal_states s on s.withdrawal_id = w.id
  join withdrawal_quotes q on q.id = w.quote_id join payout_accounts a on a.id = w.account_id
  left join lateral (
    select x.reserve_id, case when y.asked_at is null then x.id end as unasked
      from payout_attempts x join payout_attempt_states y on y.attempt_id = x.id and y.closed_at is null
     where x.withdrawal_id = w.id and s.state = 'sending') as trying on true
  ${HOLD_LEFT}`;

export async function withdrawalById(db: Queryable, id: Uuid): Promise<WithdrawalNow | undefined> {
  const [row] = await db.query<WithdrawalNow>(`select ${NOW} from ${NOW_FROM} where w.id = $1`, [id]);
  return row;
}

export function withdrawalsByIds(db: Queryable, ids: readonly Uuid[]): Promise<WithdrawalNow[]> {
  return db.query<WithdrawalNow>(`select ${NOW} from ${NOW_FROM} where w.id = any($1::uuid[])`, [ids]);
}

/** Diamond units of a person's withdrawals that came back from a bank. */
export async function returnedUnitsOf(db: Queryable, userId: Uuid): Promise<bigint> {
  const [row] = await db.query<{ units: bigint }>(
    `select coalesce(sum(w.diamond_units), 0)::bigint as units from withdrawals w
       join withdrawal_states s on s.withdrawal_id = w.id where w.user_id = $1 and s.state = 'returned'`,
    [userId],
  );
  return row?.units ?? 0n;
}

export async function withdrawalByReference(db: Queryable, ref: string): Promise<WithdrawalNow | undefined> {
  const [row] = await db.query<WithdrawalNow>(`select ${NOW} from ${NOW_FROM} where w.reference = $1`, [ref]);
  return row;
}

/** A person's withdrawals, the newest first, after a place in that list. */
export function withdrawalsOf(
  db: Queryable,
  userId: Uuid,
  before: bigint | null,
  limit: number,
): Promise<WithdrawalNow[]> {
  return db.query<WithdrawalNow>(
    // Chosen first: what else is told of each is found for these alone.
    `select ${NOW} from ${NOW_FROM}
      where w.id in (select v.id from withdrawals v
                      where v.user_id = $1 and ($2::bigint is null or v.committed < $2)
                      order by v.committed desc limit $3)
      order by w.committed desc`,
    [userId, before, limit],
  );
}

/** When an operator held it first; `null` when none did. */
export async function firstHeldAt(db: Queryable, id: Uuid): Promise<Date | null> {
  const [row] = await db.query<{ at: Date | null }>(
    `select min(at) as at from withdrawal_events where withdrawal_id = $1 and step = 'hold' and by_user is not null`,
    [id],
  );
  return row?.at ?? null;
}

/** A person's withdrawals on their way, the oldest first. */
export function openWithdrawalsOf(db: Queryable, userId: Uuid): Promise<WithdrawalNow[]> {
  return db.query<WithdrawalNow>(
    `select ${NOW} from ${NOW_FROM} where w.user_id = $1 and s.state = any($2::text[]) order by w.committed limit 100`,
    [userId, OPEN_STATES],
  );
}

/**
 * What the checks look at: amounts of the last seven days, also of others who are paid to a bank account of theirs; a hold
 * of an operator, also of what was canceled since; the first payment.
 */
export async function pastOf(
  db: Queryable,
  userId: Uuid,
  { since, now }: { readonly since: Date; readonly now: Date },
): Promise<{
  readonly recent: { readonly at: Date; readonly cents: bigint; readonly method: string }[];
  readonly held: { readonly reason: string; readonly until: Date } | null;
  readonly paidBefore: boolean;
  readonly oneOpen: boolean;
  readonly firstHeld: boolean;
}> {
  const [recent, [sums]] = await Promise.all([
    db.query<{ at: Date; cents: bigint; method: string }>(
      `select w.requested_at as at, w.fee_cents + w.tax_cents + w.net_cents as cents, w.method
         from withdrawals w join withdrawal_states s on s.withdrawal_id = w.id
        where ${OF_PAYEE} and w.requested_at > $2 and s.state not in ('failed', 'canceled', 'returned')`,
      [userId, since],
    ),
    db.query<{
      reason: string | null;
      until: Date | null;
      paidBefore: boolean | null;
      oneOpen: boolean | null;
      firstHeld: boolean | null;
    }>(
      `select (array_agg(held.reason order by held.until desc) filter (where held.until is not null))[1] as reason,
              max(held.until) as until, bool_or(s.state = 'paid') as "paidBefore",
              bool_or(s.state = any($2::text[])) as "oneOpen",
              bool_or(s.state = 'held' and s.hold_rule = 'first_withdrawal') as "firstHeld"
         from withdrawals w join withdrawal_states s on s.withdrawal_id = w.id
         ${HOLD_LEFT}
         left join lateral (
           select s.hold_reason as reason, s.hold_until as until
            where s.state = 'held' and s.hold_rule <> 'first_withdrawal'
            union all
           select left_over.reason, left_over.until where left_over.until > $3) as held on true
        where w.user_id = $1`,
      [userId, OPEN_STATES, now],
    ),
  ]);
  const { reason = null, until = null } = sums ?? {};
  return {
    recent,
    held: reason === null || until === null ? null : { reason, until },
    paidBefore: sums?.paidBefore === true,
    oneOpen: sums?.oneOpen === true,
    firstHeld: sums?.firstHeld === true,
  };
}

/** The code with which money came back last, by account, of a person; missing where none did. */
export async function returnsOf(db: Queryable, userId: Uuid): Promise<ReadonlyMap<Uuid, string>> {
  const rows = await db.query<{ id: Uuid; code: string }>(
    `select distinct on (w.account_id) w.account_id as id, e.code from withdrawals w
       join withdrawal_states s on s.withdrawal_id = w.id and s.state = 'returned'
       join withdrawal_events e on e.withdrawal_id = w.id and e.step = 'return' and e.code is not null
      where w.user_id = $1 order by w.account_id, e.place desc`,
    [userId],
  );
  return new Map(rows.map(({ id, code }) => [id, code]));
}

/** Whether money has arrived at this account before. */
export async function wasPaidTo(db: Queryable, accountId: Uuid): Promise<boolean> {
  const rows = await db.query(
    `select from withdrawals w join withdrawal_states s on s.withdrawal_id = w.id
      where w.account_id = $1 and s.state = 'paid' limit 1`,
    [accountId],
  );
  return rows.length > 0;
}

/** The transfers of money of a withdrawal. */
export async function paymentIdsOf(db: Queryable, id: Uuid): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    'select transfer_id as id from withdrawal_payments where withdrawal_id = $1',
    [id],
  );
  return rows.map((row) => row.id);
}

/** The transfers of a withdrawal on its creator's own accounts, in order. */
export async function transferIdsOf(db: Queryable, id: Uuid, userId: Uuid): Promise<Uuid[]> {
  const legs = [reserveId(id), reservePostId(id), reserveVoidId(id), diamondsBackId(id)];
  const rows = await db.query<{ id: Uuid }>(
    `select t.id from ledger_transfers t
      where t.id = any($1::uuid[]) and exists (select from ledger_accounts a
              where a.id in (t.debit_account_id, t.credit_account_id) and a.user_data_128 = $2)
      order by t.timestamp`,
    [legs, userId],
  );
  return rows.map((row) => row.id);
}

const EVENT = `e.id, e.withdrawal_id as "withdrawalId", e.at, e.step, e.state, e.by_user as "byUser", e.note, e.code,
  e.hold_rule as "holdRule", e.hold_until as "holdUntil"`;

export function eventsOf(db: Queryable, ids: readonly Uuid[]): Promise<WithdrawalEvent[]> {
  return db.query<WithdrawalEvent>(
    `select ${EVENT} from withdrawal_events e where e.withdrawal_id = any($1::uuid[]) order by e.place`,
    [ids],
  );
}

export async function insertEvent(tx: Queryable, event: WithdrawalEvent): Promise<void> {
  await tx.query(
    `insert into withdrawal_events (id, withdrawal_id, at, step, state, by_user, note, code, hold_rule, hold_until)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    eventValues(event),
  );
  await tx.query('insert into withdrawal_news (event_id) values ($1)', [event.id]);
}

/** Moves one on without money; whether it stood where it was thought to stand. */
export async function moveState(
  tx: Queryable,
  id: Uuid,
  from: readonly WithdrawalState[],
  to: WithdrawalState,
  at: Date,
  hold: { readonly reason: string; readonly rule: string; readonly until: Date } | null,
): Promise<boolean> {
  const rows = await tx.query(
    `update withdrawal_states
        set state = $2, since = $3, hold_reason = $5, hold_rule = $6, hold_until = $7
      where withdrawal_id = $1 and state = any($4::text[]) returning 1`,
    [id, to, at, from, hold?.reason ?? null, hold?.rule ?? null, hold?.until ?? null],
  );
  return rows.length === 1;
}

/** Writes down that a second operator was asked; whether it still stood in review. */
export async function nameApproval(tx: Queryable, id: Uuid, approvalId: Uuid): Promise<boolean> {
  const rows = await tx.query(
    `update withdrawal_states set approval_id = $2
      where withdrawal_id = $1 and state in ('in_review', 'held') returning 1`,
    [id, approvalId],
  );
  return rows.length === 1;
}

/**
 * Withdrawals that wait while their creator's account is frozen, and those that a freeze holds which is over: which of
 * the two. Of one person or of all.
 */
export function waitingOfFrozen(
  db: Queryable,
  about: {
    readonly userId: Uuid | null;
    readonly gates: readonly string[];
    readonly now: Date;
    readonly limit: number;
  },
): Promise<{ id: Uuid; userId: Uuid; isFrozen: boolean }[]> {
  return db.query(
    `select w.id, w.user_id as "userId", frozen as "isFrozen"
       from withdrawal_states s join withdrawals w on w.id = s.withdrawal_id
            cross join lateral (
              select exists (
                select from account_freezes f
                 where f.user_id = w.user_id and f.gates && $2::text[] and (f.until is null or f.until > $3)
                   and f.by_user is distinct from f.user_id
                   and not exists (select from account_freeze_lifts l where l.freeze_id = f.id)) as frozen) as f
      where s.state in ('in_review', 'released', 'held') and ($1::uuid is null or w.user_id = $1)
        and case when frozen then s.state <> 'held'
                 else s.state = 'held' and s.hold_rule = $5 end
      order by w.committed limit $4`,
    [about.userId, about.gates, about.now, about.limit, FROZEN_RULE],
  );
}

/** Holds whose latest date has come. */
export async function holdsOver(db: Queryable, now: Date, limit: number): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    `select withdrawal_id as id from withdrawal_states where state = 'held' and hold_until <= $1
      order by hold_until limit $2`,
    [now, limit],
  );
  return rows.map(({ id }) => id);
}

/** Takes events that nobody was told of from the queue, the oldest first. */
export async function takeNews(tx: Queryable, limit: number): Promise<WithdrawalEvent[]> {
  return tx.query<WithdrawalEvent>(
    `with taken as (
       delete from withdrawal_news where event_id in (
         select event_id from withdrawal_news order by event_id limit $1 for update skip locked) returning event_id
     )
     select ${EVENT} from taken join withdrawal_events e on e.id = taken.event_id order by e.place`,
    [limit],
  );
}

// --- Quotes ---------------------------------------------------------------------------------------------------

const QUOTE_COLUMNS = {
  id: 'id',
  userId: 'user_id',
  accountId: 'account_id',
  diamondUnits: 'diamond_units',
  rateVersion: 'rate_version',
  rateCents: 'rate_cents',
  rateUnits: 'rate_units',
  policyVersion: 'policy_version',
  grossCents: 'gross_cents',
  feeCents: 'fee_cents',
  taxCents: 'tax_cents',
  netCents: 'net_cents',
  currency: 'currency',
  fiatVersion: 'fiat_version',
  fiatNumerator: 'fiat_numerator',
  fiatDenominator: 'fiat_denominator',
  coinPrice: 'coin_price',
  payoutMinor: 'payout_minor',
  quotedAt: 'quoted_at',
  expiresAt: 'expires_at',
  arrivesBy: 'arrives_by',
} as const satisfies Record<Exclude<keyof Quote, 'fiatAsOf'>, string>;

const QUOTE = [
  ...Object.entries(QUOTE_COLUMNS).map(([field, column]) => `${column} as "${field}"`),
  '(select f.as_of from fiat_versions f where f.version = fiat_version) as "fiatAsOf"',
].join(', ');

/** `numeric` comes back as text. */
type QuoteRow = Omit<Quote, 'fiatNumerator' | 'fiatDenominator'> & {
  readonly fiatNumerator: string | null;
  readonly fiatDenominator: string | null;
};

function quoteOf(row: QuoteRow): Quote {
  const { fiatNumerator, fiatDenominator } = row;
  return {
    ...row,
    fiatNumerator: fiatNumerator === null ? null : BigInt(fiatNumerator),
    fiatDenominator: fiatDenominator === null ? null : BigInt(fiatDenominator),
  };
}

export async function insertQuote(db: Queryable, quote: Quote): Promise<void> {
  const fields = Object.keys(QUOTE_COLUMNS) as (keyof typeof QUOTE_COLUMNS)[];
  await db.query(
    `insert into withdrawal_quotes (${Object.values(QUOTE_COLUMNS).join(', ')})
     values (${fields.map((_, index) => `$${index + 1}`).join(', ')})`,
    fields.map((field) => quote[field]),
  );
}

export async function quoteById(db: Queryable, id: Uuid): Promise<Quote | undefined> {
  const [row] = await db.query<QuoteRow>(`select ${QUOTE} from withdrawal_quotes where id = $1`, [id]);
  return row === undefined ? undefined : quoteOf(row);
}

export async function quotesByIds(db: Queryable, ids: readonly Uuid[]): Promise<Quote[]> {
  const rows = await db.query<QuoteRow>(`select ${QUOTE} from withdrawal_quotes where id = any($1::uuid[])`, [
    ids,
  ]);
  return rows.map(quoteOf);
}

/** Forgets quotes that expired before an instant and that nothing was asked for with; how many. */
export async function sweepQuotes(db: Queryable, before: Date): Promise<number> {
  const rows = await db.query(
    `delete from withdrawal_quotes q where q.id in (
       select o.id from withdrawal_quotes o where o.expires_at < $1
          and not exists (select from withdrawals w where w.quote_id = o.id) limit 1000) returning 1`,
    [before],
  );
  return rows.length;
}

// --- Accounts -------------------------------------------------------------------------------------------------

const ACCOUNT = `a.id, a.user_id as "userId", a.method, a.country, a.currency, a.holder, a.masked, a.details,
  a.replaces, a.made_at as "madeAt", greatest(a.usable_from, u.bank_usable_from) as "usableFrom",
  case when a.method = any($2::text[]) then jsonb_build_object('submitted', coalesce(u.submitted, false),
    'ready', coalesce(u.ready, false), 'rejected', coalesce(u.rejected, false),
    'missing', coalesce(u.missing, '{}'), 'bankLast4', u.bank_last4) end as setup`;
const ACCOUNT_FROM = `payout_accounts a left join lateral (${setupHere(3)}) as u on true`;
/** Of accounts: what stands behind them is what is set up with the accounts that the house pays from. */
const here = (known: AccountsKnown) => [SET_UP_METHODS, known.providers, known.modes, known.houses];
const IN_USE = `not exists (select from payout_accounts n where n.replaces = a.id)
  and not exists (select from payout_account_removals r where r.account_id = a.id)`;

/** A person's accounts in use, the newest first. */
export function accountsOf(db: Queryable, userId: Uuid, known: AccountsKnown): Promise<PayoutAccount[]> {
  return db.query<PayoutAccount>(
    `select ${ACCOUNT} from ${ACCOUNT_FROM} where a.user_id = $1 and ${IN_USE} order by a.made_at desc, a.id desc`,
    [userId, ...here(known)],
  );
}

/** How many versions of accounts a person gave since then. */
export async function accountsGivenSince(db: Queryable, userId: Uuid, since: Date): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    'select count(*)::int as n from payout_accounts where user_id = $1 and made_at > $2',
    [userId, since],
  );
  return row?.n ?? 0;
}

/** How many prices a person asked for since then. */
export async function quotesSince(db: Queryable, userId: Uuid, since: Date): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    'select count(*)::int as n from withdrawal_quotes where user_id = $1 and quoted_at > $2',
    [userId, since],
  );
  return row?.n ?? 0;
}

/** When the newest but so many of a person's prices since then was asked for; `null` = they were fewer. */
export async function quoteBefore(
  db: Queryable,
  userId: Uuid,
  since: Date,
  newer: number,
): Promise<Date | null> {
  const [row] = await db.query<{ at: Date }>(
    `select quoted_at as at from withdrawal_quotes where user_id = $1 and quoted_at > $2
      order by quoted_at desc offset $3 limit 1`,
    [userId, since, newer],
  );
  return row?.at ?? null;
}

export async function accountById(
  db: Queryable,
  id: Uuid,
  known: AccountsKnown,
): Promise<PayoutAccount | undefined> {
  const [account] = await db.query<PayoutAccount>(`select ${ACCOUNT} from ${ACCOUNT_FROM} where a.id = $1`, [
    id,
    ...here(known),
  ]);
  return account;
}

/** The numbers of one version of an account. */
export async function accountDetails(db: Queryable, id: Uuid): Promise<AccountDetails | undefined> {
  const [row] = await db.query<{ details: AccountDetails }>(
    'select details from payout_accounts where id = $1',
    [id],
  );
  return row?.details;
}

export async function insertAccount(db: Queryable, account: PayoutAccount): Promise<void> {
  await db.query(
    `insert into payout_accounts (id, user_id, method, country, currency, holder, masked, details, replaces, made_at,
                                  usable_from)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      account.id,
      account.userId,
      account.method,
      account.country,
      account.currency,
      account.holder,
      account.masked,
      JSON.stringify(account.details),
      account.replaces,
      account.madeAt,
      account.usableFrom,
    ],
  );
}

export async function insertRemoval(db: Queryable, accountId: Uuid, at: Date): Promise<void> {
  await db.query(
    'insert into payout_account_removals (account_id, at) values ($1, $2) on conflict do nothing',
    [accountId, at],
  );
}
