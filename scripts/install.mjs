import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT, capture, NODE, run } from './child.mjs';
import { fingerprint, isStamped, writeStamp } from './fingerprint.mjs';
import { giveUp, say } from './say.mjs';

const MODULES = join(CHECKOUT, 'node_modules');
const STAMP = join(MODULES, '.carat-installed');

/** Makes node_modules what package-lock.json says, once; afterwards this takes milliseconds. */
export async function ensureInstalled() {
  const print = fingerprint(['package-lock.json', 'package.json'], `${process.platform} ${process.arch}`);
  if (isStamped(STAMP, print) && existsSync(NODE)) return;
  if (!matchesLock()) {
    say('Installing what Carat needs (once; about a minute) …');
    const code = await run(npm(), ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    if (code !== 0) {
      giveUp(`npm ci failed (exit code ${code}). Its message is above; mend that, then run this again.`);
    }
  }
  await ensureRuns();
  writeStamp(STAMP, print);
}

/** Whether somebody installed exactly the locked versions by hand: then nothing is installed again. */
function matchesLock() {
  const [wanted, found] = [join(CHECKOUT, 'package-lock.json'), join(MODULES, '.package-lock.json')].map(
    (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined),
  );
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/') || link) return true;
    const installed = found[path];
    return installed === undefined ? optional === true : installed.version === version;
  });
}

/** npm may have been told to run no install scripts; Node 24 and PostgreSQL are put in place by theirs. */
async function ensureRuns() {
  if (await nodeRuns()) return;
  await capture(npm(), ['rebuild', '--ignore-scripts=false', '--foreground-scripts']);
  if (await nodeRuns()) return;
  const { said } = await capture(NODE, ['--version']);
  giveUp(
    `Node 24 from npm does not run here: ${said.trim()}\n` +
      'Delete node_modules and run: npm ci --ignore-scripts=false',
  );
}

async function nodeRuns() {
  const { code, said } = await capture(NODE, ['--version']);
  return code === 0 && said.startsWith('v24.');
}

function npm() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}
