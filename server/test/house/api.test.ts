import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { testHouse } from '../test-house.ts';

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly responses?: Readonly<Record<string, unknown>>;
  readonly 'x-access'?: string;
}

test('server/openapi.json is the contract of the code', async () => {
  const { app } = await testHouse();
  const committed = readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8');
  assert.equal(committed, `${JSON.stringify(app.swagger(), null, 2)}\n`, 'run `npm run generate`');
});

test('every route says who may call it, what it is for and what it answers', async () => {
  const { app } = await testHouse();
  const missing: string[] = [];
  for (const [path, methods] of Object.entries(app.swagger().paths ?? {})) {
    for (const [method, operation] of Object.entries(methods as Record<string, Operation>)) {
      const where = `${method.toUpperCase()} ${path}`;
      if (operation['x-access'] === undefined) missing.push(`${where} has no access`);
      if (!operation.summary) missing.push(`${where} has no summary`);
      if (!operation.tags?.length) missing.push(`${where} has no tag`);
    }
  }
  assert.deepEqual(missing, []);
});
