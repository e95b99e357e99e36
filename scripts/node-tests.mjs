import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CHECKOUT, NODE } from './child.mjs';

const REPORTER = join(CHECKOUT, 'scripts/reporter.mjs');

/** Runs node:test over files, a line per file; resolves to how many tests passed, failed and were skipped. */
export async function runNodeTests(files, { env, atOnce = 2 }) {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const child = spawn(
    NODE,
    ['--test', `--test-concurrency=${atOnce}`, `--test-reporter=${REPORTER}`, ...files],
    { cwd: CHECKOUT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let tally;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('#tally ')) tally = JSON.parse(line.slice('#tally '.length));
    else process.stdout.write(`${line}\n`);
  });
  const code = await new Promise((done) => {
    child.once('close', done);
  });
  if (tally === undefined) return { passed: 0, failed: 1, skipped: 0 };
  // The runner may fail for a reason that no test has, e.g. a file that never ended.
  return code === 0 || tally.failed > 0 ? tally : { ...tally, failed: 1 };
}
