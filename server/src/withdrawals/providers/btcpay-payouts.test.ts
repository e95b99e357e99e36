import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { bitcoin, bitcoinScene, SATOSHI, UNITS, wdId } from '../../../test/btcpay-payout-scene.ts';
import { serverBeside, testHouse } from '../../../test/test-house.ts';
import { anOperator } from '../../../test/town-life.ts';
import { until } from '../../../test/until.ts';
import { addAccount, availableOf, confirm, creatorWith, quoteFor } from '../../../test/withdrawal-scene.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, testClock } from '../../core/clock.ts';
import { STUCK_ADDRESS, setBalance } from '../../sandbox/btcpay/payouts.ts';
import { clearFaults, type Fault, orderFault } from '../../sandbox/faults.ts';
import { dropLeftovers } from './drop-leftovers.ts';
import { handOver } from './hand-over.ts';
import { checkPayouts } from './settle-payout.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
// A second server on the same database looks at the same payouts.
await serverBeside(site);
const { house } = site;
const { db } = house;
const olu = await anOperator(site, 'olu');

const MANY = 1_000_000;
const WALLET = 1_000_000_000n;

const faulty = (call: string, fault: Fault, times: number) => orderFault(db, { call, fault, times });
const {
  anAddress,
  paidInBitcoin,
  released,
  stateOf,
  becomes,
  atBtcpay,
  statesThere,
  paidTimes,
  attemptOf,
  greenfield,
  inWorld,
  audited,
} = bitcoinScene(site, clock, olu);

test('an address is checked before it is kept, and the quote has the price, the fee and the coins', async () => {
  const mira = await creatorWith(site, 'addressee', 20_000_000n);
  await confirm(mira);
  for (const [address, words] of [
    ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', /real network/],
    ['lnbc20u1pvjluez', /Lightning/],
    ['tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsy', /letter is wrong/],
  ] as const) {
    const refused = await mira.post('/v1/me/payout-accounts', bitcoin(address));
    assert.deepEqual([refused.status, refused.body.code], [422, 'payout_account_invalid']);
    assert.match(refused.body.detail, words);
    assert.equal(JSON.stringify(refused.body).includes(address), false);
  }
  const address = anAddress();
  const account = await addAccount(mira, bitcoin(address.toUpperCase()));
  const [kept] = (await mira.get('/v1/me/payout-methods')).body.accounts;
  assert.deepEqual([kept.address, kept.setUp, kept.usable], [address, null, false]);
  clock.advance(DAY_MS);
  const quote = await quoteFor(mira, account, UNITS);
  assert.deepEqual(
    quote.lines.map(({ label, value }: { label: string; value: string }) => [label, value]),
    [
      ['2,000 Diamonds at $13.50 per 1,000', '$27.00'],
      ['Network fee', '−$1.00'],
      ['Tax withheld', '$0.00'],
      ['$26.00 at $64,000.00 for 1 BTC', 'BTC 0.00040625'],
      ['You get', 'BTC 0.00040625'],
    ],
  );
});

test('without a price, or with one that cannot be right, nothing is quoted', async () => {
  const { person, account } = await paidInBitcoin('priceless');
  const ask = () =>
    person.post('/v1/me/withdrawals/quotes', { diamondUnits: UNITS.toString(), accountId: account });
  await faulty('btcpay.rates', 'drop_before', MANY);
  assert.deepEqual([(await ask()).status, (await ask()).body.code], [503, 'coin_price_missing']);
  await clearFaults(db);
  assert.equal((await ask()).status, 201);
  // For some minutes the last answer holds.
  await faulty('btcpay.rates', 'drop_before', MANY);
  clock.advance(3 * MINUTE_MS);
  assert.equal((await ask()).status, 201);
  clock.advance(3 * MINUTE_MS);
  assert.equal((await ask()).body.code, 'coin_price_missing');
  await clearFaults(db);
  // An hour ago it cost half.
  await db.query(
    `insert into coin_prices (coin, mode, numerator, denominator, seen_at) values ('BTC', 'sandbox', 3200000, 1, $1)`,
    [new Date(clock.now() - HOUR_MS / 60 - 1)],
  );
  assert.equal((await ask()).body.code, 'coin_price_missing');
  clock.advance(2 * DAY_MS);
  assert.equal((await ask()).status, 201);
});

