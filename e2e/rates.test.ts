import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, testClock } from '../server/src/core/clock.ts';
import { newId } from '../server/src/core/ids.ts';
import { type Person, testHouse } from '../server/test/test-house.ts';
import { anOperator, buyCoins, goLive } from '../server/test/town-life.ts';
import { confirm } from '../server/test/withdrawal-scene.ts';
import {
  isGone,
  isVisible,
  leave,
  looksRight,
  openBrowser,
  PHONE,
  type Visitor,
  type VisitorOptions,
  visitor,
} from './browser.ts';

const browser = await openBrowser();
const clock = testClock(Date.now());
const site = await testHouse({ clock, config: { webRoot: `${import.meta.dirname}/../web/dist` } });
const { origin } = site;

async function at(person: Person, options: VisitorOptions = {}) {
  const seen = await visitor(browser, origin, options);
  const [name = '', value = ''] = person.cookie.split('=');
  await seen.context.addCookies([{ name, value, url: origin }]);
  return seen;
}

async function give(fan: Person, stageId: string): Promise<string> {
  const answer = await fan.post('/v1/gifts', { stageId, giftId: 'heart', quantity: 1 }, newId());
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.gift.id;
}

/** Tries the open draft: a run with its progress, one that is canceled, and the first again with the same numbers. */
async function tryInSimulator(operator: Visitor) {
  const { page } = operator;
  await page.getByRole('link', { name: 'Run in simulator' }).click();
  await isVisible(page.getByText('Nothing was tried yet'));
  assert.match(
    (await page.getByLabel('Rate', { exact: true }).locator('option:checked').textContent()) ?? '',
    /\$13\.365, yours/,
  );
  await looksRight(operator, 'the simulator before the first run');
  await page.getByRole('button', { name: 'An invented town' }).click();
  await page.getByLabel('Scenario').selectOption('A viral month');
  await page.getByLabel('Seed').fill('42');

  // The longest there can be: nobody waits for its end.
  for (const [label, most] of [
    ['Days', '365'],
    ['Viewers', '20000'],
    ['Creators', '1000'],
  ] as const) {
    await page.getByLabel(label).fill(most);
  }
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await isVisible(page.getByText('Living the days'));
  await isVisible(page.getByText(/^Day [1-9]\d* of 365 ·/));
  await looksRight(operator, 'a run in the middle');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await isVisible(page.getByText(/^Canceled by olu/));
  await isGone(page.getByRole('button', { name: 'Cancel' }));

  await page.getByRole('link', { name: 'All runs' }).click();
  await page.getByRole('button', { name: 'An invented town' }).click();
  await page.getByLabel('Viewers').fill('500');
  await page.getByLabel('Creators').fill('40');
  await page.getByLabel('Seed').fill('42');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const sentence = page.getByText(/^With this rate creators would get 1\.0 % less/);
  await isVisible(sentence);
  const first = page.url();
  const said = await sentence.textContent();
  const sums = await page.getByRole('table').textContent();
  await looksRight(operator, 'what a run came to');
  await page.getByRole('button', { name: 'Table' }).first().click();
  await isVisible(page.getByRole('region', { name: 'Held for what is owed, day by day' }));

  await page.getByRole('button', { name: 'Run again' }).click();
  await isVisible(page.getByText(/^Same as run [0-9a-f]{6}: yes$/));
  assert.notEqual(page.url(), first);
  assert.equal(await sentence.textContent(), said);
  assert.equal(await page.getByRole('table').textContent(), sums);
  await page.getByRole('button', { name: 'Another seed' }).click();
  await isGone(page.getByText(/^Same as run/));
  await isVisible(sentence);
  assert.notEqual(await page.getByRole('table').textContent(), sums);

  // The address of a result stays.
  await page.goto(first);
  await isVisible(page.getByText(said ?? ''));
  await page.goto('/console/rates');
}

