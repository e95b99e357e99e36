import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { networkOf } from '../http/network.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { currentPolicy, type Policy } from '../policy/index.ts';
import { knownDevice, newDeviceMark } from './device.ts';
import { openAccountsOf } from './open-person.ts';
import { verifyPassword } from './password.ts';
import { SIGN_IN_FAILED } from './refusals.ts';
import { readEmail } from './rules.ts';
import { closeSockets, type NewSession, openSession } from './session.ts';
import { deleteSession, demoPeople, passwordOfEmail } from './store.ts';
import { type Counted, forgetFailures, giveTryBack, takeTry } from './throttle.ts';

/**
 * From everywhere together an account takes so many times the failures that it takes from one network. Far more
 * than its owner needs, and still only a hundred guesses per window by the preset, however many networks take part.
 */
const NETWORKS_PER_ACCOUNT = 10;

export interface SignIn {
  readonly email: string;
  readonly password: string;
  /** The network address that asks. */
  readonly address: string;
  /** What the browser says of itself: see `device.ts`. */
  readonly deviceMark: string | null;
}

/**
 * Begins a session for whoever knows the password.
 *
 * Refuses with `too_many_tries` or `sign_in_failed`. Neither the words nor the time of the answer tell
 * whether there is such an account, or whether it has a password.
 */
export async function signIn(house: House, asked: SignIn): Promise<NewSession> {
  const nowMs = house.clock.now();
  const { signIn: limits } = await currentPolicy(house.db, nowMs);
  const email = readEmail(asked.email);
  const found = email === null ? undefined : await passwordOfEmail(house.db, email);
  const deviceId = knownDevice(house, asked.deviceMark, found?.hash);
  const tries =
    deviceId === null
      ? triesOfStranger(email ?? asked.email, networkOf(asked.address), limits)
      : triesOfDevice(deviceId, limits);
  for (const { what, whose, most } of tries) {
    await takeTry(house.db, what, whose, { most, windowMs: limits.windowMs, nowMs });
  }

  const right = await verifyPassword(asked.password, found?.hash, house.config.passwordCost);
  if (!right || found === undefined) throw new Refusal(SIGN_IN_FAILED);

  for (const { what, whose, isOwn } of tries) {
    if (isOwn) await forgetFailures(house.db, what, whose);
    else await giveTryBack(house.db, what, whose);
  }
  return { ...(await beginSession(house, found.userId)), deviceMark: newDeviceMark(house, found.hash) };
}

/** What a try is counted for. */
interface CountedTry {
  readonly what: Counted;
  readonly whose: string;
  readonly most: number;
  /** Whether only this person's failures are counted there, so that the right password forgets them. */
  readonly isOwn: boolean;
}

/**
 * In the order in which they refuse: whoever is shut out with their network, or from the account at their network,
 * adds nothing to what shuts everybody out of it.
 */
function triesOfStranger(account: string, network: string, limits: Policy['signIn']): CountedTry[] {
  const { failuresPerAddressMax, failuresPerAccountMax } = limits;
  return [
    { what: 'network', whose: network, most: failuresPerAddressMax, isOwn: false },
    { what: 'account at network', whose: `${network} ${account}`, most: failuresPerAccountMax, isOwn: true },
    { what: 'account', whose: account, most: failuresPerAccountMax * NETWORKS_PER_ACCOUNT, isOwn: false },
  ];
}

/** Counted for itself alone: what others do at the account or in the same network does not keep its owner out. */
function triesOfDevice(deviceId: string, { failuresPerAccountMax }: Policy['signIn']): CountedTry[] {
  return [{ what: 'device', whose: deviceId, most: failuresPerAccountMax, isOwn: true }];
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
