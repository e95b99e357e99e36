import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { DAY_MS, testClock } from '../server/src/core/clock.ts';
import { newId, parsePublicId } from '../server/src/core/ids.ts';
import { forgetFacts } from '../server/src/identity/gates.ts';
import { adoptPolicy, PRESETS } from '../server/src/policy/index.ts';
import { testHouse } from '../server/test/test-house.ts';
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
import { startSite } from './site.ts';
import { chatRows, gift, isSettled, sendButton } from './stage.ts';

const site = await startSite();
const browser = await openBrowser({ camera: true });
const { origin } = site;

/** A refusal is a line in the console: what a journey provokes on purpose. */
const REFUSED = [/the server responded with a status of 4/];
const SHOTS = process.env.GO_LIVE_SHOTS;

async function shot({ page }: Visitor, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

const asked = async <Answer>({ context }: Visitor, path: string) =>
  (await (await context.request.get(`/v1${path}`)).json()) as Answer;

test('Nova cannot go live and reads why; the policy and the years change, and she does', async () => {
  const clock = testClock(Date.UTC(2026, 10, 22, 12));
  const webRoot = `${import.meta.dirname}/../web/dist`;
  const { house, origin: at, person } = await testHouse({ clock, config: { webRoot } });
  const policy = (followersMin: number) =>
    adoptPolicy(house.db, {
      document: {
        ...PRESETS.carat.document,
        goLive: { ...PRESETS.carat.document.goLive, followersMin },
      },
      preset: 'carat',
      effectiveFrom: new Date(clock.now()),
      author: null,
      reason: 'How many followers it takes.',
      nowMs: clock.now(),
    });
  await policy(1_000);
  const known = await person('nova', { displayName: 'Nova Lindqvist', dateOfBirth: '2008-11-30' });
  await house.db.query('update users set followers = 640 where handle = $1', ['nova']);
  forgetFacts(house.db, parsePublicId('user', known.id) ?? '');

  const nova = await visitor(browser, at, { viewport: PHONE, colorScheme: 'dark' });
  const [name = '', value = ''] = known.cookie.split('=');
  await nova.context.addCookies([{ name, value, url: at }]);
  const { page } = nova;
  await page.goto('/studio/go-live');
  const row = (rule: string) => page.getByRole('listitem').filter({ hasText: rule });
  await isVisible(row('You must be 18 or older to go live.').getByText('You are 17. Opens on 30 Nov.'));
  const followers = row('You need 1,000 followers to go live.');
  await isVisible(followers.getByText(/You have 640 followers\. Share your page/));
  await isVisible(followers.getByRole('button', { name: 'Copy your page’s address' }));
  const goLive = page.getByRole('button', { name: 'Go live', exact: true });
  assert.equal(await goLive.isDisabled(), true);
  await isVisible(page.getByText('Not yet: see what is missing in the list above.'));
  await looksRight(nova, 'what Nova is missing');
  await shot(nova, 'nova-not-yet');
  const refused = await nova.context.request.post('/v1/stages/start', {
    data: { title: 'All the same' },
    headers: { origin: at },
  });
  assert.equal(refused.status(), 403, 'nor does the server let her');

  clock.advance(8 * DAY_MS);
  await policy(500);
  await page.getByRole('button', { name: 'Look again' }).click();
  await isVisible(page.getByText('4 of 4 done'));
  await page.getByRole('button', { name: 'Become a creator' }).click();
  await page.getByRole('radio', { name: 'Drawn scene' }).check({ force: true });
  await page.getByLabel('Title').fill('The ring of Saturn');
  await looksRight(nova, 'Nova before her first live');
  await shot(nova, 'nova-ready');
  await goLive.click();
  await isVisible(page.getByRole('heading', { name: 'The ring of Saturn' }));
  await isVisible(page.getByText('No picture is sent'));
  assert.equal((await asked<{ stage: { live: boolean } }>(nova, '/stages/nova')).stage.live, true);
  await looksRight(nova, 'the dashboard of a live without a picture');
  await leave([nova], REFUSED);
});

test('Mira goes live with her camera: seen, given to, thanking, answering, and the sum is that of the entries', async () => {
  const mira = await visitor(browser, origin, { as: 'mira', viewport: DESKTOP });
  const ana = await visitor(browser, origin, { as: 'ana' });
  await endLive(mira);

  // The preview, and what she says of her live.
  const { page } = mira;
  await page.goto('/studio/go-live');
  await turnOn(page);
  await plays(page, '.camera-preview video');
  await isVisible(page.getByLabel('Microphone', { exact: true }));
  await until(
    'the microphone is heard',
    () => page.locator('.level span').textContent(),
    (said) => said === 'You are heard',
  );
  await page.getByLabel('Title').fill('Lamp-lit song requests');
  await page.getByLabel('Hashtags').fill('#singing #late');
  await page.getByLabel('Goal in Diamonds').fill('10000');
  await page.getByLabel('What it is for').fill('Encore set');
  await isVisible(page.getByText(/Worth .*\$1\d\d\.\d\d at today’s rate/));
  await page.getByRole('switch', { name: 'Fans can ask questions' }).check();
  await page.getByLabel('Coins for a question').fill('10001');
  await isVisible(page.getByText('Free, or 1 to 10,000 Coins.'));
  assert.equal(await page.getByRole('button', { name: 'Go live', exact: true }).isDisabled(), true);
  await page.getByLabel('Coins for a question').fill('50');
  await looksRight(mira, 'the page to go live');
  await shot(mira, 'go-live');
  await page.getByRole('button', { name: 'Go live', exact: true }).click();
  await isVisible(page.getByRole('heading', { name: 'Lamp-lit song requests' }));
  await isVisible(page.getByText('Your fans see you'));
  assert.equal(new URL(page.url()).pathname, '/studio/live');

  // Somebody sees it.
  await openStage(ana, 'mira');
  await plays(ana.page, '.video-layer video[data-shown]');
  await isVisible(ana.page.getByText('Encore set'));

  // Going round the site does not end it.
  await page.getByRole('link', { name: 'Your stage' }).click();
  await isVisible(page.getByRole('region', { name: 'Live: Mira Solane' }));
  await page.getByRole('link', { name: 'Carat' }).first().click();
  await plays(ana.page, '.video-layer video[data-shown]');
  await page.goBack();
  await page.goBack();
  await isVisible(page.getByText('Your fans see you'));
  await page.getByText('Figures', { exact: true }).click();
  await isVisible(page.getByText(/^[0-9,]+ kbit\/s$/));
  await isVisible(page.getByText('1280 × 720'));

  // A gift, and thanks that stay.
  await isVisible(gift(ana.page, 'Donut'));
  await gift(ana.page, 'Donut').click();
  await sendButton(ana.page).click();
  await isSettled(ana.page);
  const feed = page.getByRole('region', { name: 'Gifts as they come' });
  const donut = feed.getByRole('listitem').filter({ hasText: 'Donut' });
  await donut.getByRole('button', { name: 'Thank Ana Prado on the stage' }).click();
  await isVisible(donut.getByText('Thanked'));
  await isVisible(ana.page.locator('.shout-out').filter({ hasText: 'You' }));

  // A question, answered on the dashboard.
  const question = await ana.context.request.post('/v1/stages/mira/questions', {
    data: { text: 'Which song was the hardest?', coins: '50' },
    headers: { origin, 'idempotency-key': newId() },
  });
  assert.equal(question.status(), 201, await question.text());
  const waiting = page.getByRole('region', { name: 'Questions' }).getByRole('listitem');
  await waiting.getByRole('button', { name: 'Answer now' }).click();
  await isVisible(ana.page.locator('.pinned-question figure', { hasText: 'Which song was the hardest?' }));
  await waiting.getByRole('button', { name: 'Done' }).click();
  await isGone(waiting);

  // Effects are capped for everybody, while it runs.
  await page.getByLabel('The most that gifts may take of the stage').selectOption('1');
  await until(
    'the cap is in force',
    async () => (await asked<{ stage: { effectsCap: number } }>(ana, '/stages/mira')).stage.effectsCap,
    (cap) => cap === 1,
  );

  // Camera off and on: viewers go on over what they have.
  await page.getByRole('button', { name: 'Camera off' }).click();
  await isVisible(page.getByRole('button', { name: 'Camera on' }));
  await plays(ana.page, '.video-layer video[data-shown]', { changing: false });
  await page.getByRole('button', { name: 'Camera on' }).click();
  await plays(ana.page, '.video-layer video[data-shown]');
  await page.getByText('Camera and microphone', { exact: true }).click();
  const microphones = page.getByLabel('Microphone', { exact: true });
  const chosen = await microphones.inputValue();
  await microphones.selectOption({ index: 1 });
  await until(
    'the other microphone is on',
    () => microphones.inputValue(),
    (now) => now !== chosen && now !== '',
  );
  await plays(ana.page, '.video-layer video[data-shown]');
  await page.getByRole('button', { name: 'Mute', exact: true }).click();
  await isVisible(page.getByRole('button', { name: 'Unmute' }));
  await looksRight(mira, 'the dashboard with her camera');
  await shot(mira, 'dashboard');

  // Loaded anew: it asks before, offers the camera at once, and the marks are there.
  const questions: string[] = [];
  page.on('dialog', (dialog) => {
    questions.push(dialog.type());
    void dialog.accept();
  });
  await page.reload();
  assert.deepEqual(questions, ['beforeunload']);
  await isVisible(donut.getByText('Thanked'));
  await isVisible(ana.page.getByText('The creator’s video broke off. It comes back by itself.'));
  await page.getByRole('button', { name: 'Go on with the camera' }).click();
  await isVisible(page.getByText('Your fans see you'));
  await isGone(ana.page.getByText('The creator’s video broke off. It comes back by itself.'));
  await plays(ana.page, '.video-layer video[data-shown]');

  // The end: the camera goes off, and the sum is that of the entries.
  const track = await ownTrack(page);
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End the live' }).click();
  await isVisible(page.getByRole('heading', { name: 'This live brought you' }));
  assert.equal(await track(), 'ended');
  await isVisible(page.getByText(/^The sum of 1 ledger entry/));
  const { live } = await asked<{ live: Summary }>(mira, `/me/lives/${page.url().split('/').at(-1)}`);
  const { items } = await asked<{ items: readonly EarningEntry[] }>(mira, '/me/earnings/entries?limit=200');
  // The answered question is an entry of its own, beside the gifts.
  const entries = items.filter(({ at, giftId }) => at >= live.startedAt && giftId !== null);
  assert.equal(
    live.diamonds.units,
    entries.reduce((sum, { amount }) => sum + BigInt(amount.units), 0n).toString(),
  );
  assert.deepEqual([live.diamonds.units, live.proof.agrees, entries.length], ['15000', true, 1]);
  await isVisible(ana.page.getByText('Mira Solane is not live now'));
  await leave([mira, ana], REFUSED);
  await site.audit();
});

test('another device that sends takes over and is named; a live that ends elsewhere turns the camera off', async () => {
  const juno = await visitor(browser, origin, { as: 'juno', colorScheme: 'dark' });
  const other = await visitor(browser, origin, { as: 'juno' });
  const { page } = juno;
  await page.goto('/studio/live');
  await isVisible(page.getByText('No picture is sent'));
  await page.getByRole('button', { name: 'Send this camera' }).click();
  await isVisible(page.getByText('Your fans see you'));

  await other.page.goto('/studio/live');
  await isVisible(other.page.getByText('Sent by OBS or from another device of yours.'));
  await plays(other.page, '.video-layer video[data-shown]');
  await looksRight(other, 'what another device sends');
  await shot(other, 'elsewhere');
  const track = await ownTrack(page);
  await other.page.getByRole('button', { name: 'Send this camera instead' }).click();
  await isVisible(other.page.getByText('Your fans see you'));
  await isVisible(page.getByText('Another device of yours sends now.'));
  assert.equal(await track(), 'ended');

  const last = await ownTrack(other.page);
  await endLive(juno);
  for (const one of [juno, other]) {
    await isVisible(one.page.getByText(/It was ended on another page or device of yours/));
  }
  assert.equal(await last(), 'ended');
  await looksRight(juno, 'a live that ended elsewhere');
  await leave([juno, other], REFUSED);
});

test('OBS: the key is told once and shown when asked for; a new one makes the old one useless', async () => {
  const tomo = await visitor(browser, origin, { as: 'tomo', viewport: PHONE, colorScheme: 'dark' });
  await endLive(tomo);
  const { page } = tomo;
  await page.goto('/studio/go-live');
  await page.getByRole('radio', { name: 'OBS' }).check({ force: true });
  assert.equal(await page.getByLabel('Server (WHIP)').inputValue(), `${origin}/v1/stages/tomo/whip`);
  await page.getByRole('button', { name: 'Make a stream key' }).click();
  const field = page.getByLabel('Stream key (bearer token)');
  assert.equal(await field.getAttribute('type'), 'password');
  await page.getByRole('button', { name: 'Show the key' }).click();
  assert.equal(await field.getAttribute('type'), 'text');
  const first = await field.inputValue();
  assert.match(first, /^carat_\S{40,}$/);
  await looksRight(tomo, 'a key that was just told');
  await shot(tomo, 'obs-told');

  await page.reload();
  await page.getByRole('radio', { name: 'OBS' }).check({ force: true });
  await isVisible(page.getByText(new RegExp(`${first.slice(-4)}$`)));
  await page.getByRole('button', { name: 'Make a new key' }).click();
  const sheet = page.getByRole('dialog', { name: 'Make a new key?' });
  await isVisible(sheet.getByText(/opens nothing any more/));
  await looksRight(tomo, 'before a new key');
  await shot(tomo, 'obs-new');
  await sheet.getByRole('button', { name: 'Make a new key' }).click();
  await isGone(sheet);
  const second = await field.inputValue();
  assert.notEqual(second, first);

  await page.getByLabel('Title').fill('Arcade with OBS');
  await page.getByRole('button', { name: 'Go live', exact: true }).click();
  await isVisible(page.getByText('Waiting for OBS'));
  const offers = await Promise.all(
    [first, second].map((key) =>
      fetch(`${origin}/v1/stages/tomo/whip`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/sdp' },
        body: 'v=0',
      }),
    ),
  );
  // The second is let in, and only then is its offer looked at.
  assert.deepEqual(
    offers.map(({ status }) => status),
    [401, 400],
  );
  await leave([tomo], REFUSED);
});

