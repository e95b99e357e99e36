import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServerProcess } from '../../test/server-process.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { anOperator, buyCoins, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { openDatabase, type Queryable } from '../db/database.ts';
import { currentPolicy } from '../policy/index.ts';
import { hashOf } from './inputs.ts';
import { simulate } from './model/simulate.ts';
import { simulationById } from './store.ts';

const RUNS = '/v1/console/simulations';
const clock = testClock(Date.UTC(2026, 10, 23, 9));
const site = await testHouse({ clock });
const { db } = site.house;
const [olu, per] = [await anOperator(site, 'olu'), await anOperator(site, 'per')];

/** Done in a moment. */
const SHORT = {
  dollars: '13.365',
  scenario: 'ordinary',
  start: 'example',
  days: 30,
  viewers: 100,
  creators: 10,
  seed: 42,
};
/** As long as one can be: nobody waits for its end. */
const LONG = { ...SHORT, days: 365, viewers: 20_000, creators: 1_000 };

async function ask(about: object = {}, who: Person = olu) {
  const answer = await who.post(RUNS, { ...SHORT, ...about });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

async function over(id: string, who: Person = olu) {
  return until(
    'the run is over',
    async () => (await who.get(`${RUNS}/${id}`)).body,
    ({ state }) => state !== 'waiting' && state !== 'running',
    60_000,
  );
}

/** Waits until some of its days are over. */
async function running(house: Queryable, id: string) {
  await until(
    'the run is in the middle',
    async () => (await simulationById(house, idOf(id)))?.day ?? 0,
    (day) => day > 0,
    60_000,
  );
}

test('a run is asked for, done, and comes to what its inputs say; run again it comes to the very same', async () => {
  const asked = await ask();
  assert.deepEqual(
    [asked.seed, asked.days, asked.now.version, asked.now.money.display, asked.proposed.money.display],
    [42, 30, 1, '$13.50', '$13.36'],
  );
  assert.equal(asked.result, null);
  const done = await over(asked.id);
  assert.equal(done.state, 'done', done.note);
  assert.match(done.sentence, /^With this rate creators would get 1\.0 % less/);
  assert.equal(done.result.now.days.length, 30);
  assert.match(done.assumptions.join(' '), /An ordinary time: Every day is like the days before it/);
  assert.match(done.unknown[0], /nobody buys, gives or withdraws more or less/);

  // The model itself, without thread and rows.
  const row = await simulationById(db, idOf(done.id));
  assert.ok(row !== undefined);
  const living = simulate(row.inputs, await currentPolicy(db, clock.now()));
  let step = living.next();
  while (step.done !== true) step = living.next();
  assert.equal(done.hash, hashOf(step.value).toString('hex'));

  const again = await per.post(`${RUNS}/${done.id}/again`, { seed: 'same' });
  assert.equal(again.status, 201);
  assert.equal(again.body.repeats, done.id);
  const same = await over(again.body.id, per);
  assert.equal(same.hash, done.hash);
  assert.deepEqual(same.result, done.result);
  assert.deepEqual(same.alike, [{ id: done.id, same: true, modelVersion: 2 }]);
  const other = await over((await olu.post(`${RUNS}/${done.id}/again`, { seed: 7 })).body.id);
  assert.notEqual(other.hash, done.hash);
  assert.deepEqual(other.alike, []);

  const list = (await per.get(`${RUNS}?limit=2`)).body;
  assert.deepEqual(
    list.items.map(({ id }: { id: string }) => id),
    [other.id, same.id],
  );
  const [first] = (await per.get(`${RUNS}?limit=2&cursor=${list.nextCursor}`)).body.items;
  assert.equal(first.id, done.id);
  assert.equal(first.sentence, done.sentence);
  const { items } = (await olu.get('/v1/me/notices')).body;
  assert.equal(items[0].title, 'Your simulation is done');
  assert.equal(items[0].link, `/console/simulator/${other.id}`);
});

test('a run is canceled while it runs, and one that waits before it began; the next begins at once', async () => {
  const long = await ask(LONG);
  await running(db, long.id);
  const waiting = await ask({ seed: 1 });
  assert.deepEqual([waiting.state, waiting.ahead], ['waiting', 1]);
  const last = await ask({ seed: 2 });
  assert.equal((await olu.post(`${RUNS}/${waiting.id}/cancel`)).body.state, 'canceled');
  // A colleague may, too.
  const canceled = (await per.post(`${RUNS}/${long.id}/cancel`)).body;
  assert.deepEqual([canceled.state, canceled.canceledBy.handle, canceled.result], ['canceled', 'per', null]);
  assert.equal((await per.post(`${RUNS}/${long.id}/cancel`)).status, 200, 'twice is once');
  const told = (await olu.get('/v1/me/notices')).body.items.filter(
    ({ title }: { title: string }) => title === 'Your simulation was canceled',
  );
  assert.deepEqual(
    told.map(({ text, link }: { text: string; link: string }) => [text, link]),
    [['per canceled it. You can run it again.', `/console/simulator/${long.id}`]],
    'of what a colleague canceled, not of one’s own',
  );
  const done = await over(last.id);
  assert.equal(done.state, 'done');
  const stopped = await simulationById(db, idOf(long.id));
  assert.ok((stopped?.day ?? LONG.days) < LONG.days, 'its thread was stopped in the middle');
  const late = await olu.post(`${RUNS}/${last.id}/cancel`);
  assert.deepEqual([late.status, late.body.code], [409, 'simulation_is_over']);
});

test('one operator has so many at a time, and others none at all', async () => {
  const long = await ask(LONG);
  const mine = [long, await ask({ seed: 3 }), await ask({ seed: 4 })];
  const over3 = await olu.post(RUNS, SHORT);
  assert.deepEqual([over3.status, over3.body.code], [409, 'simulations_too_many']);
  assert.equal(
    (await olu.post(`${RUNS}/${long.id}/again`, { seed: 'same' })).body.code,
    'simulations_too_many',
  );
  for (const { id } of mine) await olu.post(`${RUNS}/${id}/cancel`);

  const ana = await site.person('ana');
  for (const answer of [
    await ana.post(RUNS, SHORT),
    await ana.get(RUNS),
    await ana.get(`${RUNS}/${long.id}`),
    await ana.post(`${RUNS}/${long.id}/again`, { seed: 'same' }),
    await ana.post(`${RUNS}/${long.id}/cancel`),
  ]) {
    assert.equal(answer.status, 403);
  }
  assert.equal((await site.stranger.post(RUNS, SHORT)).status, 401);
});

test('what cannot be simulated is refused, by its name', async () => {
  const refused = async (about: object) => {
    const { status, body } = await olu.post(RUNS, { ...SHORT, ...about });
    return [status, body.code, body.field];
  };
  assert.deepEqual(await refused({ dollars: '99' }), [422, 'rate_too_high', '/dollars']);
  assert.deepEqual(await refused({ dollars: '0' }), [400, 'invalid_request', '/dollars']);
  assert.deepEqual(await refused({ dollars: undefined }), [400, 'invalid_request', '/dollars']);
  assert.deepEqual(await refused({ draft: `rate_${'0'.repeat(32)}` }), [400, 'invalid_request', '/dollars']);
  assert.deepEqual((await refused({ dollars: undefined, draft: `rate_${'0'.repeat(32)}` })).slice(0, 2), [
    404,
    'not_found',
  ]);
  assert.deepEqual(await refused({ days: 366 }), [400, 'invalid_request', '/days']);
  assert.deepEqual(await refused({ viewers: 20_001 }), [400, 'invalid_request', '/viewers']);
  assert.deepEqual(await refused({ seed: -1 }), [400, 'invalid_request', '/seed']);
  assert.deepEqual(await refused({ scenario: 'boom' }), [400, 'invalid_request', '/scenario']);
  assert.deepEqual((await refused({ start: 'site' })).slice(0, 2), [409, 'simulation_without_sales']);
});

test('a run begins with what the site has, and a draft is tried against the rate that it would follow', async () => {
  const [mira, ben] = [await site.person('mira'), await site.person('ben')];
  await buyCoins(ben, 1_000n);
  const stageId = await goLive(mira);
  await ben.post('/v1/gifts', { stageId, giftId: 'heart', quantity: 10 }, newId());
  clock.advance(DAY_MS);
  const draft = (
    await olu.post('/v1/console/rates/drafts', {
      dollars: '13.2',
      startsAt: new Date(clock.now() + 8 * DAY_MS).toISOString(),
      reason: 'A test.',
    })
  ).body;
  const { dollars: _, ...rest } = SHORT;
  const answer = await per.post(RUNS, { ...rest, draft: draft.id, start: 'site' });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  const done = await over(answer.body.id);
  assert.deepEqual([done.proposed.draft, done.proposed.revision, done.start], [draft.id, 1, 'site']);
  assert.match(done.assumptions[0], /\$13\.50 of purchases in the thirty days before/);
  assert.match(done.sentence, /less/);
  await olu.request('DELETE', `/v1/console/rates/drafts/${draft.id}`);
  const gone = await per.post(RUNS, { ...rest, draft: draft.id });
  assert.deepEqual([gone.status, gone.body.code], [409, 'rate_draft_is_over']);
});

test('servers stop and die in the middle of a run: the next begins it anew and comes to the same', async () => {
  const { id } = await ask({ days: 365, viewers: 6_000, creators: 100, seed: 9 });
  await running(db, id);
  await site.close();
  const { url } = site.house.db;
  const watch = await openDatabase({ url });
  const stopped = await simulationById(watch, idOf(id));
  assert.deepEqual([stopped?.ending, stopped?.begunAt], [null, null], 'a server that stops puts it back');

  const dying = await startServerProcess('house-process.ts', [site.databaseUrl, '']);
  await running(watch, id);
  await dying.kill();
  assert.equal((await simulationById(watch, idOf(id)))?.ending, null);

  const next = await testHouse({ databaseUrl: site.databaseUrl, clock });
  const row = await until(
    'the next server brings it to its end',
    () => simulationById(watch, idOf(id)),
    (seen) => seen?.ending === 'done',
    60_000,
  );
  await watch.close();
  assert.ok(row !== undefined);
  const living = simulate(row.inputs, await currentPolicy(next.house.db, clock.now()));
  let step = living.next();
  while (step.done !== true) step = living.next();
  assert.deepEqual(row.resultHash, hashOf(step.value));
});

function idOf(simulation: string): Uuid {
  const id = parsePublicId('sim', simulation);
  assert.ok(id !== null);
  return id;
}
