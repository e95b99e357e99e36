import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DESKTOP,
  isVisible,
  leave,
  looksRight,
  openBrowser,
  PHONE,
  type VisitorOptions,
  visitor,
} from './browser.ts';
import { startSite } from './site.ts';

const site = await startSite();
const browser = await openBrowser();

/** Every page, by who looks at it, and the heading that says it is there. */
const PAGES: Readonly<Record<string, readonly (readonly [path: string, heading: RegExp])[]>> = {
  nobody: [
    ['/live', /Live now/],
    ['/live?q=singing', /singing/],
    ['/live?q=nothing-is-called-so', /Nothing is called/],
    ['/login', /^Sign in$/],
    ['/signup', /Open an account/],
    ['/rates', /Rates/],
    ['/c/mira', /Mira Solane/],
    ['/live/nobody-at-all', /There is no stage/],
    ['/wallet', /Wallet/],
  ],
  ana: [
    ['/live/mira', /Lamp-lit song requests/],
    ['/wallet', /Wallet/],
    ['/wallet/limits', /^Limits$/],
    ['/wallet/top-up', /Top up/],
    ['/wallet/orders/order_00000000000000000000000000000000', /There is no such order/],
    ['/settings/profile', /./],
    ['/studio/earnings', /./],
    ['/studio/go-live', /A stage of your own/],
    ['/studio/moderation', /You have no room yet/],
    ['/age', /Gifts are open to you/],
  ],
  mira: [
    ['/live/mira', /Lamp-lit song requests/],
    ['/wallet', /Wallet/],
    ['/studio/earnings', /Earnings/],
    ['/studio/go-live', /You are live/],
    ['/studio/live', /Gifts as they come/],
    ['/studio/moderation', /What was done/],
  ],
};

/** Complaints of the browser itself about an address that the journey knows is not there. */
const NOT_THERE = [/status of 40[04]/];

const SCREENS: Readonly<Record<string, VisitorOptions>> = {
  'wide and light': { viewport: DESKTOP, colorScheme: 'light' },
  'in the hand and dark': { viewport: PHONE, colorScheme: 'dark' },
};

for (const [screen, options] of Object.entries(SCREENS)) {
  for (const [who, pages] of Object.entries(PAGES)) {
    test(`every page of ${who}, ${screen}`, async (t) => {
      const someone = await visitor(browser, site.origin, {
        ...options,
        reducedMotion: 'reduce',
        ...(who === 'nobody' ? {} : { as: who }),
      });
      for (const [path, heading] of pages) {
        await t.test(path, async () => {
          await someone.page.goto(path);
          await someone.page.getByRole('heading', { name: heading }).first().waitFor({ state: 'attached' });
          await looksRight(someone, path);
        });
      }
      await leave([someone], NOT_THERE);
    });
  }
}

test('a wallet that cannot be read says so, and never shows a zero', async () => {
  const ana = await visitor(browser, site.origin, { as: 'ana' });
  await ana.page.route('**/v1/me/wallet', (route) => route.abort());
  await ana.page.goto('/wallet');
  const alert = ana.page.getByRole('alert').filter({ hasText: 'Your balance could not be read.' });
  await isVisible(alert);
  await looksRight(ana, 'a wallet that cannot be read');
  assert.equal(await ana.page.getByRole('link', { name: /^Wallet,\s0 Coins/ }).count(), 0);
  await ana.page.unroute('**/v1/me/wallet');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await isVisible(ana.page.getByRole('region', { name: 'Coins' }).getByText('2,480'));
  await leave([ana], [/ERR_FAILED/]);
});

test('a page that cannot be fetched says so within the frame, and comes when it can be', async () => {
  const someone = await visitor(browser, site.origin);
  const { page } = someone;
  await page.goto('/live');
  await isVisible(page.getByRole('heading', { name: 'Live now' }));
  await page.route(/\/assets\/RatesPage-.*\.js$/, (route) => route.abort());
  const reloadedByItself = page.waitForEvent('load');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Rates' }).first().click();
  await reloadedByItself;
  const alert = page.getByRole('alert').filter({ hasText: 'This page could not be fetched.' });
  await isVisible(alert);
  await isVisible(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Wallet' }));
  await page.unroute(/\/assets\/RatesPage-.*\.js$/);
  await alert.getByRole('button', { name: 'Try again' }).click();
  await isVisible(page.getByRole('heading', { name: 'Rates', exact: true }));
  await leave([someone], [/ERR_FAILED/, /could not be reached/, /dynamically imported module/]);
});
