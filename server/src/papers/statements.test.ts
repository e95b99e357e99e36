import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { extractText, getDocumentProxy } from 'unpdf';
import { hands, type Person, testHouse } from '../../test/test-house.ts';
import { anOperator, buyCoins, goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { addAccount, confirm, endow, SENDERS, userIdOf, withdraw } from '../../test/withdrawal-scene.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { matureGifts } from '../gifts/index.ts';
import { accountId, transferEvent } from '../ledger/index.ts';
import { moveWithdrawal } from '../withdrawals/move-withdrawal.ts';
import { PAPERS_EACH, takePaperTurn } from './paper-turns.ts';
import { monthAt } from './rules.ts';
import { openStatement, statementLines } from './statement.ts';

/** The story of a fan and a creator over two months: October and November 2026. */
const clock = testClock(Date.UTC(2026, 9, 28, 12));
const site = await testHouse({ clock, config: { payouts: SENDERS } });
const { house } = site;
const mira = await site.person('mira', { displayName: 'Mira 日本 🌹' });
const ana = await site.person('ana', { displayName: '=cmd|calc' });
const stageId = await goLive(mira);
const give = async (fan: Person, giftId: string, quantity: number) => {
  const answer = await fan.post('/v1/gifts', { stageId, giftId, quantity }, newId());
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
};

// October: 219 Coins for $2.96; a Coffee (5 Coins) and 12 Roses (12 Coins).
await buyCoins(ana, 219n);
await give(ana, 'coffee', 1);
await give(ana, 'rose', 12);
// November: what was given matures, 100 more Coins, a Teddy over both purchases, a question that is taken back.
clock.advance(7 * DAY_MS);
await matureGifts(house);
await buyCoins(ana, 100n);
await give(ana, 'teddy', 2);
await give(ana, 'teddy', 1);
await endow(house, userIdOf(mira), 3_000_000n);
const account = await addAccount(mira, {
  method: 'manual',
  holder: 'Mira Solane',
  country: 'BR',
  instructions: 'A box.',
});
clock.advance(DAY_MS);
const sent = await withdraw(mira, account, 2_000_000n);
const id = parsePublicId('wd', sent.id) as Uuid;
for (const move of ['release', 'send', 'return'] as const) {
  await moveWithdrawal(house, id, { move, by: userIdOf(ana), ...(move === 'return' ? { code: 'R03' } : {}) });
}
// A flow that no slice describes.
await house.ledger.post({
  transfers: [
    transferEvent({
      id: newId(),
      from: accountId('platform', 'coins_issued', 'COIN'),
      to: accountId(userIdOf(ana), 'coins', 'COIN'),
      asset: 'COIN',
      units: 7n,
      code: 'reserve',
    }),
  ],
});

const get = async (person: Person, path: string) => {
  const answer = await person.get(path);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
};
const raw = async (person: Person, path: string) => {
  const answer = await fetch(`${site.origin}${path}`, { headers: { cookie: person.cookie } });
  assert.equal(answer.status, 200, path);
  return answer;
};
const table = (csv: string) => {
  const [names = [], ...rows] = csv
    .trimEnd()
    .split('\r\n')
    .map((row) => row.match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '')) ?? []);
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])));
};

test('the months that a person can ask for, with what was there at the end of each', async () => {
  const { months } = await get(ana, '/v1/me/statements');
  assert.deepEqual(
    months.map(
      (month: { month: string; soFar: boolean; changed: boolean; closing: { display: string }[] }) => [
        month.month,
        month.soFar,
        month.changed,
        month.closing.map(({ display }) => display),
      ],
    ),
    [
      // 202 + 100 − 297 + 7
      ['2026-11', true, true, ['12 Coins', '0 Diamonds']],
      ['2026-10', false, true, ['202 Coins', '0 Diamonds']],
    ],
  );
  assert.equal((await ana.get('/v1/me/statements?of=creator')).status, 403);
  assert.equal((await get(mira, '/v1/me/statements?of=creator')).months.length, 2);
  for (const [path, status] of [
    ['2026-09', 404],
    ['2026-12', 404],
    ['2026-13', 400],
  ] as const) {
    assert.equal((await ana.get(`/v1/me/statements/${path}`)).status, status, path);
  }
});

