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
import { gift, isSettled, sendButton } from './stage.ts';

const site = await startSite();
const browser = await openBrowser();
const { origin } = site;

const SHOTS = process.env.POLL_SHOTS;

async function shot({ page }: Visitor, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

const option = (page: Page, text: string) =>
  page.locator('.poll-card').getByRole('button', { name: new RegExp(text) });
const bar = (page: Page, text: string) => page.locator('.poll-bars li', { hasText: text });
/** A gift in the tray that is chosen. */
const chosen = (page: Page, name: string) =>
  gift(page, name).and(page.locator('[aria-selected="true"], [aria-checked="true"]'));
const strip = (page: Page) => page.locator('.hype-strip');

async function openStudio({ page }: Visitor): Promise<void> {
  await page.goto('/studio/live');
  await isVisible(page.getByRole('button', { name: 'Start a vote' }));
}

test('a free vote and a gift vote: started in the studio, voted on two screens, the result on both', async () => {
  const mira = await visitor(browser, origin, { as: 'mira' });
  const pip = await visitor(browser, origin, { as: 'pip', colorScheme: 'dark' });
  const ana = await visitor(browser, origin, { as: 'ana', viewport: PHONE });
  await openStage(pip, 'mira');
  await openStage(ana, 'mira');
  await openStudio(mira);

  // Free: one vote a person, changed by another press.
  await mira.page.getByRole('button', { name: 'Start a vote' }).click();
  const form = mira.page.getByRole('dialog', { name: 'Start a vote' });
  await form.getByLabel('What is the question?').fill('Which song comes next?');
  await form.getByLabel('Option 1', { exact: true }).fill('Paper Lanterns');
  await form.getByLabel('Option 2', { exact: true }).fill('Harbour Lights');
  await form.getByRole('button', { name: 'Add an option' }).click();
  await form.getByLabel('Option 3', { exact: true }).fill('Something new');
  await looksRight(mira, 'the form of a vote');
  await shot(mira, 'form-light');
  await form.getByRole('button', { name: 'Start the vote' }).click();
  await isGone(form);
  await isVisible(mira.page.getByRole('heading', { name: 'Which song comes next?' }));

  await option(pip.page, 'Paper Lanterns').click();
  await isVisible(pip.page.locator('.poll-card [aria-pressed="true"]', { hasText: 'Paper Lanterns' }));
  await ana.page.getByRole('button', { name: /Which song comes next/ }).click();
  await option(ana.page, 'Paper Lanterns').click();
  await isVisible(bar(pip.page, 'Paper Lanterns').getByText('100 %'));
  await option(ana.page, 'Harbour Lights').focus();
  await ana.page.keyboard.press('Enter');
  await isVisible(bar(pip.page, 'Harbour Lights').getByText('50 %'));
  await isVisible(bar(mira.page, 'Harbour Lights').getByText('50 %'));
  await looksRight(pip, 'a vote on the stage');
  await looksRight(ana, 'a vote in the hand');
  await looksRight(mira, 'a vote in the studio');
  await shot(pip, 'vote-dark');
  await shot(ana, 'vote-phone');
  await shot(mira, 'vote-studio');
  await option(pip.page, 'Harbour Lights').click();
  await isVisible(bar(mira.page, 'Harbour Lights').getByText('100 %'));
  await mira.page.getByRole('button', { name: 'End with the result' }).click();
  for (const { page } of [pip, ana]) {
    await isVisible(page.locator('.poll-card [data-winner]', { hasText: 'Harbour Lights' }));
  }
  await shot(pip, 'result-dark');
  await shot(ana, 'result-phone');
  await pip.page.getByRole('button', { name: 'Put the result away' }).click();
  await isGone(pip.page.locator('.poll-card'));

  // With gifts: an option opens the tray with its gift, and the Coins move the bars.
  await mira.page.getByRole('button', { name: 'Start a vote' }).click();
  await form.getByRole('button', { name: 'With gifts' }).click();
  await form.getByLabel('What is the question?').fill('Red or gold light?');
  await form.getByLabel('Gift of option 1').selectOption('rose');
  await form.getByLabel('Option 1', { exact: true }).fill('Red light');
  await form.getByLabel('Gift of option 2').selectOption('sunflower');
  await form.getByLabel('Option 2', { exact: true }).fill('Gold light');
  await looksRight(mira, 'the form of a gift vote');
  await shot(mira, 'form-gifts-light');
  await form.getByRole('button', { name: 'Start the vote' }).click();
  await isGone(form);
  await option(pip.page, 'Gold light').click();
  await isVisible(chosen(pip.page, 'Sunflower'));
  for (let times = 0; times < 2; times += 1) await sendButton(pip.page).click();
  await isSettled(pip.page);
  await isVisible(bar(mira.page, 'Gold light').getByText('40'));
  if ((await option(ana.page, 'Red light').count()) === 0) {
    await ana.page.getByRole('button', { name: /Red or gold light/ }).click();
  }
  await option(ana.page, 'Red light').click();
  await isVisible(chosen(ana.page, 'Rose'));
  for (let times = 0; times < 3; times += 1) await sendButton(ana.page).click();
  await isSettled(ana.page);
  await isVisible(bar(pip.page, 'Red light').getByText('7 %'));
  await looksRight(pip, 'a gift vote on the stage');
  await shot(pip, 'gift-vote-dark');
  await shot(ana, 'gift-vote-phone');
  await shot(mira, 'gift-vote-studio');
  await mira.page.getByRole('button', { name: 'End with the result' }).click();
  await isVisible(pip.page.locator('.poll-card [data-winner]', { hasText: 'Gold light' }));
  await mira.page.getByText('Results of this live').click();
  await isVisible(mira.page.locator('.poll-studio .past').getByText('Red or gold light?'));
  await shot(mira, 'results-studio');
  await leave([mira, pip, ana]);
  await site.audit();
});

test('a hype begins with the third supporter, not with one whale, and shows its level to all', async () => {
  const juno = await visitor(browser, origin, { as: 'juno', colorScheme: 'dark' });
  const pip = await visitor(browser, origin, { as: 'pip' });
  const ana = await visitor(browser, origin, { as: 'ana', viewport: PHONE, colorScheme: 'dark' });
  const oona = await visitor(browser, origin, { as: 'oona' });
  const stage = await openStage(pip, 'juno').then(async () => {
    const shown = await pip.context.request.get('/v1/stages/juno');
    return ((await shown.json()) as { stage: { id: string } }).stage;
  });
  await openStage(ana, 'juno');
  const give = async ({ context }: Visitor, giftId: string, quantity: number) => {
    const given = await context.request.post('/v1/gifts', {
      data: { stageId: stage.id, giftId, quantity },
      headers: { origin, 'idempotency-key': crypto.randomUUID() },
    });
    assert.ok(given.ok(), await given.text());
  };
  const scripts = await pip.page.evaluate<number>(
    `performance.getEntriesByType('resource').filter(({ name }) => /Crowd/.test(name)).length`,
  );
  assert.equal(scripts, 0, 'nothing of it is fetched before there is one');
  await juno.page.goto('/studio/live');
  await isVisible(juno.page.getByText('It begins when 3 different supporters give'));
  await shot(juno, 'hype-none-studio');
  for (let times = 0; times < 3; times += 1) await give(pip, 'coffee', 10);
  await give(oona, 'rose', 20);
  await until(
    'two are counted',
    async () =>
      ((await (await pip.context.request.get('/v1/stages/juno/hype')).json()) as { warm: number }).warm,
    (warm) => warm === 2,
  );
  assert.equal(await strip(pip.page).count(), 0, 'two supporters are not enough');
  await give(ana, 'rose', 30);
  for (const { page } of [pip, ana]) await isVisible(strip(page));
  await isVisible(strip(pip.page).getByText(/level 1 · 40 % · 3 supporters/));
  await isVisible(juno.page.getByText('Level 1, 40 %'));
  await looksRight(pip, 'a hype on the stage');
  await looksRight(ana, 'a hype in the hand');
  await shot(pip, 'hype-light');
  await shot(ana, 'hype-phone-dark');
  await shot(juno, 'hype-studio-dark');
  await give(pip, 'teddy', 4);
  await isVisible(strip(pip.page).getByText(/Level 2!/));
  await shot(pip, 'hype-level-up');
  await strip(pip.page).click();
  const how = pip.page.getByRole('dialog', { name: 'Hype' });
  await isVisible(how.getByText('3 different supporters within 5 minutes'));
  await isVisible(how.getByText('You gave'));
  await looksRight(pip, 'how the hype works');
  await shot(pip, 'hype-how');
  await pip.page.keyboard.press('Escape');
  await juno.page.getByRole('button', { name: 'Switch it off' }).click();
  await isVisible(juno.page.getByText('Switched off: your stage shows no hype.'));
  await isVisible(strip(ana.page).getByText('Hype over'));
  await shot(ana, 'hype-over-phone-dark');
  await leave([juno, pip, ana, oona]);
  await site.audit();
});
