import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, afterEach } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';

const CANDIDATES = [
  process.env.CHROME,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
/** A slow machine is no failure: only what never comes is. */
const WAIT_MS = 90_000;

/** The Chromium of this machine: the one in `CHROME`, or one where they usually are. */
export function installedChromium(): string | undefined {
  return CANDIDATES.find((path) => path !== undefined && existsSync(path));
}

/**
 * One browser for the test file; closed when the file is done. `forbidden`: there is a camera that nobody may use.
 * `motion`: its visitors did not ask for calm pages. Without it stages stand still, since a stage that is drawn without
 * a graphics card takes a core for itself.
 */
export async function openBrowser({
  camera = false,
  udp = true,
  motion = camera !== false,
}: {
  readonly camera?: boolean | 'forbidden';
  readonly udp?: boolean;
  readonly motion?: boolean;
} = {}): Promise<Browser> {
  const executablePath = installedChromium();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      // A camera that shows a moving figure and beeps, and that nobody has to allow.
      ...(camera === false ? [] : ['--use-fake-device-for-media-stream']),
      ...(camera === true ? ['--use-fake-ui-for-media-stream'] : []),
      // A network that lets no UDP through.
      ...(udp
        ? []
        : ['--force-webrtc-ip-handling-policy', '--webrtc-ip-handling-policy=disable_non_proxied_udp']),
    ],
  });
  after(() => browser.close());
  // A suite's own context is handed over where there is no test's.
  afterEach(async (test) => {
    if (!('passed' in test) || test.passed) return;
    await tellWhatIsShown(browser, test);
    // What the tests after it find must not depend on where it stopped.
    for (const context of browser.contexts()) await context.close();
  });
  if (motion) moving.add(browser);
  return browser;
}

/** Prints what the open pages of a test that failed show. */
async function tellWhatIsShown(browser: Browser, { name }: { readonly name: string }): Promise<void> {
  for (const page of browser.contexts().flatMap((context) => context.pages())) {
    const shown = await page.evaluate<string>('document.body.innerText').catch(String);
    const line = shown.replace(/\s*\n\s*/g, ' | ').slice(0, 1_500);
    process.stdout.write(`${name}: ${page.url()} shows ${line}\n`);
  }
}

/** Browsers whose visitors see things move. */
const moving = new WeakSet<Browser>();

export const DESKTOP = { width: 1440, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;

/** A person at a screen: a page of their own, and what its console complained about. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly origin: string;
  /** Errors of the page and its console; a journey ends with none. */
  readonly complaints: string[];
}

export interface VisitorOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly reducedMotion?: 'reduce' | 'no-preference';
  readonly colorScheme?: 'dark' | 'light';
  /** Somebody of the demo town; else nobody is signed in. */
  readonly as?: string;
  /** Whether they gave their password a moment ago, as what operators do takes; unless told, they did. */
  readonly confirmed?: boolean;
}

/** Opens a fresh browser context, as another person on another machine. */
export async function visitor(
  browser: Browser,
  origin: string,
  options: VisitorOptions = {},
): Promise<Visitor> {
  const { viewport = DESKTOP, colorScheme = 'light', as } = options;
  const { reducedMotion = moving.has(browser) ? 'no-preference' : 'reduce' } = options;
  const context = await browser.newContext({
    baseURL: origin,
    viewport,
    reducedMotion,
    colorScheme,
    locale: 'en-GB',
    hasTouch: viewport.width < 800,
  });
  context.setDefaultTimeout(WAIT_MS);
  const complaints: string[] = [];
  if (as !== undefined) await enter(context, origin, { handle: as, confirmed: options.confirmed ?? true });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  return { page, context, origin, complaints };
}

async function enter(
  context: BrowserContext,
  origin: string,
  { handle, confirmed }: { readonly handle: string; readonly confirmed: boolean },
): Promise<void> {
  const answer = await context.request.post('/v1/demo/sign-in', { data: { handle }, headers: { origin } });
  assert.ok(answer.ok(), `demo sign-in answered ${answer.status()}: ${await answer.text()}`);
  if (!confirmed) return;
  const confirmation = await context.request.post('/v1/session/confirmation', {
    data: {},
    headers: { origin },
  });
  assert.ok(confirmation.ok(), `the confirmation answered ${confirmation.status()}`);
}

/** A page that asks for video before there is a picture is told to ask again, and every browser writes that down. */
const NO_PICTURE_YET = /409 .*\/whep/;

/** Ends a visit: nobody's console may have complained. `expected` are complaints that the journey itself provoked. */
export async function leave(visitors: readonly Visitor[], expected: readonly RegExp[] = []): Promise<void> {
  for (const { context, complaints } of visitors) {
    await context.close();
    const fine = [NO_PICTURE_YET, ...expected];
    const unexpected = complaints.filter((said) => !fine.some((pattern) => pattern.test(said)));
    assert.deepEqual(unexpected, [], 'the console complained');
  }
}

/** Opens a stage and waits until it follows what happens there. */
export async function openStage({ page }: Visitor, handle: string, search = ''): Promise<void> {
  const joined = hearsFrame(page, /"t":"joined"/);
  await page.goto(`/live/${handle}${search}`);
  await joined;
}

/** Resolves when the page hears a frame like this from the server. Ask before what causes it. */
export async function hearsFrame(page: Page, pattern: RegExp): Promise<void> {
  await new Promise<void>((heard, failed) => {
    const late = setTimeout(() => failed(new Error(`no frame like ${pattern} came`)), WAIT_MS);
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        if (!pattern.test(String(payload))) return;
        clearTimeout(late);
        heard();
      }),
    );
  });
}

/** Resolves when what is read is so; else says what it read last. */
export async function until<T>(
  what: string,
  read: () => Promise<T>,
  isSo: (value: T) => boolean,
  waitMs = WAIT_MS,
): Promise<T> {
  const end = Date.now() + waitMs;
  for (;;) {
    const value = await read();
    if (isSo(value)) return value;
    if (Date.now() > end)
      throw new Error(`${what}: still ${JSON.stringify(value)?.slice(0, 400)} after ${waitMs} ms`);
    await new Promise((soon) => setTimeout(soon, 50));
  }
}

export async function isVisible(locator: Locator): Promise<void> {
  await locator.filter({ visible: true }).first().waitFor();
}

export async function isGone(locator: Locator): Promise<void> {
  await until(
    `${locator} is gone`,
    () => locator.count(),
    (count) => count === 0,
  );
}

/** Waits until the keyboard is on it. */
export async function hasFocus(page: Page, locator: Locator): Promise<void> {
  await isVisible(locator.and(page.locator(':focus')));
}

/** No serious or critical finding of axe, and nothing wider than the screen. */
export async function looksRight({ page }: Visitor, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  assert.deepEqual(grave, [], `axe on ${what}`);
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  assert.ok(overflow <= 0, `${what} is ${overflow} px wider than the screen`);
}
