import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { APP_ROLE, connectionSettings } from './database.ts';

/** One file of `server/migrations`: `0010_ledger.sql`. */
export interface Migration {
  readonly version: number;
  /** The file name. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly checksum: string;
}

export interface MigrateOptions {
  /** The owner's address. */
  readonly url: string;
  /** The files of `server/migrations` unless told. */
  readonly migrations?: readonly Migration[];
  /** Told one sentence per step. */
  readonly say?: (sentence: string) => void;
}

/** Why the database cannot be brought to this version; the sentence is for the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export const MIGRATIONS_DIRECTORY = new URL('../../migrations/', import.meta.url);

/** The key of the advisory lock: one migrator at a time in one database. */
const LOCK_KEY = 0x6361726174; // "carat"

/**
 * Brings the database to this version, one transaction per file, as the owner of the tables.
 * A second migrator waits for the first and then finds nothing to do. Returns the names of the files it ran.
 *
 * @throws MigrationError when a file that ran was edited, is missing, or would run out of order.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const migrations = options.migrations ?? (await readMigrations());
  const client = new pg.Client(connectionSettings({ url: options.url, role: null, statementTimeoutMs: 0 }));
  // A server that dies in the middle is told by the query that was running.
  client.on('error', () => {});
  await client.connect();
  try {
    await noticeDeath(client);
    await takeLock(client, options.say);
    await ensureAppRole(client);
    await ensureMigrationsTable(client);
    const done = await appliedMigrations(client);
    refuseUnlessContinues(done, migrations);
    const pending = migrations.slice(done.length);
    for (const migration of pending) {
      await run(client, migration);
      if (done.length > 0) options.say?.(`Migrated the database: ${migration.name}`);
    }
    if (done.length === 0 && pending.length > 0) options.say?.('Made the tables.');
    return pending.map((migration) => migration.name);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The migrations in their order. @throws MigrationError when a name is not `NNNN_noun.sql` or a number is used twice. */
export async function readMigrations(directory: URL = MIGRATIONS_DIRECTORY): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const migrations: Migration[] = [];
  for (const name of names) {
    const match = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name);
    if (match === null)
      throw new MigrationError(`${name} is not a migration's name; write it as 0042_noun.sql.`);
    const version = Number(match[1]);
    const before = migrations.at(-1);
    if (before?.version === version) {
      throw new MigrationError(
        `${before.name} and ${name} have the same number; give the newer one a higher number.`,
      );
    }
    const sql = await readFile(new URL(name, directory), 'utf8');
    migrations.push({ version, name, sql, checksum: createHash('sha256').update(sql).digest('hex') });
  }
  return migrations;
}

/** One checksum over all migrations: it names a schema. */
export function schemaChecksum(migrations: readonly Migration[]): string {
  const hash = createHash('sha256');
  for (const { name, checksum } of migrations) hash.update(`${name} ${checksum}\n`);
  return hash.digest('hex');
}

/** A file that a database ran. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

/**
 * When a migrator is killed in a long statement, the server would finish it for nobody and hold the lock as long.
 * Systems on which a server cannot look after its client say so; there the next migrator waits.
 */
async function noticeDeath(client: pg.Client): Promise<void> {
  await client.query(`set client_connection_check_interval = '500ms'`).catch(() => {});
}

async function takeLock(client: pg.Client, say: MigrateOptions['say']): Promise<void> {
  const tried = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
    LOCK_KEY,
  ]);
  if (tried.rows[0]?.taken === true) return;
  say?.('Another process is migrating this database; waiting for it.');
  await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
}

/**
 * Roles belong to the whole cluster, not to the database, so this is checked at every start:
 * a database restored on another cluster by other means still finds its role.
 */
export async function ensureAppRole(client: pg.Client): Promise<void> {
  const found = await client.query<{ exists: boolean; member: boolean; owner: string }>(
    `select exists (select from pg_roles where rolname = $1) as exists,
            coalesce((select pg_has_role(current_user, oid, 'MEMBER') from pg_roles where rolname = $1), false) as member,
            current_user as owner`,
    [APP_ROLE],
  );
  const { exists = false, member = false, owner = '' } = found.rows[0] ?? {};
  try {
    if (!exists) await createAppRole(client);
    if (!member) await client.query(`grant ${APP_ROLE} to current_user`);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new MigrationError(
      `The database user "${owner}" may not ${exists ? 'use' : 'create'} the role "${APP_ROLE}" that Carat works as. ` +
        `Have an administrator run this once, then start again:  ` +
        `${exists ? '' : `CREATE ROLE ${APP_ROLE} NOLOGIN;  `}GRANT ${APP_ROLE} TO "${owner}";`,
    );
  }
}

async function createAppRole(client: pg.Client): Promise<void> {
  try {
    await client.query(`create role ${APP_ROLE} nologin`);
  } catch (error) {
    // Another database of the same cluster was quicker.
    const code = (error as { code?: string }).code;
    if (code !== '42710' && code !== '23505') throw error;
  }
}

/** Makes the table that says which files ran. */
export async function ensureMigrationsTable(client: pg.Client): Promise<void> {
  try {
    await client.query(
      `create table if not exists schema_migrations (
         version    integer primary key,
         name       text not null,
         checksum   text not null,
         applied_at timestamptz not null default now()
       )`,
    );
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new MigrationError(
      'The database user may not create tables here. Make it the owner of the database:  ' +
        'ALTER DATABASE <name> OWNER TO <user>;',
    );
  }
}

/** The files that this database ran, in their order. */
export async function appliedMigrations(client: pg.Client): Promise<AppliedMigration[]> {
  const result = await client.query<AppliedMigration>(
    'select version, name, checksum from schema_migrations order by version',
  );
  return result.rows;
}

function refuseUnlessContinues(done: readonly AppliedMigration[], migrations: readonly Migration[]): void {
  for (const [index, ran] of done.entries()) {
    const file = migrations.find((migration) => migration.version === ran.version);
    if (file === undefined) {
      throw new MigrationError(
        `This database was migrated by a newer Carat (${ran.name} is not in this version). Start that version, or a newer one.`,
      );
    }
    if (file.checksum !== ran.checksum) {
      throw new MigrationError(
        `${file.name} was edited after this database ran it. Put the file back as it was and write the change as a new migration.`,
      );
    }
    const expected = migrations[index];
    if (expected !== undefined && expected.version !== ran.version) {
      throw new MigrationError(
        `${expected.name} has a lower number than ${ran.name}, which this database already ran. Give it a higher number than the last one.`,
      );
    }
  }
}

async function run(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('begin');
    await applyMigration(client, migration);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw new MigrationError(
      `${migration.name} failed and was rolled back: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** Runs one file and writes down that it ran, in the caller's transaction. */
export async function applyMigration(client: pg.Client, migration: Migration): Promise<void> {
  await client.query(migration.sql);
  await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    migration.checksum,
  ]);
}
