import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { testPostgres } from '../../test/harness.ts';
import { until } from '../../test/until.ts';
import { openDatabase } from './database.ts';
import { openEmbedded } from './embedded.ts';
import { closedDirectory, dataDirectory } from './embedded-host.ts';
import { isAlive } from './file-lock.ts';

const ROOT = process.getuid?.() === 0;
const MODULE = new URL('./embedded.ts', import.meta.url).href;

/** A folder that is removed when the file is done. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'carat-embedded-'));
  chmodSync(path, 0o711);
  after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Another Node process that opens the server and stays until it is told to close, or killed. */
async function otherProcess(dataDirectory: string, as: { uid?: number; gid?: number } = {}) {
  const script = `
    import { openEmbedded } from ${JSON.stringify(MODULE)};
    const embedded = await openEmbedded({ dataDirectory: process.argv[1] });
    console.log(JSON.stringify({ pid: embedded.pid(), url: embedded.url }));
    process.stdin.once('end', () => embedded.close().then(() => process.exit(0))).resume();`;
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script, dataDirectory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...as,
  });
  const ended = new Promise<number | null>((done) => {
    child.once('close', done);
  });
  after(() => child.kill('SIGKILL'));
  const line = await new Promise<string>((done, fail) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', done);
    ended.then((code) => fail(new Error(`the other process ended with ${code}`)));
  });
  const { pid, url } = JSON.parse(line) as { pid: number; url: string };
  return {
    server: pid,
    url,
    kill: () => child.kill('SIGKILL') && ended,
    close: () => {
      child.stdin?.end();
      return ended;
    },
  };
}

test('it opens, only on the loopback, only with the password, for an owner who is no superuser', async () => {
  const postgres = await testPostgres();
  const owner = await openDatabase({ url: postgres.url, role: null });
  assert.deepEqual(
    await owner.query(
      'select rolname, rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user',
    ),
    [{ rolname: 'carat', rolsuper: false, rolcreatedb: true, rolcreaterole: true }],
  );
  const settings = await owner.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes') order by 1`,
  );
  assert.deepEqual(
    settings.map(({ name, setting }) => `${name}=${setting}`),
    ['fsync=on', 'full_page_writes=on', 'synchronous_commit=on'],
  );
  await owner.close();

  const wrong = new URL(postgres.url);
  wrong.password = 'guess';
  await assert.rejects(openDatabase({ url: wrong.href, role: null }), { code: '28P01' });

  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
  if (outside !== undefined) {
    const refused = await new Promise<string | undefined>((done) => {
      const socket = connect(postgres.port, outside);
      socket
        .once('connect', () => done(undefined))
        .once('error', (error: { code?: string }) => done(error.code));
    });
    assert.equal(refused, 'ECONNREFUSED');
  }
});

test('its passwords are for its owner alone, and the next start finds the same port and data', async () => {
  const directory = folder();
  const first = await openEmbedded({ dataDirectory: directory });
  assert.equal(statSync(join(directory, 'postgres.json')).mode & 0o777, 0o600);
  const db = await openDatabase({ url: first.url, role: null });
  await db.query('create table kept (n int)');
  await db.close();
  await first.close();
  assert.equal(first.pid(), 0, 'stopped');
  const second = await openEmbedded({ dataDirectory: directory });
  assert.equal(second.url, first.url);
  const again = await openDatabase({ url: second.url, role: null });
  assert.deepEqual(await again.query('select n from kept'), []);
  await again.close();
  await second.close();
});

test('several processes share it, and the last who leaves stops it', async () => {
  const directory = folder();
  const [one, two, here] = await Promise.all([
    otherProcess(directory),
    otherProcess(directory),
    openEmbedded({ dataDirectory: directory }),
  ]);
  const server = here.pid();
  assert.deepEqual([one.server, two.server], [server, server]);
  await one.close();
  await here.close();
  assert.ok(isAlive(server), 'the second still uses it');
  await two.close();
  await until('it is gone', () => !isAlive(server));
});

