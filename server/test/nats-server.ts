import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { closeAfterFile } from './harness.ts';
import { until } from './until.ts';

/** A real nats-server of a test's own, to be killed and started again at the same address. */
export interface TestNats {
  /** `nats://127.0.0.1:PORT`. */
  readonly url: string;
  start(): Promise<void>;
  /** Kills it with SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
  /** Stops it without a word, as a machine that hangs does; `go` wakes it. */
  freeze(): void;
  thaw(): void;
}

export const NO_NATS = 'no nats-server here: apt-get install nats-server (Debian), or put one into PATH';

/** Where nats-server is, installed now where this may be done; `undefined` when there is none. */
export async function findNatsServer(): Promise<string | undefined> {
  const found = candidates().find((path) => existsSync(path));
  if (found !== undefined || process.getuid?.() !== 0) return found;
  const run = promisify(execFile);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '-qq', '--no-install-recommends', 'nats-server'];
  await run('apt-get', install, { env })
    .catch(() => run('apt-get', ['update', '-qq'], { env }).then(() => run('apt-get', install, { env })))
    .catch(() => {});
  return candidates().find((path) => existsSync(path));
}

function candidates(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...folders, '/usr/sbin', '/usr/local/bin'].map((folder) => join(folder, 'nats-server'));
}

/** A nats-server at a free port, not started yet. */
export async function testNats(program: string): Promise<TestNats> {
  const port = await freePort();
  let running: ChildProcess | undefined;
  const kill = async () => {
    const dying = running;
    running = undefined;
    if (dying === undefined || dying.exitCode !== null || dying.signalCode !== null) return;
    const gone = once(dying, 'exit');
    dying.kill('SIGKILL');
    await gone;
  };
  closeAfterFile(kill);
  return {
    url: `nats://127.0.0.1:${port}`,
    kill,
    freeze: () => void running?.kill('SIGSTOP'),
    thaw: () => void running?.kill('SIGCONT'),
    start: async () => {
      running = spawn(program, ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
      await until('nats-server listens', () => listens(port));
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const stream = connect(port, '127.0.0.1');
    stream.on('connect', () => {
      stream.destroy();
      resolve(true);
    });
    stream.on('error', () => resolve(false));
  });
}
