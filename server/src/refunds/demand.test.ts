import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buy, decideDispute, give, openDispute, refund, userIdOf } from '../../test/refund-scene.ts';
import { testHouse } from '../../test/test-house.ts';
import { anOperator, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, HOUR_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { holdingsBefore } from '../rates/holdings.ts';
import { inputsOf } from '../tiers/store.ts';
import { keepReserve } from './keep-reserve.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const olu = await anOperator(site, 'olu');
const mira = await site.person('mira');
const stage = await goLive(mira);

const purchased = async () => (await holdingsBefore(db, clock.now() + HOUR_MS, 30)).purchasedCents;
const given = async () => {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const asked = { after: null, only: userIdOf(mira), limit: 1 };
  const from = day(clock.now() - 30 * DAY_MS);
  const [inputs] = await inputsOf(db, { ...asked, from, to: day(clock.now() + DAY_MS) });
  return inputs?.coins;
};

test('the demand that moves the rate is what was bought and stayed bought', async () => {
  const ana = await site.person('ana');
  const kept = await buy(ana, 219n); // $2.96
  assert.equal(await purchased(), 296n);
  const back = await buy(ana, 100n); // $1.35
  assert.equal(await purchased(), 431n);
  assert.equal((await refund(ana, back)).body.refund.state, 'refunded');
  assert.equal(await purchased(), 296n, 'a refund is no demand');

  const ben = await site.person('ben');
  const lost = await buy(ben, 200n); // $2.70
  await give(ben, stage, 'sunflower', 2); // 40 Coins
  await until('the day counts them', given, (coins) => coins === 40n);
  clock.advance(DAY_MS);
  for (const person of [ana, ben, mira, olu]) await person.get('/v1/session');
  await keepReserve(house);
  const ref = await openDispute(site, clock, lost);
  await decideDispute(site, clock, ref, 'lost');
  await until(
    'it is booked as lost',
    async () => {
      clock.advance(SECOND_MS);
      const { items } = (await olu.get('/v1/console/disputes?show=all')).body;
      return items[0]?.state;
    },
    (state) => state === 'taken',
  );
  assert.equal(await purchased(), 296n, 'nor is what a bank took back, of the cash or of the reserve');
  assert.equal(await given(), 0n, 'and what was reversed lifts nobody’s tier');
  assert.notEqual(kept, lost);
});
