import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterHouse } from '../../test/socket.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { buyCoins, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { MINUTE_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { agree, everyMinute, howTotal } from './rules.ts';
import { keepPeaks } from './store.ts';

const clock = testClock(Date.UTC(2026, 10, 23, 12));
const site = await testHouse({ clock });
const mira = await site.person('mira');
const [ana, ben] = [await site.person('ana'), await site.person('ben')];
await buyCoins(ana, 1_000n);
await buyCoins(ben, 1_000n);

async function give(fan: Person, stageId: string, giftId: string, quantity: number): Promise<bigint> {
  const answer = await fan.post('/v1/gifts', { stageId, giftId, quantity }, newId());
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return BigInt(answer.body.gift.diamonds.units);
}

const shown = () =>
  until(
    'every gift was shown and ranked',
    () => site.house.db.query('select from gifts, gift_relay where committed > ranked'),
    (rows) => rows.length === 0,
  );
const dashboard = async (who = mira) => (await who.get('/v1/me/live')).body;

test('who is not live has no dashboard', async () => {
  await mira.post('/v1/me/creator');
  assert.deepEqual(await dashboard(), { live: null, lastLive: null });
  assert.deepEqual((await mira.get('/v1/me/lives')).body, { items: [], nextCursor: null });
  assert.equal((await ana.get('/v1/me/live')).status, 403);
});

test('the dashboard follows the live, and its summary is the sum of its ledger entries', async () => {
  const stageId = await goLive(mira);
  let given = await give(ana, stageId, 'heart', 2); // 20 Coins = 10 Diamonds
  clock.advance(3 * MINUTE_MS);
  given += await give(ben, stageId, 'rose', 3);
  given += await give(ana, stageId, 'teddy', 1);
  await ben.request('PUT', '/v1/users/mira/follow');
  await shown();
  const { live } = await dashboard();
  assert.equal(live.diamonds.units, given.toString());
  assert.deepEqual(
    [live.gifts, live.coins.display, live.newFollowers, live.handle],
    [6, '122 Coins', 1, 'mira'],
  );
  assert.equal(live.minutes.length, 30);
  assert.deepEqual(
    live.minutes
      .filter(({ gifts }: { gifts: number }) => gifts > 0)
      .map(({ minute, gifts }: { minute: string; gifts: number }) => [minute, gifts]),
    [
      ['2026-11-23T12:00:00.000Z', 2],
      ['2026-11-23T12:03:00.000Z', 4],
    ],
  );
  const socket = await enterHouse(site.origin, ana);
  socket.send({ t: 'join', stage: 'mira' });
  await socket.next('joined');
  await until('a viewer is counted', dashboard, (now) => now.live.viewers === 1);

  clock.advance(MINUTE_MS);
  assert.equal((await mira.post('/v1/stages/end', {})).status, 200);
  const ended = await dashboard();
  assert.equal(ended.live, null);
  const { live: summary } = (await mira.get(`/v1/me/lives/${ended.lastLive}`)).body;
  assert.equal(summary.diamonds.units, given.toString());
  const { proof } = summary;
  assert.deepEqual(
    [proof.stage.units, proof.gifts.units, proof.ledger.units],
    Array(3).fill(given.toString()),
  );
  assert.deepEqual([proof.entries, proof.agrees], [3, true]);
  // And the entries as the wallet lists them.
  const { items } = (await mira.get('/v1/me/earnings/entries')).body;
  const listed = items.reduce(
    (sum: bigint, { amount }: { amount: { units: string } }) => sum + BigInt(amount.units),
    0n,
  );
  assert.equal(listed, given);
  assert.deepEqual(
    summary.kinds.map(
      ({ id, gifts, diamonds }: { id: string; gifts: number; diamonds: { display: string } }) => [
        id,
        gifts,
        diamonds.display,
      ],
    ),
    [
      ['teddy', 1, '49.5 Diamonds'],
      ['heart', 2, '10 Diamonds'],
      ['rose', 3, '1.5 Diamonds'],
    ],
  );
  assert.deepEqual(
    summary.supporters.map(
      ({ rank, handle, coins }: { rank: number; handle: string; coins: { units: string } }) => [
        rank,
        handle,
        coins.units,
      ],
    ),
    [
      [1, 'ana', '119'],
      [2, 'ben', '3'],
    ],
  );
  assert.deepEqual([summary.durationSeconds, summary.newFollowers], [240, 1]);
});

test('each live has its own sum, the newest stands first, and nobody reads another’s', async () => {
  const first = (await dashboard()).lastLive;
  clock.advance(MINUTE_MS);
  const stageId = await goLive(mira);
  const sessionId =
    (await site.house.db.query<{ id: string }>('select id from stage_sessions where ended_at is null'))[0]
      ?.id ?? '';
  const rooms = await site.house.db.query<{ id: string }>('select id from stages');
  for (const viewers of [3, 9, 4])
    await keepPeaks(site.house.db, new Map(rooms.map(({ id }) => [id, viewers])));
  const given = await give(ben, stageId, 'rose', 1);
  await shown();
  clock.advance(MINUTE_MS);
  await mira.post('/v1/stages/end', {});
  const { items } = (await mira.get('/v1/me/lives?limit=1')).body;
  assert.deepEqual([items.length, items[0].diamonds.units], [1, given.toString()]);
  assert.equal(items[0].id, `live_${sessionId.replaceAll('-', '')}`);
  const { live } = (await mira.get(`/v1/me/lives/${items[0].id}`)).body;
  assert.deepEqual([live.proof.entries, live.proof.agrees, live.peakViewers], [1, true, 9]);
  const all = (await mira.get('/v1/me/lives')).body;
  assert.deepEqual(
    [all.items.map(({ id }: { id: string }) => id), all.nextCursor],
    [[items[0].id, first], null],
  );
  const nova = await site.person('nova');
  await nova.post('/v1/me/creator');
  for (const id of [first, 'live_x', `live_${newId().replaceAll('-', '')}`]) {
    assert.equal((await nova.get(`/v1/me/lives/${id}`)).status, 404, id);
  }
  assert.deepEqual((await nova.get('/v1/me/lives')).body.items, []);
  assert.equal((await mira.get('/v1/me/lives?cursor=x')).status, 400);
});

test('a count that differs is told', () => {
  const counts = { stage: 1_000n, gifts: 1_500n, ledger: 1_500n, entries: 1 };
  assert.equal(agree(counts), false);
  assert.match(howTotal(counts).at(-1)?.label ?? '', /do not agree/);
  assert.equal(agree({ ...counts, stage: 1_500n }), true);
});

test('the minutes end with the one that runs', () => {
  const nowMs = Date.UTC(2026, 10, 23, 12, 0, 30);
  const minutes = everyMinute([], nowMs);
  assert.equal(minutes.at(-1)?.minute.toISOString(), '2026-11-23T12:00:00.000Z');
  assert.equal(minutes.at(0)?.minute.toISOString(), '2026-11-23T11:31:00.000Z');
});
