import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { extractText, getDocumentProxy } from 'unpdf';
import { isVisible, leave, looksRight, openBrowser, PHONE, until, type Visitor, visitor } from './browser.ts';
import { startSite } from './site.ts';

const site = await startSite();
const browser = await openBrowser();
const { origin } = site;

/** Diamonds that can be withdrawn now, in thousandths. */
async function availableOf({ page }: Visitor): Promise<bigint> {
  const answer = await page.context().request.get(`${origin}/v1/me/earnings`);
  return BigInt((await answer.json()).available.units);
}

async function askFor(page: Page, diamonds: string): Promise<string> {
  await page.goto('/studio/withdraw');
  await page.getByLabel('Diamonds to withdraw').fill(diamonds);
  const quote = page.getByRole('region', { name: 'Your quote' });
  await isVisible(quote.getByText('You get'));
  const get = (await quote.locator('.total dd').textContent()) ?? '';
  await page.getByRole('button', { name: `Withdraw ${get}` }).click();
  await isVisible(page.getByText('Confirm that it is you.'));
  await page.getByRole('button', { name: `Withdraw ${get}` }).click();
  await isVisible(page.getByRole('heading', { name: 'Where it is' }));
  return get;
}

test('a quote that adds up, a confirmation, two operators’ console, a file, arrived', async () => {
  const mira = await visitor(browser, origin, { as: 'mira' });
  const { page } = mira;
  const before = await availableOf(mira);

  // Cancel works before it is sent.
  await page.goto('/studio/earnings');
  await looksRight(mira, 'the earnings');
  await askFor(page, '2,000');
  await page.getByRole('button', { name: 'Cancel the withdrawal' }).click();
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await isVisible(page.getByText('Canceled', { exact: true }).first());
  assert.equal(await availableOf(mira), before);

  await page.goto('/studio/withdraw');
  await page.getByRole('button', { name: 'Half' }).click();
  const quote = page.getByRole('region', { name: 'Your quote' });
  await isVisible(quote.getByText('Rate held'));
  await looksRight(mira, 'the withdraw sheet');
  const values = await quote.locator('dd').allTextContents();
  const cents = values.slice(0, 3).map((value) => BigInt(value.replace('−', '-').replace(/[$.,]/g, '')));
  const [gross = 0n, fee = 0n, tax = 0n] = cents;
  const net = gross + fee + tax;
  await isVisible(quote.getByText(`$${net / 100n}.${(net % 100n).toString().padStart(2, '0')} at`));
  const get = await askFor(page, '2,500');
  assert.equal(await availableOf(mira), before - 2_500_000n);
  await isVisible(page.getByText('Requested, and on hold'));
  await looksRight(mira, 'a withdrawal on hold');

  const olu = await visitor(browser, origin, { as: 'olu' });
  const console_ = olu.page;
  await console_.goto('/console/payouts');
  await isVisible(console_.getByRole('button', { name: /Mira Solane/ }));
  await console_.keyboard.press('j');
  await isVisible(console_.getByRole('heading', { name: `Mira Solane, ${get}` }));
  await looksRight(olu, 'the queue');
  await console_.getByRole('button', { name: 'Release', exact: true }).click();
  await console_.getByRole('button', { name: 'Make a file: 1 × SEPA bank transfer' }).click();
  const [file] = await Promise.all([
    console_.waitForEvent('download'),
    console_.getByRole('button', { name: /^Take carat-sepa/ }).click(),
  ]);
  assert.match(file.suggestedFilename(), /^carat-sepa-000001-\d{4}-\d{2}-\d{2}\.xml$/);
  await console_.getByRole('button', { name: 'It is at the bank' }).click();
  await isVisible(console_.getByText('1 on the way'));

  await page.reload();
  await isVisible(page.getByText('“Sent” is not “arrived”.'));
  await console_.getByRole('button', { name: 'Sent', exact: true }).click();
  await console_.getByRole('button', { name: /Mira Solane/ }).click();
  await console_.getByRole('button', { name: 'It has arrived' }).click();
  await page.reload();
  await isVisible(page.locator('.timeline').getByText('Arrived'));
  await looksRight(mira, 'a withdrawal that has arrived');
  await page.goto('/wallet');
  await isVisible(page.getByText(/Withdrawal sent to ··4300/));

  // The statement of the month lists it, and its files say what the page says.
  await page.goto('/studio/earnings');
  await page.getByRole('link', { name: 'Statements' }).click();
  await looksRight(mira, 'the statements');
  await page.getByRole('link', { name: /So far/ }).click();
  await isVisible(page.getByText('Withdrawals sent: what was held is paid out'));
  const money = page.getByRole('region', { name: 'Where the money went' });
  const paidOut = money.getByRole('definition').last();
  await isVisible(money.getByText('Paid out', { exact: true }));
  await looksRight(mira, 'a statement');
  const closing = await page.locator('.sheet-of .sum-line dd').allTextContents();
  const month = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const asFile = (format: string) =>
    page.context().request.get(`${origin}/v1/me/statements/${month}/statement.${format}?of=creator`);
  const paper = await (await asFile('json')).json();
  assert.equal(await paidOut.textContent(), paper.totals.paidOut.net.display);
  assert.ok(paper.lines.some(({ title }: { title: string }) => title === 'Withdrawal sent to ··4300'));
  const csv = (await (await asFile('csv')).text()).trimEnd().split('\r\n');
  const pdf = await extractText(await getDocumentProxy(new Uint8Array(await (await asFile('pdf')).body())), {
    mergePages: true,
  });
  for (const [index, { closing: end }] of paper.accounts.entries()) {
    const digits = end.free.display.replace(/ .*/, '');
    assert.ok(closing[index]?.startsWith(digits.replace(/\..*/, '')), `${closing[index]} is ${digits}`);
    assert.ok(csv.at(index - 2)?.includes(`,${end.free.units},`), csv.at(index - 2));
    assert.ok(pdf.text.replaceAll(/\s+/g, ' ').includes(`Closing balance ${end.free.display}`));
  }
  assert.ok(pdf.text.includes(paper.totals.paidOut.net.display));
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'PDF' }).click(),
  ]);
  assert.equal(saved.suggestedFilename(), `carat-earnings-mira-${month}.pdf`);
  await leave([mira, olu]);
});

