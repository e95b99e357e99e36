import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT, capture, NODE } from './child.mjs';
import { fingerprint, isStamped, writeStamp } from './fingerprint.mjs';
import { giveUp, say } from './say.mjs';

const SOURCES = [
  'web/src',
  'web/public',
  'web/index.html',
  'web/overlay',
  'web/vite.config.ts',
  'web/package.json',
  'package-lock.json',
];
const BUILT = join(CHECKOUT, 'web/dist');
const STAMP = join(BUILT, '.built-from');

/** Builds the web app into web/dist when its sources changed. */
export async function ensureWebBuilt() {
  const print = fingerprint(SOURCES);
  if (isStamped(STAMP, print) && existsSync(join(BUILT, 'index.html'))) return;
  say('Building the web app …');
  const vite = join(CHECKOUT, 'node_modules/vite/bin/vite.js');
  const { code, said } = await capture(NODE, [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(CHECKOUT, 'web'),
  });
  if (code !== 0) giveUp(`${said}\nThe web app could not be built; what is wrong stands above.`);
  writeStamp(STAMP, print);
}
