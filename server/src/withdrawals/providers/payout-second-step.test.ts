import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSED_BANK, GOOD_BANK, MANY, stripeScene } from '../../../test/stripe-payout-scene.ts';
import { testHouse } from '../../../test/test-house.ts';
import { anOperator } from '../../../test/town-life.ts';
import { until } from '../../../test/until.ts';
import { userIdOf } from '../../../test/withdrawal-scene.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, testClock } from '../../core/clock.ts';
import { parsePublicId } from '../../core/ids.ts';
import { openDatabase } from '../../db/database.ts';
import { freezeAccount } from '../../identity/index.ts';
import { clearFaults, orderFault } from '../../sandbox/faults.ts';

// Between what was transferred and what leaves for the bank. A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const olu = await anOperator(site, 'olu');
const { paidByStripe, setUp, released, becomes, stateOf, work, attemptOf, atStripe, audited } = stripeScene(
  site,
  clock,
  olu,
);

const defaultBank = async (account: string) => {
  const [row] = await db.query<{ id: string }>(
    `select one->>'id' as id from sandbox.objects, jsonb_array_elements(body->'external_accounts'->'data') as one
      where kind = 'account' and body->'metadata'->>'account' = $1 and one->>'default_for_currency' = 'true'`,
    [parsePublicId('payacct', account)],
  );
  return row?.id;
};

const destinationsOf = async (id: string) => {
  const rows = await db.query<{ to: string }>(
    `select body->>'destination' as to from sandbox.objects
      where kind = 'payout' and body->'metadata'->>'withdrawal' = $1`,
    [id],
  );
  return rows.map(({ to }) => to);
};

/** At Stripe another bank becomes the account's default in the moment between our look and our question. */
async function changedInBetween(account: string, keepsTheOld: boolean, deed: () => Promise<void>) {
  const owner = await openDatabase({ url: site.databaseUrl, role: null });
  const other = `body->'external_accounts'->'data'->0 || '{"id": "ba_1Between", "fingerprint": "between"}'`;
  const old = `body->'external_accounts'->'data'->0 || '{"default_for_currency": false}'`;
  await owner.query(
    `create function bank_in_between() returns trigger language plpgsql security definer as $$ begin
       update sandbox.objects
          set body = jsonb_set(body, '{external_accounts,data}', jsonb_build_array(${keepsTheOld ? `${other}, ${old}` : other}))
        where kind = 'account' and body->'metadata'->>'account' = '${parsePublicId('payacct', account)}';
       return null; end $$`,
  );
  await owner.query(
    'create trigger bank_in_between after insert on payout_asks execute function bank_in_between()',
  );
  await deed().finally(async () => {
    await owner.query('drop trigger bank_in_between on payout_asks');
    await owner.query('drop function bank_in_between()');
    await owner.close();
  });
}

test('another bank becomes the default after the look: what was looked at is paid', async () => {
  const creator = await paidByStripe('inbetween');
  const looked = await defaultBank(creator.account);
  const id = await released(creator);
  await changedInBetween(creator.account, true, async () => {
    await becomes(id, 'paid', MINUTE_MS);
  });
  assert.deepEqual(await destinationsOf(id), [looked]);
  assert.deepEqual(await atStripe(id), { transfers: 1n, left: 2_650n, payouts: 1n });
  await audited();
});

test('the bank that was looked at is taken away: nothing leaves until the other one has waited', async () => {
  const creator = await paidByStripe('takenaway');
  const id = await released(creator);
  await changedInBetween(creator.account, false, () =>
    until(
      'it is refused, and the other bank is seen',
      async () => {
        clock.advance(MINUTE_MS);
        await work();
        return attemptOf(id);
      },
      (attempt) => /was changed/.test(attempt?.problem ?? ''),
    ).then(() => {}),
  );
  assert.equal(await stateOf(id), 'sent');
  assert.deepEqual(await destinationsOf(id), []);
  clock.advance(2 * DAY_MS);
  await becomes(id, 'paid', MINUTE_MS);
  assert.deepEqual(await destinationsOf(id), ['ba_1Between']);
  await audited();
});

