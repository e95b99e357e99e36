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

/** Runs node:test over files, a line per file; resolves to how many tests passed, failed and were skipped. */
export async function runNodeTests(files, { env, atOnce = 2 }) {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const child = spawn(NODE, [...FLAGS, `--test-concurrency=${atOnce}`, ...files], {
    cwd: CHECKOUT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => {
    child.once('close', done);
  });
  let tally;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('#tally ')) tally = JSON.parse(line.slice('#tally '.length));
    else process.stdout.write(`${line}\n`);
  }
  const code = await ended;
  if (tally === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { heard, ...counted } = tally;
  const unheard = files.filter((file) => !heard.includes(file));
  for (const file of unheard) process.stdout.write(`✖ ${relative(CHECKOUT, file)} was not heard of\n`);
  const failed = counted.failed + unheard.length;
  // The runner may fail for a reason that no test has, e.g. a file that never ended.
  return { ...counted, failed: code === 0 ? failed : Math.max(failed, 1) };
}
