import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { faultProxy } from '../../test/fault-proxy.ts';
import { testDatabase, testPostgres } from '../../test/harness.ts';
import { until } from '../../test/until.ts';
import { Refusal } from '../core/refusal.ts';
import { type Database, openDatabase } from './database.ts';
import { isUniqueViolation } from './failure.ts';
import { migrate, readMigrations } from './migrate.ts';

const NUMBERS =
  'create table numbers (n int8 primary key); grant select, insert, update, delete on numbers to carat_app';

/** A database with one table, on the shared server. */
async function numbers(): Promise<Database> {
  const db = await testDatabase({ upTo: 1 });
  const owner = await openDatabase({ url: db.url, role: null });
  await owner.query(NUMBERS);
  await owner.close();
  return db;
}

test('whole numbers come back exact, instants as Date, days as text; the work is done as carat_app', async () => {
  const db = await testDatabase({ upTo: 1 });
  const rows = await db.query(
    `select 9223372036854775807::int8 as big, array[1, null, -2]::int8[] as list, date '2008-02-29' as day,
            timestamptz '2026-01-02T03:04:05.678Z' as at, count(*) as n, current_user::text as who
       from (values (1), (2)) as v`,
  );
  assert.deepEqual(rows, [
    {
      big: 9_223_372_036_854_775_807n,
      list: [1n, null, -2n],
      day: '2008-02-29',
      at: new Date('2026-01-02T03:04:05.678Z'),
      n: 2n,
      who: 'carat_app',
    },
  ]);
  const [echo] = await db.query('select $1::int8 as one, $2::int8[] as many', [2n ** 62n, [1n, 2n ** 62n]]);
  assert.deepEqual(echo, { one: 2n ** 62n, many: [1n, 2n ** 62n] });
});

test('a transaction is whole or not at all, and its connection goes on', async () => {
  const db = await numbers();
  await assert.rejects(
    db.transaction(async (tx) => {
      await tx.query('insert into numbers values (1)');
      throw new Error('changed my mind');
    }),
    /changed my mind/,
  );
  await assert.rejects(
    db.transaction(async (tx) => {
      await tx.query('insert into numbers values (2)');
      await tx.query('insert into numbers values (2)');
    }),
    (error) => isUniqueViolation(error, 'numbers_pkey') && !isUniqueViolation(error, 'other'),
  );
  const answer = await db.transaction(async (tx) => {
    await tx.query('insert into numbers values (3)');
    return 'done';
  });
  assert.equal(answer, 'done');
  assert.deepEqual(await db.query('select n from numbers'), [{ n: 3n }]);
  assert.equal(db.pool.totalCount, 1, 'one connection did all of it');
});

test('a statement or a lock that takes too long is refused as busy, and the row is as it was', async () => {
  const slow = await testDatabase({ upTo: 1, statementTimeoutMs: 200 });
  await assert.rejects(slow.query('select pg_sleep(5)'), { code: 'database_busy' });
  const db = await numbers();
  const impatient = await openDatabase({ url: db.url, statementTimeoutMs: 200 });
  await db.query('insert into numbers values (1)');
  await db.transaction(async (tx) => {
    await tx.query('update numbers set n = 2');
    await assert.rejects(impatient.query('update numbers set n = 3'), { code: 'database_busy' });
  });
  await impatient.close();
  assert.deepEqual(await db.query('select n from numbers'), [{ n: 2n }]);
});

test('an address with options of its own keeps them, and still works as carat_app', async () => {
  const db = await testDatabase({ upTo: 1 });
  const url = new URL(db.url);
  url.searchParams.set('options', '-c work_mem=5MB');
  const other = await openDatabase({ url: url.href });
  assert.deepEqual(
    await other.query(`select current_user::text as who, current_setting('work_mem') as work_mem`),
    [{ who: 'carat_app', work_mem: '5MB' }],
  );
  await other.close();
});

test('a wrong address is told at the start', async () => {
  await assert.rejects(openDatabase({ url: 'postgresql://carat@127.0.0.1:1/carat' }), {
    code: 'database_unavailable',
  });
});

