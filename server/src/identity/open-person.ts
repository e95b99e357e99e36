import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { isUniqueViolation } from '../db/failure.ts';
import type { House } from '../house.ts';
import type { Role } from '../http/principal.ts';
import { userAccounts } from '../ledger/index.ts';
import { currentPolicy } from '../policy/index.ts';
import type { CalendarDate } from './age.ts';
import { skeletonOf } from './handle.ts';
import { EMAIL_TAKEN, HANDLE_TAKEN } from './refusals.ts';
import { insertRoleChange, insertUser, isHandleHeld, savePassword, setRole } from './store.ts';

export interface NewPerson {
  /** Lower case. */
  readonly email: string;
  /** As `readHandle` gives it. */
  readonly handle: string;
  readonly displayName: string;
  readonly dateOfBirth: CalendarDate | null;
  /** One of the set unless told. */
  readonly avatar?: string;
  readonly bio?: string;
  /** A hash from `hashPassword`; without one nobody can sign in with a password. */
  readonly passwordHash?: string;
  /** Roles from the start, and why; for people who do not sign up themselves. */
  readonly roles?: readonly Exclude<Role, 'fan'>[];
  readonly reason?: string;
}

/**
 * Makes a person and opens their accounts in the ledger. The values have passed their rules.
 * Refuses with `email_taken` or `handle_taken`; of two at once one wins.
 *
 * A crash between the two leaves a person without accounts: signing in opens them (`openAccountsOf`).
 */
export async function openPerson(house: House, person: NewPerson): Promise<Uuid> {
  const id = newId();
  const nowMs = house.clock.now();
  const at = new Date(nowMs);
  const skeleton = skeletonOf(person.handle);
  const { people } = await currentPolicy(house.db, nowMs);
  const heldSince = new Date(nowMs - people.handleChangeDays * 86_400_000);
  try {
    await house.db.transaction(async (tx) => {
      if (await isHandleHeld(tx, skeleton, id, heldSince)) {
        throw new Refusal(HANDLE_TAKEN, {}, '/handle');
      }
      await insertUser(tx, {
        id,
        at,
        email: person.email,
        handle: person.handle,
        skeleton,
        displayName: person.displayName,
        avatar: person.avatar ?? usualAvatar(id),
        bio: person.bio ?? '',
        dateOfBirth: person.dateOfBirth,
      });
      if (person.passwordHash !== undefined) await savePassword(tx, id, person.passwordHash, at);
      for (const role of person.roles ?? []) {
        await setRole(tx, id, role, true);
        const reason = person.reason ?? 'From the start.';
        await insertRoleChange(tx, {
          id: newId(),
          userId: id,
          role,
          granted: true,
          byUser: null,
          reason,
          at,
        });
      }
    });
  } catch (error) {
    throw takenRefusal(error) ?? error;
  }
  await openAccountsOf(house, id);
  return id;
}

/** Opens whatever accounts of the person are not open yet. */
export async function openAccountsOf(house: House, userId: Uuid): Promise<void> {
  await house.ledger.openAccounts(userAccounts(userId));
}

/** What a broken unique constraint means to the person who asked. */
export function takenRefusal(error: unknown): Refusal | undefined {
  if (isUniqueViolation(error, 'users_email_key')) return new Refusal(EMAIL_TAKEN, {}, '/email');
  if (isUniqueViolation(error, 'users_handle_key') || isUniqueViolation(error, 'users_handle_skeleton_key')) {
    return new Refusal(HANDLE_TAKEN, {}, '/handle');
  }
  return undefined;
}

/** Keys of the art set that suit anybody. */
const USUAL_AVATARS = [
  'fox',
  'panda',
  'koala',
  'owl',
  'cat',
  'dog',
  'rabbit',
  'bear',
  'penguin',
  'turtle',
  'hedgehog',
  'otter',
  'frog',
  'whale',
  'lion',
  'butterfly',
];

/** The id's last digits are random. */
function usualAvatar(id: Uuid): string {
  return USUAL_AVATARS[Number.parseInt(id.slice(-2), 16) % USUAL_AVATARS.length] ?? 'fox';
}