test('leaving the page turns the camera off', async () => {
  const wren = await visitor(browser, origin, { as: 'wren' });
  await endLive(wren);
  await wren.page.goto('/studio/go-live');
  await turnOn(wren.page);
  const track = await ownTrack(wren.page);
  assert.equal(await track(), 'live');
  await wren.page.getByRole('radio', { name: 'OBS' }).check({ force: true });
  await until('the light is out with another source', track, (state) => state === 'ended');
  await wren.page.getByRole('radio', { name: 'This camera' }).check({ force: true });
  await turnOn(wren.page);
  const again = await ownTrack(wren.page);
  await wren.page.getByRole('link', { name: 'Rates' }).first().click();
  await isVisible(wren.page.getByRole('heading', { name: 'Rates', exact: true }));
  assert.equal(await again(), 'ended');
  await leave([wren]);
});

test('without a camera, without permission, without https or a codec: a sentence, what to do, and the other ways', async () => {
  const sentenceIn = async (
    at: Browser,
    sentence: string,
    { press = true, init }: { readonly press?: boolean; readonly init?: string } = {},
  ) => {
    const wren = await visitor(at, origin, { as: 'wren', viewport: PHONE });
    await endLive(wren);
    if (init !== undefined) await wren.page.addInitScript(init);
    await wren.page.goto('/studio/go-live');
    if (press) await wren.page.getByRole('button', { name: 'Turn the camera on' }).click();
    await isVisible(wren.page.getByRole('alert').filter({ hasText: sentence }));
    assert.equal(
      await wren.page.getByRole('button', { name: 'Go live', exact: true }).isDisabled(),
      true,
      sentence,
    );
    await isVisible(wren.page.getByText('Not yet: turn your camera on, or choose another source.'));
    await looksRight(wren, sentence);
    await shot(wren, `fault-${sentence.replaceAll(/\W+/g, '-')}`);
    await leave([wren]);
  };
  await sentenceIn(await openBrowser(), 'No camera was found.');
  await sentenceIn(
    await openBrowser({ camera: 'forbidden' }),
    'This site may not use your camera and microphone.',
  );
  const press = !(await isAllowedAtOnce());
  await sentenceIn(browser, 'Browsers give the camera only to pages with https.', {
    press,
    init: `Object.defineProperty(window, 'isSecureContext', { value: false })`,
  });
  await sentenceIn(browser, 'This browser can send neither H264 nor VP8.', {
    press,
    init: `RTCRtpSender.getCapabilities = () => ({ codecs: [{ mimeType: 'video/AV1' }], headerExtensions: [] })`,
  });
});

