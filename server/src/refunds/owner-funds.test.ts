import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buy, cents, FAILING_CARD, holds, refund, userIdOf } from '../../test/refund-scene.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { SECOND_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { accountId, debitRoom, TransferCodes, transferEvent } from '../ledger/index.ts';
import { auditPurchases } from '../purchases/audit-purchases.ts';
import { shopOf } from '../purchases/index.ts';
import { orderFault } from '../sandbox/faults.ts';
import { auditRefunds } from './audit-refunds.ts';
import { checkRefunds } from './jobs.ts';
import { OWNER } from './owner-funds.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { house } = site;
const shop = shopOf(house);
const { owner_funds: OWNER_FUNDS } = TransferCodes;
const CASH = accountId('platform', 'cash', 'USD');

/** What the owner has put in, in cents. */
async function putIn(): Promise<bigint> {
  const account = (await house.ledger.balances([OWNER.id])).get(OWNER.id);
  return account === undefined ? 0n : account.debitsPosted - account.creditsPosted;
}

/** All that the house has left is spent elsewhere, but for so much. */
async function leave(leftCents: bigint): Promise<void> {
  const cash = (await house.ledger.balances([CASH])).get(CASH);
  assert.ok(cash !== undefined);
  const to = accountId('world', 'ach', 'USD');
  const units = debitRoom(cash) - leftCents;
  const spend = transferEvent({ id: newId(), from: CASH, to, asset: 'USD', units, code: 'opening' });
  assert.equal((await house.ledger.post({ transfers: [spend] })).kind, 'posted');
}

/** The refund has failed; the fan has everything, and the owner has put in nothing. */
async function nothingStays(person: Person, order: string): Promise<void> {
  await until(
    'it came to nothing',
    async () => {
      clock.advance(SECOND_MS);
      await checkRefunds(shop);
      return (await person.get(`/v1/orders/${order}/refund`)).body.refunds[0]?.state;
    },
    (state) => state === 'failed',
  );
  assert.equal(await putIn(), 0n);
  assert.equal(await cents(site, 'cash'), 35n);
  assert.equal((await holds(site, userIdOf(person))).coins, 100n);
  assert.deepEqual([...(await auditRefunds(house.db)), ...(await auditPurchases(house.db))], []);
}

test('a refund that the provider refuses: the owner has back what they put in for it', async () => {
  const ana = await site.person('ana');
  const order = await buy(ana, 100n);
  await leave(35n);
  const before = await house.db.query('select id from ledger_transfers where code = $1', [OWNER_FUNDS]);
  await orderFault(house.db, { call: 'refunds.create', fault: 'short_of_money', times: 1 });
  assert.equal((await refund(ana, order)).status, 201);
  await nothingStays(ana, order);
  const after = await house.db.query('select id from ledger_transfers where code = $1', [OWNER_FUNDS]);
  assert.equal(after.length - before.length, 2, '$1.35 less the 35 cents that are there, and back');
});

test('a refund that the bank sent back: so too', async () => {
  const bea = await site.person('bea');
  const order = await buy(bea, 100n, FAILING_CARD);
  await leave(35n);
  assert.equal((await refund(bea, order)).body.refund.state, 'refunded');
  assert.equal(await putIn(), 100n);
  clock.advance(6 * SECOND_MS);
  await nothingStays(bea, order);
});
