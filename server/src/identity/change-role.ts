import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import type { Role, UserPrincipal } from '../http/principal.ts';
import { currentPolicy } from '../policy/index.ts';
import { requireGate } from './gates.ts';
import { ROLE_IS_YOUR_OWN } from './refusals.ts';
import { closeSockets, type NewSession, openSession } from './session.ts';
import { deleteSession, deleteSessionsOf, insertRoleChange, lockPeople, setRole } from './store.ts';

/** Every role beyond `fan`, which everybody has. */
export type GivenRole = Exclude<Role, 'fan'>;

/**
 * Opens the creator role to the person who asks, when they may receive gifts. The session goes on with a new token.
 * Answers `null` when they are a creator already. Refuses as the gate `earn` does.
 */
export async function becomeCreator(house: House, user: UserPrincipal): Promise<NewSession | null> {
  await requireGate(house, 'earn', user.userId);
  const nowMs = house.clock.now();
  const policy = await currentPolicy(house.db, nowMs);
  const session = await house.db.transaction(async (tx) => {
    await lockPeople(tx, [user.userId]);
    const reason = 'Asked to be a creator.';
    const changed = await writeRole(tx, {
      userId: user.userId,
      role: 'creator',
      granted: true,
      byUser: user.userId,
      reason,
      nowMs,
    });
    if (!changed) return null;
    await deleteSession(tx, user.sessionId);
    return openSession(tx, user.userId, policy, nowMs);
  });
  if (session !== null) {
    closeSockets(house, [user.sessionId, ...session.ended]);
    await house.hub.recheck(user.userId);
  }
  return session;
}

/**
 * Gives another person a role, or takes it. All their sessions end, so that every token they hold was made
 * for what they may do. Refuses with `role_is_your_own`. Nothing happens when nothing changes.
 */
export async function changeRole(
  house: House,
  change: {
    readonly userId: Uuid;
    readonly role: GivenRole;
    readonly granted: boolean;
    /** Who does it; `null` for the operator of the machine. */
    readonly byUser: Uuid | null;
    readonly reason: string;
  },
): Promise<void> {
  const ended = await house.db.transaction((tx) => becomeRole(tx, { ...change, nowMs: house.clock.now() }));
  closeSockets(house, ended);
}

/**
 * The same within a transaction: the sessions that ended, whose sockets are to be closed after the commit. Refuses with
 * `role_is_your_own`.
 */
export async function becomeRole(
  tx: Queryable,
  change: Parameters<typeof writeRole>[1],
): Promise<readonly Uuid[]> {
  if (change.byUser === change.userId) throw new Refusal(ROLE_IS_YOUR_OWN);
  await lockPeople(tx, [change.userId]);
  const changed = await writeRole(tx, change);
  return changed ? deleteSessionsOf(tx, change.userId) : [];
}

/** The role and the trail of it. False when nothing changed. */
export async function writeRole(
  tx: Queryable,
  change: {
    readonly userId: Uuid;
    readonly role: GivenRole;
    readonly granted: boolean;
    readonly byUser: Uuid | null;
    readonly reason: string;
    readonly nowMs: number;
  },
): Promise<boolean> {
  const changed = await setRole(tx, change.userId, change.role, change.granted);
  if (changed) await insertRoleChange(tx, { ...change, id: newId(), at: new Date(change.nowMs) });
  return changed;
}