test('a reason stands in the record of what was done', async () => {
  const mira = await visitor(browser, origin, { as: 'mira', viewport: PHONE, colorScheme: 'dark' });
  const ben = await visitor(browser, origin, { as: 'ben' });
  await endLive(mira);
  const started = await mira.context.request.post('/v1/stages/start', {
    data: { title: 'A quiet hour' },
    headers: { origin },
  });
  assert.equal(started.status(), 201, await started.text());
  await openStage(ben, 'mira');
  await ben.page.locator('#chat-input').fill('buy my cheap things');
  await ben.page.locator('#chat-input').press('Enter');
  await mira.page.goto('/studio/live');
  await mira.page.getByRole('tab', { name: 'Chat' }).click();
  await chatRows(mira.page, 'buy my cheap things')
    .getByRole('button', { name: /^What to do with the message/ })
    .press('Enter');
  await mira.page.getByRole('menuitem', { name: 'With a reason…' }).click();
  const sheet = mira.page.getByRole('dialog', { name: 'Keep order: Ben' });
  await sheet.getByLabel('Why, for the record').fill('Sells things in the chat');
  await sheet.getByLabel('For how long').selectOption('60');
  await looksRight(mira, 'acting with a reason');
  await shot(mira, 'reason');
  await sheet.getByRole('button', { name: 'Mute them' }).click();
  await isVisible(ben.page.getByText(/You cannot write here until/));
  await mira.page.getByRole('link', { name: 'Moderation' }).click();
  const entry = mira.page.getByRole('listitem').filter({ hasText: /muted Ben.* until/ });
  await isVisible(entry.getByText('Sells things in the chat'));
  await looksRight(mira, 'the record');
  await shot(mira, 'record');
  await leave([mira, ben], REFUSED);
});

