import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';

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

/** Starts a fresh site in a directory of its own; stopped and removed when the test file is done. */
export async function startSite({ crowd = 'off', settings = {} }: SiteOptions = {}): Promise<Site> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'carat-e2e-'));
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
