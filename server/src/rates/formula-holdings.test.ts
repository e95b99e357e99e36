import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buy, cents, give, orderOf, refund } from '../../test/refund-scene.ts';
import { testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { accountId, transferEvent } from '../ledger/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { formulaHoldings, settledDaysOf } from './formula-holdings.ts';

const MIDNIGHT_MS = Date.UTC(2026, 10, 3);
const clock = testClock(MIDNIGHT_MS + DAY_MS / 2);
const site = await testHouse({ clock });
const { db } = site.house;
const windowDays = 7;
const carat = await currentPolicy(db, clock.now());
const policy = { ...carat, rates: { ...carat.rates, formula: { ...carat.rates.formula, windowDays } } };
const settledDays = settledDaysOf(policy);

// Else what is held would be none in either case.
await site.house.ledger.post({
  transfers: [
    transferEvent({
      id: newId(),
      from: accountId('world', 'owner', 'USD'),
      to: accountId('platform', 'cash', 'USD'),
      units: 100_000n,
      asset: 'USD',
      code: 'owner_funds',
    }),
  ],
});

/** What the formula counts at the midnight after so many days. */
function after(days: number) {
  return formulaHoldings(db, MIDNIGHT_MS + days * DAY_MS, policy);
}

test('what may still be given back moves nothing, and what was given back never did', async () => {
  const [ana, ben] = [await site.person('ana'), await site.person('ben')];
  assert.equal(settledDays, 15, 'the 14 days of a refund, and one for it to arrive');
  const before = { ...(await after(0)), heldCents: 100_000n };
  await buy(ana, 1_000n); // $13.50
  const coins = await buy(ben, 2_000n); // $27.00
  const diamonds = await buy(ben, 0n, undefined, { kind: 'exact', diamonds: '500' });
  const { priceCents } = await orderOf(site.house, diamonds);
  assert.ok(priceCents > 0n);
  const whole = 1_350n + 2_700n + priceCents;
  // A provider keeps its fee whatever is given back.
  const unmoved = { ...before, heldCents: before.heldCents - (await cents(site, 'provider_fees')) };

  assert.deepEqual(await after(1), unmoved, 'neither demand, nor money held, nor Diamonds owed');
  assert.deepEqual(await after(settledDays), unmoved, 'nor on the last day on which a fan may ask');
  const sure = await after(settledDays + 1);
  assert.equal(sure.purchasedCents, whole);
  assert.equal(sure.outstandingUnits, before.outstandingUnits + 500_000n);
  assert.equal(sure.heldCents, unmoved.heldCents + whole);
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
  assert.deepEqual(await after(settledDays), unmoved);
  const kept = await after(settledDays + 1);
  assert.equal(kept.purchasedCents, 1_350n, 'less what went back on another day');
  assert.equal(kept.outstandingUnits, before.outstandingUnits);
  // A refund of what is counted no more takes nothing from what is.
  assert.equal((await after(settledDays + windowDays + 1)).purchasedCents, 0n);
});

test('the money of Coins that were given is there, however lately they were bought', async () => {
  const [eve, mira] = [await site.person('eve'), await site.person('mira')];
  const stage = await goLive(mira);
  const today = Math.round((clock.now() - MIDNIGHT_MS) / DAY_MS);
  const before = await after(today + 1);
  await buy(eve, 1_000n);
  const bought = await after(today + 1);
  assert.ok(bought.heldCents < before.heldCents, 'the fee is gone, the rest may be given back');
  await give(eve, stage, 'sunflower', 10); // 200 Coins, $2.70
  const given = await after(today + 1);
  assert.equal(given.heldCents, bought.heldCents + 270n);
  assert.equal(given.outstandingUnits, before.outstandingUnits + 100_000n);
});