test('a server that is killed comes back: the creator’s page goes on by itself, and the viewer sees it', async () => {
  const tomo = await visitor(browser, origin, { as: 'tomo' });
  const ana = await visitor(browser, origin, { as: 'ana' });
  await endLive(tomo);
  await tomo.page.goto('/studio/go-live');
  await tomo.page.getByRole('radio', { name: 'This camera' }).check({ force: true });
  await turnOn(tomo.page);
  await tomo.page.getByLabel('Title').fill('Through the storm');
  await tomo.page.getByRole('button', { name: 'Go live', exact: true }).click();
  await isVisible(tomo.page.getByText('Your fans see you'));
  await openStage(ana, 'tomo');
  await plays(ana.page, '.video-layer video[data-shown]');

  await site.kill();
  await isVisible(tomo.page.getByText('Lost, trying again'));
  await site.restart();
  await isVisible(tomo.page.getByText('Your fans see you'));
  // Whoever waits tries again ever more seldom.
  await plays(ana.page, '.video-layer video[data-shown]', { waitMs: 60_000 });
  // What pages say while their server is away is not a fault of theirs.
  await ana.context.close();
  await tomo.context.close();
});

async function endLive({ context }: Visitor): Promise<void> {
  await context.request.post('/v1/stages/end', { data: {}, headers: { origin } });
}

