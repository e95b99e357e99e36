import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, rename, stat, unlink } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import pg from 'pg';
import { copyOut } from './copy.ts';
import { connectionSettings } from './database.ts';
import { type AppliedMigration, appliedMigrations } from './migrate.ts';

/** The first line of a backup. */
export const BACKUP_MAGIC = 'carat-backup 1';

/** What a backup says before its rows: which schema, which tables. */
export interface BackupHeader {
  /** When the snapshot was taken, by the database's clock, ISO 8601. */
  readonly takenAt: string;
  /** The server that was read, e.g. `18.4`. */
  readonly postgres: string;
  readonly migrations: readonly AppliedMigration[];
  readonly tables: readonly BackedUpTable[];
  readonly sequences: readonly BackedUpSequence[];
}

export interface BackedUpTable {
  /** Quoted with its schema, e.g. `public.gifts`. */
  readonly name: string;
  /** Quoted, in the order of the rows' fields; generated columns are left out. */
  readonly columns: readonly string[];
}

export interface BackedUpSequence {
  readonly name: string;
  /** The last value, a decimal number. */
  readonly last: string;
  readonly called: boolean;
}

/** What a backup says after its rows, so that a cut file is noticed: per table, how much and its SHA-256. */
export interface BackupTrailer {
  readonly tables: readonly TableSum[];
}

export interface TableSum {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface BackupOptions {
  /** The owner's address. */
  readonly url: string;
  readonly file: string;
  readonly say?: (sentence: string) => void;
}

/** Why a backup cannot be made or restored; the sentence is for the operator. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** The same bytes for the same rows, whatever the server's own settings are. */
export const COPY_SETTINGS = `
  set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set extra_float_digits = 3;
  set bytea_output = 'hex'; set synchronize_seqscans = off; set client_encoding = 'UTF8';`;

/**
 * Writes every row of the database, as of one instant, into one compressed file while everybody works on.
 * The file appears under its name only when it is whole and on the disk. Resolves to what is in it.
 */
export async function backup(
  options: BackupOptions,
): Promise<{ header: BackupHeader; trailer: BackupTrailer }> {
  const say = options.say ?? (() => {});
  if (await exists(options.file)) {
    throw new BackupError(
      `${options.file} is there already; a backup never overwrites one. Name another file.`,
    );
  }
  const draft = `${options.file}.part`;
  const client = await connectOwner(options.url);
  try {
    await client.query(COPY_SETTINGS);
    await client.query('begin isolation level repeatable read read only');
    const header = await readHeader(client);
    say(`Backing up ${header.tables.length} tables as of ${header.takenAt}`);
    const trailer = await writeFile(draft, client, header, say);
    await client.query('commit');
    await rename(draft, options.file);
    return { header, trailer };
  } catch (error) {
    await unlink(draft).catch(() => {});
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

/** A connection as the owner, without a time limit on its statements. */
export async function connectOwner(url: string): Promise<pg.Client> {
  const settings = connectionSettings({ url, role: null, statementTimeoutMs: 0 });
  const client = new pg.Client({ ...settings, application_name: 'carat backup' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** The tables that hold Carat's rows: not PostgreSQL's own, not an extension's, not the list of migrations. */
export async function readTables(client: pg.Client): Promise<BackedUpTable[]> {
  const { rows } = await client.query<BackedUpTable>(
    `select c.oid::regclass::text as name,
            array(select quote_ident(attname) from pg_attribute
                  where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = ''
                  order by attnum) as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and c.relkind in ('r', 'p') and not c.relispartition
        and c.oid is distinct from to_regclass('public.schema_migrations')
      order by n.nspname, c.relname`,
  );
  return rows;
}

/** Of a catalog's object: that no extension made it. */
export function notOfExtension(catalog: string, oid: string): string {
  return `not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;
}

/** Of a relation `c` in a schema `n`: that Carat made it. */
export const OURS = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
        and ${notOfExtension('pg_class', 'c.oid')}`;

/** Reads one table as text, telling `take` every piece; resolves to how much there was. */
export async function sumTable(
  client: pg.Client,
  { name, columns }: BackedUpTable,
  take: (piece: Buffer) => Promise<void>,
): Promise<TableSum> {
  const hash = createHash('sha256');
  let bytes = 0;
  const rows = await copyOut(
    client,
    `copy (select ${columns.join(', ')} from ${name}) to stdout`,
    async (piece) => {
      hash.update(piece);
      bytes += piece.length;
      await take(piece);
    },
  );
  return { name, rows, bytes, sha256: hash.digest('hex') };
}

async function readHeader(client: pg.Client): Promise<BackupHeader> {
  await client.query('set local search_path = pg_catalog');
  const now = await client.query<{ at: Date; postgres: string }>(
    `select now() as at, current_setting('server_version') as postgres`,
  );
  const tables = await readTables(client);
  const { rows: sequences } = await client.query<{ name: string; seq: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and c.relkind = 'S' order by 1`,
  );
  const positions: BackedUpSequence[] = [];
  for (const { name } of sequences) {
    // Sequences are outside of snapshots; read after it began, each is at or past what the rows used.
    const at = await client.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${name}`,
    );
    const position = at.rows[0];
    if (position !== undefined) positions.push({ name, ...position });
  }
  await client.query('set local search_path = public, pg_catalog');
  const migrations = await appliedMigrations(client);
  await client.query('set local search_path = pg_catalog');
  const { at, postgres } = now.rows[0] ?? { at: new Date(), postgres: '' };
  return { takenAt: at.toISOString(), postgres, migrations, tables, sequences: positions };
}

/** Line, header line, then per table pieces of a length and its bytes, ended by length 0; the trailer line last. */
async function writeFile(
  path: string,
  client: pg.Client,
  header: BackupHeader,
  say: (sentence: string) => void,
): Promise<BackupTrailer> {
  const squeeze = createZstdCompress();
  // Only the operator may read it: it holds everybody's data.
  const file = createWriteStream(path, { mode: 0o600, flags: 'w' });
  const written = pipeline(squeeze, file);
  written.catch(() => {});
  const write = async (piece: Buffer | string) => {
    if (!squeeze.write(piece)) await Promise.race([once(squeeze, 'drain'), written]);
  };
  await write(`${BACKUP_MAGIC}\n${JSON.stringify(header)}\n`);
  const sums: TableSum[] = [];
  for (const table of header.tables) {
    const sum = await sumTable(client, table, async (piece) => {
      await write(lengthOf(piece.length));
      await write(piece);
    });
    await write(lengthOf(0));
    sums.push(sum);
    if (sum.rows > 0) say(`  ${sum.name}: ${sum.rows} rows`);
  }
  const trailer = { tables: sums };
  squeeze.end(`${JSON.stringify(trailer)}\n`);
  await written;
  const handle = await open(path, 'r+');
  await handle.sync();
  await handle.close();
  return trailer;
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
