import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DESKTOP,
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

interface Summary {
  readonly diamonds: { readonly units: string };
  readonly proof: { readonly agrees: boolean; readonly ledger: { readonly units: string } };
}

const me = async (who: Visitor, path: string) => (await who.context.request.get(`/v1/me/${path}`)).json();

async function give(fan: Visitor, name: string): Promise<void> {
  await isVisible(gift(fan.page, name));
  await gift(fan.page, name).click();
  await sendButton(fan.page).click();
  await isSettled(fan.page);
}

test('a creator sees a gift arrive, thanks for it before everybody, ends, and the summary is what the fans gave', async () => {
  const mira = await visitor(browser, origin, { as: 'mira', viewport: DESKTOP });
  const ana = await visitor(browser, origin, { as: 'ana' });
  await openStage(ana, 'mira');
  await mira.page.goto('/studio/live');
  await isVisible(mira.page.getByRole('heading', { name: 'Gifts as they come' }));
  const before = BigInt((await me(mira, 'live')).live.diamonds.units);

  await give(ana, 'Donut');
  const feed = mira.page.getByRole('region', { name: 'Gifts as they come' });
  const row = feed.getByRole('listitem').filter({ hasText: 'Ana Prado' }).filter({ hasText: 'Donut' });
  await isVisible(row);
  await until(
    'the figures follow',
    async () => BigInt((await me(mira, 'live')).live.diamonds.units),
    (units) => units === before + 15_000n,
  );
  await looksRight(mira, 'the dashboard');

  await row.getByRole('button', { name: 'Thank Ana Prado on the stage' }).click();
  await isVisible(row.getByText('Thanked'));
  await isVisible(ana.page.locator('.shout-out').filter({ hasText: 'You' }));
  await isVisible(
    ana.page
      .getByRole('log')
      .getByText(/thanks/)
      .first(),
  );

  const { live } = await me(mira, 'live');
  await mira.page.getByRole('button', { name: 'End', exact: true }).click();
  const sheet = mira.page.getByRole('dialog', { name: 'End this live?' });
  await isVisible(sheet.getByText('Stays pending'));
  await sheet.getByRole('button', { name: 'End the live' }).click();
  await isVisible(mira.page.getByRole('heading', { name: 'This live brought you' }));
  await isVisible(mira.page.getByText(/^The sum of [0-9,]+ ledger entr/));
  await looksRight(mira, 'the summary');
  const summary: Summary = (await me(mira, `lives/${live.id}`)).live;
  assert.equal(BigInt(summary.diamonds.units), before + 15_000n);
  assert.deepEqual([summary.proof.ledger.units, summary.proof.agrees], [summary.diamonds.units, true]);
  await isVisible(ana.page.getByText('Mira Solane is not live now'));
  await mira.page.goto('/studio/live');
  await isVisible(mira.page.getByRole('heading', { name: 'You are not live now' }));
  await looksRight(mira, 'the dashboard of nobody live');
  await leave([mira, ana]);
});

test('supporters of a stage: the periods, one’s own place, and who wants no name there', async () => {
  const ana = await visitor(browser, origin, { as: 'ana' });
  await openStage(ana, 'juno');
  await give(ana, 'Teddy');
  await ana.page.getByRole('tab', { name: 'Supporters' }).click();
  const place = ana.page.getByRole('region', { name: 'Your place' });
  await isVisible(place.getByText(/^You are number [0-9]+$/));
  for (const period of ['Today', 'Week', 'Ever', 'This live']) {
    await ana.page.getByRole('button', { name: period, exact: true }).click();
    await isVisible(
      ana.page
        .getByRole('list', { name: /Supporters/ })
        .getByText('Ana Prado')
        .first(),
    );
  }
  await looksRight(ana, 'the supporters');

  await ana.page.goto('/settings/profile');
  await ana.page.getByRole('switch', { name: /Show my name in rankings/ }).click();
  await isVisible(ana.page.getByText('Rankings show “A supporter” instead of you.'));
  const ben = await visitor(browser, origin, { as: 'ben', viewport: PHONE });
  await openStage(ben, 'juno');
  await ben.page.getByRole('button', { name: /^Top supporters: / }).click();
  const sheet = ben.page.getByRole('dialog', { name: 'Supporters' });
  await isVisible(sheet.getByText('A supporter').first());
  assert.equal(await sheet.getByText('Ana Prado').count(), 0);
  await looksRight(ben, 'the supporters in the hand');
  await openStage(ana, 'juno');
  await ana.page.getByRole('tab', { name: 'Supporters' }).click();
  await isVisible(place.getByText(/Others read/));
  await leave([ana, ben]);
});
