import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import pg from 'pg';
import { type Database, type DatabaseOptions, openDatabase } from '../src/db/database.ts';
import { type Embedded, type EmbeddedOptions, openEmbedded } from '../src/db/embedded.ts';
import { isAlive } from '../src/db/file-lock.ts';
import { type Migration, migrate, readMigrations, schemaChecksum } from '../src/db/migrate.ts';
import { TEST_SETTINGS } from './test-settings.ts';
import { until } from './until.ts';

export interface TestDatabaseOptions extends Omit<DatabaseOptions, 'url'> {
  /** The schema as of this migration's number; the newest unless told. */
  readonly upTo?: number;
}

/** A database of its own for one test file or test: fresh, migrated, dropped when the file is done. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<Database> {
  const { upTo, ...open } = options;
  const url = await testDatabaseUrl(upTo);
  const database = await openDatabase({ ...open, url });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await database.close();
  };
  closers.push(close);
  return { ...database, close };
}

/** The owner's address of such a database, for tests that open it themselves or in other processes. */
export async function testDatabaseUrl(upTo?: number): Promise<string> {
  const server = await testServer();
  const template = await templateOf(server, upTo);
  const name = `carat_test_${process.pid}_${randomUUID().slice(0, 8)}`;
  await asOwner(server, (client) =>
    client.query(`create database ${name} template ${template} strategy file_copy`),
  );
  made.push(name);
  return databaseOn(server, name);
}

/** An empty database that no migration has touched. */
export async function emptyDatabaseUrl(): Promise<string> {
  const server = await testServer();
  const name = `carat_test_${process.pid}_${randomUUID().slice(0, 8)}`;
  await asOwner(server, (client) => client.query(`create database ${name}`));
  made.push(name);
  return databaseOn(server, name);
}

/** A PostgreSQL of its own, for tests that kill or restart it; its files are removed when the file is done. */
export async function testPostgres(options: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'carat-postgres-')));
  const embedded = await openEmbedded({ ...options, dataDirectory });
  closers.unshift(async () => {
    await embedded.close();
    if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
  });
  return embedded;
}

/** Closes something when the test file is done: the last opened first, before the databases go. */
export function closeAfterFile(close: () => Promise<void>): void {
  closers.push(close);
}

/** The same address with another database. */
export function databaseOn(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}

/** A server that is silent for so long is not there: tests fail rather than wait. */
const CONNECT_MS = 10_000;
/** An autovacuum worker is the superuser's; the owner of a database may not end it. */
const INSUFFICIENT_PRIVILEGE = '42501';

/** Databases made by this process and what it opened; both go when the test file is done. */
const made: string[] = [];
const closers: (() => Promise<void>)[] = [];
const templates = new Map<string, Promise<string>>();
let shared: Promise<{ url: string; embedded?: Embedded }> | undefined;

after(async () => {
  const results = await Promise.allSettled(closers.reverse().map((close) => close()));
  if (shared !== undefined) {
    const { url, embedded } = await shared;
    await asOwner(url, async (client) => {
      for (const name of made) await drop(client, name);
    });
    await embedded?.close();
  }
  for (const result of results) if (result.status === 'rejected') throw result.reason;
});

/**
 * The server that test files share: the one `npm test` started, or an embedded one in the temporary directory
 * that all runs of this checkout join and the last one stops. It does not wait for the disk:
 * nobody needs a test's data after a crash of the machine. A clone by file copy took 210 ms here, by log 330 ms.
 */
async function testServer(): Promise<string> {
  shared ??= openShared();
  return (await shared).url;
}

async function openShared(): Promise<{ url: string; embedded?: Embedded }> {
  const given = process.env.CARAT_TEST_DATABASE_URL;
  if (given !== undefined && given !== '') return { url: given };
  const embedded = await openEmbedded({ dataDirectory: sharedDirectory(), settings: TEST_SETTINGS });
  await asOwner(embedded.url, dropLeftovers);
  return { url: embedded.url, embedded };
}

function sharedDirectory(): string {
  const checkout = createHash('sha256')
    .update(resolve(import.meta.dirname, '../..'))
    .digest('hex')
    .slice(0, 8);
  return join(tmpdir(), `carat-test-${process.getuid?.() ?? 0}-${checkout}`);
}

/** Databases of test processes that were killed before they could drop them. */
async function dropLeftovers(client: pg.Client): Promise<void> {
  const found = await client.query<{ datname: string }>(
    `select datname from pg_database where datname like 'carat\\_test\\_%'`,
  );
  for (const { datname } of found.rows) {
    const pid = Number(datname.split('_')[2]);
    if (!isAlive(pid)) await client.query(`drop database if exists ${datname} with (force)`);
  }
}

function templateOf(server: string, upTo: number | undefined): Promise<string> {
  const key = String(upTo ?? 'all');
  const known = templates.get(key) ?? makeTemplate(server, upTo);
  templates.set(key, known);
  return known;
}

/** Named by the checksum of its migrations, so that an edited migration makes a new one. */
async function makeTemplate(server: string, upTo: number | undefined): Promise<string> {
  const migrations = (await readMigrations()).filter(({ version }) => upTo === undefined || version <= upTo);
  const name = `carat_template_${schemaChecksum(migrations).slice(0, 16)}`;
  await asOwner(server, async (client) => {
    await client.query(`select pg_advisory_lock(hashtext('carat_template'))`);
    const found = await client.query('select from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await buildTemplate(client, server, name, migrations);
  });
  return name;
}

/** Migrated under another name first, so that a template that was interrupted is never cloned. */
async function buildTemplate(
  client: pg.Client,
  server: string,
  name: string,
  migrations: readonly Migration[],
): Promise<void> {
  const draft = `carat_template_draft`;
  await client.query(`drop database if exists ${draft} with (force)`);
  await client.query(`create database ${draft}`);
  await migrate({ url: databaseOn(server, draft), migrations });
  await client.query(`alter database ${draft} rename to ${name}`);
}

/** Drops a database and ends who is connected to it, which must wait while the server itself cleans up there. */
async function drop(client: pg.Client, name: string): Promise<void> {
  await until(`${name} is dropped`, () =>
    client.query(`drop database if exists ${name} with (force)`).then(
      () => true,
      (error: pg.DatabaseError) => {
        if (error.code !== INSUFFICIENT_PRIVILEGE) throw error;
        return false;
      },
    ),
  );
}

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
