import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { HOLD_LEFT } from './store.ts';
import type { WithdrawalState } from './withdrawal.ts';

/** What a queue of the console shows. */
export type QueueShow = 'waiting' | 'held' | 'risk' | 'old' | 'ready' | 'sent' | 'trouble' | 'all';

/** What an operator looks at before money leaves, as the database knows it. */
export interface QueueFacts {
  readonly id: Uuid;
  /** Whether money has arrived at this account (or one it replaced nothing of) before. */
  readonly accountPaidBefore: boolean;
  readonly personPaidBefore: boolean;
  readonly accountMadeAt: Date;
  /** Withdrawals of the same person in the seven days before. */
  readonly inWeek: number;
  readonly bouncedBefore: boolean;
  /** Other people who are paid to the same bank account. */
  readonly sharers: readonly string[];
  /** How long ago the person signed up. */
  readonly signedUpAt: Date;
}

const STATES: Readonly<Record<QueueShow, readonly WithdrawalState[]>> = {
  waiting: ['in_review', 'held'],
  held: ['held'],
  risk: ['in_review', 'held'],
  old: ['in_review', 'held'],
  ready: ['released', 'sending'],
  sent: ['sent', 'paid'],
  trouble: ['parked', 'returned', 'failed'],
  all: [
    'in_review',
    'held',
    'released',
    'sending',
    'sent',
    'paid',
    'returned',
    'failed',
    'canceled',
    'parked',
  ],
};

/** Whatever waits is shown the oldest first, whatever is over the newest first. */
const NEWEST_FIRST: ReadonlySet<QueueShow> = new Set(['sent', 'trouble', 'all']);

const RISKY = `(w.fee_cents + w.tax_cents + w.net_cents >= $5 or a.made_at > $6
  or exists (select from withdrawals b join withdrawal_states bs on bs.withdrawal_id = b.id
              where b.user_id = w.user_id and bs.state = 'returned')
  or not exists (select from withdrawals p join withdrawal_states ps on ps.withdrawal_id = p.id
                  where p.account_id = w.account_id and ps.state = 'paid'))`;

/** At a provider that does not say what happened, or that did not take it; or that it cannot be handed to. */
const AT_A_LOSS = `(s.state = 'released' and exists (select from payout_waits p where p.withdrawal_id = w.id)
  or s.state in ('sending', 'released', 'sent') and exists (
  select from payout_attempt_states t
   where t.withdrawal_id = w.id
     and (t.problem is not null or (t.closed_at is not null and s.state <> 'sent'))))`;

/** What belongs to a queue though its state does not say so. A hold goes on when its withdrawal is canceled. */
const OR_ELSE: Partial<Readonly<Record<QueueShow, string>>> = {
  held: ' or left_over.until > $7',
  trouble: ` or ${AT_A_LOSS}`,
};

/** The ids of one page of a queue, and the place behind it. */
export function queuePage(
  db: Queryable,
  show: QueueShow,
  about: {
    readonly after: bigint | null;
    readonly limit: number;
    /** Older than this is old. */
    readonly old: Date;
    /** From this gross amount on, in cents, something is large. */
    readonly largeCents: bigint;
    /** Accounts made after this are new. */
    readonly newSince: Date;
    readonly now: Date;
  },
): Promise<{ id: Uuid; committed: bigint }[]> {
  const newest = NEWEST_FIRST.has(show);
  const orElse = OR_ELSE[show] ?? '';
  return db.query(
    `select w.id, w.committed from withdrawals w join withdrawal_states s on s.withdrawal_id = w.id
       join payout_accounts a on a.id = w.account_id ${show === 'held' ? HOLD_LEFT : ''}
      where (s.state = any($1::text[])${orElse}) and $7::timestamptz is not null and ($2::bigint is null or w.committed ${newest ? '<' : '>'} $2)
        and ($4::timestamptz is null or w.requested_at <= $4)
        and (${show === 'risk' ? RISKY : '$5::bigint is not null and $6::timestamptz is not null'})
      order by w.committed ${newest ? 'desc' : 'asc'} limit $3`,
    [
      STATES[show],
      about.after,
      about.limit,
      show === 'old' ? about.old : null,
      about.largeCents,
      about.newSince,
      about.now,
    ],
  );
}

