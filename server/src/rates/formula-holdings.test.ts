import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buy, cents, orderOf, refund } from '../../test/refund-scene.ts';
import { testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { currentPolicy } from '../policy/index.ts';
import { formulaHoldings, settledDaysOf } from './formula-holdings.ts';

const MIDNIGHT_MS = Date.UTC(2026, 10, 3);
const clock = testClock(MIDNIGHT_MS + DAY_MS / 2);
const site = await testHouse({ clock });
const { db } = site.house;
const windowDays = 7;
const settledDays = settledDaysOf(await currentPolicy(db, clock.now()));

/** What the formula counts at the midnight after so many days. */
function after(days: number) {
  return formulaHoldings(db, MIDNIGHT_MS + days * DAY_MS, { windowDays, settledDays });
}

test('what may still be given back moves nothing, and what was given back never did', async () => {
  const [ana, ben] = [await site.person('ana'), await site.person('ben')];
  assert.equal(settledDays, 15, 'the 14 days of a refund, and one for it to arrive');
  const before = await after(0);
  await buy(ana, 1_000n); // $13.50
  const coins = await buy(ben, 2_000n); // $27.00
  const diamonds = await buy(ben, 0n, undefined, { kind: 'exact', diamonds: '500' });
  const { priceCents } = await orderOf(site.house, diamonds);
  assert.ok(priceCents > 0n);
  const whole = 1_350n + 2_700n + priceCents;
  assert.ok((await cents(site, 'cash')) > 0n);

  assert.deepEqual(await after(1), before, 'neither demand, nor money held, nor Diamonds owed');
  assert.deepEqual(await after(settledDays), before, 'nor on the last day on which a fan may ask');
  const sure = await after(settledDays + 1);
  assert.equal(sure.purchasedCents, whole);
  assert.equal(sure.outstandingUnits, before.outstandingUnits + 500_000n);
  assert.ok(sure.heldCents > before.heldCents);
  assert.equal(
    (await after(settledDays + windowDays)).purchasedCents,
    whole,
    'on the last day of the window',
  );
  assert.equal((await after(settledDays + windowDays + 1)).purchasedCents, 0n);

  // The day before it counts, everything but Ana's goes back.
  clock.advance(13 * DAY_MS);
  for (const order of [coins, diamonds]) {
    const asked = await refund(ben, order);
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    await until(
      'the money is back',
      () => ben.get(`/v1/orders/${order}/refund`),
      ({ body }) => body.refunds[0]?.state === 'refunded',
    );
  }
  assert.deepEqual(await after(settledDays), before);
  const kept = await after(settledDays + 1);
  assert.equal(kept.purchasedCents, 1_350n, 'less what went back on another day');
  assert.equal(kept.outstandingUnits, before.outstandingUnits);
  // A refund of what is counted no more takes nothing from what is.
  assert.equal((await after(settledDays + windowDays + 1)).purchasedCents, 0n);
});
