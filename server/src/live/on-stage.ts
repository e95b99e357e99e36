import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** By name: a query that has rows while something of that name runs in the live `$1`. */
const shows = new Map<string, string>();

/**
 * Lets a slice below say that something of it runs on a stage, so that its page knows what to ask for. Called when the
 * slice is loaded.
 *
 * @param query selects rows while something runs in the live with the id `$1`; cheap, for every look at a stage
 */
export function runsOnStage(name: string, query: string): void {
  shows.set(name, query);
}

/** The names of what runs in a live. */
export async function runningIn(tx: Queryable, sessionId: Uuid): Promise<string[]> {
  const all = [...shows];
  if (all.length === 0) return [];
  const columns = all.map(([, query], place) => `exists (${query}) as s${place}`);
  const [found] = await tx.query<Record<string, boolean>>(`select ${columns.join(', ')}`, [sessionId]);
  return all.flatMap(([name], place) => (found?.[`s${place}`] === true ? [name] : []));
}
