import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { MINUTE_MS, testClock } from '../server/src/core/clock.ts';
import { auditWithin } from '../server/src/ledger/audit.ts';
import { type Person, testHouse } from '../server/test/test-house.ts';
import { buyCoins, goLive } from '../server/test/town-life.ts';
import {
  DESKTOP,
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
import { gift, sendButton } from './stage.ts';

/** Journey 17, its match: two creators with cameras, their fans, and a clock that the test turns. */

const clock = testClock(Date.now());
const site = await testHouse({
  clock,
  config: {
    webRoot: resolve(import.meta.dirname, '../web/dist'),
    video: {
      kind: 'embedded',
      port: 0,
      portFixed: false,
      bind: '127.0.0.1',
      announce: [],
      viewersMax: 20,
      bitsPerSecondMax: 2_500_000,
      graceMs: 1_500,
    },
  },
});
const browser = await openBrowser({ camera: true });

const creators = await Promise.all(
  ['mira', 'juno'].map((handle) => site.person(handle, { displayName: capital(handle) })),
);
const [mira, juno] = creators as [Person, Person];
await goLive(mira);
await goLive(juno);
const [ana, ben] = [await site.person('ana'), await site.person('ben')];
await buyCoins(ana, 2_000n);
await buyCoins(ben, 2_000n);

test('a match: asked for in the studio, both cameras on both stages, gifts to either, one result', async () => {
  const miraAt = await enter(browser, mira);
  const junoAt = await enter(browser, juno);
  for (const one of [miraAt, junoAt]) {
    await one.page.goto('/studio/live');
    await isVisible(one.page.getByRole('heading', { name: 'Live together' }));
  }
  const fan = await enter(browser, ana);
  const other = await enter(browser, ben, PHONE);
  await openStage(fan, 'mira');
  await openStage(other, 'juno');
  await publish(miraAt, 'mira');
  await publish(junoAt, 'juno');
  assert.equal(await fan.page.locator('.together').count(), 0, 'a stage of one is as it was');

  await miraAt.page.getByLabel('Invite somebody who is live').fill('juno');
  await miraAt.page.getByRole('button', { name: 'Start a match' }).click();
  await isVisible(miraAt.page.getByText('Waiting for Juno to say yes to a match'));
  await isVisible(junoAt.page.getByText('asks you for a match of 5 minutes'));
  await looksRight(junoAt, 'an asked match in the studio');
  await junoAt.page.getByRole('button', { name: 'Accept' }).click();

  for (const { page } of [fan, other]) {
    await isVisible(page.getByRole('region', { name: 'Match', exact: true }));
    await until(
      'both pictures move',
      () => playing(page),
      (videos) => videos.length === 2 && videos.every(({ time, width }) => time > 0 && width > 0),
    );
  }
  assert.deepEqual(await sides(fan.page), [
    ['Mira', '0'],
    ['Juno', '0'],
  ]);
  assert.deepEqual(
    await sides(other.page),
    [
      ['Juno', '0'],
      ['Mira', '0'],
    ],
    'each stage shows its own first',
  );
  await isVisible(fan.page.getByText('Level'));

  // On Mira's stage, for Juno.
  await fan.page.getByRole('radio', { name: 'To Juno' }).click();
  await isVisible(fan.page.getByText(/^Juno gets/));
  await gift(fan.page, 'Heart').click();
  await sendButton(fan.page).click();
  for (const [page, expected] of [
    [
      fan.page,
      [
        ['Mira', '0'],
        ['Juno', '10'],
      ],
    ],
    [
      other.page,
      [
        ['Juno', '10'],
        ['Mira', '0'],
      ],
    ],
  ] as const) {
    await until(
      'the bar moves',
      () => sides(page),
      (now) => now.join() === expected.join(),
    );
    await isVisible(page.getByText('Juno leads'));
  }
  await isVisible(fan.page.getByRole('log', { name: 'Chat messages' }).getByText(/sent Juno Heart/));
  // And back to Mira.
  await fan.page.getByRole('radio', { name: 'To Mira' }).click();
  await sendButton(fan.page).click();
  await until(
    'level again',
    () => sides(fan.page),
    (now) => now.join() === 'Mira,10,Juno,10',
  );
  await sendButton(fan.page).click();
  await until(
    'Mira leads',
    () => sides(other.page),
    (now) => now.join() === 'Juno,10,Mira,20',
  );
  await looksRight(fan, 'a match on a wide stage');
  await looksRight(other, 'a match in the hand');

  clock.advance(5 * MINUTE_MS);
  for (const { page } of [fan, other]) {
    const result = page.getByRole('region', { name: 'Result of the match' });
    await isVisible(result.getByRole('heading', { name: 'Mira wins' }));
    await isGone(page.getByRole('region', { name: 'Match', exact: true }));
  }
  await isVisible(miraAt.page.getByText('Mira wins'));

  // They part; each goes on alone, and each summary is the sum of its own entries.
  await junoAt.page.getByRole('button', { name: 'Leave' }).click();
  await until(
    'one picture',
    () => fan.page.locator('video').count(),
    (count) => count === 1,
  );
  for (const [who, units] of [
    [mira, '10000'],
    [juno, '5000'],
  ] as const) {
    assert.equal((await who.post('/v1/stages/end', {})).status, 200);
    const { lastLive } = (await who.get('/v1/me/live')).body;
    const { live } = (await who.get(`/v1/me/lives/${lastLive}`)).body;
    assert.deepEqual([live.proof.agrees, live.proof.ledger.units], [true, units], who.handle);
  }
  const { findings } = await site.house.db.transaction((tx) => auditWithin(tx));
  assert.deepEqual(
    findings.filter(({ violations }) => violations.length > 0),
    [],
  );
  await leave([miraAt, junoAt, fan, other]);
});

/** Somebody who has signed up, at a screen of their own. */
async function enter(
  at: Browser,
  who: Person,
  viewport: typeof DESKTOP | typeof PHONE = DESKTOP,
): Promise<Visitor> {
  const one = await visitor(at, site.origin, { viewport });
  const [name = '', value = ''] = who.cookie.split('=');
  await one.context.addCookies([{ name, value, url: site.origin }]);
  return one;
}

/** Sends this page's camera to a stage as any WHIP program in a browser does. */
async function publish({ page }: Visitor, handle: string): Promise<void> {
  const status = await page.evaluate<number>(`(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 }, audio: true });
    const publisher = window.publisher = new RTCPeerConnection();
    for (const track of stream.getTracks()) publisher.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    await publisher.setLocalDescription();
    const answer = await fetch('/v1/stages/${handle}/whip', {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: publisher.localDescription.sdp,
    });
    await publisher.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
    return answer.status;
  })()`);
  assert.equal(status, 201);
}

function playing(page: Page): Promise<{ time: number; width: number }[]> {
  return page.evaluate(`[...document.querySelectorAll('video')].map(({ currentTime, videoWidth }) =>
    ({ time: currentTime, width: videoWidth }))`);
}

/** Names and scores as the bar shows them. */
function sides(page: Page): Promise<string[][]> {
  return page.evaluate(`[...document.querySelectorAll('.match-bar li')].map((side) =>
    [side.querySelector(':scope > span').textContent, side.querySelector('b').textContent.replace(/[^0-9,]/g, '')])`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
