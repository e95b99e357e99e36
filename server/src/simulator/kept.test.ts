import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { rateNow, refreshRates } from '../rates/current-rate.ts';
import { insertRate } from '../rates/store.ts';
import { DAY_MAX } from './ask-simulation.ts';
import { KEPT_DAYS, removeOldRuns } from './remove-old-runs.ts';
import { RUN_LOCK } from './run-simulations.ts';
import { insertEnding, insertSimulation, isRunLocked, simulationById } from './store.ts';

const RUNS = '/v1/console/simulations';
const clock = testClock(Date.UTC(2026, 10, 23, 9));
const site = await testHouse({ clock });
const { db } = site.house;
const [olu, per] = [await anOperator(site, 'olu'), await anOperator(site, 'per')];
const SHORT = { scenario: 'ordinary', start: 'example', days: 30, viewers: 100, creators: 10, seed: 42 };

async function ask(about: object = { dollars: '13.365' }): Promise<Uuid> {
  const answer = await olu.post(RUNS, { ...SHORT, ...about });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return parsePublicId('sim', answer.body.id) ?? '';
}
const over = (id: Uuid) =>
  until(
    'the run is over',
    () => simulationById(db, id),
    (row) => row?.ending === 'done',
    60_000,
  );

test('a version that had not begun is told as scheduled', async () => {
  const plain = await ask();
  const from = new Date(clock.now() + 3 * DAY_MS);
  const { version: _, ...now } = await rateNow(db, clock.now());
  await db.transaction((tx) => insertRate(tx, { ...now, effectiveFrom: from, origin: 'test' }));
  await refreshRates(db, clock.now());
  const startsAt = new Date(clock.now() + 8 * DAY_MS).toISOString();
  const draft = await olu.post('/v1/console/rates/drafts', { dollars: '13.2', startsAt, reason: 'A test.' });
  assert.equal(draft.status, 201, JSON.stringify(draft.body));
  const later = await ask({ draft: draft.body.id });
  const { items, keptDays, dayMax } = (await per.get(RUNS)).body;
  assert.deepEqual(
    items.map((item: { now: { version: number; scheduledFrom: string | null } }) => [
      item.now.version,
      item.now.scheduledFrom,
    ]),
    [
      [2, from.toISOString()],
      [1, null],
    ],
  );
  assert.deepEqual([keptDays, dayMax], [KEPT_DAYS, DAY_MAX]);
  await Promise.all([over(plain), over(later)]);
});

test('while one server runs them, the others open no connection to try', async () => {
  const other = new pg.Client(site.databaseUrl);
  await other.connect();
  await other.query(`select pg_advisory_lock(${RUN_LOCK})`);
  assert.equal(await isRunLocked(db, RUN_LOCK), true);
  const id = await ask();
  await olu.get(`${RUNS}`);
  assert.equal((await simulationById(db, id))?.begunAt, null);
  await other.end();
  await until(
    'the lock is free or ours',
    () => simulationById(db, id),
    (row) => row?.ending === 'done',
    60_000,
  );
  await until(
    'nobody holds it',
    () => isRunLocked(db, RUN_LOCK),
    (locked) => !locked,
  );
});

test('one operator asks for so many within a day, and a colleague is not kept from it', async () => {
  const row = await over(await ask());
  assert.ok(row !== undefined);
  const at = new Date(clock.now());
  for (let index = 4; index < DAY_MAX; index += 1) {
    const id = newId();
    await insertSimulation(db, { ...row, id, askedAt: at, repeats: null });
    await insertEnding(db, { id, endedAt: at, ending: 'canceled', byId: row.askedBy });
  }
  const refused = await olu.post(RUNS, { ...SHORT, dollars: '13.3' });
  assert.deepEqual([refused.status, refused.body.code], [429, 'simulations_of_a_day']);
  assert.match(refused.body.remedy, /from 2026-11-24 09:01 UTC on/);
  assert.equal((await per.post(RUNS, { ...SHORT, dollars: '13.3' })).status, 201);
  clock.advance(DAY_MS);
  await ask();
});

test('a run is kept for a while after its end and then removed whole; what repeats it stays', async () => {
  const first = await over(await ask({ dollars: '13.1' }));
  assert.ok(first !== undefined);
  clock.advance(6 * DAY_MS);
  await olu.get('/v1/session');
  const again = await olu.post(`${RUNS}/sim_${first.id.replaceAll('-', '')}/again`, { seed: 'same' });
  assert.equal(again.status, 201, JSON.stringify(again.body));
  const repeated = parsePublicId('sim', again.body.id) ?? '';
  await over(repeated);
  clock.advance((KEPT_DAYS - 6) * DAY_MS);
  await Promise.all([removeOldRuns(site.house), removeOldRuns(site.house)]);
  assert.ok((await simulationById(db, first.id)) !== undefined, 'not a moment too early');
  clock.advance(1);
  await until(
    'it is removed',
    () => removeOldRuns(site.house),
    (removed) => removed === 0,
  );
  assert.equal(await simulationById(db, first.id), undefined);
  const [left] = await db.query<{ left: bigint }>(
    `select (select count(*) from simulation_endings where simulation_id = $1) +
            (select count(*) from simulation_progress where simulation_id = $1) as left`,
    [first.id],
  );
  assert.equal(left?.left, 0n);
  assert.equal((await simulationById(db, repeated))?.repeats, first.id);
  await assert.rejects(db.query('update simulations set asked_at = now()'), /permission denied/);
  const owner = new pg.Client(site.databaseUrl);
  await owner.connect();
  await assert.rejects(owner.query('update simulation_endings set ended_at = now()'), /append-only/);
  await owner.end();
});