test('one operator drafts a rate, another approves it, everybody sees it coming, and receipts keep theirs', async () => {
  const [oluPerson, perPerson] = [await anOperator(site, 'olu'), await anOperator(site, 'per')];
  for (const operator of [oluPerson, perPerson]) await confirm(operator);
  const [mira, ana] = [await site.person('mira'), await site.person('ana')];
  await buyCoins(ana, 1_000n);
  const stageId = await goLive(mira);
  const before = await give(ana, stageId);

  const olu = await at(oluPerson);
  await olu.page.goto('/console/rates');
  await isVisible(olu.page.getByText('Nobody has drafted a rate'));
  await looksRight(olu, 'the console without drafts');
  await olu.page.getByRole('button', { name: 'Draft a rate' }).click();
  await olu.page.getByLabel('Dollars for 1,000 Diamonds').fill('99');
  await olu.page.getByLabel('Why').fill('Fewer fans buy in winter.');
  await olu.page.getByRole('button', { name: 'Keep as a draft' }).click();
  await isVisible(olu.page.getByText(/a gift would be worth more than it cost. The most is \$27\.00/));
  await olu.page.getByLabel('Dollars for 1,000 Diamonds').fill('13.365');
  await looksRight(olu, 'the form of a draft');
  await olu.page.getByRole('button', { name: 'Keep as a draft' }).click();

  const draft = olu.page.getByRole('listitem', { name: 'Draft of $13.365' });
  await isVisible(draft.getByText('−1 %'));
  await isVisible(draft.getByText('against $13.50 of version 1'));
  await tryInSimulator(olu);
  await draft.getByRole('button', { name: 'Ask for approval' }).click();
  await isVisible(draft.getByText('Waits for approval'));
  // Whoever asked has nothing to approve with.
  await isGone(draft.getByRole('button', { name: 'Approve' }));
  await looksRight(olu, 'a draft that waits');

  const per = await at(perPerson, { viewport: PHONE, colorScheme: 'dark' });
  await per.page.goto('/console/rates');
  const seen = per.page.getByRole('listitem', { name: 'Draft of $13.365' });
  await isVisible(seen.getByText('−1 %'));
  await looksRight(per, 'a draft to decide on');
  await per.page.goto('/console/simulator');
  await isVisible(per.page.getByText('Canceled', { exact: true }));
  await looksRight(per, 'the runs on a phone');
  await per.page
    .getByRole('link', { name: /creators would get 1\.0 % less/ })
    .last()
    .tap();
  await isVisible(per.page.getByText('Paid out so far'));
  await looksRight(per, 'a result on a phone');
  await per.page.goto('/console/rates');
  await seen.getByRole('button', { name: 'Approve' }).tap();
  await isVisible(seen.getByText('Approved: version 2'));

  const stranger = await visitor(browser, origin);
  await stranger.page.goto('/rates');
  await isVisible(stranger.page.getByRole('heading', { name: 'What comes next' }));
  await isVisible(stranger.page.getByText(/1 % less than now\. Fewer fans buy in winter\./));
  await stranger.page.getByRole('button', { name: 'Check', exact: true }).click();
  await isVisible(stranger.page.getByText('It agrees.'));
  await looksRight(stranger, 'a rate that is checked');
  await stranger.page.keyboard.press('Escape');
  await stranger.page.getByRole('button', { name: 'Table' }).click();
  await isVisible(stranger.page.getByText('2, to come'));
  await looksRight(stranger, 'the rates as a table');

  clock.advance(10 * DAY_MS);
  const later = await give(ana, stageId);
  const fan = await at(ana);
  for (const [gift, version] of [
    [before, 1],
    [later, 2],
  ] as const) {
    await fan.page.goto(`/gifts/${gift}`);
    await isVisible(fan.page.getByText(new RegExp(`rate version ${version}\\.`)));
  }
  await leave([olu, per, stranger, fan], [/status of 422/]);
});
