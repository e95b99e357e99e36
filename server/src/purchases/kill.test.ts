import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type ServerProcess, startServerProcess } from '../../test/server-process.ts';
import { hands, type Person, testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { MINUTE_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { identity } from '../identity/index.ts';
import { policy } from '../policy/index.ts';
import { rates } from '../rates/index.ts';
import { wallet } from '../wallet/index.ts';
import { auditPurchases } from './audit-purchases.ts';
import { purchases } from './index.ts';

const ROUNDS = 4;
const BUYERS = 8;

// Everybody signs up here; the buying happens in processes that are killed. The clock is a little ahead, so that
// whatever they leave behind is due for a check at once.
const clock = testClock(Date.now() + 2 * MINUTE_MS);
const slices = [policy, identity, rates, wallet, purchases];
const nursery = await testHouse({ slices: [policy, identity] });
const { secrets } = nursery.house.config;

interface Attempt {
  readonly buyer: Person;
  readonly key: string;
  /** The order's public id, once a server has answered. */
  id: string | null;
}

test('servers killed at any moment leave no charge without its credit, and no credit twice', async () => {
  const buyers: Person[] = [];
  for (let index = 0; index < BUYERS; index += 1) buyers.push(await nursery.person(`buyer${index}`));
  const attempts: Attempt[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const shop = await startShop();
    const fresh = buyers.map((buyer): Attempt => ({ buyer, key: randomUUID(), id: null }));
    attempts.push(...fresh);
    // It dies after so many answers (an order and a payment for each buyer), and a few moments more.
    const deadline = Promise.withResolvers<void>();
    let answersLeft = randomInt(1, 2 * BUYERS);
    const answered = () => {
      answersLeft -= 1;
      if (answersLeft === 0) deadline.resolve();
    };
    const buying = Promise.all(fresh.map((attempt) => buy(shop.origin, attempt, answered)));
    await Promise.race([deadline.promise, buying]);
    await pause(randomInt(0, 20));
    await shop.kill();
    await buying;
  }

  const survivor = await testHouse({ slices, clock, databaseUrl: nursery.databaseUrl, config: { secrets } });
  const { db } = survivor.house;
  // Whoever was answered finds their order; whoever was not asks again with the same key and gets one order.
  for (const attempt of attempts) {
    const again = await hands(survivor.origin, attempt.buyer.cookie).post(
      '/v1/orders',
      { item: { kind: 'exact', coins: '100' } },
      attempt.key,
    );
    assert.equal(again.status, 201, JSON.stringify(again.body));
    if (attempt.id !== null) assert.equal(again.body.order.id, attempt.id, 'what was answered is not lost');
  }
  const books = () =>
    db.query<{ charged: bigint; credited: bigint; unsettled: bigint; orders: bigint }>(
      `select (select count(*) from sandbox.objects where kind = 'charge') as charged,
              (select count(*) from purchase_payments) as credited,
              (select count(*) from sandbox.objects c
                where c.kind = 'checkout.session' and c.body->>'payment_status' = 'paid' and not exists (
                  select from purchase_payments p where p.provider_ref = c.id)) as unsettled,
              (select count(*) from purchase_orders) as orders`,
    );
  // Keys that were in use when a server died are free again after a while, and the provider is asked again.
  const [settled] = await until(
    'every order is settled',
    () => {
      clock.advance(SECOND_MS);
      return books();
    },
    ([now]) => now?.unsettled === 0n,
    60_000,
  );
  assert.equal(settled?.orders, BigInt(attempts.length), 'one order for each key');
  assert.equal(settled?.credited, settled?.charged, 'one credit for each charge');
  assert.deepEqual(await auditPurchases(db), []);
  const [{ coins } = {}] = await db.query<{ coins: bigint }>(
    `select sum(credits_posted - debits_posted)::bigint as coins from ledger_accounts where ledger = 1 and code = 1`,
  );
  assert.equal(coins, (settled?.charged ?? 0n) * 100n);
});

/** Orders and pays as far as the server lives. */
async function buy(origin: string, attempt: Attempt, answered: () => void): Promise<void> {
  try {
    const { status, body } = await hands(origin, attempt.buyer.cookie).post(
      '/v1/orders',
      { item: { kind: 'exact', coins: '100' } },
      attempt.key,
    );
    assert.equal(status, 201, JSON.stringify(body));
    attempt.id = body.order.id;
    answered();
    if (body.order.checkoutUrl === null) return;
    const path = new URL(body.order.checkoutUrl).pathname;
    await hands(origin, '').request('POST', path, {
      body: 'do=pay&card=4242424242424242',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    answered();
  } catch (error) {
    // The server died: the answer is lost, as it is for a real buyer.
    if (error instanceof assert.AssertionError) throw error;
  }
}

function startShop(): Promise<ServerProcess> {
  return startServerProcess('shop-process.ts', [nursery.databaseUrl, secrets.webhook]);
}
