import { DAY_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { activeFreeze, freezeAccount, operatorIds } from '../identity/index.ts';
import { bellOf } from '../notices/index.ts';
import type { IdentityCase } from './rules.ts';
import { askList, type Hit } from './sanctions-list.ts';
import {
  caseById,
  casesToCompare,
  insertCaseEvent,
  insertScreening,
  lockCasesOf,
  screeningsOf,
} from './store.ts';

/** A name that was compared so long ago is compared again: the lists change. */
const COMPARE_EVERY_MS = DAY_MS;
/** Names in one round. */
const TURN = 50;

/** What the person reads. Of the list they read nothing: telling them may be forbidden. */
const ONCE_MORE = 'Your papers are looked at once more.';

/**
 * Compares the names of cases that wait, and of those approved once a day, with the list of sanctions; how many it
 * answered. Whoever is newly found on it after their approval cannot withdraw until an operator has looked, and the
 * operators are told. When the list does not answer, nothing is taken for compared.
 */
export async function compareNames(house: House): Promise<number> {
  const { sanctions } = house.config;
  if (sanctions === null) return 0;
  const due = await casesToCompare(house.db, new Date(house.clock.now() - COMPARE_EVERY_MS), TURN);
  let done = 0;
  for (const found of due) {
    const answer = await askList(sanctions, found);
    if (answer.kind === 'unknown') {
      const { reason } = answer;
      house.log.error(
        { case: found.id, reason },
        'the list of sanctions does not answer: a name is not compared',
      );
      if (answer.alone) continue;
      return done;
    }
    if (await keepScreening(house, found, answer.hits)) done += 1;
  }
  return done;
}

/** Whether it was kept: not when the case became another meanwhile, which the next round asks about. */
async function keepScreening(house: House, found: IdentityCase, hits: readonly Hit[]): Promise<boolean> {
  const at = new Date(house.clock.now());
  // The list may have taken long: whoever is not approved any more is not frozen.
  if (!isAsAsked(await caseById(house.db, found.id), found)) return false;
  const known = knownHits(await screeningsOf(house.db, found.id));
  const added = hits.filter(({ id }) => !known.has(id));
  const isNews = found.state === 'approved' && added.length > 0;
  // First the freeze: should this process die here, the next round finds the same and freezes no second time.
  if (isNews) await freeze(house, found, at);
  return house.db.transaction(async (tx) => {
    await lockCasesOf(tx, found.userId);
    if (!isAsAsked(await caseById(tx, found.id), found)) return false;
    await insertScreening(tx, { id: newId(), caseId: found.id, at, hits });
    if (added.length === 0) return true;
    const note = added.map(({ name, lists }) => `${name} (${lists.join(', ')})`).join('; ');
    const step = 'listed';
    await insertCaseEvent(tx, { id: newId(), caseId: found.id, at, step, byUser: null, field: null, note });
    if (isNews) await tellOperators(house, tx, { found, note, at });
    return true;
  });
}

function isAsAsked(now: IdentityCase | undefined, asked: IdentityCase): boolean {
  return now !== undefined && now.state === asked.state && now.since.getTime() === asked.since.getTime();
}

async function tellOperators(
  house: House,
  tx: Queryable,
  { found, note, at }: { readonly found: IdentityCase; readonly note: string; readonly at: Date },
): Promise<void> {
  await bellOf(house).tell(
    tx,
    {
      topic: `listed ${found.id}`,
      kind: 'identity',
      title: `A list of sanctions has a name like ${found.legalName}`,
      text: `${note}. They cannot withdraw until somebody has looked and lifts the freeze under People.`,
      link: '/console/identity',
      about: found.userId,
      at,
    },
    await operatorIds(tx),
  );
}

async function freeze(house: House, { userId }: IdentityCase, at: Date): Promise<void> {
  const now = await activeFreeze(house.db, userId, ['withdraw'], at);
  if (now?.reason === ONCE_MORE) return;
  await freezeAccount(house, { userId, gates: ['withdraw'], reason: ONCE_MORE, byUser: null, until: null });
}

/** Ids of everybody whom the list has named for a case before. */
function knownHits(screenings: readonly { readonly hits: readonly Hit[] }[]): Set<string> {
  return new Set(screenings.flatMap(({ hits }) => hits.map(({ id }) => id)));
}
