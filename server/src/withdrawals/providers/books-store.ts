import type { Uuid } from '../../core/ids.ts';
import type { Queryable } from '../../db/database.ts';
import { ASSET_LEDGERS, TransferCodes } from '../../ledger/index.ts';
import type { BookedPayout, UnbookedTry } from './compare-payouts.ts';
import type { PayoutProvider } from './provider.ts';

/** What the ledger has of payments through a provider: those sent in a period, and those with these references. */
export function bookedPayouts(
  db: Queryable,
  { id, mode, house }: Pick<PayoutProvider, 'id' | 'mode'> & { readonly house: string },
  about: { readonly since: Date; readonly until: Date; readonly refs: readonly string[] },
): Promise<
  (BookedPayout & {
    readonly attemptId: Uuid;
    readonly withdrawalId: Uuid;
    readonly destination: string;
    readonly currency: string;
  })[]
> {
  return db.query(
    `select t.taken_ref as "takenRef", w.reference, a.minor, a.id as "attemptId", w.id as "withdrawalId", a.destination,
            a.currency, r.said as "decidedAs", s.state = 'paid' as arrived, coalesce(l.sent, 0)::bigint as "sentCents", coalesce(l.back, 0)::bigint as "backCents"
       from payout_attempts a
       join payout_attempt_states t on t.attempt_id = a.id and t.taken_ref is not null
       join withdrawals w on w.id = a.withdrawal_id
       join withdrawal_states s on s.withdrawal_id = w.id
       left join payout_resolutions r on r.attempt_id = a.id
       left join lateral (
         select sum(x.amount) filter (where x.code = $6) as sent,
                sum(x.amount) filter (where x.code = $7) as back
           from withdrawal_payments p join ledger_transfers x on x.id = p.transfer_id
          where p.withdrawal_id = w.id and x.ledger = $8) as l on true
      where a.provider = $1 and a.mode = $2 and (a.house is null or a.house = $9)
        and (t.taken_ref = any($5::text[])
          or exists (select from withdrawal_events e where e.withdrawal_id = w.id and e.step in ('send', 'resolve_paid')
                        and e.at >= $3 and e.at < $4))`,
    [
      id,
      mode,
      about.since,
      about.until,
      about.refs,
      TransferCodes.payout,
      TransferCodes.withdrawal_returned,
      ASSET_LEDGERS.USD,
      house,
    ],
  );
}

/** Our tries with these ids, that the provider has and that may not be booked. */
export async function triesByIds(
  db: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, UnbookedTry>> {
  const rows = await db.query<UnbookedTry & { readonly id: string }>(
    `select attempt_id as id, closed_code as "closedCode", taken_ref as "takenRef", needs_people as "needsPeople"
       from payout_attempt_states where attempt_id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}

/** The days, UTC, on which or before which something was tried, and that the house did not compare. */
export async function payoutDaysNotCompared(
  db: Queryable,
  books: string,
  { id, mode }: Pick<PayoutProvider, 'id' | 'mode'>,
  first: Date,
  until: Date,
): Promise<Date[]> {
  const rows = await db.query<{ day: Date }>(
    `select day from generate_series($4::timestamptz, $5::timestamptz - interval '1 day', interval '1 day') as day
      where not exists (select from reconciliations r where r.provider = $1 and r.mode = $3 and r.since = day
                           and r.until = day + interval '1 day' and r.asked_by is null)
        and exists (select from payout_attempts a where a.provider = $2 and a.mode = $3
                       and a.made_at < day + interval '1 day')
      order by day`,
    [books, id, mode, first, until],
  );
  return rows.map(({ day }) => day);
}
