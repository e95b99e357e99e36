import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { CompanionStatement } from '../ledger/index.ts';
import { sharersOf, turnOf, turnStatement } from './store.ts';

/**
 * The statements by which, of two that add up what goes to the same people or bank accounts at once, one has to look
 * again. Taken before anything is added up; in order of the people's ids, so that two commits do not wait for each other.
 */
export async function turnGuard(db: Queryable, userId: Uuid): Promise<CompanionStatement[]> {
  const statements: CompanionStatement[] = [];
  for (const one of await sharersOf(db, userId)) statements.push(turnStatement(one, await turnOf(db, one)));
  return statements;
}
