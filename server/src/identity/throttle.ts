import { createHash } from 'node:crypto';
import { Refusal } from '../core/refusal.ts';
import type { Database } from '../db/database.ts';
import { TOO_MANY_TRIES } from './refusals.ts';
import { countTry, forgetTries, uncountTry } from './store.ts';

/**
 * What is counted: sign-ins per account, per account and network, per network, per device that is known, changes of
 * a password and confirmations per session, accounts opened per network.
 */
export type Counted =
  | 'account'
  | 'account at network'
  | 'network'
  | 'device'
  | 'password change'
  | 'confirmation'
  | 'sign-up';

/**
 * Counts a try before it is looked at, so that many at once cannot all slip through.
 * Refuses with `too_many_tries`, the same for accounts that exist and those that do not.
 */
export async function takeTry(
  db: Database,
  what: Counted,
  whose: string,
  limit: { readonly most: number; readonly windowMs: number; readonly nowMs: number },
): Promise<void> {
  const { tries, windowStart } = await countTry(
    db,
    keyOf(what, whose),
    new Date(limit.nowMs),
    limit.windowMs,
  );
  if (tries <= limit.most) return;
  const seconds = Math.ceil((windowStart.getTime() + limit.windowMs - limit.nowMs) / 1_000);
  throw new Refusal(TOO_MANY_TRIES, { seconds: Math.max(seconds, 1) });
}

/** A try that went well does not count. */
export async function giveTryBack(db: Database, what: Counted, whose: string): Promise<void> {
  await uncountTry(db, keyOf(what, whose));
}

/** After the right password the earlier failures are forgotten. */
export async function forgetFailures(db: Database, what: Counted, whose: string): Promise<void> {
  await forgetTries(db, keyOf(what, whose));
}

function keyOf(what: Counted, whose: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([what, whose]))
    .digest();
}
