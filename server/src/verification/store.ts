import { newId, type Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { PictureSide } from '../policy/index.ts';
import type { CaseDetails, CaseState, CaseStep, Field, IdentityCase } from './rules.ts';
import type { Hit } from './sanctions-list.ts';

const CASE = `c.id, c.user_id as "userId", c.number, c.state, c.since, c.legal_name as "legalName", c.latin_name as "latinName",
  c.date_of_birth as "dateOfBirth", c.country, c.document, c.begun_at as "begunAt", c.field, c.reason,
  c.compared_at as "comparedAt", c.forgiven_at as "forgivenAt"`;

/** What was never handed in is nobody's to look at. */
const HANDED_IN = `exists (select from identity_case_events e where e.case_id = c.id and e.step = 'submitted')`;

/** Lets one at a time begin or change a person's case; ends with the transaction. */
export async function lockCasesOf(tx: Queryable, userId: Uuid): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('identity ' || $1, 0))`, [userId]);
}

export async function newestCase(db: Queryable, userId: Uuid): Promise<IdentityCase | undefined> {
  const [row] = await db.query<IdentityCase>(
    `select ${CASE} from identity_cases c where c.user_id = $1 order by c.number desc limit 1`,
    [userId],
  );
  return row;
}

/** The approved case of each of these people who has one. */
export async function approvedCases(
  db: Queryable,
  userIds: readonly Uuid[],
): Promise<Map<Uuid, IdentityCase>> {
  const rows = await db.query<IdentityCase>(
    `select distinct on (c.user_id) ${CASE} from identity_cases c
      where c.user_id = any($1::uuid[]) and c.state = 'approved' order by c.user_id, c.number desc`,
    [userIds],
  );
  return new Map(rows.map((row) => [row.userId, row]));
}

export async function caseById(db: Queryable, id: Uuid): Promise<IdentityCase | undefined> {
  const [row] = await db.query<IdentityCase>(`select ${CASE} from identity_cases c where c.id = $1`, [id]);
  return row;
}

/** A case that was handed in at least once. */
export async function handedInCase(db: Queryable, id: Uuid): Promise<IdentityCase | undefined> {
  const [row] = await db.query<IdentityCase>(
    `select ${CASE} from identity_cases c where c.id = $1 and ${HANDED_IN}`,
    [id],
  );
  return row;
}

/** How many of a person's cases were refused and count. */
export async function refusalsOf(db: Queryable, userId: Uuid): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    `select count(*)::int as n from identity_cases where user_id = $1 and state = 'refused'
      and forgiven_at is null`,
    [userId],
  );
  return row?.n ?? 0;
}

/** Since when cases of a person were taken back after an instant, oldest first. */
export async function takenBackSince(db: Queryable, userId: Uuid, after: Date): Promise<Date[]> {
  const rows = await db.query<{ since: Date }>(
    `select since from identity_cases where user_id = $1 and state = 'withdrawn' and since > $2 order by since`,
    [userId, after],
  );
  return rows.map(({ since }) => since);
}

export async function insertCase(
  tx: Queryable,
  row: CaseDetails & { readonly id: Uuid; readonly userId: Uuid; readonly number: number; readonly at: Date },
): Promise<void> {
  await tx.query(
    `insert into identity_cases
       (id, user_id, number, state, since, legal_name, latin_name, date_of_birth, country, document, begun_at)
     values ($1, $2, $3, 'started', $4, $5, $6, $7, $8, $9, $4)`,
    [
      row.id,
      row.userId,
      row.number,
      row.at,
      row.legalName,
      row.latinName,
      row.dateOfBirth,
      row.country,
      row.document,
    ],
  );
}

export async function updateDetails(
  tx: Queryable,
  id: Uuid,
  details: CaseDetails,
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `update identity_cases
        set legal_name = $2, latin_name = $3, date_of_birth = $4, country = $5, document = $6, since = $7,
            compared_at = null
      where id = $1 and state = 'started' returning 1`,
    [id, details.legalName, details.latinName, details.dateOfBirth, details.country, details.document, at],
  );
  return rows.length === 1;
}

/** Moves a case on; whether it stood where it was thought to stand. */
export async function moveCase(
  tx: Queryable,
  id: Uuid,
  move: {
    readonly from: CaseState;
    readonly to: CaseState;
    readonly at: Date;
    readonly field?: Field | null;
    readonly reason?: string | null;
  },
): Promise<boolean> {
  const rows = await tx.query(
    `update identity_cases set state = $3, since = $4, field = $5, reason = $6
      where id = $1 and state = $2 returning 1`,
    [id, move.from, move.to, move.at, move.field ?? null, move.reason ?? null],
  );
  return rows.length === 1;
}

/** Takes an approval back; its pictures are erased when they were to be. Whether it was approved. */
export async function revokeCase(tx: Queryable, id: Uuid, reason: string): Promise<boolean> {
  const rows = await tx.query(
    `update identity_cases set state = 'revoked', reason = $2 where id = $1 and state = 'approved' returning 1`,
    [id, reason],
  );
  return rows.length === 1;
}

/** Lets a refusal count no more; whether it was one that counted. */
export async function forgiveCase(tx: Queryable, id: Uuid, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `update identity_cases set forgiven_at = $2 where id = $1 and state = 'refused' and forgiven_at is null
     returning 1`,
    [id, at],
  );
  return rows.length === 1;
}

export interface CaseEvent {
  readonly id: Uuid;
  readonly caseId: Uuid;
  readonly at: Date;
  readonly step: CaseStep;
  readonly byUser: Uuid | null;
  readonly field: Field | null;
  readonly note: string | null;
}

export async function insertCaseEvent(tx: Queryable, event: CaseEvent): Promise<void> {
  await tx.query(
    `insert into identity_case_events (id, case_id, at, step, by_user, field, note)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [event.id, event.caseId, event.at, event.step, event.byUser, event.field, event.note],
  );
}

