import { createHash } from 'node:crypto';
import type pg from 'pg';
import {
  type BackedUpSequence,
  type BackedUpTable,
  BackupError,
  type BackupHeader,
  COPY_SETTINGS,
  connectOwner,
  notOfExtension,
  OURS,
  readTables,
  sumTable,
  type TableSum,
} from './backup.ts';
import { type BackupFile, openBackup } from './backup-file.ts';
import { copyIn } from './copy.ts';
import {
  applyMigration,
  ensureAppRole,
  ensureMigrationsTable,
  type Migration,
  migrate,
  readMigrations,
} from './migrate.ts';

export interface RestoreOptions {
  /** The owner's address. */
  readonly url: string;
  readonly file: string;
  /** Empties a database that holds something first. Without it such a database is refused. */
  readonly replace?: boolean;
  readonly migrations?: readonly Migration[];
  readonly say?: (sentence: string) => void;
}

const LEAVING_LOOKS = 15;
const LEAVING_PAUSE_SECONDS = 0.2;

/**
 * Puts a backup into a database, all or nothing: the schema is made as it was when the backup was taken, the
 * rows are loaded, every table is read back and compared with the backup's sums, and only then is the one
 * transaction committed. Afterwards the migrations that are newer than the backup run.
 *
 * The rows arrive as they were, so neither triggers nor foreign keys work meanwhile: the owner of the tables
 * switches the triggers off and drops the keys inside the transaction (no superuser is needed, and the role
 * the server works as owns nothing), and making the keys again proves every reference.
 *
 * @throws BackupError with a sentence for the operator; then nothing was changed.
 */
export async function restore(options: RestoreOptions): Promise<BackupHeader> {
  const say = options.say ?? (() => {});
  const migrations = options.migrations ?? (await readMigrations());
  const file = await openBackup(options.file);
  try {
    const then = migrationsOf(file.header, migrations);
    const client = await connectOwner(options.url);
    try {
      await refuseWhileUsed(client);
      if (options.replace !== true) await refuseUnlessEmpty(client);
      await client.query(COPY_SETTINGS);
      await client.query('begin');
      await rebuildSchema(client, then);
      await load(client, file, say);
      await client.query('commit');
    } finally {
      await client.end().catch(() => {});
    }
    await migrate({ url: options.url, migrations, say });
    await analyze(options.url);
    return file.header;
  } finally {
    file.close();
  }
}

/** The migrations that the backed-up database had run; they must be among ours, unchanged. */
function migrationsOf(header: BackupHeader, migrations: readonly Migration[]): Migration[] {
  return header.migrations.map((ran, index) => {
    const ours = migrations[index];
    if (ours?.version === ran.version && ours.checksum === ran.checksum) return ours;
    throw new BackupError(
      `This backup was made by another Carat (its ${ran.name} is not the one of this version). ` +
        'Restore it with the version that made it, or a newer one.',
    );
  });
}

/** A process that has just ended leaves its connections for a moment, so it looks a few times. */
async function refuseWhileUsed(client: pg.Client): Promise<void> {
  for (let looks = 0; looks < LEAVING_LOOKS; looks += 1) {
    const { rows } = await client.query<{ users: string }>(
      `select count(*)::text as users from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and application_name like 'carat%'`,
    );
    if (rows[0]?.users === '0') return;
    await client.query(`select pg_sleep(${LEAVING_PAUSE_SECONDS})`);
  }
  throw new BackupError('Carat is working on this database. Stop it (Ctrl-C where it runs), then restore.');
}

/** A migrated database in which nobody has signed up and no money has moved counts as empty. */
async function refuseUnlessEmpty(client: pg.Client): Promise<void> {
  for (const table of ['users', 'ledger_transfers']) {
    const found = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
      table,
    ]);
    if (found.rows[0]?.there !== true) continue;
    const used = await client.query(`select from ${table} limit 1`);
    if (used.rowCount === 0) continue;
    throw new BackupError(
      `This database is in use: the table ${table} has rows. Nothing was changed. ` +
        'To replace everything in it by the backup, add --replace; what is there now is backed up first.',
    );
  }
}

async function rebuildSchema(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await dropEverything(client);
  await ensureAppRole(client);
  await ensureMigrationsTable(client);
  for (const migration of migrations) await applyMigration(client, migration);
}

/** Everything Carat made in this database; what belongs to an extension stays. */
async function dropEverything(client: pg.Client): Promise<void> {
  const commands = [
    `select format('drop schema %I cascade', n.nspname) from pg_namespace n
      where n.nspname not in ('public', 'information_schema') and n.nspname not like 'pg\\_%'
        and pg_has_role(current_user, n.nspowner, 'USAGE') and ${notOfExtension('pg_namespace', 'n.oid')}`,
    `select format('drop %s if exists %I.%I cascade',
                   case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
                   n.nspname, c.relname)
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and c.relkind in ('r', 'p', 'v', 'm')`,
    `select format('drop sequence if exists %I.%I cascade', n.nspname, c.relname)
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and c.relkind = 'S'`,
    `select format('drop routine if exists %s cascade', p.oid::regprocedure)
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'public' and ${notOfExtension('pg_proc', 'p.oid')}`,
    `select format('drop type if exists %s cascade', t.oid::regtype)
       from pg_type t join pg_namespace n on n.oid = t.typnamespace
      where n.nspname = 'public' and t.typtype in ('e', 'd') and ${notOfExtension('pg_type', 't.oid')}`,
  ];
  for (const command of commands) {
    const { rows } = await client.query<{ format: string }>(command);
    if (rows.length > 0) await client.query(rows.map(({ format }) => format).join(';'));
  }
}

