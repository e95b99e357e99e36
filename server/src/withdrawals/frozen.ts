import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import { activeFreeze, type Gate } from '../identity/index.ts';
import { PAYEE_FROZEN } from './refusals.ts';

/** Whoever may not withdraw, or may not be paid for gifts, gets no money. */
export const FREEZING_GATES: readonly Gate[] = ['withdraw', 'earn'];

/** Refuses with `payee_frozen` while a freeze closes the person's way to money. */
export async function requireUnfrozen(db: Queryable, userId: Uuid, nowMs: number): Promise<void> {
  const freeze = await activeFreeze(db, userId, FREEZING_GATES, new Date(nowMs));
  if (freeze !== null) throw new Refusal(PAYEE_FROZEN, { reason: freeze.reason });
}
