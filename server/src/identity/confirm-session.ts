import { randomBytes } from 'node:crypto';
import { MINUTE_MS } from '../core/clock.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import type { UserPrincipal } from '../http/principal.ts';
import { currentPolicy } from '../policy/index.ts';
import { verifyPassword } from './password.ts';
import { CONFIRMATION_NEEDED, WRONG_PASSWORD } from './refusals.ts';
import { hashToken, type NewSession } from './session.ts';
import { confirmSessionRow, demoPeople, passwordOfUser, sessionConfirmedAt } from './store.ts';
import { forgetFailures, takeTry } from './throttle.ts';

/** How long a session may do what moves money out, after the password was given again. */
export const CONFIRMED_MS = 5 * MINUTE_MS;

/**
 * Confirms that the person is still who signed in: for five minutes the session may do what moves money out. It goes on
 * with a new token, so that one that was read somewhere before is worth nothing from here on.
 * People of the demonstration town have no password and confirm without one.
 *
 * Refuses with `too_many_tries`, `wrong_password` or, when the session has ended meanwhile, `confirmation_needed`.
 */
export async function confirmSession(
  house: House,
  user: UserPrincipal,
  password: string | null,
): Promise<NewSession> {
  const nowMs = house.clock.now();
  const { windowMs, failuresPerAccountMax } = (await currentPolicy(house.db, nowMs)).signIn;
  // Counted for this session: neither guesses at the sign-in nor another session of the person shut it out.
  await takeTry(house.db, 'confirmation', user.sessionId, { most: failuresPerAccountMax, windowMs, nowMs });
  const hash = await passwordOfUser(house.db, user.userId);
  const isDemo = hash === undefined && (await isDemoPerson(house, user.userId));
  if (!isDemo && !(await verifyPassword(password ?? '', hash, house.config.passwordCost))) {
    throw new Refusal(WRONG_PASSWORD, {}, '/password');
  }
  await forgetFailures(house.db, 'confirmation', user.sessionId);
  const token = randomBytes(32).toString('base64url');
  const endsAt = await confirmSessionRow(house.db, user.sessionId, hashToken(token), new Date(nowMs));
  if (endsAt === null) throw new Refusal(CONFIRMATION_NEEDED);
  return { token, sessionId: user.sessionId, userId: user.userId, endsAt, ended: [] };
}

/** Refuses with `confirmation_needed` unless the session was confirmed within the last five minutes. */
export async function requireConfirmed(house: House, user: UserPrincipal): Promise<void> {
  const at = await sessionConfirmedAt(house.db, user.sessionId);
  const agoMs = at === null ? null : house.clock.now() - at.getTime();
  // A confirmation from the future is none: clocks were turned.
  if (agoMs === null || agoMs < 0 || agoMs > CONFIRMED_MS) throw new Refusal(CONFIRMATION_NEEDED);
}

async function isDemoPerson(house: House, userId: string): Promise<boolean> {
  return house.config.seed === 'town' && (await demoPeople(house.db)).some(({ id }) => id === userId);
}
