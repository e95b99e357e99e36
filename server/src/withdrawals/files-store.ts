import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { FileMethod } from './methods/payout-file.ts';
import type { AccountDetails } from './withdrawal.ts';

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
  /** How many of its payments stand where. */
  readonly sending: number;
  readonly onTheWay: number;
  readonly paid: number;
}

const FILE = `f.id, f.number, f.method, f.name, f.sha256, f.payments, f.currency, f.sum_minor as "sumMinor",
  f.pay_on as "payOn", f.made_at as "madeAt", f.by_user as "byUser", s.at as "sentAt",
  c.sending, c.on_the_way as "onTheWay", c.paid`;
const FILE_FROM = `payout_files f left join payout_file_sendings s on s.file_id = f.id
  cross join lateral (
    select count(*) filter (where st.state = 'sending')::int as sending,
           count(*) filter (where st.state = 'sent')::int as on_the_way,
           count(*) filter (where st.state = 'paid')::int as paid
      from payout_file_entries e join withdrawal_states st on st.withdrawal_id = e.withdrawal_id
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
        and not exists (
          select from account_freezes f
           where f.user_id = w.user_id and f.gates && $4::text[] and (f.until is null or f.until > $3)
             and f.by_user is distinct from f.user_id
             and not exists (select from account_freeze_lifts l where l.freeze_id = f.id))
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

/** Puts withdrawals into a file, each once ever, and moves them on; whether all of them still waited. */
export async function insertEntries(
  tx: Queryable,
  fileId: Uuid,
  entries: readonly { readonly id: Uuid; readonly eventId: Uuid }[],
  about: { readonly at: Date; readonly by: Uuid; readonly note: string },
): Promise<boolean> {
  const ids = entries.map(({ id }) => id);
  const moved = await tx.query(
    `update withdrawal_states set state = 'sending', since = $2
      where withdrawal_id = any($1::uuid[]) and state = 'released' returning 1`,
    [ids, about.at],
  );
  if (moved.length !== ids.length) return false;
  await tx.query(
    `insert into payout_file_entries (withdrawal_id, file_id, position)
     select id, $2, place from unnest($1::uuid[]) with ordinality as given (id, place)`,
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
       from withdrawal_states s join payout_file_entries e on e.withdrawal_id = s.withdrawal_id
       join payout_file_sendings g on g.file_id = e.file_id
      where s.state = 'sending' order by s.since limit $1`,
    [limit],
  );
}

/** In which file a withdrawal is, if in one. */
export async function fileOf(db: Queryable, withdrawalId: Uuid): Promise<{ id: Uuid; name: string } | null> {
  const [row] = await db.query<{ id: Uuid; name: string }>(
    `select f.id, f.name from payout_file_entries e join payout_files f on f.id = e.file_id
      where e.withdrawal_id = $1`,
    [withdrawalId],
  );
  return row ?? null;
}
