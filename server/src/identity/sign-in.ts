import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { currentPolicy } from '../policy/index.ts';
import { openAccountsOf } from './open-person.ts';
import { verifyPassword } from './password.ts';
import { SIGN_IN_FAILED } from './refusals.ts';
import { readEmail } from './rules.ts';
import { closeSockets, type NewSession, openSession } from './session.ts';
import { deleteSession, demoPeople, passwordOfEmail } from './store.ts';
import { forgetFailures, giveTryBack, networkOf, takeTry } from './throttle.ts';

/**
 * Begins a session for whoever knows the password.
 *
 * Refuses with `too_many_tries` or `sign_in_failed`. Neither the words nor the time of the answer tell
 * whether there is such an account, or whether it has a password.
 */
export async function signIn(
  house: House,
  asked: { readonly email: string; readonly password: string; readonly address: string },
): Promise<NewSession> {
  const nowMs = house.clock.now();
  const { signIn: limits } = await currentPolicy(house.db, nowMs);
  const email = readEmail(asked.email);
  const network = networkOf(asked.address);

  // The address first: one that is shut out cannot shut accounts out.
  const windowMs = limits.windowMs;
  await takeTry(house.db, 'address', network, { most: limits.failuresPerAddressMax, windowMs, nowMs });
  await takeTry(house.db, 'account', email ?? asked.email, {
    most: limits.failuresPerAccountMax,
    windowMs,
    nowMs,
  });

  const found = email === null ? undefined : await passwordOfEmail(house.db, email);
  const right = await verifyPassword(asked.password, found?.hash);
  if (!right || email === null || found === undefined) throw new Refusal(SIGN_IN_FAILED);

  await forgetFailures(house.db, 'account', email);
  await giveTryBack(house.db, 'address', network);
  return beginSession(house, found.userId);
}

/** Begins a session as one of the people of the demonstration town. Anybody else is `not_found`. */
export async function signInAsDemo(house: House, handle: string): Promise<NewSession> {
  const person = (await demoPeople(house.db)).find((one) => one.handle === handle.toLowerCase());
  if (house.config.seed !== 'town' || person === undefined) throw new Refusal(NOT_FOUND);
  return beginSession(house, person.id);
}

/** Ends a session: its token is worth nothing from here on, and its sockets close. */
export async function signOut(house: House, sessionId: Uuid): Promise<void> {
  await deleteSession(house.db, sessionId);
  closeSockets(house, [sessionId]);
}

/** A new session; what a crash at sign-up left undone is done now. */
async function beginSession(house: House, userId: Uuid): Promise<NewSession> {
  await openAccountsOf(house, userId);
  const nowMs = house.clock.now();
  const policy = await currentPolicy(house.db, nowMs);
  const session = await house.db.transaction((tx) => openSession(tx, userId, policy, nowMs));
  closeSockets(house, session.ended);
  return session;
}
