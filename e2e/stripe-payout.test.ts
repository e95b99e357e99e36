import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { DAY_MS, HOUR_MS, SECOND_MS, testClock } from '../server/src/core/clock.ts';
import { stripeScene } from '../server/test/stripe-payout-scene.ts';
import { PASSPHRASE, type Person, testHouse } from '../server/test/test-house.ts';
import { anOperator } from '../server/test/town-life.ts';
import { availableOf, creatorWith } from '../server/test/withdrawal-scene.ts';
import { isVisible, leave, looksRight, openBrowser, PHONE, until, type Visitor, visitor } from './browser.ts';

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock, config: { webRoot: `${import.meta.dirname}/../web/dist` } });
const { house, origin } = site;
const browser = await openBrowser();
const olu = await anOperator(site, 'olu');
const per = await anOperator(site, 'per');
const mira = await creatorWith(site, 'mira', 20_000_000n);
const { stateOf, becomes, audited } = stripeScene(site, clock, olu);

const SHOTS = process.env.STRIPE_SHOTS;

/** The page in the four ways in which it is looked at, where somebody asked for pictures. */
async function shots({ page }: Visitor, name: string, fullPage = true): Promise<void> {
  if (SHOTS === undefined) return;
  const before = page.viewportSize();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Colours change slowly, for whoever looks.
    await page.waitForTimeout(600);
    for (const width of [1_440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${SHOTS}/${name}-${colorScheme}-${width}.png`, fullPage });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  if (before !== null) await page.setViewportSize(before);
}

/** Somebody at a screen who has signed in. */
async function at(person: Person, options: Parameters<typeof visitor>[2] = {}): Promise<Visitor> {
  const there = await visitor(browser, origin, options);
  const answer = await there.context.request.post('/v1/sign-in', {
    data: { email: `${person.handle}@people.example`, password: PASSPHRASE },
    headers: { origin },
  });
  assert.equal(answer.status(), 200, await answer.text());
  return there;
}

/** Gives the password before what operators do. */
async function confirmed({ context }: Visitor): Promise<void> {
  const data = { password: PASSPHRASE };
  const answer = await context.request.post('/v1/session/confirmation', { data, headers: { origin } });
  assert.equal(answer.status(), 204);
}

async function give(page: Page, label: string): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(PASSPHRASE);
  await page.getByRole('button', { name: label, exact: true }).click();
}

/** Asks for 2,000 Diamonds to be paid; the id of the withdrawal. */
async function askFor(page: Page): Promise<string> {
  await page.goto('/studio/withdraw');
  await page.getByLabel('Diamonds to withdraw').fill('2,000');
  await isVisible(page.getByRole('region', { name: 'Your quote' }).getByText('$26.50'));
  await page.getByRole('button', { name: 'Withdraw $26.50' }).click();
  await give(page, 'Withdraw $26.50');
  await isVisible(page.getByRole('heading', { name: 'Where it is' }));
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

async function release(operator: Visitor): Promise<void> {
  await confirmed(operator);
  await operator.page.goto('/console/payouts');
  await operator.page
    .getByRole('button', { name: /\$26\.50/ })
    .first()
    .click();
  await operator.page.getByRole('button', { name: 'Release', exact: true }).click();
}

test('Stripe: set up on its page, asked for, released, arrived; then another bank, and it bounces', async () => {
  const creator = await at(mira);
  const { page } = creator;
  await page.goto('/studio/payout-methods');
  await page.getByRole('button', { name: 'Add an account' }).click();
  await page.getByRole('radio', { name: /^Stripe/ }).check();
  await page.getByLabel('Name of the account’s holder').fill('Mira Solane');
  await isVisible(page.getByLabel('Country of your bank'));
  await looksRight(creator, 'the choice of Stripe');
  await shots(creator, '1-choose');
  await page.getByRole('button', { name: 'Go on to Stripe' }).click();
  await give(page, 'Add this account');
  await isVisible(page.getByRole('heading', { name: 'Where should we pay you?' }));
  await page.getByRole('button', { name: 'Finish the set-up' }).click();
  await isVisible(page.getByText('Stripe is ready to pay you.'));
  await isVisible(page.getByText(/^From /).first());
  await looksRight(creator, 'an account that is set up');
  await shots(creator, '2-set-up');

  // It has waited.
  clock.advance(DAY_MS);
  const before = await availableOf(house, mira);
  const id = await askFor(page);
  await isVisible(page.getByText('Requested, and on hold'));
  const operator = await at(olu);
  await release(operator);
  await until(
    'it is released',
    () => stateOf(id),
    (state) => state !== 'held' && state !== 'in_review',
  );
  await becomes(id, 'paid');
  await page.reload();
  await isVisible(page.locator('.timeline').getByText('Arrived'));
  await isVisible(page.locator('.timeline').getByText('Handed to Stripe'));
  await looksRight(creator, 'a withdrawal that has arrived through Stripe');
  await shots(creator, '3-arrived');
  await operator.page.getByRole('button', { name: 'Sent', exact: true }).click();
  await operator.page.getByRole('button', { name: /\$26\.50/ }).click();
  await isVisible(operator.page.getByText('It says: transfer, payout paid.'));
  await looksRight(operator, 'a payout through Stripe, in the console');
  await shots(operator, '4-console');

  // Another bank, at Stripe; it waits as well, and then its bank says no.
  await page.goto('/studio/payout-methods');
  await page.getByRole('button', { name: 'Change the bank' }).click();
  await give(page, 'Go to Stripe');
  await page.getByLabel('The account is closed').check();
  await page.getByRole('button', { name: 'Keep this bank account' }).click();
  await isVisible(page.getByText('The bank account is kept.'));
  await until(
    'the change is known',
    async () => {
      clock.advance(SECOND_MS);
      return (await creator.context.request.get('/v1/me/payout-methods')).json();
    },
    (answer) => answer.accounts[0].setUp.bank === '··1113',
  );
  clock.advance(DAY_MS);
  const second = await askFor(page);
  await release(operator);
  await until(
    'it is released',
    () => stateOf(second),
    (state) => state !== 'in_review',
  );
  await becomes(second, 'returned');
  await page.reload();
  await isVisible(page.getByText('Bounced: the bank account is closed.'));
  assert.equal(await availableOf(house, mira), before - 2_000_000n);
  await looksRight(creator, 'a withdrawal through Stripe that bounced');
  await shots(creator, '5-bounced');
  await page.getByRole('link', { name: 'Change the bank account' }).click();
  await isVisible(page.getByRole('heading', { name: 'Set up Stripe' }));
  await give(page, 'Go to Stripe');
  await isVisible(page.getByRole('heading', { name: 'Your account' }));
  await leave([creator, operator]);
  await audited();
});

test('taken back at Stripe after it had arrived: two operators decide, and read what is booked', async () => {
  const [row] = await house.db.query<{ withdrawal: string }>(
    `update sandbox.objects set body = body || '{"reversed": true, "amount_reversed": 2650}'
      where id = (select id from sandbox.objects where kind = 'transfer' order by number limit 1)
      returning body->'metadata'->>'withdrawal' as withdrawal`,
  );
  const id = row?.withdrawal ?? '';
  await becomes(id, 'parked', HOUR_MS);
  const asking = await at(olu, { viewport: PHONE, colorScheme: 'dark' });
  await confirmed(asking);
  const { page } = asking;
  await page.goto('/console/payouts');
  await page.getByRole('button', { name: 'Trouble', exact: true }).click();
  await page.getByRole('button', { name: /Being asked about/ }).click();
  await page.getByRole('button', { name: 'Decide what became of it…' }).click();
  await isVisible(page.getByText('transfer reversed, payout paid').last());
  await page.getByRole('radio', { name: /^It arrived, and the creator keeps it/ }).check();
  await page.getByLabel('How you know').fill('Mira has it; we called Stripe.');
  await looksRight(asking, 'what can be made of a payout');
  await shots(asking, '6-decide', false);
  await page.getByRole('button', { name: 'Ask a colleague to approve' }).click();
  await isVisible(page.getByText('You asked to decide what became of it.'));
  const deciding = await at(per);
  await confirmed(deciding);
  await deciding.page.goto('/console/payouts');
  await deciding.page.getByRole('button', { name: 'Trouble', exact: true }).click();
  await deciding.page.getByRole('button', { name: /Being asked about/ }).click();
  await isVisible(deciding.page.getByText(/said “transfer reversed, payout paid”\. Nothing moves\./));
  await looksRight(deciding, 'what a colleague is asked');
  await shots(deciding, '7-approve');
  await deciding.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await until(
    'it is decided',
    () => stateOf(id),
    (state) => state === 'paid',
  );
  await leave([asking, deciding]);
  await audited();
});
