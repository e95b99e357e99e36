import { randomBytes } from 'node:crypto';
import { DAY_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import type { UserPrincipal } from '../http/principal.ts';
import { currentPolicy } from '../policy/index.ts';
import { writeRole } from './change-role.ts';
import { OPERATOR_LINK_INVALID } from './refusals.ts';
import { closeSockets, hashToken, type NewSession, openSession } from './session.ts';
import {
  deleteSessionsOf,
  hasOperator,
  insertOperatorLinkUse,
  lockFirstOperator,
  lockPeople,
  replaceOperatorLink,
  usableOperatorLink,
} from './store.ts';

/** How long the link can be used. */
const LINK_MS = DAY_MS;

/**
 * The path of a new one-time link that makes whoever opens it, signed in, the first operator; `null` when there
 * is an operator. Links made before and not used stop working. To be printed for the person at the terminal.
 * The token stands behind the `#`, so that it never is in a request line or a log.
 */
export async function operatorLink(house: House): Promise<string | null> {
  const token = randomBytes(32).toString('base64url');
  const nowMs = house.clock.now();
  return house.db.transaction(async (tx) => {
    await lockFirstOperator(tx);
    if (await hasOperator(tx)) return null;
    await replaceOperatorLink(tx, {
      id: newId(),
      tokenHash: hashToken(token),
      at: new Date(nowMs),
      endsAt: new Date(nowMs + LINK_MS),
    });
    return `/operator-link#${token}`;
  });
}

/** Until when the link can be used. Refuses with `operator_link_invalid`. */
export async function operatorLinkEnd(house: House, token: string): Promise<Date> {
  const link = await usableOperatorLink(house.db, hashToken(token), new Date(house.clock.now()));
  if (link === undefined) throw new Refusal(OPERATOR_LINK_INVALID);
  return link.endsAt;
}

/**
 * Makes the signed-in person the first operator and spends the link; of two at once one wins.
 * Their sessions end; this one goes on with a new token. Refuses with `operator_link_invalid`.
 */
export async function becomeFirstOperator(
  house: House,
  user: UserPrincipal,
  token: string,
): Promise<NewSession> {
  const nowMs = house.clock.now();
  const policy = await currentPolicy(house.db, nowMs);
  const { session, ended } = await house.db.transaction(async (tx) => {
    await lockFirstOperator(tx);
    const link = await usableOperatorLink(tx, hashToken(token), new Date(nowMs));
    if (link === undefined) throw new Refusal(OPERATOR_LINK_INVALID);
    await lockPeople(tx, [user.userId]);
    await insertOperatorLinkUse(tx, link.id, user.userId, new Date(nowMs));
    await writeRole(tx, {
      userId: user.userId,
      role: 'operator',
      granted: true,
      byUser: null,
      reason: 'Opened the one-time link of the first operator.',
      nowMs,
    });
    const gone = await deleteSessionsOf(tx, user.userId);
    return { session: await openSession(tx, user.userId, policy, nowMs), ended: gone };
  });
  closeSockets(house, ended);
  return session;
}
