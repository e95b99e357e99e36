import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { checkSources } from './checks.mjs';
import { CHECKOUT, capture, NODE } from './child.mjs';
import { ensureChromium, HOW_TO_INSTALL } from './chromium.mjs';
import { filesIn } from './fingerprint.mjs';
import { ensureInstalled } from './install.mjs';
import { runNodeTests } from './node-tests.mjs';
import { duration, say } from './say.mjs';
import { withTestDatabase } from './test-database.mjs';
import { withTown } from './town.mjs';
import { ensureWebBuilt } from './web.mjs';

// `npm test`: everything, from a fresh clone. `npm test -- server/src/ledger`: the server's tests under a path.
const began = Date.now();
/**
 * Tests share their machine with a browser, databases and servers, and a machine may stop for a moment. A file that
 * failed is run again, and both are told. More than this many are no accident.
 */
const RUN_AGAIN_MAX = 4;
/** Journeys that play video or count frames: one at a time, beside one that does neither. */
const BUSY_JOURNEYS = [
  'gifting',
  'go-live',
  'gstreamer',
  'match',
  'overlays',
  'remote-video',
  'resilience',
  'video',
];
const paths = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };

await ensureInstalled();
if (paths.length > 0) {
  await withTestDatabase((env) => add(runNodeTests(testsUnder(paths), { env })));
} else {
  await add(checkSources());
  await ensureWebBuilt();
  await withTestDatabase(async (env) => {
    say('\nThe server');
    await add(withSecondRun(testsUnder(['server', 'bench']), (files) => runNodeTests(files, { env })));
    await add(webTests());
    say('\nThe journeys in a browser');
    await add(journeys(env));
  });
  say(`\nTook ${duration(Date.now() - began)}.`);
}
say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

async function add(counting) {
  const counted = await counting;
  for (const outcome of Object.keys(total)) total[outcome] += counted[outcome];
}

function testsUnder(folders) {
  return folders
    .flatMap((folder) => filesIn(join(CHECKOUT, folder)))
    .filter((path) => path.endsWith('.test.ts'));
}

async function webTests() {
  const files = filesIn(join(CHECKOUT, 'web/src')).filter((path) => /\.test\.tsx?$/.test(path));
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  say('\nThe web app');
  const vitest = join(CHECKOUT, 'node_modules/vitest/vitest.mjs');
  const answers = join(tmpdir(), `carat-web-tests-${process.pid}.json`);
  const { code, said } = await capture(
    NODE,
    [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${answers}`],
    { cwd: join(CHECKOUT, 'web'), env: { NO_COLOR: '1' } },
  );
  const counted = existsSync(answers) ? JSON.parse(readFileSync(answers, 'utf8')) : undefined;
  rmSync(answers, { force: true });
  if (code !== 0) say(said.trim());
  if (counted === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped } = counted;
  if (code === 0) say(`✔ web  ${passed} passed`);
  // A file that does not even load has no failed test of its own.
  return { passed, failed: numFailedTests > 0 || code === 0 ? numFailedTests : 1, skipped };
}

async function journeys(env) {
  const files = testsUnder(['e2e']);
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const chrome = await ensureChromium();
  if (chrome === undefined) {
    say(
      `✖ No Chromium was found, and none could be installed. Type this, then run npm test again:\n  ${HOW_TO_INSTALL}`,
    );
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return withTown(async (town) => {
    const all = { env: { ...env, ...town, CHROME: chrome } };
    return withSecondRun(files, async (some) => {
      const busy = some.filter((path) => BUSY_JOURNEYS.includes(basename(path, '.test.ts')));
      const calm = some.filter((path) => !busy.includes(path));
      const [one, other] = await Promise.all([playInTurn(busy, all), playInTurn(calm, all)]);
      return sumOf([one, other]);
    });
  });
}

/** Each in a runner of its own: one that hangs takes no other with it. */
async function playInTurn(files, options) {
  const played = [];
  for (const path of files) played.push(await runNodeTests([path], options));
  return sumOf(played);
}

function sumOf(counts) {
  const all = { passed: 0, failed: 0, skipped: 0, broken: [] };
  for (const { broken, ...counted } of counts) {
    for (const outcome of Object.keys(counted)) all[outcome] += counted[outcome];
    all.broken.push(...broken);
  }
  return all;
}

/** Runs test files, and those that failed once more when they are few. */
async function withSecondRun(files, run) {
  const first = await run(files);
  const { broken } = first;
  if (broken.length === 0 || broken.length > RUN_AGAIN_MAX) return first;
  say('\nOnce more, what failed');
  const second = await run(broken.map(({ path }) => path));
  const sum = (counts, outcome) => counts.reduce((all, each) => all + each[outcome], 0);
  const inAll = (outcome) => first[outcome] - sum(broken, outcome) + second[outcome];
  const failed = inAll('failed');
  const shaky = first.failed - failed;
  if (shaky > 0) say(`${shaky} passed only the second time: read above why they failed at first.`);
  return { passed: inAll('passed'), failed, skipped: inAll('skipped') };
}