interface EarningEntry {
  readonly at: string;
  /** `null` for the answer to a question. */
  readonly giftId: string | null;
  readonly amount: { readonly units: string };
}

interface Summary {
  readonly startedAt: string;
  readonly diamonds: { readonly units: string };
  readonly proof: { readonly agrees: boolean };
}

/** The camera of the page is on, by itself where it was allowed before. */
async function turnOn(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Turn the camera on' });
  const picture = page.locator('.camera-preview video');
  await until(
    'the camera is on',
    async () => {
      if ((await button.count()) > 0) await button.click({ timeout: 1_000 }).catch(() => {});
      return picture.count();
    },
    (count) => count === 1,
  );
}

/** Whether this browser lets a page have the camera without a press. */
async function isAllowedAtOnce(): Promise<boolean> {
  const someone = await visitor(browser, origin, { as: 'wren' });
  await someone.page.goto('/live');
  const state = await someone.page.evaluate<string>(
    `navigator.permissions.query({ name: 'camera' }).then(({ state }) => state)`,
  );
  await leave([someone]);
  return state === 'granted';
}

/** Keeps hold of the camera's track; answers how to ask whether it is still on. */
async function ownTrack(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(
    `window.heldTrack = document.querySelector('.own-picture').srcObject.getVideoTracks()[0]`,
  );
  return () => page.evaluate<string>('window.heldTrack.readyState');
}

interface Picture {
  readonly time: number;
  readonly pictures: number;
  /** A few pixels, as they are. */
  readonly pixels: string;
}

/** Time goes on, pictures come, and they change. */
async function plays(
  page: Page,
  selector: string,
  { changing = true, waitMs }: { readonly changing?: boolean; readonly waitMs?: number } = {},
): Promise<void> {
  const look = () =>
    page.evaluate<Picture | null>(`(() => {
      const video = document.querySelector(${JSON.stringify(selector)});
      if (video === null || video.videoWidth === 0) return null;
      const canvas = document.createElement('canvas');
      canvas.width = 32;
      canvas.height = 18;
      const pen = canvas.getContext('2d');
      pen.drawImage(video, 0, 0, 32, 18);
      const pixels = [...pen.getImageData(0, 0, 32, 18).data].join();
      return { time: video.currentTime, pictures: video.getVideoPlaybackQuality().totalVideoFrames, pixels };
    })()`);
  const first = await until('a picture', look, (seen) => seen !== null);
  await until(
    'the picture goes on',
    look,
    (seen) =>
      seen !== null &&
      first !== null &&
      seen.time > first.time + 0.5 &&
      seen.pictures > first.pictures &&
      (!changing || seen.pixels !== first.pixels),
    waitMs,
  );
}
