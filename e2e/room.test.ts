import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { isGone, isVisible, leave, looksRight, openBrowser, openStage, PHONE, visitor } from './browser.ts';
import { startSite } from './site.ts';
import { chatRows } from './stage.ts';

const site = await startSite();
const browser = await openBrowser({ motion: true });
const { origin } = site;

/** A refusal is a line in the console: what the journey provokes on purpose. */
const REFUSED = [/the server responded with a status of 4/];

test('a reply is shown with what it answers; a creator removes, mutes and bans, and everybody sees it at once', async () => {
  const mira = await visitor(browser, origin, { as: 'mira' });
  const ana = await visitor(browser, origin, { as: 'ana', colorScheme: 'dark' });
  const viewer = await visitor(browser, origin, { viewport: PHONE });
  for (const one of [mira, ana, viewer]) await openStage(one, 'mira');

  await say(ana.page, 'first line of an evening');
  await isVisible(chatRows(viewer.page, 'first line of an evening'));
  await choose(mira.page, 'first line of an evening', 'Reply');
  await isVisible(mira.page.getByText('Answering'));
  await say(mira.page, 'good that you are here');
  const reply = chatRows(viewer.page, 'good that you are here');
  await isVisible(reply.locator('.quote', { hasText: 'first line of an evening' }));

  await choose(mira.page, 'first line of an evening', 'Pin');
  await isVisible(ana.page.locator('.pinned', { hasText: 'first line of an evening' }));
  await choose(mira.page, 'first line of an evening', 'Remove');
  for (const { page } of [viewer, ana, mira]) {
    await isGone(chatRows(page, 'first line of an evening'));
  }
  await isGone(ana.page.locator('.pinned'));
  await viewer.page.reload();
  await isVisible(chatRows(viewer.page, 'good that you are here'));
  assert.equal(
    await chatRows(viewer.page, 'first line of an evening').count(),
    0,
    'it is gone from the page too',
  );

  await say(ana.page, 'one more thing');
  await isVisible(chatRows(mira.page, 'one more thing'));
  await choose(mira.page, 'one more thing', 'Mute for 10 minutes');
  await isVisible(ana.page.getByText(/You cannot write here until/));
  await choose(mira.page, 'one more thing', 'Ban from this stage');
  await isVisible(ana.page.getByText('Mira Solane does not want you on this stage.'));
  await isGone(chatRows(viewer.page, 'one more thing'));

  await mira.page.goto('/studio/moderation');
  await mira.page.getByRole('button', { name: /^Let back: Ana/ }).click();
  await isGone(mira.page.getByRole('heading', { name: 'Banned' }));
  await mira.page.getByRole('button', { name: /^Let write: Ana/ }).click();
  await isGone(mira.page.getByRole('heading', { name: 'Muted' }));
  await isVisible(ana.page.getByRole('textbox', { name: 'Chat message' }));
  await leave([mira, ana, viewer], REFUSED);
});

test('slow mode is told to everybody, and says when one may speak again', async () => {
  const juno = await visitor(browser, origin, { as: 'juno' });
  const ben = await visitor(browser, origin, { as: 'ben' });
  await openStage(ben, 'juno');
  await juno.page.goto('/studio/moderation');
  await looksRight(juno, 'the room');
  await juno.page.getByLabel('Slow mode').selectOption('30');
  await juno.page.getByRole('button', { name: 'Save the room' }).click();
  await isVisible(ben.page.getByText('Slow mode: one message every 30 seconds.'));
  await say(ben.page, 'the only one for now');
  await isVisible(chatRows(ben.page, 'the only one for now'));
  await say(ben.page, 'and another');
  await isVisible(ben.page.getByText(/You can write again in \d+ seconds/));
  await leave([juno, ben], REFUSED);
});

test('a creator announces a live, a fan has themselves reminded, and hears when it begins', async () => {
  const tomo = await visitor(browser, origin, { as: 'tomo' });
  const ana = await visitor(browser, origin, { as: 'ana' });
  await tomo.page.goto('/studio/go-live');
  await tomo.page.getByRole('button', { name: 'End the live' }).click();
  await isVisible(tomo.page.getByRole('heading', { name: /Ready to go live/ }));
  await tomo.page.getByLabel('What it is about').fill('Night of arcade records');
  await tomo.page.getByLabel('When it begins').fill(inAnHour());
  await tomo.page.getByRole('button', { name: 'Announce' }).click();
  await isVisible(tomo.page.getByRole('button', { name: 'Take back Night of arcade records' }));

  await ana.page.goto('/live?filter=scheduled');
  await ana.page.getByRole('link', { name: 'Night of arcade records' }).click();
  await isVisible(ana.page.locator('.countdown'));
  await ana.page.getByRole('button', { name: 'Remind me' }).click();
  await isVisible(ana.page.getByRole('button', { name: 'You will be told' }));

  await tomo.page.getByRole('radio', { name: 'Drawn scene' }).check({ force: true });
  await tomo.page.getByLabel('Title').fill('Records tonight');
  await tomo.page.getByLabel('Hashtags').fill('arcade records');
  await tomo.page.getByRole('button', { name: 'Go live' }).click();
  await isVisible(tomo.page.getByRole('heading', { name: 'Records tonight' }));
  await ana.page.getByRole('button', { name: /^Notices, \d+ new/ }).click();
  await isVisible(ana.page.getByRole('menuitem', { name: /begins now/ }));
  await leave([tomo, ana], REFUSED);
});

test('a newcomer who opens a stage reads honestly what is missing', async () => {
  const ana = await visitor(browser, origin, { as: 'ana', viewport: PHONE });
  const { page } = ana;
  await page.goto('/studio/go-live');
  await isVisible(page.getByText('You need 3 followers to go live.'));
  await isVisible(page.getByText(/You have 0 followers/));
  await page.getByRole('button', { name: 'Become a creator' }).click();
  await isVisible(page.getByText('Not yet: see what is missing in the list above.'));
  assert.equal(await page.getByRole('button', { name: 'Go live' }).isDisabled(), true);
  await looksRight(ana, 'the page to go live of a newcomer');
  await leave([ana], REFUSED);
});

async function say(page: Page, text: string): Promise<void> {
  const input = page.locator('#chat-input');
  await input.fill(text);
  await input.press('Enter');
}

/** Chooses something from the menu of a line, with the keyboard as well as the mouse could. */
async function choose(page: Page, text: string, what: string): Promise<void> {
  const row: Locator = chatRows(page, text).first();
  await row.getByRole('button', { name: /^What to do with the message/ }).press('Enter');
  await page.getByRole('menuitem', { name: what }).click();
}

/** An hour from now as the field for dates takes it. */
function inAnHour(): string {
  const at = new Date(Date.now() + 3_600_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
