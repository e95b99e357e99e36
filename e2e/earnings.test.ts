import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, SECOND_MS, testClock } from '../server/src/core/clock.ts';
import { newId } from '../server/src/core/ids.ts';
import { openDatabase } from '../server/src/db/database.ts';
import { matureGifts } from '../server/src/gifts/mature.ts';
import { buy, openDispute, refundAtProvider } from '../server/test/refund-scene.ts';
import { type Person, testHouse } from '../server/test/test-house.ts';
import { buyCoins, goLive } from '../server/test/town-life.ts';
import {
  isGone,
  isVisible,
  leave,
  looksRight,
  openBrowser,
  PHONE,
  until,
  type Visitor,
  visitor,
} from './browser.ts';

/** In the middle of a day, so that seven days later is seven dates later wherever the browser is. */
const START_MS = Date.UTC(2026, 10, 23, 12);
const browser = await openBrowser();
const clock = testClock(START_MS);
const site = await testHouse({ clock, config: { webRoot: `${import.meta.dirname}/../web/dist` } });

async function at(person: Person, options: Parameters<typeof visitor>[2] = {}): Promise<Visitor> {
  const seen = await visitor(browser, site.origin, options);
  const [name = '', value = ''] = person.cookie.split('=');
  await seen.context.addCookies([{ name, value, url: site.origin }]);
  await seen.page.clock.setFixedTime(clock.now());
  return seen;
}

/** Turns the clock of the site, and of whoever looks at it. */
async function later(days: number, visitors: readonly Visitor[]): Promise<void> {
  clock.advance(days * DAY_MS);
  for (const { page } of visitors) await page.clock.setFixedTime(clock.now());
}

test('a gift of 100 Coins clears for seven days, is counted, and lands; chart, table and receipt agree', async () => {
  const [miraPerson, ana] = [await site.person('mira'), await site.person('ana')];
  const stageId = await goLive(miraPerson);
  await buyCoins(ana, 1_000n);
  const mira = await at(miraPerson);
  const { page } = mira;
  await page.goto('/studio/earnings');
  const pending = page.getByRole('region', { name: 'Pending' });
  const available = page.getByRole('region', { name: 'Available', exact: true });
  await isVisible(pending.getByText('0 Diamonds').first());

  const sent = await ana.post('/v1/gifts', { stageId, giftId: 'coffee', quantity: 20 }, newId());
  assert.equal(sent.status, 201, JSON.stringify(sent.body));
  assert.equal(sent.body.gift.coins.units, '100');
  await page.reload();
  await isVisible(pending.getByText('50 Diamonds').first());
  await isVisible(pending.getByRole('listitem').filter({ hasText: '30 Nov: 50 Diamonds' }));

  // The chart and the table say the same of the day.
  const days = page.getByRole('region', { name: 'Last 14 days' });
  await isVisible(days.getByRole('img', { name: /: 50 in all, 50 on the best day\./ }));
  await days.getByRole('button', { name: 'Table' }).click();
  await isVisible(days.getByRole('row').filter({ hasText: '23 Nov' }).getByText('50'));
  await looksRight(mira, 'earnings with a gift that clears');

  // The receipt: Coins, the share, the result.
  await page.goto(`/gifts/${sent.body.gift.id}`);
  await looksRight(mira, 'the receipt of a gift, for who got it');
  await isVisible(page.getByText('Pending until 30 Nov'));
  for (const line of [
    'Coffee: 5 × 20',
    '100 Coins × 0.5, rounded down per gift to a thousandth',
    '50 Diamonds × 1.35¢, rate version 1',
  ]) {
    await isVisible(page.getByText(line));
  }
  await isVisible(
    page
      .getByRole('listitem')
      .filter({ hasText: 'From then on the Diamonds can be withdrawn.' })
      .getByText('Mon 30 Nov'),
  );

  // Something keeps the count from being made while the date comes.
  const owner = await openDatabase({ url: site.databaseUrl, role: null, statementTimeoutMs: 0, poolSize: 1 });
  await owner.transaction(async (tx) => {
    await tx.query('lock table gift_maturities in share row exclusive mode');
    await later(7, [mira]);
    await page.goto('/studio/earnings');
    const counting = pending.getByRole('status');
    await isVisible(counting.getByText('Counting', { exact: true }));
    await isVisible(
      counting.getByText(/Counting is behind, and catches up by itself\. None of it is lost\./),
    );
    await isVisible(available.getByText('0 Diamonds').first());
    await looksRight(mira, 'earnings that are counted late');
  });
  await owner.close();

  await matureGifts(site.house);
  await page.reload();
  await isVisible(available.getByText('50 Diamonds').first());
  await isGone(page.getByText('Counting', { exact: true }));
  await isVisible(pending.getByText('0 Diamonds').first());
  await isVisible(days.getByRole('img', { name: /: 50 in all, 50 on the best day\./ }));

  await page.goto(`/gifts/${sent.body.gift.id}`);
  await isVisible(page.getByRole('listitem').filter({ hasText: /Available, done/ }));

  const phone = await at(miraPerson, { viewport: PHONE, colorScheme: 'dark' });
  await phone.page.goto('/studio/earnings');
  await isVisible(
    phone.page.getByRole('region', { name: 'Available', exact: true }).getByText('50 Diamonds').first(),
  );
  await looksRight(phone, 'earnings on a phone');
  await leave([mira, phone]);
});

