import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is yes. @throws Error naming `what` when it never is. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await pause(10);
  }
}
