import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  isGone,
  isVisible,
  leave,
  looksRight,
  openBrowser,
  openStage,
  PHONE,
  until,
  type Visitor,
  visitor,
} from './browser.ts';
import { startSite } from './site.ts';
import { coinsOf, showsCoins } from './stage.ts';

const site = await startSite();
const browser = await openBrowser();
const { origin } = site;

const SHOTS = process.env.QUESTION_SHOTS;

async function shot({ page }: Visitor, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

const questionsTab = (page: Page) => page.getByRole('tab', { name: /^Q&A/ });
const row = (page: Page, text: string) => page.locator('.questions li', { hasText: text });

async function pendingUnits({ context }: Visitor): Promise<number> {
  const { pending } = (await (await context.request.get('/v1/me/earnings')).json()) as {
    pending: { units: string };
  };
  return Number(pending.units);
}

test('ask in one browser, answer in another, a third sees it pinned; skip and the end of the live return the Coins', async () => {
  const mira = await visitor(browser, origin, { as: 'mira' });
  const pip = await visitor(browser, origin, { as: 'pip', colorScheme: 'dark' });
  const guest = await visitor(browser, origin, { viewport: PHONE });
  await openStage(mira, 'mira');
  await openStage(pip, 'mira');
  await openStage(guest, 'mira');
  const coins = await coinsOf(pip);
  const pending = await pendingUnits(mira);

  // Closed, until the creator opens them for 50 Coins.
  await questionsTab(pip.page).click();
  await isVisible(pip.page.getByText('Questions are closed'));
  await questionsTab(mira.page).click();
  await mira.page.getByLabel('Coins for a question').fill('50');
  await mira.page.getByRole('button', { name: 'Open', exact: true }).click();

  // Asked: the Coins are held, and everybody sees that something waits.
  await pip.page.getByLabel('Your question to Mira').fill('Which song was the hardest?');
  await looksRight(pip, 'asking');
  await shot(pip, 'ask-dark');
  await pip.page.getByRole('button', { name: 'Ask for 50 Coins' }).click();
  await isVisible(pip.page.getByText(/50 Coins are held until .* answers\./));
  await showsCoins(pip.page, coins - 50);
  await isVisible(row(mira.page, 'Which song was the hardest?'));
  await isVisible(guest.page.getByRole('button', { name: 'Questions, 1 waiting' }));
  await looksRight(mira, 'the queue of the creator');
  await shot(mira, 'queue-light');

  // Answered: pinned for all, then paid. The keyboard does it as well.
  await row(mira.page, 'Which song').getByRole('button', { name: 'Answer now' }).focus();
  await mira.page.keyboard.press('Enter');
  await isVisible(guest.page.locator('.pinned-question figure', { hasText: 'Which song was the hardest?' }));
  await isVisible(pip.page.locator('.pinned-question figure', { hasText: 'Which song was the hardest?' }));
  await looksRight(guest, 'a pinned question in the hand');
  await shot(guest, 'pinned-phone');
  await shot(pip, 'pinned-dark');
  await row(mira.page, 'Which song').getByRole('button', { name: 'Done' }).click();
  await isGone(guest.page.locator('.pinned-question figure'));
  await until(
    'the Diamonds are pending',
    () => pendingUnits(mira),
    (units) => units === pending + 25_000,
  );
  assert.equal(await coinsOf(pip), coins - 50);

  // Skipped: they are back.
  const askAgain = async (text: string) => {
    const box = pip.page.getByLabel('Your question to Mira');
    await box.fill(text);
    // Asked too soon it is refused and stays in the box, to be asked again.
    await until(
      `asked: ${text}`,
      async () => {
        if ((await box.inputValue()) !== '') {
          await pip.page
            .getByRole('button', { name: 'Ask for 50 Coins' })
            .click({ timeout: 2_000 })
            .catch(() => {});
        }
        return row(mira.page, text).count();
      },
      (count) => count === 1,
    );
  };
  await askAgain('And the easiest?');
  assert.equal(await coinsOf(pip), coins - 100);
  await row(mira.page, 'And the easiest?').getByRole('button', { name: 'Skip and return' }).click();
  await showsCoins(pip.page, coins - 50);

  // The live ends: the rest is back, and the list says why.
  await askAgain('Another one?');
  await showsCoins(pip.page, coins - 100);
  const ended = await mira.context.request.post('/v1/stages/end', { data: {}, headers: { origin } });
  assert.ok(ended.ok(), await ended.text());
  await showsCoins(pip.page, coins - 50);
  await pip.page.goto('/questions');
  await isVisible(pip.page.getByText('50 Coins went back. The live ended before it was answered.'));
  await isVisible(pip.page.getByText('50 Coins went back. The creator skipped it.'));
  await isVisible(pip.page.getByText(/50 Coins were paid\. .* got 25 Diamonds, pending until/));
  await looksRight(pip, 'one’s own questions');
  await shot(pip, 'own-dark');
  await leave([mira, pip, guest], [/status of 429/]);
  await site.audit();
});
