import type { Uuid } from '../core/ids.ts';
import { oncePer } from '../core/once-per.ts';
import { Together } from '../core/together.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { currentPolicy } from '../policy/index.ts';
import { type Limit, type LimitChange, limitsAt, type Spans } from './rules.ts';
import { limitChanges } from './store.ts';

/** How old what is known of a person's wishes may be. A change made in another process holds after so long. */
const KEPT_MS = 1_000;
const KEPT_MAX = 20_000;

interface Known {
  readonly changes: readonly LimitChange[];
  readonly readMs: number;
}

const wishesOf = oncePer((house: House) => ({
  kept: new Map<Uuid, Known>(),
  together: new Together<Uuid, LimitChange[]>((ids) =>
    limitChanges(house.db, ids, new Date(house.clock.now())),
  ),
}));

/** The limits of a person, up to a second old. Cheap enough for every gift. */
export async function limitsOf(house: House, userId: Uuid): Promise<Spans<Limit>> {
  const { kept, together } = wishesOf(house);
  // Real time, not the house's clock: a turned clock does not make memory fresh.
  const readMs = performance.now();
  let known = kept.get(userId);
  if (known === undefined || readMs - known.readMs >= KEPT_MS) {
    known = { changes: (await together.find(userId)) ?? [], readMs };
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(userId, known);
  }
  const nowMs = house.clock.now();
  return limitsAt(known.changes, (await currentPolicy(house.db, nowMs)).spending, nowMs);
}

/** The limits as they are now, whatever was known: for what is decided under a lock. */
export async function limitsNow(
  house: Pick<House, 'db' | 'clock'>,
  tx: Queryable,
  userId: Uuid,
): Promise<Spans<Limit>> {
  const nowMs = house.clock.now();
  const changes = (await limitChanges(tx, [userId], new Date(nowMs))).get(userId) ?? [];
  return limitsAt(changes, (await currentPolicy(house.db, nowMs)).spending, nowMs);
}

/** Call when a limit was changed here. */
export function forgetLimits(house: House, userId: Uuid): void {
  wishesOf(house).kept.delete(userId);
}
