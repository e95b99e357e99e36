import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  DESKTOP,
  hasFocus,
  isGone,
  isVisible,
  leave,
  looksRight,
  openBrowser,
  openStage,
  PHONE,
  until,
  visitor,
} from './browser.ts';
import { startSite } from './site.ts';
import {
  banners,
  chatRows,
  coinsOf,
  coinsShown,
  entriesOf,
  gift,
  goalReached,
  isSettled,
  pressTimes,
  recordCounts,
  sendButton,
  showsCoins,
  takeover,
} from './stage.ts';

const site = await startSite();
const browser = await openBrowser({ motion: true });
const { origin } = site;

/** What another thread draws on a canvas is on the page, and read by way of a second one. */
const PIXELS = `(selector) => {
  const drawn = document.querySelector(selector);
  if (drawn === null || drawn.width === 0) return [];
  const copy = document.createElement('canvas');
  [copy.width, copy.height] = [drawn.width, drawn.height];
  const pen = copy.getContext('2d');
  pen.drawImage(drawn, 0, 0);
  return pen.getImageData(0, 0, copy.width, copy.height).data;
}`;
const FLIES = `(${PIXELS})('.particles canvas').some((value) => value > 0)`;

/** Counts how often the stage's scene was another picture than when this was asked before. */
function sceneChanges(page: Page): () => Promise<number> {
  const sum = `(${PIXELS})('.scene canvas').reduce((sum, value, at) => (sum * 31 + value + at) | 0, 7)`;
  const seen: number[] = [];
  return async () => {
    const now = await page.evaluate<number>(sum);
    if (seen.at(-1) !== now) seen.push(now);
    return seen.length - 1;
  };
}

test('one gift, by keyboard: Coffee to Mira is seen by her, and leads from the wallet to the ledger', async () => {
  const ana = await visitor(browser, origin, { as: 'ana' });
  const mira = await visitor(browser, origin, { as: 'mira' });
  await openStage(mira, 'mira');
  await openStage(ana, 'mira');
  const before = await coinsShown(ana.page);
  const goalBefore = await goalReached(ana.page);
  const { keyboard } = ana.page;

  await isVisible(gift(ana.page, 'Rose'));
  await keyboard.press('g');
  await hasFocus(ana.page, ana.page.getByRole('option'));
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowRight');
  const coffee = gift(ana.page, 'Coffee');
  assert.equal(await coffee.getAttribute('aria-selected'), 'true');
  await hasFocus(ana.page, coffee);
  const tray = ana.page.getByRole('region', { name: 'Gifts', exact: true });
  await isVisible(tray.getByText(/^Mira gets\s*2½ Diamonds$/));
  await isVisible(tray.getByText(/^≈ about \$0\.07$/));

  await keyboard.press('Enter');
  await showsCoins(ana.page, before - 5);
  await isVisible(banners(ana.page, 'sent Coffee'));
  await isVisible(chatRows(ana.page, 'sent Coffee'));
  await isVisible(banners(mira.page, 'Ana Prado'));
  await isVisible(chatRows(mira.page, 'Ana Pradosent Coffee'));
  // 2½ Diamonds more; the ring shows whole ones.
  await until(
    'the goal',
    () => goalReached(ana.page),
    (reached) => reached === goalBefore + 2 || reached === goalBefore + 3,
  );
  await isSettled(ana.page);
  assert.equal(await coinsOf(ana), before - 5);

  await ana.page.getByRole('link', { name: /^Wallet, / }).click();
  await ana.page
    .getByRole('link', { name: /Coffee/ })
    .first()
    .click();
  await isVisible(ana.page.getByRole('heading', { name: 'How this number was made' }));
  await isVisible(ana.page.getByText('What left one account arrived in another, to the last unit.'));
  await looksRight(ana, 'an entry');
  await ana.page.getByRole('link', { name: 'Follow this gift' }).click();
  await isVisible(ana.page.getByRole('heading', { name: 'Coffee', exact: true }));
  await isVisible(ana.page.getByText('Shown on the stage'));
  await looksRight(ana, 'a gift');
  await leave([ana, mira]);
});