export function eventsOfCase(db: Queryable, caseId: Uuid): Promise<CaseEvent[]> {
  return db.query<CaseEvent>(
    `select id, case_id as "caseId", at, step, by_user as "byUser", field, note
       from identity_case_events where case_id = $1 order by place`,
    [caseId],
  );
}

/** Cases that wait for an operator, the oldest first; or all, the newest first. */
export function casesPage(
  db: Queryable,
  page: {
    readonly show: 'waiting' | 'all';
    readonly after: { readonly at: Date; readonly id: Uuid } | null;
    readonly limit: number;
  },
): Promise<IdentityCase[]> {
  const { show, after, limit } = page;
  const place = [after?.at ?? null, after?.id ?? null, limit];
  return show === 'waiting'
    ? db.query<IdentityCase>(
        `select ${CASE} from identity_cases c
          where c.state = 'submitted' and ($1::timestamptz is null or (c.since, c.id) > ($1, $2::uuid))
          order by c.since, c.id limit $3`,
        place,
      )
    : db.query<IdentityCase>(
        `select ${CASE} from identity_cases c
          where ${HANDED_IN} and ($1::timestamptz is null or (c.since, c.id) < ($1, $2::uuid))
          order by c.since desc, c.id desc limit $3`,
        place,
      );
}

export async function waitingCases(db: Queryable): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    `select count(*)::int as n from identity_cases where state = 'submitted'`,
  );
  return row?.n ?? 0;
}

/** Cases that stand so and were not touched since then. */
export async function staleCases(
  db: Queryable,
  state: 'started' | 'submitted',
  before: Date,
  limit: number,
): Promise<{ id: Uuid; userId: Uuid }[]> {
  return db.query(
    `select id, user_id as "userId" from identity_cases where state = $1 and since <= $2
      order by since limit $3`,
    [state, before, limit],
  );
}

// --- Lists of sanctions ------------------------------------------------------------------------------------------

