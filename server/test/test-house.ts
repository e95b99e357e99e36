import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { buildApp, type RunningApp } from '../src/app.ts';
import { type Config, loadConfig } from '../src/config.ts';
import type { Clock } from '../src/core/clock.ts';
import type { App, House, Slice } from '../src/house.ts';
import { authenticate } from '../src/identity/index.ts';
import { furnish } from '../src/open-house.ts';
import { PRESETS } from '../src/policy/index.ts';
import { insertPolicyVersion, policyVersions } from '../src/policy/store.ts';
import { slices as allSlices } from '../src/slices.ts';
import { closeAfterFile, testDatabaseUrl } from './harness.ts';

/** A whole server on a database of its own, listening on a free port of the loopback. */
export interface TestHouse {
  readonly house: House;
  readonly app: App;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** The owner's address of its database. */
  readonly databaseUrl: string;
  /** Signs somebody up and gives their hands: requests with their session. */
  person(handle: string, about?: Partial<SignUp>): Promise<Person>;
  /** Requests without a session. */
  readonly stranger: Hands;
  close(): Promise<void>;
}

export interface SignUp {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly handle: string;
  readonly dateOfBirth: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests read answers freely; the shapes are asserted by what they compare.
  // biome-ignore lint/suspicious/noExplicitAny: an answer may be any JSON
  readonly body: any;
}