test('too little, why, a bounce with the field to fix', async () => {
  const juno = await visitor(browser, origin, { as: 'juno', viewport: PHONE, colorScheme: 'dark' });
  const { page } = juno;
  await page.goto('/studio/withdraw');
  await page.getByLabel('Diamonds to withdraw').fill('1,999');
  await isVisible(page.getByText('Minimum 2,000.').first());
  assert.ok(await page.getByRole('button', { name: 'Withdraw', exact: true }).isDisabled());
  await page.goto('/studio/help');
  await isVisible(page.getByRole('heading', { name: 'Fix a problem' }));
  await looksRight(juno, 'what stands in the way, in the hand');
  await page.goto('/studio/payout-methods');
  await looksRight(juno, 'the accounts, in the hand');
  await page.getByRole('button', { name: 'Add an account' }).click();
  await page.getByLabel('IBAN', { exact: true }).fill('DE89 3704 0044 0532 0130 01');
  await page.getByLabel('Name of the account’s holder').fill('Juno Vale');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Add this account' }).click();
  await isVisible(page.getByText(/The IBAN has a typing mistake/));
  await page.getByLabel('IBAN', { exact: true }).fill('FR14 2004 1010 0505 0001 3M02 606');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Add this account' }).click();
  await isVisible(page.getByText(/^From /).first());

  const mira = await visitor(browser, origin, { as: 'mira' });
  const before = await availableOf(mira);
  await askFor(mira.page, '2,000');
  const olu = await visitor(browser, origin, { as: 'olu' });
  await olu.page.goto('/console/payouts');
  await olu.page.getByRole('button', { name: /Mira Solane/ }).click();
  await olu.page.getByRole('button', { name: 'Release', exact: true }).click();
  await olu.page.getByRole('button', { name: 'Make a file: 1 × SEPA bank transfer' }).click();
  await olu.page.getByRole('button', { name: 'It is at the bank' }).click();
  await olu.page.getByRole('button', { name: 'Sent', exact: true }).click();
  await olu.page
    .getByRole('button', { name: /Mira Solane/ })
    .first()
    .click();
  await olu.page.getByRole('button', { name: 'It came back…' }).click();
  await olu.page.getByLabel('The bank’s code').fill('BE01');
  await olu.page.getByRole('button', { name: 'It came back from the bank' }).click();
  await until(
    'the Diamonds are back',
    async () => `${await availableOf(mira)}`,
    (units) => units === `${before}`,
  );

  await mira.page.reload();
  await isVisible(mira.page.getByText('Bounced: the name does not match the account.'));
  assert.equal(await availableOf(mira), before);
  await looksRight(mira, 'a withdrawal that bounced');
  await mira.page.getByRole('link', { name: 'Fix the name' }).click();
  await isVisible(mira.page.getByRole('heading', { name: 'Change this account' }));
  // The IBAN with a typing mistake was refused, as it should be.
  await leave([juno, mira, olu], [/422 .*payout-accounts/]);
});

test('the books are clean afterwards', () => site.audit());
