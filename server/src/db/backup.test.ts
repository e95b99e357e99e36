import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { emptyDatabaseUrl, testPostgres } from '../../test/harness.ts';
import { BackupError, backup } from './backup.ts';
import { openDatabase } from './database.ts';
import { type Migration, migrate, readMigrations } from './migrate.ts';
import { restore } from './restore.ts';

const folder = mkdtempSync(join(tmpdir(), 'carat-backup-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that makes a restore hard: keys in a circle, an append-only table, a sequence, odd text, a trigger that adds rows. */
const BOOKS = `
  create schema side;
  create table users (id int8 primary key, friend int8, name text, units int8 not null check (units >= 0));
  create table entries (
    n int8 primary key, user_id int8 not null references users (id), delta int8 not null,
    at timestamptz not null default clock_timestamp(), twice int8 generated always as (delta * 2) stored
  );
  alter table users add constraint users_friend_fkey foreign key (friend) references users (id);
  select carat_append_only('entries');
  create table side.seen (id int8 generated always as identity primary key, n int8 not null);
  create function note_entry() returns trigger language plpgsql as
    $$ begin insert into side.seen (n) values (new.n); return new; end $$;
  create trigger note_entry after insert on entries for each row execute function note_entry();
  grant usage on schema side to carat_app;
  grant select, insert on side.seen to carat_app;
  insert into users (id, name, units) values (0, 'put here by a migration', 0);
`;

async function books(): Promise<Migration[]> {
  const [roles] = await readMigrations();
  assert.ok(roles);
  return [roles, file(2, '0002_books.sql', BOOKS)];
}

function file(version: number, name: string, sql: string): Migration {
  return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

/** A database with 50 people and a stranger's characters in their names. */
async function populated(url: string) {
  const migrations = await books();
  await migrate({ url, migrations });
  const db = await openDatabase({ url });
  await db.query(`insert into users (id, friend, name, units)
    select i, 51 - i, 'tab' || chr(9) || 'line' || chr(10) || 'back\\slash \\N 🦊 ' || i, 1000 from generate_series(1, 50) i`);
  return { db, migrations };
}

type Opened = Awaited<ReturnType<typeof openDatabase>>;

/** The whole content, in an order of its own. */
async function contentOf(db: Opened) {
  return {
    users: await db.query('select * from users order by id'),
    entries: await db.query('select * from entries order by n'),
    seen: await db.query('select * from side.seen order by id'),
  };
}

test('a backup taken during writes is one instant: restored elsewhere, each entry and each balance agree', async () => {
  const { db, migrations } = await populated(await emptyDatabaseUrl());
  let stop = false;
  const write = async () => {
    for (let n = 1n; !stop; n += 1n) {
      await db.transaction(async (tx) => {
        const id = 1n + ((n * 7n) % 50n);
        await tx.query('update users set units = units + $2 where id = $1', [id, n % 13n]);
        await tx.query('insert into entries (n, user_id, delta) values ($1, $2, $3)', [n, id, n % 13n]);
      });
    }
  };
  const writing = write();
  const written = async (n: number) => {
    while (Number((await db.query<{ n: bigint }>('select count(*) as n from entries'))[0]?.n) < n);
  };
  await written(200);
  const path = join(folder, 'during-writes.carat-backup');
  const { trailer } = await backup({ url: db.url, file: path });
  const at = trailer.tables.find(({ name }) => name === 'public.entries')?.rows ?? 0;
  await written(at + 200);
  stop = true;
  await writing;
  const original = await db.query(`select * from entries where n <= ${at} order by n`);
  await db.close();

  // Another server, so that nothing but the file can have carried it over.
  const elsewhere = await testPostgres({ settings: { fsync: 'off' } });
  await restore({ url: elsewhere.url, file: path, migrations });
  const restored = await openDatabase({ url: elsewhere.url });
  assert.ok(at >= 200, `the snapshot has ${at} entries`);
  assert.deepEqual(
    await restored.query('select * from entries order by n'),
    original,
    'exactly the first entries',
  );
  assert.deepEqual(
    await restored.query(`select u.id from users u where units <>
      (case when id = 0 then 0 else 1000 end) + coalesce((select sum(delta) from entries where user_id = u.id), 0)`),
    [],
    'every balance is the sum of its entries',
  );
  assert.deepEqual(
    await restored.query('select count(*) as n from side.seen'),
    [{ n: BigInt(at) }],
    'no trigger ran',
  );

  await assert.rejects(restored.query('delete from entries'), /permission denied/, 'append-only again');
  await assert.rejects(
    restored.query('insert into entries values (-1, 999, 0)'),
    { code: '23503' },
    'keys again',
  );
  await restored.query('insert into entries (n, user_id, delta) values (-1, 1, 0)');
  const seen = await restored.query<{ id: bigint }>('select max(id) as id from side.seen');
  assert.ok((seen[0]?.id ?? 0n) > BigInt(at), 'triggers again, and the sequence went on where it was');
  await restored.close();
});

test('restoring what was backed up gives the same rows, and newer migrations run afterwards', async () => {
  const { db, migrations } = await populated(await emptyDatabaseUrl());
  await db.query(
    'insert into entries (n, user_id, delta) select i, 1 + i % 50, i from generate_series(1, 3000) i',
  );
  const path = join(folder, 'plain.carat-backup');
  await backup({ url: db.url, file: path });
  const newer = [
    ...migrations,
    file(3, '0003_mood.sql', `alter table users add column mood text default 'well'`),
  ];

  const url = await emptyDatabaseUrl();
  await restore({ url, file: path, migrations: newer });
  const restored = await openDatabase({ url });
  const [before, after_] = [await contentOf(db), await contentOf(restored)];
  assert.deepEqual(after_.entries, before.entries);
  assert.deepEqual(after_.seen, before.seen);
  assert.deepEqual(
    after_.users,
    before.users.map((user) => ({ ...user, mood: 'well' })),
  );
  await db.close();
  await restored.close();
});

test('a database in use is refused, and replaced only when asked', async () => {
  const source = await populated(await emptyDatabaseUrl());
  const path = join(folder, 'replace.carat-backup');
  await backup({ url: source.db.url, file: path });
  await source.db.close();

  const target = await populated(await emptyDatabaseUrl());
  await target.db.query(`update users set name = 'mine'`);
  const restoring = { url: target.db.url, file: path, migrations: target.migrations };
  await assert.rejects(restore(restoring), /Carat is working on this database. Stop it/);
  await target.db.close();
  await assert.rejects(restore(restoring), /in use: the table users has rows.*--replace/);
  const kept = await openDatabase({ url: target.db.url });
  assert.deepEqual(await kept.query('select distinct name from users'), [{ name: 'mine' }]);
  await kept.close();
  await restore({ ...restoring, replace: true });
  const replaced = await openDatabase({ url: target.db.url });
  assert.deepEqual(await replaced.query(`select count(*) as n from users where name = 'mine'`), [{ n: 0n }]);
  await replaced.close();
});

test('a damaged backup is refused in words, and leaves the database as it was', async () => {
  const { db, migrations } = await populated(await emptyDatabaseUrl());
  await db.query(
    'insert into entries (n, user_id, delta) select i, 1 + i % 50, i from generate_series(1, 5000) i',
  );
  const path = join(folder, 'whole.carat-backup');
  await backup({ url: db.url, file: path });
  await db.close();
  const whole = await readFile(path);
  assert.equal((await stat(path)).mode & 0o777, 0o600, 'only the operator may read it');
  await assert.rejects(backup({ url: db.url, file: path }), /never overwrites/);

  const damage: [string, Buffer, RegExp | typeof BackupError][] = [
    ['no backup at all', Buffer.from('hello'), /is not a backup/],
    ['an empty file', Buffer.alloc(0), /ends in the middle|cannot be read/],
    ['cut in the middle', whole.subarray(0, whole.length / 2), /ends in the middle|cannot be read/],
    ['the last bytes missing', whole.subarray(0, whole.length - 20), /ends in the middle|cannot be read/],
    // What a changed byte becomes differs with the file: a length, a row, or only other words.
    ...Array.from({ length: 12 }, (_, part): [string, Buffer, typeof BackupError] => [
      `one byte changed, part ${part}`,
      changed(whole, Math.floor((whole.length * (part + 1)) / 13)),
      BackupError,
    ]),
  ];
  const url = await emptyDatabaseUrl();
  for (const [what, bytes, sentence] of damage) {
    const damaged = join(folder, 'damaged.carat-backup');
    await writeFile(damaged, bytes);
    await assert.rejects(restore({ url, file: damaged, migrations }), sentence, what);
  }
  await truncate(join(folder, 'damaged.carat-backup'), 0);
  await assert.rejects(restore({ url, file: join(folder, 'none'), migrations }), /There is no file/);
  const untouched = await openDatabase({ url, role: null });
  const tables = await untouched.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace`,
  );
  assert.deepEqual(tables, [], 'nothing was left behind');
  await untouched.close();
});

test('the whole schema of Carat goes through a backup and back', async () => {
  const url = await emptyDatabaseUrl();
  await migrate({ url });
  const path = join(folder, 'schema.carat-backup');
  const made = await backup({ url, file: path });
  assert.ok(made.header.tables.length > 0);
  const target = await emptyDatabaseUrl();
  await restore({ url: target, file: path });
  const again = await backup({ url: target, file: join(folder, 'schema-again.carat-backup') });
  assert.deepEqual(again.trailer, made.trailer);
});

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}
