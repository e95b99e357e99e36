/** Work that is done again and again until it is stopped. */
export interface Loop {
  /** Resolves when the turn in hand is done; there is no other after it. */
  stop(): Promise<void>;
}

/**
 * Does `work` again and again, each time `everyMs()` after the time before ended. A turn that fails is told once,
 * however many fail after it, until one succeeds.
 */
export function startLoop(
  everyMs: () => number,
  work: () => Promise<void>,
  failed: (error: unknown) => void,
): Loop {
  let stopped = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();
  const next = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      turn = work()
        .then(
          () => {
            failing = false;
          },
          (error: unknown) => {
            if (!failing) failed(error);
            failing = true;
          },
        )
        .finally(next);
    }, everyMs());
    timer.unref();
  };
  next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await turn;
    },
  };
}
