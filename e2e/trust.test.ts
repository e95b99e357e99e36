import assert from 'node:assert/strict';
import { test } from 'node:test';
import { photo } from '../server/test/photo.ts';
import {
  hasFocus,
  isGone,
  isVisible,
  leave,
  looksRight,
  openBrowser,
  PHONE,
  until,
  visitor,
} from './browser.ts';
import { startSite } from './site.ts';

const site = await startSite();
const browser = await openBrowser();
const { origin } = site;

const picture = async (background: string) => ({
  name: 'photo.jpg',
  mimeType: 'image/jpeg',
  buffer: await photo(background),
});

test('papers: handed in, refused with what to mend, mended, approved by somebody who looked', async () => {
  const mira = await visitor(browser, origin, { as: 'mira', viewport: PHONE, colorScheme: 'dark' });
  const { page } = mira;
  await page.goto('/studio/verify');
  await isVisible(page.getByRole('heading', { name: '1. What your paper says' }));
  await looksRight(mira, 'the papers before anything is given, in the hand');
  await page.getByLabel('Your whole name, as it stands on the paper').fill('Mira Solane');
  await page.getByLabel('Where it is from').selectOption('DE');
  await page.getByRole('button', { name: 'Go on to the pictures' }).click();
  await isVisible(page.getByRole('heading', { name: '2. Pictures of it' }));
  await page.getByLabel('The front').setInputFiles({
    name: 'paper.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.7'),
  });
  await isVisible(page.getByText(/This picture is no JPEG, PNG or WebP/));
  await page.getByLabel('The front').setInputFiles(await picture('#3a6ea5'));
  await isVisible(page.getByRole('button', { name: '1 picture missing' }));
  await page.getByLabel('You, holding it').setInputFiles(await picture('#a5583a'));
  await page.getByRole('button', { name: 'Hand it in' }).click();
  await isVisible(page.getByRole('heading', { name: 'Somebody looks at your papers' }));
  await looksRight(mira, 'papers that wait, in the hand');

  // Nobody gave a password in this browser: the console asks, and goes on by itself.
  const olu = await visitor(browser, origin, { as: 'olu', confirmed: false });
  const desk = olu.page;
  await desk.goto('/console');
  await isVisible(desk.getByRole('link', { name: /Identity.*1 waiting/ }));
  await looksRight(olu, 'the console with what waits');
  await desk.getByRole('link', { name: /Identity.*1 waiting/ }).click();
  await isVisible(desk.getByRole('button', { name: /Mira Solane/ }));
  await desk.keyboard.press('j');
  await isVisible(desk.getByRole('heading', { name: 'Mira Solane' }));
  assert.ok(await desk.getByRole('button', { name: 'Approve' }).isDisabled());
  await looksRight(olu, 'a case that nobody looked at');
  await desk.getByRole('button', { name: /Front of the paper/ }).click();
  await desk.getByRole('button', { name: 'Confirm and go on' }).click();
  await isVisible(desk.getByRole('img', { name: 'Front of the paper' }));
  await desk.keyboard.press('Escape');
  await isGone(desk.getByRole('dialog'));
  await desk.getByRole('button', { name: /You with the paper/ }).click();
  await isVisible(desk.getByRole('img', { name: 'You with the paper' }));
  await desk.keyboard.press('Escape');
  await isGone(desk.getByRole('dialog'));
  await isVisible(desk.getByText('Saw the picture “selfie”'));
  await desk.getByRole('button', { name: 'Refuse…' }).click();
  await desk.getByLabel('Why, in a sentence for them').fill('The number cannot be read.');
  await desk.getByRole('dialog').getByRole('button', { name: 'Refuse' }).click();
  await isVisible(desk.getByText('All clear'));

  await page.reload();
  await isVisible(page.getByText('To mend: front of the paper.'));
  await looksRight(mira, 'papers that were refused, in the hand');
  await page.getByRole('button', { name: 'Mend it' }).click();
  await page.getByRole('button', { name: 'Go on to the pictures' }).click();
  await page.getByLabel('The front').setInputFiles(await picture('#3aa56e'));
  await isVisible(page.getByRole('button', { name: '1 picture missing' }));
  await page.getByLabel('You, holding it').setInputFiles(await picture('#a5583a'));
  await page.getByRole('button', { name: 'Hand it in' }).click();
  await isVisible(page.getByRole('heading', { name: 'Somebody looks at your papers' }));

  await isVisible(desk.getByRole('button', { name: /Mira Solane/ }));
  await desk.getByRole('button', { name: /Mira Solane/ }).click();
  for (const name of ['Front of the paper', 'You with the paper']) {
    await desk.getByRole('button', { name: new RegExp(name) }).click();
    await isVisible(desk.getByRole('img', { name }));
    await desk.keyboard.press('Escape');
    await isGone(desk.getByRole('dialog'));
  }
  await desk.getByRole('button', { name: 'Approve' }).click();
  await isVisible(desk.getByText('All clear'));
  await page.reload();
  await isVisible(page.getByRole('heading', { name: 'We know who you are' }));
  await looksRight(mira, 'papers that were approved, in the hand');
  await leave([mira, olu], [/422 .*pictures\/front/, /403 .*pictures\/front/]);
});

