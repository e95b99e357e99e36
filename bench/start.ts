import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { installedChromium } from '../e2e/browser.ts';
import { type Measured, type Row, Skipped } from './row.ts';

/** The product as a person starts it: how long they wait, what it takes while nothing happens, what a page loads. */

const CHECKOUT = resolve(import.meta.dirname, '..');
const OPEN_WITHIN_MS = 120_000;
/** After this long the last things of a start are done. */
const IDLE_AFTER_MS = 4_000;

/** Seconds from `npm start` on an installed tree, with no data yet, until the first page can be read. */
export const firstPage = {
  name: 'npm start to the first page, first run',
  unit: 's',
  bar: 10,
  better: 'lower',
  limits: 'PostgreSQL makes its data directory, and the demo town lives its ten days through the API.',
  run: () =>
    withSite({}, async ({ openedMs }) => {
      return { value: openedMs / 1_000, detail: 'web app built before' };
    }),
} satisfies Row;

/** Resident megabytes of the server process with the demo town and nobody there. */
export const idleMemory = {
  name: 'memory of the idle server',
  unit: 'MB',
  bar: 250,
  better: 'lower',
  run: () =>
    withSite({ CARAT_CROWD: 'off' }, async ({ process }) => {
      await sleep(IDLE_AFTER_MS);
      const kilobytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(serverOf(process.pid))]));
      return { value: kilobytes / 1_024, detail: 'without PostgreSQL' };
    }),
} satisfies Row;

/** Kilobytes of script that the first load of a stage fetches, each file compressed by gzip. */
export const stageScript = {
  name: 'script of the first load of a stage',
  unit: 'kB gzip',
  bar: 200,
  better: 'lower',
  runs: 1,
  run: () => scriptOf('/live/mira', 'networkidle'),
} satisfies Row;

/** The same of an overlay in a streaming program: all of its script, as the page fetches nothing later. */
export const overlayScript = {
  name: 'script of an overlay',
  unit: 'kB gzip',
  bar: 15,
  better: 'lower',
  runs: 1,
  // It asks for its stream for ever, so it is never idle; what it runs is there when it has loaded.
  run: () => scriptOf('/overlay/preview/alerts', 'load'),
} satisfies Row;

/** What a page's scripts weigh when it is opened by nobody who is known. */
function scriptOf(path: string, waitUntil: 'load' | 'networkidle'): Promise<Measured> {
  return withSite({ CARAT_CROWD: 'off' }, async ({ origin }) => {
    const executablePath = installedChromium();
    if (executablePath === undefined) throw new Skipped('no Chromium here; set CHROME to the path of one');
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    try {
      const page = await browser.newPage();
      const scripts: Promise<Buffer>[] = [];
      page.on('response', (response) => {
        if (response.request().resourceType() === 'script') scripts.push(response.body());
      });
      await page.goto(origin + path, { waitUntil });
      const bodies = await Promise.all(scripts);
      const bytes = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
      return { value: bytes / 1_000, detail: `${bodies.length} files` };
    } finally {
      await browser.close();
    }
  });
}

interface Started {
  readonly process: ChildProcess;
  readonly origin: string;
  /** Milliseconds until its first page was answered. */
  readonly openedMs: number;
}

/** Starts the product with a data directory of its own, and ends it as Ctrl-C does. */
async function withSite<Answer>(
  env: Record<string, string>,
  look: (site: Started) => Promise<Answer>,
): Promise<Answer> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const began = performance.now();
  const process = start({ CARAT_DATA_DIR: dataDirectory, PORT: '0', ...env });
  const ended = new Promise((resolve) => process.once('exit', resolve));
  try {
    const origin = await addressOf(process);
    const page = await fetch(origin);
    if (!page.ok || !(await page.text()).includes('<html')) throw new Error(`no page: ${page.status}`);
    return await look({ process, origin, openedMs: performance.now() - began });
  } finally {
    process.kill('SIGINT');
    await ended;
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

function start(env: Record<string, string>): ChildProcess {
  const { PATH, HOME } = process.env;
  return spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH, HOME, ...env },
  });
}

/** The address that it prints once it is open. */
function addressOf(site: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let said = '';
    const late = setTimeout(() => failed(new Error(`it did not open; it said:\n${said}`)), OPEN_WITHIN_MS);
    site.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const address = /open at (http:\/\/\S+)/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(late);
      found(address);
    });
    site.once('exit', (code) => {
      clearTimeout(late);
      failed(new Error(`it ended with ${code}; it said:\n${said}`));
    });
  });
}

/** The server itself: the process that `npm start` waits for. */
function serverOf(starter: number | undefined): number {
  const [server] = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === starter);
  if (server?.[0] === undefined) throw new Error('the server is not there');
  return server[0];
}
