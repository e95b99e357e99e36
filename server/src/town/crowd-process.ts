import { type ChildProcess, spawn } from 'node:child_process';
import type { FastifyBaseLogger } from 'fastify';

const CROWD_FILE = new URL('./crowd.ts', import.meta.url).pathname;
const RESTART_MS = 5_000;

/** The crowd's own process; it ends with this one, however that ends. */
export class CrowdProcess {
  readonly #origin: string;
  readonly #log: FastifyBaseLogger;
  #child: ChildProcess | undefined;
  #wanted = false;

  constructor(origin: string, log: FastifyBaseLogger) {
    this.#origin = origin;
    this.#log = log;
  }

  /** Lets the crowd act, or sends it home. */
  set(on: boolean): void {
    this.#wanted = on;
    if (on && this.#child === undefined) this.#start();
    if (!on) this.#child?.stdin?.end();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }

  #start(): void {
    // The open pipe is the leash: when this process dies, however it dies, the crowd reads its end and goes.
    const child = spawn(process.execPath, ['--max-old-space-size=96', CROWD_FILE, this.#origin], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    this.#child = child;
    child.once('error', (error) => this.#log.warn({ err: error }, 'the crowd could not start'));
    child.once('exit', () => {
      this.#child = undefined;
      if (this.#wanted) setTimeout(() => this.#wanted && this.set(true), RESTART_MS).unref();
    });
  }
}