test('released, made, booked, approved, sent, in a block: one payout, and the books agree', async () => {
  const creator = await paidInBitcoin('arrives');
  const before = await availableOf(house, creator.person);
  const world = await inWorld();
  const id = await released(creator);
  await becomes(id, 'paid');
  assert.equal((await inWorld()) - world, 2_600n);
  const [only, ...others] = await atBtcpay(id);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [only?.state, only?.originalAmount, only?.destination],
    ['Completed', '0.00040625', creator.address],
  );
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  const { body } = await creator.person.get(`/v1/me/withdrawals/${id}`);
  assert.deepEqual(
    body.withdrawal.steps.map(({ label }: { label: string }) => label),
    ['Requested', 'Checks passed', 'Handed to BTCPay Server', 'In the wallet’s queue', 'Arrived'],
  );
  assert.match(body.withdrawal.steps.at(-1).note, /^Transaction [0-9a-f]{64}$/);
  const detail = (await olu.get(`/v1/console/withdrawals/${id}`)).body;
  assert.equal(detail.attempts[0].destination, creator.address);
  assert.deepEqual(detail.moves, []);
  await audited();
});

// Every call of a payment, lost in every way.
let faulted = 0;
for (const [call, faults] of [
  ['create', ['drop_before', 'drop_after', 'error_after', 'unavailable', 'rate_limited']],
  ['list', ['drop_before', 'unavailable']],
  ['retrieve', ['drop_after', 'error_after']],
  ['approve', ['drop_before', 'drop_after', 'error_after', 'rate_limited']],
] as const) {
  for (const fault of faults) {
    test(`payouts.${call} meets ${fault}: paid once`, async () => {
      faulted += 1;
      const creator = await paidInBitcoin(`faulted${faulted}`);
      const before = await availableOf(house, creator.person);
      await faulty(`btcpay.payouts.${call}`, fault, 3);
      await faulty('btcpay_payouts.webhook', 'held', 3);
      const id = await released(creator);
      await becomes(id, 'paid', MINUTE_MS);
      await clearFaults(db);
      assert.deepEqual(await statesThere(id), ['Completed']);
      assert.equal(await availableOf(house, creator.person), before - UNITS);
      assert.equal((await attemptOf(id))?.tries, 1n);
      await audited();
    });
  }
}

test('a question that was given up arrives late and makes a second one: only the booked one is paid', async () => {
  const creator = await paidInBitcoin('latecomer');
  const id = await released(creator);
  await becomes(id, 'paid');
  const [made] = await db.query<{ body: Record<string, unknown> }>(
    `select body from sandbox.objects where kind = 'btcpay_payout' and body->'metadata'->>'withdrawal' = $1`,
    [id],
  );
  const again = {
    destination: made?.body.destination,
    amount: made?.body.originalAmount,
    payoutMethodId: 'BTC-CHAIN',
    approved: false,
    metadata: made?.body.metadata,
  };
  assert.equal((await greenfield('POST', '/payouts', again)).status, 200);
  for (let looks = 0; looks < 5; looks += 1) {
    clock.advance(HOUR_MS);
    await checkPayouts(house);
  }
  assert.deepEqual(await statesThere(id), ['Completed', 'AwaitingApproval']);
  // Nobody there shall approve it by mistake.
  await dropLeftovers(house);
  assert.deepEqual(await statesThere(id), ['Completed', 'Cancelled']);
  assert.equal(await stateOf(id), 'paid');
  await audited();
});

test('two looks that each made one: what is booked is approved, the other never', async () => {
  const creator = await paidInBitcoin('twolooks');
  // The first was made, and its answer lost; the other one had been asked for at the same moment.
  await faulty('btcpay.payouts.create', 'drop_after', 1);
  await faulty('btcpay.payouts.list', 'unavailable', 2);
  const id = await released(creator);
  await until(
    'it was asked for',
    async () => {
      clock.advance(SECOND_MS);
      await handOver(house);
      await checkPayouts(house);
      return atBtcpay(id);
    },
    (there) => there.length === 1,
  );
  const [first] = await atBtcpay(id);
  const twin = { ...first, id: `${first?.id}twin` };
  await db.query(
    `insert into sandbox.objects (id, kind, created_at, body, inner_state) values ($1, 'btcpay_payout', $2, $3, '{}')`,
    [twin.id, new Date(clock.now()), JSON.stringify(twin)],
  );
  await becomes(id, 'paid', MINUTE_MS);
  await dropLeftovers(house);
  assert.equal(await paidTimes(id), 1);
  assert.deepEqual((await statesThere(id)).sort(), ['Cancelled', 'Completed']);
  const taken = (await attemptOf(id))?.taken;
  assert.equal((await atBtcpay(id)).find(({ state }) => state === 'Completed')?.id, taken);
  await audited();
});

