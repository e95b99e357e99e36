import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Person, testHouse } from '../../test/test-house.ts';
import { buyCoins, goLive } from '../../test/town-life.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { slices } from '../slices.ts';

const clock = testClock(Date.UTC(2026, 10, 22, 12));
const house = await testHouse({ slices, clock });
const mira = await house.person('mira');
const stageId = await goLive(mira);
const fan = async (handle: string) => {
  const person = await house.person(handle);
  await buyCoins(person, 10_000n);
  return person;
};
// A Coin is 1.35 cents: 100 Coins are $1.35.
const give = (person: Person, quantity: number, key = newId()) =>
  person.post('/v1/gifts', { stageId, giftId: 'rose', quantity }, key);
const limit = async (person: Person, wishes: Record<string, string | null>) => {
  const answer = await person.request('PUT', '/v1/me/spending/limits', { body: wishes });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.spending;
};
const spending = async (person: Person) => (await person.get('/v1/me/spending')).body.spending;

test('over the limit of seven days a gift is refused, and a higher limit waits a day', async () => {
  const ana = await fan('ana');
  const limits = await limit(ana, { weekCents: '500' });
  assert.deepEqual([limits.week.limit.units, limits.week.own, limits.day.limit], ['500', true, null]);
  assert.equal((await give(ana, 370)).status, 201); // $4.995, told as $5.00
  const key = newId();
  const refused = await give(ana, 1, key);
  assert.deepEqual(
    [refused.status, refused.body.code, refused.body.data],
    [
      403,
      'spending_limit_reached',
      {
        limit: '$5.00',
        span: 'in seven days',
        left: '$0.00',
        wait: 'At each midnight UTC, what you spent seven days before stops to count.',
      },
    ],
  );
  assert.equal((await spending(ana)).week.given.units, '500');

  const waiting = await limit(ana, { weekCents: '1000' });
  assert.deepEqual(
    [waiting.week.limit.units, waiting.week.next.limit.units, waiting.week.next.from],
    ['500', '1000', '2026-11-23T12:00:00.000Z'],
  );
  assert.equal((await give(ana, 1)).status, 403);
  clock.advance(DAY_MS);
  assert.equal((await give(ana, 1, key)).status, 201, 'a refused key may be tried again');
  assert.equal((await give(ana, 370)).status, 403);
  // Seven days after the first gift it no longer counts.
  clock.advance(6 * DAY_MS);
  assert.equal((await give(ana, 739)).status, 201);
});

test('of a hundred gifts at once as many pass as fit, none more, and one limit is for gifts and questions', async () => {
  const ben = await fan('ben');
  await limit(ben, { dayCents: '135' });
  const answers = await Promise.all(Array.from({ length: 100 }, () => give(ben, 3)));
  const passed = answers.filter(({ status }) => status === 201).length;
  assert.equal(passed, 33);
  assert.equal((await spending(ben)).day.given.units, '134'); // 99 Coins, rounded up
  assert.equal((await give(ben, 1)).status, 201);
  assert.equal((await give(ben, 1)).status, 403);
});

test('what was given before the limit counts, after a restart of the server too', async () => {
  const cleo = await fan('cleo');
  assert.equal((await give(cleo, 100)).status, 201);
  const again = await testHouse({ slices, clock, databaseUrl: house.databaseUrl });
  await limit(cleo, { dayCents: '150' });
  const there = await fetch(`${again.origin}/v1/gifts`, {
    method: 'POST',
    headers: {
      origin: again.origin,
      cookie: cleo.cookie,
      'content-type': 'application/json',
      'idempotency-key': newId(),
    },
    body: JSON.stringify({ stageId, giftId: 'rose', quantity: 12 }),
  });
  assert.equal(there.status, 403);
  await again.close();
});

test('a break closes buying and giving until it ends, and cannot be shortened', async () => {
  const dora = await fan('dora');
  assert.equal((await dora.post('/v1/me/spending/break', { days: 2 })).status, 400);
  const taken = await dora.post('/v1/me/spending/break', { days: 7 });
  assert.equal(taken.body.spending.breakUntil, new Date(clock.now() + 7 * DAY_MS).toISOString());
  assert.equal((await give(dora, 1)).body.code, 'on_a_break');
  const order = await dora.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, newId());
  assert.equal(order.body.code, 'on_a_break');
  // Another, shorter one ends nothing.
  assert.equal(
    (await dora.post('/v1/me/spending/break', { days: 1 })).body.spending.breakUntil,
    taken.body.spending.breakUntil,
  );
  const checks = (await dora.get('/v1/me/explain/send')).body.checks;
  assert.deepEqual(
    checks.filter(({ passed }: { passed: boolean }) => !passed).map(({ code }: { code: string }) => code),
    ['on_a_break'],
  );
  clock.advance(7 * DAY_MS);
  assert.equal((await give(dora, 1)).status, 201);
});

test('a wish that is none is refused', async () => {
  const eve = await fan('eve');
  for (const wishes of [{ weekCents: '-1' }, { weekCents: '1.5' }, { weekCents: 500 }, { yearCents: '1' }]) {
    assert.equal((await eve.request('PUT', '/v1/me/spending/limits', { body: wishes })).status, 400);
  }
  const closed = await limit(eve, { dayCents: '0' });
  assert.equal(closed.day.limit.units, '0');
  assert.equal((await give(eve, 1)).status, 403);
});
