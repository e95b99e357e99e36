import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { isVisible, until, type Visitor } from './browser.ts';

/** A stage as a person finds things on it. */

export function gift(page: Page, name: string): Locator {
  return page.getByRole('option', { name: new RegExp(`^${name} [0-9]`) });
}

/** The one button that sends, whatever it says just now. */
export function sendButton(page: Page): Locator {
  return page
    .getByRole('region', { name: 'Gifts', exact: true })
    .getByRole('button', { name: /^(Send|Combo|Paused|Checking|Hold to send)/ });
}

export function chatRows(page: Page, text: string): Locator {
  return page.getByRole('log', { name: 'Chat messages' }).locator('.msg', { hasText: text });
}

/** Streak banners are pictures: what they say is said elsewhere for those who cannot see them. */
export function banners(page: Page, text: string): Locator {
  return page.locator('.streak', { hasText: text });
}

export function takeover(page: Page): Locator {
  return page.locator('.takeover');
}

/** Presses it with the mouse so often, as fast as the page takes it. */
export async function pressTimes(button: Locator, times: number): Promise<void> {
  const box = await button.boundingBox();
  assert.ok(box !== null, 'the button is on the screen');
  const { mouse } = button.page();
  for (let press = 0; press < times; press++) {
    await mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  }
}

/** The Coins in the head of the page. */
export async function coinsShown(page: Page): Promise<number> {
  const said = await page.getByRole('link', { name: /^Wallet,\s[0-9,]+ Coins?$/ }).textContent();
  return Number(/[0-9,]+(?= )/.exec(said?.replace('Wallet,', '') ?? '')?.[0].replaceAll(',', ''));
}

export async function showsCoins(page: Page, coins: number): Promise<void> {
  const digits = coins.toLocaleString('en-US');
  await isVisible(page.getByRole('link', { name: new RegExp(`^Wallet,\\s${digits} Coins?$`) }));
}

/** What the wallet's own page of the API says: the truth that the screen must agree with. */
export async function coinsOf({ context }: Visitor): Promise<number> {
  const { coins } = (await (await context.request.get('/v1/me/wallet')).json()) as {
    coins: { units: string };
  };
  return Number(coins.units);
}

export interface Entry {
  readonly title: string;
  readonly detail: string;
  readonly amount: { readonly units: string };
  readonly balanceAfter: { readonly units: string };
}

/** The newest entries of a person's statement. */
export async function entriesOf({ context }: Visitor, limit = 50): Promise<readonly Entry[]> {
  const answer = await context.request.get(`/v1/me/wallet/entries?limit=${limit}`);
  assert.ok(answer.ok(), await answer.text());
  return ((await answer.json()) as { items: Entry[] }).items;
}

/** Every count that a banner shows, in order, from now on. The banner need not be there yet. */
export async function recordCounts(page: Page, text: string): Promise<() => Promise<number[]>> {
  await page.evaluate(`{
    const counts = (window.recordedCounts = []);
    const look = () => {
      for (const banner of document.querySelectorAll('.streak')) {
        if (!banner.textContent.includes(${JSON.stringify(text)})) continue;
        const count = Number(banner.querySelector('.count').textContent.replace('×', ''));
        if (count !== counts.at(-1)) counts.push(count);
      }
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  }`);
  return () => page.evaluate<number[]>('window.recordedCounts');
}

/** Waits until everything that this page pressed is confirmed or taken back. */
export async function isSettled(page: Page): Promise<void> {
  await until(
    'gifts under way',
    () =>
      page.evaluate<string | null>(
        `document.querySelector('.send[data-pending]')?.textContent ?? sessionStorage.getItem('carat.pending-gifts')`,
      ),
    (pending) => pending === null,
  );
}

/** Whole Diamonds that the goal of the stage has reached, as its ring tells those who cannot see it. */
export async function goalReached(page: Page): Promise<number> {
  const said = await page.getByRole('img', { name: /^Goal: / }).getAttribute('aria-label');
  return Number(/([0-9,]+) of/.exec(said ?? '')?.[1]?.replaceAll(',', ''));
}
