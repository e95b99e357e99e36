import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import type { UserPrincipal } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { currentPolicy } from '../policy/index.ts';
import { newDeviceMark } from './device.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { WRONG_PASSWORD } from './refusals.ts';
import { closeSockets, type NewSession, openSession } from './session.ts';
import { validPassword } from './sign-up.ts';
import { deleteSessionsOf, lockPeople, passwordOfUser, personAlone, savePassword } from './store.ts';
import { forgetFailures, takeTry } from './throttle.ts';

/**
 * Replaces the password and ends every session of the person, on every device; this one goes on with a new token.
 * Refuses with `password_too_weak`, `too_many_tries` or `wrong_password`.
 */
export async function changePassword(
  house: House,
  user: UserPrincipal,
  asked: { readonly currentPassword: string; readonly newPassword: string },
): Promise<NewSession> {
  const nowMs = house.clock.now();
  const policy = await currentPolicy(house.db, nowMs);
  const person = await personAlone(house.db, user.userId);
  if (person === undefined) throw new Refusal(NOT_FOUND);
  validPassword(
    asked.newPassword,
    policy,
    [person.handle, person.displayName, person.email, person.email.split('@')[0] ?? ''],
    '/newPassword',
  );

  const { windowMs, failuresPerAccountMax } = policy.signIn;
  // Counted for this session: neither guesses at the sign-in nor another session of the person shut it out.
  await takeTry(house.db, 'password change', user.sessionId, {
    most: failuresPerAccountMax,
    windowMs,
    nowMs,
  });
  const oldHash = await passwordOfUser(house.db, user.userId);
  if (!(await verifyPassword(asked.currentPassword, oldHash, house.config.passwordCost))) {
    throw new Refusal(WRONG_PASSWORD, {}, '/currentPassword');
  }
  await forgetFailures(house.db, 'password change', user.sessionId);

  const newHash = await hashPassword(asked.newPassword, house.config.passwordCost);
  const { session, ended } = await house.db.transaction(async (tx) => {
    await lockPeople(tx, [user.userId]);
    // Somebody else with the old password may have changed it while ours was hashed.
    if ((await passwordOfUser(tx, user.userId)) !== oldHash) {
      throw new Refusal(WRONG_PASSWORD, {}, '/currentPassword');
    }
    await savePassword(tx, user.userId, newHash, new Date(nowMs));
    const gone = await deleteSessionsOf(tx, user.userId);
    return { session: await openSession(tx, user.userId, policy, nowMs), ended: gone };
  });
  closeSockets(house, ended);
  return { ...session, deviceMark: newDeviceMark(house, newHash) };
}
