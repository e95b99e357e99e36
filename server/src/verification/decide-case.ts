import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { bellOf } from '../notices/index.ts';
import type { PictureSide } from '../policy/index.ts';
import {
  IDENTITY_CASE_IS_YOUR_OWN,
  PAPERS_NOT_TAKEN,
  PICTURE_ERASED,
  PICTURES_NOT_SEEN,
} from './refusals.ts';
import { type Field, type IdentityCase, requireState } from './rules.ts';
import { keyName, unseal } from './seal.ts';
import {
  caseById,
  insertCaseEvent,
  insertLook,
  lockCasesOf,
  looksOf,
  moveCase,
  picturesOf,
  sealedPicture,
} from './store.ts';

/**
 * A picture for an operator who decides. That they looked is written down before they see anything, and the first look of
 * each operator stands in the timeline. Refuses with `not_found`, `identity_case_is_your_own`, `picture_erased` or
 * `papers_not_taken` (its key is not there any more).
 */
export async function lookAtPicture(
  house: House,
  caseId: Uuid,
  side: PictureSide,
  by: Uuid,
): Promise<Buffer> {
  const found = await othersCase(house, caseId, by);
  const picture = await sealedPicture(house.db, caseId, side);
  // Until it is handed in it is nobody's to look at.
  if (picture === undefined || found.state === 'started') throw new Refusal(NOT_FOUND);
  if (picture.sealed === null) {
    throw new Refusal(PICTURE_ERASED, { at: picture.erasedAt?.toISOString().slice(0, 10) ?? '' });
  }
  const key = house.config.documentKeys.find((known) => keyName(known) === picture.keyName);
  if (key === undefined) throw new Refusal(PAPERS_NOT_TAKEN);
  const at = new Date(house.clock.now());
  await house.db.transaction(async (tx) => {
    await lockCasesOf(tx, found.userId);
    const isFirst = !(await looksOf(tx, caseId)).some(({ byUser }) => byUser === by);
    await insertLook(tx, { id: newId(), pictureId: picture.id, caseId, side, at, byUser: by });
    if (!isFirst || found.state !== 'submitted') return;
    await insertCaseEvent(tx, {
      id: newId(),
      caseId,
      at,
      step: 'looked_at',
      byUser: by,
      field: null,
      note: null,
    });
  });
  return unseal(key, picture.id, picture.sealed);
}

export type Verdict =
  | { readonly verdict: 'approved' }
  | { readonly verdict: 'refused'; readonly field: Field; readonly reason: string };

/**
 * An operator who has looked at every picture decides, once; the person is told. Refuses with `not_found`,
 * `identity_case_is_your_own`, `identity_case_closed` (somebody was faster) or `pictures_not_seen`.
 */
export async function decideCase(house: House, caseId: Uuid, by: Uuid, decision: Verdict): Promise<void> {
  const found = await othersCase(house, caseId, by);
  const at = new Date(house.clock.now());
  const field = decision.verdict === 'refused' ? decision.field : null;
  const note = decision.verdict === 'refused' ? decision.reason : null;
  await house.db.transaction(async (tx) => {
    await lockCasesOf(tx, found.userId);
    const now = await caseById(tx, caseId);
    if (now === undefined) throw new Refusal(NOT_FOUND);
    requireState(now, 'submitted');
    const [pictures, looks] = [await picturesOf(tx, [caseId]), await looksOf(tx, caseId)];
    const seen = new Set(looks.filter(({ byUser }) => byUser === by).map(({ pictureId }) => pictureId));
    if (!pictures.every(({ id }) => seen.has(id))) throw new Refusal(PICTURES_NOT_SEEN);
    await moveCase(tx, caseId, { from: 'submitted', to: decision.verdict, at, field, reason: note });
    const step = decision.verdict;
    await insertCaseEvent(tx, { id: newId(), caseId, at, step, byUser: by, field, note });
    await bellOf(house).tell(
      tx,
      {
        topic: `identity ${caseId}`,
        kind: 'identity',
        title: step === 'approved' ? 'We know who you are' : 'Your papers need another look',
        text: step === 'approved' ? 'Nothing more is needed of you.' : (note ?? ''),
        link: '/studio/verify',
        about: null,
        at,
      },
      [found.userId],
    );
  });
}

async function othersCase(house: House, caseId: Uuid, by: Uuid): Promise<IdentityCase> {
  const found = await caseById(house.db, caseId);
  if (found === undefined) throw new Refusal(NOT_FOUND);
  if (found.userId === by) throw new Refusal(IDENTITY_CASE_IS_YOUR_OWN);
  return found;
}
