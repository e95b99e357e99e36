import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

const LOOK_EVERY_MS = 10;

/**
 * Looks again and again until what is seen is what was waited for (true, unless told otherwise), and returns it.
 *
 * @param what what is waited for, for whoever reads why it failed
 * @throws Error naming `what` and what was seen last, when it does not come in time
 */
export async function until<Seen>(
  what: string,
  look: () => Seen | Promise<Seen>,
  isThere: (seen: Seen) => boolean = Boolean,
  withinMs = 20_000,
): Promise<Seen> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (isThere(seen)) return seen;
    if (Date.now() > giveUpAt) {
      throw new Error(`not within ${withinMs} ms: ${what}; last seen: ${inspect(seen)}`);
    }
    await pause(LOOK_EVERY_MS);
  }
}
