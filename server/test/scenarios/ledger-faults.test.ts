import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { newId, type Uuid } from '../../src/core/ids.ts';
import { random } from '../../src/core/random.ts';
import type { Refusal } from '../../src/core/refusal.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { Embedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { audit, auditTable } from '../../src/ledger/audit.ts';
import { defineCompanionTable } from '../../src/ledger/companion.ts';
import { type Ledger, openLedger } from '../../src/ledger/post.ts';
import { type FaultProxy, faultProxy } from '../fault-proxy.ts';
import { testDatabase, testPostgres } from '../harness.ts';
import { TEST_SETTINGS } from '../test-settings.ts';
import { until } from '../until.ts';
import { giftChain, type Person, people } from './ledger-town.ts';

/** `LEDGER_FAULT_ROUNDS=100 npm test` for a long run; `LEDGER_FAULT_SEED` to choose the moments. */
const ROUNDS = Number(process.env.LEDGER_FAULT_ROUNDS ?? 5);
const SEED = Number(process.env.LEDGER_FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));

test('several server processes write to the same accounts at once', async () => {
  const db = await testDatabase();
  const town = await openTown(db, 5_000n);
  const servers = Array.from({ length: 3 }, () => new Server(db.url, 24, town));
  await Promise.all(servers.map((server) => server.whenReady()));
  await until('every process has had its gifts acknowledged', () =>
    servers.every(({ acknowledged }) => acknowledged.size >= 300),
  );
  await Promise.all(servers.map((server) => server.end()));
  await assertTruth(db, town, servers);
});

for (const count of [1, 2]) {
  test(`kill -9 of ${count} servers and PostgreSQL under load (LEDGER_FAULT_SEED=${SEED})`, async (t) => {
    const { db, postgres } = await openPostgres(t);
    const town = await openTown(db, 1_000_000n);
    const dice = random(SEED + count);
    const ended: Server[] = [];
    const start = () => {
      const server = new Server(db.url, 40, town);
      t.after(() => server.kill());
      return server;
    };
    let running = Array.from({ length: count }, start);
    await Promise.all(running.map((server) => server.whenReady()));
    const areMoving = () =>
      until('gifts are acknowledged', () => running.every((server) => server.isMovingOn()));
    for (let round = 0; round < ROUNDS; round += 1) {
      await areMoving();
      await pause(dice.below(60));
      const what = dice.pick(['server', 'backend', 'postmaster']);
      if (what === 'server') {
        const victim = dice.pick(running);
        await victim.kill();
        ended.push(victim);
        const next = start();
        await next.whenReady();
        running = [...running.filter((server) => server !== victim), next];
      } else {
        const pid = what === 'postmaster' ? postgres.pid() : await ledgerBackend(db);
        if (pid !== undefined && pid > 0) killIfAlive(pid);
      }
    }
    await areMoving();
    await Promise.all(running.map((server) => server.end()));
    // It may have been killed last of all, and be on its way back.
    const answers = () => db.query('select 1').then(Boolean, () => false);
    await until('the database answers', answers);
    const servers = [...ended, ...running];
    const gifts = servers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
    t.diagnostic(`${gifts} gifts acknowledged; sent again: ${servers.flatMap(({ again }) => [...again])}`);
    await assertTruth(db, town, servers);
  });
}

test('an answer that is lost on the way is looked up, not repeated', async (t) => {
  const { db, postgres } = await openPostgres(t);
  const proxy = await faultProxy(postgres.port);
  const [fan, creator, ledger] = await openBehind(t, db, proxy, 3_000);
  const owner = await openDatabase({ url: db.url, role: null });
  await owner.query('create table test_marks (id uuid not null)');
  await owner.close();
  const marks = defineCompanionTable({ name: 'test_marks', columns: { id: 'uuid' } });

  for (let round = 0; round < 6; round += 1) {
    proxy.cutAfter(round % 2 === 0 ? 'copy ledger_transfers' : 'copy test_marks');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const id = newId();
        return ledger.post({
          transfers: index % 10 === 9 ? [] : giftChain(id, fan, creator, 1n),
          rows: [{ table: marks, values: [id] }],
        });
      }),
    );
    for (const { kind } of answers) assert.ok(kind === 'posted' || kind === 'exists');
  }
  assert.equal((await ledger.balances([fan.coins])).get(fan.coins)?.debitsPosted, 6n * 18n);
  const [row] = await db.query<{ rows: bigint }>('select count(*) as rows from test_marks');
  assert.equal(row?.rows, 120n);
  const report = await audit(db);
  assert.ok(report.isClean, auditTable(report));
});

test('a database that falls silent: an answer in time, the truth afterwards', async (t) => {
  const { db, postgres } = await openPostgres(t);
  const proxy = await faultProxy(postgres.port);
  const [fan, creator, ledger] = await openBehind(t, db, proxy, 800);
  proxy.silence(true);
  const started = Date.now();
  const ids = Array.from({ length: 30 }, () => newId());
  const answers = await Promise.allSettled(
    ids.map((id) => ledger.post({ transfers: giftChain(id, fan, creator, 1n) })),
  );
  const tookMs = Date.now() - started;
  assert.ok(tookMs < 2_500, `${tookMs} ms`);
  const codes = answers.map((answer) => answer.status === 'rejected' && (answer.reason as Refusal).code);
  assert.deepEqual([...new Set(codes)], ['ledger_outcome_unknown']);
  await assert.rejects(ledger.post({ transfers: giftChain(newId(), fan, creator, 1n) }), {
    code: 'database_unavailable',
  });

  proxy.silence(false);
  for (const id of ids) {
    await until('the ledger is back', () =>
      ledger.post({ transfers: giftChain(id, fan, creator, 1n) }).then(
        () => true,
        () => false,
      ),
    );
  }
  assert.equal((await ledger.balances([fan.coins])).get(fan.coins)?.debitsPosted, 30n);
  const report = await audit(db);
  assert.ok(report.isClean, auditTable(report));
});

