import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Skipped } from './row.ts';

/** Descriptors that a process needs besides its sockets. */
export const DESCRIPTORS_APART = 200;

/** A part of a bench that runs as a process of its own and speaks in lines. It ends when its standard input does. */
export interface Program {
  readonly stdin: ChildProcessWithoutNullStreams['stdin'];
  /** The next line that it prints. */
  line(): Promise<string>;
  readonly ended: Promise<void>;
}

/** Starts a program of this folder, by default with as many descriptors as this process has. */
export function startProgram(file: string, args: readonly string[], descriptors?: number): Program {
  const path = `${import.meta.dirname}/${file}`;
  // The soft limit is often 1,024.
  const limit = descriptors === undefined ? '' : `ulimit -n ${descriptors} 2>/dev/null; `;
  const program = spawn('sh', ['-c', `${limit}exec "$@"`, 'sh', process.execPath, path, ...args], {
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

/** @throws Skipped when a process may not open so many sockets here. */
export function needSockets(sockets: number): void {
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  const most = (limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit)) - DESCRIPTORS_APART;
  if (most < sockets) {
    throw new Skipped(
      `a process may open ${most} sockets here; raise the hard limit: ulimit -Hn ${sockets + 1_000}`,
    );
  }
}
