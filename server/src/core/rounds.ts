/** Background work that is done again and again. */
export interface Rounds {
  /** Begins the next round at once, or right after the one in progress. */
  wake(): void;
  /** Resolves when the round in progress has ended; none begins afterwards. */
  stop(): Promise<void>;
}

/** Where failed rounds are told; pino fits. */
export interface RoundsLog {
  warn(fields: object, sentence: string): void;
}

/**
 * Does `round` at once, then each time so long after the one before ended, and sooner when woken. A round that found
 * work (answers more than 0) is followed by the next without a pause. One that fails is tried again at the next turn,
 * and told once, however many fail after it, until one succeeds.
 *
 * @param name what the rounds are for, in the log
 * @param everyMs the pause between two rounds; a function is asked before each pause
 */
export function goRounds(
  name: string,
  everyMs: number | (() => number),
  log: RoundsLog,
  round: () => Promise<number> | Promise<void>,
): Rounds {
  let stopped = false;
  let failing = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;

  const turn = async () => {
    do {
      again = false;
      try {
        const found = await round();
        failing = false;
        if (typeof found === 'number' && found > 0) again = true;
      } catch (error) {
        if (!failing) log.warn({ err: error, rounds: name }, 'background work failed; trying again');
        failing = true;
      }
    } while (again && !stopped);
  };
  const begin = () => {
    clearTimeout(timer);
    if (stopped) return;
    again = true;
    if (running !== null) return;
    running = turn().finally(() => {
      running = null;
      if (stopped) return;
      timer = setTimeout(begin, typeof everyMs === 'number' ? everyMs : everyMs());
      timer.unref();
    });
  };

  begin();
  return {
    wake: begin,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
