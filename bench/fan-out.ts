import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Report } from './fan-out/viewers.ts';
import { type Row, Skipped } from './row.ts';

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
  limits: 'One write per socket and frame; the viewers read on the same two cores.',
  run: async ({ quick }) => {
    const most = descriptorsAllowed() - DESCRIPTORS_APART;
    if (most < SOCKETS) {
      throw new Skipped(`a process may open ${most} sockets here; raise the hard limit: ulimit -Hn 9000`);
    }
    const { p50, p99, max, serverCores, viewerCores, megabitsPerSecond } = await measureFanOut(
      SOCKETS,
      quick ? 4 : 12,
    );
    const detail = `p50 ${p50} ms, max ${max} ms, server ${serverCores} and viewers ${viewerCores} of a core, ${megabitsPerSecond} Mbit/s`;
    return { value: p99, detail };
  },
} satisfies Row;

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

/** Files that a process may be allowed to open. */
function descriptorsAllowed(): number {
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}

interface Program {
  readonly stdin: ChildProcessWithoutNullStreams['stdin'];
  /** The next line that it prints. */
  line(): Promise<string>;
  readonly ended: Promise<void>;
}

function start(file: string, sockets: number, argument: number): Program {
  // The soft limit is often 1,024.
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
