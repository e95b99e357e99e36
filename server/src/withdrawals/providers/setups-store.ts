import type { PaymentMode } from '../../config.ts';
import type { Uuid } from '../../core/ids.ts';
import type { Queryable } from '../../db/database.ts';
import type { AccountSnapshot } from './provider.ts';

/** What a provider knows of an account of ours. */
export interface Setup {
  readonly accountId: Uuid;
  readonly userId: Uuid;
  readonly country: string;
  readonly provider: string;
  readonly mode: PaymentMode;
  /** The provider's name of it; `null` until it was opened there. */
  readonly ref: string | null;
  readonly submitted: boolean;
  readonly ready: boolean;
  readonly rejected: boolean;
  readonly missing: readonly string[];
  readonly bankLast4: string | null;
  /** Another bank account stands behind it, and is not paid before. */
  readonly bankUsableFrom: Date | null;
}

const SETUP = `u.account_id as "accountId", a.user_id as "userId", a.country, u.provider, u.mode, u.ref, u.submitted,
  u.ready, u.rejected, u.missing, u.bank_last4 as "bankLast4",
  u.bank_usable_from as "bankUsableFrom"`;
const SETUP_FROM = 'payout_setups u join payout_accounts a on a.id = u.account_id';

export async function insertSetup(
  db: Queryable,
  setup: { readonly accountId: Uuid; readonly provider: string; readonly mode: PaymentMode },
): Promise<void> {
  await db.query('insert into payout_setups (account_id, provider, mode) values ($1, $2, $3)', [
    setup.accountId,
    setup.provider,
    setup.mode,
  ]);
}

export async function setupOf(db: Queryable, accountId: Uuid): Promise<Setup | undefined> {
  const [row] = await db.query<Setup>(`select ${SETUP} from ${SETUP_FROM} where u.account_id = $1`, [
    accountId,
  ]);
  return row;
}

export async function setupByRef(
  db: Queryable,
  { provider, mode, ref }: { readonly provider: string; readonly mode: string; readonly ref: string },
): Promise<Setup | undefined> {
  const [row] = await db.query<Setup>(
    `select ${SETUP} from ${SETUP_FROM} where u.provider = $1 and u.mode = $2 and u.ref = $3`,
    [provider, mode, ref],
  );
  return row;
}

/** Keeps the provider's name of it, once: the one that it has stays. */
export async function keepRef(db: Queryable, accountId: Uuid, ref: string): Promise<void> {
  await db.query('update payout_setups set ref = $2 where account_id = $1 and ref is null', [accountId, ref]);
}

/**
 * Writes down what the provider knows. Another bank account than the one that was known is not paid before `waitsUntil`:
 * whoever changes it has it noticed. What was looked at before an instant that is known already changes nothing.
 */
export async function keepSnapshot(
  db: Queryable,
  accountId: Uuid,
  seen: AccountSnapshot,
  about: { readonly at: Date; readonly waitsUntil: Date },
): Promise<void> {
  await db.query(
    `update payout_setups
        set submitted = $2, ready = $3, rejected = $4, missing = $5, bank_last4 = $7, looked_at = $8,
            bank_usable_from = case when bank_ref is not null and $6::text is not null and bank_ref <> $6 then $9
                                    else bank_usable_from end,
            bank_ref = coalesce($6, bank_ref)
      where account_id = $1 and (looked_at is null or looked_at <= $8)`,
    [
      accountId,
      seen.submitted,
      seen.ready,
      seen.rejected,
      seen.missing,
      seen.bank?.ref ?? null,
      seen.bank?.last4 ?? null,
      about.at,
      about.waitsUntil,
    ],
  );
}

/** Accounts in use of which nothing was heard since: of those that are ready, and of the others. */
export function dueSetups(
  db: Queryable,
  about: { readonly readySince: Date; readonly otherSince: Date; readonly limit: number },
): Promise<Setup[]> {
  return db.query<Setup>(
    `select ${SETUP} from ${SETUP_FROM}
      where u.ref is not null and not u.rejected
        and coalesce(u.looked_at, a.made_at) <= case when u.ready then $1::timestamptz else $2::timestamptz end
        and not exists (select from payout_account_removals r where r.account_id = a.id)
      order by u.looked_at nulls first limit $3`,
    [about.readySince, about.otherSince, about.limit],
  );
}

/** It was asked about without an answer: others come first next time. */
export async function markLooked(db: Queryable, accountId: Uuid, at: Date): Promise<void> {
  await db.query('update payout_setups set looked_at = $2 where account_id = $1', [accountId, at]);
}
