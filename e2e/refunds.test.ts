import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isVisible, leave, looksRight, openBrowser, PHONE, until, visitor } from './browser.ts';
import { startSite } from './site.ts';
import { coinsOf, coinsShown, showsCoins } from './stage.ts';

const site = await startSite();
const browser = await openBrowser();
const { origin } = site;

test('unused Coins go back from the receipt: Requested, then Refunded', async () => {
  const pip = await visitor(browser, origin, { as: 'pip', viewport: PHONE });
  const { page } = pip;
  await page.goto('/wallet');
  const before = await coinsShown(page);
  await page.getByRole('banner').getByRole('link', { name: 'Top up' }).click();
  await page.getByLabel('Or exactly as many as you need').fill('219');
  await page.getByRole('button', { name: 'Pay $2.96' }).click();
  await isVisible(page.getByRole('heading', { name: 'Pay $2.96' }));
  await page.getByRole('button', { name: 'Pay $2.96' }).click();
  await isVisible(page.getByRole('heading', { name: '219 Coins added' }));
  await showsCoins(page, before + 219);

  await page.getByRole('button', { name: 'Refund unused Coins' }).click();
  await isVisible(page.getByRole('heading', { name: /^Refund [0-9]+ Coins$/ }));
  await looksRight(pip, 'the quote of a refund');
  await page.getByRole('button', { name: /^Get \$[0-9.]+ back$/ }).click();
  await isVisible(page.getByText('Refunded', { exact: true }));
  await isVisible(page.getByText('Asked for'));
  await until(
    'the Coins are gone',
    () => coinsOf(pip),
    (coins) => coins <= before,
  );
  await showsCoins(page, await coinsOf(pip));
  await looksRight(pip, 'the order after its refund');
  assert.equal(await page.getByRole('button', { name: 'Refund unused Coins' }).count(), 0);
  await leave([pip]);
});