test('left behind by a kill -9 it is adopted, and stopped when its adopter leaves', async () => {
  const directory = folder();
  const killed = await otherProcess(directory);
  const db = await openDatabase({ url: killed.url, role: null });
  await db.query('create table kept as select 42 as n');
  await db.close();
  await killed.kill();
  assert.ok(isAlive(killed.server), 'an orphan');
  const adopter = await openEmbedded({ dataDirectory: directory });
  assert.equal(adopter.pid(), killed.server);
  const again = await openDatabase({ url: adopter.url, role: null });
  assert.deepEqual(await again.query('select n from kept'), [{ n: 42 }]);
  await again.close();
  await adopter.close();
  await until('it is gone', () => !isAlive(killed.server));
});

test('Node and PostgreSQL killed together, and the process id taken by somebody else: it starts', async () => {
  const directory = folder();
  const killed = await otherProcess(directory);
  await killed.kill();
  process.kill(killed.server, 'SIGKILL');
  await until('it is dead', () => !isAlive(killed.server));
  const trace = join(directory, 'postgres/postmaster.pid');
  const lines = readFileSync(trace, 'utf8').split('\n');
  // A process of the same user that is alive and no PostgreSQL.
  const { uid, gid } = statSync(join(directory, 'postgres'));
  const other = spawn('sleep', ['600'], { stdio: 'ignore', cwd: '/', ...(ROOT ? { uid, gid } : {}) });
  after(() => other.kill());
  writeFileSync(trace, [String(other.pid), ...lines.slice(1)].join('\n'));
  const next = await openEmbedded({ dataDirectory: directory });
  const db = await openDatabase({ url: next.url, role: null });
  assert.deepEqual(await db.query('select 1 as one'), [{ one: 1 }]);
  await db.close();
  await next.close();
});

test('interrupted while it made its files, it begins again', async () => {
  const directory = folder();
  mkdirSync(join(directory, 'postgres.new/base'), { recursive: true });
  writeFileSync(join(directory, 'postgres.new/PG_VERSION'), '18\n');
  writeFileSync(join(directory, 'postgres.lock'), '999999999 0 x');
  const embedded = await openEmbedded({ dataDirectory: directory });
  await embedded.close();
});

test('killed under a living process it is started again on the same port', async () => {
  const said: string[] = [];
  const postgres = await testPostgres({ say: (sentence) => said.push(sentence) });
  const before = postgres.pid();
  process.kill(before, 'SIGKILL');
  await until(
    'another server answers',
    () => postgres.pid() > 0 && postgres.pid() !== before && answers(postgres.url),
  );
  assert.match(said.join('\n'), /The embedded database stopped; starting it again/);
});

test('where it cannot start it says which file and what to do', async () => {
  const cases: [string, (directory: string) => void, RegExp][] = [
    [
      'a file in the way',
      (directory) => {
        rmSync(directory, { recursive: true });
        writeFileSync(directory, '');
      },
      /cannot make its data directory .*CARAT_DATA_DIR/,
    ],
    [
      'the passwords are gone',
      (directory) => {
        mkdirSync(join(directory, 'postgres'));
        writeFileSync(join(directory, 'postgres/PG_VERSION'), '18\n');
      },
      /postgres.json is missing.*Put the file back/,
    ],
    [
      'data of another version',
      (directory) => {
        mkdirSync(join(directory, 'postgres'));
        writeFileSync(join(directory, 'postgres/PG_VERSION'), '14\n');
        writeFileSync(
          join(directory, 'postgres.json'),
          JSON.stringify({ port: 1, superuserPassword: 'x', ownerPassword: 'x' }),
        );
      },
      /was written by PostgreSQL 14 and this is 18.*npm run backup/,
    ],
    ['a setting it does not know', () => {}, /PostgreSQL does not start on .*no_such_setting.*postgres.log/],
  ];
  for (const [what, spoil, sentence] of cases) {
    const directory = folder();
    spoil(directory);
    const settings: Record<string, string> = what.startsWith('a setting') ? { no_such_setting: '1' } : {};
    await assert.rejects(
      openEmbedded({ dataDirectory: directory, settings }),
      { name: 'EmbeddedError', message: sentence },
      what,
    );
  }
});