test('one gift in the hand: the sheet opens over the stage, and Coffee is sent by touch', async () => {
  const ana = await visitor(browser, origin, { as: 'ana', viewport: PHONE });
  await openStage(ana, 'mira');
  const before = await coinsOf(ana);
  await ana.page.getByRole('button', { name: 'Gift', exact: true }).tap();
  await gift(ana.page, 'Coffee').tap();
  await looksRight(ana, 'the gift sheet');
  await sendButton(ana.page).tap();
  await isVisible(banners(ana.page, 'sent Coffee'));
  await isSettled(ana.page);
  assert.equal(await coinsOf(ana), before - 5);
  await ana.page.getByRole('button', { name: 'Close gifts' }).tap();
  await isGone(gift(ana.page, 'Coffee'));
  await isVisible(chatRows(ana.page, 'sent Coffee'));
  await leave([ana]);
});

test('twelve presses are one streak of twelve, for everybody', async () => {
  const koji = await visitor(browser, origin, { as: 'koji' });
  const viewer = await visitor(browser, origin, { viewport: PHONE });
  await openStage(viewer, 'juno');
  await openStage(koji, 'juno');
  const before = await coinsShown(koji.page);
  const seen = await recordCounts(viewer.page, 'sent Rose');

  await gift(koji.page, 'Rose').click();
  const send = sendButton(koji.page);
  await pressTimes(send, 12);
  await isVisible(koji.page.getByRole('button', { name: 'Combo ×12' }));
  await showsCoins(koji.page, before - 12);

  await isVisible(banners(viewer.page, '×12'));
  await isVisible(koji.page.getByText(`12 Roses sent. ${(before - 12).toLocaleString('en-US')} Coins left.`));
  await isGone(banners(viewer.page, 'sent Rose'));
  const counts = await seen();
  assert.equal(counts.at(-1), 12, `the viewer saw ${counts}`);
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => a - b),
    'another viewer never sees a count fall',
  );
  for (const { page } of [viewer, koji]) {
    assert.equal(await chatRows(page, 'sent Rose').count(), 1);
    await isVisible(chatRows(page, '×12'));
  }

  assert.equal(await coinsOf(koji), before - 12);
  const roses = (await entriesOf(koji)).filter(({ title }) => /^Rose .* Juno/.test(title));
  assert.equal(
    roses.reduce((sum, { amount }) => sum + Number(amount.units), 0),
    -12,
  );
  await leave([koji, viewer]);
});

test('a dear gift is held, can be undone, and takes the stage for six seconds at most', async () => {
  const ferro = await visitor(browser, origin, { as: 'ferro' });
  const viewer = await visitor(browser, origin, { colorScheme: 'dark' });
  // Chosen, or a slow machine would choose otherwise.
  await viewer.page.addInitScript(`localStorage.setItem('carat.effects', 'full')`);
  await openStage(viewer, 'nova');
  // From nothing to a picture is one.
  await until('the scene moves', sceneChanges(viewer.page), (changes) => changes >= 3);
  await openStage(ferro, 'nova');
  const before = await coinsShown(ferro.page);
  const cometsBefore = (await entriesOf(ferro)).filter(({ title }) => title.startsWith('Comet '));
  await gift(ferro.page, 'Comet').click();
  const hold = async () => {
    await sendButton(ferro.page).hover();
    await ferro.page.mouse.down();
    await isVisible(ferro.page.getByText(/^Sending Comet in \d s$/));
    await ferro.page.mouse.up();
  };

  await hold();
  await ferro.page.getByRole('button', { name: 'Undo' }).click();
  await isGone(ferro.page.getByRole('button', { name: 'Undo' }));
  assert.equal(await coinsShown(ferro.page), before);

  await hold();
  await isVisible(takeover(viewer.page));
  const began = performance.now();
  await until('stones fly', () => viewer.page.evaluate<boolean>(FLIES), Boolean);
  await isVisible(takeover(ferro.page));
  await ferro.page.keyboard.press('Escape');
  await isGone(takeover(ferro.page));
  assert.equal(await takeover(viewer.page).count(), 1, 'Escape skips for oneself only');
  await isGone(takeover(viewer.page));
  const played = performance.now() - began;
  assert.ok(played < 7_500, `it played ${Math.round(played)} ms`);

  await isSettled(ferro.page);
  await showsCoins(ferro.page, before - 9_999);
  const comets = (await entriesOf(ferro)).filter(({ title }) => title.startsWith('Comet '));
  assert.equal(comets.length - cometsBefore.length, 1, 'what was undone is in no statement');
  assert.equal(await coinsOf(ferro), before - 9_999);
  await leave([ferro, viewer]);
});

