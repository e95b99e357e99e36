import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import {
  addAccount,
  availableOf,
  creatorWith,
  SENDERS,
  settledAccount,
  withdraw,
} from '../../test/withdrawal-scene.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { accountId, debitRoom, transferEvent } from '../ledger/index.ts';
import { auditRefunds } from '../refunds/audit-refunds.ts';
import { OWNER } from '../refunds/owner-funds.ts';
import { auditWithdrawals } from './audit-withdrawals.ts';
import { sendFiled } from './make-file.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock, config: { payouts: SENDERS, fiatRates: { kind: 'none' } } });
const { house } = site;
const olu = await anOperator(site, 'olu');
const CASH = accountId('platform', 'cash', 'USD');

const cashLeft = async () => {
  const cash = (await house.ledger.balances([CASH])).get(CASH);
  assert.ok(cash !== undefined);
  return debitRoom(cash);
};
const putIn = async () => {
  const owner = (await house.ledger.balances([OWNER.id])).get(OWNER.id);
  return owner === undefined ? 0n : owner.debitsPosted - owner.creditsPosted;
};

/** All that the house has is spent elsewhere, but for so many cents. */
async function leave(cents: bigint): Promise<void> {
  const to = accountId('world', 'ach', 'USD');
  const units = (await cashLeft()) - cents;
  const spend = transferEvent({ id: newId(), from: CASH, to, asset: 'USD', units, code: 'opening' });
  assert.equal((await house.ledger.post({ transfers: [spend] })).kind, 'posted');
}

/** Withdrawals in a file that somebody took to the bank. */
async function inFile(handles: readonly string[]) {
  const made = [];
  for (const handle of handles) {
    const person = await creatorWith(site, handle, 20_000_000n);
    const account = await addAccount(person);
    clock.advance(DAY_MS);
    made.push({ person, id: (await withdraw(person, account, 2_000_000n)).id as string });
  }
  const ids = made.map(({ id }) => id);
  const released = await olu.request('PUT', '/v1/console/payouts/released', { body: { ids } });
  assert.equal(released.status, 200, JSON.stringify(released.body));
  const { file } = (await olu.post('/v1/console/payout-files', { method: 'ach' })).body;
  assert.equal(file.payments, handles.length);
  await olu.post(`/v1/console/payout-files/${file.id}/downloads`);
  return { made, file };
}

const shown = async (id: string) => (await olu.get(`/v1/console/withdrawals/${id}`)).body.withdrawal;
const alerts = async () =>
  (await olu.get('/v1/me/notices')).body.items.filter(({ title }: { title: string }) =>
    title.includes('the owner’s money'),
  );

test('what the bank pays though the house has no cash is booked with the owner’s money, and can come back', async () => {
  const { made, file } = await inFile(['short_a', 'short_b']);
  // $27.00 each; one of them can be paid, and 40 cents of the other.
  await leave(2_740n);
  const sent = await olu.request('PUT', `/v1/console/payout-files/${file.id}/sent`);
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  assert.equal(await sendFiled(house, 100), 0, 'both are booked');
  for (const { id } of made) assert.equal((await shown(id)).state, 'sent');
  assert.equal(await putIn(), 2_660n);
  assert.equal(await cashLeft(), 0n);
  assert.equal((await alerts()).length, 1, 'operators are told once, of the one that was short');

  const [first] = made;
  assert.ok(first !== undefined);
  const { reference } = await shown(first.id);
  const bounced = await olu.request('PUT', '/v1/console/payouts/bounces', {
    body: { lines: [{ reference, code: 'R03' }] },
  });
  assert.equal(bounced.status, 200, JSON.stringify(bounced.body));
  assert.equal((await shown(first.id)).state, 'returned');
  assert.equal(await availableOf(house, first.person), 20_000_000n);
  assert.equal(await cashLeft(), 2_650n, 'the fee is spent');
  assert.deepEqual([...(await auditWithdrawals(house.db)), ...(await auditRefunds(house.db))], []);
});

test('several at once with an empty till: each is booked once, with what is missing', async () => {
  const before = await putIn();
  const { made, file } = await inFile(['many_a', 'many_b', 'many_c', 'many_d']);
  await leave(100n);
  await Promise.all([
    olu.request('PUT', `/v1/console/payout-files/${file.id}/sent`),
    sendFiled(house, 100),
    sendFiled(house, 100),
  ]);
  await sendFiled(house, 100);
  for (const { id } of made) assert.equal((await shown(id)).state, 'sent');
  // Who looked at the same moment may each have put in for all that was missing then, and no more than a payment.
  const owner = (await putIn()) - before;
  assert.equal(owner - (await cashLeft()), 4n * 2_700n - 100n);
  assert.deepEqual([...(await auditWithdrawals(house.db)), ...(await auditRefunds(house.db))], []);
});

test('so too what an operator paid by hand', async () => {
  const before = await putIn();
  const person = await creatorWith(site, 'by_hand', 20_000_000n);
  const account = await settledAccount(site, person);
  const { id } = await withdraw(person, account, 4_000_000n);
  const released = await olu.request('PUT', `/v1/console/withdrawals/${id}/released`);
  assert.equal(released.status, 200, JSON.stringify(released.body));
  await leave(0n);
  const sent = await olu.request('PUT', `/v1/console/withdrawals/${id}/sent`);
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  assert.equal((await shown(id)).state, 'sent');
  assert.deepEqual([(await putIn()) - before, await cashLeft()], [5_400n, 0n]);
  assert.deepEqual([...(await auditWithdrawals(house.db)), ...(await auditRefunds(house.db))], []);
});