test('the fan’s month: every Coin, what it had cost, and where that went', async () => {
  const october = await get(ana, '/v1/me/statements/2026-10');
  const [coins] = october.accounts;
  assert.deepEqual(
    [
      coins.opening.free.display,
      coins.sections.map((one: { title: string; change: { display: string } }) => [
        one.title,
        one.change.display,
      ]),
      coins.closing.free.display,
      october.soFar,
      october.lineCount,
    ],
    [
      '0 Coins',
      [
        ['Bought', '219 Coins'],
        ['Gifts given', '−17 Coins'],
      ],
      '202 Coins',
      false,
      3,
    ],
  );
  const paper = await get(ana, '/v1/me/statements/2026-10/statement.json');
  const [bought, coffee, roses] = paper.lines;
  assert.deepEqual(
    [bought.bought.price.display, bought.change.display, bought.policyVersion],
    ['$2.96', '219 Coins', 1],
  );
  const fee = BigInt(bought.bought.providerFee.units) * 10_000n;
  const part = (cents: bigint, to: bigint) => (cents * to) / 219n;
  // 5 Coins: 296 cents × 5 ÷ 219; the creator's 2.5 Diamonds at 1.35 cents each.
  assert.deepEqual(coffee.split, {
    fanPaid: { micros: part(2_960_000n, 5n).toString(), display: '$0.067579' },
    providerFee: { micros: part(fee, 5n).toString(), display: coffee.split.providerFee.display },
    platform: {
      micros: (part(2_960_000n, 5n) - part(fee, 5n) - 33_750n).toString(),
      display: coffee.split.platform.display,
    },
    creator: { micros: '33750', display: '$0.03375' },
  });
  assert.equal(roses.split.fanPaid.micros, (part(2_960_000n, 17n) - part(2_960_000n, 5n)).toString());
  assert.equal(roses.rateVersion, 1);
  assert.equal(paper.totals.split.fanPaid.micros, part(2_960_000n, 17n).toString());
});

test('the creator’s month: earned, matured, withdrawn, come back; an unknown kind is printed and adds up', async () => {
  const november = await get(mira, '/v1/me/statements/2026-11?of=creator');
  const [pending, available] = november.accounts;
  const sections = (sheet: { sections: { title: string; change: { display: string } }[] }) =>
    sheet.sections.map(({ title, change }) => [title, change.display]);
  assert.deepEqual(
    [pending.opening.free.display, sections(pending), pending.closing.free.display],
    [
      '8.5 Diamonds',
      [
        ['Gifts received', '148.5 Diamonds'],
        ['Became available', '−8.5 Diamonds'],
      ],
      '148.5 Diamonds',
    ],
  );
  assert.deepEqual(
    [available.opening.free.display, sections(available), available.closing.free.display],
    [
      '0 Diamonds',
      [
        ['Became available', '8.5 Diamonds'],
        ['Transfer: in', '3,000 Diamonds'],
        ['Withdrawals that came back', '2,000 Diamonds'],
        ['Withdrawals asked for: held until sent', '−2,000 Diamonds'],
        ['Withdrawals sent: what was held is paid out', '0 Diamonds'],
      ],
      '3,008.5 Diamonds',
    ],
  );
  const paper = await get(mira, '/v1/me/statements/2026-11/statement.json?of=creator');
  const out = paper.lines.filter((line: { paidOut: unknown }) => line.paidOut !== null);
  assert.deepEqual(
    out.map((line: { paidOut: { gross: { display: string }; currency: string } }) => [
      line.paidOut.gross.display,
      line.paidOut.currency,
    ]),
    [
      ['$27.00', 'USD'],
      ['−$27.00', 'USD'],
    ],
  );
  assert.equal(paper.totals.paidOut.net.display, '$0.00');
});

