import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';

const CHECKOUT = resolve(import.meta.dirname, '..');
const READY_WAIT_MS = 120_000;

/** The product itself, started as a person starts it, with an embedded database and the demo town. */
export interface Site {
  readonly origin: string;
  /** Ends it as Ctrl-C does and waits until it is gone. */
  stop(): Promise<void>;
  /** Kills the server process at once; its database stays. */
  kill(): Promise<void>;
  /** Starts it again on the same data and the same port. */
  restart(): Promise<void>;
  /** Recomputes the books with the operator's command; throws what it found when they are not clean. */
  audit(): Promise<void>;
}

export interface SiteOptions {
  readonly crowd?: 'on' | 'off';
  /** Other settings, `CARAT_…`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts a fresh site in a directory of its own; stopped and removed when the test file is done. `CARAT_E2E_TOWN` is a
 * town that has settled already, as `npm test` prepares it.
 */
export async function startSite({ crowd = 'off', settings = {} }: SiteOptions = {}): Promise<Site> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'carat-e2e-'));
  if (process.env.CARAT_E2E_TOWN !== undefined) await moveIn(process.env.CARAT_E2E_TOWN, dataDirectory);
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    CARAT_DATA_DIR: dataDirectory,
    CARAT_CROWD: crowd,
    ...settings,
    ...(process.env.CARAT_WEB_ROOT === undefined ? {} : { CARAT_WEB_ROOT: process.env.CARAT_WEB_ROOT }),
  };
  let server: Server | undefined;
  after(async () => {
    if (server !== undefined) await end(server.process, 'SIGINT');
    await rm(dataDirectory, { recursive: true, force: true });
  });
  server = await startServer({ ...env, PORT: '0' });
  const { origin } = server;
  const { port } = new URL(origin);
  return {
    origin,
    stop: () => end(running(server).process, 'SIGINT'),
    kill: () => end(running(server).process, 'SIGKILL'),
    async restart() {
      server = await startServer({ ...env, PORT: port });
    },
    audit: () => audit(env),
  };
}

/**
 * Begins with a copy of a settled town that nobody uses, with its owners and modes; its database gets a port of its
 * own, since several copies start at once.
 */
async function moveIn(town: string, dataDirectory: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', `${town}/.`, dataDirectory]);
  const keys = join(dataDirectory, 'postgres.json');
  const port = await freePort();
  await writeFile(keys, JSON.stringify({ ...JSON.parse(await readFile(keys, 'utf8')), port }));
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => found(port));
    });
  });
}

interface Server {
  readonly process: ChildProcess;
  readonly origin: string;
}

function running(server: Server | undefined): Server {
  assert.ok(server !== undefined, 'the site never opened');
  return server;
}

async function startServer(env: NodeJS.ProcessEnv): Promise<Server> {
  const server = spawn(process.execPath, [join(CHECKOUT, 'server/src/main.ts')], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const origin = await new Promise<string>((found, failed) => {
    let said = '';
    const late = setTimeout(
      () => failed(new Error(`the site did not open; it said:\n${said}`)),
      READY_WAIT_MS,
    );
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const address = /open at (http:\/\/\S+)/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(late);
      found(address);
    });
    server.once('exit', (code) => {
      clearTimeout(late);
      failed(new Error(`the site ended with ${code}; it said:\n${said}`));
    });
  });
  return { process: server, origin };
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill(signal);
  await gone;
}

async function audit(env: NodeJS.ProcessEnv): Promise<void> {
  const auditor = spawn(process.execPath, [join(CHECKOUT, 'server/src/cli.ts'), 'audit'], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  let said = '';
  auditor.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  auditor.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise((resolve) => auditor.once('close', resolve));
  assert.equal(code, 0, `the audit is not clean:\n${said}`);
}
