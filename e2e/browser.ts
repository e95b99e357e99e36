import { existsSync } from 'node:fs';
import { after } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const CANDIDATES = [
  process.env.CHROME,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** One browser for the test file; closed when the file is done. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = CANDIDATES.find((path) => path !== undefined && existsSync(path));
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  after(() => browser.close());
  return browser;
}

export const DESKTOP = { width: 1440, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;

/** A person at a screen: a page of their own, and what its console complained about. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page and its console; a journey ends with none. */
  readonly complaints: string[];
}

export interface VisitorOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly reducedMotion?: 'reduce' | 'no-preference';
  readonly colorScheme?: 'dark' | 'light';
}

/** Opens a fresh browser context, as another person on another machine. */
export async function visitor(
  browser: Browser,
  origin: string,
  { viewport = DESKTOP, reducedMotion = 'no-preference', colorScheme = 'light' }: VisitorOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport,
    reducedMotion,
    colorScheme,
    hasTouch: viewport.width < 800,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  return { page, context, complaints };
}

/** Signs the visitor in as somebody of the demo town. */
export async function signInAs(who: Visitor, origin: string, handle: string): Promise<void> {
  const answer = await who.context.request.post(`${origin}/v1/demo/sign-in`, {
    data: { handle },
    headers: { origin },
  });
  if (!answer.ok()) throw new Error(`demo sign-in answered ${answer.status()}: ${await answer.text()}`);
}
