import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { currentPolicy } from '../policy/index.ts';
import { forgetFacts } from './gates.ts';
import { CANNOT_FOLLOW_YOURSELF, FOLLOWING_FULL } from './refusals.ts';
import { deleteFollow, insertFollow, lockPeople, peopleByIds } from './store.ts';

/** Hears of every new follow after it is committed. */
export type FollowListener = (house: House, follow: { followerId: Uuid; followedId: Uuid }) => void;

const listeners = new Map<string, FollowListener>();

/** Lets a slice below hear of new follows (a room shows them). A slice has one listener. */
export function whenFollowed(slice: string, listen: FollowListener): void {
  listeners.set(slice, listen);
}

/**
 * Follows a person; doing it twice is the same as once. Answers how many follow that person now.
 * Refuses with `cannot_follow_yourself` or `following_full`.
 */
export async function follow(house: House, followerId: Uuid, followedId: Uuid): Promise<number> {
  if (followerId === followedId) throw new Refusal(CANNOT_FOLLOW_YOURSELF);
  const nowMs = house.clock.now();
  const { followingMax } = (await currentPolicy(house.db, nowMs)).people;
  const { isNew, followers } = await house.db.transaction(async (tx) => {
    await lockPeople(tx, [followerId, followedId]);
    const inserted = await insertFollow(tx, followerId, followedId, new Date(nowMs));
    const people = await peopleByIds(tx, [followerId, followedId]);
    if (inserted && (people.get(followerId)?.following ?? 0) > followingMax) {
      throw new Refusal(FOLLOWING_FULL, { most: followingMax });
    }
    return { isNew: inserted, followers: people.get(followedId)?.followers ?? 0 };
  });
  forgetFacts(house.db, followedId);
  if (isNew) for (const listen of listeners.values()) listen(house, { followerId, followedId });
  return followers;
}

/** Stops following; not following is no refusal. Answers how many follow that person now. */
export async function unfollow(house: House, followerId: Uuid, followedId: Uuid): Promise<number> {
  const followers = await house.db.transaction(async (tx) => {
    await lockPeople(tx, [followerId, followedId]);
    await deleteFollow(tx, followerId, followedId);
    return (await peopleByIds(tx, [followedId])).get(followedId)?.followers ?? 0;
  });
  forgetFacts(house.db, followedId);
  return followers;
}
