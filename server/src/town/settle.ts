import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import type { Role } from '../http/principal.ts';
import { follow, offerDemoPerson, openPerson, personByHandle } from '../identity/index.ts';
import { adoptPolicy, currentPolicy, PRESETS } from '../policy/index.ts';
import { TOWN_CREATORS, TOWN_FANS, TOWN_OPERATORS, type Townsperson } from './people.ts';

/** Whether this database has its townspeople and their story already. */
export async function isSettled(house: House): Promise<boolean> {
  const rows = await house.db.query('SELECT 1 FROM town_settlements');
  return rows.length > 0;
}

/** Opens the accounts of the townspeople and lets the fans follow the creators. Whoever is there already stays. */
export async function settlePeople(house: House): Promise<void> {
  const creators = new Map<string, Uuid>();
  const fans: Uuid[] = [];
  let position = 0;
  for (const creator of TOWN_CREATORS) {
    creators.set(creator.handle, await settle(house, creator, ['creator'], position++));
  }
  for (const fan of TOWN_FANS) fans.push(await settle(house, fan, [], position++));
  // On a database of somebody's own, visitors must not be operators with a click.
  if (house.config.database.kind === 'embedded') {
    for (const operator of TOWN_OPERATORS) await settle(house, operator, ['operator'], position++);
  }

  for (const creator of TOWN_CREATORS) {
    const creatorId = creators.get(creator.handle);
    if (creatorId === undefined) continue;
    for (const [index, fanId] of fans.entries()) {
      if ((index * 3 + creator.fame) % 10 < creator.fame) await follow(house, fanId, creatorId);
    }
  }
}

/** The town is small: whom three of its people follow goes live. */
const TOWN_FOLLOWERS_MIN = 3;

/** Puts the town's own policy in force from this instant on: the preset `carat` with fewer followers to go live. */
export async function adoptTownPolicy({ db, clock }: House): Promise<void> {
  const nowMs = clock.now();
  const { goLive } = await currentPolicy(db, nowMs);
  if (goLive.followersMin === TOWN_FOLLOWERS_MIN) return;
  const { document, name } = PRESETS.carat;
  await adoptPolicy(db, {
    document: { ...document, goLive: { ...document.goLive, followersMin: TOWN_FOLLOWERS_MIN } },
    preset: name,
    effectiveFrom: new Date(nowMs),
    author: null,
    reason: `The demo town has few people: ${TOWN_FOLLOWERS_MIN} followers are enough to go live.`,
    nowMs,
  });
}

/** Says that the town is complete. A start that was cut short before this goes on where it was. */
export async function markSettled(house: House): Promise<void> {
  await house.db.query('INSERT INTO town_settlements (settled_at) VALUES (now())');
}

async function settle(
  house: House,
  person: Townsperson,
  roles: readonly Exclude<Role, 'fan'>[],
  position: number,
): Promise<Uuid> {
  const known = await personByHandle(house.db, person.handle);
  if (known !== undefined) return known.id;
  const userId = await openPerson(house, {
    email: `${person.handle}@town.example`,
    handle: person.handle,
    displayName: person.displayName,
    dateOfBirth: person.dateOfBirth,
    avatar: person.avatar,
    bio: person.bio,
    roles,
    reason: 'Lives in the demo town.',
  });
  await offerDemoPerson(house, { userId, position, line: person.line });
  return userId;
}