/** Makes requests as somebody. */
export interface Hands {
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** `key`: the Idempotency-Key. */
  post(path: string, body?: unknown, key?: string): Promise<Answer>;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Person extends Hands {
  readonly id: string;
  readonly handle: string;
  readonly cookie: string;
}

export interface TestHouseOptions {
  readonly slices?: readonly Slice[];
  readonly clock?: Clock;
  /** A database to open again; a fresh one unless told. */
  readonly databaseUrl?: string;
  readonly config?: Partial<Config>;
}

/**
 * Opens a house for a test and closes it when the file is done. Houses of one file open one after the other: several
 * starts at once take each other's time, and a start has little of it.
 */
export function testHouse(options: TestHouseOptions = {}): Promise<TestHouse> {
  const opened = opening.then(() => openTestHouse(options));
  opening = opened.catch(() => {});
  return opened;
}

let opening: Promise<unknown> = Promise.resolve();

/** Another server of the same house: the same database, secrets and clock. */
export function serverBeside({
  house,
  databaseUrl,
}: Pick<TestHouse, 'house' | 'databaseUrl'>): Promise<TestHouse> {
  const { secrets } = house.config;
  return testHouse({ clock: house.clock, databaseUrl, config: { secrets } });
}

async function openTestHouse(options: TestHouseOptions): Promise<TestHouse> {
  const databaseUrl = options.databaseUrl ?? (await testDatabaseUrl());
  const config = { ...testConfig(databaseUrl), ...options.config };
  const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
  const furnished = await furnish(databaseUrl, {
    config,
    log,
    mustBeDurable: false,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  let running: RunningApp | undefined;
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await running?.stop();
    await furnished.close();
  };
  // Before it is used: a file whose house did not open must end all the same.
  closeAfterFile(close);
  await letEverybodyGoLive(furnished.house);
  const { house } = furnished;
  running = await buildApp(house, options.slices ?? allSlices, authenticate(house), furnished.sandbox);
  await running.start();
  await running.app.listen({ host: '127.0.0.1', port: 0 });
  const origin = `http://127.0.0.1:${(running.app.server.address() as AddressInfo).port}`;
  return {
    house,
    app: running.app,
    origin,
    databaseUrl,
    person: (handle, about) => signUp(origin, handle, about),
    stranger: hands(origin, '', true),
    close,
  };
}

/**
 * The first policy of a test's house: the preset `carat`, but nobody needs followers to go live, and fiat rates do not
 * grow too old. A test of what the
 * preset asks for adopts it.
 */
async function letEverybodyGoLive({ db }: House): Promise<void> {
  if ((await policyVersions(db)).length > 0) return;
  const { document, name } = PRESETS.carat;
  await insertPolicyVersion(db, {
    version: 1,
    preset: name,
    document: {
      ...document,
      goLive: { ...document.goLive, followersMin: 0 },
      rates: { ...document.rates, fiatMaxAgeDays: SHIPPED_FIAT_DAYS },
      spending: { ...document.spending, dayCents: null, weekCents: null, monthCents: null },
    },
    effectiveFrom: new Date(0),
    author: null,
    reason: 'A test needs no followers, spends what it likes, and uses the dated table of fiat rates.',
  });
}

const SHIPPED_FIAT_DAYS = 36_500;

/** Builds and starts the server; what fails half way leaves nothing open that would keep the test waiting. */
export function testConfig(databaseUrl: string): Config {
  const { secrets: _, ...rest } = loadConfig({
    DATABASE_URL: databaseUrl,
    PUBLIC_ORIGIN: 'https://carat.example',
    CARAT_SECRET: randomBytes(32).toString('base64url'),
    CARAT_WEBHOOK_SECRET: randomBytes(32).toString('base64url'),
    CARAT_DOCUMENT_KEY: randomBytes(32).toString('base64'),
    CARAT_SEED: 'none',
    CARAT_SANDBOX: 'on',
  });
  return {
    ...rest,
    // Tests ask the port that was free.
    publicOrigin: undefined,
    secrets: { session: randomBytes(32).toString('hex'), webhook: randomBytes(32).toString('hex') },
    webRoot: undefined,
    // A hash for each person of each test would take minutes of the whole run.
    passwordCost: { N: 2 ** 10, r: 8, p: 1 },
  };
}

/**
 * Requests to a server as whoever the cookie says. A new cookie in an answer is used from then on, as a browser
 * does; a stranger stays one. With a password, whatever has to be confirmed first is.
 */
export function hands(
  origin: string,
  firstCookie: string,
  isStranger = false,
  password?: string,
): Hands & { readonly cookie: string } {
  let cookie = firstCookie;
  let confirming: Promise<Answer> | undefined;
  const request = async (method: string, path: string, options: RequestOptions = {}): Promise<Answer> => {
    const answer = await ask(method, path, options);
    // As the console does: the password, then the same request once more.
    if (answer.body?.code !== 'confirm_first' || password === undefined) return answer;
    // Several at once confirm together: each confirmation ends the token before it.
    confirming ??= ask('POST', '/v1/session/confirmation', { body: { password } }).finally(() => {
      confirming = undefined;
    });
    const confirmed = await confirming;
    return confirmed.status === 204 ? ask(method, path, options) : confirmed;
  };
  const ask = async (method: string, path: string, { body, headers }: RequestOptions = {}) => {
    const answer = await fetch(origin + path, {
      method,
      redirect: 'manual',
      headers: {
        origin,
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const given = cookieIn(answer.headers);
    if (given !== undefined && !isStranger) cookie = given;
    const text = await answer.text();
    // One document: lines of JSON are a text.
    const isJson = /[/+]json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  };
  return {
    get cookie() {
      return cookie;
    },
    request,
    get: (path) => request('GET', path),
    post: (path, body = {}, key) =>
      request('POST', path, { body, ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }) }),
  };
}

/** Of everybody who does not say another. */
export const PASSPHRASE = 'a long enough pass phrase';

async function signUp(origin: string, handle: string, about: Partial<SignUp> = {}): Promise<Person> {
  const own = hands(origin, '', false, about.password ?? PASSPHRASE);
  const answer = await own.post('/v1/sign-up', {
    email: `${handle}@people.example`,
    password: PASSPHRASE,
    displayName: handle,
    handle,
    dateOfBirth: '1995-05-05',
    ...about,
  });
  if (answer.status !== 201)
    throw new Error(`sign-up answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return Object.assign(own, { id: answer.body.me.id as string, handle });
}

/** The session in an answer: `carat=…`, the empty text when it ended, undefined when the answer says nothing. */
function cookieIn(headers: Headers): string | undefined {
  const pair = headers.getSetCookie()[0]?.split(';')[0];
  return pair?.endsWith('=') ? '' : pair;
}
