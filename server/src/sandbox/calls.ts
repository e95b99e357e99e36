import type { Database, Queryable } from '../db/database.ts';
import type { Company } from './desk.ts';

/** What was answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export type Begun =
  | { readonly kind: 'begun' }
  /** Answered before. */
  | { readonly kind: 'replay'; readonly answer: Answer }
  | { readonly kind: 'other_request' }
  | { readonly kind: 'in_progress' };

/** A call whose process died without an answer may be made again after so long: no work here takes as long. */
const GIVEN_UP_SECONDS = 5;

/** Begins a keyed call, or finds what became of it. Committed at once, so that a call beside this one sees it. */
export async function beginCall(
  db: Database,
  company: Company,
  key: string,
  fingerprint: Buffer,
): Promise<Begun> {
  const begun = await db.query(
    `insert into sandbox.calls as known (company, key, fingerprint) values ($1, $2, $3)
     on conflict (company, key) do update set begun_at = now()
       where known.status is null and known.begun_at < now() - make_interval(secs => $4)
     returning key`,
    [company, key, fingerprint, GIVEN_UP_SECONDS],
  );
  if (begun.length > 0) return { kind: 'begun' };
  const [known] = await db.query<{ fingerprint: Buffer; status: number | null; body: string | null }>(
    'select fingerprint, status, body from sandbox.calls where company = $1 and key = $2',
    [company, key],
  );
  if (known === undefined) return { kind: 'in_progress' };
  if (!known.fingerprint.equals(fingerprint)) return { kind: 'other_request' };
  if (known.status === null) return { kind: 'in_progress' };
  return { kind: 'replay', answer: { status: known.status, body: known.body ?? '' } };
}

/** Keeps the answer, in the transaction of what it tells. */
export async function keepAnswer(
  tx: Queryable,
  company: Company,
  key: string,
  { status, body }: Answer,
): Promise<void> {
  await tx.query('update sandbox.calls set status = $3, body = $4 where company = $1 and key = $2', [
    company,
    key,
    status,
    body,
  ]);
}

/** Nothing began: the key may be used again. */
export async function forgetCall(db: Queryable, company: Company, key: string): Promise<void> {
  await db.query('delete from sandbox.calls where company = $1 and key = $2 and status is null', [
    company,
    key,
  ]);
}
