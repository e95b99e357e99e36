import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SLICE_ORDER } from '../../src/slices.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DECISIONS = 'docs/decisions';

/** Where a path in a document may begin. */
const BEGINNINGS = ['', 'server/src', 'server', 'web/src', 'web'];

const pages = ['', 'docs', DECISIONS, 'docs/walkthroughs']
  .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name)))
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

test('a decision has a number of its own and begins with what was decided', () => {
  const decisions = pages.filter(({ path }) => /\/\d{4}-[^/]+$/.test(path));
  const numbers = decisions.map(({ path }) => path.slice(DECISIONS.length + 1).slice(0, 4));
  assert.deepEqual(numbers, [...new Set(numbers)]);
  for (const [index, { path, text }] of decisions.entries()) {
    const [title, empty, decision] = text.split('\n');
    assert.match(title ?? '', new RegExp(`^# ${numbers[index]} \\S`), path);
    assert.equal(empty, '', path);
    assert.match(decision ?? '', /^\*\*\S/, path);
  }
});

test('ARCHITECTURE.md lists the slices in their order', () => {
  const house = pages.find(({ path }) => path === 'ARCHITECTURE.md')?.text ?? '';
  const listed = [...house.matchAll(/^\| `(\w+)` \|/gm)].map(([, slice]) => slice);
  assert.deepEqual(listed, [...SLICE_ORDER]);
});

test('documents name files that there are', () => {
  const gone: string[] = [];
  for (const { path, text } of pages) {
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      if (!existsSync(join(ROOT, dirname(path), target))) gone.push(`${path}: ${target}`);
    }
    for (const [, target = ''] of text.matchAll(
      /`([\w-]+(?:\/[\w.-]+)*\/[\w.-]+\.(?:ts|tsx|mjs|json|md|sql))`/g,
    )) {
      if (!BEGINNINGS.some((beginning) => existsSync(join(ROOT, beginning, target))))
        gone.push(`${path}: ${target}`);
    }
  }
  assert.deepEqual(gone, []);
});