test('two operators give a role, by keys, and one takes it', async () => {
  const olu = await visitor(browser, origin, { as: 'olu' });
  await olu.page.goto('/console/people');
  await isVisible(olu.page.getByRole('heading', { name: 'Who works here' }));
  await looksRight(olu, 'who works here');
  await olu.page.getByLabel('Their handle').fill('ben');
  await olu.page.getByLabel('Why; kept for ever').fill('Answers the mail.');
  await olu.page.getByRole('button', { name: 'Ask for approval' }).click();
  await isVisible(olu.page.getByText('Asked. Another operator decides'));
  await olu.page.goto('/console/approvals');
  await isVisible(olu.page.getByText('Nothing waits for your word.'));
  await olu.page.keyboard.press('j');
  // Whoever asked has nothing to approve with.
  await isVisible(olu.page.getByText('You asked for this, so another operator decides.'));
  await isGone(olu.page.getByRole('button', { name: 'Approve' }));

  const per = await visitor(browser, origin, { as: 'per', colorScheme: 'dark' });
  await per.page.goto('/console/approvals');
  await isVisible(per.page.getByText('1 waits for your word.'));
  await per.page.keyboard.press('j');
  await isVisible(per.page.getByRole('heading', { name: /Give Ben .* the role support/ }));
  await looksRight(per, 'an approval');
  await per.page.getByRole('button', { name: 'Approve' }).focus();
  await hasFocus(per.page, per.page.getByRole('button', { name: 'Approve' }));
  await per.page.keyboard.press('Enter');
  await isVisible(per.page.getByText('Nothing waits for your word.'));
  await per.page.goto('/console/people');
  await per.page.getByRole('button', { name: 'Take support…' }).click();
  await per.page.getByRole('dialog').getByLabel('Why; kept for ever').fill('Left.');
  await per.page.getByRole('button', { name: 'Take it' }).click();
  await isGone(per.page.getByRole('button', { name: 'Take support…' }));
  await leave([olu, per]);
});

test('the books: run now, every payment in both, and the clocks agree', async () => {
  const olu = await visitor(browser, origin, { as: 'olu' });
  await olu.page.goto('/console/reconciliation');
  await olu.page.getByRole('button', { name: /^Compare with Stripe \(/ }).click();
  await isVisible(olu.page.getByRole('heading', { name: /Stripe: 100 % agree/ }));
  await isVisible(olu.page.getByText('every payment is in both books'));
  await isVisible(olu.page.getByText('the clocks agree'));
  await looksRight(olu, 'the books');
  const runs = await until(
    'the run is in the list',
    () => olu.page.getByRole('button', { name: /Stripe, 100 %/ }).count(),
    (count) => count > 0,
  );
  assert.ok(runs > 0);
  await leave([olu]);
});

test('the books are clean afterwards', () => site.audit());
