import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import {
  binaryDirectory,
  closedDirectory,
  EmbeddedError,
  majorVersion,
  type ServerUser,
  serverUser,
} from './embedded-host.ts';
import { commandOf, isAlive, withFileLock } from './file-lock.ts';

export interface EmbeddedOptions {
  /** Holds `postgres/` (the data), `postgres.json` (port and passwords) and `postgres.log`. */
  readonly dataDirectory: string;
  /** Another PostgreSQL's `bin` directory, version 15 or newer; the npm package's unless told. */
  readonly binaries?: string;
  /** Server settings beside the usual ones, e.g. `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told one sentence when something takes long or was repaired. */
  readonly say?: (sentence: string) => void;
}

/** A running embedded PostgreSQL that this process uses. */
export interface Embedded {
  /** The address of the database `carat` as its owner: may create databases and roles, is no superuser. */
  readonly url: string;
  /** The address of the database `postgres` as the superuser. */
  readonly superuserUrl: string;
  readonly port: number;
  /** The process id of the server right now. */
  pid(): number;
  /** Leaves the server; it stops when no other process uses it. */
  close(): Promise<void>;
}

/** Kept in a file only its owner may read. */
interface Keys {
  readonly port: number;
  readonly superuserPassword: string;
  readonly ownerPassword: string;
}

/** What `postmaster.pid` says. */
interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

interface Server {
  readonly directory: string;
  readonly data: string;
  readonly binaries: string;
  readonly user: ServerUser | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly say: (sentence: string) => void;
}

const LOCK_WAIT_MS = 120_000;
/** Replaying the log after a crash is honest work and may take minutes. */
const READY_WAIT_MS = 600_000;
const STOP_WAIT_MS = 30_000;
const POLL_MS = 20;
const LOG_MAX_BYTES = 5_000_000;
/** Every process that uses the server holds this lock shared; whoever gets it alone was the last one. */
const PRESENCE_KEY = 0x63617261;

/**
 * Starts the PostgreSQL of this data directory, or joins it where it already runs: started by another process,
 * or left behind by one that was killed. While this process is there the server is started again should it die.
 *
 * @throws EmbeddedError with a sentence for the operator when it cannot run here.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const server = prepare(options);
  const lock = join(server.directory, 'postgres.lock');
  const connect = (port?: number) =>
    withFileLock(lock, LOCK_WAIT_MS, async () => {
      const keys = await ensureRunning(server, port);
      return { keys, presence: await enter(keys) };
    });

  const { keys, presence: first } = await connect();
  let presence = first;
  let closing = false;
  const watch = () => {
    presence.once('end', () => {
      if (!closing) void revive();
    });
  };
  /** The address was handed out already, so the server must come back on the same port. */
  const revive = async () => {
    server.say('The embedded database stopped; starting it again.');
    for (let waitMs = 100; !closing; waitMs = Math.min(waitMs * 2, 5_000)) {
      try {
        ({ presence } = await connect(keys.port));
        watch();
        return;
      } catch (error) {
        server.say(`The embedded database does not start: ${(error as Error).message}`);
        await pause(waitMs);
      }
    }
  };
  watch();

  return {
    url: addressOf('carat', keys.ownerPassword, keys.port, 'carat'),
    superuserUrl: addressOf('postgres', keys.superuserPassword, keys.port, 'postgres'),
    port: keys.port,
    pid: () => readPostmaster(server.data)?.pid ?? 0,
    close: async () => {
      if (closing) return;
      closing = true;
      await withFileLock(lock, LOCK_WAIT_MS, async () => {
        if (await isLast(presence)) await stop(server);
        await presence.end().catch(() => {});
      });
    },
  };
}