test('a dear gift by keyboard, with reduced motion: asked about, undone, sent, shown as a still card', async () => {
  const oona = await visitor(browser, origin, { as: 'oona', reducedMotion: 'reduce', viewport: DESKTOP });
  await openStage(oona, 'wren');
  const { page } = oona;
  const { keyboard } = page;
  const before = await coinsShown(page);
  await isVisible(gift(page, 'Rose'));
  const dialog = page.getByRole('dialog', { name: 'Send Comet?' });
  const ask = async () => {
    await keyboard.press('g');
    await hasFocus(page, page.getByRole('option'));
    await keyboard.press('End');
    await keyboard.press('ArrowLeft');
    await keyboard.press('Enter');
    await isVisible(dialog);
    await hasFocus(page, dialog.getByRole('button', { name: 'Cancel' }));
  };
  await ask();
  await looksRight(oona, 'the question before a dear gift');
  await keyboard.press('Escape');
  await isGone(page.getByRole('dialog'));

  await ask();
  await keyboard.press('Tab');
  await hasFocus(page, dialog.getByRole('button', { name: 'Send' }));
  await keyboard.press('Enter');
  await hasFocus(page, page.getByRole('button', { name: 'Undo' }));
  await keyboard.press('Enter');
  await isGone(page.getByRole('button', { name: 'Undo' }));
  assert.equal(await coinsShown(page), before);

  await ask();
  await keyboard.press('Enter');
  await isGone(page.getByRole('dialog'));
  assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0, 'Enter alone sends nothing dear');

  await ask();
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await isVisible(takeover(page));
  assert.equal(await page.locator('.takeover .rays').count(), 0, 'nothing turns');
  const drawn = await page.evaluate<boolean>(FLIES);
  assert.equal(drawn, false, 'nothing flies');
  await isGone(takeover(page));
  await isSettled(page);
  await showsCoins(page, before - 9_999);
  assert.equal(await coinsOf(oona), before - 9_999);
  await leave([oona]);
});

test('a stage that cannot keep up grows calmer, says so, and is turned back for good', async () => {
  const someone = await visitor(browser, origin);
  const { page } = someone;
  await openStage(someone, 'mira');
  await isVisible(page.getByRole('button', { name: 'Effects: Full' }));
  // A machine on which every frame takes 45 ms.
  await page.evaluate(`(function burden() {
    const end = performance.now() + 45;
    while (performance.now() < end);
    requestAnimationFrame(burden);
  })()`);
  const line = page.getByText('Effects are calmer so that this stays smooth.');
  await isVisible(line);
  await isVisible(page.getByRole('button', { name: 'Effects: Calm' }));
  await looksRight(someone, 'a stage that grew calmer');
  await page.getByRole('button', { name: 'Turn back' }).click();
  await isVisible(page.getByRole('button', { name: 'Effects: Full' }));
  await isGone(line);
  await page.reload();
  await isVisible(page.getByRole('button', { name: 'Effects: Full' }));
  assert.equal(await line.count(), 0);
  await leave([someone]);
});

test('a limit of one’s own: the gift over it is taken back, and a higher limit waits a day', async () => {
  const teo = await visitor(browser, origin, { as: 'teo', viewport: PHONE });
  const { page } = teo;
  await page.goto('/wallet');
  await page.getByRole('link', { name: 'Limits' }).click();
  const week = page.getByRole('region', { name: 'Seven days' });
  await week.getByRole('button', { name: 'Change the limit' }).click();
  // Whatever teo has given this week, a cent more is too much.
  await week.getByLabel('At most, in dollars').fill('0');
  await isVisible(week.getByText('Lower holds at once.'));
  await week.getByRole('button', { name: 'Save' }).click();
  await isVisible(page.getByText('Your limit holds now.'));
  await isVisible(week.getByText(/of \$0\.00$/).first());
  await looksRight(teo, 'limits');

  await openStage(teo, 'tomo', '?sheet=gifts');
  const before = await coinsOf(teo);
  await gift(page, 'Rose').click();
  await sendButton(page).click();
  const alert = page
    .getByRole('alert')
    .filter({ hasText: 'was not sent. This would be more than your limit' });
  await isVisible(alert);
  assert.equal(await coinsOf(teo), before);
  await alert.getByRole('button', { name: 'Change limit' }).click();
  await week.getByRole('button', { name: 'Change the limit' }).click();
  await week.getByLabel('At most, in dollars').fill('12.50');
  await isVisible(week.getByText('Higher: it holds in 24 hours.'));
  await week.getByRole('button', { name: 'Save' }).click();
  await isVisible(page.getByText('Noted. It holds in 24 hours.'));
  await isVisible(week.getByText(/^\$12\.50 from /));
  await leave([teo], [/status of 403/]);
});

test('the books are clean after all of it', () => site.audit());
