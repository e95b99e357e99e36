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
  // On a database of somebody's own, visitors must not be operators with a click.
  const operators = house.config.database.kind === 'embedded' ? TOWN_OPERATORS : [];
  const people: [Townsperson, Exclude<Role, 'fan'>[]][] = [
    ...TOWN_CREATORS.map((creator): [Townsperson, Exclude<Role, 'fan'>[]] => [creator, ['creator']]),
    ...TOWN_FANS.map((fan): [Townsperson, Exclude<Role, 'fan'>[]] => [fan, []]),
    ...operators.map((operator): [Townsperson, Exclude<Role, 'fan'>[]] => [operator, ['operator']]),
  ];
  const ids = await Promise.all(people.map(([person, roles], at) => settle(house, person, roles, at)));
  const idOf = new Map(people.map(([{ handle }], at) => [handle, ids[at] as Uuid]));

  await Promise.all(
    TOWN_CREATORS.flatMap(({ handle, fame }) =>
      TOWN_FANS.filter((_, index) => (index * 3 + fame) % 10 < fame).map((fan) =>
        follow(house, idOf.get(fan.handle) as Uuid, idOf.get(handle) as Uuid),
      ),
    ),
  );
}

/** The town is small: whom three of its people follow goes live. */
const TOWN_FOLLOWERS_MIN = 3;

/** The town's fiat rates are the dated table that comes with Carat; they are shown with their age. */
const TOWN_FIAT_DAYS = 36_500;

/** The town knows its fans: of a stranger's gifts only dearer ones wait longer than usual. */
const TOWN_CHECKED_COINS = 15_000;

/** The town's fans are generous, and buy all their Coins at once. */
const TOWN_SPENDING = { dayCents: 100_000, weekCents: 100_000, monthCents: 200_000, raiseAfterHours: 24 };

/** Puts the town's own policy in force from this instant on: the preset `carat` for few people, with
 * old fiat rates and the formula on. */
export async function adoptTownPolicy({ db, clock }: House): Promise<void> {
  const nowMs = clock.now();
  const { goLive } = await currentPolicy(db, nowMs);
  if (goLive.followersMin === TOWN_FOLLOWERS_MIN) return;
  const { document, name } = PRESETS.carat;
  await adoptPolicy(db, {
    document: {
      ...document,
      goLive: { ...document.goLive, followersMin: TOWN_FOLLOWERS_MIN },
      spending: TOWN_SPENDING,
      clearing: { ...document.clearing, fromCoins: TOWN_CHECKED_COINS },
      rates: {
        ...document.rates,
        fiatMaxAgeDays: TOWN_FIAT_DAYS,
        formula: { ...document.rates.formula, isOn: true },
      },
    },
    preset: name,
    effectiveFrom: new Date(nowMs),
    author: null,
    reason: `The demo town has few people: ${TOWN_FOLLOWERS_MIN} followers are enough to go live. Its fiat rates are a dated example and may be old, and the formula moves what a Diamond is worth.`,
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
