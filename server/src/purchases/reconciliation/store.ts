import type { PaymentMode } from '../../config.ts';
import type { Uuid } from '../../core/ids.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { TransferCodes } from '../../ledger/index.ts';
import type { ProviderId } from '../provider.ts';
import type { BookedPayment, Comparison, Difference, OrderWithoutCredit } from './compare.ts';

export interface RunRow extends Omit<Comparison, 'differences'> {
  readonly id: Uuid;
  readonly provider: ProviderId;
  readonly mode: PaymentMode;
  readonly since: Date;
  readonly until: Date;
  readonly askedBy: Uuid | null;
  readonly runAt: Date;
}

/** What the ledger has of a provider's payments: those of a period, and those with these ids. */
export async function bookedPayments(
  db: Queryable,
  provider: string,
  mode: PaymentMode,
  since: Date,
  until: Date,
  refs: readonly string[],
): Promise<BookedPayment[]> {
  return db.query<BookedPayment>(
    `select p.provider_ref as "providerRef", p.order_id as "orderId",
            coalesce(t.gross, 0)::bigint as "grossCents", coalesce(t.fee, 0)::bigint as "feeCents",
            0::bigint as "refundedCents"
       from purchase_payments p
       join purchase_orders o on o.id = p.order_id
       left join lateral (
         select sum(amount) filter (where code = $6) as gross, sum(amount) filter (where code = $7) as fee
           from ledger_transfers where user_data_128 = p.order_id and code in ($6, $7)
       ) t on true
      where o.provider = $1 and o.mode = $2
        and (p.provider_ref = any($5) or (p.paid_at >= $3 and p.paid_at < $4))`,
    [provider, mode, since, until, refs, TransferCodes.purchase, TransferCodes.provider_fee],
  );
}

/** Our orders of these payments that the ledger has not, by the provider's id or by our own reference. */
export async function ordersWithoutCredit(
  db: Queryable,
  provider: string,
  asked: readonly { readonly providerRef: string; readonly orderId: Uuid | null }[],
): Promise<Map<string, OrderWithoutCredit>> {
  const rows = await db.query<OrderWithoutCredit & { readonly providerRef: string }>(
    `select a.ref as "providerRef", o.id as "orderId", r.problem, e.order_id is not null as ended
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

/** Whether the house has compared this period by itself, or has nothing of it to compare. */
export async function isDone(
  db: Queryable,
  provider: string,
  mode: PaymentMode,
  since: Date,
  until: Date,
): Promise<boolean> {
  const [row] = await db.query<{ done: boolean }>(
    `select exists (select from reconciliations where provider = $1 and mode = $2 and since = $3 and until = $4
                       and asked_by is null)
         or not exists (select from purchase_orders where provider = $1 and mode = $2 and created_at < $4) as done`,
    [provider, mode, since, until],
  );
  return row?.done ?? true;
}
