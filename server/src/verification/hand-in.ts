import { DAY_MS } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { requireGate } from '../identity/index.ts';
import { currentPolicy, type PictureSide } from '../policy/index.ts';
import { cleanPicture } from './clean-picture.ts';
import {
  IDENTITY_BEGUN_TOO_OFTEN,
  IDENTITY_KNOWN,
  IDENTITY_REFUSED_TOO_OFTEN,
  PAPERS_NOT_TAKEN,
  PICTURES_MISSING,
} from './refusals.ts';
import {
  type CaseDetails,
  type IdentityCase,
  readDetails,
  requireState,
  SIDE_WORDS,
  sidesOf,
} from './rules.ts';
import { keyName, sealPicture } from './seal.ts';
import {
  endCase,
  insertCase,
  insertCaseEvent,
  keepPicture,
  lockCasesOf,
  moveCase,
  newestCase,
  picturesOf,
  refusalsOf,
  takenBackSince,
  updateDetails,
} from './store.ts';

/** Who takes so many cases back within so long waits before the next: each keeps its details, and takes pictures. */
const TAKEN_BACK_MAX = 5;
const TAKEN_BACK_MS = 30 * DAY_MS;

/**
 * Begins a person's case, or changes what the one that is begun says of them. After a refusal a new one begins, as often as
 * the policy says; after an approval that was taken back too.
 *
 * Refuses as the gate `earn` does (who is of age, and not frozen), with `papers_not_taken`, `identity_detail_wrong` (which
 * field), `identity_known`, `identity_case_closed` (it is handed in), `identity_refused_too_often` or
 * `identity_begun_too_often`.
 */
export async function beginCase(
  house: House,
  user: { readonly userId: Uuid; readonly dateOfBirth: string | null },
  given: CaseDetails,
): Promise<IdentityCase> {
  requireKey(house);
  await requireGate(house, 'earn', user.userId);
  const details = readDetails(given, user);
  const nowMs = house.clock.now();
  const { refusalsMax } = (await currentPolicy(house.db, nowMs)).verification;
  const at = new Date(nowMs);
  return house.db.transaction(async (tx) => {
    await lockCasesOf(tx, user.userId);
    const before = await newestCase(tx, user.userId);
    if (before?.state === 'approved') throw new Refusal(IDENTITY_KNOWN);
    if (before?.state === 'submitted') requireState(before, 'started');
    if (before?.state === 'started') {
      await updateDetails(tx, before.id, details, at);
      return { ...before, ...details, since: at };
    }
    const times = await refusalsOf(tx, user.userId);
    if (times >= refusalsMax) throw new Refusal(IDENTITY_REFUSED_TOO_OFTEN, { times });
    const back = await takenBackSince(tx, user.userId, new Date(nowMs - TAKEN_BACK_MS));
    const counts = back.at(-TAKEN_BACK_MAX);
    if (counts !== undefined) {
      const day = new Date(counts.getTime() + TAKEN_BACK_MS + DAY_MS).toISOString().slice(0, 10);
      throw new Refusal(IDENTITY_BEGUN_TOO_OFTEN, { times: back.length, day });
    }
    const row = { id: newId(), userId: user.userId, number: (before?.number ?? 0) + 1, at, ...details };
    await insertCase(tx, row);
    await insertCaseEvent(tx, eventOf(row.id, 'started', user.userId, at));
    return {
      ...row,
      state: 'started',
      since: at,
      begunAt: at,
      field: null,
      reason: null,
      comparedAt: null,
      forgivenAt: null,
    };
  });
}

/**
 * Refuses before a byte of a picture is read, as `addPicture` would: with `papers_not_taken`, `not_found` (no case is begun)
 * or `identity_case_closed`.
 */
export async function requireOpenCase(house: House, userId: Uuid): Promise<void> {
  requireKey(house);
  const open = await newestCase(house.db, userId);
  if (open === undefined) throw new Refusal(NOT_FOUND);
  requireState(open, 'started');
}

