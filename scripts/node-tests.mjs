import { spawn } from 'node:child_process';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { CHECKOUT, NODE } from './child.mjs';

const FLAGS = [
  '--test',
  `--test-reporter=${join(CHECKOUT, 'scripts/reporter.mjs')}`,
  // Of a test and of a file: one that leaves a server open ends as failed. Forcing the files to end instead would
  // cut off what the quickest of them still had to say.
  '--test-timeout=300000',
];

/** No file takes nearly as long: a runner that is silent for so long waits for one that never ends. */
const SILENT_MS = 480_000;

/**
 * Runs node:test over files, a line per file; resolves to how many tests passed, failed and were skipped, and to the
 * same counts for each file that is `broken`. A file that does not end, not even at its time limit, is ended with
 * everything it started, and counts as failed.
 */
export async function runNodeTests(files, { env }) {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0, broken: [] };
  const child = spawn(NODE, [...FLAGS, '--test-concurrency=2', ...files], {
    cwd: CHECKOUT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group of its own, to be ended whole.
    detached: true,
  });
  const endAll = () => process.kill(-child.pid, 'SIGKILL');
  const interrupted = (signal) => {
    child.once('close', () => process.kill(process.pid, signal));
    process.kill(-child.pid, signal);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const ended = new Promise((done) => {
    child.once('close', done);
  });
  let tally;
  const said = [];
  let silence = setTimeout(endAll, SILENT_MS);
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(silence);
    silence = setTimeout(endAll, SILENT_MS);
    if (line.startsWith('#tally ')) tally = JSON.parse(line.slice('#tally '.length));
    else {
      process.stdout.write(`${line}\n`);
      said.push(line);
    }
  }
  clearTimeout(silence);
  const code = await ended;
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  if (tally === undefined) return untold(files, said);
  const { heard, broken, ...counted } = tally;
  const unheard = files.filter((file) => !heard.includes(file));
  for (const file of unheard) process.stdout.write(`✖ ${relative(CHECKOUT, file)} was not heard of\n`);
  const failed = counted.failed + unheard.length;
  const silent = unheard.map((path) => ({ path, passed: 0, failed: 1, skipped: 0 }));
  // The runner may fail for a reason that no test has, e.g. a file that never ended.
  return { ...counted, failed: code === 0 ? failed : Math.max(failed, 1), broken: [...broken, ...silent] };
}

/** What is known when the runner itself was ended: which files had not said their line. */
function untold(files, said) {
  const missing = files
    .map((file) => relative(CHECKOUT, file))
    .filter((file) => !said.some((line) => line.includes(` ${file} `)));
  for (const file of missing) process.stdout.write(`✖ ${file} did not end\n`);
  const broken = missing.map((path) => ({ path: join(CHECKOUT, path), passed: 0, failed: 1, skipped: 0 }));
  return { passed: 0, failed: Math.max(missing.length, 1), skipped: 0, broken };
}