async function load(client: pg.Client, file: BackupFile, say: (sentence: string) => void): Promise<void> {
  const { tables, sequences } = file.header;
  // With nothing else in the path, every name PostgreSQL writes has its schema.
  await client.query('set local search_path = pg_catalog');
  refuseOtherTables(tables, await readTables(client));
  const names = tables.map(({ name }) => name).join(', ');
  const wake = await silenceTriggers(client);
  const rebind = await dropForeignKeys(client);
  await client.query('set local search_path = public');
  // Migrations may have put rows of their own; the backup has them as they became.
  if (tables.length > 0) await client.query(`truncate ${names}`);

  const loaded: TableSum[] = [];
  for (const table of tables) {
    const sum = await loadTable(client, table, file);
    if (sum.rows > 0) say(`  ${sum.name}: ${sum.rows} rows`);
    loaded.push(sum);
  }
  const { tables: promised } = await file.trailer();
  say('Comparing what was restored with the backup …');
  for (const [index, table] of tables.entries()) {
    const there = await sumTable(client, table, async () => {});
    refuseDifference(table, promised[index], loaded[index]);
    refuseDifference(table, promised[index], there);
  }
  for (const sequence of sequences) await setSequence(client, sequence);
  await rebind();
  await wake();
}

function refuseOtherTables(backedUp: readonly BackedUpTable[], made: readonly BackedUpTable[]): void {
  const [before, now] = [backedUp, made].map((tables) => JSON.stringify(tables));
  if (before === now) return;
  const unknown = backedUp.find(({ name }) => !made.some((table) => table.name === name))?.name;
  throw new BackupError(
    unknown === undefined
      ? 'The tables of this backup have other columns than their migrations make. Nothing was restored.'
      : `The backup has a table ${unknown} that no migration of Carat makes. Nothing was restored.`,
  );
}

async function loadTable(client: pg.Client, table: BackedUpTable, file: BackupFile): Promise<TableSum> {
  const hash = createHash('sha256');
  let bytes = 0;
  const pieces = async function* () {
    for await (const piece of file.table()) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
  };
  const copy = `copy ${table.name} (${table.columns.join(', ')}) from stdin`;
  const rows = await copyIn(client, copy, pieces()).catch((error: unknown) => {
    if (error instanceof BackupError) throw error;
    throw new BackupError(
      `The rows of ${table.name} could not be restored: ${(error as Error).message}. ` +
        'The file was damaged, or the database could not go on. Nothing was restored.',
    );
  });
  return { name: table.name, rows, bytes, sha256: hash.digest('hex') };
}

function refuseDifference(
  table: BackedUpTable,
  promised: TableSum | undefined,
  found: TableSum | undefined,
): void {
  if (promised !== undefined && promised.rows === found?.rows && promised.sha256 === found.sha256) return;
  throw new BackupError(
    `${table.name} does not agree with the backup's own sum (${promised?.rows} rows promised, ${found?.rows} found). ` +
      'The file was damaged. Nothing was restored.',
  );
}

/** Switches our own triggers off; the answer switches each back to what it was. */
async function silenceTriggers(client: pg.Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ target: string; name: string; enabled: string }>(
    `select c.oid::regclass::text as target, quote_ident(t.tgname) as name, t.tgenabled as enabled
       from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and not t.tgisinternal and t.tgparentid = 0 and t.tgenabled <> 'D'`,
  );
  for (const { target, name } of rows) await client.query(`alter table ${target} disable trigger ${name}`);
  return async () => {
    for (const { target, name, enabled } of rows) {
      const how = { A: 'enable always', R: 'enable replica' }[enabled] ?? 'enable';
      await client.query(`alter table ${target} ${how} trigger ${name}`);
    }
  };
}

/** Drops the foreign keys; the answer makes them again, which checks every row. */
async function dropForeignKeys(client: pg.Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ target: string; name: string; definition: string }>(
    `select c.oid::regclass::text as target, quote_ident(k.conname) as name, pg_get_constraintdef(k.oid) as definition
       from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and k.contype = 'f' and k.conparentid = 0 order by 1, 2`,
  );
  for (const { target, name } of rows) await client.query(`alter table ${target} drop constraint ${name}`);
  return async () => {
    for (const { target, name, definition } of rows) {
      await client.query(`alter table ${target} add constraint ${name} ${definition}`);
    }
  };
}

async function setSequence(client: pg.Client, { name, last, called }: BackedUpSequence): Promise<void> {
  await client.query('select setval($1::regclass, $2::int8, $3)', [name, last, called]);
}

/** A freshly loaded table has no statistics, and the planner would guess. */
async function analyze(url: string): Promise<void> {
  const client = await connectOwner(url);
  try {
    for (const { name } of await readTables(client)) await client.query(`analyze ${name}`);
  } finally {
    await client.end().catch(() => {});
  }
}
