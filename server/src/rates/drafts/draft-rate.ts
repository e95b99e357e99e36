import { askApproval, decideApproval, withdrawApproval } from '../../approvals/index.ts';
import { DAY_MS } from '../../core/clock.ts';
import { newId, publicId, type Uuid } from '../../core/ids.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Queryable } from '../../db/database.ts';
import type { House } from '../../house.ts';
import { NOT_FOUND } from '../../http/refusals.ts';
import { currentPolicy } from '../../policy/index.ts';
import { refreshRates } from '../current-rate.ts';
import { RATE_DRAFT_IS_OVER, RATE_DRAFT_IS_THEIRS, RATE_DRAFT_STALE } from '../refusals.ts';
import { keptRatio } from '../rules.ts';
import { insertRate, lockRates } from '../store.ts';
import { type Draft, draftRefusal, ratioOfDollars } from './rules.ts';
import { type DraftRow, insertDraft, insertDraftEnding, insertRevision, lockDraft } from './store.ts';

type Books = Pick<House, 'db' | 'clock'>;

/** The kind of thing that approvals are asked for here. */
export const RATE_DRAFT = 'rate_draft';

/** A colleague has so long to look at it, unless its notice begins before. */
const OPEN_DAYS = 7;

/** Drafts a rate: nothing happens until another operator approves it. Refuses with `rate_too_high` or `rate_too_soon`. */
export async function draftRate({ db, clock }: Books, by: Uuid, draft: Draft): Promise<Uuid> {
  const nowMs = clock.now();
  await requireGood({ db, clock }, draft, nowMs);
  const id = newId();
  const at = new Date(nowMs);
  await db.transaction(async (tx) => {
    await insertDraft(tx, { id, draftedBy: by, draftedAt: at });
    await insertRevision(tx, { draftId: id, revision: 1, ...draft, rate: ratioOfDollars(draft.dollars), at });
  });
  return id;
}

/** Changes one's own draft. What was asked for it is withdrawn: an approval is of what was seen. */
export async function reviseDraft({ db, clock }: Books, by: Uuid, id: Uuid, draft: Draft): Promise<void> {
  const nowMs = clock.now();
  await requireGood({ db, clock }, draft, nowMs);
  await db.transaction(async (tx) => {
    const { revision } = await ownDraft(tx, by, id);
    await withdrawApproval(tx, { kind: RATE_DRAFT, subjectId: id, by, nowMs });
    await insertRevision(tx, {
      draftId: id,
      revision: revision + 1,
      ...draft,
      rate: ratioOfDollars(draft.dollars),
      at: new Date(nowMs),
    });
  });
}

/** Gives one's own draft up. */
export async function dropDraft({ db, clock }: Books, by: Uuid, id: Uuid): Promise<void> {
  const nowMs = clock.now();
  await db.transaction(async (tx) => {
    await ownDraft(tx, by, id);
    await withdrawApproval(tx, { kind: RATE_DRAFT, subjectId: id, by, nowMs });
    await insertDraftEnding(tx, { draftId: id, version: null, byId: by, at: new Date(nowMs) });
  });
}

/**
 * Asks another operator to approve one's own draft, until its notice begins.
 * @param revision the one that the asker saw
 */
export async function askForDraft({ db, clock }: Books, by: Uuid, id: Uuid, revision: number): Promise<void> {
  const nowMs = clock.now();
  const policy = await currentPolicy(db, nowMs);
  await db.transaction(async (tx) => {
    const draft = await ownDraft(tx, by, id);
    if (draft.revision !== revision) throw new Refusal(RATE_DRAFT_STALE);
    const refusal = draftRefusal(draft, policy, nowMs);
    if (refusal !== null) throw refusal;
    const noticeBeginsMs = draft.startsAt.getTime() - policy.rates.formula.noticeDays * DAY_MS;
    const { dollars, startsAt, reason } = draft;
    await askApproval(tx, {
      kind: RATE_DRAFT,
      subjectId: id,
      summary: `1,000 Diamonds are worth $${dollars} from ${startsAt.toISOString()} on.`,
      body: {
        draft: publicId('rate', id),
        revision: String(revision),
        dollarsFor1000Diamonds: dollars,
        centsPerUnit: { ...keptRatio(ratioOfDollars(dollars)) },
        startsAt: startsAt.toISOString(),
        reason,
      },
      by,
      nowMs,
      // The instant itself is still in time.
      expiresMs: Math.min(nowMs + OPEN_DAYS * DAY_MS, Math.max(noticeBeginsMs, nowMs) + 1),
    });
  });
}

/**
 * Another operator approves or rejects. Approved, the rate is told in the same commit; rejected, it is a draft again.
 * Refuses as `decideApproval` does, with `rate_draft_is_over`, and with what a draft is refused for.
 */
export async function decideDraft(
  { db, clock }: Books,
  by: Uuid,
  id: Uuid,
  decision: {
    readonly approvalId: Uuid;
    readonly verdict: 'approved' | 'rejected';
    readonly bodyHash: Buffer;
    readonly reason: string | null;
  },
): Promise<void> {
  const nowMs = clock.now();
  const policy = await currentPolicy(db, nowMs);
  await db.transaction(async (tx) => {
    await lockRates(tx);
    const draft = await lockDraft(tx, id);
    if (draft === undefined) throw new Refusal(NOT_FOUND);
    const approval = await decideApproval(tx, { ...decision, kind: RATE_DRAFT, by, nowMs });
    if (approval.subjectId !== id) throw new Refusal(NOT_FOUND);
    requireOpen(draft);
    if (decision.verdict === 'rejected') return;
    const refusal = draftRefusal(draft, policy, nowMs);
    if (refusal !== null) throw refusal;
    const rate = ratioOfDollars(draft.dollars);
    const version = await insertRate(tx, {
      origin: `draft:${id}`,
      centsPerUnit: rate,
      announcedAt: new Date(nowMs),
      effectiveFrom: draft.startsAt,
      inputs: { method: 'manual', draftId: publicId('rate', id), centsPerUnit: keptRatio(rate) },
      reason: draft.reason,
    });
    await insertDraftEnding(tx, { draftId: id, version, byId: by, at: new Date(nowMs) });
  });
  await refreshRates(db, nowMs);
}

async function requireGood({ db }: Books, draft: Draft, nowMs: number): Promise<void> {
  const refusal = draftRefusal(draft, await currentPolicy(db, nowMs), nowMs);
  if (refusal !== null) throw refusal;
}

async function ownDraft(tx: Queryable, by: Uuid, id: Uuid): Promise<DraftRow> {
  const draft = await lockDraft(tx, id);
  if (draft === undefined) throw new Refusal(NOT_FOUND);
  if (draft.draftedBy !== by) throw new Refusal(RATE_DRAFT_IS_THEIRS);
  requireOpen(draft);
  return draft;
}

function requireOpen({ endedAt, version }: DraftRow): void {
  if (endedAt === null) return;
  throw new Refusal(RATE_DRAFT_IS_OVER, {
    ending: version === null ? 'was given up' : `became rate version ${version}`,
  });
}