test('PostgreSQL killed at work: everybody is refused with 503, nobody crashes, and all is there when it is back', async () => {
  const postgres = await testPostgres();
  await migrate({ url: postgres.url, migrations: (await readMigrations()).slice(0, 1) });
  const owner = await openDatabase({ url: postgres.url, role: null });
  await owner.query(NUMBERS);
  await owner.close();
  const told: string[] = [];
  const db = await openDatabase({ url: postgres.url, log: { warn: (_, sentence) => told.push(sentence) } });

  const acknowledged: bigint[] = [];
  const refused: string[] = [];
  let stop = false;
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let n = BigInt(writer); !stop; n += 4n) {
      try {
        await db.query('insert into numbers values ($1)', [n]);
        acknowledged.push(n);
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error));
        refused.push(error.code);
        await pause(5);
      }
    }
  });
  const between = db.transaction(async (tx) => {
    await tx.query('select 1');
    await until('the refusals begin', () => refused.length > 0);
    await tx.query('select 1');
  });
  const asleep = db.query('select pg_sleep(60)');
  const outcomes = Promise.allSettled([between, asleep]);
  await until('some writes are acknowledged', () => acknowledged.length > 100);

  const before = postgres.pid();
  process.kill(before, 'SIGKILL');
  await until('the refusals begin', () => refused.length > 0);
  const atDeath = acknowledged.length;
  await until('it is back and takes writes', () => acknowledged.length > atDeath + 50, Boolean, 60_000);
  stop = true;
  await Promise.all(writers);

  assert.notEqual(postgres.pid(), before, 'a new server');
  assert.deepEqual([...new Set(refused)], ['database_unavailable']);
  for (const outcome of await outcomes) {
    assert.equal(outcome.status === 'rejected' && (outcome.reason as Refusal).code, 'database_unavailable');
  }
  const kept = new Set((await db.query<{ n: bigint }>('select n from numbers')).map(({ n }) => n));
  assert.deepEqual(
    acknowledged.filter((n) => !kept.has(n)),
    [],
    'nothing that was acknowledged is lost',
  );
  assert.ok(told.length > 0, 'the log heard of it');
  await db.close();
});

test('a silent network: refused within 6 seconds, recovered at once after, no transaction left open', async () => {
  const direct = await numbers();
  const address = new URL(direct.url);
  const proxy = await faultProxy(Number(address.port));
  address.port = String(proxy.port);
  const db = await openDatabase({ url: address.href });
  await db.query('select 1');

  const opened = Promise.withResolvers<void>();
  const silenced = Promise.withResolvers<void>();
  const open = db.transaction(async (tx) => {
    await tx.query('insert into numbers values (1)');
    opened.resolve();
    await silenced.promise;
    await tx.query('insert into numbers values (2)');
  });
  await opened.promise;
  proxy.silence(true);
  silenced.resolve();
  const began = Date.now();
  const asked = [open, ...Array.from({ length: 30 }, () => db.query('select 1'))];
  const took = await Promise.all(
    asked.map(async (promise) => {
      await assert.rejects(promise, { code: 'database_unavailable' });
      return Date.now() - began;
    }),
  );
  assert.ok(Math.max(...took) <= 6_000, `the last refusal came after ${Math.max(...took)} ms`);
  proxy.silence(false);
  await db.query('insert into numbers values (3)');
  await until('the server ended the open transaction by itself', async () => {
    const left = await direct.query(
      `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    );
    return left.length === 0;
  });
  assert.deepEqual(await direct.query('select n from numbers'), [{ n: 3n }]);
  await db.close();
});

test('a connection that dies during the commit says that the outcome is not known', async () => {
  const direct = await numbers();
  const address = new URL(direct.url);
  const proxy = await faultProxy(Number(address.port));
  address.port = String(proxy.port);
  const db = await openDatabase({ url: address.href });
  const committing = db.transaction(async (tx) => {
    await tx.query('insert into numbers values (7)');
    proxy.cutAfter('commit');
  });
  await assert.rejects(committing, { code: 'database_unavailable', data: { outcome: 'unknown' } });
  await until(
    'the commit was done all the same',
    async () => (await direct.query('select from numbers')).length === 1,
  );
  await db.close();
});