test('a bank that was changed before the second step waits as a changed account does', async () => {
  const creator = await paidByStripe('beforestep');
  await orderFault(db, { call: 'payouts.create', fault: 'unavailable', times: MANY });
  const id = await released(creator);
  await becomes(id, 'sent');
  assert.equal(await setUp(creator.person, creator.account, 'finish', `${GOOD_BANK}777`), 'ready');
  await clearFaults(db);
  for (let hours = 0; hours < 5; hours += 1) {
    clock.advance(HOUR_MS);
    await work();
    assert.equal(await stateOf(id), 'sent');
  }
  assert.deepEqual(await destinationsOf(id), []);
  assert.match((await attemptOf(id))?.problem ?? '', /was changed/);
  const bank = await defaultBank(creator.account);
  clock.advance(2 * DAY_MS);
  await becomes(id, 'paid', MINUTE_MS);
  assert.deepEqual(await destinationsOf(id), [bank]);
  await audited();
});

test('an account that is frozen before the second step is paid when that ends', async () => {
  const creator = await paidByStripe('frozenstep');
  await orderFault(db, { call: 'payouts.create', fault: 'short_of_money', times: MANY });
  const id = await released(creator);
  await becomes(id, 'sent', 500);
  // Refused for certain, and asked again in minutes of this clock: no question is on its way now.
  await until(
    'the second step was refused',
    async () => {
      clock.advance(500);
      await work();
      return attemptOf(id);
    },
    (attempt) => attempt?.problem?.includes('not available there yet') === true,
  );
  await freezeAccount(house, {
    userId: userIdOf(creator.person),
    gates: ['withdraw'],
    reason: 'Somebody looks at it.',
    until: new Date(clock.now() + 2 * DAY_MS),
    byUser: userIdOf(olu),
  });
  await clearFaults(db);
  for (let hours = 0; hours < 5; hours += 1) {
    clock.advance(HOUR_MS);
    await work();
    assert.equal(await stateOf(id), 'sent');
  }
  assert.deepEqual(await destinationsOf(id), []);
  assert.match((await attemptOf(id))?.problem ?? '', /is frozen/);
  clock.advance(2 * DAY_MS);
  await becomes(id, 'paid', MINUTE_MS);
  await audited();
});

test('what may still arrive, two operators cannot resolve', async () => {
  const creator = await paidByStripe('stillmoves', `${CLOSED_BANK}888`);
  const id = await released(creator);
  await becomes(id, 'sent', 500);
  await until(
    'its payout is made',
    async () => {
      clock.advance(100);
      await work();
      return destinationsOf(id);
    },
    (made) => made.length === 1,
  );
  // A part of it is taken back there by hand while it is on its way: nobody books that by itself.
  await db.query('delete from sandbox.later');
  await db.query(
    `update sandbox.objects set body = body || '{"amount_reversed": 100}'
      where kind = 'transfer' and body->'metadata'->>'withdrawal' = $1`,
    [id],
  );
  await becomes(id, 'parked', MINUTE_MS);
  for (const status of ['pending', 'in_transit']) {
    await db.query(
      `update sandbox.objects set body = jsonb_set(body, '{status}', to_jsonb($2::text))
        where kind = 'payout' and body->'metadata'->>'withdrawal' = $1`,
      [id, status],
    );
    const refused = await olu.get(`/v1/console/withdrawals/${id}/resolution`);
    assert.deepEqual([refused.status, refused.body.code], [409, 'payout_settles_itself'], status);
  }
  await db.query(
    `update sandbox.objects set body = jsonb_set(body, '{status}', '"paid"')
      where kind = 'payout' and body->'metadata'->>'withdrawal' = $1`,
    [id],
  );
  const open = await olu.get(`/v1/console/withdrawals/${id}/resolution`);
  assert.equal(open.status, 200, JSON.stringify(open.body));
});
