import { relative } from 'node:path';
import { CHECKOUT } from './child.mjs';
import { duration } from './say.mjs';

/**
 * node:test for a person: one line per file, every failure in full, skipped tests with their reason.
 * The last line is `#tally {"passed":…,"failed":…,"skipped":…,"heard":[…],"broken":[…]}`: how many tests, which files
 * had any, and the counts of those that failed.
 */
export default async function* report(events) {
  const files = new Map();
  const total = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    const file = files.get(data?.file) ?? { passed: 0, failed: 0, skipped: 0, lines: [] };
    if (data?.file !== undefined) files.set(data.file, file);
    if ((type === 'test:pass' || type === 'test:fail') && countsAsTest(type, data)) {
      const outcome = data.skip !== undefined ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
      file[outcome] += 1;
      total[outcome] += 1;
      if (outcome === 'skipped') file.lines.push(`  – ${data.name}: skipped, ${reason(data.skip)}`);
      if (outcome === 'failed') file.lines.push(failure(data));
    } else if (type === 'test:stderr' || type === 'test:stdout') {
      file.said = `${file.said ?? ''}${data.message}`;
    } else if (type === 'test:summary' && data.file !== undefined) {
      file.told = file.failed;
      yield line(data.file, file, data.duration_ms);
    }
  }
  // A file that broke before its first test gets no summary; one that broke after its last was told as if it had not.
  for (const [path, file] of files) if (file.failed > (file.told ?? 0)) yield line(path, file, 0);
  const heard = [...files].filter(([, file]) => file.passed + file.failed + file.skipped > 0);
  const broken = heard
    .filter(([, { failed }]) => failed > 0)
    .map(([path, { passed, failed, skipped }]) => ({ path, passed, failed, skipped }));
  yield `#tally ${JSON.stringify({ ...total, heard: heard.map(([path]) => path), broken })}\n`;
}

/** A suite is the sum of its tests; a file stands for itself only when it broke before any test could. */
function countsAsTest(type, data) {
  if (data.details?.type === 'suite') {
    return type === 'test:fail' && !/subtests? failed/.test(data.details.error?.message ?? '');
  }
  return !/^\d+ subtests? failed/.test(data.details?.error?.cause ?? '');
}

function line(path, file, durationMs) {
  const name = relative(CHECKOUT, path);
  const mark = file.failed > 0 ? '✖' : '✔';
  const counts = [`${file.passed} passed`];
  if (file.failed > 0) counts.push(`${file.failed} failed`);
  if (file.skipped > 0) counts.push(`${file.skipped} skipped`);
  const said =
    file.failed > 0 && file.said ? [`  what it printed:\n${indent(file.said.trim().slice(-4_000))}`] : [];
  return `${[`${mark} ${name}  ${counts.join(', ')}  (${duration(durationMs)})`, ...file.lines, ...said].join('\n')}\n`;
}

function failure(data) {
  const error = data.details?.error;
  const cause = error?.cause ?? error;
  const text = typeof cause === 'string' ? cause : (cause?.stack ?? String(cause));
  const where = data.line === undefined ? '' : ` (line ${data.line})`;
  return `  ✖ ${data.name}${where}\n${indent(text)}`;
}

function reason(skip) {
  return typeof skip === 'string' ? skip : 'no reason given';
}

function indent(text) {
  return text
    .split('\n')
    .map((each) => `      ${each}`)
    .join('\n');
}
