import { DAY_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import { explainGate, freezeAccount } from '../identity/index.ts';

/** How long a break may be, in days. */
export const BREAK_DAYS = [1, 7, 30] as const;

/**
 * Closes buying and giving for a person who asks for it. Nobody ends it earlier; one that ends later may
 * follow. Answers when the break ends.
 */
export async function takeBreak(
  house: House,
  userId: Uuid,
  days: (typeof BREAK_DAYS)[number],
): Promise<Date> {
  const until = new Date(house.clock.now() + days * DAY_MS);
  const running = (await explainGate(house, 'buy', userId)).find(
    ({ code }) => code === 'on_a_break',
  )?.earliest;
  if (running != null && Date.parse(running) >= until.getTime()) return new Date(running);
  await freezeAccount(house, {
    userId,
    gates: ['buy', 'send'],
    reason: `Asked for a break of ${days === 1 ? 'a day' : `${days} days`}.`,
    byUser: userId,
    until,
  });
  return until;
}
