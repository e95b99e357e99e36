import { performance } from 'node:perf_hooks';
import { type Database, openDatabase, type Queryable } from '../db/database.ts';

/** Something that must hold of what is stored. */
export interface AuditCheck {
  /** Short and unique: `counters equal transfers`. */
  readonly name: string;
  /** What is looked for; resolves to one sentence per violation, at most a few of them. */
  run(db: Queryable): Promise<readonly string[]>;
}

/** What must be true of a slice's rows, and those for which it is not. */
export interface AuditRule {
  readonly sentence: string;
  /** Gives the ids of the rows that break it as `id`. */
  readonly sql: string;
}

export interface AuditFinding {
  readonly name: string;
  readonly violations: readonly string[];
  readonly tookMs: number;
}

export interface AuditReport {
  readonly isClean: boolean;
  readonly findings: readonly AuditFinding[];
  /** Transfers looked at. */
  readonly transfers: bigint;
}

/** Adds a check of a slice, e.g. that every gift names its transfers. Call it once, where the slice is put together. */
export function registerAuditCheck(check: AuditCheck): void {
  if ([...LEDGER_CHECKS, ...registered].some(({ name }) => name === check.name)) {
    throw new Error(`the audit check "${check.name}" is registered twice`);
  }
  registered.push(check);
}

/** One sentence for each rule that is broken, with the ids of some of its rows; none when all is well. */
export async function brokenRules(db: Queryable, rules: readonly AuditRule[]): Promise<string[]> {
  const findings: string[] = [];
  for (const { sentence, sql } of rules) {
    const rows = await db.query<{ id: string }>(
      `select distinct id from (${sql}) as broken limit ${SHOWN_MAX}`,
    );
    if (rows.length > 0) findings.push(`${sentence} (${rows.map(({ id }) => id).join(', ')})`);
  }
  return findings;
}

/**
 * Recomputes the ledger from its transfers, all of them, as of one instant, and asks every slice. The ledger may
 * be written to meanwhile; nothing waits for the audit.
 */
export async function audit(db: Database): Promise<AuditReport> {
  const own = await openDatabase({ url: db.url, statementTimeoutMs: 0, poolSize: 1 });
  try {
    return await own.transaction(async (tx) => {
      await tx.query('set transaction isolation level repeatable read, read only');
      return auditWithin(tx);
    });
  } finally {
    await own.close();
  }
}

/** The audit of what one transaction sees; that transaction should see one instant. */
export async function auditWithin(tx: Queryable): Promise<AuditReport> {
  await tx.query("set local work_mem = '128MB'");
  const [size] = await tx.query<{ transfers: bigint }>('select count(*) as transfers from ledger_transfers');
  const findings: AuditFinding[] = [];
  for (const check of [...LEDGER_CHECKS, ...registered]) {
    const start = performance.now();
    const violations = await check.run(tx);
    findings.push({ name: check.name, violations, tookMs: performance.now() - start });
  }
  return {
    isClean: findings.every(({ violations }) => violations.length === 0),
    findings,
    transfers: size?.transfers ?? 0n,
  };
}

/** The report as a table for a terminal. */
export function auditTable(report: AuditReport): string {
  const width = Math.max(...report.findings.map(({ name }) => name.length));
  const lines = report.findings.flatMap(({ name, violations, tookMs }) => {
    const verdict = violations.length === 0 ? 'holds' : `VIOLATED (${violations.length} shown)`;
    return [
      `${name.padEnd(width)}  ${tookMs.toFixed(0).padStart(6)} ms  ${verdict}`,
      ...violations.map((violation) => `    ${violation}`),
    ];
  });
  const verdict = report.isClean ? 'Everything holds' : 'NOT CLEAN';
  return [...lines, `${verdict}: ${report.transfers} transfers looked at.`].join('\n');
}

const registered: AuditCheck[] = [];

/** Enough to begin looking; a rule may be broken by every row. */
const SHOWN_MAX = 10;

/** A check in SQL: `sql` selects one `violation` text per row. */
function holds(name: string, sql: string): AuditCheck {
  return {
    name,
    run: async (db) => {
      const rows = await db.query<{ violation: string }>(`select violation from (${sql}) as found limit 10`);
      return rows.map(({ violation }) => violation);
    },
  };
}

