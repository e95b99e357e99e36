import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { APIRequestContext, Page } from 'playwright-core';
import { isGone, isVisible, leave, openBrowser, openStage, until, visitor } from './browser.ts';
import { startSite } from './site.ts';
import { banners, chatRows, coinsOf, entriesOf, gift, isSettled, sendButton, showsCoins } from './stage.ts';

const site = await startSite({ crowd: 'on' });
const browser = await openBrowser({ motion: true });
const { origin } = site;

/** The crowd shows itself to a newcomer within a minute. */
const CROWD_WAIT_MS = 60_000;
/** Once quieted, this long without an event is quiet. */
const QUIET_MS = 6_000;

test('a newcomer finds a lively town, and the button quiets it', async () => {
  const newcomer = await visitor(browser, origin);
  const { page } = newcomer;
  await page.goto('/');
  await isVisible(page.getByRole('heading', { name: 'Live now' }));
  await page
    .getByRole('link', { name: /Lamp-lit song requests/ })
    .first()
    .click();
  const chat = page.getByRole('log', { name: 'Chat messages' });
  await chat.locator('.msg[data-gift]').first().waitFor({ timeout: CROWD_WAIT_MS });
  await chat.locator('.msg:not([data-gift])').first().waitFor({ timeout: CROWD_WAIT_MS });

  await page.getByRole('button', { name: /Town is lively/ }).click();
  await isVisible(page.getByRole('button', { name: /Town is quiet/ }));
  let changedAt = Date.now();
  let last = await happenings();
  await until(
    'the town is quiet',
    async () => {
      const now = await happenings();
      if (now !== last) changedAt = Date.now();
      last = now;
      return Date.now() - changedAt;
    },
    (quietForMs) => quietForMs > QUIET_MS,
    CROWD_WAIT_MS,
  );
  await leave([newcomer]);
});

test('the first minute: sign up, top up, send, and the creator has the Diamonds pending', async () => {
  const zoe = await visitor(browser, origin);
  const viewer = await visitor(browser, origin, { colorScheme: 'dark' });
  const mira = await visitor(browser, origin, { as: 'mira' });
  const { page } = zoe;
  const pendingBefore = await pendingOf(mira.context.request);

  await page.goto('/live');
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Open an account' }).click();
  await signUp(page, { name: 'Zoe Okri', email: 'zoe@journey.example', year: 1994 });
  await isVisible(page.getByText('Welcome, Zoe Okri.'));

  await page.getByRole('banner').getByRole('link', { name: 'Top up' }).click();
  await page.getByRole('radio', { name: /^350/ }).check();
  await page.getByRole('button', { name: 'Pay $4.73' }).click();
  await isVisible(page.getByText('Sandbox. No real money moves.'));
  await page.getByRole('button', { name: 'Pay $4.73' }).click();
  await isVisible(page.getByRole('heading', { name: '350 Coins added' }));
  await showsCoins(page, 350);

  for (const each of [viewer, zoe]) {
    // Chosen, so that no slow machine makes the stage calmer.
    await each.context.addInitScript("localStorage.setItem('carat.effects', 'full')");
    await openStage(each, 'mira');
  }
  await gift(page, 'Disco').click();
  const bursts = [page, viewer.page].map((each) => each.locator('.burst').waitFor());
  await sendButton(page).click();
  await Promise.all(bursts);
  for (const each of [page, viewer.page]) {
    await isVisible(banners(each, 'sent Disco'));
    await isVisible(chatRows(each, 'Zoe Okrisent Disco'));
  }
  await showsCoins(page, 151);
  await isSettled(page);

  await page.getByRole('link', { name: /^Wallet, / }).click();
  await isVisible(page.getByRole('row', { name: /Disco ×1 to Mira Solane/ }));
  await isVisible(page.getByRole('row', { name: /Bought 350 Coins/ }));

  await mira.page.goto('/studio/earnings');
  const due = new Date(Date.now() + 7 * 86_400_000);
  const pending = mira.page.getByRole('region', { name: 'Pending' });
  await isVisible(pending);
  assert.equal((await pendingOf(mira.context.request)) - pendingBefore, 99_500);
  const row = mira.page.getByRole('row', { name: /Disco/ }).first();
  await isVisible(row);
  const dayOfMonth = due.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
  assert.match(
    (await row.textContent()) ?? '',
    new RegExp(`99½[\\s\\S]*${dayOfMonth}|${dayOfMonth}[\\s\\S]*99½`),
  );

  // Ctrl-C, and again: everything is still there, and everybody still signed in.
  await leave([viewer]);
  const { page: wallet } = zoe;
  await site.stop();
  await site.restart();
  zoe.complaints.length = 0;
  mira.complaints.length = 0;
  await wallet.goto('/wallet');
  await showsCoins(wallet, 151);
  await isVisible(wallet.getByRole('row', { name: /Disco ×1 to Mira Solane/ }));
  assert.equal(await coinsOf(zoe), 151);
  assert.equal((await entriesOf(zoe)).length, 2);
  assert.equal((await pendingOf(mira.context.request)) - pendingBefore, 99_500);
  await leave([zoe, mira]);
});

