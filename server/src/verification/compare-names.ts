import { DAY_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { House } from '../house.ts';
import { activeFreeze, freezeAccount } from '../identity/index.ts';
import type { IdentityCase } from './rules.ts';
import { askList, type Hit } from './sanctions-list.ts';
import { casesToCompare, insertCaseEvent, insertScreening, lockCasesOf, screeningsOf } from './store.ts';

/** A name that was compared so long ago is compared again: the lists change. */
const COMPARE_EVERY_MS = DAY_MS;
/** Names in one round. */
const TURN = 50;

/** What the person reads while somebody looks whether it is they who stand on a list. */
const LISTED = 'Your name is like one on a list of sanctions. Somebody looks whether it is you.';

/**
 * Compares the names of cases that wait, and of those approved once a day, with the list of sanctions; how many it
 * answered. Whoever is newly found on it after their approval cannot withdraw until an operator has looked. When the list
 * does not answer, nothing is taken for compared.
 */
export async function compareNames(house: House): Promise<number> {
  const { sanctions } = house.config;
  if (sanctions === null) return 0;
  const due = await casesToCompare(house.db, new Date(house.clock.now() - COMPARE_EVERY_MS), TURN);
  let done = 0;
  for (const found of due) {
    const answer = await askList(sanctions, found);
    if (answer.kind === 'unknown') {
      house.log.error(
        { reason: answer.reason },
        'the list of sanctions does not answer: no name is compared',
      );
      return done;
    }
    await keepScreening(house, found, answer.hits);
    done += 1;
  }
  return done;
}

async function keepScreening(house: House, found: IdentityCase, hits: readonly Hit[]): Promise<void> {
  const at = new Date(house.clock.now());
  const known = knownHits(await screeningsOf(house.db, found.id));
  const added = hits.filter(({ id }) => !known.has(id));
  // First the freeze: should this process die here, the next round finds the same and freezes no second time.
  if (found.state === 'approved' && added.length > 0) await freeze(house, found, at);
  await house.db.transaction(async (tx) => {
    await lockCasesOf(tx, found.userId);
    await insertScreening(tx, { id: newId(), caseId: found.id, at, hits });
    if (added.length === 0) return;
    const note = added.map(({ name, lists }) => `${name} (${lists.join(', ')})`).join('; ');
    const step = 'listed';
    await insertCaseEvent(tx, { id: newId(), caseId: found.id, at, step, byUser: null, field: null, note });
  });
}

async function freeze(house: House, { userId }: IdentityCase, at: Date): Promise<void> {
  const now = await activeFreeze(house.db, userId, ['withdraw'], at);
  if (now?.reason === LISTED) return;
  await freezeAccount(house, { userId, gates: ['withdraw'], reason: LISTED, byUser: null, until: null });
}

/** Ids of everybody whom the list has named for a case before. */
function knownHits(screenings: readonly { readonly hits: readonly Hit[] }[]): Set<string> {
  return new Set(screenings.flatMap(({ hits }) => hits.map(({ id }) => id)));
}