/** Cases whose name was never compared, and approved ones whose name was not since then; the longest ago first. */
export function casesToCompare(db: Queryable, before: Date, limit: number): Promise<IdentityCase[]> {
  return db.query<IdentityCase>(
    `select ${CASE} from identity_cases c
      where c.state in ('submitted', 'approved')
        and (c.compared_at is null or (c.state = 'approved' and c.compared_at <= $1))
      order by c.compared_at nulls first, c.id limit $2`,
    [before, limit],
  );
}

export interface ScreeningRow {
  readonly at: Date;
  readonly hits: readonly Hit[];
}

/** Keeps what the list said of a case. */
export async function insertScreening(
  tx: Queryable,
  row: ScreeningRow & { readonly id: Uuid; readonly caseId: Uuid },
): Promise<void> {
  await tx.query('insert into identity_screenings (id, case_id, at, hits) values ($1, $2, $3, $4)', [
    row.id,
    row.caseId,
    row.at,
    JSON.stringify(row.hits),
  ]);
  await tx.query('update identity_cases set compared_at = $2 where id = $1', [row.caseId, row.at]);
}

/** What the list said of a case, the newest first. */
export function screeningsOf(db: Queryable, caseId: Uuid): Promise<ScreeningRow[]> {
  return db.query<ScreeningRow>(
    'select at, hits from identity_screenings where case_id = $1 order by place desc',
    [caseId],
  );
}

// --- Pictures -------------------------------------------------------------------------------------------------

export interface PictureRow {
  readonly id: Uuid;
  readonly caseId: Uuid;
  readonly side: PictureSide;
  readonly madeAt: Date;
  readonly width: number;
  readonly height: number;
  readonly erasedAt: Date | null;
}

const PICTURE = `id, case_id as "caseId", side, made_at as "madeAt", width, height, erased_at as "erasedAt"`;

export function picturesOf(db: Queryable, caseIds: readonly Uuid[]): Promise<PictureRow[]> {
  return db.query<PictureRow>(
    `select ${PICTURE} from identity_pictures where case_id = any($1::uuid[])
      order by case side when 'front' then 1 when 'back' then 2 else 3 end`,
    [caseIds],
  );
}

