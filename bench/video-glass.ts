import { pino } from 'pino';
import { type Browser, chromium, type Page } from 'playwright-core';
import { installedChromium } from '../e2e/browser.ts';
import { EmbeddedEngine } from '../server/src/video/embedded/embedded-engine.ts';
import { type Measured, type Row, Skipped, whenBenchEnds } from './row.ts';

/**
 * From glass to glass in real Chromium: one page draws the time as black and white blocks and publishes what it draws,
 * another shows it and reads the blocks off each picture as it is shown. Both go by the same clock.
 */

/** Milliseconds from a picture being drawn until it is shown to a viewer, over the embedded engine on loopback. */
export const videoGlassToGlass = {
  name: 'video: glass to glass, p95',
  unit: 'ms',
  bar: 100,
  better: 'lower',
  runs: 3,
  limits:
    'Chromium: it encodes, waits a moment against jitter, decodes and shows at the next of its 60 turns a second; the engine takes about a millisecond of it.',
  run: ({ quick }) => measure(quick ? 5 : 15),
} satisfies Row;

const ROOM = 'glass';

async function measure(seconds: number): Promise<Measured> {
  const executablePath = installedChromium();
  if (executablePath === undefined)
    throw new Skipped('no Chromium here: install it, or say where with CHROME');
  const engine = new EmbeddedEngine(
    {
      port: 0,
      portFixed: false,
      bind: '127.0.0.1',
      announce: [],
      viewersMax: 2,
      publishersMax: 1,
      graceMs: 60_000,
      bitsPerSecondMax: 2_500_000,
    },
    pino({ level: 'silent' }),
  );
  whenBenchEnds(() => engine.stop());
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    await publish(browser, engine);
    const viewer = await watch(browser, engine);
    const late = await viewer.evaluate<number[]>(`window.measure(${seconds * 1_000})`);
    late.sort((one, other) => one - other);
    if (late.length < seconds * 10) throw new Error(`only ${late.length} pictures could be read`);
    const at = (share: number) => late[Math.floor(late.length * share)] ?? Number.POSITIVE_INFINITY;
    return {
      value: at(0.95),
      detail: `p50 ${at(0.5).toFixed(0)} ms, max ${at(1 - 1 / late.length).toFixed(0)} ms of ${late.length} pictures, 640 × 360 in H264`,
    };
  } finally {
    await browser.close();
    await engine.stop();
  }
}

async function publish(browser: Browser, engine: EmbeddedEngine): Promise<void> {
  const page = await browser.newPage();
  await page.setContent('<canvas width="640" height="360"></canvas>');
  await page.evaluate(DRAWING);
  const { answer } = await engine.publish(ROOM, await offer(page));
  await take(page, answer);
  while (engine.video(ROOM).state !== 'live') await pause(20);
}

async function watch(browser: Browser, engine: EmbeddedEngine): Promise<Page> {
  const page = await browser.newPage();
  await page.setContent('<video width="640" height="360" muted autoplay playsinline></video>');
  await page.evaluate(READING);
  const { answer } = await engine.play(ROOM, await offer(page));
  await take(page, answer);
  await page.waitForFunction(
    'document.querySelector("video").getVideoPlaybackQuality().totalVideoFrames > 60',
  );
  return page;
}

function offer(page: Page): Promise<string> {
  return page.evaluate<string>(`(async () => {
    await window.connection.setLocalDescription();
    return window.connection.localDescription.sdp;
  })()`);
}

async function take(page: Page, answer: string): Promise<void> {
  await page.evaluate(
    `window.connection.setRemoteDescription({ type: 'answer', sdp: ${JSON.stringify(answer)} })`,
  );
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}

/** The time in milliseconds as 16 blocks, anew thirty times a second. */
const DRAWING = `{
  const canvas = document.querySelector('canvas');
  const pen = canvas.getContext('2d');
  const stream = canvas.captureStream(0);
  const [track] = stream.getVideoTracks();
  setInterval(() => {
    const now = Math.round(performance.timeOrigin + performance.now()) & 0xffff;
    for (let bit = 0; bit < 16; bit += 1) {
      pen.fillStyle = (now >> bit) & 1 ? 'white' : 'black';
      pen.fillRect((bit % 8) * 80, Math.floor(bit / 8) * 180, 80, 180);
    }
    track.requestFrame();
  }, 33);
  window.connection = new RTCPeerConnection();
  window.connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
}`;

const READING = `{
  const video = document.querySelector('video');
  window.connection = new RTCPeerConnection();
  window.connection.addTransceiver('video', { direction: 'recvonly' });
  window.connection.addEventListener('track', ({ streams, track }) => {
    video.srcObject = new MediaStream([track]);
  });
  const canvas = document.createElement('canvas');
  canvas.width = 8;
  canvas.height = 2;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  window.measure = (forMs) => new Promise((resolve) => {
    const late = [];
    const end = performance.now() + forMs;
    const read = (shown) => {
      const now = Math.round(performance.timeOrigin + shown) & 0xffff;
      pen.drawImage(video, 0, 0, 8, 2);
      const { data } = pen.getImageData(0, 0, 8, 2);
      let drawn = 0;
      for (let bit = 0; bit < 16; bit += 1) if (data[bit * 4] > 127) drawn |= 1 << bit;
      late.push(((now - drawn) << 16) >> 16);
      if (performance.now() < end) video.requestVideoFrameCallback(read);
      else resolve(late);
    };
    video.requestVideoFrameCallback(read);
  });
}`;