/**
 * Keeps a picture in the case that is begun, drawn anew and sealed, in place of the one before. Refuses with `not_found` (no
 * case is begun), `identity_case_closed`, `papers_not_taken`, or as `cleanPicture` does.
 */
export async function addPicture(
  house: House,
  userId: Uuid,
  side: PictureSide,
  bytes: Buffer,
): Promise<void> {
  const key = requireKey(house);
  const nowMs = house.clock.now();
  const { pictureBytesMax, picturePixelsMax } = (await currentPolicy(house.db, nowMs)).verification;
  const open = await newestCase(house.db, userId);
  if (open === undefined) throw new Refusal(NOT_FOUND);
  requireState(open, 'started');
  const clean = await cleanPicture(bytes, { bytesMax: pictureBytesMax, pixelsMax: picturePixelsMax });
  const id = newId();
  const { width, height } = clean;
  const sealed = sealPicture(key, { id, caseId: open.id, side }, clean.bytes);
  const madeAt = new Date(nowMs);
  await house.db.transaction(async (tx) => {
    await lockCasesOf(tx, userId);
    // It may have been handed in while the picture was drawn.
    const now = await newestCase(tx, userId);
    if (now === undefined || now.id !== open.id) throw new Refusal(NOT_FOUND);
    requireState(now, 'started');
    await keepPicture(tx, {
      id,
      caseId: open.id,
      side,
      madeAt,
      width,
      height,
      keyName: keyName(key),
      sealed,
    });
    await updateDetails(tx, now.id, now, madeAt);
  });
}

/**
 * Hands the case in: nothing in it changes from then on. Handed in before is fine. Refuses with `not_found`,
 * `identity_case_closed` or `pictures_missing`.
 */
export async function submitCase(house: House, userId: Uuid): Promise<void> {
  const nowMs = house.clock.now();
  const { pictures: asked } = (await currentPolicy(house.db, nowMs)).verification;
  await house.db.transaction(async (tx) => {
    await lockCasesOf(tx, userId);
    const open = await newestCase(tx, userId);
    if (open === undefined) throw new Refusal(NOT_FOUND);
    if (open.state === 'submitted') return;
    requireState(open, 'started');
    const there = new Set((await picturesOf(tx, [open.id])).map(({ side }) => side));
    const missing = sidesOf(open.document, asked).filter((side) => !there.has(side));
    if (missing.length > 0) {
      throw new Refusal(PICTURES_MISSING, { sides: missing.map((side) => SIDE_WORDS[side]).join(', ') });
    }
    const at = new Date(nowMs);
    await moveCase(tx, open.id, { from: 'started', to: 'submitted', at });
    await insertCaseEvent(tx, eventOf(open.id, 'submitted', userId, at));
  });
}

/**
 * Takes a case back that nobody has decided: its pictures are erased in the same moment, and it does not count as refused.
 * Taken back before is fine. Refuses with `not_found` or `identity_case_closed`.
 */
export async function withdrawCase(house: House, userId: Uuid): Promise<void> {
  await house.db.transaction(async (tx) => {
    await lockCasesOf(tx, userId);
    const open = await newestCase(tx, userId);
    if (open === undefined) throw new Refusal(NOT_FOUND);
    if (open.state === 'withdrawn') return;
    if (open.state !== 'started') requireState(open, 'submitted');
    await endCase(tx, open, { to: 'withdrawn', byUser: userId, at: new Date(house.clock.now()) });
  });
}

/** Without a key nothing is taken that would have to lie open. */
function requireKey({ config }: House): Buffer {
  const [key] = config.documentKeys;
  if (key === undefined) throw new Refusal(PAPERS_NOT_TAKEN);
  return key;
}

function eventOf(caseId: Uuid, step: 'started' | 'submitted', byUser: Uuid, at: Date) {
  return { id: newId(), caseId, at, step, byUser, field: null, note: null };
}