test('as root the server runs as another user; in a closed home it says so, and the default is elsewhere', {
  skip: ROOT ? false : 'this needs root',
}, async () => {
  const postgres = await testPostgres();
  assert.notEqual(ownerOf(postgres.pid()), 0);

  const home = folder();
  chmodSync(home, 0o700);
  const closed = join(home, 'checkout/.carat');
  await assert.rejects(openEmbedded({ dataDirectory: closed }), {
    name: 'EmbeddedError',
    message: new RegExp(`cannot enter ${home}\\. Open it \\(chmod o\\+x ${home}\\)`),
  });
  assert.equal(closedDirectory(closed), home);
  assert.match(dataDirectory(join(home, 'checkout')), /^\/var\/lib\/carat\/[0-9a-f]{12}$/);
  chmodSync(home, 0o711);
  assert.equal(dataDirectory(join(home, 'checkout')), closed);
});

test('as a normal user the server runs as that user, and root may start it again later', {
  skip: ROOT ? false : 'the other tests of this file ran as a normal user',
}, async () => {
  const nobody = { uid: numberOf('id', ['-u', 'nobody']), gid: numberOf('id', ['-g', 'nobody']) };
  const home = folder();
  const directory = join(home, 'data');
  mkdirSync(directory, { mode: 0o711 });
  chownSync(directory, nobody.uid, nobody.gid);
  const theirs = await otherProcess(directory, nobody);
  assert.equal(ownerOf(theirs.server), nobody.uid);
  await theirs.close();
  await until('it is gone', () => !isAlive(theirs.server));
  const ours = await openEmbedded({ dataDirectory: directory });
  assert.equal(ownerOf(ours.pid()), nobody.uid, 'the data stays theirs');
  await ours.close();
});

test('a full disk fails closed: writes are refused, what was acknowledged stays, and with room it goes on', {
  skip: mountable() ? false : 'only root can mount a small disk here',
}, async (t) => {
  const disk = mkdtempSync(join(tmpdir(), 'carat-disk-'));
  const mount = (...options: string[]) =>
    spawnSync('mount', ['-t', 'tmpfs', ...options, 'none', disk]).status;
  assert.equal(mount('-o', 'size=160m,mode=711'), 0);
  const postgres = await openEmbedded({
    dataDirectory: join(disk, 'data'),
    settings: { max_wal_size: '48MB', min_wal_size: '32MB', shared_buffers: '16MB' },
  });
  t.after(async () => {
    await postgres.close();
    spawnSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });
  const owner = await openDatabase({ url: postgres.url, role: null });
  await owner.query('create table notes (n int8 primary key, body text)');
  const acknowledged: bigint[] = [];
  const codes = new Set<string>();
  const write = async (n: bigint) => {
    try {
      await owner.query(
        `insert into notes select $1::int8, string_agg(md5($1::int8::text || i::text), '') from generate_series(1, 30000) i`,
        [n],
      );
      acknowledged.push(n);
      return true;
    } catch (error) {
      codes.add((error as { code: string }).code);
      return false;
    }
  };
  let n = 0n;
  while (await write(n)) n += 1n;
  const full = acknowledged.length;
  for (let more = 0; more < 5; more += 1) {
    n += 1n;
    await write(n);
  }
  assert.deepEqual([...codes], ['database_unavailable']);
  assert.equal(mount('-o', 'remount,size=600m'), 0);
  await until(
    'there is room and it takes writes again',
    async () => {
      n += 1n;
      return write(n);
    },
    Boolean,
    60_000,
  );
  const kept = new Set((await owner.query<{ n: bigint }>('select n from notes')).map((row) => row.n));
  assert.ok(full > 5, `${full} were acknowledged before the disk was full`);
  assert.deepEqual(
    acknowledged.filter((each) => !kept.has(each)),
    [],
  );
  await owner.close();
});

function ownerOf(pid: number): number {
  return numberOf('ps', ['-o', 'uid=', '-p', String(pid)]);
}

function numberOf(command: string, args: readonly string[]): number {
  return Number(spawnSync(command, args, { encoding: 'utf8' }).stdout.trim());
}

async function answers(url: string): Promise<boolean> {
  try {
    const db = await openDatabase({ url, role: null });
    await db.close();
    return true;
  } catch {
    return false;
  }
}

/** Whether a tmpfs can be mounted: root in a container may be without that power. */
function mountable(): boolean {
  if (!ROOT || process.platform !== 'linux') return false;
  const probe = mkdtempSync(join(tmpdir(), 'carat-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', probe]).status === 0;
  if (mounted) spawnSync('umount', [probe]);
  if (existsSync(probe)) rmSync(probe, { recursive: true, force: true });
  return mounted;
}
