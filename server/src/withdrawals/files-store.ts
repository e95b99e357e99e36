import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { FileMethod } from './methods/payout-file.ts';
import type { AccountDetails, WithdrawalState } from './withdrawal.ts';

/** A file as it is listed. */
export interface FileRow {
  readonly id: Uuid;
  readonly number: number;
  readonly method: FileMethod;
  readonly name: string;
  readonly sha256: Buffer;
  readonly payments: number;
  readonly currency: string;
  readonly sumMinor: bigint;
  readonly payOn: string;
  readonly madeAt: Date;
  readonly byUser: Uuid;
  /** When somebody took it to the bank. */
  readonly sentAt: Date | null;
  /** Whether somebody has had it in hand: then the bank may have it. */
  readonly isTaken: boolean;
  /** When it was withdrawn: its bytes are given to nobody any more. */
  readonly withdrawnAt: Date | null;
  /** How many of its payments stand where. */
  readonly sending: number;
  readonly onTheWay: number;
  readonly paid: number;
}

/** Whether a freeze closes the way to money of the person of `w`, as of a parameter, by gates in another. */
const isFrozen = (now: string, gates: string) => `exists (
          select from account_freezes f
           where f.user_id = w.user_id and f.gates && ${gates}::text[] and (f.until is null or f.until > ${now})
             and f.by_user is distinct from f.user_id
             and not exists (select from account_freeze_lifts l where l.freeze_id = f.id))`;

const FILE = `f.id, f.number, f.method, f.name, f.sha256, f.payments, f.currency, f.sum_minor as "sumMinor",
  f.pay_on as "payOn", f.made_at as "madeAt", f.by_user as "byUser", s.at as "sentAt",
  s.at is not null or exists (select from payout_file_downloads d where d.file_id = f.id) as "isTaken",
  x.at as "withdrawnAt",
  c.sending, c.on_the_way as "onTheWay", c.paid`;
const FILE_FROM = `payout_files f left join payout_file_sendings s on s.file_id = f.id
  left join payout_file_withdrawals x on x.file_id = f.id
  cross join lateral (
    select count(*) filter (where st.state = 'sending')::int as sending,
           count(*) filter (where st.state = 'sent')::int as on_the_way,
           count(*) filter (where st.state = 'paid')::int as paid
      from payout_file_places e join withdrawal_states st on st.withdrawal_id = e.withdrawal_id
     where e.file_id = f.id) as c`;

export function filesPage(db: Queryable, before: Date | null, limit: number): Promise<FileRow[]> {
  return db.query<FileRow>(
    `select ${FILE} from ${FILE_FROM} where $1::timestamptz is null or f.made_at < $1 order by f.made_at desc limit $2`,
    [before, limit],
  );
}

export async function fileById(db: Queryable, id: Uuid): Promise<FileRow | undefined> {
  const [row] = await db.query<FileRow>(`select ${FILE} from ${FILE_FROM} where f.id = $1`, [id]);
  return row;
}

export async function contentOf(db: Queryable, id: Uuid): Promise<Buffer | undefined> {
  const [row] = await db.query<{ content: Buffer }>('select content from payout_files where id = $1', [id]);
  return row?.content;
}

/** What waits for a file of a method, the oldest first. */
export function releasedPayments(
  db: Queryable,
  method: FileMethod,
  about: { readonly limit: number; readonly now: Date; readonly frozenBy: readonly string[] },
): Promise<{ id: Uuid; reference: string; minor: bigint; holder: string; details: AccountDetails }[]> {
  return db.query(
    `select w.id, w.reference, w.payout_minor as minor, a.holder, a.details
       from withdrawal_states s join withdrawals w on w.id = s.withdrawal_id
       join payout_accounts a on a.id = w.account_id
      where s.state = 'released' and w.method = $1
        and not ${isFrozen('$3', '$4')}
      order by w.committed limit $2`,
    [method, about.limit, about.now, about.frozenBy],
  );
}

/** The number of the next file of a method; the lock ends with the transaction. */
export async function nextNumber(tx: Queryable, method: FileMethod): Promise<number> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('payout_files'))`);
  const [row] = await tx.query<{ next: number }>(
    'select coalesce(max(number), 0)::int + 1 as next from payout_files where method = $1',
    [method],
  );
  return row?.next ?? 1;
}

export async function insertFile(
  tx: Queryable,
  file: Pick<
    FileRow,
    | 'id'
    | 'number'
    | 'method'
    | 'name'
    | 'sha256'
    | 'payments'
    | 'currency'
    | 'sumMinor'
    | 'payOn'
    | 'madeAt'
    | 'byUser'
  > & { readonly content: Buffer },
): Promise<void> {
  await tx.query(
    `insert into payout_files (id, number, method, name, content, sha256, payments, currency, sum_minor, pay_on, made_at,
                               by_user)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      file.id,
      file.number,
      file.method,
      file.name,
      file.content,
      file.sha256,
      file.payments,
      file.currency,
      file.sumMinor,
      file.payOn,
      file.madeAt,
      file.byUser,
    ],
  );
}

/**
 * Puts withdrawals into a file, each in one at a time, and moves them on; whether all of them still waited and nobody
 * was frozen meanwhile.
 */
