import type { PaymentMode } from '../../config.ts';
import { newId, type Uuid } from '../../core/ids.ts';
import type { Queryable } from '../../db/database.ts';
import type { AccountSnapshot } from './provider.ts';

/** What a provider knows of an account of ours, there set up for one account of the house. */
export interface Setup {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly userId: Uuid;
  readonly country: string;
  readonly currency: string;
  readonly provider: string;
  readonly mode: PaymentMode;
  /** The house's account there; `null` = it was not kept. */
  readonly house: string | null;
  /** The provider's name of it; `null` until it was opened there. */
  readonly ref: string | null;
  readonly submitted: boolean;
  readonly ready: boolean;
  readonly rejected: boolean;
  readonly missing: readonly string[];
  /** The provider's name of the bank account that stood behind it last. */
  readonly bankRef: string | null;
  readonly bankLast4: string | null;
  /** Another bank account stands behind it, and is not paid before. */
  readonly bankUsableFrom: Date | null;
}

/** The accounts that the house pays from, side by side; `houses` has null where it is not known yet. */
export interface AccountsKnown {
  readonly providers: readonly string[];
  readonly modes: readonly string[];
  readonly houses: readonly (string | null)[];
}

/** Whose account: which of the provider's, for which of the house's. */
export interface SetupOf {
  readonly accountId: Uuid;
  readonly provider: string;
  readonly mode: PaymentMode;
  readonly house: string;
}

const SETUP = `u.id, u.account_id as "accountId", a.user_id as "userId", a.country, a.currency, u.provider, u.mode, u.house,
  u.ref, u.submitted, u.ready, u.rejected, u.missing, u.bank_ref as "bankRef", u.bank_last4 as "bankLast4",
  u.bank_usable_from as "bankUsableFrom"`;
const SETUP_FROM = 'payout_setups u join payout_accounts a on a.id = u.account_id';

/**
 * The set-up of account `a` with one of the accounts that the house pays from, given as three arrays from parameter `first`
 * on: whatever belongs to another account of the house is none. To stand in a lateral join.
 */
export function setupHere(first: number): string {
  return `select u.* from payout_setups u
           join unnest($${first}::text[], $${first + 1}::text[], $${first + 2}::text[]) as here(provider, mode, house)
             on here.provider = u.provider and here.mode = u.mode
            and (here.house is null or u.house is null or here.house = u.house)
          where u.account_id = a.id order by u.house is null, u.id desc limit 1`;
}

/** Begins a set-up, unless it was begun. */
export async function insertSetup(db: Queryable, of: SetupOf): Promise<void> {
  await db.query(
    `insert into payout_setups (id, account_id, provider, mode, house) values ($1, $2, $3, $4, $5)
     on conflict (account_id, provider, mode, house) do nothing`,
    [newId(), of.accountId, of.provider, of.mode, of.house],
  );
}

/**
 * Says with which account of the house a set-up is, that was begun before that was kept; nothing where one with that account
 * was begun since.
 */
export async function takeOverSetup(db: Queryable, setupId: Uuid, house: string): Promise<void> {
  await db.query(
    `update payout_setups u set house = $2
      where u.id = $1 and u.house is null
        and not exists (select from payout_setups o where o.account_id = u.account_id and o.provider = u.provider
                                                      and o.mode = u.mode and o.house = $2)`,
    [setupId, house],
  );
}

export async function setupOf(db: Queryable, of: SetupOf): Promise<Setup | undefined> {
  const [row] = await db.query<Setup>(
    `select ${SETUP} from ${SETUP_FROM}
      where u.account_id = $1 and u.provider = $2 and u.mode = $3 and (u.house is null or u.house = $4)
      order by u.house is null limit 1`,
    [of.accountId, of.provider, of.mode, of.house],
  );
  return row;
}

export async function setupById(db: Queryable, id: Uuid): Promise<Setup | undefined> {
  const [row] = await db.query<Setup>(`select ${SETUP} from ${SETUP_FROM} where u.id = $1`, [id]);
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
export async function keepRef(db: Queryable, setupId: Uuid, ref: string): Promise<void> {
  await db.query('update payout_setups set ref = $2 where id = $1 and ref is null', [setupId, ref]);
}

/**
 * Writes down what the provider knows. A bank account that was not known, the first one too, is not paid before
 * `waitsUntil`: whoever changes it has it noticed. What was looked at before an instant that is known already changes
 * nothing.
 */
export async function keepSnapshot(
  db: Queryable,
  setupId: Uuid,
  seen: AccountSnapshot,
  about: { readonly at: Date; readonly waitsUntil: Date },
): Promise<void> {
  const rows = await db.query(
    `update payout_setups
        set submitted = $2, ready = $3, rejected = $4, missing = $5, bank_last4 = $7, looked_at = $8,
            bank_usable_from = case when $6::text is not null and bank_ref is distinct from $6 then $9
                                    else bank_usable_from end,
            bank_ref = coalesce($6, bank_ref)
      where id = $1 and (looked_at is null or looked_at <= $8) returning 1`,
    [
      setupId,
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
  const number = seen.bank?.number ?? null;
  if (rows.length === 0 || number === null) return;
  await db.query(
    `insert into payout_setup_banks (setup_id, number, seen_at) values ($1, $2, $3) on conflict do nothing`,
    [setupId, number, about.at],
  );
}

/** Accounts in use of which nothing was heard since: of those that are ready, and of the others. */
export function dueSetups(
  db: Queryable,
  about: {
    readonly here: AccountsKnown;
    readonly readySince: Date;
    readonly otherSince: Date;
    readonly limit: number;
  },
): Promise<Setup[]> {
  const { providers, modes, houses } = about.here;
  return db.query<Setup>(
    `select ${SETUP} from ${SETUP_FROM}
      where u.ref is not null and not u.rejected
        and coalesce(u.looked_at, a.made_at) <= case when u.ready then $1::timestamptz else $2::timestamptz end
        and not exists (select from payout_account_removals r where r.account_id = a.id)
        and exists (select from unnest($4::text[], $5::text[], $6::text[]) as here(provider, mode, house)
                     where here.provider = u.provider and here.mode = u.mode
                       and (u.house is null or here.house = u.house))
      order by u.looked_at nulls first limit $3`,
    [about.readySince, about.otherSince, about.limit, providers, modes, houses],
  );
}

/** It was asked about without an answer: others come first next time. */
export async function markLooked(db: Queryable, setupId: Uuid, at: Date): Promise<void> {
  await db.query('update payout_setups set looked_at = $2 where id = $1', [setupId, at]);
}
