import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { isGone, isVisible, leave, openBrowser, openStage, until, type Visitor, visitor } from './browser.ts';
import { startSite } from './site.ts';

/** Real pictures and sound: a creator's camera in one Chromium page, seen in others. */

const site = await startSite();
const browser = await openBrowser({ camera: true });
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

/** Sends this page's camera as any WHIP program in a browser does. */
async function publish({ page }: Visitor): Promise<void> {
  const status = await page.evaluate<number>(`(async () => {
    const stream = window.camera ??= await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 }, audio: true });
    const publisher = window.publisher = new RTCPeerConnection();
    for (const track of stream.getTracks()) publisher.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    await publisher.setLocalDescription();
    const answer = await fetch('/v1/stages/mira/whip', {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: publisher.localDescription.sdp,
    });
    await publisher.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
    return answer.status;
  })()`);
  assert.equal(status, 201);
}

/** Time goes on and the picture changes. */
async function plays(page: Page): Promise<void> {
  const first = await until(
    'a picture',
    () => picture(page),
    (seen) => seen !== null && seen.width > 0,
  );
  await until(
    'time goes on and the picture changes',
    () => picture(page),
    (seen) => seen !== null && first !== null && seen.time > first.time + 0.5 && seen.pixels !== first.pixels,
  );
}

interface Picture {
  readonly time: number;
  readonly width: number;
  /** A few pixels, as they are. */
  readonly pixels: string;
}

/** What the stage's video shows; `null` while it is not shown. */
function picture(page: Page): Promise<Picture | null> {
  return page.evaluate<Picture | null>(`(() => {
    const video = document.querySelector('.video-layer video[data-shown]');
    if (video === null) return null;
    const canvas = document.createElement('canvas');
    canvas.width = 32;
    canvas.height = 18;
    const pen = canvas.getContext('2d');
    pen.drawImage(video, 0, 0, 32, 18);
    const pixels = [...pen.getImageData(0, 0, 32, 18).data].join();
    return { time: video.currentTime, width: video.videoWidth, pixels };
  })()`);
}

function pictures(page: Page): Promise<number> {
  return page.evaluate<number>(
    `document.querySelector('.video-layer video').getVideoPlaybackQuality().totalVideoFrames`,
  );
}

function isPlayingSoundTrack(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    `document.querySelector('.video-layer video').srcObject.getAudioTracks().some((track) => track.readyState === 'live' && !track.muted)`,
  );
}