export async function insertEntries(
  tx: Queryable,
  fileId: Uuid,
  entries: readonly { readonly id: Uuid; readonly eventId: Uuid }[],
  about: {
    readonly at: Date;
    readonly by: Uuid;
    readonly note: string;
    readonly frozenBy: readonly string[];
  },
): Promise<boolean> {
  const ids = entries.map(({ id }) => id);
  const moved = await tx.query(
    `update withdrawal_states s set state = 'sending', since = $2
       from withdrawals w
      where w.id = s.withdrawal_id and s.withdrawal_id = any($1::uuid[]) and s.state = 'released'
        and not ${isFrozen('$2', '$3')} returning 1`,
    [ids, about.at, about.frozenBy],
  );
  if (moved.length !== ids.length) return false;
  await tx.query(
    `insert into payout_file_entries (withdrawal_id, file_id, position)
     select id, $2, place from unnest($1::uuid[]) with ordinality as given (id, place)`,
    [ids, fileId],
  );
  await tx.query(
    'insert into payout_file_places (withdrawal_id, file_id) select id, $2 from unnest($1::uuid[]) as given (id)',
    [ids, fileId],
  );
  await tx.query(
    `insert into withdrawal_events (id, withdrawal_id, at, step, state, by_user, note, code)
     select event_id, id, $3, 'file', 'sending', $4, $5, null
       from unnest($1::uuid[], $2::uuid[]) as given (id, event_id)`,
    [ids, entries.map(({ eventId }) => eventId), about.at, about.by, about.note],
  );
  return true;
}

export async function insertSending(db: Queryable, fileId: Uuid, at: Date, by: Uuid): Promise<void> {
  await db.query(
    'insert into payout_file_sendings (file_id, at, by_user) values ($1, $2, $3) on conflict do nothing',
    [fileId, at, by],
  );
}

export async function insertDownload(
  db: Queryable,
  id: Uuid,
  fileId: Uuid,
  at: Date,
  by: Uuid,
): Promise<void> {
  await db.query('insert into payout_file_downloads (id, file_id, at, by_user) values ($1, $2, $3, $4)', [
    id,
    fileId,
    at,
    by,
  ]);
}

/** Payments of files at the bank that are not marked as sent yet. */
export function unsentOfFiles(db: Queryable, limit: number): Promise<{ id: Uuid; by: Uuid }[]> {
  return db.query(
    `select s.withdrawal_id as id, g.by_user as by
       from withdrawal_states s join payout_file_places e on e.withdrawal_id = s.withdrawal_id
       join payout_file_sendings g on g.file_id = e.file_id
      where s.state = 'sending' order by s.since limit $1`,
    [limit],
  );
}

/**
 * Takes a file's turn, so that taking it, saying that it is at the bank and withdrawing it come one after the other; it
 * ends with the transaction. Whether there is such a file.
 */
export async function lockFile(tx: Queryable, id: Uuid): Promise<boolean> {
  // An append-only table takes no locks on its rows.
  await tx.query(`select pg_advisory_xact_lock(hashtext('payout_file'), hashtext($1::text))`, [id]);
  return (await tx.query('select from payout_files where id = $1', [id])).length === 1;
}

/** A payment that a file would pay though it must not, if there is one. */
export async function wrongPaymentOf(
  tx: Queryable,
  fileId: Uuid,
): Promise<{ reference: string; state: WithdrawalState } | undefined> {
  const [row] = await tx.query<{ reference: string; state: WithdrawalState }>(
    `select w.reference, s.state from payout_file_entries e join withdrawals w on w.id = e.withdrawal_id
       join withdrawal_states s on s.withdrawal_id = w.id
      where e.file_id = $1 and s.state not in ('sending', 'sent', 'paid', 'returned', 'parked')
      order by e.position limit 1`,
    [fileId],
  );
  return row;
}

/** A payment of a file whose payee is frozen now, if there is one. */
export async function frozenPaymentOf(
  tx: Queryable,
  fileId: Uuid,
  about: { readonly now: Date; readonly frozenBy: readonly string[] },
): Promise<{ reference: string } | undefined> {
  const [row] = await tx.query<{ reference: string }>(
    `select w.reference from payout_file_entries e join withdrawals w on w.id = e.withdrawal_id
      where e.file_id = $1 and ${isFrozen('$2', '$3')} order by e.position limit 1`,
    [fileId, about.now, about.frozenBy],
  );
  return row;
}

/** Withdraws a file: what is in it is released again. How many. Whoever calls it holds the file's turn. */
export async function insertFileWithdrawal(
  tx: Queryable,
  fileId: Uuid,
  about: { readonly at: Date; readonly by: Uuid; readonly note: string; readonly eventId: () => Uuid },
): Promise<number> {
  await tx.query('insert into payout_file_withdrawals (file_id, at, by_user) values ($1, $2, $3)', [
    fileId,
    about.at,
    about.by,
  ]);
  const moved = await tx.query<{ id: Uuid }>(
    `update withdrawal_states s set state = 'released', since = $2
       from payout_file_places p
      where p.withdrawal_id = s.withdrawal_id and p.file_id = $1 and s.state = 'sending'
      returning s.withdrawal_id as id`,
    [fileId, about.at],
  );
  await tx.query('delete from payout_file_places where file_id = $1', [fileId]);
  await tx.query(
    `insert into withdrawal_events (id, withdrawal_id, at, step, state, by_user, note, code)
     select event_id, id, $3, 'unfile', 'released', $4, $5, null
       from unnest($1::uuid[], $2::uuid[]) as given (id, event_id)`,
    [moved.map(({ id }) => id), moved.map(() => about.eventId()), about.at, about.by, about.note],
  );
  return moved.length;
}

/** In which file a withdrawal is, if in one. */
export async function fileOf(db: Queryable, withdrawalId: Uuid): Promise<{ id: Uuid; name: string } | null> {
  const [row] = await db.query<{ id: Uuid; name: string }>(
    `select f.id, f.name from payout_file_places e join payout_files f on f.id = e.file_id
      where e.withdrawal_id = $1`,
    [withdrawalId],
  );
  return row ?? null;
}
