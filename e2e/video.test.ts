import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { WhipPublisher } from '../server/test/video/whip-publisher.ts';
import { isGone, isVisible, leave, openBrowser, openStage, until, type Visitor, visitor } from './browser.ts';
import { isPlayingSoundTrack, picture, pictures, plays, publish, streamKey } from './picture.ts';
import { startSite } from './site.ts';

/** Real pictures and sound: a creator's camera in one Chromium page, seen in others. */

// Three watch directly at a time, the creator's own page among them; more watch over HTTP.
const site = await startSite({ settings: { CARAT_VIDEO_VIEWERS: '3' } });
const browser = await openBrowser({ camera: true });
const blocked = await openBrowser({ udp: false });
const { origin } = site;

test('two viewers see a creator’s camera, are told when it breaks off, and see it again by themselves', async () => {
  const mira = await visitor(browser, origin, { as: 'mira' });
  const ana = await visitor(browser, origin, { as: 'ana' });
  const stranger = await visitor(browser, origin);
  for (const one of [mira, ana, stranger]) await openStage(one, 'mira');
  assert.equal(await picture(ana.page), null, 'nothing is shown before there is video');

  await publish(mira);
  for (const { page } of [ana, stranger]) {
    await plays(page);
    assert.ok(await isPlayingSoundTrack(page), 'the sound came, too');
  }
  await isVisible(ana.page.getByRole('button', { name: 'Tap for sound' }));
  await ana.page.getByRole('button', { name: 'Tap for sound' }).click();
  await isVisible(ana.page.getByRole('button', { name: 'Sound is on' }));

  // The camera's program is gone from one moment to the next.
  await mira.page.evaluate('window.publisher.close()');
  await isVisible(ana.page.getByText('The creator’s video broke off. It comes back by itself.'));
  await isVisible(stranger.page.getByText('The creator’s video broke off. It comes back by itself.'));
  const before = await pictures(ana.page);

  await publish(mira);
  await isGone(ana.page.getByText('The creator’s video broke off. It comes back by itself.'));
  await until(
    'more pictures',
    () => pictures(ana.page),
    (seen) => seen > before + 10,
  );
  await plays(ana.page);
  await plays(stranger.page);

  await leave([ana, stranger, mira]);
});

test('a server that is killed comes back, and so do the publisher and the viewer', async () => {
  const mira = await visitor(browser, origin, { as: 'mira' });
  const ana = await visitor(browser, origin, { as: 'ana' });
  await openStage(ana, 'mira');
  await openStage(mira, 'mira');
  await publish(mira);
  await plays(ana.page);

  await site.kill();
  await site.restart();
  await publish(mira);
  await plays(ana.page);
  // What a page says while its server is away is not a fault of the page.
  await ana.context.close();
  await mira.context.close();
});

test('where UDP does not pass, the same is seen a few seconds behind; it goes on after the publisher came again', async () => {
  const mira = await visitor(browser, origin, { as: 'mira' });
  const ana = await visitor(browser, origin, { as: 'ana' });
  const stranger = await visitor(blocked, origin);
  const fetched = { ana: scripts(ana.page), stranger: scripts(stranger.page) };
  for (const one of [mira, ana, stranger]) await openStage(one, 'mira');
  await publish(mira);
  await plays(stranger.page);
  await isVisible(stranger.page.getByText('A few seconds behind'));
  await until(
    'sound is decoded',
    () => soundBytes(stranger.page),
    (bytes) => bytes > 0,
  );
  await plays(ana.page);
  assert.equal(await ana.page.getByText('A few seconds behind').count(), 0);
  assert.ok(fetched.stranger.some(isHls), 'the player for it is fetched where it is needed');
  assert.ok(!fetched.ana.some(isHls), 'and nowhere else');

  await mira.page.evaluate('window.publisher.close()');
  await isVisible(stranger.page.getByText('The creator’s video broke off. It comes back by itself.'));
  await publish(mira);
  await isGone(stranger.page.getByText('The creator’s video broke off. It comes back by itself.'));
  await plays(stranger.page);

  await site.kill();
  await site.restart();
  await publish(mira);
  await plays(stranger.page);
  await isVisible(stranger.page.getByText('A few seconds behind'));
  for (const { context } of [mira, ana, stranger]) await context.close();
});

test('when no more viewers fit directly, the next one watches over HTTP', async () => {
  const mira = await visitor(browser, origin, { as: 'mira' });
  await openStage(mira, 'mira');
  await publish(mira);
  const inside = [mira];
  for (let direct = 0; direct < 2; direct += 1) {
    const one = await visitor(browser, origin);
    await openStage(one, 'mira');
    inside.push(one);
  }
  for (const { page } of inside) await plays(page);
  const next = await visitor(browser, origin);
  await openStage(next, 'mira');
  await plays(next.page);
  await isVisible(next.page.getByText('A few seconds behind'));
  for (const { page } of inside) assert.equal(await page.getByText('A few seconds behind').count(), 0);
  await leave([next, ...inside], [/503/]);
});

test('a program that is none of ours sends with the stream key alone, and Chromium plays it', async () => {
  const mira = await visitor(browser, origin, { as: 'mira' });
  const ana = await visitor(browser, origin, { as: 'ana' });
  const publisher = await WhipPublisher.start(`${origin}/v1/stages/mira/whip`, await streamKey(mira));
  await openStage(ana, 'mira');
  await plays(ana.page);
  assert.ok(await isPlayingSoundTrack(ana.page));
  assert.equal(await hint(mira), null);
  assert.equal(await publisher.stop(), 200);
  await isVisible(ana.page.getByText('The creator’s video broke off. It comes back by itself.'));
  await leave([ana, mira]);
});

test('an encoder with B-frames: the creator is told what to change, and over HTTP it is seen in order', async () => {
  const mira = await visitor(browser, origin, { as: 'mira' });
  const stranger = await visitor(blocked, origin);
  const publisher = await WhipPublisher.start(
    `${origin}/v1/stages/mira/whip`,
    await streamKey(mira),
    'b-frames',
  );
  await until(
    'a hint',
    () => hint(mira),
    (said) => said?.includes('“Max B-frames” to 0') === true,
  );
  await openStage(stranger, 'mira');
  await plays(stranger.page);
  const before = await pictures(stranger.page);
  const from = (await picture(stranger.page))?.time ?? 0;
  await until(
    'two seconds more',
    async () => (await picture(stranger.page))?.time ?? 0,
    (time) => time > from + 2,
  );
  const shown = (await pictures(stranger.page)) - before;
  assert.ok(shown > 40, `${shown} pictures in two seconds`);
  assert.equal(await publisher.stop(), 200);
  await leave([stranger, mira]);
});

function soundBytes(page: Page): Promise<number> {
  return page.evaluate<number>(`document.querySelector('.video-layer video').webkitAudioDecodedByteCount`);
}

/** Names of the scripts that a page fetches from now on. */
function scripts(page: Page): readonly string[] {
  const names: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script') names.push(new URL(request.url()).pathname);
  });
  return names;
}

function isHls(name: string): boolean {
  return name.includes('/hls-');
}

/** What the creator is told of their encoder. */
async function hint({ context }: Visitor): Promise<string | null> {
  const answer = await context.request.get('/v1/stages/mira/video');
  return ((await answer.json()) as { video: { mine: { hint: string | null } } }).video.mine.hint;
}
