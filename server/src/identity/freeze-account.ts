import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { forgetFacts } from './gates.ts';
import { BREAK_ENDS_BY_ITSELF, FREEZE_IS_OVER, FREEZE_IS_YOUR_OWN } from './refusals.ts';
import type { Gate } from './rules.ts';
import { freezeById, insertFreeze, insertFreezeLift } from './store.ts';

/** Closes gates of an account, with a reason that its owner reads. Answers the id of the freeze. */
export async function freezeAccount(
  house: House,
  freeze: {
    readonly userId: Uuid;
    readonly gates: readonly Gate[];
    readonly reason: string;
    readonly byUser: Uuid | null;
    /** `null` = until it is lifted. In the future. */
    readonly until: Date | null;
  },
): Promise<Uuid> {
  const id = newId();
  await insertFreeze(house.db, { ...freeze, id, at: new Date(house.clock.now()) });
  forgetFacts(house.db, freeze.userId);
  await tellFollowers(house, freeze.userId);
  return id;
}

/** What another slice does at once when an account is frozen or free again; its rounds do it too, should this process die. */
export type FreezeFollower = (house: House, userId: Uuid) => Promise<void>;

const followers = new Map<string, FreezeFollower>();

/** Has a slice know of freezes and of their ends. One follower per slice. */
export function whenFrozen(slice: string, follower: FreezeFollower): void {
  followers.set(slice, follower);
}

async function tellFollowers(house: House, userId: Uuid): Promise<void> {
  for (const [slice, follower] of followers) {
    // The freeze holds whatever becomes of what follows from it.
    await follower(house, userId).catch((error: unknown) => {
      house.log.error({ err: error, slice }, 'a slice did not follow a freeze; its rounds will');
    });
  }
}

/**
 * Opens the gates again. Nobody opens their own, and what a person closed themselves ends by itself alone. Refuses with
 * `not_found`, `freeze_is_your_own`, `break_ends_by_itself` or `freeze_is_over`; of two at once one wins.
 */
export async function liftFreeze(
  house: House,
  lift: {
    readonly userId: Uuid;
    readonly freezeId: Uuid;
    readonly reason: string;
    readonly byUser: Uuid | null;
  },
): Promise<void> {
  const freeze = await freezeById(house.db, lift.freezeId);
  if (freeze === undefined || freeze.userId !== lift.userId) throw new Refusal(NOT_FOUND);
  if (lift.byUser === freeze.userId) throw new Refusal(FREEZE_IS_YOUR_OWN);
  if (freeze.own && (freeze.until === null || freeze.until.getTime() > house.clock.now())) {
    throw new Refusal(BREAK_ENDS_BY_ITSELF, { until: freeze.until?.toISOString() ?? null });
  }
  const lifted = await insertFreezeLift(house.db, { ...lift, at: new Date(house.clock.now()) });
  if (!lifted) throw new Refusal(FREEZE_IS_OVER);
  forgetFacts(house.db, freeze.userId);
  await tellFollowers(house, freeze.userId);
}
