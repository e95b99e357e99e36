import type { PaymentMode } from '../../config.ts';
import type { Uuid } from '../../core/ids.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { ASSET_LEDGERS, accountId, TransferCodes, TransferFlags } from '../../ledger/index.ts';
import { ledgerNameOf } from '../shop.ts';
import type { BookedPayment, Comparison, Difference, OrderWithoutCredit } from './compare.ts';

export interface RunRow extends Omit<Comparison, 'differences'> {
  readonly id: Uuid;
  /** Of payments its id; of payouts `stripe_connect`, `btcpay_payouts` or `paypal_payouts`. */
  readonly provider: string;
  readonly mode: PaymentMode;
  readonly since: Date;
  readonly until: Date;
  readonly askedBy: Uuid | null;
  readonly runAt: Date;
}

/** Transfers with one of these flags changed no balance that is posted. */
const MOVED_NOTHING = TransferFlags.pending | TransferFlags.voidPendingTransfer;

/** Transfers of one chain have times in a row, and a purchase has fewer. */
const CHAIN_MAX = 100;

/**
 * What the ledger has of a provider's payments: those of a period, and those with these ids. The ledger has no index by order, so it
 * is read once for all of them.
 */
export async function bookedPayments(
  db: Queryable,
  provider: string,
  mode: PaymentMode,
  since: Date,
  until: Date,
  refs: readonly string[],
): Promise<BookedPayment[]> {
  return db.query<BookedPayment>(
    `with booked as materialized (
       select p.provider_ref, p.order_id, p.credit_transfer_id
         from purchase_payments p join purchase_orders o on o.id = p.order_id
        where o.provider = $1 and o.mode = $2
          and (p.provider_ref = any($5) or (p.paid_at >= $3 and p.paid_at < $4))),
     -- What a payment moved stands in the ledger from its credit on, which is posted right after its money and its fee.
     begun as materialized (
       select case when bool_or(x.id is null) then 0 else min(x.timestamp) - ${CHAIN_MAX} end as at
         from booked left join ledger_transfers x on x.id = booked.credit_transfer_id),
     moved as (
       select user_data_128 as order_id,
              sum(amount) filter (where code = $6) as gross, sum(amount) filter (where code = $7) as fee,
              -- A pending transfer has moved nothing, nor has a void; what goes to a fee or to the owner is not the payer's.
              sum(case when credit_account_id = $11 then amount when debit_account_id = $11 then -amount else 0 end)
                filter (where code in ($8, $9)) as refunded,
              sum(case when credit_account_id = $11 then amount when debit_account_id = $11 then -amount else 0 end)
                filter (where code = $10) as disputed
         from ledger_transfers
        where timestamp >= (select at from begun) and user_data_128 in (select order_id from booked)
          and ledger = $12 and flags & ${MOVED_NOTHING} = 0 and code in ($6, $7, $8, $9, $10)
        group by user_data_128)
     select b.provider_ref as "providerRef", b.order_id as "orderId",
            coalesce(m.gross, 0)::bigint as "grossCents", coalesce(m.fee, 0)::bigint as "feeCents",
            coalesce(m.refunded, 0)::bigint as "refundedCents", coalesce(m.disputed, 0)::bigint as "disputedCents"
       from booked b left join moved m on m.order_id = b.order_id`,
    [
      provider,
      mode,
      since,
      until,
      refs,
      TransferCodes.purchase,
      TransferCodes.provider_fee,
      TransferCodes.refund,
      TransferCodes.refund_failed,
      TransferCodes.dispute,
      accountId('world', ledgerNameOf({ provider, mode }), 'USD'),
      ASSET_LEDGERS.USD,
    ],
  );
}

/** Our orders of these payments that the ledger has not, by the provider's id or by our own reference. */
export async function ordersWithoutCredit(
  db: Queryable,
  provider: string,
  asked: readonly { readonly providerRef: string; readonly orderId: Uuid | null }[],
): Promise<Map<string, OrderWithoutCredit>> {
  const rows = await db.query<OrderWithoutCredit & { readonly providerRef: string }>(
    `select a.ref as "providerRef", o.id as "orderId", r.problem, e.order_id is not null as ended,
            coalesce((select d.cents from purchase_resolutions d
                        join purchase_resolution_states s on s.resolution_id = d.id and s.state = 'done'
                       where d.order_id = o.id and d.verdict = 'given_back'), 0)::bigint as "givenBackCents"
       from unnest($2::text[], $3::uuid[]) as a (ref, order_id)
       join purchase_orders o on o.provider = $1 and o.id = coalesce(
         (select order_id from purchase_checkouts where provider = $1 and provider_ref = a.ref), a.order_id)
       left join purchase_reviews r on r.order_id = o.id
       left join purchase_endings e on e.order_id = o.id
      where not exists (select from purchase_payments p where p.order_id = o.id)`,
    [provider, asked.map(({ providerRef }) => providerRef), asked.map(({ orderId }) => orderId)],
  );
  return new Map(rows.map(({ providerRef, ...order }) => [providerRef, order]));
}

