import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  buy,
  decideDispute,
  give,
  holds,
  openDispute,
  refundAtProvider,
  sendBack,
  turnVerdict,
  userIdOf,
} from '../../test/refund-scene.ts';
import { startServerProcess } from '../../test/server-process.ts';
import { hands, type Person, testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { MINUTE_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { auditGifts } from '../gifts/audit-gifts.ts';
import { auditPurchases } from '../purchases/audit-purchases.ts';
import { bringEvidence } from '../sandbox/stripe/payments.ts';
import { auditRefunds } from './audit-refunds.ts';

const ROUNDS = 4;
const FANS = 5;

// People sign up and buy here; refunds are asked for, and disputes decided, on servers that are killed. The clock is a
// little ahead, so that whatever they leave behind is due at once.
const clock = testClock(Date.now() + 2 * MINUTE_MS);
const site = await testHouse({ clock });
const { db } = site.house;
const { secrets } = site.house.config;

/** Waits until the money of a case is booked as gone. */
async function isBooked(ref: string): Promise<void> {
  await until(
    'it is booked',
    () =>
      db.query(
        'select from recalls r join recall_states s on s.recall_id = r.id where provider_ref = $1 and state = $2',
        [ref, 'taken'],
      ),
    ({ length }) => length === 1,
  );
}

test('servers killed at any moment leave no refund without its money, and nothing taken or brought back twice', async () => {
  const mira = await site.person('mira');
  const stage = await goLive(mira);
  const orders: { readonly fan: Person; readonly id: string; readonly key: string }[] = [];
  const returned: Person[] = [];
  const disputed: { readonly id: string; readonly ref: string; readonly fan: Person }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const fresh: typeof orders = [];
    for (let index = 0; index < FANS; index += 1) {
      const fan = await site.person(`fan${round}_${index}`);
      const id = await buy(fan, 100n);
      await give(fan, stage, 'sunflower');
      fresh.push({ fan, id, key: newId() });
    }
    orders.push(...fresh);
    // One more of each round is disputed, and lost while the server dies.
    const victim = await site.person(`victim${round}`);
    const bad = await buy(victim, 100n);
    await give(victim, stage, 'sunflower');
    const ref = await openDispute(site, clock, bad);
    disputed.push({ id: bad, ref, fan: victim });
    // And one was refunded at the provider and booked; the bank sends it back while the server dies.
    const lucky = await site.person(`lucky${round}`);
    const gone = await buy(lucky, 100n);
    await give(lucky, stage, 'sunflower');
    const goneRef = await refundAtProvider(site, clock, gone, 135);
    // One more was disputed and lost; the bank takes its verdict back while the server dies.
    const turned = await site.person(`turned${round}`);
    const lost = await buy(turned, 100n);
    await give(turned, stage, 'sunflower');
    const lostRef = await openDispute(site, clock, lost);
    await decideDispute(site, clock, lostRef, 'lost');
    for (const booked of [goneRef, lostRef]) await isBooked(booked);
    returned.push(lucky, turned);
    const server = await startServerProcess('refund-process.ts', [site.databaseUrl, secrets.webhook]);
    const first = Promise.withResolvers<void>();
    const asked = fresh.map(async ({ fan, id, key }) => {
      try {
        await hands(server.origin, fan.cookie).post(`/v1/orders/${id}/refunds`, {}, key);
      } catch {
        // It died: the answer is lost.
      }
      first.resolve();
    });
    await db.transaction((tx) =>
      bringEvidence(tx, ref, { evidence: { uncategorized_text: 'losing_evidence' } }, clock.now()),
    );
    await sendBack(site, clock, goneRef);
    await turnVerdict(site, clock, lostRef);
    await Promise.race([first.promise, pause(randomInt(5, 120))]);
    await pause(randomInt(0, 30));
    await server.kill();
    await Promise.all(asked);
  }
  // Whoever was not answered asks again with the same key.
  for (const { fan, id, key } of orders) {
    const again = await fan.post(`/v1/orders/${id}/refunds`, {}, key);
    assert.ok(again.status === 201 || again.body.code === 'nothing_unspent', JSON.stringify(again.body));
  }
  const open = await until(
    'everything has come to its end',
    async () => {
      clock.advance(SECOND_MS);
      const [row] = await db.query<{ open: bigint }>(
        `select (select count(*) from refund_states where state not in ('refunded', 'failed')) +
                (select count(*) from recall_states where state in ('held', 'parked')) +
                (select count(*) from recalls) - ${3 * ROUNDS} +
                ${2 * ROUNDS} - (select count(*) from recall_returns where cash_cents > 0) as open`,
      );
      return row?.open;
    },
    (left) => left === 0n,
    60_000,
  );
  assert.equal(open, 0n);
  for (const { fan, id } of orders) {
    const [there] = await db.query<{ cents: bigint; refunds: bigint }>(
      `select coalesce(sum((r.body->>'amount')::bigint), 0)::bigint as cents, count(*) as refunds
         from sandbox.objects r join sandbox.objects c on c.id = r.parent
        where r.kind = 'refund' and c.body->'metadata'->>'order' = $1`,
      [id],
    );
    // 80 of 100 Coins: $1.08, once.
    assert.deepEqual(there, { cents: 108n, refunds: 1n }, id);
    assert.equal((await holds(site, userIdOf(fan))).coins, 0n);
  }
  for (const { fan } of disputed) assert.equal((await holds(site, userIdOf(fan))).coins, 0n);
  // 80 that were unspent, and the 20 of the gift that was taken back.
  for (const fan of returned) assert.equal((await holds(site, userIdOf(fan))).coins, 100n);
  const gifts = BigInt(ROUNDS * FANS) * 10_000n;
  assert.equal(
    (await holds(site, userIdOf(mira))).pending,
    gifts,
    'the gifts of disputed cards are gone, once',
  );
  assert.deepEqual(
    [...(await auditRefunds(db)), ...(await auditPurchases(db)), ...(await auditGifts(db))],
    [],
  );
});