/** Finds out where and as whom the server can run, and says plainly what stands in the way. */
function prepare(options: EmbeddedOptions): Server {
  const directory = resolve(options.dataDirectory);
  const data = join(directory, 'postgres');
  const user = ownerOf(data) ?? serverUser();
  try {
    mkdirSync(directory, { recursive: true, mode: user === undefined ? 0o700 : 0o711 });
  } catch (error) {
    throw new EmbeddedError(
      `Carat cannot make its data directory ${directory}: ${(error as Error).message}. ` +
        'Make it writable, or name another one with CARAT_DATA_DIR.',
    );
  }
  if (user !== undefined) {
    if (closedDirectory(directory) === directory) chmodSync(directory, 0o711);
    const closed = closedDirectory(directory);
    if (closed !== undefined) {
      throw new EmbeddedError(
        `The user "${user.name}", whom PostgreSQL runs as, cannot enter ${closed}. ` +
          `Open it (chmod o+x ${closed}), or name another data directory with CARAT_DATA_DIR.`,
      );
    }
  }
  return {
    directory,
    data,
    binaries: options.binaries ?? binaryDirectory(),
    user,
    settings: options.settings ?? {},
    say: options.say ?? (() => {}),
  };
}

/** Data that already has an owner other than root stays theirs, whoever starts Carat today. */
function ownerOf(data: string): ServerUser | undefined {
  if (process.getuid?.() !== 0 || !existsSync(data)) return undefined;
  const { uid, gid } = statSync(data);
  return uid === 0 ? undefined : { name: `uid ${uid}`, uid, gid };
}

/** Called under the file lock. `port` = it must be this one, because addresses with it are in use. */
async function ensureRunning(server: Server, port: number | undefined): Promise<Keys> {
  let keys = readKeys(server);
  if (!existsSync(join(server.data, 'PG_VERSION'))) {
    keys = keys ?? (await makeKeys());
    await initialise(server, keys);
  }
  if (keys === undefined) {
    throw new EmbeddedError(
      `${keysPath(server)} is missing, and without its password the data in ${server.data} cannot be opened. ` +
        'Put the file back from a backup, or move both away to start afresh.',
    );
  }
  if (await adopt(server, keys)) return keys;
  if (!(await isFree(keys.port))) {
    if (port !== undefined) throw new EmbeddedError(`another program took its port ${port}`);
    keys = { ...keys, port: await freePort() };
  }
  writeKeys(server, keys);
  await start(server, keys);
  await ensureDatabase(keys);
  return keys;
}

/** Joins a server that already runs on this data; clears away the trace of one that is gone. */
async function adopt(server: Server, keys: Keys): Promise<boolean> {
  const found = readPostmaster(server.data);
  if (found === undefined) return false;
  const ours = () => isAlive(found.pid) && commandOf(found.pid).includes(server.data);
  if (!ours()) {
    // The process id may belong to someone else by now; PostgreSQL itself would refuse to start because of it.
    rmSync(join(server.data, 'postmaster.pid'), { force: true });
    return false;
  }
  if (!(await becomesReady(server, { ...keys, port: found.port }, ours))) return false;
  if (found.port !== keys.port) {
    throw new EmbeddedError(
      `PostgreSQL already runs on ${server.data}, at port ${found.port} instead of ${keys.port}. Stop process ${found.pid}.`,
    );
  }
  return true;
}

