import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorsPage } from '../../src/errors-page.ts';

test('docs/errors.md lists every refusal of the code, and nothing else', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  assert.equal(page, errorsPage(), 'run `npm run generate`');
});
