import type { Static } from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import type { Principal, Role } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { currentPolicy } from '../policy/index.ts';
import { ageAt } from './age.ts';
import { crowdIsOn } from './demo.ts';
import type { DemoPerson, Me, PublicPerson, SessionAnswer } from './schema.ts';
import { demoPeople, followedAmong, type Person, personAlone } from './store.ts';

/** Says which of these people are live now. */
export type FindLive = (db: Queryable, ids: readonly Uuid[]) => Promise<ReadonlySet<Uuid>>;

let findLive: FindLive = async () => new Set();

/** Lets the slice that knows stages say who is live. */
export function useLiveness(find: FindLive): void {
  findLive = find;
}

/** The person as they see themselves. Refuses with `not_found` when there is no such person. */
export async function meOf(house: House, userId: Uuid): Promise<Me> {
  const person = await personAlone(house.db, userId);
  if (person === undefined) throw new Refusal(NOT_FOUND);
  const nowMs = house.clock.now();
  const { people } = await currentPolicy(house.db, nowMs);
  const { dateOfBirth } = person;
  return {
    id: publicId('user', person.id),
    handle: person.handle,
    displayName: person.displayName,
    email: person.email,
    avatar: person.avatar,
    bio: person.bio,
    roles: [...person.roles],
    dateOfBirth,
    adult: dateOfBirth !== null && ageAt(dateOfBirth, nowMs) >= people.adultAge,
    followers: person.followers,
    following: person.following,
    inRanks: person.inRanks,
  };
}

/** A person as the asker sees them. */
export async function publicPersonOf(house: House, person: Person, asker: Principal): Promise<PublicPerson> {
  const followed =
    asker.kind === 'user' ? await followedAmong(house.db, asker.userId, [person.id]) : new Set<Uuid>();
  const live = await findLive(house.db, [person.id]);
  return {
    id: publicId('user', person.id),
    handle: person.handle,
    displayName: person.displayName,
    avatar: person.avatar,
    bio: person.bio,
    roles: [...person.roles],
    followers: person.followers,
    following: followed.has(person.id),
    live: live.has(person.id),
  };
}

/** What a page needs to know first: who asks, which numbers rule, and whether this is the demonstration town. */
export async function sessionAnswerOf(house: House, asker: Principal): Promise<SessionAnswer> {
  const policy = await currentPolicy(house.db, house.clock.now());
  const { centsPerCoin } = policy.coins;
  return {
    me: asker.kind === 'user' ? await meOf(house, asker.userId) : null,
    demo: house.config.seed === 'town' ? await demoOf(house) : null,
    site: {
      name: 'Carat',
      coin: {
        moneyPerCoin: {
          numerator: centsPerCoin.numerator.toString(),
          denominator: centsPerCoin.denominator.toString(),
        },
      },
      dearFromCoins: Number(policy.gifts.dearFromCoins),
      undoMs: policy.gifts.undoMs,
      streakMs: policy.gifts.streakWindowMs,
    },
  };
}

async function demoOf(house: House): Promise<NonNullable<SessionAnswer['demo']>> {
  const people = await demoPeople(house.db);
  return {
    people: people.map(
      ({ handle, displayName, avatar, roles, line }): Static<typeof DemoPerson> => ({
        handle,
        displayName,
        avatar,
        role: highest(roles),
        line,
      }),
    ),
    crowdOn: house.config.crowd ? await crowdIsOn(house) : null,
  };
}

function highest(roles: readonly Role[]): Role {
  return (['operator', 'support', 'creator'] as const).find((role) => roles.includes(role)) ?? 'fan';
}
