import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buy,
  decideDispute,
  FAILING_CARD,
  give,
  openDispute,
  refund,
  userIdOf,
} from '../../test/refund-scene.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { anOperator, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { addAccount, endow, SENDERS, withdraw } from '../../test/withdrawal-scene.ts';
import { DAY_MS, HOUR_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { parsePublicId, type Uuid } from '../core/ids.ts';
import { matureGifts } from '../gifts/index.ts';
import { auditRefunds } from '../refunds/audit-refunds.ts';
import { moveWithdrawal } from '../withdrawals/move-withdrawal.ts';

/** October and November 2026: what was paid and given in October is taken back in November, and October stays. */
const clock = testClock(Date.UTC(2026, 9, 30, 12));
const site = await testHouse({ clock, config: { payouts: SENDERS } });
const { house } = site;
const olu = await anOperator(site, 'olu');
const mira = await site.person('mira');
const ana = await site.person('ana');
const ben = await site.person('ben');
const flo = await site.person('flo');
const stage = await goLive(mira);
const people = [olu, mira, ana, ben, flo];

// October. Ana buys 219 for $2.96 and gives 40; Ben buys 99 for $1.34 and gives them all: nothing of his is unspent.
const anas = await buy(ana, 219n);
await give(ana, stage, 'sunflower', 2);
const bens = await buy(ben, 99n);
await give(ben, stage, 'teddy');
// Flo buys twice and gives of the first.
const first = await buy(flo, 100n, FAILING_CARD);
await give(flo, stage, 'heart');
await buy(flo, 1_000n);
// A withdrawal is sent in October.
await endow(house, userIdOf(mira), 3_000_000n);
const account = await addAccount(mira, {
  method: 'manual',
  holder: 'Mira',
  country: 'BR',
  instructions: 'A box.',
});
clock.advance(1 * DAY_MS);
const sent = await withdraw(mira, account, 2_000_000n);
const id = parsePublicId('wd', sent.id) as Uuid;
await moveWithdrawal(house, id, { move: 'release', by: userIdOf(ana) });
await moveWithdrawal(house, id, { move: 'send', by: userIdOf(ana) });
// November, and October is over.
clock.advance(13 * HOUR_MS);
for (const person of people) await person.get('/v1/session');

const get = async (person: Person, path: string) => {
  const answer = await person.get(path);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
};
const paper = (person: Person, month: string, of = 'fan') =>
  get(person, `/v1/me/statements/${month}/statement.json?of=${of}`);
const october = async () => ({
  mira: await paper(mira, '2026-10', 'creator'),
  ana: await paper(ana, '2026-10'),
  ben: await paper(ben, '2026-10'),
  flo: await paper(flo, '2026-10'),
  tax: (await get(mira, '/v1/me/tax/2026/tax.json')).gifts.filter(
    ({ month }: { month: string }) => month === '2026-10',
  ),
});
const before = await october();
const lose = async (person: Person, order: string) => {
  const ref = await openDispute(site, clock, order);
  await until(
    'it is known',
    async () => {
      clock.advance(SECOND_MS);
      return (await olu.get('/v1/console/disputes?show=all')).body.items;
    },
    (items) => items.some((item: { providerRef: string }) => item.providerRef === ref),
  );
  await decideDispute(site, clock, ref, 'lost');
  await until(
    `${person.handle} lost it`,
    async () => {
      clock.advance(SECOND_MS);
      return (await olu.get('/v1/console/disputes?show=all')).body.items;
    },
    (items) =>
      items.some(
        (item: { providerRef: string; state: string }) => item.providerRef === ref && item.state === 'taken',
      ),
  );
};
interface Line {
  title: string;
  kind: string;
  corrects: string[];
  change: { units: string };
  split: Record<string, { micros: string }> | null;
  bought: { price: { units: string } } | null;
}
const minus = (micros: string | undefined) => (-BigInt(micros ?? '')).toString();

test('a refund that is under way and fails changes nothing of what was said of gifts', async () => {
  const asked = await refund(flo, first);
  assert.ok(asked.status < 300, JSON.stringify(asked.body));
  const refunds = async () => (await flo.get(`/v1/orders/${first}/refund`)).body.refunds;
  await until(
    'it went',
    async () => {
      clock.advance(SECOND_MS);
      return (await refunds())[0];
    },
    (one) => one?.state === 'refunded',
  );
  // Of the second purchase: the first is gone.
  await give(flo, stage, 'heart');
  const given = (await paper(flo, '2026-11')).lines.at(-1);
  // Its fee was 69 cents for 1,000 Coins; of the first it would be 34,000.
  assert.equal(given.split.providerFee.micros, '6900');
  assert.deepEqual((await october()).flo, before.flo);
  await until(
    'the bank could not deliver it',
    async () => {
      clock.advance(HOUR_MS);
      for (const person of people) await person.get('/v1/session');
      return (await refunds())[0];
    },
    (one) => one?.state === 'failed',
  );
  const november = await paper(flo, '2026-11');
  const same = november.lines.find(
    ({ transferId }: { transferId: string }) => transferId === given.transferId,
  );
  assert.deepEqual(same.split, given.split, 'the gift was of the second purchase, and stays so');
  assert.deepEqual((await october()).flo, before.flo);
  const [, went, , back] = november.lines;
  assert.deepEqual(
    [went.corrects, back.corrects],
    [['2026-10'], ['2026-11']],
    JSON.stringify(november.lines),
  );
  assert.equal(november.totals.bought.price.units, '0', 'what went and came back is nothing');
  // And the next one is of the first again: 10 of 100 at its price.
  await give(flo, stage, 'heart');
  const next = (await paper(flo, '2026-11')).lines.at(-1);
  assert.equal(next.split.fanPaid.micros, before.flo.lines[1].split.fanPaid.micros);
});

test('a lost dispute is taken off what the fan paid, also when nothing of theirs was left', async () => {
  await lose(ana, anas);
  await lose(ben, bens);
  for (const [fan, cents] of [
    [ana, '-296'],
    [ben, '-134'],
  ] as const) {
    const { lines, totals, accounts, lineCount } = await paper(fan, '2026-11');
    const back = lines.filter(({ kind }: Line) => kind === 'money_back');
    assert.deepEqual(
      back.map(({ bought, change, corrects, reference }: Line & { reference: string }) => [
        bought?.price.units,
        change.units,
        corrects,
        reference,
      ]),
      [[cents, '0', ['2026-10'], fan === ana ? anas : bens]],
    );
    assert.equal(totals.bought.price.units, cents);
    assert.equal(lines.length, lineCount);
    assert.equal(accounts[0].sections.at(-1).title, 'Money that came back through your bank or the provider');
    // Page by page it is the same.
    const paged = [];
    for (let cursor = ''; ; ) {
      const page = await get(fan, `/v1/me/statements/2026-11/lines?limit=1${cursor}`);
      paged.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    assert.deepEqual(paged, lines);
    const { months } = await get(fan, '/v1/me/statements');
    assert.equal(months.find(({ month }: { month: string }) => month === '2026-11').changed, true);
  }
  assert.deepEqual(await auditRefunds(house.db), []);
});

test('gifts that were taken back are taken off what was earned, in the month that took them', async () => {
  const { lines, accounts } = await paper(mira, '2026-11', 'creator');
  const reversed = lines.filter(({ kind }: Line) => kind === 'reversal');
  const [, ofAna, ofBen] = before.mira.lines.filter(({ kind }: Line) => kind === 'gift').length
    ? [null, ...before.mira.lines.filter(({ kind }: Line) => kind === 'gift')]
    : [];
  for (const [index, gift] of [ofAna, ofBen].entries()) {
    assert.deepEqual(
      [reversed[index].corrects, reversed[index].change.units],
      [['2026-10'], minus(gift.change.units)],
    );
    for (const name of ['fanPaid', 'providerFee', 'platform', 'creator']) {
      assert.equal(reversed[index].split[name].micros, minus(gift.split[name].micros), name);
    }
  }
  const tax = await get(mira, '/v1/me/tax/2026/tax.json');
  const rows = tax.gifts.map(
    ({ month, corrects, earned }: { month: string; corrects: string | null; earned: { units: string } }) => [
      month,
      corrects,
      earned.units,
    ],
  );
  // October: 40, 99 and 10 Coins. November: Flo's two hearts; less Ana's 40 and Ben's 99.
  assert.deepEqual(rows.slice(-3), [
    ['2026-10', null, '74500'],
    ['2026-11', null, '10000'],
    ['2026-11', '2026-10', '-69500'],
  ]);
  const [pending] = accounts;
  const earned = pending.sections
    .filter(({ title }: { title: string }) => title !== 'Became available')
    .reduce((sum: bigint, { change }: { change: { units: string } }) => sum + BigInt(change.units), 0n);
  assert.equal(earned, -59_500n, 'what the account says is what the year says');
  const all = (name: string) =>
    tax.gifts
      .reduce(
        (sum: bigint, row: Record<string, { micros: string }>) => sum + BigInt(row[name]?.micros ?? ''),
        0n,
      )
      .toString();
  const hearts = [...before.flo.lines, ...(await paper(flo, '2026-11')).lines].filter(
    ({ kind }: Line) => kind === 'gift',
  );
  assert.equal(hearts.length, 3);
  for (const name of ['fanPaid', 'providerFee', 'platform', 'creator']) {
    const sum = hearts.reduce(
      (micros: bigint, { split }: Line) => micros + BigInt(split?.[name]?.micros ?? ''),
      0n,
    );
    assert.notEqual(sum, 0n);
    assert.equal(all(name), sum.toString(), `${name}: what is left is Flo’s`);
  }
});

test('what came back from a bank stands in the month in which it did, with the month that it corrects', async () => {
  await moveWithdrawal(house, id, { move: 'return', by: userIdOf(ana), code: 'R03' });
  const { paidOut } = await get(mira, '/v1/me/tax/2026/tax.json');
  assert.deepEqual(
    paidOut.map(
      (row: {
        month: string;
        corrects: string | null;
        payments: number;
        returned: number;
        gross: { units: string };
      }) => [row.month, row.corrects, row.payments, row.returned, row.gross.units],
    ),
    [
      ['2026-10', null, 1, 0, '2700'],
      ['2026-11', '2026-10', 0, 1, '-2700'],
    ],
  );
  const back = (await paper(mira, '2026-11', 'creator')).lines.at(-1);
  assert.deepEqual([back.title, back.corrects], ['Withdrawal came back', ['2026-10']]);
});

test('a payment counts in the month in which the ledger booked it, whatever its event says', async () => {
  const again = parsePublicId('wd', (await withdraw(mira, account, 2_000_000n)).id) as Uuid;
  await moveWithdrawal(house, again, { move: 'release', by: userIdOf(ana) });
  // The clock of the server that moves it stands in the month before; the ledger's time never goes back.
  const late = { ...house, clock: testClock(Date.UTC(2026, 9, 31, 23)) };
  await moveWithdrawal(late, again, { move: 'send', by: userIdOf(ana) });
  const { paidOut } = await get(mira, '/v1/me/tax/2026/tax.json');
  assert.deepEqual(
    paidOut.map(({ month, payments }: { month: string; payments: number }) => [month, payments]),
    [
      ['2026-10', 1],
      ['2026-11', 1],
      ['2026-11', 0],
    ],
  );
});

test('October is today what it was on the first of November', async () => {
  await matureGifts(house);
  assert.deepEqual(await october(), before);
});
