import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page, WebSocketRoute } from 'playwright-core';
import { isGone, isVisible, leave, looksRight, openBrowser, openStage, until, visitor } from './browser.ts';
import { startSite } from './site.ts';
import {
  chatRows,
  coinsOf,
  coinsShown,
  entriesOf,
  gift,
  isSettled,
  pressTimes,
  sendButton,
  showsCoins,
} from './stage.ts';

const site = await startSite();
const browser = await openBrowser();
const { origin } = site;

/** What the browser itself says of a line that the journey cut. */
const CUT = [/WebSocket connection to/, /ERR_(FAILED|CONNECTION|INTERNET|EMPTY)/, /Failed to load resource/];

test('a line that is cut in a streak: gifts pause, nothing is charged twice, and what was missed is told', async () => {
  const nell = await visitor(browser, origin, { as: 'nell' });
  const ivo = await visitor(browser, origin, { as: 'ivo' });
  const line = await lineOf(nell.page);
  await openStage(nell, 'tomo');
  await openStage(ivo, 'tomo');
  const before = await coinsShown(nell.page);
  const givenBefore = await given(nell, 'Tomo');
  await gift(nell.page, 'Rose').click();
  await pressTimes(sendButton(nell.page), 3);
  await isSettled(nell.page);
  await isVisible(chatRows(nell.page, 'Nellsent Rose').filter({ hasText: '3' }));

  // The next press reaches the server, but its answer never comes back.
  line.swallow(/"t":"(gift\.ok|wallet|frame)"/);
  await pressTimes(sendButton(nell.page), 1);
  await until(
    'the server has it',
    () => coinsOf(nell),
    (coins) => coins === before - 4,
  );
  await line.cut();
  const banner = nell.page.getByText('Gifts are paused so you are never charged twice.');
  await isVisible(banner);
  await isVisible(nell.page.getByRole('button', { name: 'Paused' }));
  await looksRight(nell, 'a stage without a line');
  await pressTimes(sendButton(nell.page), 2);

  await gift(ivo.page, 'Clap').click();
  await pressTimes(sendButton(ivo.page), 2);
  await isSettled(ivo.page);
  // The room has all of it before nell is back.
  await isVisible(chatRows(ivo.page, 'Nellsent Rose').filter({ hasText: '4' }));
  await isVisible(chatRows(ivo.page, 'Ivosent Clap').filter({ hasText: '2' }));

  line.mend();
  await nell.page.getByRole('button', { name: 'Try now' }).click();
  await isGone(banner);
  await isVisible(nell.page.getByText(/^While away: 3 gifts[.,]/));
  await isVisible(chatRows(nell.page, 'Ivosent Clap'));
  await isSettled(nell.page);
  await showsCoins(nell.page, before - 4);
  assert.equal(await coinsOf(nell), before - 4);
  assert.equal(await given(nell, 'Tomo'), givenBefore + 4);
  await isVisible(nell.page.getByRole('button', { name: 'Send', exact: true }));
  await leave([nell, ivo], CUT);
});

test('a reload while a gift is under way: it is asked about by its key, and charged once', async () => {
  const saffi = await visitor(browser, origin, { as: 'saffi' });
  const { page } = saffi;
  const line = await lineOf(page);
  await openStage(saffi, 'wren');
  const before = await coinsShown(page);
  const givenBefore = await given(saffi, 'Wren');
  await gift(page, 'Sunflower').click();
  line.swallow(/"t":"(gift\.ok|wallet|frame)"/);
  await pressTimes(sendButton(page), 1);
  await until(
    'the server has it',
    () => coinsOf(saffi),
    (coins) => coins === before - 20,
  );

  await page.route('**/v1/gifts/by-key/**', (route) => route.abort());
  await openStage(saffi, 'wren');
  await isVisible(page.getByRole('button', { name: 'Checking…' }));
  await showsCoins(page, before - 20);
  line.mend();
  await openStage(saffi, 'wren');
  await isVisible(page.getByRole('button', { name: 'Checking…' }));
  await page.unroute('**/v1/gifts/by-key/**');
  await isVisible(page.getByText('Checked: your 1 Sunflower went through.'));
  await isSettled(page);
  await isVisible(page.getByRole('button', { name: 'Send', exact: true }));
  assert.equal(await coinsOf(saffi), before - 20);
  assert.equal(await given(saffi, 'Wren'), givenBefore + 20);
  await leave([saffi], CUT);
});

test('the server dies in a streak and comes back: what it took is there, once', async () => {
  const dash = await visitor(browser, origin, { as: 'dash' });
  const { page } = dash;
  await openStage(dash, 'juno');
  const before = await coinsShown(page);
  const givenBefore = await given(dash, 'Juno');
  await gift(page, 'Rose').click();
  await pressTimes(sendButton(page), 5);
  await site.kill();
  await isVisible(page.getByText('Gifts are paused so you are never charged twice.'));
  await site.restart();
  await isGone(page.getByText('Gifts are paused so you are never charged twice.'));
  await isSettled(page);

  const spent = (await given(dash, 'Juno')) - givenBefore;
  assert.ok(spent >= 0 && spent <= 5, `${spent} of 5 were sent`);
  await showsCoins(page, before - spent);
  assert.equal(await coinsOf(dash), before - spent);
  await leave([dash], CUT);
});

test('the books are clean after all of it', () => site.audit());

/** Coins that a person has given to a creator, by the statement. */
async function given(visitor: Parameters<typeof entriesOf>[0], creator: string): Promise<number> {
  return (await entriesOf(visitor))
    .filter(({ title }) => title.includes(` to ${creator}`))
    .reduce((sum, { amount }) => sum - Number(amount.units), 0);
}

interface Line {
  /** From now on frames like this do not arrive. */
  swallow(pattern: RegExp): void;
  /** Breaks it, and refuses new ones. */
  cut(): Promise<void>;
  /** Lets everything through again. */
  mend(): void;
}

/** The page's socket in the journey's hand. */
async function lineOf(page: Page): Promise<Line> {
  let lost: RegExp | undefined;
  let isCut = false;
  const open = new Set<WebSocketRoute>();
  await page.routeWebSocket(/\/v1\/socket/, (socket) => {
    if (isCut) {
      void socket.close({ code: 1013 });
      return;
    }
    open.add(socket);
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (!lost?.test(String(message))) socket.send(message);
    });
  });
  return {
    swallow(pattern) {
      lost = pattern;
    },
    async cut() {
      isCut = true;
      for (const socket of open) await socket.close({ code: 1013 });
      open.clear();
    },
    mend() {
      isCut = false;
      lost = undefined;
    },
  };
}
