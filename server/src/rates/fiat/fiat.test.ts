import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testHouse } from '../../../test/test-house.ts';
import { anOperator } from '../../../test/town-life.ts';
import { until } from '../../../test/until.ts';
import type { FiatSource } from '../../config.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, testClock } from '../../core/clock.ts';
import { Refusal } from '../../core/refusal.ts';
import type { House } from '../../house.ts';
import { identity } from '../../identity/index.ts';
import { notices } from '../../notices/index.ts';
import { adoptPolicy, PRESETS, policy } from '../../policy/index.ts';
import { rates } from '../index.ts';
import { fiatRateAt } from './fiat-rate.ts';
import { lookAtSource } from './jobs.ts';
import { takeTable } from './take-table.ts';
import { warnOfAge } from './warn-of-age.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 17);
const slices = [policy, identity, rates];

const tables: string[] = [];
const directory = await mkdtemp(join(tmpdir(), 'carat-fiat-'));
const server = createServer((_request, answer) => {
  const table = tables[0];
  if (table === undefined) answer.writeHead(503).end();
  else answer.end(table);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(async () => {
  server.close();
  await rm(directory, { recursive: true });
});
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/daily.xml?key=secret`;
const outside = { mayReach: () => true, timeoutMs: 2_000 };

const table = (asOf: string, rates: Readonly<Record<string, string>>) =>
  JSON.stringify({ base: 'USD', asOf, rates, source: 'A bank' });

async function open(fiatRates: FiatSource) {
  const clock = testClock(NOW_MS);
  const site = await testHouse({ slices, clock, config: { fiatRates } });
  if (fiatRates.kind !== 'none') {
    await until('the house has looked for itself', async () => {
      const rows = await site.house.db.query('select 1 from fiat_watch where looked_at is not null');
      return rows.length > 0;
    });
  }
  return { ...site, clock };
}

/** From the next minute on, the policy of the preset, which lets rates grow seven days old. */
async function adoptCarat(house: House): Promise<void> {
  await adoptPolicy(house.db, {
    document: PRESETS.carat.document,
    preset: 'carat',
    effectiveFrom: new Date(NOW_MS + MINUTE_MS),
    author: null,
    reason: 'A test of old rates.',
    nowMs: NOW_MS,
  });
}

const refusalOf = async (work: Promise<unknown>) =>
  work.then(
    () => assert.fail('nothing was refused'),
    (error: unknown) => (error instanceof Refusal ? error : Promise.reject(error)),
  );

test('a house without a source of rates knows dollars alone', async () => {
  const { house, stranger } = await open({ kind: 'none' });
  assert.equal((await fiatRateAt(house.db, 'USD', NOW_MS)).ageDays, 0);
  const refusal = await refusalOf(fiatRateAt(house.db, 'EUR', NOW_MS));
  assert.equal(refusal.code, 'fiat_rate_missing');
  assert.equal((await stranger.get('/v1/rates/fiat')).body.table, null);
});

test('the table that comes with Carat is shown with its age', async () => {
  const { house, stranger } = await open({ kind: 'shipped' });
  const { body } = await stranger.get('/v1/rates/fiat');
  assert.deepEqual([body.table.asOf, body.table.ageDays, body.table.tooOld], ['2025-02-28', 630, false]);
  assert.match(body.table.source, /European Central Bank, 28 February 2025.*dated example/);
  const euro = body.table.rates.find(({ currency }: { currency: string }) => currency === 'EUR');
  assert.deepEqual([euro.display, euro.decimals, euro.perUsd.numerator], ['0.9605225', 2, '10000']);
  const rate = await fiatRateAt(house.db, 'JPY', NOW_MS);
  assert.deepEqual([rate.version, rate.perUsd], [1, { numerator: 1_569_600n, denominator: 10_411n }]);
  assert.equal((await refusalOf(fiatRateAt(house.db, 'XAU', NOW_MS))).code, 'fiat_rate_missing');

  // The shipped preset of the policy does not take it.
  await adoptCarat(house);
  const old = await refusalOf(fiatRateAt(house.db, 'EUR', NOW_MS + MINUTE_MS));
  assert.deepEqual([old.code, old.data.ageDays, old.data.maxAgeDays], ['fiat_rate_too_old', 630, 7]);
});

test('an address is read once a day, hourly after a failure, by one of several processes', async () => {
  const { house, clock, stranger } = await open({ kind: 'none' });
  const config = { ...house.config, fiatRates: { kind: 'url', url } as const };
  const look = () =>
    Promise.all(Array.from({ length: 5 }, () => lookAtSource({ ...house, config }, outside)));
  const versions = () =>
    house.db.query<{ version: number }>('select version from fiat_versions').then((rows) => rows.length);

  await look();
  assert.equal(await versions(), 0, 'the server was out of order');
  const watch = () =>
    house.db.query<{ outcome: string; detail: string; source: string }>('select * from fiat_watch');
  assert.deepEqual(
    [(await watch())[0]?.outcome, (await watch())[0]?.detail],
    ['failed', 'The source could not be read: 127.0.0.1 answered 503.'],
  );
  tables[0] = table('2026-11-20', { EUR: '0.90', JPY: '150' });
  await look();
  assert.equal(await versions(), 0, 'not before an hour is over');
  clock.advance(HOUR_MS);
  await look();
  assert.equal(await versions(), 1);
  clock.advance(HOUR_MS);
  tables[0] = table('2026-11-21', { EUR: '0.91', JPY: '151' });
  await look();
  assert.equal(await versions(), 1, 'not before a day is over');
  clock.advance(DAY_MS);
  await look();
  assert.equal(await versions(), 2);
  assert.equal((await stranger.get('/v1/rates/fiat')).body.table.source.includes('secret'), false);

  // What was in force then, is what it was then.
  const then = await fiatRateAt(house.db, 'EUR', NOW_MS + HOUR_MS);
  assert.deepEqual([then.version, then.perUsd], [1, { numerator: 9n, denominator: 10n }]);
  assert.equal((await fiatRateAt(house.db, 'EUR', clock.now())).version, 2);
});

test('a file is seen within minutes of its change; nonsense and older tables change nothing', async () => {
  const path = join(directory, 'rates.json');
  await writeFile(path, table('2026-11-20', { EUR: '0.90' }));
  const { house, clock } = await open({ kind: 'file', path });
  const outcome = async () => {
    clock.advance(MINUTE_MS);
    await lookAtSource(house);
    const [row] = await house.db.query<{ outcome: string }>('select outcome from fiat_watch');
    return row?.outcome;
  };
  const write = (text: string) => writeFile(path, text);
  assert.equal((await fiatRateAt(house.db, 'EUR', clock.now())).version, 1);
  assert.equal(await outcome(), 'same');
  await write('not a table');
  assert.equal(await outcome(), 'refused');
  await write(table('2026-11-19', { EUR: '0.90' }));
  assert.equal(await outcome(), 'refused', 'older than the one in force');
  await write(table('2026-11-25', { EUR: '0.90' }));
  assert.equal(await outcome(), 'refused', 'of a day that has not come');
  await write(`${' '.repeat(300_000)}${table('2026-11-20', { EUR: '0.91' })}`);
  assert.equal(await outcome(), 'failed', 'too large');
  await rm(path);
  assert.equal(await outcome(), 'failed');
  await write(table('2026-11-20', { EUR: '0.92' }));
  assert.equal(await outcome(), 'taken', 'a correction of the same day');
  assert.equal((await fiatRateAt(house.db, 'EUR', clock.now())).version, 2);
});

test('a table that moves too far waits for an operator, who takes or drops it once', async () => {
  const site = await open({ kind: 'none' });
  const { house, clock } = site;
  const take = (text: string) => takeTable(house, text, 'a test');
  const olu = await anOperator(site, 'olu');
  const ana = await site.person('ana');
  assert.equal((await take(table('2026-11-18', { EUR: '0.90', JPY: '150' }))).outcome, 'taken');
  const far = table('2026-11-19', { EUR: '0.90', JPY: '15' });
  const parked = await take(far);
  assert.deepEqual(parked, {
    outcome: 'parked',
    detail: 'It moves JPY from 150 to 15: an operator has to look at it.',
  });
  assert.equal((await take(far)).outcome, 'parked');
  assert.equal((await fiatRateAt(house.db, 'JPY', clock.now())).version, 1);

  assert.equal((await ana.get('/v1/console/rates/fiat')).status, 403);
  const waiting = (await olu.get('/v1/console/rates/fiat')).body.parked;
  assert.equal(waiting.length, 1, 'parked once');
  assert.deepEqual(waiting[0].moves, [{ currency: 'JPY', from: '150', to: '15', basisPoints: '9000' }]);
  const decide = (body: object) => olu.post(`/v1/console/rates/fiat/${waiting[0].id}`, body);
  assert.equal((await decide({ take: true })).status, 400, 'a reason is needed');
  const both = await Promise.all([
    decide({ take: true, reason: 'The yen fell.' }),
    decide({ take: true, reason: 'The yen fell.' }),
  ]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [204, 409]);
  clock.advance(1_000);
  assert.equal((await fiatRateAt(house.db, 'JPY', clock.now())).version, 2);
  assert.equal((await decide({ take: false, reason: 'No.' })).body.code, 'fiat_table_decided');
  assert.deepEqual((await olu.get('/v1/console/rates/fiat')).body.parked, []);

  // Overtaken while it waited.
  assert.equal((await take(table('2026-11-19', { EUR: '9', JPY: '15' }))).outcome, 'parked');
  assert.equal((await take(table('2026-11-20', { EUR: '0.9', JPY: '15' }))).outcome, 'taken');
  const [late] = (await olu.get('/v1/console/rates/fiat')).body.parked;
  const lateAnswer = await olu.post(`/v1/console/rates/fiat/${late.id}`, { take: true, reason: 'Late.' });
  assert.equal(lateAnswer.body.code, 'fiat_table_older');
  const dropped = await olu.post(`/v1/console/rates/fiat/${late.id}`, { take: false, reason: 'Late.' });
  assert.equal(dropped.status, 204);
});

test('a table that was told is never rewritten', async () => {
  const { house } = await open({ kind: 'shipped' });
  await lookAtSource(house);
  for (const statement of ['update fiat_rates set numerator = 1', 'delete from fiat_versions']) {
    await assert.rejects(house.db.query(statement), /permission denied/);
  }
});

test('operators are told once before a table is too old, and once when it is', async () => {
  const clock = testClock(NOW_MS);
  const site = await testHouse({
    slices: [policy, identity, notices, rates],
    clock,
    config: { fiatRates: { kind: 'none' } },
  });
  const { house } = site;
  await adoptCarat(house);
  const olu = await anOperator(site, 'olu');
  const told = async () => {
    await Promise.all([warnOfAge(house), warnOfAge(house), warnOfAge(house)]);
    const { items } = (await olu.get('/v1/me/notices')).body;
    return items.map(({ title, text }: { title: string; text: string }) => [
      title,
      /[0-9]+ days ago/.exec(text)?.[0],
    ]);
  };
  assert.deepEqual(await told(), [], 'there is no table');
  await takeTable(house, table('2026-11-20', { EUR: '0.90' }), 'a test');
  clock.advance(5 * DAY_MS);
  assert.deepEqual(await told(), []);
  clock.advance(DAY_MS);
  const soon = ['The rates of other currencies grow old', '6 days ago'];
  assert.deepEqual(await told(), [soon]);
  clock.advance(DAY_MS);
  assert.equal((await fiatRateAt(house.db, 'EUR', clock.now())).ageDays, 7);
  await olu.get('/v1/session');
  assert.deepEqual(await told(), [soon], 'once');
  clock.advance(DAY_MS);
  assert.equal((await refusalOf(fiatRateAt(house.db, 'EUR', clock.now()))).code, 'fiat_rate_too_old');
  assert.deepEqual(await told(), [['The rates of other currencies are too old', '8 days ago']]);
  await takeTable(house, table('2026-11-28', { EUR: '0.91' }), 'a test');
  await told();
  const rows = await house.db.query('select from notices');
  assert.equal(rows.length, 1, 'a new table is not old');
});
