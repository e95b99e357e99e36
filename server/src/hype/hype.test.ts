import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveCoins } from '../../test/gift-scene.ts';
import { type Answer, type Person, testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { MINUTE_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { payingOf } from '../gifts/index.ts';
import { compileStrict } from '../http/validation.ts';
import { auditWithin } from '../ledger/audit.ts';
import { allMessages } from '../realtime/messages.ts';
import { auditHypes } from './audit-hype.ts';
import { hypingOf } from './hyping.ts';
import { followHypes } from './jobs.ts';

// The preset: 3 supporters within 5 minutes; 500, 1,500, 3,500, 7,000, 12,000 Coins; 2 minutes a level; 10 of rest.
// The audit goes by the database's time, so this begins with it.
const clock = testClock(Date.now());
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const hyping = hypingOf(house);

const mira = await site.person('mira');
const stageId = await goLive(mira);
const stageUuid = parsePublicId('stage', stageId) as Uuid;
const [ana, ben, cyd, dan] = await Promise.all(['ana', 'ben', 'cyd', 'dan'].map((name) => fanWith(name)));
assert(ana !== undefined && ben !== undefined && cyd !== undefined && dan !== undefined);

async function fanWith(handle: string): Promise<Person> {
  const person = await site.person(handle);
  const uuid = parsePublicId('user', person.id) as Uuid;
  await payingOf(house).openAccounts([uuid]);
  await giveCoins(house, uuid, 1_000_000n);
  return person;
}

/** Gives and waits until it is shown. Teddy 99, disco 199, crown 499, saturn 4,999, comet 9,999 Coins. */
async function give(who: Person, giftId: string, quantity = 1): Promise<void> {
  clock.advance(1);
  const given = await who.post('/v1/gifts', { stageId, giftId, quantity }, newId());
  assert.equal(given.status, 201, JSON.stringify(given.body));
  await shown();
}
const shown = () =>
  until('everything is shown', async () => {
    const open = await db.query('select from gifts, gift_relay where committed > relayed');
    return open.length === 0;
  });
const hype = async (who: { get(path: string): Promise<Answer> } = site.stranger) =>
  (await who.get('/v1/stages/mira/hype')).body;
const bar = ({ running }: Answer['body']) =>
  running === null ? null : [running.level, running.percent, running.total.units, running.supporters];
const events = async () =>
  (
    await db.query<{ event: Record<string, unknown> }>(
      `select event from room_events where room_id = $1 and event->>'type' = 'hype' order by seq`,
      [stageUuid],
    )
  ).map(({ event }) => event);
/** Over for the room too: it is kept and told in one commit. */
const untilOver = () => until('it is over', async () => (await hype()).running === null);

test('one whale starts nothing; the third supporter does, and all that was given within the window counts', async () => {
  for (let times = 0; times < 3; times += 1) await give(ana, 'comet');
  const before = await hype();
  assert.deepEqual([before.running, before.warm, before.rules.supportersNeeded], [null, 1, 3]);
  clock.advance(5 * MINUTE_MS);
  await give(ana, 'teddy');
  await give(ben, 'teddy', 2);
  assert.deepEqual([(await hype()).running, (await hype()).warm], [null, 2], 'the comets are too long ago');
  assert.deepEqual((await mira.get('/v1/stages/mira')).body.stage.running, []);
  await give(cyd, 'disco');
  const { running, contributions, yours } = await hype(ben);
  // 99 + 2 × 99 + 199 = 496 of 500
  assert.deepEqual(
    [running.level, running.percent, running.total.units, running.progress.units, running.goal.units],
    [1, 99, '496', '496', '500'],
  );
  assert.deepEqual(
    contributions.map(({ handle, coins }: { handle: string; coins: { units: string } }) => [
      handle,
      coins.units,
    ]),
    [
      ['cyd', '199'],
      ['ben', '198'],
      ['ana', '99'],
    ],
  );
  assert.equal(yours.units, '198');
  assert.deepEqual((await mira.get('/v1/stages/mira')).body.stage.running, ['hype']);
  const [started, ...more] = await events();
  assert.deepEqual(
    [started?.state, started?.supporters, started?.totalCoins, more.length],
    ['started', 3, '496', 0],
  );
});

test('a level that is filled is told at once and begins the countdown anew; what is between, a moment later', async () => {
  const endsAt = Date.parse((await hype()).running.endsAt);
  clock.advance(MINUTE_MS);
  await followHypes(hyping);
  assert.equal((await events()).length, 1, 'nothing changed since it began');
  await give(ana, 'rose', 3);
  // By whoever looks next: the house itself, or this.
  await until('it is told', async () => {
    await followHypes(hyping);
    return (await events()).length > 1;
  });
  assert.deepEqual(
    (await events()).slice(1).map(({ state, totalCoins, percent }) => [state, totalCoins, percent]),
    [['running', '499', 99]],
  );
  await give(dan, 'crown');
  const { running } = await hype();
  assert.deepEqual(bar({ running }), [2, 49, '998', 4]);
  assert(Date.parse(running.endsAt) > endsAt, 'a minute was won');
  const levelUp = (await events()).at(-1);
  assert.deepEqual(
    [levelUp?.state, levelUp?.level, levelUp?.percent, levelUp?.supporters],
    ['levelUp', 2, 49, 4],
  );
  assert.deepEqual(await auditHypes(db), []);
});

test('several levels at once, the fifth full: it runs on to the end of its countdown', async () => {
  await give(ana, 'comet');
  assert.deepEqual(bar(await hype()), [5, 79, '10997', 4]); // (10,997 − 7,000) of 5,000
  await give(ana, 'saturn');
  const { running } = await hype();
  assert.deepEqual([...(bar({ running }) ?? []), running.full], [5, 100, '15996', 4, true]);
  clock.advance(2 * MINUTE_MS);
  await followHypes(hyping);
  await untilOver();
  const { last, best, running: none, restsUntil } = await hype();
  assert.equal(none, null);
  assert.deepEqual([last.total.units, last.endedBy, best.id], ['15996', 'time', last.id]);
  assert(restsUntil !== null);
  const over = (await events()).at(-1);
  assert.deepEqual([over?.state, over?.endedBy, over?.best], ['ended', 'time', true]);
  assert.deepEqual(await auditHypes(db), []);
});

test('it rests, then another one may begin; the best one is remembered', async () => {
  for (const fan of [ana, ben, cyd, dan]) await give(fan, 'teddy');
  assert.deepEqual([(await hype()).running, (await hype()).warm], [null, 0]);
  clock.advance(10 * MINUTE_MS);
  for (const fan of [ana, ben]) await give(fan, 'rose');
  assert.deepEqual([(await hype()).running, (await hype()).warm], [null, 2]);
  await give(cyd, 'rose');
  assert.deepEqual(bar(await hype()), [1, 0, '3', 3]);
  clock.advance(2 * MINUTE_MS);
  await followHypes(hyping);
  await untilOver();
  const { last, best } = await hype();
  assert.deepEqual([last.total.units, best.total.units], ['3', '15996']);
  assert.equal((await events()).at(-1)?.best, false);
});

test('who wants to be in no ranking is “A supporter” in it, for tools as well', async () => {
  assert.equal((await ana.request('PATCH', '/v1/me', { body: { inRanks: false } })).status, 200);
  clock.advance(11 * MINUTE_MS);
  await give(ana, 'disco');
  for (const fan of [ben, cyd]) await give(fan, 'rose');
  const { contributions } = await hype();
  assert.deepEqual([contributions[0].handle, contributions[0].displayName], [null, 'A supporter']);
  const told = (await events()).at(-1) as { topContributors: { user: object | null; coinCount: string }[] };
  assert.deepEqual(told.topContributors[0], { user: null, coinCount: '199' });
});

test('the creator switches it off: it ends, and none begins; switched on, it rests first', async () => {
  assert.equal((await ana.request('PUT', '/v1/me/stage/hype', { body: { on: false } })).status, 403);
  const off = await mira.request('PUT', '/v1/me/stage/hype', { body: { on: false } });
  assert.deepEqual(
    [off.status, off.body.on, off.body.running, off.body.last.endedBy],
    [200, false, null, 'switched_off'],
  );
  clock.advance(11 * MINUTE_MS);
  for (const fan of [ana, ben, cyd]) await give(fan, 'rose');
  assert.equal((await hype()).running, null);
  assert.equal((await mira.request('PUT', '/v1/me/stage/hype', { body: { on: true } })).body.on, true);
  assert.equal((await hype()).running, null);
  for (const fan of [ana, ben, cyd]) await give(fan, 'rose');
  assert.deepEqual(bar(await hype()), [1, 0, '3', 3]);
});

test('the end of the live ends it, and who warmed the last live warms no other', async () => {
  assert.equal((await mira.post('/v1/stages/end', {})).status, 200);
  await untilOver();
  assert.equal((await events()).at(-1)?.endedBy, 'live_ended');
  clock.advance(11 * MINUTE_MS);
  assert.equal((await mira.post('/v1/stages/start', { title: 'Again' })).status, 201);
  await give(ana, 'rose');
  await give(ben, 'rose');
  assert.equal((await mira.post('/v1/stages/end', {})).status, 200);
  clock.advance(SECOND_MS);
  assert.equal((await mira.post('/v1/stages/start', { title: 'And again' })).status, 201);
  await give(cyd, 'rose');
  assert.deepEqual([(await hype()).running, (await hype()).warm], [null, 1]);
});

test('what was given before it was switched off begins nothing after, and what is given in between is in no hype', async () => {
  const meter = (on: boolean) => mira.request('PUT', '/v1/me/stage/hype', { body: { on } });
  clock.advance(SECOND_MS);
  await give(ana, 'rose');
  assert.equal((await meter(false)).status, 200);
  await give(dan, 'crown');
  assert.equal((await meter(true)).status, 200);
  assert.equal((await hype()).warm, 0);
  await give(ben, 'rose');
  await give(cyd, 'rose');
  assert.deepEqual([(await hype()).running, (await hype()).warm], [null, 2]);
  await give(ana, 'rose');
  assert.deepEqual(bar(await hype()), [1, 0, '3', 3]);
  assert.deepEqual(await auditHypes(db), []);
  clock.advance(2 * MINUTE_MS);
  await followHypes(hyping);
  await untilOver();
});

test('of a live that ended it is kept no longer who warmed it', async () => {
  clock.advance(11 * MINUTE_MS);
  await give(ana, 'rose');
  assert.equal((await mira.post('/v1/stages/end', {})).status, 200);
  await until('nothing is kept', async () => {
    await followHypes(hyping);
    return (await db.query('select from hype_warm_ups')).length === 0;
  });
  assert.equal((await mira.post('/v1/stages/start', { title: 'Once more' })).status, 201);
});

test('two processes end it while gifts stream in: one end, which is what was given', async () => {
  const second = await testHouse({ clock, databaseUrl: site.databaseUrl });
  const fans = [ana, ben, cyd, dan];
  for (let round = 0; round < 3; round += 1) {
    clock.advance(11 * MINUTE_MS);
    let isGiving = true;
    const giving = fans.map(async (fan) => {
      while (isGiving) await fan.post('/v1/gifts', { stageId, giftId: 'rose', quantity: 1 }, newId());
    });
    await until('it runs', async () => Number((await hype()).running?.total.units ?? 0) > 30);
    clock.advance(2 * MINUTE_MS);
    await Promise.all([followHypes(hyping), followHypes(hypingOf(second.house)), followHypes(hyping)]);
    isGiving = false;
    await Promise.all(giving);
    await untilOver();
    await shown();
    const { last } = await hype();
    const ends = (await events()).filter(({ hypeId, state }) => hypeId === last.id && state === 'ended');
    assert.equal(ends.length, 1);
  }
  assert.deepEqual(await auditHypes(db), []);
});

test('levels only rise within one hype, and every message is what tools are told that it is', async () => {
  const kind = allMessages().find(({ name }) => name === 'hype');
  assert(kind !== undefined);
  const fits = compileStrict(kind.schema);
  const totals = new Map<unknown, bigint>();
  const told = await events();
  assert(told.length > 10);
  for (const event of told) {
    assert(fits(event), JSON.stringify([event, fits.errors]));
    const total = BigInt(String(event.totalCoins));
    assert(total >= (totals.get(event.hypeId) ?? 0n), `${event.state} tells of less than was told before`);
    totals.set(event.hypeId, total);
  }
  const { rules } = await hype();
  assert.deepEqual(
    [rules.how[0].value, rules.how[2].value, rules.how[7].value, rules.how[8].value],
    [
      '3 different supporters within 5 minutes',
      '500 Coins',
      'after 2 minutes without a new level',
      'for 10 minutes',
    ],
  );
  const report = await db.transaction((tx) => auditWithin(tx));
  assert.deepEqual(
    report.findings.filter(({ violations }) => violations.length > 0),
    [],
  );
});
