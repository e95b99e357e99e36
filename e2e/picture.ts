import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { until, type Visitor } from './browser.ts';

/** The video of a stage as pages send and show it. */

/** Sends this page's camera as any WHIP program in a browser does. */
export async function publish({ page }: Visitor): Promise<void> {
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
export async function plays(page: Page): Promise<void> {
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
export function picture(page: Page): Promise<Picture | null> {
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

export function pictures(page: Page): Promise<number> {
  return page.evaluate<number>(
    `document.querySelector('.video-layer video').getVideoPlaybackQuality().totalVideoFrames`,
  );
}

export function isPlayingSoundTrack(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    `document.querySelector('.video-layer video').srcObject.getAudioTracks().some((track) => track.readyState === 'live' && !track.muted)`,
  );
}

/** Makes a creator's stream key anew. */
export async function streamKey({ context, origin }: Visitor): Promise<string> {
  const answer = await context.request.post('/v1/me/stream-key', { data: {}, headers: { origin } });
  assert.equal(answer.status(), 201);
  return ((await answer.json()) as { key: string }).key;
}
