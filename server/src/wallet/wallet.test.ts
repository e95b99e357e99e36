import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Person, testHouse } from '../../test/test-house.ts';
import { buyCoins } from '../../test/town-life.ts';
import { newId, parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { identity } from '../identity/index.ts';
import { accountId, type TransferEvent, transferEvent, userAccounts } from '../ledger/index.ts';
import { policy } from '../policy/index.ts';
import { purchases } from '../purchases/index.ts';
import { rates } from '../rates/index.ts';
import type { EntryJson } from './entries.ts';
import { wallet } from './index.ts';

const house = await testHouse({ slices: [policy, identity, rates, wallet, purchases] });
const { ledger } = house.house;

test('every amount shows what it is worth in money', async () => {
  const ana = await house.person('ana');
  const empty = (await ana.get('/v1/me/wallet')).body;
  assert.deepEqual([empty.coins.display, empty.coinsMoney.display], ['0 Coins', '$0.00']);

  await buyCoins(ana, 219n);
  await earn(ana, 12_345n);
  const { body } = await ana.get('/v1/me/wallet');
  // 219 × 1.35¢ = 295.65¢, as it is sold; 12.345 Diamonds × 1.35¢ = 16.67¢, as it is paid
  assert.deepEqual([body.coins.display, body.coinsMoney.display], ['219 Coins', '$2.96']);
  assert.deepEqual(
    [body.diamonds.pending.display, body.diamonds.pendingMoney.display],
    ['12.345 Diamonds', '$0.16'],
  );
  assert.deepEqual([body.policyVersion, body.rateVersion], [1, 1]);
});

test('a statement names what happened and adds up from line to line', async () => {
  const ben = await house.person('ben');
  await buyCoins(ben, 100n);
  await give(ben, 12n);
  await buyCoins(ben, 50n);
  await give(ben, 138n);
  const { body } = await ben.get('/v1/me/wallet/entries');
  assert.deepEqual(
    body.items.map((entry: EntryJson) => [
      entry.kind,
      entry.title,
      entry.amount.display,
      entry.money?.display,
      entry.balanceAfter.display,
    ]),
    [
      ['gift', 'Gift', '−138 Coins', '−$1.87', '0 Coins'],
      ['purchase', 'Bought 50 Coins', '50 Coins', '$0.68', '138 Coins'],
      ['gift', 'Gift', '−12 Coins', '−$0.17', '88 Coins'],
      ['purchase', 'Bought 100 Coins', '100 Coins', '$1.35', '100 Coins'],
    ],
  );
  assert.equal(body.nextCursor, null);
  const [, bought] = body.items;
  assert.equal(bought.link.type, 'order');
  assert.equal((await ben.get(`/v1/orders/${bought.link.id}`)).body.order.bought.display, '50 Coins');
});

test('a filter shows a part, and its pages together are that part', async () => {
  const cleo = await house.person('cleo');
  await buyCoins(cleo, 100n);
  for (let gift = 0; gift < 5; gift += 1) await give(cleo, 3n);
  await earn(cleo, 9_000n);
  await mature(cleo, 4_000n);
  const count = async (query: string) => (await allEntries(cleo, query)).length;
  assert.equal(await count(''), 9, 'a maturity is one line on each of its two accounts');
  assert.equal(await count('asset=COIN'), 6);
  assert.equal(await count('asset=DIAMOND'), 3);
  assert.equal(await count('kind=purchase'), 1);
  assert.equal(await count('kind=purchase&asset=DIAMOND'), 0);
  assert.equal(await count('direction=out'), 6);
  assert.equal(await count('direction=in&asset=DIAMOND'), 2);
  const entries = await allEntries(cleo, '');
  const middle = entries[4]?.at ?? '';
  const later = await count(`from=${middle}`);
  const earlier = await count(`to=${middle}`);
  assert.equal(later + earlier, 9);
  assert.equal(later, entries.filter((entry) => entry.at >= middle).length);
  for (const query of [
    'kind=nothing',
    'asset=USD',
    'direction=sideways',
    'from=yesterday',
    'to=2026-13-01',
    'limit=0',
  ]) {
    assert.equal((await cleo.get(`/v1/me/wallet/entries?${query}`)).status, 400, query);
  }
  for (const cursor of ['x', 'WzFd', Buffer.from('["1","coins","x"]').toString('base64url'), '%00']) {
    const answer = await cleo.get(`/v1/me/wallet/entries?cursor=${cursor}`);
    assert.deepEqual([answer.status, answer.body.field], [400, '/cursor'], cursor);
  }
});

test('pages of any size are the statement, whatever is posted between them', async () => {
  const dora = await house.person('dora');
  await buyCoins(dora, 1_000n);
  const chosen = [give, earn, give, earn, mature];
  for (let step = 0; step < 40; step += 1) {
    const post = chosen[step % chosen.length] ?? give;
    await post(dora, BigInt(1 + step));
  }
  const whole = await allEntries(dora, '', 200);
  assert.equal(whole.length, 1 + 40 + 8);
  assertAddsUp(whole);
  for (const limit of [1, 2, 3, 7, 48, 49]) {
    const paged = await allEntries(dora, '', limit, () => give(dora, 1n));
    assert.deepEqual(
      paged.map(keyOf),
      (await allEntries(dora, '', 200)).map(keyOf).slice(-paged.length),
      `pages of ${limit}`,
    );
    assert.equal(new Set(paged.map(keyOf)).size, paged.length);
  }
});

test('a receipt shows how the number was made, and both sides of everything', async () => {
  const emil = await house.person('emil');
  await buyCoins(emil, 219n);
  const { body: page } = await emil.get('/v1/me/wallet/entries');
  const { body: receipt } = await emil.get(`/v1/me/wallet/entries/${page.items[0].id}`);
  assert.deepEqual(receipt.entry, page.items[0]);
  assert.deepEqual(
    receipt.legs.map(
      (leg: {
        account: string;
        debit: { display: string } | null;
        credit: { display: string } | null;
        balanceAfter: { display: string } | null;
      }) => [
        leg.account,
        leg.debit?.display ?? null,
        leg.credit?.display ?? null,
        leg.balanceAfter?.display ?? null,
      ],
    ),
    [
      ['world', '$2.96', null, null],
      ['platform:cash', null, '$2.96', null],
      ['platform:cash', '$0.39', null, null],
      ['platform:provider_fees', null, '$0.39', null],
      ['platform:coins_issued', '219 Coins', null, null],
      ['you:coins', null, '219 Coins', '219 Coins'],
    ],
  );
  const how = new Map(receipt.how.map((line: { label: string; value: string }) => [line.label, line.value]));
  assert.equal(how.get('219 Coins'), '$2.96');
  assert.equal(how.get('Rate card'), 'Version 1');
  assert.equal(how.get('Provider fee'), '$0.39');

  await earn(emil, 5_000n);
  const matured = await mature(emil, 5_000n);
  const { body: own } = await emil.get(`/v1/me/wallet/entries/${publicId('tx', matured)}`);
  assert.equal(own.entry.account, 'diamonds_available', 'between own accounts: what came in');
  assert.deepEqual(
    own.legs.map((leg: { account: string; balanceAfter: { units: string } }) => [
      leg.account,
      leg.balanceAfter.units,
    ]),
    [
      ['you:diamonds_pending', '0'],
      ['you:diamonds_available', '5000'],
    ],
  );
});

test('a receipt is for its parties alone', async () => {
  const finn = await house.person('finn');
  const gus = await house.person('gus');
  await buyCoins(finn, 50n);
  const { body } = await finn.get('/v1/me/wallet/entries');
  const path = `/v1/me/wallet/entries/${body.items[0].id}`;
  assert.equal((await finn.get(path)).status, 200);
  assert.equal((await gus.get(path)).status, 404);
  assert.equal((await house.stranger.get(path)).status, 401);
  assert.equal((await finn.get(`/v1/me/wallet/entries/${publicId('tx', newId())}`)).status, 404);
  assert.equal((await finn.get('/v1/me/wallet/entries/tx_1')).status, 400);
  // The leg of the same chain that is between the world and the house is not his entry either.
  const order = await finn.get(`/v1/orders/${body.items[0].link.id}`);
  assert.equal((await finn.get(`/v1/me/wallet/entries/${order.body.order.transfers[0].id}`)).status, 404);
});

test('with several creators in one chain, each sees their own part', async () => {
  const [hal, ines, jola] = [
    await house.person('hal'),
    await house.person('ines'),
    await house.person('jola'),
  ];
  await buyCoins(hal, 100n);
  const parts = [
    transferOf(hal, 'gift', 10n),
    transferOf(ines, 'earned', 3_000n),
    transferOf(jola, 'earned', 2_000n),
  ];
  const posted = await ledger.post({ transfers: parts });
  assert.equal(posted.kind, 'posted');
  const legsOf = async (person: Person, index: number) =>
    (await person.get(`/v1/me/wallet/entries/${publicId('tx', parts[index]?.id ?? '')}`)).body.legs.map(
      (leg: { account: string }) => leg.account,
    );
  assert.deepEqual(await legsOf(hal, 0), ['you:coins', 'platform:coins_spent']);
  assert.deepEqual(await legsOf(ines, 1), ['platform:diamonds_issued', 'you:diamonds_pending']);
});

test('the file holds the whole statement and reproduces the balance', async () => {
  const kai = await house.person('kaia');
  await buyCoins(kai, 1_000n);
  for (let gift = 0; gift < 30; gift += 1) await give(kai, BigInt(gift + 1));
  const file = await kai.get('/v1/me/wallet/entries.csv?asset=COIN');
  assert.equal(file.status, 200);
  assert.match(file.headers.get('content-disposition') ?? '', /attachment/);
  const [header, ...lines] = file.body.trimEnd().split('\r\n');
  assert.equal(header?.split(',')[8], 'amount_units');
  assert.equal(lines.length, 31);
  const sum = lines.reduce((total: bigint, line: string) => total + BigInt(cellsOf(line)[8] ?? ''), 0n);
  assert.equal(sum, 1_000n - 465n);
  assert.equal(sum.toString(), (await kai.get('/v1/me/wallet')).body.coins.units);
  assert.equal((await house.stranger.get('/v1/me/wallet/entries.csv')).status, 401);
  const nobody = await (await house.person('leo')).get('/v1/me/wallet/entries.csv');
  assert.equal(nobody.body.trimEnd().split('\r\n').length, 1);
});

async function allEntries(
  person: Person,
  query: string,
  limit = 2,
  between: () => Promise<unknown> = async () => {},
): Promise<EntryJson[]> {
  const entries: EntryJson[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const place: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { status, body } = await person.get(`/v1/me/wallet/entries?limit=${limit}&${query}${place}`);
    assert.equal(status, 200, JSON.stringify(body));
    entries.push(...body.items);
    cursor = body.nextCursor;
    await between();
  }
  return entries;
}

/** Newest first: each balance is the one before it and the amount, account by account. */
function assertAddsUp(entries: readonly EntryJson[]): void {
  const balances = new Map<string, bigint>();
  for (const entry of entries.toReversed()) {
    const after = (balances.get(entry.account) ?? 0n) + BigInt(entry.amount.units);
    assert.equal(entry.balanceAfter.units, after.toString());
    balances.set(entry.account, after);
  }
}

/** The cells of one line of the file. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((cell) => cell[1] ?? cell[2] ?? '');
}

const keyOf = (entry: EntryJson) => `${entry.id} ${entry.account}`;

function transferOf(person: Person, what: 'gift' | 'earned' | 'matured', units: bigint): TransferEvent {
  const userId = parsePublicId('user', person.id) as Uuid;
  const pending = accountId(userId, 'diamonds_pending', 'DIAMOND');
  switch (what) {
    case 'gift': {
      const to = accountId('platform', 'coins_spent', 'COIN');
      const from = accountId(userId, 'coins', 'COIN');
      return transferEvent({ id: newId(), from, to, asset: 'COIN', units, code: 'gift' });
    }
    case 'earned': {
      const from = accountId('platform', 'diamonds_issued', 'DIAMOND');
      return transferEvent({ id: newId(), from, to: pending, asset: 'DIAMOND', units, code: 'gift_earned' });
    }
    case 'matured': {
      const to = accountId(userId, 'diamonds_available', 'DIAMOND');
      return transferEvent({ id: newId(), from: pending, to, asset: 'DIAMOND', units, code: 'maturity' });
    }
  }
}

async function post(person: Person, what: 'gift' | 'earned' | 'matured', units: bigint): Promise<Uuid> {
  await ledger.openAccounts(userAccounts(parsePublicId('user', person.id) as Uuid));
  const transfer = transferOf(person, what, units);
  const posted = await ledger.post({ transfers: [transfer] });
  assert.equal(
    posted.kind,
    'posted',
    JSON.stringify(posted, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
  );
  return transfer.id;
}

function give(person: Person, coins: bigint): Promise<Uuid> {
  return post(person, 'gift', coins);
}

function earn(person: Person, units: bigint): Promise<Uuid> {
  return post(person, 'earned', units);
}

function mature(person: Person, units: bigint): Promise<Uuid> {
  return post(person, 'matured', units);
}
