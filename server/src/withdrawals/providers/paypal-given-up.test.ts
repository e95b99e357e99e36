import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paypalScene, UNITS, wdId } from '../../../test/paypal-payout-scene.ts';
import { testHouse } from '../../../test/test-house.ts';
import { until } from '../../../test/until.ts';
import { availableOf } from '../../../test/withdrawal-scene.ts';
import { testClock } from '../../core/clock.ts';
import { orderFault } from '../../sandbox/faults.ts';
import { handOver } from './hand-over.ts';
import { checkPayouts } from './settle-payout.ts';

// What is given up of payments by PayPal, and what is not. A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { secrets } = site.house.config;
const beside = await testHouse({ clock, databaseUrl: site.databaseUrl, config: { secrets } });
const { house } = site;
const { db } = house;
const scene = await paypalScene(site, clock);
const { paidByEmail, released, stateOf, attemptOf, faulty, audited } = scene;

test('refused, while another server asked for the same and got no answer: nothing is given back', async () => {
  const creator = await paidByEmail('raced', 'raced.invalid@mail.example');
  const before = await availableOf(house, creator.person);
  await orderFault(db, { call: 'paypal.payouts.create', fault: 'latency', times: 1, milliseconds: 3_000 });
  const id = await released(creator);
  await handOver(house);
  // Whichever round takes it first; its answer is late.
  await until(
    'the first question is on its way',
    () => db.query<{ left: number }>(`select remaining as left from sandbox.faults where fault = 'latency'`),
    ([fault]) => fault?.left === 0,
  );
  await faulty('paypal.payouts.create', 'drop_before', 1);
  await db.query('update payout_attempt_states set next_check_at = $2 where withdrawal_id = $1', [
    wdId(id),
    new Date(clock.now()),
  ]);
  await checkPayouts(beside.house);
  const raced = await until(
    'the first one was refused',
    () => attemptOf(id),
    (attempt) => attempt?.problem?.includes('nothing is given back') === true,
  );
  assert.equal(raced?.asks, 2);
  assert.equal(await stateOf(id), 'sending');
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  await audited();
});