/** Writes a run down, with its differences; of two that ran for the same day by themselves the first stands. */
export async function insertRun(
  db: Database,
  run: RunRow,
  differences: readonly Difference[],
): Promise<void> {
  await db.transaction(async (tx) => {
    const inserted = await tx.query(
      `insert into reconciliations
         (id, provider, mode, since, until, asked_by, payments, matched, there_gross_cents, here_gross_cents,
          there_fee_cents, here_fee_cents, run_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing returning id`,
      [
        run.id,
        run.provider,
        run.mode,
        run.since,
        run.until,
        run.askedBy,
        run.payments,
        run.matched,
        run.thereGrossCents,
        run.hereGrossCents,
        run.thereFeeCents,
        run.hereFeeCents,
        run.runAt,
      ],
    );
    if (inserted.length === 0) return;
    await tx.query(
      `insert into reconciliation_differences
         (reconciliation_id, number, kind, cause, provider_ref, order_id, there_cents, here_cents)
       select $1, d.number, d.kind, d.cause, d.provider_ref, d.order_id, d.there_cents, d.here_cents
         from unnest($2::text[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::bigint[])
              with ordinality as d (kind, cause, provider_ref, order_id, there_cents, here_cents, number)`,
      [
        run.id,
        differences.map(({ kind }) => kind),
        differences.map(({ cause }) => cause),
        differences.map(({ providerRef }) => providerRef),
        differences.map(({ orderId }) => orderId),
        differences.map(({ thereCents }) => thereCents?.toString() ?? null),
        differences.map(({ hereCents }) => hereCents?.toString() ?? null),
      ],
    );
  });
}

const RUN = `id, provider, mode, since, until, asked_by as "askedBy", payments, matched,
  there_gross_cents as "thereGrossCents", here_gross_cents as "hereGrossCents",
  there_fee_cents as "thereFeeCents", here_fee_cents as "hereFeeCents", run_at as "runAt"`;

/** The newest runs first, after the place of another. */
export async function newestRuns(db: Queryable, before: RunPlace | null, limit: number): Promise<RunRow[]> {
  return db.query<RunRow>(
    `select ${RUN} from reconciliations
      where $1::timestamptz is null or (run_at, id) < ($1, $2)
      order by run_at desc, id desc limit $3`,
    [before?.runAt ?? null, before?.id ?? null, limit],
  );
}

export interface RunPlace {
  readonly runAt: Date;
  readonly id: Uuid;
}

export async function runById(db: Queryable, id: Uuid): Promise<RunRow | null> {
  const [row] = await db.query<RunRow>(`select ${RUN} from reconciliations where id = $1`, [id]);
  return row ?? null;
}

export async function differencesOfRun(db: Queryable, id: Uuid): Promise<Difference[]> {
  return db.query<Difference>(
    `select kind, cause, provider_ref as "providerRef", order_id as "orderId", there_cents as "thereCents",
            here_cents as "hereCents"
       from reconciliation_differences where reconciliation_id = $1 order by number`,
    [id],
  );
}

/** The days, UTC, from `first` to before `until` that have orders before their end and were not compared by the house. */
export async function daysNotCompared(
  db: Queryable,
  provider: string,
  mode: PaymentMode,
  first: Date,
  until: Date,
): Promise<Date[]> {
  const rows = await db.query<{ day: Date }>(
    `select day from generate_series($3::timestamptz, $4::timestamptz - interval '1 day', interval '1 day') as day
      where not exists (select from reconciliations r where r.provider = $1 and r.mode = $2 and r.since = day
                           and r.until = day + interval '1 day' and r.asked_by is null)
        and exists (select from purchase_orders where provider = $1 and mode = $2
                       and created_at < day + interval '1 day')
      order by day`,
    [provider, mode, first, until],
  );
  return rows.map(({ day }) => day);
}

/** So many of them are asked about in one round. */
const UNHEARD_MAX = 100;

/**
 * The provider's names of payments that the house's own comparisons of days since an instant found there, and that were
 * neither credited nor kept for a person since.
 */
export async function unheardPayments(
  db: Queryable,
  provider: string,
  mode: PaymentMode,
  since: Date,
): Promise<string[]> {
  const rows = await db.query<{ ref: string }>(
    `select distinct d.provider_ref as ref
       from reconciliations r join reconciliation_differences d on d.reconciliation_id = r.id
      where r.provider = $1 and r.mode = $2 and r.since >= $3 and r.asked_by is null and d.kind = 'paid_not_credited'
        and not exists (select from purchase_payments p join purchase_orders o on o.id = p.order_id
                         where p.provider_ref = d.provider_ref and o.provider = $1)
        and not exists (select from purchase_reviews v where v.order_id = d.order_id)
      limit ${UNHEARD_MAX}`,
    [provider, mode, since],
  );
  return rows.map(({ ref }) => ref);
}

/** How far a provider was asked what went back; `null` when it never was. */
export async function backAskedUntil(
  db: Queryable,
  provider: string,
  mode: PaymentMode,
): Promise<Date | null> {
  const [row] = await db.query<{ until: Date }>(
    'select until from purchase_back_marks where provider = $1 and mode = $2',
    [provider, mode],
  );
  return row?.until ?? null;
}

export async function markBackAsked(
  db: Queryable,
  provider: string,
  mode: PaymentMode,
  until: Date,
): Promise<void> {
  await db.query(
    `insert into purchase_back_marks (provider, mode, until) values ($1, $2, $3)
     on conflict (provider, mode) do update set until = greatest(purchase_back_marks.until, excluded.until)`,
    [provider, mode, until],
  );
}

/** Whether anything was ever ordered through a provider. */
export async function hasOrders(db: Queryable, provider: string, mode: PaymentMode): Promise<boolean> {
  const [row] = await db.query<{ has: boolean }>(
    'select exists (select from purchase_orders where provider = $1 and mode = $2) as has',
    [provider, mode],
  );
  return row?.has ?? false;
}
