import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CHECKOUT, capture, NODE } from './child.mjs';
import { say } from './say.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const MAC_APPS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The path of a Chromium that runs here: the one in `CHROME`, one that is installed, or one installed now. */
export async function ensureChromium() {
  const found = await findChromium();
  if (found !== undefined) return found;
  say('Installing a Chromium for the browser journeys (once) …');
  for (const install of [byApt, byPlaywright]) {
    await install();
    const installed = await findChromium();
    if (installed !== undefined) return installed;
  }
  return undefined;
}

/** What to type where neither way worked. */
export const HOW_TO_INSTALL =
  process.platform === 'darwin'
    ? 'brew install --cask chromium    (or set CHROME to the path of a Chrome)'
    : 'sudo apt-get install chromium    (Debian), sudo dnf install chromium (Fedora), or set CHROME to the path of a Chrome';

async function findChromium() {
  for (const path of candidates()) {
    if (!existsSync(path)) continue;
    // Ubuntu's /usr/bin/chromium only points to a snap, which many machines cannot run: so it is asked.
    const { code } = await capture(path, ['--version', '--no-sandbox']);
    if (code === 0) return path;
  }
  return undefined;
}

function candidates() {
  const given = process.env.CHROME;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const installed = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...(given ? [given] : []), ...installed, ...MAC_APPS, ...playwrightCache()];
}

function playwrightCache() {
  const cache =
    process.env.PLAYWRIGHT_BROWSERS_PATH ??
    join(homedir(), process.platform === 'darwin' ? 'Library/Caches/ms-playwright' : '.cache/ms-playwright');
  if (!existsSync(cache)) return [];
  const folders = readdirSync(cache).filter((name) => name.startsWith('chromium'));
  return folders.flatMap((folder) => executablesIn(join(cache, folder)));
}

/** `chromium-1234/chrome-linux64/chrome`, `chromium_headless_shell-1234/…/chrome-headless-shell`, the Mac's bundle. */
function executablesIn(folder) {
  const names = ['chrome', 'chrome-headless-shell', 'headless_shell', 'Chromium.app/Contents/MacOS/Chromium'];
  return readdirSync(folder).flatMap((inner) => names.map((name) => join(folder, inner, name)));
}

async function byApt() {
  if (process.getuid?.() !== 0 || (await capture('apt-get', ['--version'])).code !== 0) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await capture('apt-get', ['update', '-qq'], { env });
  await capture('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env });
}

async function byPlaywright() {
  const cli = join(CHECKOUT, 'node_modules/playwright-core/cli.js');
  const withLibraries = process.getuid?.() === 0 && process.platform === 'linux' ? ['--with-deps'] : [];
  await capture(NODE, [cli, 'install', ...withLibraries, 'chromium-headless-shell']);
}
