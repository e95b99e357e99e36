import { startProgram } from './program.ts';
import type { Outcome, Run } from './whole-path/load.ts';

/**
 * The whole path of a gift, with one hot creator: socket in → rules → ledger → commit on disk → answer, and on to
 * the stage → viewer. Server, senders and PostgreSQL are processes of their own and share the machine.
 */

const SENDERS = 400;

/** Gifts per second, every sender sending the next as soon as the last is answered. */
export const wholePath = {
  name: 'whole path, one hot creator',
  unit: 'gifts/s',
  bar: 5_000,
  better: 'higher',
  run: async ({ quick }: { quick: boolean }): Promise<number> => {
    const [outcome] = await measure([{ perSecond: 0, seconds: quick ? 4 : 12, warmUpSeconds: 2 }]);
    return outcome.perSecond;
  },
} as const;

/** Milliseconds until half of the gifts are answered, at 1,000 a second. */
export const wholePathMedian = {
  name: 'whole path at 1,000 gifts/s, p50',
  unit: 'ms',
  bar: 15,
  better: 'lower',
  run: async ({ quick }: { quick: boolean }): Promise<number> => (await paced(quick)).p50,
} as const;

/** Milliseconds until 99 of 100 gifts are answered, at 1,000 a second. */
export const wholePathTail = {
  name: 'whole path at 1,000 gifts/s, p99',
  unit: 'ms',
  bar: 60,
  better: 'lower',
  run: async ({ quick }: { quick: boolean }): Promise<number> => (await paced(quick)).p99,
} as const;

async function paced(quick: boolean): Promise<Outcome> {
  const [outcome] = await measure([{ perSecond: 1_000, seconds: quick ? 4 : 12, warmUpSeconds: 2 }]);
  return outcome;
}

/**
 * Runs these one after the other against a fresh server.
 * @throws Error when a gift was refused or the viewer was not told of every one: then the figures mean nothing.
 */
export async function measure<const Runs extends readonly [Run, ...Run[]]>(
  runs: Runs,
): Promise<{ [Index in keyof Runs]: Outcome }> {
  const server = startProgram('whole-path/server.ts', [String(SENDERS)]);
  const load = startProgram('whole-path/load.ts', []);
  try {
    load.stdin.write(`${await server.line()}\n`);
    const outcomes: Outcome[] = [];
    for (const run of runs) {
      load.stdin.write(`${JSON.stringify(run)}\n`);
      const outcome = JSON.parse(await load.line()) as Outcome;
      if (outcome.refused > 0 || outcome.notShown !== 0) {
        throw new Error(`refused ${outcome.refused}, not shown ${outcome.notShown}`);
      }
      outcomes.push(outcome);
    }
    return outcomes as { [Index in keyof Runs]: Outcome };
  } finally {
    load.stdin.end();
    server.stdin.end();
    await Promise.all([load.ended, server.ended]);
  }
}
