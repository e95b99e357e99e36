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