export function queueFacts(db: Queryable, ids: readonly Uuid[]): Promise<QueueFacts[]> {
  return db.query<QueueFacts>(
    `select w.id, a.made_at as "accountMadeAt", u.created_at as "signedUpAt",
            exists (select from withdrawals p join withdrawal_states s on s.withdrawal_id = p.id
                     where p.account_id = w.account_id and s.state = 'paid') as "accountPaidBefore",
            exists (select from withdrawals p join withdrawal_states s on s.withdrawal_id = p.id
                     where p.user_id = w.user_id and s.state = 'paid') as "personPaidBefore",
            exists (select from withdrawals p join withdrawal_states s on s.withdrawal_id = p.id
                     where p.user_id = w.user_id and s.state = 'returned' and p.id <> w.id) as "bouncedBefore",
            array(select distinct s.handle from payee_numbers mine
                    join payee_numbers other on other.number = mine.number and other.user_id <> mine.user_id
                    join users s on s.id = other.user_id where mine.account_id = w.account_id order by 1) as sharers,
            (select count(*)::int from withdrawals p
              where p.user_id = w.user_id and p.id <> w.id
                and p.requested_at between w.requested_at - interval '7 days' and w.requested_at) as "inWeek"
       from withdrawals w join payout_accounts a on a.id = w.account_id join users u on u.id = w.user_id
      where w.id = any($1::uuid[])`,
    [ids],
  );
}

/** What waits for operators, at a glance. */
export async function waitingSums(
  db: Queryable,
): Promise<{ count: number; cents: bigint; oldest: Date | null }> {
  const [row] = await db.query<{ count: number; cents: bigint; oldest: Date | null }>(
    `select count(*)::int as count, coalesce(sum(w.fee_cents + w.tax_cents + w.net_cents), 0)::bigint as cents,
            min(w.requested_at) as oldest
       from withdrawal_states s join withdrawals w on w.id = s.withdrawal_id where s.state in ('in_review', 'held')`,
  );
  return row ?? { count: 0, cents: 0n, oldest: null };
}

/** How many are released, by method. */
export function readyCounts(db: Queryable): Promise<{ method: string; count: number }[]> {
  return db.query(
    `select w.method, count(*)::int as count from withdrawal_states s join withdrawals w on w.id = s.withdrawal_id
      where s.state = 'released' group by 1 order by 1`,
  );
}

export interface LedgerLeg {
  readonly id: Uuid;
  readonly code: number;
  readonly flags: number;
  readonly ledger: number;
  readonly amount: bigint;
  readonly fromOwner: Uuid | null;
  readonly fromCode: number;
  readonly toOwner: Uuid | null;
  readonly toCode: number;
  readonly at: Date;
}

/** These transfers, in their order. */
export function legsOf(db: Queryable, ids: readonly Uuid[]): Promise<LedgerLeg[]> {
  return db.query<LedgerLeg>(
    `select t.id, t.code, t.flags, t.ledger, t.amount, f.user_data_128 as "fromOwner", f.code as "fromCode",
            c.user_data_128 as "toOwner", c.code as "toCode", to_timestamp(t.timestamp / 1000000000.0) as at
       from ledger_transfers t join ledger_accounts f on f.id = t.debit_account_id
       join ledger_accounts c on c.id = t.credit_account_id
      where t.id = any($1::uuid[]) order by t.timestamp`,
    [ids],
  );
}

/** Who else ever gave this bank account or address. */
export async function alsoGivenBy(db: Queryable, accountId: Uuid): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    `select distinct other.user_id as id from payee_numbers mine
       join payee_numbers other on other.number = mine.number and other.user_id <> mine.user_id
      where mine.account_id = $1`,
    [accountId],
  );
  return rows.map(({ id }) => id);
}