/** A PostgreSQL of its own. No setting is relaxed that a kill could tell: only a power cut would. */
async function openPostgres(t: TestContext): Promise<{ db: Database; postgres: Embedded }> {
  const postgres = await testPostgres({
    settings: { ...TEST_SETTINGS, synchronous_commit: 'on', full_page_writes: 'on' },
  });
  await migrate({ url: postgres.url });
  const db = await openDatabase({ url: postgres.url });
  t.after(() => db.close());
  return { db, postgres };
}

/** A ledger whose line to the database is the proxy, with a fan and a creator. */
async function openBehind(
  t: TestContext,
  direct: Database,
  proxy: FaultProxy,
  patienceMs: number,
): Promise<readonly [Person, Person, Ledger]> {
  const url = new URL(direct.url);
  url.port = String(proxy.port);
  const db = await openDatabase({ url: url.href });
  const ledger = await openLedger({ db, mustBeDurable: false, limits: { patienceMs } });
  t.after(async () => {
    await ledger.close();
    await db.close();
  });
  const [fan, creator] = await people(ledger, 2, 1_000n);
  assert.ok(fan && creator);
  return [fan, creator, ledger];
}

interface Town {
  readonly creator: Person;
  readonly fans: readonly Person[];
}

async function openTown(db: Database, coins: bigint): Promise<Town> {
  const ledger = await openLedger({ db, mustBeDurable: false });
  const [creator, ...fans] = await people(ledger, 21, coins);
  await ledger.close();
  assert.ok(creator);
  return { creator, fans };
}

/** What was acknowledged is there once, what was refused is not, and all the rest adds up. */
async function assertTruth(db: Database, town: Town, servers: readonly Server[]): Promise<void> {
  // What was acknowledged last may have been so before the last kill.
  await until('the database is back', () =>
    db.query('select').then(
      () => true,
      () => false,
    ),
  );
  const report = await audit(db);
  assert.ok(report.isClean, auditTable(report));
  const rows = await db.query<{ gift: Uuid; legs: bigint }>(
    `select user_data_128 as gift, count(*) as legs from ledger_transfers
      where user_data_128 is not null group by user_data_128`,
  );
  const legs = new Map(rows.map(({ gift, legs }) => [gift, legs]));
  for (const [gift, count] of legs) assert.equal(count, 2n, `gift ${gift} has ${count} legs`);
  for (const { acknowledged, refused } of servers) {
    for (const gift of acknowledged) assert.ok(legs.has(gift), `gift ${gift} was acknowledged and lost`);
    for (const gift of refused) assert.ok(!legs.has(gift), `gift ${gift} was refused and happened`);
  }
  const [earned] = await db.query<{ credits_posted: bigint }>(
    'select credits_posted from ledger_accounts where id = $1',
    [town.creator.diamonds],
  );
  assert.equal(earned?.credits_posted, 500n * BigInt(legs.size));
}

/** The process id of one of the ledger's own connections. */
async function ledgerBackend(db: Database): Promise<number | undefined> {
  const [row] = await db
    .query<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = 'carat ledger' order by random() limit 1",
    )
    .catch(() => []);
  return row?.pid;
}

/** Kills a process of PostgreSQL, which may have ended since it was looked up. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A server process under load, as seen from outside. */
class Server {
  readonly acknowledged = new Set<Uuid>();
  readonly refused = new Set<Uuid>();
  /** Why gifts had to be sent again. */
  readonly again = new Set<string>();
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;
  #isReady = false;
  #seen = 0;
  #errors = '';

  constructor(url: string, senders: number, town: Town) {
    const fans = town.fans.map(({ id }) => id);
    this.#process = spawn(process.execPath, [
      `${import.meta.dirname}/ledger-load-process.ts`,
      url,
      String(senders),
      town.creator.id,
      ...fans,
    ]);
    this.#ended = once(this.#process, 'close');
    this.#process.stderr.on('data', (bytes) => {
      this.#errors += bytes;
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#hear(line));
  }

  async whenReady(): Promise<void> {
    await until(`a server is ready ${this.#errors}`, () => this.#isReady);
  }

  /** Whether gifts were acknowledged since this was asked the last time. */
  isMovingOn(): boolean {
    if (this.#process.exitCode !== null) throw new Error(`a server ended by itself: ${this.#errors}`);
    const { size } = this.acknowledged;
    const isMoving = size > this.#seen;
    if (isMoving) this.#seen = size;
    return isMoving;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  async end(): Promise<void> {
    this.#process.stdin.end();
    const [code] = (await this.#ended) as [number | null];
    assert.equal(code, 0, this.#errors);
  }

  #hear(line: string): void {
    const [word, gift = '', why = ''] = line.split(' ');
    if (word === 'ready') this.#isReady = true;
    else if (word === 'ok') this.acknowledged.add(gift);
    else if (word === 'no') this.refused.add(gift);
    else if (word === 'again') this.again.add(why);
  }
}
