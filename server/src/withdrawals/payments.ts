import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { transfersByIds } from '../ledger/index.ts';
import { diamondsBackId, reservePostId } from './withdrawal-ids.ts';

/** Money that was sent to a creator, or that came back: by the ledger, at the time that it says. */
export interface PaymentMade {
  readonly userId: Uuid;
  readonly handle: string;
  readonly at: Date;
  /** Of one that came back: when it had been sent. Null for one that was sent. */
  readonly sentAt: Date | null;
  readonly method: string;
  readonly currency: string;
  /** Of the account that was paid to, and whose it is. */
  readonly country: string;
  readonly holder: string;
  /** Never negative, also of what came back. */
  readonly grossCents: bigint;
  readonly feeCents: bigint;
  readonly taxCents: bigint;
  readonly netCents: bigint;
  readonly payoutMinor: bigint;
}

/** Everything that was ever sent to these people or came back from them, in no order. */
export async function paymentsMade(db: Queryable, userIds: readonly Uuid[]): Promise<PaymentMade[]> {
  const rows = await db.query<Omit<PaymentMade, 'at' | 'sentAt'> & { id: Uuid }>(
    `select w.id, w.user_id as "userId", u.handle, w.method, w.currency, a.country, a.holder,
            q.gross_cents as "grossCents", w.fee_cents as "feeCents", w.tax_cents as "taxCents",
            w.net_cents as "netCents", w.payout_minor as "payoutMinor"
       from withdrawals w
       join withdrawal_quotes q on q.id = w.quote_id
       join payout_accounts a on a.id = w.account_id
       join users u on u.id = w.user_id
      where w.user_id = any($1::uuid[])`,
    [userIds],
  );
  const transfers = await transfersByIds(
    db,
    rows.flatMap(({ id }) => [reservePostId(id), diamondsBackId(id)]),
  );
  const timeOf = (id: Uuid) => {
    const timestamp = transfers.get(id)?.timestamp;
    return timestamp === undefined ? null : new Date(Number(timestamp / 1_000_000n));
  };
  return rows.flatMap(({ id, ...row }): PaymentMade[] => {
    const [sentAt, backAt] = [timeOf(reservePostId(id)), timeOf(diamondsBackId(id))];
    if (sentAt === null) return [];
    const sent = { ...row, at: sentAt, sentAt: null };
    return backAt === null ? [sent] : [sent, { ...row, at: backAt, sentAt }];
  });
}

/** People who ever asked for a withdrawal, in the order of their ids. */
export async function peopleWhoWithdrew(db: Queryable, after: Uuid, limit: number): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    'select distinct user_id as id from withdrawals where user_id > $1 order by user_id limit $2',
    [after, limit],
  );
  return rows.map(({ id }) => id);
}
