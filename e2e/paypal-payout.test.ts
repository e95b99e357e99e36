import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { DAY_MS, HOUR_MS, SECOND_MS, testClock } from '../server/src/core/clock.ts';
import { clearFaults } from '../server/src/sandbox/faults.ts';
import { MANY, paypalScene } from '../server/test/paypal-payout-scene.ts';
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
const mira = await creatorWith(site, 'mira', 20_000_000n);
const { stateOf, becomes, audited } = stripeScene(site, clock, olu);
const { paidByEmail, released, play, look, attemptOf, faulty, newShift, inWorld } = await paypalScene(
  site,
  clock,
);

const SHOTS = process.env.PAYPAL_SHOTS;

/** The page in the four ways in which it is looked at, where somebody asked for pictures. */
async function shots({ page }: Visitor, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  const before = page.viewportSize();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Colours change slowly, for whoever looks.
    await page.waitForTimeout(600);
    for (const width of [1_440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${SHOTS}/${name}-${colorScheme}-${width}.png`, fullPage: true });
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

async function give(page: Page, label: string): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(PASSPHRASE);
  await page.getByRole('button', { name: label, exact: true }).click();
}

/** Asks for 2,000 Diamonds to be paid; the id of the withdrawal. */
async function askFor(page: Page): Promise<string> {
  await page.goto('/studio/withdraw');
  await page.getByLabel('Diamonds to withdraw').fill('2,000');
  await isVisible(page.getByRole('region', { name: 'Your quote' }).getByText('$26.00'));
  await page.getByRole('button', { name: 'Withdraw $26.00' }).click();
  await give(page, 'Withdraw $26.00');
  await isVisible(page.getByRole('heading', { name: 'Where it is' }));
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

/** Released in the console, and handed over; PayPal has said what it is. */
async function releasedAndUnclaimed(operator: Visitor, id: string): Promise<void> {
  const data = { password: PASSPHRASE };
  const answer = await operator.context.request.post('/v1/session/confirmation', {
    data,
    headers: { origin },
  });
  assert.equal(answer.status(), 204);
  await operator.page.goto('/console/payouts');
  await operator.page
    .getByRole('button', { name: /\$26\.00/ })
    .first()
    .click();
  await operator.page.getByRole('button', { name: 'Release', exact: true }).click();
  await until(
    'it is released',
    () => stateOf(id),
    (state) => state !== 'held' && state !== 'in_review',
  );
  await becomes(id, 'sent');
  await until(
    'PayPal says that nobody has accepted it',
    async () => {
      clock.advance(60_000);
      return house.db.query<{ said: string }>('select raw_status as said from payout_attempt_states');
    },
    (rows) => rows.some(({ said }) => said === 'UNCLAIMED'),
  );
}

/** At the desk of the company that pays. */
async function desk(button: string): Promise<void> {
  const there = await visitor(browser, origin);
  await there.page.goto('/sandbox/paypal');
  await shots(there, '4-desk');
  await there.page.getByRole('button', { name: button, exact: true }).first().click();
  await leave([there]);
}

test('PayPal: given an address, asked for, released, unclaimed, accepted; then sent back, and the Diamonds are back', async () => {
  const creator = await at(mira);
  const { page } = creator;
  await page.goto('/studio/payout-methods');
  await page.getByRole('button', { name: 'Add an account' }).click();
  await page.getByRole('radio', { name: /^PayPal/ }).check();
  await page.getByLabel('Name of the account’s holder').fill('Mira Solane');
  await page.getByLabel('E-mail address at PayPal').fill('mira.unclaimed@mail.example');
  await page.getByLabel('Country you live in').fill('us');
  await looksRight(creator, 'the choice of PayPal');
  await shots(creator, '1-choose');
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  await give(page, 'Add this account');
  await isVisible(page.getByText('PayPal m···d@mail.example').first());
  await looksRight(creator, 'an account at PayPal');
  await shots(creator, '2-account');

  clock.advance(DAY_MS);
  const before = await availableOf(house, mira);
  const first = await askFor(page);
  const operator = await at(olu);
  await releasedAndUnclaimed(operator, first);
  await page.reload();
  await isVisible(page.getByText('Waits for you at PayPal'));
  await isVisible(page.getByText(/Accept it at PayPal with the e-mail address m···d@mail\.example/));
  await looksRight(creator, 'a withdrawal that waits to be accepted');
  await shots(creator, '3-unclaimed');
  await desk('Accept it');
  await becomes(first, 'paid');
  await page.reload();
  await isVisible(page.locator('.timeline').getByText('Arrived'));
  await shots(creator, '5-arrived');
  await operator.page.goto('/console/payouts');
  await operator.page.getByRole('button', { name: 'Sent', exact: true }).click();
  await operator.page.getByRole('button', { name: /\$26\.00/ }).click();
  await isVisible(operator.page.getByText('It says: SUCCESS.'));
  await looksRight(operator, 'a payout through PayPal, in the console');
  await shots(operator, '6-console');

  const back = await askFor(page);
  await releasedAndUnclaimed(operator, back);
  await operator.page.reload();
  await operator.page.getByRole('button', { name: 'Sent', exact: true }).click();
  await operator.page
    .getByRole('button', { name: /\$26\.00/ })
    .first()
    .click();
  await isVisible(operator.page.getByRole('button', { name: 'Take it back…' }));
  await shots(operator, '6a-console-unclaimed');
  await page.reload();
  await page.getByRole('button', { name: 'Take it back', exact: true }).click();
  await isVisible(page.getByText(/Nobody has accepted \$26\.00 at .* yet/));
  await shots(creator, '6b-take-back');
  await page.getByRole('dialog').getByRole('button', { name: 'Take it back', exact: true }).click();
  await isVisible(page.getByText('PayPal is asked to give it back', { exact: true }));
  await looksRight(creator, 'a withdrawal that is being taken back');
  await shots(creator, '6c-asked');
  await becomes(back, 'returned');
  await page.reload();
  await isVisible(page.getByText('Taken back: nobody had accepted it.'));
  await looksRight(creator, 'a withdrawal that was taken back');
  await shots(creator, '6d-taken-back');
  assert.equal(await availableOf(house, mira), before - 2_000_000n);

  const second = await askFor(page);
  await releasedAndUnclaimed(operator, second);
  await desk('Send it back');
  await becomes(second, 'returned');
  await page.reload();
  await isVisible(page.getByText('Bounced: nobody accepted it at PayPal.'));
  assert.equal(await availableOf(house, mira), before - 2_000_000n);
  await page.setViewportSize(PHONE);
  await looksRight(creator, 'a withdrawal through PayPal that bounced, on a phone');
  await shots(creator, '7-bounced');
  await page.getByRole('link', { name: 'Fix the e-mail address' }).click();
  await isVisible(page.getByLabel('E-mail address at PayPal'));
  await isVisible(page.locator('input[name=email]:focus'));
  await leave([creator, operator]);
  await audited();
});

/** In the console, at one of a creator's that is being asked about. */
async function openTrouble({ page, context }: Visitor, creator: string): Promise<void> {
  const data = { password: PASSPHRASE };
  const answer = await context.request.post('/v1/session/confirmation', { data, headers: { origin } });
  assert.equal(answer.status(), 204);
  await page.goto('/console/payouts');
  await page.getByRole('button', { name: 'Trouble', exact: true }).click();
  await page.getByRole('button', { name: new RegExp(creator) }).click();
}

test('PayPal never answered, and has forgotten it: two operators say in the console that it was paid', async () => {
  const creator = await paidByEmail('lena');
  await faulty('paypal.payouts.create', 'drop_before', 1);
  const id = await released(creator);
  await until(
    'it was asked for',
    async () => {
      await look(SECOND_MS);
      return attemptOf(id);
    },
    (attempt) => (attempt?.problem ?? '') !== '',
  );
  await faulty('paypal.payouts.create', 'unavailable', MANY);
  clock.advance(31 * DAY_MS);
  await clearFaults(house.db);
  await until(
    'people have to say what became of it',
    async () => {
      await look(HOUR_MS);
      return attemptOf(id);
    },
    (attempt) => attempt?.problem?.includes('two operators say here') === true,
  );

  const first = await at(await newShift());
  await openTrouble(first, 'lena');
  const { page } = first;
  await isVisible(page.getByText(/For 29 days PayPal has not said that it took it/).first());
  await shots(first, '8-forgotten');
  await page.getByRole('button', { name: 'Decide what became of it…' }).click();
  await page.getByRole('radio', { name: /PayPal did not pay it/ }).check();
  await looksRight(first, 'what can be made of it');
  await shots(first, '9-not-paid');
  await page.getByRole('radio', { name: /^PayPal paid it/ }).check();
  await page.getByLabel('PayPal’s number of the payment').fill('9TX00000AA1');
  await page.getByLabel('How you know').fill('PayPal’s activity of 30 November shows it as completed.');
  await looksRight(first, 'that it was paid, with its number');
  await shots(first, '10-paid');
  await page.getByRole('button', { name: 'Ask a colleague to approve' }).click();
  await isVisible(page.getByText(/9TX00000AA1/).first());
  await shots(first, '11-asked');

  const second = await at(await newShift());
  await openTrouble(second, 'lena');
  await shots(second, '12-to-approve');
  await second.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await until(
    'it is paid',
    () => stateOf(id),
    (state) => state === 'paid',
  );
  await isVisible(second.page.getByText('Two operators: it was paid'));
  await looksRight(second, 'a payout that two operators ended');
  await shots(second, '13-ended');
  await leave([first, second]);
  await audited();
});

test('a part was sent back at PayPal: two operators say in the console how much', async () => {
  const creator = await paidByEmail('nina');
  const world = await inWorld();
  const id = await released(creator);
  await becomes(id, 'paid');
  await play(id, 'refund');
  await becomes(id, 'parked', DAY_MS);

  const first = await at(await newShift());
  await openTrouble(first, 'nina');
  const { page } = first;
  await isVisible(page.getByText('It says “REFUNDED”.'));
  await page.getByRole('button', { name: 'Decide what became of it…' }).click();
  await isVisible(page.getByText(/PayPal does not say how much\. Find it in PayPal’s activity/));
  await page.getByRole('radio', { name: /are the house’s again for good/ }).check();
  const amount = page.getByLabel('How much came back, in USD');
  assert.equal(await amount.inputValue(), '26.00');
  await amount.fill('27');
  await amount.blur();
  await isVisible(page.getByText('“27” cannot be what came back of $26.00.'));
  await shots(first, '14-too-much');
  await amount.fill('10.50');
  await page.getByLabel('How you know').fill('PayPal’s activity shows a refund of $10.50.');
  await isVisible(page.getByRole('radio', { name: /\$10\.50 are the house’s again for good/ }));
  await looksRight(first, 'how much came back');
  await shots(first, '15-part');
  await page.getByRole('button', { name: 'Ask a colleague to approve' }).click();
  await isVisible(page.getByText(/\$10\.50: with creators at PayPal → the house’s cash/).first());
  await shots(first, '16-asked');

  const second = await at(await newShift());
  await openTrouble(second, 'nina');
  await second.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await until(
    'it is paid',
    () => stateOf(id),
    (state) => state === 'paid',
  );
  assert.equal((await inWorld()) - world, 2_600n - 1_050n);
  await looksRight(second, 'a payout of which a part came back');
  await leave([first, second], [/422 .*\/resolution/]);
  await audited();
});