test('a look that slept while another one made and booked its own does not go on with what it had made', async () => {
  const creator = await paidInBitcoin('sleeper');
  await orderFault(db, { call: 'btcpay.payouts.create', fault: 'latency', times: 1, milliseconds: 2_500 });
  const id = await released(creator);
  const asked: Promise<number>[] = [];
  const look = async () => {
    clock.advance(SECOND_MS);
    await handOver(house);
    asked.push(checkPayouts(house));
  };
  const made = (count: number) =>
    until(
      `${count} were made`,
      async () => {
        await look();
        return atBtcpay(id);
      },
      (there) => there.length === count,
    );
  // Whoever made the first waits for its answer; meanwhile nobody sees it, as when it had not been carried out yet.
  const [first] = await made(1);
  const say = (body: object) =>
    db.query('update sandbox.objects set body = body || $2::jsonb where id = $1', [
      first?.id,
      JSON.stringify(body),
    ]);
  const metadata = { withdrawal: id };
  const [whole] = await db.query<{ body: { metadata: object } }>(
    'select body from sandbox.objects where id = $1',
    [first?.id],
  );
  await say({ state: 'Cancelled', metadata });
  // The lease of the first look is over.
  clock.advance(31 * SECOND_MS);
  await made(2);
  await becomes(id, 'sent');
  await say({ state: 'AwaitingApproval', metadata: whole?.body.metadata });
  await Promise.all(asked);
  await becomes(id, 'paid');
  assert.deepEqual(await statesThere(id), ['AwaitingApproval', 'Completed']);
  await dropLeftovers(house);
  assert.deepEqual(await statesThere(id), ['Cancelled', 'Completed']);
  await audited();
});