/** Keeps a picture in place of the one before of this side. */
export async function keepPicture(
  tx: Queryable,
  row: Omit<PictureRow, 'erasedAt'> & { readonly keyName: string; readonly sealed: Buffer },
): Promise<void> {
  await tx.query('delete from identity_pictures where case_id = $1 and side = $2', [row.caseId, row.side]);
  await tx.query(
    `insert into identity_pictures (id, case_id, side, made_at, width, height, key_name, sealed)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [row.id, row.caseId, row.side, row.madeAt, row.width, row.height, row.keyName, row.sealed],
  );
}

export interface SealedPicture extends PictureRow {
  readonly keyName: string;
  readonly sealed: Buffer | null;
}

/** Takes pictures away whole, so that they are missing again. */
export async function dropPictures(tx: Queryable, ids: readonly Uuid[]): Promise<void> {
  await tx.query('delete from identity_pictures where id = any($1::uuid[])', [ids]);
}

export function sealedPicturesOf(db: Queryable, caseId: Uuid): Promise<SealedPicture[]> {
  return db.query<SealedPicture>(
    `select ${PICTURE}, key_name as "keyName", sealed from identity_pictures where case_id = $1`,
    [caseId],
  );
}

/** How many pictures are sealed with a key that is none of these. */
export async function picturesOfUnknownKeys(db: Queryable, known: readonly string[]): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    `select count(*)::int as n from identity_pictures where sealed is not null and key_name <> all($1::text[])`,
    [known],
  );
  return row?.n ?? 0;
}

export async function sealedPicture(
  db: Queryable,
  caseId: Uuid,
  side: PictureSide,
): Promise<SealedPicture | undefined> {
  const [row] = await db.query<SealedPicture>(
    `select ${PICTURE}, key_name as "keyName", sealed from identity_pictures where case_id = $1 and side = $2`,
    [caseId, side],
  );
  return row;
}

export async function insertLook(
  tx: Queryable,
  look: {
    readonly id: Uuid;
    readonly pictureId: Uuid;
    readonly caseId: Uuid;
    readonly side: PictureSide;
    readonly at: Date;
    readonly byUser: Uuid;
  },
): Promise<void> {
  await tx.query(
    `insert into identity_picture_looks (id, picture_id, case_id, side, at, by_user) values ($1, $2, $3, $4, $5, $6)`,
    [look.id, look.pictureId, look.caseId, look.side, look.at, look.byUser],
  );
}

/** Who looked at what, in order. */
export function looksOf(
  db: Queryable,
  caseId: Uuid,
): Promise<{ pictureId: Uuid; side: PictureSide; at: Date; byUser: Uuid }[]> {
  return db.query(
    `select picture_id as "pictureId", side, at, by_user as "byUser" from identity_picture_looks
      where case_id = $1 order by at, id`,
    [caseId],
  );
}

/** Cases that were decided, or are over, before then and whose pictures are still there. */
export async function casesToErase(db: Queryable, before: Date, limit: number): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    `select distinct c.id from identity_pictures p join identity_cases c on c.id = p.case_id
      where p.sealed is not null and c.state in ('approved', 'refused', 'expired', 'revoked') and c.since <= $1 limit $2`,
    [before, limit],
  );
  return rows.map(({ id }) => id);
}

/** Ends a case without a verdict, and erases its pictures in the same moment. Whether it stood where it was thought to. */
export async function endCase(
  tx: Queryable,
  { id, state }: Pick<IdentityCase, 'id' | 'state'>,
  end: {
    readonly to: 'expired' | 'withdrawn' | 'undecided';
    readonly byUser: Uuid | null;
    readonly at: Date;
  },
): Promise<boolean> {
  const { to, byUser, at } = end;
  if (!(await moveCase(tx, id, { from: state, to, at }))) return false;
  await insertCaseEvent(tx, { id: newId(), caseId: id, at, step: to, byUser, field: null, note: null });
  await eraseAndNote(tx, id, at);
  return true;
}

/** Erases the pictures of a case that are still there, and writes it down. */
export async function eraseAndNote(tx: Queryable, caseId: Uuid, at: Date): Promise<void> {
  if ((await erasePictures(tx, caseId, at)) === 0) return;
  const step = 'erased';
  await insertCaseEvent(tx, { id: newId(), caseId, at, step, byUser: null, field: null, note: null });
}

/** How many were erased. */
async function erasePictures(tx: Queryable, caseId: Uuid, at: Date): Promise<number> {
  const rows = await tx.query(
    `update identity_pictures set sealed = null, erased_at = $2 where case_id = $1 and sealed is not null
     returning 1`,
    [caseId, at],
  );
  return rows.length;
}

export interface OlderPicture {
  readonly id: Uuid;
  readonly caseId: Uuid;
  readonly side: PictureSide;
  readonly keyName: string;
  readonly sealed: Buffer;
}

/** Pictures sealed with another key than this one, but one of those known; in order. */
export function picturesOfOtherKeys(
  db: Queryable,
  about: {
    readonly to: string;
    readonly known: readonly string[];
    readonly after: Uuid | null;
    readonly limit: number;
  },
): Promise<OlderPicture[]> {
  return db.query(
    `select id, case_id as "caseId", side, key_name as "keyName", sealed from identity_pictures
      where sealed is not null and key_name <> $1 and key_name = any($2::text[])
        and ($3::uuid is null or id > $3) order by id limit $4`,
    [about.to, about.known, about.after, about.limit],
  );
}

export async function resealPicture(
  db: Queryable,
  id: Uuid,
  change: { readonly from: string; readonly to: string; readonly sealed: Buffer },
): Promise<void> {
  await db.query(
    `update identity_pictures set key_name = $3, sealed = $4
      where id = $1 and key_name = $2 and sealed is not null`,
    [id, change.from, change.to, change.sealed],
  );
}
