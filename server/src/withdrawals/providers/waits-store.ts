import { SECOND_MS } from '../../core/clock.ts';
import type { Uuid } from '../../core/ids.ts';
import type { Queryable } from '../../db/database.ts';
import type { CompanionStatement } from '../../ledger/index.ts';

/** What is released and waits to be handed to its provider. */
export interface Waiting {
  readonly id: Uuid;
  readonly committed: bigint;
  readonly accountId: Uuid;
  readonly minor: bigint;
  readonly currency: string;
  readonly tries: number;
}

/** How long a try that did not happen is left alone, in seconds, by how many there were: the reason is seldom gone at once. */
const AGAIN_S = [300, 1_800, 7_200, 21_600] as const;

/** So long a refusal that is the house's is left alone, after so many of them. */
export function againMs(times: number): number {
  return (AGAIN_S[Math.min(times, AGAIN_S.length) - 1] ?? 0) * SECOND_MS;
}

/** Withdrawals of a method that are released and due to be handed to their provider, the oldest first, after a place. */
export function waitingFor(
  db: Queryable,
  about: { readonly method: string; readonly now: Date; readonly after: bigint; readonly limit: number },
): Promise<Waiting[]> {
  return db.query<Waiting>(
    `select w.id, w.committed, w.account_id as "accountId", w.payout_minor as minor, w.currency, tried.n as tries
       from withdrawal_states s join withdrawals w on w.id = s.withdrawal_id
            cross join lateral (
              select count(*)::int as n, max(t.closed_at) as closed_at
                from payout_attempt_states t where t.withdrawal_id = w.id) as tried
      where s.state = 'released' and w.method = $1 and w.committed > $3
        and not exists (select from payout_waits p where p.withdrawal_id = w.id and p.next_at > $2)
        and (tried.closed_at is null
          or tried.closed_at + make_interval(secs => ($5::float8[])[least(tried.n, cardinality($5::float8[]))]) <= $2)
      order by w.committed limit $4`,
    [about.method, about.now, about.after, about.limit, AGAIN_S],
  );
}

/** The same of one that cannot be handed over, by how often that was found out: somebody has to do something first. */
const WAITS_S = [30, 120, 600, 1_800] as const;

/** Writes down why one cannot be handed over now, and when that is tried again. Since when it has waited. */
export async function keepWaiting(db: Queryable, withdrawalId: Uuid, why: string, at: Date): Promise<Date> {
  const [row] = await db.query<{ since: Date }>(
    `insert into payout_waits as known (withdrawal_id, why, since, times, next_at)
     values ($1, $2, $3, 1, $3::timestamptz + make_interval(secs => ($4::float8[])[1]))
     on conflict (withdrawal_id) do update
       set why = $2, times = known.times + 1,
           next_at = $3::timestamptz
             + make_interval(secs => ($4::float8[])[least(known.times + 1, cardinality($4::float8[]))])
     returning since`,
    [withdrawalId, why, at, WAITS_S],
  );
  return row?.since ?? at;
}

/** In the commit that hands it over: nothing is in its way any more. */
export function waitedStatement(withdrawalId: Uuid): CompanionStatement {
  return { text: 'delete from payout_waits where withdrawal_id = $1', values: [withdrawalId] };
}

/** Why one that is released cannot be handed over now; `null` when nothing is known to be in its way. */
export async function whyWaiting(db: Queryable, withdrawalId: Uuid): Promise<string | null> {
  const [row] = await db.query<{ why: string }>(
    `select p.why from payout_waits p join withdrawal_states s on s.withdrawal_id = p.withdrawal_id
      where p.withdrawal_id = $1 and s.state = 'released'`,
    [withdrawalId],
  );
  return row?.why ?? null;
}
