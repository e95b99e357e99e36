import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { databaseOn, emptyDatabaseUrl, testPostgres } from '../../test/harness.ts';
import { until } from '../../test/until.ts';
import { openDatabase } from './database.ts';
import { type Migration, migrate, readMigrations } from './migrate.ts';

function file(name: string, sql: string): Migration {
  const version = Number(name.slice(0, 4));
  return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

/** Two small files of their own. */
const ONE = file('0001_one.sql', 'create table one (n int)');
const TWO = file('0002_two.sql', 'create table two (n int); insert into one values (2)');
const FIVE = file('0005_five.sql', 'create table five (n int)');

test('every file runs once, in order, and a second start finds nothing to do', async () => {
  const url = await emptyDatabaseUrl();
  assert.deepEqual(await migrate({ url, migrations: [ONE, TWO] }), [ONE.name, TWO.name]);
  assert.deepEqual(await migrate({ url, migrations: [ONE, TWO] }), []);
  assert.deepEqual(await migrate({ url, migrations: [ONE, TWO, FIVE] }), [FIVE.name]);
});

test('history that does not continue is refused with a sentence', async () => {
  const url = await emptyDatabaseUrl();
  await migrate({ url, migrations: [ONE, FIVE] });
  const edited = file(ONE.name, 'create table one (n int8)');
  const cases: [string, Migration[], RegExp][] = [
    [
      'an edited file',
      [edited, FIVE],
      /^0001_one.sql was edited after this database ran it\. Put the file back/,
    ],
    ['an older Carat', [ONE], /migrated by a newer Carat \(0005_five.sql is not in this version\)/],
    ['a file put in between', [ONE, TWO, FIVE], /^0002_two.sql has a lower number than 0005_five.sql/],
  ];
  for (const [what, migrations, sentence] of cases) {
    await assert.rejects(migrate({ url, migrations }), { name: 'MigrationError', message: sentence }, what);
  }
});

test('a file that fails leaves nothing of itself, and runs once it is mended', async () => {
  const url = await emptyDatabaseUrl();
  const broken = file(TWO.name, 'create table two (n int); select 1 / 0');
  await assert.rejects(
    migrate({ url, migrations: [ONE, broken] }),
    /0002_two.sql failed and was rolled back: division/,
  );
  assert.deepEqual(await migrate({ url, migrations: [ONE, TWO] }), [TWO.name]);
});

test('names and numbers are checked before anything runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carat-migrations-'));
  const directory = pathToFileURL(`${folder}/`);
  await writeFile(join(folder, '0001_one.sql'), 'select 1');
  await writeFile(join(folder, '0001_other.sql'), 'select 1');
  await assert.rejects(readMigrations(directory), /0001_one.sql and 0001_other.sql have the same number/);
  await rm(join(folder, '0001_other.sql'));
  await writeFile(join(folder, '2-two.sql'), 'select 1');
  await assert.rejects(readMigrations(directory), /2-two.sql is not a migration's name/);
  await rm(folder, { recursive: true });
});

test('four migrators at once: each file runs once', async () => {
  const url = await emptyDatabaseUrl();
  const ran = await Promise.all([1, 2, 3, 4].map(() => migrate({ url, migrations: [ONE, TWO, FIVE] })));
  assert.deepEqual(ran.flat().sort(), [ONE.name, TWO.name, FIVE.name]);
});

