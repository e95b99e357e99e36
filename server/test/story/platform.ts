import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { newId, parsePublicId, type Uuid } from '../../src/core/ids.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { closeAfterFile, testDatabaseUrl } from '../harness.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { type Answer, hands, PASSPHRASE } from '../test-house.ts';

/** What a story says to the process of its house. */
export type ToHouse = { readonly turn: 'clock'; readonly toMs: number } | { readonly turn: 'rare_jobs' };

/** A request is sent again while the house is down or busy, for so long. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 100;
const AGAIN: ReadonlySet<unknown> = new Set(['shutting_down', 'sign_in_busy']);

/** A house that can be killed and started again on the same database, with a clock that the story turns. */
export class Platform {
  readonly databaseUrl: string;
  readonly db: Database;
  readonly #secrets: readonly [session: string, webhook: string];
  #process: ServerProcess;
  /** Resolves to the house's address once it is there again. */
  #up: Promise<string>;
  #fromMs: number;
  #sinceMs = performance.now();
  kills = 0;

  private constructor(
    databaseUrl: string,
    db: Database,
    secrets: readonly [string, string],
    process: ServerProcess,
    nowMs: number,
  ) {
    this.databaseUrl = databaseUrl;
    this.db = db;
    this.#secrets = secrets;
    this.#process = process;
    this.#up = Promise.resolve(process.origin);
    this.#fromMs = nowMs;
  }

  static async open(nowMs: number): Promise<Platform> {
    const databaseUrl = await testDatabaseUrl();
    const secrets = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')] as const;
    const process = await start(databaseUrl, secrets, nowMs);
    const db = await openDatabase({ url: databaseUrl });
    closeAfterFile(() => db.close());
    return new Platform(databaseUrl, db, secrets, process, nowMs);
  }

  /** The story's time, which goes on by itself as every clock does. */
  now(): number {
    return Math.floor(this.#fromMs + performance.now() - this.#sinceMs);
  }

  origin(): Promise<string> {
    return this.#up;
  }

  async turnTo(toMs: number): Promise<void> {
    await this.#process.ask({ turn: 'clock', toMs } satisfies ToHouse);
    this.#fromMs = toMs;
    this.#sinceMs = performance.now();
  }

  /** Lets the jobs of every few minutes have their turn. What failed: those jobs try again at the next. */
  async rareJobs(): Promise<readonly string[]> {
    return (await this.#process.ask({ turn: 'rare_jobs' } satisfies ToHouse)) as readonly string[];
  }

  /** SIGKILL, in the middle of whatever it does, and a new process on what it left. */
  async killAndStart(): Promise<void> {
    this.kills += 1;
    const again = Promise.withResolvers<string>();
    this.#up = again.promise;
    await this.#process.kill();
    this.#process = await start(this.databaseUrl, this.#secrets, this.now());
    again.resolve(this.#process.origin);
  }

  /** Signs somebody up. */
  async person(handle: string): Promise<Someone> {
    const someone = new Someone(this, handle);
    const answer = await someone.request('POST', '/v1/sign-up', {
      email: someone.email,
      password: PASSPHRASE,
      displayName: handle,
      handle,
      dateOfBirth: '1995-05-05',
    });
    if (answer.status !== 201) throw new Error(`sign-up: ${JSON.stringify(answer.body)}`);
    someone.is(answer.body.me.id);
    return someone;
  }
}

function start(
  databaseUrl: string,
  secrets: readonly [string, string],
  nowMs: number,
): Promise<ServerProcess> {
  return startServerProcess('story/story-process.ts', [databaseUrl, ...secrets, String(nowMs)]);
}

/**
 * Somebody with an app that does what apps do: it sends a request again, with the same key, when the house is away, signs
 * in when a session has ended, and asks for the password when that is what stands in the way.
 */
export class Someone {
  readonly #platform: Platform;
  readonly handle: string;
  id = '';
  uuid: Uuid = '' as Uuid;
  #hands: ReturnType<typeof hands> | undefined;
  #origin = '';
  #signingIn: Promise<void> | undefined;

  constructor(platform: Platform, handle: string) {
    this.#platform = platform;
    this.handle = handle;
  }

  get email(): string {
    return `${this.handle}@people.example`;
  }

  get cookie(): string {
    return this.#hands?.cookie ?? '';
  }

  is(id: string): void {
    this.id = id;
    this.uuid = parsePublicId('user', id) as Uuid;
  }

  get(path: string): Promise<Answer> {
    return this.request('GET', path);
  }

  post(path: string, body: unknown = {}, key: string = newId()): Promise<Answer> {
    return this.request('POST', path, body, { 'idempotency-key': key });
  }

  put(path: string, body?: unknown): Promise<Answer> {
    return this.request('PUT', path, body);
  }

  /** Fills in a page of a company across the street. */
  fillIn(url: string, form: Readonly<Record<string, string>>): Promise<Answer> {
    return this.request('POST', new URL(url).pathname, new URLSearchParams(form).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const options = body === undefined ? { headers } : { body, headers };
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        const answer = await (await this.#own()).request(method, path, options);
        if (!(await this.#mended(answer))) return answer;
      } catch (error) {
        // The line was cut, as when the house is killed.
        if (performance.now() > giveUpAt) throw error;
      }
      if (performance.now() > giveUpAt) throw new Error(`${method} ${path}: no answer in time`);
      await pause(AGAIN_MS);
    }
  }

  /** Whether something stood in the way that is now out of it, so that the same request is worth sending again. */
  async #mended({ status, body }: Answer): Promise<boolean> {
    if (status === 401 && this.id !== '') {
      this.#signingIn ??= this.#signIn().finally(() => {
        this.#signingIn = undefined;
      });
      await this.#signingIn;
      return true;
    }
    if (body?.code === 'confirmation_needed') {
      await (await this.#own()).post('/v1/session/confirmation', { password: PASSPHRASE });
      return true;
    }
    return AGAIN.has(body?.code);
  }

  async #signIn(): Promise<void> {
    this.#hands = hands(await this.#platform.origin(), '', false, PASSPHRASE);
    const { status, body } = await this.#hands.post('/v1/sign-in', {
      email: this.email,
      password: PASSPHRASE,
    });
    if (status !== 200) throw new Error(`sign-in: ${JSON.stringify(body)}`);
  }

  async #own(): Promise<ReturnType<typeof hands>> {
    const origin = await this.#platform.origin();
    if (this.#hands === undefined || origin !== this.#origin) {
      this.#hands = hands(origin, this.cookie, false, PASSPHRASE);
      this.#origin = origin;
    }
    return this.#hands;
  }
}