test('who is under 18 can watch; gifts open with the right date', async () => {
  const kim = await visitor(browser, origin);
  const { page } = kim;
  const year = new Date().getFullYear();
  await page.goto('/signup');
  await signUp(page, { name: 'Kim Aro', email: 'kim@journey.example', year: year - 16 });
  await isVisible(page.getByRole('heading', { name: 'You can watch. Gifts open at 18' }));
  await openStage(kim, 'juno');
  await isVisible(page.getByRole('heading', { name: 'You can watch. Gifts open at 18.' }));
  await isGone(gift(page, 'Rose'));
  await isGone(sendButton(page));

  await page.goto('/age');
  await fillBirthDate(page, year - 30);
  await page.getByRole('button', { name: 'Correct the date' }).click();
  await isVisible(page.getByRole('heading', { name: 'Gifts are open to you' }));
  await openStage(kim, 'juno');
  await isVisible(gift(page, 'Rose'));
  await leave([kim]);
});

test('find and follow: search, follow, and the Following tab has her', async () => {
  const sunny = await visitor(browser, origin, { as: 'rook' });
  const { page } = sunny;
  await page.goto('/live');
  await page.keyboard.press('/');
  await page.keyboard.type('singing');
  await page.keyboard.press('Enter');
  await page
    .getByRole('link', { name: /Lamp-lit song requests/ })
    .first()
    .click();
  const follow = page
    .getByRole('region', { name: 'About this live' })
    .getByRole('button', { name: /^Follow/ });
  const word = ((await follow.textContent()) ?? '').trim();
  if (word === 'Follow') await follow.click();
  await isVisible(page.getByRole('button', { name: 'Following' }));
  await page.goto('/live');
  await page.getByRole('button', { name: 'Following', exact: true }).click();
  await isVisible(page.getByRole('link', { name: /Lamp-lit song requests/ }));
  await leave([sunny]);
});

test('the books are clean after all of it', () => site.audit());

interface Newcomer {
  readonly name: string;
  readonly email: string;
  readonly year: number;
}

async function signUp(page: Page, { name, email, year }: Newcomer): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill('seven blue teapots sing');
  await fillBirthDate(page, year);
  await page.getByRole('button', { name: 'Open the account' }).click();
}

async function fillBirthDate(page: Page, year: number): Promise<void> {
  await page.getByLabel('Day').fill('12');
  await page.getByLabel('Month').selectOption('January');
  await page.getByLabel('Year').fill(String(year));
}

async function pendingOf(request: APIRequestContext): Promise<number> {
  const { pending } = (await (await request.get('/v1/me/earnings')).json()) as { pending: { units: string } };
  return Number(pending.units);
}

/** How much has happened on all stages together. */
async function happenings(): Promise<string> {
  const lasts = await Promise.all(
    ['mira', 'juno', 'tomo', 'nova', 'wren'].map(async (handle) => {
      const answer = await fetch(`${origin}/v1/stages/${handle}`);
      const { stage } = (await answer.json()) as {
        stage: { chat: { id: string }[]; diamondsThisLive: unknown };
      };
      return [stage.chat.at(-1)?.id, stage.diamondsThisLive];
    }),
  );
  return JSON.stringify(lasts);
}
