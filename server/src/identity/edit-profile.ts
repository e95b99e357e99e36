import { DAY_MS } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { currentPolicy, type Policy } from '../policy/index.ts';
import { skeletonOf } from './handle.ts';
import { keptPeopleOf } from './kept-people.ts';
import { takenRefusal } from './open-person.ts';
import { BIO_INVALID, HANDLE_CHANGE_TOO_SOON, HANDLE_TAKEN } from './refusals.ts';
import { validDisplayName, validHandle } from './sign-up.ts';
import {
  isHandleHeld,
  lastHandleChange,
  lockPeople,
  personAlone,
  setInRanks,
  updateHandle,
  updateProfile,
} from './store.ts';
import { cleanText } from './text.ts';

export interface ProfileChange {
  readonly displayName?: string;
  readonly handle?: string;
  readonly bio?: string;
  readonly avatar?: string;
  /** Whether rankings name the person. */
  readonly inRanks?: boolean;
}

/**
 * Changes what others see of a person; what is not named stays.
 * Refuses with `display_name_invalid`, `bio_invalid`, `handle_invalid`, `handle_reserved`, `handle_change_too_soon`
 * or `handle_taken`; nothing is changed then.
 */
export async function editProfile(house: House, userId: Uuid, change: ProfileChange): Promise<void> {
  const nowMs = house.clock.now();
  const policy = await currentPolicy(house.db, nowMs);
  const displayName =
    change.displayName === undefined ? undefined : validDisplayName(change.displayName, policy);
  const bio = change.bio === undefined ? undefined : validBio(change.bio, policy);
  const handle = change.handle === undefined ? undefined : validHandle(change.handle, policy);
  try {
    await house.db.transaction(async (tx) => {
      await lockPeople(tx, [userId]);
      const before = await personAlone(tx, userId);
      if (before === undefined) throw new Refusal(NOT_FOUND);
      await updateProfile(tx, userId, {
        displayName: displayName ?? before.displayName,
        bio: bio ?? before.bio,
        avatar: change.avatar ?? before.avatar,
      });
      if (change.inRanks !== undefined) await setInRanks(tx, userId, change.inRanks, new Date(nowMs));
      if (handle !== undefined && handle.handle !== before.handle) {
        await changeHandle(tx, { userId, oldHandle: before.handle, ...handle, policy, nowMs });
      }
    });
  } catch (error) {
    throw takenRefusal(error) ?? error;
  }
  keptPeopleOf(house).forget(userId);
  if (handle !== undefined) await house.hub.recheck(userId);
}

async function changeHandle(
  tx: Queryable,
  change: {
    readonly userId: Uuid;
    readonly oldHandle: string;
    readonly handle: string;
    readonly skeleton: string;
    readonly policy: Policy;
    readonly nowMs: number;
  },
): Promise<void> {
  const { userId, oldHandle, handle, skeleton, nowMs } = change;
  const holdMs = change.policy.people.handleChangeDays * DAY_MS;
  const last = await lastHandleChange(tx, userId);
  if (last !== undefined && last.getTime() > nowMs - holdMs) {
    const from = new Date(last.getTime() + holdMs).toISOString();
    throw new Refusal(HANDLE_CHANGE_TOO_SOON, { from }, '/handle');
  }
  if (await isHandleHeld(tx, skeleton, userId, new Date(nowMs - holdMs))) {
    throw new Refusal(HANDLE_TAKEN, {}, '/handle');
  }
  await updateHandle(tx, {
    id: newId(),
    userId,
    oldHandle,
    oldSkeleton: skeletonOf(oldHandle),
    handle,
    skeleton,
    at: new Date(nowMs),
  });
}

function validBio(raw: string, { people }: Policy): string {
  const clean = cleanText(raw, { lengthMin: 0, lengthMax: people.bioLengthMax, lines: true });
  if ('rule' in clean) throw new Refusal(BIO_INVALID, { rule: clean.rule }, '/bio');
  return clean.text;
}
