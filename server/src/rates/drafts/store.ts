import type { Uuid } from '../../core/ids.ts';
import type { Ratio } from '../../core/money.ts';
import type { Queryable } from '../../db/database.ts';

/** A draft in its newest revision, and what became of it. */
export interface DraftRow {
  readonly id: Uuid;
  readonly draftedBy: Uuid;
  readonly draftedAt: Date;
  readonly revision: number;
  readonly dollars: string;
  readonly centsNumerator: bigint;
  readonly unitsDenominator: bigint;
  readonly startsAt: Date;
  readonly reason: string;
  /** `null` while it is neither a version nor given up. */
  readonly endedAt: Date | null;
  /** The version that it became; `null` when it was given up. */
  readonly version: number | null;
}

const SELECT = `select d.id, d.drafted_by as "draftedBy", d.drafted_at as "draftedAt", r.revision, r.dollars,
    r.cents_numerator as "centsNumerator", r.units_denominator as "unitsDenominator", r.starts_at as "startsAt",
    r.reason, e.ended_at as "endedAt", e.version
  from rate_drafts d
  cross join lateral (select * from rate_draft_revisions r where r.draft_id = d.id
                       order by revision desc limit 1) r
  left join rate_draft_endings e on e.draft_id = d.id`;

export async function insertDraft(
  tx: Queryable,
  draft: { id: Uuid; draftedBy: Uuid; draftedAt: Date },
): Promise<void> {
  await tx.query('insert into rate_drafts (id, drafted_by, drafted_at) values ($1, $2, $3)', [
    draft.id,
    draft.draftedBy,
    draft.draftedAt,
  ]);
}

export async function insertRevision(
  tx: Queryable,
  row: {
    draftId: Uuid;
    revision: number;
    dollars: string;
    rate: Ratio;
    startsAt: Date;
    reason: string;
    at: Date;
  },
): Promise<void> {
  await tx.query(
    `insert into rate_draft_revisions
       (draft_id, revision, dollars, cents_numerator, units_denominator, starts_at, reason, revised_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      row.draftId,
      row.revision,
      row.dollars,
      row.rate.numerator,
      row.rate.denominator,
      row.startsAt,
      row.reason,
      row.at,
    ],
  );
}

/** Locks a draft until the transaction ends and reads it. */
export async function lockDraft(tx: Queryable, id: Uuid): Promise<DraftRow | undefined> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('rate draft ' || $1, 0))`, [id]);
  return draftById(tx, id);
}

export async function draftById(db: Queryable, id: Uuid): Promise<DraftRow | undefined> {
  const [row] = await db.query<DraftRow>(`${SELECT} where d.id = $1`, [id]);
  return row;
}

/** Drafts, newest first. */
export async function draftsPage(
  db: Queryable,
  before: { at: Date; id: Uuid } | null,
  limit: number,
): Promise<DraftRow[]> {
  return db.query<DraftRow>(
    `${SELECT} where $1::timestamptz is null or (d.drafted_at, d.id) < ($1, $2::uuid)
      order by d.drafted_at desc, d.id desc limit $3`,
    [before?.at ?? null, before?.id ?? null, limit],
  );
}

export async function insertDraftEnding(
  tx: Queryable,
  ending: { draftId: Uuid; version: number | null; byId: Uuid; at: Date },
): Promise<void> {
  await tx.query(
    'insert into rate_draft_endings (draft_id, version, by_id, ended_at) values ($1, $2, $3, $4)',
    [ending.draftId, ending.version, ending.byId, ending.at],
  );
}