test('page, JSON, CSV and PDF say the same, and each reproduces the balance', async () => {
  for (const [person, of] of [
    [ana, 'fan'],
    [mira, 'creator'],
  ] as const) {
    for (const month of ['2026-10', '2026-11']) {
      const base = `/v1/me/statements/${month}`;
      const head = await get(person, `${base}?of=${of}`);
      const paper = await get(person, `${base}/statement.json?of=${of}`);
      assert.equal(paper.lines.length, head.lineCount);

      const paged = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const query = `of=${of}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
        const page: { items: unknown[]; nextCursor: string | null } = await get(
          person,
          `${base}/lines?${query}`,
        );
        paged.push(...page.items);
        cursor = page.nextCursor;
      }
      assert.deepEqual(paged, paper.lines);

      const told = (await (await raw(person, `${base}/totals?of=${of}`)).text()).trimEnd().split('\n');
      assert.deepEqual(JSON.parse(told.at(-1) ?? '').totals, paper.totals);

      const csv = await raw(person, `${base}/statement.csv?of=${of}`);
      assert.match(
        csv.headers.get('content-disposition') ?? '',
        new RegExp(`-${person.handle}-${month}\\.csv`),
      );
      const rows = table(await csv.text());
      for (const sheet of paper.accounts) {
        const own = rows.filter((row) => row.account === sheet.account);
        const opening = BigInt(own.find(({ row }) => row === 'opening')?.balance_after_units ?? '');
        const closing = BigInt(own.find(({ row }) => row === 'closing')?.balance_after_units ?? '');
        const changes = own.filter(({ row }) => row === 'line').map((row) => BigInt(row.change_units ?? ''));
        assert.equal(opening + changes.reduce((sum, units) => sum + units, 0n), closing);
        assert.equal(closing.toString(), sheet.closing.free.units);
        assert.equal(opening.toString(), sheet.opening.free.units);
        const last = own.filter(({ row }) => row === 'line').at(-1);
        if (last !== undefined) assert.equal(last.balance_after_units, closing.toString());
      }
      const sum = (column: string) =>
        rows.reduce((all, row) => all + BigInt(row[column] === '' ? 0 : (row[column] ?? 0)), 0n).toString();
      const { split, bought, paidOut } = paper.totals;
      assert.deepEqual(
        ['fan_paid', 'provider_fee', 'platform', 'creator'].map((name) => sum(`${name}_micros`)),
        [split.fanPaid.micros, split.providerFee.micros, split.platform.micros, split.creator.micros],
      );
      assert.deepEqual(
        [sum('bought_price_cents'), sum('payout_net_cents')],
        [bought.price.units, paidOut.net.units],
      );

      const pdf = await (await raw(person, `${base}/statement.pdf?of=${of}`)).arrayBuffer();
      const read = await extractText(await getDocumentProxy(new Uint8Array(pdf)));
      const pages = read.text.map((page) => page.replaceAll(/\s+/g, ' '));
      assert.match(pages[0] ?? '', new RegExp(`1 of ${read.totalPages}`));
      for (const sheet of paper.accounts) {
        assert.ok(pages[0]?.includes(`Opening balance ${sheet.opening.free.display}`), pages[0]);
        assert.ok(pages[0]?.includes(`Closing balance ${sheet.closing.free.display}`), pages[0]);
      }
      for (const line of paper.lines) {
        const at = line.at.slice(0, 19).replace('T', ' ');
        const row = pages.find((page) => page.includes(`${at} `) && page.includes(line.balanceAfter.display));
        assert.ok(row !== undefined, `${line.number} ${line.title} is in the PDF`);
        if (line.split !== null) assert.ok(row.includes(line.split.fanPaid.display), line.title);
        if (line.bought !== null) {
          assert.ok(row.includes(`Paid ${line.bought.price.display}`), row);
          assert.ok(row.includes(`provider fee ${line.bought.providerFee.display}`), row);
        }
        if (line.paidOut !== null) assert.match(row, /(Out|Returned) \$12\.00/);
      }
      const last = pages.at(-1) ?? '';
      assert.ok(last.includes(split.fanPaid.display) && last.includes(split.platform.display), last);
    }
  }
});

test('names of strangers are neither formulas nor lost: ▯ stands for what the font lacks', async () => {
  const csv = await (await raw(mira, '/v1/me/statements/2026-11/statement.csv?of=creator')).text();
  assert.match(csv, /Teddy ×2 from =cmd\|calc/, 'in the middle of a text it is no formula');
  assert.doesNotMatch(csv, /(^|,)"?[=+@]/m);
  const pdf = await (await raw(mira, '/v1/me/statements/2026-11/statement.pdf?of=creator')).arrayBuffer();
  const document = await getDocumentProxy(new Uint8Array(pdf));
  const { text } = await extractText(document, { mergePages: true });
  assert.match(text, /Mira ▯▯ ▯ \(@mira\)/);
  assert.equal((await document.getMarkInfo())?.Marked, true, 'tagged');
});

test('a month that goes on is told as of the last commit, and a later gift does not change a page', async () => {
  const now = clock.now();
  const head = await openStatement(house.db, {
    of: 'creator',
    userId: userIdOf(mira),
    month: monthAt(new Date(now)),
    nowMs: now,
  });
  await give(ana, 'rose', 1);
  let lines = 0;
  for await (const chunk of statementLines(house.db, head)) lines += chunk.length;
  assert.equal(lines, head.lines);
  const later = await get(mira, '/v1/me/statements/2026-11?of=creator');
  assert.equal(later.lineCount, head.lines + 1);
});

test('a statement that does not add up is not printed, in whatever form', async () => {
  const owner = new pg.Client({ connectionString: site.databaseUrl });
  await owner.connect();
  const coins = accountId(userIdOf(ana), 'coins', 'COIN');
  const refused = async () => {
    for (const path of ['', '/lines', '/totals', '/statement.json', '/statement.csv', '/statement.pdf']) {
      const answer = await ana.get(`/v1/me/statements/2026-11${path}`);
      assert.deepEqual([answer.status, answer.body.code], [500, 'statement_does_not_add_up'], path);
    }
  };
  try {
    // A balance that is one more than the lines lead to.
    await owner.query('update ledger_accounts set credits_posted = credits_posted + 1 where id = $1', [
      coins,
    ]);
    await refused();
    await owner.query('update ledger_accounts set credits_posted = credits_posted - 1 where id = $1', [
      coins,
    ]);
    // A line that says another amount than the one that was posted.
    await owner.query('alter table ledger_transfers disable trigger user');
    const grow = (by: number) =>
      owner.query('update ledger_transfers set amount = amount + $2 where debit_account_id = $1', [
        coins,
        by,
      ]);
    await grow(1);
    await refused();
    await grow(-1);
  } finally {
    await owner.end();
  }
  assert.equal((await ana.get('/v1/me/statements/2026-11')).status, 200);
});

test('a year for the tax office: what was sent less what came back, and where fans’ money went', async () => {
  const { years } = await get(mira, '/v1/me/tax');
  assert.deepEqual(
    years.map(
      (year: {
        year: number;
        soFar: boolean;
        payments: number;
        returned: number;
        net: { units: string };
      }) => [year.year, year.soFar, year.payments, year.returned, year.net.units],
    ),
    [[2026, true, 1, 1, '0']],
  );
  const year = await get(mira, '/v1/me/tax/2026/tax.json');
  assert.deepEqual(
    year.paidOut.map((one: { month: string; method: string; holder: string; country: string }) => [
      one.month,
      one.method,
      one.holder,
      one.country,
    ]),
    [
      ['2026-11', 'manual', 'Mira Solane', 'BR'],
      ['2026-11', 'manual', 'Mira Solane', 'BR'],
    ],
  );
  assert.deepEqual(
    year.paidOut.map((one: { corrects: string | null; gross: { units: string }; net: { units: string } }) => [
      one.corrects,
      one.gross.units,
      one.net.units,
    ]),
    [
      [null, '2700', '1200'],
      ['2026-11', '-2700', '-1200'],
    ],
  );
  const months = await Promise.all(
    ['2026-10', '2026-11'].map((month) => get(mira, `/v1/me/statements/${month}/statement.json?of=creator`)),
  );
  const began = year.gifts.filter(({ fanPaid }: { fanPaid: { micros: string } }) => fanPaid.micros !== '0');
  assert.deepEqual(
    began.map(({ month, fanPaid, creator }: { month: string; fanPaid: object; creator: object }) => [
      month,
      fanPaid,
      creator,
    ]),
    months.map(({ month, totals }) => [month, totals.split.fanPaid, totals.split.creator]),
  );
  const rows = table(await (await raw(mira, '/v1/me/tax/2026/tax.csv')).text());
  assert.deepEqual(
    rows.filter(({ row }) => row === 'paid_out').map((row) => [row.gross_cents, row.corrects_month]),
    [
      ['2700', ''],
      ['-2700', '2026-11'],
    ],
  );
  assert.deepEqual(
    rows
      .filter(({ row, fan_paid_micros }) => row === 'gifts' && fan_paid_micros !== '0')
      .map((row) => row.fan_paid_micros),
    months.map(({ totals }) => totals.split.fanPaid.micros),
  );
  for (const path of ['2025', '2027']) {
    assert.equal((await mira.get(`/v1/me/tax/${path}/tax.json`)).status, 404, path);
  }
  assert.equal((await ana.get('/v1/me/tax')).status, 403);
});

test('the export of everybody is for operators alone', async () => {
  assert.equal((await mira.get('/v1/console/tax/2026')).status, 403);
  const olu = await anOperator(site, 'olu');
  assert.equal((await hands(site.origin, olu.cookie).get('/v1/console/tax/2026')).body.code, 'confirm_first');
  await confirm(olu);
  const rows = table(await (await raw(olu, '/v1/console/tax/2026')).text());
  assert.deepEqual(
    rows.map((row) => [
      row.month,
      row.creator,
      row.holder,
      row.country,
      row.payments,
      row.returned,
      row.net_cents,
    ]),
    [
      ['2026-11', 'mira', 'Mira Solane', 'BR', '1', '0', '1200'],
      ['2026-11', 'mira', 'Mira Solane', 'BR', '0', '1', '-1200'],
    ],
  );
  assert.deepEqual(table(await (await raw(olu, '/v1/console/tax/2025')).text()), []);
});

test('a refund names its purchase: what is given later is of another, and the money that went back is taken off', async () => {
  const eva = await site.person('eva');
  await buyCoins(eva, 100n);
  await give(eva, 'rose', 10);
  const second = await buyCoins(eva, 1_000n);
  const asked = await eva.post(`/v1/orders/${second}/refunds`, {}, newId());
  assert.ok(asked.status < 300, JSON.stringify(asked.body));
  const paper = await until(
    'the refund is on the statement',
    () => get(eva, '/v1/me/statements/2026-11/statement.json'),
    ({ lines }) => lines.some(({ title }: { title: string }) => title === 'Refunded'),
  );
  const [first, , other] = paper.lines;
  assert.equal(paper.totals.bought.price.units, first.bought.price.units, 'what went back is taken off');
  await give(eva, 'rose', 20);
  const { lines } = await get(eva, '/v1/me/statements/2026-11/statement.json');
  const fee = BigInt(first.bought.providerFee.units) * 10_000n;
  assert.notEqual(other.bought.providerFee.units, `${first.bought.providerFee.units}0`);
  // 20 of the first hundred, after ten of them.
  assert.equal(lines.at(-1).split.providerFee.micros, ((fee * 30n) / 100n - (fee * 10n) / 100n).toString());
});

test('a later page of a month that goes on is of the month as it was at the first page', async () => {
  const path = '/v1/me/statements/2026-11/lines?of=creator';
  const total = (await get(mira, '/v1/me/statements/2026-11?of=creator')).lineCount;
  // As many as there are, less one: what comes next is one line, and then nothing.
  const first = await get(mira, `${path}&limit=${total - 1}`);
  await give(ana, 'rose', 1);
  const second = await get(mira, `${path}&limit=1&cursor=${first.nextCursor}`);
  assert.equal(second.items.length, 1);
  for (let cursor = second.nextCursor; cursor !== null; ) {
    const page = await get(mira, `${path}&limit=1&cursor=${cursor}`);
    assert.deepEqual(page.items, []);
    cursor = page.nextCursor;
  }
});

test('somebody who reads none of their papers gets no more of them, and others do', async () => {
  const turns = Array.from({ length: PAPERS_EACH }, () => takePaperTurn(userIdOf(ana)));
  for (const path of ['', '/totals', '/statement.json', '/statement.csv', '/statement.pdf']) {
    const answer = await ana.get(`/v1/me/statements/2026-11${path}`);
    assert.deepEqual([answer.status, answer.body.code], [429, 'papers_of_yours_busy'], path);
  }
  assert.equal((await ana.get('/v1/me/statements/2026-11/lines')).status, 200);
  assert.equal((await mira.get('/v1/me/statements/2026-11')).status, 200);
  for (const end of turns) end();
  // Each gives its place back, also one that is refused.
  for (let round = 0; round < 2 * PAPERS_EACH; round += 1) {
    assert.equal((await ana.get('/v1/me/statements/2026-11/statement.json')).status, 200);
    assert.equal((await ana.get('/v1/me/statements/2026-08/statement.json')).status, 404);
  }
});

test('who earned has the papers of it, whatever they are today', async () => {
  assert.equal((await ana.get('/v1/me/statements/2026-11?of=creator')).status, 403);
  await house.db.query(`delete from user_roles where user_id = $1 and role = 'creator'`, [userIdOf(mira)]);
  assert.equal((await get(mira, '/v1/me/statements/2026-11?of=creator')).accounts.length, 2);
  assert.equal((await get(mira, '/v1/me/tax')).years.length, 1);
});