test('canceled there before it left: the Diamonds are back', async () => {
  const creator = await paidInBitcoin('calledoff');
  const before = await availableOf(house, creator.person);
  await db.transaction((tx) => setBalance(tx, 0n));
  const id = await released(creator);
  await becomes(id, 'sent');
  const [there] = await atBtcpay(id);
  assert.equal((await greenfield('DELETE', `/payouts/${there?.id}`)).status, 200);
  await becomes(id, 'returned', MINUTE_MS);
  await db.transaction((tx) => setBalance(tx, WALLET));
  assert.equal(await availableOf(house, creator.person), before);
  const { bounce } = (await creator.person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;
  assert.equal(bounce.words, 'it was called back');
  assert.equal(await paidTimes(id), 0);
  await audited();
});

test('an empty wallet is told to operators with what to do, and goes on when it is filled', async () => {
  const creator = await paidInBitcoin('emptywallet');
  await db.transaction((tx) => setBalance(tx, SATOSHI - 1n));
  const id = await released(creator);
  await becomes(id, 'sent');
  assert.equal((await attemptOf(id))?.problem, null);
  clock.advance(31 * MINUTE_MS);
  await until(
    'the advice is written down',
    async () => {
      clock.advance(MINUTE_MS);
      await checkPayouts(house);
      return attemptOf(id);
    },
    (attempt) => attempt?.problem?.includes('0.00040625 BTC') === true,
  );
  const { reference } = (await creator.person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;
  const told = (await olu.get('/v1/me/notices')).body.items.filter(({ title }: { title: string }) =>
    title.startsWith(`${reference} does not go on`),
  );
  assert.equal(told.length, 1);
  const trouble = (await olu.get('/v1/console/withdrawals?show=trouble')).body.items;
  assert.ok(trouble.some((row: { id: string }) => row.id === id));
  await db.transaction((tx) => setBalance(tx, WALLET));
  await becomes(id, 'paid', MINUTE_MS);
  assert.equal((await attemptOf(id))?.problem, null);
  await audited();
});

test('a transaction that no block takes is told to operators, and is never asked for again', async () => {
  const creator = await paidInBitcoin('stuck', STUCK_ADDRESS);
  const id = await released(creator);
  await becomes(id, 'sent');
  await until(
    'the advice is written down',
    async () => {
      clock.advance(HOUR_MS);
      await checkPayouts(house);
      return attemptOf(id);
    },
    (attempt) => attempt?.problem?.includes('Bump fee') === true,
  );
  assert.deepEqual(await statesThere(id), ['InProgress']);
  assert.equal(await stateOf(id), 'sent');
});

test('a second payment to an address on which one is under way waits for it', async () => {
  const creator = await paidInBitcoin('twice');
  await db.transaction((tx) => setBalance(tx, 0n));
  const first = await released(creator);
  await becomes(first, 'sent');
  const other = await creatorWith(site, 'twicetoo', 20_000_000n);
  const account = await addAccount(other, bitcoin(creator.address));
  clock.advance(DAY_MS);
  const second = await released({ person: other, account });
  await until(
    'it is put off',
    async () => {
      clock.advance(SECOND_MS);
      await handOver(house);
      await checkPayouts(house);
      return (await olu.get(`/v1/console/withdrawals/${second}`)).body.attempts;
    },
    (attempts) => attempts[0]?.closed === 'duplicate_destination',
  );
  // Both people are known to whoever releases.
  const row = (await olu.get(`/v1/console/withdrawals/${second}`)).body.withdrawal;
  assert.ok(
    row.flags.some(({ code, passed }: { code: string; passed: boolean }) => code === 'shared' && !passed),
  );
  const told = (await olu.get('/v1/me/notices')).body.items;
  assert.ok(told.some(({ title }: { title: string }) => title.startsWith('@twicetoo gave an address')));
  await db.transaction((tx) => setBalance(tx, WALLET));
  await becomes(first, 'paid', MINUTE_MS);
  await becomes(second, 'paid', 10 * MINUTE_MS);
  assert.equal(await paidTimes(second), 1);
  await audited();
});

test('a word that nobody knows, or another amount, parks it and says so', async () => {
  const creator = await paidInBitcoin('oddword');
  const before = await availableOf(house, creator.person);
  await db.transaction((tx) => setBalance(tx, 0n));
  const id = await released(creator);
  await becomes(id, 'sent');
  const say = (body: object) =>
    db.query(
      `update sandbox.objects set body = body || $2::jsonb
        where kind = 'btcpay_payout' and body->'metadata'->>'withdrawal' = $1`,
      [id, JSON.stringify(body)],
    );
  await say({ state: 'Frozen' });
  await becomes(id, 'parked', MINUTE_MS);
  const { steps } = (await creator.person.get(`/v1/me/withdrawals/${id}`)).body.withdrawal;
  assert.equal(steps.at(-2).label, 'We ask BTCPay Server');
  assert.equal(await availableOf(house, creator.person), before - UNITS);
  await say({ state: 'Completed', payoutAmount: '0.00040624' });
  clock.advance(HOUR_MS);
  await checkPayouts(house);
  assert.equal(await stateOf(id), 'parked');
  await say({ state: 'Completed', payoutAmount: '0.00040625' });
  await db.transaction((tx) => setBalance(tx, WALLET));
  await becomes(id, 'paid', HOUR_MS);
  await audited();
});

test('a webhook moves the next look to now; one that is not BTCPay’s is refused', async () => {
  const account = house.config.payments.btcpay;
  const secret = account?.payouts?.webhookSecrets[0] ?? '';
  const body = JSON.stringify({
    originalDeliveryId: 'abc',
    type: 'PayoutUpdated',
    storeId: account?.storeId,
    payoutId: 'nobody',
  });
  const post = (key: string) =>
    fetch(`${site.origin}/v1/webhooks/btcpay-payouts`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'btcpay-sig': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
      },
      body,
    });
  assert.equal((await post(secret)).status, 204);
  assert.equal((await post('another secret')).status, 401);
  const creator = await paidInBitcoin('hinted');
  const id = await released(creator);
  // Nothing is asked for an hour by itself: what is told is what makes it go on.
  await becomes(id, 'sent');
  await db.query(
    `update payout_attempt_states set checks = 12, next_check_at = $2 where withdrawal_id = $1`,
    [wdId(id), new Date(clock.now() + DAY_MS)],
  );
  await becomes(id, 'paid', 2 * SECOND_MS);
});
