import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Report } from './fan-out/viewers.ts';

/**
 * One room, many sockets: a frame of 500 B to 2 kB ten times a second, timed from the moment an event is published to
 * the moment each socket has read it. The server is the hub with its database, as the house runs it; the viewers are
 * another process on the same machine, half of them with permessage-deflate and half without.
 */

const SOCKETS = 8_000;
/** Descriptors that a process needs besides its sockets. */
const DESCRIPTORS_APART = 200;

/** Milliseconds from publishing until 99 of 100 sockets have the frame. */
export const fanOut = {
  name: 'fan-out to 8,000 sockets at 10 Hz, p99',
  unit: 'ms',
  bar: 150,
  better: 'lower',
  run: async ({ quick }: { quick: boolean }): Promise<number> =>
    (await measureFanOut(SOCKETS, quick ? 4 : 15)).p99,
} as const;

/**
 * Runs so many sockets for so many seconds against a fresh server.
 * @throws Error when the machine does not allow so many sockets, or when a socket missed a frame.
 */
export async function measureFanOut(sockets: number, seconds: number): Promise<Report> {
  const server = start('server.ts', sockets, seconds);
  const viewers = start('viewers.ts', sockets, sockets);
  try {
    viewers.stdin.write(`${await server.line()}\n`);
    const entered = await viewers.line();
    if (entered !== 'entered') throw new Error(entered);
    server.stdin.write('begin\n');
    // What was published when, once all of it was.
    viewers.stdin.write(`${await server.line()}\n`);
    const report = JSON.parse(await viewers.line()) as Report;
    if (report.missed > 0) throw new Error(`${report.missed} frames did not arrive`);
    return report;
  } finally {
    viewers.stdin.end();
    server.stdin.end();
    await Promise.all([viewers.ended, server.ended]);
  }
}

interface Program {
  readonly stdin: ChildProcessWithoutNullStreams['stdin'];
  /** The next line that it prints. */
  line(): Promise<string>;
  readonly ended: Promise<void>;
}

function start(file: string, sockets: number, argument: number): Program {
  // The soft limit is raised to what is needed; where the hard limit forbids it, the program says so itself.
  const limit = sockets + DESCRIPTORS_APART;
  const command = `ulimit -n ${limit} 2>/dev/null; exec "$@"`;
  const path = `${import.meta.dirname}/fan-out/${file}`;
  const program = spawn('sh', ['-c', command, 'sh', process.execPath, path, String(argument)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  program.stderr.pipe(process.stderr);
  const ended = new Promise<void>((resolve) => {
    program.once('exit', () => resolve());
  });
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  return {
    stdin: program.stdin,
    ended,
    line: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${file} ended before it answered`);
      return value;
    },
  };
}
