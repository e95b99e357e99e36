import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Person, testHouse } from '../../test/test-house.ts';
import { buyCoins } from '../../test/town-life.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { slices } from '../slices.ts';

const clock = testClock(Date.UTC(2026, 10, 22, 12));
const house = await testHouse({ slices, clock });
const again = await testHouse({ slices, clock, databaseUrl: house.databaseUrl });

// 100 Coins are $1.35.
const order = (person: Person, coins: string, key = newId()) =>
  person.post('/v1/orders', { item: { kind: 'exact', coins } }, key);
const limit = (person: Person, wishes: Record<string, string | null>) =>
  person.request('PUT', '/v1/me/spending/limits', { body: wishes });
const bought = async (person: Person) =>
  (await person.get('/v1/me/spending')).body.spending.week.bought.units;

test('what was paid and what may still be paid count, and the price is what counts', async () => {
  const ana = await house.person('ana');
  await limit(ana, { weekCents: '500' });
  await buyCoins(ana, 219n); // $2.96
  assert.equal(await bought(ana), '296');
  assert.equal((await order(ana, '151')).status, 201); // $2.04, open: $5.00 in all
  const key = newId();
  const over = await order(ana, '40', key);
  assert.deepEqual(
    [over.status, over.body.code, over.body.data.left],
    [403, 'spending_limit_reached', '$0.00'],
  );
  assert.equal(await bought(ana), '296', 'what is open is not paid');
  // Seven days later neither counts any more.
  clock.advance(7 * DAY_MS);
  assert.equal((await order(ana, '370')).status, 201);
});

test('of many orders at once, in two processes, as many are opened as fit', async () => {
  const ben = await house.person('ben');
  await limit(ben, { dayCents: '405' });
  const origins = [house.origin, again.origin];
  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, at) => {
      const origin = origins[at % 2] ?? '';
      const answer = await fetch(`${origin}/v1/orders`, {
        method: 'POST',
        headers: {
          origin,
          cookie: ben.cookie,
          'content-type': 'application/json',
          'idempotency-key': newId(),
        },
        body: JSON.stringify({ item: { kind: 'exact', coins: '100' } }),
      });
      return answer.status;
    }),
  );
  assert.deepEqual(
    answers.sort((a, b) => a - b),
    [201, 201, 201, 403, 403, 403, 403, 403],
  );
});
