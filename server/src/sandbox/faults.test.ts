import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../test/harness.ts';
import { clearFaults, lotsDrawn, meetFaults, orderFault } from './faults.ts';

const db = await testDatabase();
const met = async (call: string) => [...(await meetFaults(db, call)).keys()];
const places = async (count: number) => {
  const found: number[] = [];
  for (let place = 0; place < count; place += 1)
    if ((await met('refunds.create')).length > 0) found.push(place);
  return found;
};

test('a counted fault is met by so many calls, one of a share by so many of a hundred', async () => {
  await orderFault(db, { call: 'refunds.create', fault: 'drop_after', times: 2 });
  assert.deepEqual(await met('charges.list'), []);
  assert.equal((await places(10)).length, 2);
  await orderFault(db, { call: '*', fault: 'unavailable', times: 1, share: 0.3, seed: 7 });
  const found = await places(400);
  assert.ok(found.length > 80 && found.length < 160, `${found.length} of 400`);
  assert.deepEqual(await lotsDrawn(db), { draws: 400n, met: BigInt(found.length) });
  assert.deepEqual(await met('stripe.webhook'), [], 'all calls are not all events');
  await orderFault(db, { call: '*', fault: 'unavailable', times: 0, share: 0.3 });
  assert.deepEqual(await places(20), [], 'turned off');
});

test('a seed chooses the same places again, another one others', async () => {
  await clearFaults(db);
  const runs = [];
  for (const seed of [1, 1, 2]) {
    await orderFault(db, { call: '*', fault: 'drop_before', times: 1, share: 0.2, seed });
    await db.query(`select setval('sandbox.fault_draws', 1)`);
    runs.push(await places(60));
  }
  assert.deepEqual(runs[0], runs[1]);
  assert.notDeepEqual(runs[1], runs[2]);
});
