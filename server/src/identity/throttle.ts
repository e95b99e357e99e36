import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { Refusal } from '../core/refusal.ts';
import type { Database } from '../db/database.ts';
import { TOO_MANY_TRIES } from './refusals.ts';
import { countTry, forgetTries, uncountTry } from './store.ts';

/** What is counted: sign-ins per account, sign-ins per network address, accounts opened per address. */
export type Counted = 'account' | 'address' | 'sign-up';

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

/**
 * The network that a try is counted for: an IPv4 address, or the first 64 bits of an IPv6 one,
 * because one household owns all the rest.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const plain = address.split('%')[0] ?? '';
  if (!isIPv6(plain)) return address;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    // An IPv4 tail fills two groups.
    const after = tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0);
    while (groups.length < 8 - after) groups.push('0');
    groups.push(...(tail === '' ? [] : tail.split(':')));
  }
  const first = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${first.join(':')}::/64`;
}

function keyOf(what: Counted, whose: string): Buffer {
  return createHash('sha256').update(`${what} ${whose}`).digest();
}
