import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { WebSocket } from 'ws';
import { installedChromium } from '../e2e/browser.ts';
import { newId } from '../server/src/core/ids.ts';
import { startProgram } from './program.ts';
import { type Measured, type Row, Skipped } from './row.ts';
import type { Way } from './whole-path/server.ts';

/**
 * The page of a busy stage on a slow machine: 50 messages and 20 gifts a second, a dear gift now and then, in a real
 * Chromium whose processor is slowed down four times. Chromium, server, PostgreSQL and the people share the machine.
 */

const TALKERS = 100;
const TALK_EVERY_MS = 2_000;
const GIVERS = 40;
const GIVE_EVERY_MS = 2_000;
/** What the givers give, one after the other: small ones as streaks, others alone, one that takes the stage. */
const GIFTS = ['rose', 'rose', 'heart', 'rose', 'sunflower', 'rose', 'coffee', 'rose', 'disco', 'rose'];
const DEAR_GIFT = 'comet';
const DEAR_EVERY_MS = 9_000;
const SLOWER = 4;
const WARM_UP_MS = 6_000;

/** Milliseconds of the longest task on the page's main thread. */
export const longestTask = {
  name: 'stage with 50 messages and 20 gifts a second, 4 × slower: longest task',
  unit: 'ms',
  bar: 50,
  better: 'lower',
  limits: 'Chromium draws without a graphics card here, on the cores that also run everything else.',
  run: async ({ quick }) => measure(quick ? 15_000 : 40_000),
} satisfies Row;

interface Seen {
  /** Milliseconds of each task longer than 50. */
  readonly longTasks: readonly number[];
  /** Milliseconds between two frames of the page. */
  readonly frameGaps: readonly number[];
}

async function measure(ms: number): Promise<Measured> {
  const executablePath = installedChromium();
  if (executablePath === undefined) throw new Skipped('no Chromium here; set CHROME to the path of one');
  if (!existsSync(resolve(import.meta.dirname, '../web/dist/index.html'))) {
    throw new Skipped('the web app is not built; npm start builds it');
  }
  const server = startProgram('whole-path/server.ts', [String(TALKERS + GIVERS), 'browser']);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const crowd = new Crowd();
  try {
    const way = JSON.parse(await server.line()) as Way;
    await crowd.enter(way);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${way.origin}/live/${way.stage}`);
    await page.getByRole('region', { name: /^Live:/ }).waitFor();
    await slowDown(page);
    crowd.begin(way.stage, way.stageId);
    await sleep(WARM_UP_MS);
    await page.evaluate(WATCH);
    await sleep(ms);
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
    if (crowd.refused > 0) throw new Error(`${crowd.refused} messages or gifts were refused: ${crowd.why}`);
    return judge(seen);
  } finally {
    crowd.leave();
    await browser.close();
    server.stdin.end();
    await server.ended;
  }
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
}

/** Notes every long task and the time between frames, from now on. */
const WATCH = `(() => {
  const seen = (globalThis.seen = { longTasks: [], frameGaps: [] });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longTasks.push(duration);
  }).observe({ type: 'longtask' });
  let last = performance.now();
  const frame = (now) => {
    seen.frameGaps.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})()`;

function judge({ longTasks, frameGaps }: Seen): Measured {
  const gaps = [...frameGaps].sort((a, b) => a - b);
  const at = (share: number) => gaps[Math.floor((gaps.length - 1) * share)] ?? 0;
  const detail = `${longTasks.length} tasks over 50 ms; frames p50 ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms apart`;
  return { value: Math.max(0, ...longTasks), detail };
}

/** People with a socket each who talk and give. */
class Crowd {
  refused = 0;
  why = '';
  #sockets: WebSocket[] = [];
  readonly #timers: NodeJS.Timeout[] = [];

  async enter({ origin, tickets }: Way): Promise<void> {
    const address = (ticket: string) =>
      `${origin.replace('http', 'ws')}/v1/socket?ticket=${encodeURIComponent(ticket)}`;
    this.#sockets = await Promise.all(
      tickets.slice(0, TALKERS + GIVERS).map(async (ticket) => {
        const socket = new WebSocket(address(ticket), { origin });
        socket.on('message', (data) => this.#hear(JSON.parse(String(data))));
        await new Promise((opened, failed) => socket.once('open', opened).once('error', failed));
        return socket;
      }),
    );
  }

  begin(stage: string, stageId: string): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify({ t: 'join', stage }));
    for (const [place, socket] of this.#sockets.slice(0, TALKERS).entries()) {
      let said = 0;
      this.#every(TALK_EVERY_MS, (place / TALKERS) * TALK_EVERY_MS, () => {
        said += 1;
        const text = `Line ${said} of ${place}: ${'so good '.repeat(1 + (place % 5))}`;
        socket.send(JSON.stringify({ t: 'chat', key: newId(), stage, text }));
      });
    }
    for (const [place, socket] of this.#sockets.slice(TALKERS).entries()) {
      let given = place;
      this.#every(GIVE_EVERY_MS, (place / GIVERS) * GIVE_EVERY_MS, () => {
        given += 1;
        const giftId = GIFTS[given % GIFTS.length] ?? 'rose';
        socket.send(JSON.stringify({ t: 'gift', key: newId(), stageId, giftId, quantity: 1 }));
      });
    }
    const [, giver] = this.#sockets.slice(TALKERS);
    this.#every(DEAR_EVERY_MS, 0, () => {
      giver?.send(JSON.stringify({ t: 'gift', key: newId(), stageId, giftId: DEAR_GIFT, quantity: 1 }));
    });
  }

  leave(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket.terminate();
  }

  #every(everyMs: number, firstMs: number, act: () => void): void {
    this.#timers.push(setTimeout(() => this.#timers.push(setInterval(act, everyMs)), firstMs));
  }

  #hear(frame: { readonly t: string; readonly problem?: { readonly code: string } }): void {
    if (frame.t !== 'refused') return;
    this.refused += 1;
    this.why = frame.problem?.code ?? '';
  }
}
