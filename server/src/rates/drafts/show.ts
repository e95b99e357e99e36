import type { Static } from 'typebox';
import { type ApprovalJson, approvalsJson, newestApproval } from '../../approvals/index.ts';
import { publicId, type Uuid } from '../../core/ids.ts';
import { amountJson, type Ratio } from '../../core/money.ts';
import type { House } from '../../house.ts';
import { peopleByIds } from '../../identity/index.ts';
import { rateOf } from '../current-rate.ts';
import { type Holdings, holdingsBefore } from '../holdings.ts';
import { shownCents } from '../rules.ts';
import { rateInForce } from '../store.ts';
import { RATE_DRAFT } from './draft-rate.ts';
import { IMPACT_DAYS, impactOf } from './rules.ts';
import type { draftSchema } from './schema.ts';
import type { DraftRow } from './store.ts';

type DraftJson = Static<typeof draftSchema>;

/** Drafts as an operator sees them, in the same order, with what they would change. */
export async function draftsJson(
  { db, clock }: Pick<House, 'db' | 'clock'>,
  drafts: readonly DraftRow[],
  viewerId: Uuid,
): Promise<DraftJson[]> {
  const nowMs = clock.now();
  const isOpen = drafts.some(({ endedAt }) => endedAt === null);
  const [people, holdings] = await Promise.all([
    peopleByIds(db, [...new Set(drafts.map(({ draftedBy }) => draftedBy))]),
    isOpen ? holdingsBefore(db, nowMs, IMPACT_DAYS) : null,
  ]);
  return Promise.all(
    drafts.map(async (draft) => {
      const newest = await newestApproval(db, RATE_DRAFT, draft.id);
      const approval =
        newest === null
          ? null
          : ((await approvalsJson(db, [newest], { userId: viewerId, nowMs }))[0] ?? null);
      const drafter = people.get(draft.draftedBy);
      const rate = { numerator: draft.centsNumerator, denominator: draft.unitsDenominator };
      return {
        id: publicId('rate', draft.id),
        draftedBy: { handle: drafter?.handle ?? '', displayName: drafter?.displayName ?? 'Somebody' },
        yours: draft.draftedBy === viewerId,
        draftedAt: draft.draftedAt.toISOString(),
        revision: draft.revision,
        dollars: draft.dollars,
        money: amountJson('USD', shownCents({ centsPerUnit: rate })),
        startsAt: draft.startsAt.toISOString(),
        reason: draft.reason,
        state: stateOf(draft, approval),
        version: draft.version,
        approval,
        impact:
          draft.endedAt !== null || holdings === null
            ? null
            : await impactJson({ db }, draft.startsAt, rate, holdings),
      };
    }),
  );
}

function stateOf(draft: DraftRow, approval: ApprovalJson | null): DraftJson['state'] {
  if (draft.endedAt !== null) return draft.version === null ? 'dropped' : 'approved';
  switch (approval?.state) {
    case 'open':
      return 'asked';
    case 'rejected':
    case 'expired':
      return approval.state;
    default:
      return 'draft';
  }
}

async function impactJson(
  { db }: Pick<House, 'db'>,
  startsAt: Date,
  rate: Ratio,
  holdings: Holdings,
): Promise<DraftJson['impact']> {
  const row = await rateInForce(db, startsAt);
  if (row === null) return null;
  const before = rateOf(row);
  const impact = impactOf(before.centsPerUnit, rate, holdings);
  return {
    before: amountJson('USD', shownCents(before)),
    beforeVersion: before.version,
    creatorsBasisPoints: impact.creatorsBasisPoints.toString(),
    coverageBefore: impact.coverageBefore?.toString() ?? null,
    coverageAfter: impact.coverageAfter?.toString() ?? null,
    week: amountJson('USD', impact.weekCents),
    weekDiamonds: amountJson('DIAMOND', impact.weekUnits),
  };
}
