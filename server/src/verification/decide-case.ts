import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { bellOf } from '../notices/index.ts';
import type { PictureSide } from '../policy/index.ts';
import {
  IDENTITY_CAN_BE_DECIDED,
  IDENTITY_CASE_CLOSED,
  IDENTITY_CASE_IS_YOUR_OWN,
  NAME_IS_LISTED,
  NAME_NOT_COMPARED,
  PICTURE_ERASED,
  PICTURE_UNREADABLE,
  PICTURES_NOT_SEEN,
} from './refusals.ts';
import { type Field, type IdentityCase, requireState, STATE_WORDS } from './rules.ts';
import { openPicture } from './seal.ts';
import {
  caseById,
  dropPictures,
  forgiveCase,
  insertCaseEvent,
  insertLook,
  lockCasesOf,
  looksOf,
  moveCase,
  newestCase,
  picturesOf,
  revokeCase,
  screeningsOf,
  sealedPicture,
  sealedPicturesOf,
} from './store.ts';

/**
 * A picture for an operator who decides. That they looked is written down before they see anything, and the first look of
 * each operator stands in the timeline. Refuses with `not_found`, `identity_case_is_your_own`, `picture_erased` or
 * `picture_unreadable` (then nobody looked at anything).
 */
export async function lookAtPicture(
  house: House,
  caseId: Uuid,
  side: PictureSide,
  by: Uuid,
): Promise<Buffer> {
  const found = await othersCase(house, caseId, by);
  const picture = await sealedPicture(house.db, caseId, side);
  // What was not handed in is nobody's to look at.
  if (picture === undefined || ['started', 'expired', 'withdrawn'].includes(found.state)) {
    throw new Refusal(NOT_FOUND);
  }
  const { sealed } = picture;
  if (sealed === null) {
    throw new Refusal(PICTURE_ERASED, { at: picture.erasedAt?.toISOString().slice(0, 10) ?? '' });
  }
  const bytes = openPicture(house.config.documentKeys, { ...picture, sealed });
  if (bytes === null) throw new Refusal(PICTURE_UNREADABLE);
  const at = new Date(house.clock.now());
  await house.db.transaction(async (tx) => {
    await lockCasesOf(tx, found.userId);
    // It may have been taken back, or its pictures erased, in this very moment.
    const still = await sealedPicture(tx, caseId, side);
    if (still === undefined || still.sealed === null) throw new Refusal(NOT_FOUND);
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
  return bytes;
}

export type Verdict =
  | {
      readonly verdict: 'approved';
      /** Why whoever the list of sanctions names is somebody else. */
      readonly clears?: string;
    }
  | { readonly verdict: 'refused'; readonly field: Field; readonly reason: string };

/**
 * An operator who has looked at every picture decides, once; the person is told. Refuses with `not_found`,
 * `identity_case_is_your_own`, `identity_case_closed` (somebody was faster), `pictures_not_seen`, `name_not_compared` or
 * `name_is_listed`.
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
    const clears =
      decision.verdict === 'approved' ? await requireCompared(house, tx, now, decision.clears) : null;
    await moveCase(tx, caseId, { from: 'submitted', to: decision.verdict, at, field, reason: note });
    if (clears !== null) {
      const cleared = { step: 'cleared', field: null, note: clears } as const;
      await insertCaseEvent(tx, { id: newId(), caseId, at, byUser: by, ...cleared });
    }
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

/**
 * Where a list of sanctions is asked: that it has answered, and that whoever it names was looked at. Why it is somebody else,
 * where it names somebody.
 */
async function requireCompared(
  house: House,
  tx: Queryable,
  found: IdentityCase,
  clears: string | undefined,
): Promise<string | null> {
  if (house.config.sanctions === null) return null;
  const [newest] = await screeningsOf(tx, found.id);
  // A case that was sent back may have another name since the list answered.
  if (newest === undefined || found.comparedAt === null) throw new Refusal(NAME_NOT_COMPARED);
  if (newest.hits.length === 0) return null;
  if (clears === undefined) {
    throw new Refusal(NAME_IS_LISTED, { names: newest.hits.map(({ name }) => name).join(', ') }, '/clears');
  }
  return clears;
}

/** What reopening a case would be: an approval taken back, a refusal that counts no more, or papers sent back. */
export type Reopening = 'revoked' | 'forgiven' | 'sent_back';

/** What `reopenCase` would do now; null: nothing. `newest` is the newest case of the same person. */
export async function reopeningOf(
  house: House,
  db: Queryable,
  found: IdentityCase,
  newest: IdentityCase | undefined,
): Promise<Reopening | null> {
  if (found.id !== newest?.id) return null;
  if (found.state === 'approved') return 'revoked';
  if (found.state === 'refused') return found.forgivenAt === null ? 'forgiven' : null;
  if (found.state !== 'submitted') return null;
  return (await unreadable(house, db, found.id)).length > 0 ? 'sent_back' : null;
}

/**
 * Opens a person's newest case again, with a reason that they read: an approval is taken back, a refusal does not count any
 * more, and a case that waits with a picture that cannot be opened is theirs again, without that picture and without counting
 * as refused. Refuses with `not_found`, `identity_case_is_your_own`, `identity_can_be_decided` or `identity_case_closed`.
 */
export async function reopenCase(house: House, caseId: Uuid, by: Uuid, reason: string): Promise<void> {
  const found = await othersCase(house, caseId, by);
  const at = new Date(house.clock.now());
  await house.db.transaction(async (tx) => {
    await lockCasesOf(tx, found.userId);
    const now = await caseById(tx, caseId);
    if (now === undefined) throw new Refusal(NOT_FOUND);
    const step = await reopeningOf(house, tx, now, await newestCase(tx, found.userId));
    if (step === null) {
      if (now.state === 'submitted') throw new Refusal(IDENTITY_CAN_BE_DECIDED);
      throw new Refusal(IDENTITY_CASE_CLOSED, { state: STATE_WORDS[now.state] });
    }
    if (step === 'revoked') await revokeCase(tx, caseId, reason);
    if (step === 'forgiven') await forgiveCase(tx, caseId, at);
    if (step === 'sent_back') {
      await dropPictures(tx, await unreadable(house, tx, caseId));
      await moveCase(tx, caseId, { from: 'submitted', to: 'started', at });
    }
    await insertCaseEvent(tx, { id: newId(), caseId, at, step, byUser: by, field: null, note: reason });
    await bellOf(house).tell(
      tx,
      {
        topic: `identity ${caseId}`,
        kind: 'identity',
        title: REOPENED[step],
        text: reason,
        link: '/studio/verify',
        about: null,
        at,
      },
      [found.userId],
    );
  });
}

const REOPENED: Readonly<Record<Reopening, string>> = {
  revoked: 'Please show your papers again',
  forgiven: 'You can hand in your papers once more',
  sent_back: 'Please add a picture again',
};

/** The pictures of a case that are there and cannot be opened. */
async function unreadable(house: House, db: Queryable, caseId: Uuid): Promise<Uuid[]> {
  const pictures = await sealedPicturesOf(db, caseId);
  return pictures
    .filter(
      ({ sealed, ...picture }) =>
        sealed !== null && openPicture(house.config.documentKeys, { ...picture, sealed }) === null,
    )
    .map(({ id }) => id);
}

async function othersCase(house: House, caseId: Uuid, by: Uuid): Promise<IdentityCase> {
  const found = await caseById(house.db, caseId);
  if (found === undefined) throw new Refusal(NOT_FOUND);
  if (found.userId === by) throw new Refusal(IDENTITY_CASE_IS_YOUR_OWN);
  return found;
}