/** What each transfer and each expiry changed, of both accounts, computed from the transfers alone. */
const ENTRIES = `
  select t.timestamp, t.id, side.account_id, side.sign,
         case when t.flags & 10 <> 0 then 0 else t.amount end as amount,
         case when t.flags & 14 = 0 then 0 when t.flags & 2 <> 0 then t.amount else -p.amount end as held
    from ledger_transfers t
    left join ledger_transfers p on p.id = t.pending_id
   cross join lateral (values (t.debit_account_id, -1), (t.credit_account_id, 1)) as side (account_id, sign)
  union all
  select r.timestamp, p.id, side.account_id, side.sign, 0, -p.amount
    from ledger_resolutions r
    join ledger_transfers p on p.id = r.pending_id
   cross join lateral (values (p.debit_account_id, -1), (p.credit_account_id, 1)) as side (account_id, sign)
   where r.state = 'expired'`;

const COUNTERS = `
  coalesce(sum(held) filter (where sign < 0), 0) as debits_pending,
  coalesce(sum(amount) filter (where sign < 0), 0) as debits_posted,
  coalesce(sum(held) filter (where sign > 0), 0) as credits_pending,
  coalesce(sum(amount) filter (where sign > 0), 0) as credits_posted`;

/** The entries that a row `h` of history stands for; a row of a busy account stands for the transfers there. */
const PARTS = `
  cross join lateral (
    select * from unnest(h.ids, h.timestamps, h.posted, h.held_debits, h.held_credits)
                  as part (id, timestamp, posted, held_debit, held_credit)
     where h.ids is not null
    union all
    select c.id, c.timestamp, c.posted, nullif(c.held_debit, 0), nullif(c.held_credit, 0)
      from ledger_changes(h.account_id, h.first_timestamp - 1, h.last_timestamp) as c
     where h.ids is null) as part`;

/** Equal for equal sets of entries, in whatever order. */
const SUMS = `
  array[count(*), sum(posted), sum(hashint8extended(timestamp, posted)), sum(uuid_hash_extended(id, timestamp)),
        coalesce(sum(held_debit), 0), coalesce(sum(held_credit), 0)]::numeric[] as sums`;