/** The Diamond units that a figure on the page says, such as `1,234½` or `−2.25 Diamonds`. */
function unitsIn(text: string): bigint {
  const figure = /([−]?)([\d,]*)(?:\.(\d+))?(½?)/u.exec(text.slice(Math.max(0, text.search(/[−\d½]/u))));
  const [, sign = '', whole = '', part = '', half = ''] = figure ?? [];
  const units =
    BigInt(whole.replaceAll(',', '') || '0') * 1_000n + BigInt(half === '' ? part.padEnd(3, '0') : 500);
  return sign === '' ? units : -units;
}
const sum = (texts: readonly string[]): bigint => texts.reduce((all, text) => all + unitsIn(text), 0n);

test('with gifts that were taken back and gifts that are held, every sum on the page is that of its parts', async () => {
  const nova = await site.person('nova');
  const stageId = await goLive(nova);
  const give = async (fan: Person, giftId: string, quantity: number) => {
    const sent = await fan.post('/v1/gifts', { stageId, giftId, quantity }, newId());
    assert.equal(sent.status, 201, JSON.stringify(sent.body));
  };
  // The greatest supporter paid with a card that was not theirs; of another one's gifts only some are taken back.
  const [thief, half, held] = [
    await site.person('thief'),
    await site.person('half'),
    await site.person('held'),
  ];
  const stolen = await buy(thief, 600n);
  await give(thief, 'crown', 1); // 499
  await buy(half, 100n);
  await give(half, 'coffee', 20); // 100
  clock.advance(DAY_MS);
  const halves = await buy(half, 301n);
  await give(half, 'rose', 3); // 3
  await give(half, 'teddy', 2); // 198
  const disputed = await buy(held, 100n);
  await give(held, 'teddy', 1); // 99
  for (const index of [1, 2, 3, 4, 5]) {
    const fan = await site.person(`fan${index}`);
    await buy(fan, 100n);
    await give(fan, 'rose', 10 * index + 1);
  }
  await refundAtProvider(site, clock, stolen, 810);
  await refundAtProvider(site, clock, halves, 300);
  await openDispute(site, clock, disputed);
  const { body } = await until(
    'two are taken back, one is held',
    async () => {
      clock.advance(SECOND_MS);
      return nova.get('/v1/me/earnings');
    },
    // The crown, and 121 Coins of the teddies. Read while one is taken back, the sums would be of two moments.
    ({ body: { reversed, held: waits } }) => reversed.units === '310000' && waits.gifts === 1,
  );
  assert.equal(BigInt(body.how.earned.units) - BigInt(body.reversed.units), BigInt(body.kept.units));

  const seen = await at(nova);
  const { page } = seen;
  await page.goto('/studio/earnings');
  const card = (name: string) => page.getByRole('region', { name, exact: true });
  const figures = (name: string, rows: string) => card(name).locator(rows).allInnerTexts();
  await isVisible(card('Top supporters').getByText('All supporters, ever'));

  // What is available is what its lines make.
  const how = await figures('Available', '.sums dd');
  assert.equal(sum(how.slice(1, -1)), unitsIn(how.at(-1) ?? ''));
  const [earned = '', back = ''] = how.slice(1);
  const kept = unitsIn(earned) + unitsIn(back);

  // What is pending is what comes on its days and what is held.
  const bars = await figures('Pending', '.maturing .n');
  const heldNote = await card('Pending').locator('.note').filter({ hasText: 'are held' }).textContent();
  assert.equal(sum(bars) + unitsIn(heldNote ?? ''), unitsIn((await figures('Pending', '.sum'))[0] ?? ''));

  // Everything was given in these days: the bars, the table and the supporters add up to what was kept.
  await isVisible(card('Last 14 days').getByText(/more were taken back since/));
  assert.equal(unitsIn((await figures('Last 14 days', '.chart-sum b'))[0] ?? ''), kept);
  await looksRight(seen, 'earnings with gifts that were taken back');
  await card('Last 14 days').getByRole('button', { name: 'Table' }).click();
  assert.equal(sum(await figures('Last 14 days', 'tbody td.num')), kept);
  assert.equal(unitsIn((await figures('Last 14 days', 'tfoot td.num'))[0] ?? ''), kept);

  const supporters = await figures('Top supporters', 'ol .amount');
  const [others = '', all = ''] = await figures('Top supporters', '.everybody dd');
  assert.equal(sum(supporters) + unitsIn(others), unitsIn(all));
  assert.equal(unitsIn(all), kept);
  // So do the gifts themselves, but for those that are struck out.
  assert.equal(sum(await figures('Activity', '.num b')), kept);
  await isGone(card('Top supporters').getByText('thief'));
  await leave([seen]);
});
