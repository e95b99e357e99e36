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
 * Does `round` every `everyMs`, one at a time, and sooner when woken. A round that found work (answers more than 0)
 * is followed by the next at once. A round that fails is logged and tried again at the next turn.
 */
export function goRounds(
  name: string,
  everyMs: number,
  log: RoundsLog,
  round: () => Promise<number>,
): Rounds {
  let stopped = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;

  const turn = async () => {
    do {
      again = false;
      const found = await round().catch((error: Error) => {
        log.warn({ reason: error.message, rounds: name }, 'a round of background work failed');
        return 0;
      });
      if (found > 0) again = true;
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
      timer = setTimeout(begin, everyMs);
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