/** Into another directory first, so that one that was interrupted is never taken for a finished one. */
async function initialise(server: Server, keys: Keys): Promise<void> {
  const draft = `${server.data}.new`;
  const passwordFile = `${draft}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, keys.superuserPassword, { mode: 0o600 });
  if (server.user !== undefined) {
    for (const path of [draft, passwordFile]) chownSync(path, server.user.uid, server.user.gid);
  }
  const major = majorVersion(server.binaries, server.user);
  try {
    await initdb(server, [
      `--pgdata=${draft}`,
      '--auth=scram-sha-256',
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      // The same order of words on every machine, whatever its libraries.
      ...(major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
    ]);
    writeKeys(server, keys);
    renameSync(draft, server.data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function initdb(server: Server, flags: readonly string[]): Promise<void> {
  const child = spawn(join(server.binaries, 'initdb'), flags, {
    ...spawnAs(server),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return new Promise((done, fail) => {
    const refuse = (why: string) =>
      fail(
        new EmbeddedError(
          `PostgreSQL could not make its files in ${server.directory}: ${why.trim()}. ` +
            'Name a directory on another disk with CARAT_DATA_DIR, or set DATABASE_URL.',
        ),
      );
    child.once('error', (error) => refuse(error.message));
    child.once('close', (code) => (code === 0 ? done() : refuse(said || `initdb ended with ${code}`)));
  });
}

async function start(server: Server, keys: Keys): Promise<void> {
  const major = majorVersion(server.binaries, server.user);
  const written = readFileSync(join(server.data, 'PG_VERSION'), 'utf8').trim();
  if (written !== String(major)) {
    throw new EmbeddedError(
      `The data in ${server.data} was written by PostgreSQL ${written} and this is ${major}. ` +
        'Make a backup with the Carat that wrote it (npm run backup), move the directory away, and restore.',
    );
  }
  const logFile = join(server.directory, 'postgres.log');
  if (existsSync(logFile) && statSync(logFile).size > LOG_MAX_BYTES) renameSync(logFile, `${logFile}.1`);
  const from = existsSync(logFile) ? statSync(logFile).size : 0;
  const log = openSync(logFile, 'a', 0o600);
  const flags = Object.entries({ ...usualSettings(keys.port, major), ...server.settings });
  // Its own session: Ctrl-C in the terminal reaches Carat alone, which closes its work before the database.
  const child = spawn(
    join(server.binaries, 'postgres'),
    ['-D', server.data, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...spawnAs(server), detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `it ended with ${signal ?? code}`;
  });
  child.unref();
  if (!(await becomesReady(server, keys, () => ended === undefined))) {
    const said = readFileSync(logFile, 'utf8').slice(from).trim().split('\n').slice(-5).join(' / ');
    throw new EmbeddedError(
      `PostgreSQL does not start on ${server.data}: ${said || ended}. Its log is ${logFile}.`,
    );
  }
}

/**
 * Durable (every commit is on disk before it is answered) and made for a ledger that mostly writes:
 * room for the log between checkpoints, full pages compressed in it.
 */
function usualSettings(port: number, major: number): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '120',
    shared_buffers: '256MB',
    wal_buffers: '16MB',
    wal_compression: 'pglz',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '4GB',
    min_wal_size: '256MB',
    checkpoint_timeout: '15min',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_line_prefix: '%m [%p] ',
    // No workers for reading ahead: the working set is in memory, and an idle server stays small.
    ...(major >= 18 ? { io_method: 'sync' } : {}),
  };
}

/** The working directory must be one that the server's user may enter; the environment is none of its business. */
function spawnAs(server: Server) {
  return {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
    ...(server.user === undefined ? {} : { uid: server.user.uid, gid: server.user.gid }),
  };
}

/** Waits until our data answers to our password; false once `alive` says that the process is gone. */
async function becomesReady(server: Server, keys: Keys, alive: () => boolean): Promise<boolean> {
  const began = Date.now();
  let told = false;
  while (alive()) {
    try {
      const data = await askOnce<{ data_directory: string }>(keys, 'show data_directory');
      if (realpathSync(data.data_directory) === realpathSync(server.data)) return true;
      throw new EmbeddedError(`Port ${keys.port} belongs to another PostgreSQL (${data.data_directory}).`);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === '28P01') {
        throw new EmbeddedError(
          `The password in ${keysPath(server)} is not the one of the data in ${server.data}.`,
        );
      }
      if (error instanceof EmbeddedError) throw error;
    }
    const waitedMs = Date.now() - began;
    if (waitedMs > READY_WAIT_MS) throw new EmbeddedError(`PostgreSQL on ${server.data} does not answer.`);
    if (waitedMs > 3_000 && !told) {
      told = true;
      server.say('The embedded database is putting its files in order after a crash; this can take a while.');
    }
    await pause(POLL_MS);
  }
  return false;
}

/** The owner of everything Carat makes: may create databases and roles, but is no superuser. */
async function ensureDatabase(keys: Keys): Promise<void> {
  const client = await connectTo(keys);
  try {
    const found = await client.query(`select from pg_roles where rolname = 'carat'`);
    if (found.rowCount === 0) await client.query('create role carat login createdb createrole');
    await client.query(`alter role carat password ${client.escapeLiteral(keys.ownerPassword)}`);
    const database = await client.query(`select from pg_database where datname = 'carat'`);
    if (database.rowCount === 0) await client.query('create database carat owner carat');
  } finally {
    await client.end();
  }
}

async function enter(keys: Keys): Promise<pg.Client> {
  const client = await connectTo(keys);
  client.on('error', () => {});
  await client.query('select pg_advisory_lock_shared($1)', [PRESENCE_KEY]);
  return client;
}

/** Whether no other process is present. A presence that was lost leaves the server to the others. */
async function isLast(presence: pg.Client): Promise<boolean> {
  try {
    await presence.query('select pg_advisory_unlock_shared($1)', [PRESENCE_KEY]);
    const alone = await presence.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
      PRESENCE_KEY,
    ]);
    return alone.rows[0]?.alone === true;
  } catch {
    return false;
  }
}

/** Rolls open transactions back, writes a checkpoint and ends. Gives up politeness, never safety, when that takes too long. */
async function stop(server: Server): Promise<void> {
  const postmaster = readPostmaster(server.data);
  if (postmaster === undefined) return;
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!signalled(postmaster.pid, signal)) return;
    const until = Date.now() + STOP_WAIT_MS;
    while (Date.now() < until) {
      if (readPostmaster(server.data)?.pid !== postmaster.pid && !isAlive(postmaster.pid)) return;
      await pause(POLL_MS);
    }
  }
  throw new EmbeddedError(`PostgreSQL (process ${postmaster.pid}) does not stop.`);
}

function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function readPostmaster(data: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return pid > 0 ? { pid, port } : undefined;
  } catch {
    return undefined;
  }
}

function keysPath(server: Server): string {
  return join(server.directory, 'postgres.json');
}

function readKeys(server: Server): Keys | undefined {
  const path = keysPath(server);
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Keys;
  } catch (error) {
    throw new EmbeddedError(
      `${path} cannot be read: ${(error as Error).message}. Start Carat as the user who owns it, ` +
        'or name another data directory with CARAT_DATA_DIR.',
    );
  }
}

async function makeKeys(): Promise<Keys> {
  const password = () => randomBytes(24).toString('base64url');
  return { port: await freePort(), superuserPassword: password(), ownerPassword: password() };
}

function writeKeys(server: Server, keys: Keys): void {
  const path = keysPath(server);
  writeFileSync(`${path}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once('error', () => answer(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => answer(true)));
  });
}

function freePort(): Promise<number> {
  return new Promise((answer, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => answer(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function askOnce<Row extends pg.QueryResultRow>(keys: Keys, text: string): Promise<Row> {
  const client = await connectTo(keys);
  try {
    const answer = await client.query<Row>(text);
    const row = answer.rows[0];
    if (row === undefined) throw new Error(`no answer to: ${text}`);
    return row;
  } finally {
    await client.end();
  }
}

async function connectTo(keys: Keys): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: addressOf('postgres', keys.superuserPassword, keys.port, 'postgres'),
    application_name: 'carat keeper',
    connectionTimeoutMillis: 5_000,
  });
  await client.connect();
  return client;
}

function addressOf(user: string, password: string, port: number, database: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
}
