import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';

const CHECKOUT = resolve(import.meta.dirname, '..');
const READY_WAIT_MS = 90_000;

/** The product itself, started as a person starts it, with an embedded database and the demo town. */
export interface Site {
  readonly origin: string;
  /** Ends it as Ctrl-C does and waits until it is gone. */
  stop(): Promise<void>;
  /** Kills the server process at once; its database stays. */
  kill(): Promise<void>;
  /** Starts it again on the same data and the same port. */
  restart(): Promise<void>;
}

export interface SiteOptions {
  readonly crowd?: 'on' | 'off';
}

/** Starts a fresh site in a directory of its own; stopped and removed when the test file is done. */
export async function startSite({ crowd = 'off' }: SiteOptions = {}): Promise<Site> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'carat-e2e-'));
  let server = await startServer(dataDirectory, crowd, 0);
  const { origin } = server;
  const port = Number(new URL(origin).port);
  const stop = () => end(server.process, 'SIGINT');
  after(async () => {
    await stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });
  return {
    origin,
    stop,
    kill: () => end(server.process, 'SIGKILL'),
    async restart() {
      server = await startServer(dataDirectory, crowd, port);
    },
  };
}

async function startServer(
  dataDirectory: string,
  crowd: 'on' | 'off',
  port: number,
): Promise<{ process: ChildProcess; origin: string }> {
  const server = spawn(process.execPath, [join(CHECKOUT, 'server/src/main.ts')], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      CARAT_DATA_DIR: dataDirectory,
      CARAT_CROWD: crowd,
    },
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
