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
import {
  banners,
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

test('exactly 219 Coins: the price beside it, the payment, the receipt', async () => {
  const pip = await visitor(browser, origin, { as: 'pip' });
  const { page } = pip;
  await page.goto('/wallet');
  const before = await coinsShown(page);
  await page.getByRole('banner').getByRole('link', { name: 'Top up' }).click();
  await page.getByLabel('Or exactly as many as you need').fill('219');
  await isVisible(page.getByText('$2.96'));
  await page.getByRole('button', { name: 'Pay $2.96' }).click();

  await isVisible(page.getByRole('banner').filter({ hasText: 'Sandbox. No real money moves.' }));
  await isVisible(page.getByRole('heading', { name: 'Pay $2.96' }));
  await looksRight(pip, 'the payment page');
  await page.getByRole('button', { name: 'Pay $2.96' }).click();

  await isVisible(page.getByRole('heading', { name: '219 Coins added' }));
  await showsCoins(page, before + 219);
  await isVisible(page.getByRole('heading', { name: 'Receipt' }));
  await isVisible(page.getByText('Rate card'));
  await looksRight(pip, 'the order');
  assert.equal(await coinsOf(pip), before + 219);
  const [newest] = await entriesOf(pip, 1);
  assert.equal(newest?.amount.units, '219');
  await leave([pip]);
});

test('a card that is declined takes nothing, and the order can be tried again', async () => {
  const tam = await visitor(browser, origin, { as: 'tam', viewport: PHONE, colorScheme: 'dark' });
  const { page } = tam;
  const before = await coinsOf(tam);
  await page.goto('/wallet/top-up?exact=100');
  await page.getByRole('button', { name: 'Pay $1.35' }).tap();
  await page
    .getByRole('radio', { name: /declin|not enough/i })
    .first()
    .check();
  await page.getByRole('button', { name: 'Pay $1.35' }).tap();
  await isVisible(page.getByRole('alert'));
  await page.getByRole('link', { name: 'Back without paying' }).tap();
  await isVisible(page.getByText(/Nothing was charged/));
  await isVisible(page.getByRole('link', { name: 'Try again' }));
  await looksRight(tam, 'an order that was not paid');
  assert.equal(await coinsOf(tam), before);
  await leave([tam]);
});

test('3-D Secure confirmed pays, refused does not, and the order says why', async () => {
  const tam = await visitor(browser, origin, { as: 'tam' });
  const { page } = tam;
  const before = await coinsOf(tam);
  await toTheCardPage(page, 100);
  await payByCard(page, /confirm/);
  await isVisible(page.getByText('Your test bank asks'));
  await looksRight(tam, 'the bank’s question');
  await page.getByRole('button', { name: 'Confirm $1.35' }).click();
  await isVisible(page.getByRole('heading', { name: '100 Coins added' }));
  assert.equal(await coinsOf(tam), before + 100);

  await toTheCardPage(page, 101);
  await payByCard(page, /confirm/);
  await page.getByRole('button', { name: 'Refuse' }).click();
  await isVisible(page.getByRole('alert').filter({ hasText: 'was not confirmed' }));
  await page.getByRole('link', { name: 'Back without paying' }).click();
  await isVisible(page.getByRole('heading', { name: 'The payment was declined' }));
  await isVisible(page.getByText('The payment was not confirmed with the bank. Nothing was charged.'));

  await toTheCardPage(page, 102);
  await payByCard(page, /not have enough/);
  await isVisible(page.getByRole('alert').filter({ hasText: 'not have enough money' }));
  await payByCard(page, /Pays at once/);
  await isVisible(page.getByRole('heading', { name: '102 Coins added' }));
  assert.equal(await coinsOf(tam), before + 202);
  await leave([tam]);
});

test('the tab may be closed: at the bank’s question nothing is paid, after paying the Coins come', async () => {
  const tam = await visitor(browser, origin, { as: 'tam' });
  const before = await coinsOf(tam);
  const walksAway = await tam.context.newPage();
  await toTheCardPage(walksAway, 100);
  await payByCard(walksAway, /confirm/);
  await isVisible(walksAway.getByText('Your test bank asks'));
  await walksAway.close();

  const { page } = tam;
  await toTheCardPage(page, 103);
  // The way back never arrives.
  await page.route('**/wallet/orders**', (route) => route.abort());
  await page.getByRole('button', { name: /^Pay \$/ }).click();
  await until(
    'the Coins of the payment',
    () => coinsOf(tam),
    (coins) => coins === before + 103,
  );
  await leave([tam], [/ERR_FAILED/]);
});

test('a wallet of the phone, Diamonds for crypto in two confirmations', async () => {
  const pip = await visitor(browser, origin, { as: 'pip', viewport: PHONE, colorScheme: 'dark' });
  const { page } = pip;
  const before = await coinsOf(pip);
  await page.goto('/wallet/top-up?exact=100');
  await page.getByRole('radio', { name: 'Apple Pay or Google Pay' }).check({ force: true });
  await looksRight(pip, 'the ways to pay');
  await page.getByRole('button', { name: 'Pay $1.35' }).tap();
  await page.getByRole('link', { name: 'Apple Pay' }).tap();
  await isVisible(page.getByRole('form', { name: 'Apple Pay test sheet' }));
  await looksRight(pip, 'the test sheet of a wallet');
  await page.getByRole('button', { name: 'Pay with Apple Pay' }).tap();
  await isVisible(page.getByRole('heading', { name: '100 Coins added' }));
  assert.equal(await coinsOf(pip), before + 100);

  await page.goto('/wallet/top-up');
  await page.getByRole('button', { name: 'Diamonds', exact: true }).tap();
  await page.getByLabel('Or exactly as many as you need').fill('75');
  await page.getByRole('radio', { name: 'Crypto' }).check({ force: true });
  await page.getByRole('button', { name: /^Pay \$1\./ }).tap();
  await isVisible(page.getByRole('img', { name: 'QR code of the address and the amount' }));
  await isVisible(page.getByRole('timer').filter({ hasText: /^1[45]:\d\d at this price$/ }));
  await isVisible(page.getByText('0 of 2 confirmations'));
  await looksRight(pip, 'where to send crypto');
  const order = page.url();
  await page.getByRole('link', { name: 'Open the test wallet' }).tap();
  await isVisible(page.getByText('Sandbox. No real money moves.'));
  await looksRight(pip, 'the page of the test chain');
  await page.getByRole('button', { name: /^Send 0\./ }).tap();
  await isVisible(page.getByText('Payment seen').first());
  await page.goto(order);
  for (const count of ['1 of 2 confirmations', '75 Diamonds added'])
    await isVisible(page.getByText(count).first());
  await looksRight(pip, 'Diamonds that were bought');
  const { diamonds } = (await (await pip.context.request.get('/v1/me/wallet')).json()) as {
    diamonds: { purchased: { units: string } };
  };
  assert.equal(diamonds.purchased.units, '75000');
  await page.goto('/wallet');
  await isVisible(page.getByText('Purchased', { exact: true }));
  await leave([pip]);
});

test('not enough Coins: the exact amount first, and the gift is still chosen afterwards', async () => {
  const ben = await visitor(browser, origin, { as: 'ben', viewport: PHONE });
  const { page } = ben;
  await openStage(ben, 'mira');
  await page.getByRole('button', { name: 'Gift', exact: true }).tap();
  await gift(page, 'Teddy').tap();
  await sendButton(page).tap();
  const short = page.getByRole('dialog', { name: 'You need 99 more Coins' });
  await isVisible(short);
  await looksRight(ben, 'the sheet for missing Coins');
  const offers = await short.getByRole('link').allTextContents();
  assert.match(offers[0] ?? '', /^Top up exactly 99\s*\$1\.34$/);
  await short.getByRole('link', { name: /^Top up exactly 99/ }).tap();
  await page.getByRole('button', { name: 'Pay $1.34' }).tap();
  await page.getByRole('button', { name: 'Pay $1.34' }).tap();
  await isVisible(page.getByRole('heading', { name: '99 Coins added' }));
  await page.getByRole('link', { name: 'Back to the stage' }).tap();

  await isVisible(gift(page, 'Teddy').and(page.locator('[aria-selected=true]')));
  await sendButton(page).tap();
  await isVisible(banners(page, 'sent Teddy'));
  await isSettled(page);
  assert.equal(await coinsOf(ben), 0);
  await leave([ben]);
});

test('a press that is refused falls back to what was sent, and says why', async () => {
  const ben = await visitor(browser, origin, { as: 'ben' });
  const { page } = ben;
  await buy(page, 40);
  const newsWasHeldUp = await holdUpNews(page);
  await openStage(ben, 'mira');
  await showsCoins(page, 40);
  await gift(page, 'Rose').click();
  await pressTimes(sendButton(page), 4);
  await isSettled(page);
  assert.equal(await coinsOf(ben), 36);

  await spendElsewhere(ben, 36);
  await newsWasHeldUp();
  await pressTimes(sendButton(page), 1);
  const alert = page.getByRole('alert').filter({ hasText: /was not sent/ });
  await isVisible(alert);
  assert.match((await alert.textContent()) ?? '', /^(Gift 5|Gift 1) was not sent\./);
  await isVisible(alert.getByRole('button', { name: 'Top up' }));
  await showsCoins(page, 0);
  await isGone(banners(page, '×5'));
  await looksRight(ben, 'a refused gift');
  await isSettled(page);
  const roses = (await entriesOf(ben)).filter(({ title }) => title.startsWith('Rose '));
  assert.equal(
    roses.reduce((sum, { amount }) => sum - Number(amount.units), 0),
    40,
  );
  assert.equal(await coinsOf(ben), 0);
  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await isGone(alert);
  await leave([ben]);
});

test('the books are clean after all of it', () => site.audit());

async function toTheCardPage(page: Page, coins: number): Promise<void> {
  await page.goto(`/wallet/top-up?exact=${coins}`);
  await page.getByRole('button', { name: /^Pay \$/ }).click();
  await isVisible(page.getByText('Test card company'));
}

async function payByCard(page: Page, card: RegExp): Promise<void> {
  await page.getByRole('radio', { name: card }).check();
  await page.getByRole('button', { name: /^Pay \$/ }).click();
}

async function buy(page: Page, coins: number): Promise<void> {
  await page.goto(`/wallet/top-up?exact=${coins}`);
  await page.getByRole('button', { name: /^Pay \$/ }).click();
  await isVisible(page.getByText('Sandbox. No real money moves.'));
  await page.getByRole('button', { name: /^Pay \$/ }).click();
  await isVisible(page.getByRole('heading', { name: `${coins} Coins added` }));
}

/** The news of the balance is held up for this page, as on a slow line. Returns what waits for the first that was. */
async function holdUpNews(page: Page): Promise<() => Promise<void>> {
  let heldUp = 0;
  await page.routeWebSocket(/\/v1\/socket/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (String(message).includes('"t":"wallet"')) heldUp += 1;
      else socket.send(message);
    });
  });
  return async () => {
    await until(
      'news of the other device',
      async () => heldUp,
      (count) => count > 0,
    );
  };
}

/** The same person, on another device, gives so many Roses. */
async function spendElsewhere({ context }: Visitor, roses: number): Promise<void> {
  const { stage } = (await (await context.request.get('/v1/stages/mira')).json()) as {
    stage: { id: string };
  };
  const answer = await context.request.post('/v1/gifts', {
    data: { stageId: stage.id, giftId: 'rose', quantity: roses },
    headers: { origin, 'idempotency-key': crypto.randomUUID() },
  });
  assert.equal(answer.status(), 201, await answer.text());
}