const LEDGER_CHECKS: readonly AuditCheck[] = [
  holds(
    'in each asset credits equal debits',
    `select format('ledger %s: debits %s/%s, credits %s/%s (posted/pending)', ledger,
                   sum(debits_posted), sum(debits_pending), sum(credits_posted), sum(credits_pending)) as violation
       from ledger_accounts group by ledger
     having sum(debits_posted) <> sum(credits_posted) or sum(debits_pending) <> sum(credits_pending)`,
  ),
  holds(
    'counters equal transfers',
    `select format('account %s: stored %s %s %s %s, recomputed %s %s %s %s', coalesce(a.id, e.account_id),
                   a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted,
                   e.debits_pending, e.debits_posted, e.credits_pending, e.credits_posted) as violation
       from ledger_accounts a
       full join (select account_id, ${COUNTERS} from (${ENTRIES}) as entry group by account_id) as e
              on e.account_id = a.id
      where a.id is null
         or (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted) is distinct from
            (coalesce(e.debits_pending, 0), coalesce(e.debits_posted, 0),
             coalesce(e.credits_pending, 0), coalesce(e.credits_posted, 0))`,
  ),
  holds(
    'accounts are within their bounds',
    `select format('account %s: flags %s, debits %s + %s, credits %s + %s', id, flags,
                   debits_posted, debits_pending, credits_posted, credits_pending) as violation
       from ledger_accounts
      where least(debits_pending, debits_posted, credits_pending, credits_posted) < 0
         or (flags & 2 <> 0 and debits_pending::numeric + debits_posted > credits_posted)
         or (flags & 4 <> 0 and credits_pending::numeric + credits_posted > debits_posted)`,
  ),
  holds(
    'transfers are between two accounts of their asset',
    `select format('transfer %s', t.id) as violation
       from ledger_transfers t
       left join ledger_accounts d on d.id = t.debit_account_id
       left join ledger_accounts c on c.id = t.credit_account_id
      where d.ledger is distinct from t.ledger or c.ledger is distinct from t.ledger
         or t.amount < 0 or d.id = c.id or d.timestamp >= t.timestamp or c.timestamp >= t.timestamp`,
  ),
  holds(
    'a pending transfer is resolved at most once, by what says so',
    `select format('pending %s: %s resolutions, %s transfers', p.id, r.state, count(t.id)) as violation
       from ledger_transfers p
       left join ledger_resolutions r on r.pending_id = p.id
       left join ledger_transfers t on t.pending_id = p.id
      where p.flags & 2 <> 0
      group by p.id, r.state, r.timestamp
     having count(t.id) <> (case when r.state in ('posted', 'voided') then 1 else 0 end)
         or bool_or(t.timestamp <> r.timestamp)
         or bool_or((t.flags & 8 <> 0) <> (r.state = 'voided'))`,
  ),
  holds(
    'what is resolved was pending, and no more was posted than reserved',
    `select format('resolution of %s', coalesce(r.pending_id, t.pending_id)) as violation
       from ledger_resolutions r
       full join (select pending_id, amount, flags from ledger_transfers where flags & 12 <> 0) as t
              on t.pending_id = r.pending_id
       left join ledger_transfers p on p.id = coalesce(r.pending_id, t.pending_id)
      where r.pending_id is null or p.id is null or p.flags & 2 = 0 or t.amount > p.amount
         or r.timestamp <= p.timestamp`,
  ),
  holds(
    'ids that were used up did not post',
    `select format('transfer %s', f.id) as violation
       from ledger_failed_transfers f join ledger_transfers t on t.id = f.id`,
  ),
  holds(
    'timestamps are unique and chains are whole',
    `select format('at %s: %s', timestamp, what) as violation
       from (select timestamp, lead(timestamp) over moments as next,
                    flags, lead(flags) over moments as next_flags from ledger_transfers
             window moments as (order by timestamp)) as t
      cross join lateral (select case
             when next = timestamp then 'two transfers'
             when flags & 1 <> 0 and next is distinct from timestamp + 1 then 'a chain that breaks off'
             end as what) as verdict
      where what is not null`,
  ),
  holds(
    'the head counts what there is',
    `select format('head: %s transfers until %s; stored: %s until %s', h.transfers, h.last_timestamp,
                   t.transfers, t.last_timestamp) as violation
       from ledger_head h
      cross join (select count(*) as transfers, coalesce(max(timestamp), 0) as last_timestamp
                    from ledger_transfers) as t
      where h.transfers <> t.transfers or h.last_timestamp < t.last_timestamp`,
  ),
  holds(
    'history equals transfers',
    `select format('account %s: history %s, transfers %s', coalesce(h.account_id, e.account_id),
                   h.sums, e.sums) as violation
       from (select account_id, ${SUMS}
               from (select h.account_id, part.* from ledger_history h ${PARTS}) as entry
              group by account_id) as h
       full join (
            select account_id, ${SUMS}
              from (select account_id, id, timestamp, sign * amount as posted,
                           case when sign < 0 then held end as held_debit,
                           case when sign > 0 then held end as held_credit
                      from (${ENTRIES}) as entry
                     where timestamp <= (select until_timestamp from ledger_history_head)) as entry
             group by account_id) as e on e.account_id = h.account_id
      where h.sums is distinct from e.sums`,
  ),
  holds(
    'history adds up',
    `select format('account %s at %s', account_id, first_timestamp) as violation
       from (select h.*,
                    lag(debits_posted, 1, 0::bigint) over stretch as debits_before,
                    lag(credits_posted, 1, 0::bigint) over stretch as credits_before,
                    lag(debits_pending, 1, 0::bigint) over stretch as held_debits_before,
                    lag(credits_pending, 1, 0::bigint) over stretch as held_credits_before,
                    lag(last_timestamp, 1, 0::bigint) over stretch as before
               from ledger_history h window stretch as (partition by account_id order by first_timestamp)) as h
      cross join lateral (
            select coalesce(-sum(posted) filter (where posted < 0), 0) as debits,
                   coalesce(sum(posted) filter (where posted > 0), 0) as credits,
                   coalesce(sum(held_debit), 0) as held_debits, coalesce(sum(held_credit), 0) as held_credits,
                   count(*) as entries, min(timestamp) as first, max(timestamp) as last
              from (select part.* from (select 1) as one ${PARTS}) as entry) as sums
      where h.debits_posted <> h.debits_before + sums.debits
         or h.credits_posted <> h.credits_before + sums.credits
         or h.debits_pending <> h.held_debits_before + sums.held_debits
         or h.credits_pending <> h.held_credits_before + sums.held_credits
         or h.first_timestamp <= h.before
         or (sums.entries, sums.first, sums.last) <> (h.entries, h.first_timestamp, h.last_timestamp)
         or h.timestamps <> (select array_agg(t order by t) from unnest(h.timestamps) as t)`,
  ),
];