test('a migrator killed in the middle of a file: the next one runs the file from its beginning', async () => {
  const url = await emptyDatabaseUrl();
  // Slow only for the process whose address says so, so that both run the same bytes.
  const slow = file(
    TWO.name,
    `create table two (n int);
     select pg_sleep(case when current_setting('carat.slow', true) = 'on' then 600 else 0 end);
     insert into one values (2)`,
  );
  const script = `
    import { migrate } from ${JSON.stringify(new URL('./migrate.ts', import.meta.url).href)};
    await migrate({ url: process.argv[1], migrations: JSON.parse(process.argv[2]) });`;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', script, `${url}?options=-c%20carat.slow%3Don`, JSON.stringify([ONE, slow])],
    { stdio: 'inherit' },
  );
  const watcher = new pg.Client({ connectionString: url });
  await watcher.connect();
  await until('it sleeps inside the second file', async () => {
    const found = await watcher.query(
      `select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
    );
    return found.rowCount === 1;
  });
  child.kill('SIGKILL');
  assert.deepEqual(await migrate({ url, migrations: [ONE, slow] }), [TWO.name]);
  const rows = await watcher.query('select n from one');
  assert.deepEqual(rows.rows, [{ n: 2 }], 'once');
  await watcher.end();
});

test('the role Carat works as cannot rewrite history, and neither can the owner by accident', async () => {
  const url = await emptyDatabaseUrl();
  const [roles] = await readMigrations();
  assert.ok(roles);
  const books = file('0002_books.sql', `create table books (n int); select carat_append_only('books')`);
  await migrate({ url, migrations: [roles, books] });
  const app = await openDatabase({ url });
  await app.query('insert into books values (1)');
  for (const statement of ['update books set n = 2', 'delete from books', 'truncate books']) {
    await assert.rejects(app.query(statement), { code: '42501' }, statement);
  }
  for (const statement of [
    'alter table books disable trigger all',
    'drop table books',
    'create table mine (n int)',
    `insert into schema_migrations values (9, 'x', 'x')`,
    `select carat_append_only('books')`,
  ]) {
    await assert.rejects(app.query(statement), { code: '42501' }, statement);
  }
  const owner = await openDatabase({ url, role: null });
  for (const statement of ['update books set n = 2', 'delete from books', 'truncate books']) {
    await assert.rejects(
      owner.query(statement),
      { code: '23001', message: /books is append-only/ },
      statement,
    );
  }
  assert.deepEqual(await app.query('select n from books'), [{ n: 1 }]);
  await app.close();
  await owner.close();
});

test('an owner who may not make roles is told what to type, and then it works', async () => {
  const postgres = await testPostgres();
  const superuser = new pg.Client({ connectionString: postgres.superuserUrl });
  await superuser.connect();
  await superuser.query(`create role plain login password 'plain'`);
  await superuser.query('create database plain owner plain');
  const address = new URL(databaseOn(postgres.url, 'plain'));
  address.username = 'plain';
  address.password = 'plain';
  const url = address.href;

  let sentence = '';
  await assert.rejects(migrate({ url, migrations: [ONE] }), (error: Error) => {
    sentence = error.message;
    return error.name === 'MigrationError';
  });
  const typed = /CREATE ROLE.*$/.exec(sentence)?.[0];
  assert.equal(typed, 'CREATE ROLE carat_app NOLOGIN;  GRANT carat_app TO "plain";');
  await superuser.query(typed);
  await superuser.end();
  const all = await readMigrations();
  assert.equal((await migrate({ url })).length, all.length);
  const db = await openDatabase({ url });
  assert.deepEqual(await db.query('select current_user::text as who'), [{ who: 'carat_app' }]);
  await db.close();
});

const FIFTEEN = [
  '/usr/lib/postgresql/15/bin',
  '/usr/pgsql-15/bin',
  '/opt/homebrew/opt/postgresql@15/bin',
  '/usr/local/opt/postgresql@15/bin',
].find((path) => existsSync(join(path, 'initdb')));

test('every migration runs on PostgreSQL 15', {
  skip: FIFTEEN ? false : 'no PostgreSQL 15 on this machine',
}, async () => {
  const postgres = await testPostgres({ binaries: FIFTEEN ?? '' });
  const all = await readMigrations();
  assert.equal((await migrate({ url: postgres.url })).length, all.length);
  const db = await openDatabase({ url: postgres.url });
  const [version] = await db.query<{ server_version: string }>('show server_version');
  assert.match(version?.server_version ?? '', /^15\./);
  await db.close();
});
