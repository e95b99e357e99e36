import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { asyncApi } from '../../src/asyncapi.ts';
import type { Slice } from '../../src/house.ts';
import { compileSerializer, compileValidator } from '../../src/http/validation.ts';
import { allMessages } from '../../src/realtime/messages.ts';
import { slices } from '../../src/slices.ts';
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

test('server/asyncapi.json is what the code says to tools, and its examples are as it says', async () => {
  const committed = readFileSync(new URL('../../asyncapi.json', import.meta.url), 'utf8');
  assert.equal(committed, `${JSON.stringify(asyncApi(), null, 2)}\n`, 'run `npm run generate`');
  const ajv = new Ajv({ strict: false });
  for (const { name, schema, examples } of allMessages()) {
    assert.ok(examples.length > 0, `${name} has no example`);
    for (const example of examples) assert.ok(ajv.validate(schema, example), `${name}: ${ajv.errorsText()}`);
  }
});

test('every event that the code makes has a message that tools can read about', () => {
  const source = new URL('../../src/', import.meta.url);
  const published = new Set(allMessages().map(({ type }) => type));
  const unpublished = globSync('**/*.ts', { cwd: fileURLToPath(source) })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => ({ file, text: readFileSync(new URL(file, source), 'utf8') }))
    .filter(({ text }) => /import .*\bNewRoomEvent\b/.test(text))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/\btype: '(\w+)'/g)].map(([, type = '']) => ({ file, type })),
    )
    .filter(({ type }) => !published.has(type));
  assert.deepEqual(unpublished, [], 'say what they are with defineMessage (realtime/messages.ts)');
});

test('every message of server/asyncapi.json is reachable from its operation, and every reference leads somewhere', () => {
  const document = JSON.parse(JSON.stringify(asyncApi()));
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
    ([, path]) => path ?? '',
  );
  assert.ok(references.length > 0);
  for (const path of references) {
    const found = path.split('/').reduce((inside, name) => inside?.[name], document);
    assert.notEqual(found, undefined, path);
  }
  assert.deepEqual(
    document.operations.tell.messages.map(({ $ref }: { $ref: string }) => $ref.split('/').at(-1)),
    Object.keys(document.components.messages),
  );
});

test('every schema can be compiled, as none is before it is needed', async () => {
  const compiled: string[] = [];
  const watch: Slice = {
    name: 'watch',
    routes(app) {
      app.addHook('onRoute', ({ schema, url, method }) => {
        const { body, querystring, params, response } = (schema ?? {}) as Record<string, object | undefined>;
        for (const [httpPart, part] of Object.entries({ body, querystring, params })) {
          if (part === undefined) continue;
          compileValidator(part, httpPart);
          compiled.push(`${method} ${url} ${httpPart}`);
        }
        for (const [status, answer] of Object.entries(response ?? {})) {
          compileSerializer(answer);
          compiled.push(`${method} ${url} ${status}`);
        }
      });
    },
  };
  await testHouse({ slices: [watch, ...slices] });
  assert.ok(compiled.length > 300, `only ${compiled.length} schemas`);
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

test('the contract asks for an Idempotency-Key exactly where one is needed', async () => {
  const { app, person } = await testHouse();
  const ana = await person('ana');
  const told: string[] = [];
  for (const [path, methods] of Object.entries(app.swagger().paths ?? {})) {
    const { post } = methods as { post?: { parameters?: { name: string; required?: boolean }[] } };
    const key = post?.parameters?.find(({ name }) => name === 'idempotency-key');
    if (key === undefined) continue;
    assert.equal(key.required, true, path);
    told.push(path);
  }
  assert.deepEqual(told.sort(), [
    '/v1/console/orders/{id}/refunds',
    '/v1/gifts',
    '/v1/me/stage/polls',
    '/v1/me/withdrawals',
    '/v1/orders',
    '/v1/orders/{id}/refunds',
    '/v1/stages/{handle}/questions',
  ]);
  assert.equal((await ana.post('/v1/me/creator')).status, 200);
  const bodies = {
    '/v1/me/stage/polls': {
      kind: 'poll',
      title: 'Why?',
      options: [{ text: 'A' }, { text: 'B' }],
      seconds: 60,
    },
    '/v1/gifts': { stageId: `stage_${'0'.repeat(32)}`, giftId: 'rose' },
    '/v1/orders': { item: { kind: 'exact', coins: '219' } },
    '/v1/stages/ana/questions': { text: 'Why?', coins: '0' },
  };
  for (const [path, body] of Object.entries(bodies)) {
    assert.equal((await ana.post(path, body)).body.code, 'idempotency_key_missing', path);
  }
});

test('what has a default need not be said', async () => {
  const { app } = await testHouse();
  const needed = Object.entries(app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    Object.values(methods as Record<string, { parameters?: Parameter[] }>).flatMap(({ parameters = [] }) =>
      parameters
        .filter(({ required, schema }) => required === true && schema?.default !== undefined)
        .map(({ name }) => `${path}?${name}`),
    ),
  );
  assert.deepEqual(needed, []);
});

interface Parameter {
  readonly name: string;
  readonly required?: boolean;
  readonly schema?: { readonly default?: unknown };
}

test('no page runs a script that was made from text, nor takes one from elsewhere', async () => {
  const { stranger } = await testHouse();
  const policy = (await stranger.get('/v1/health')).headers.get('content-security-policy') ?? '';
  const directives = policy.split(';');
  for (const needed of ["script-src 'self'", "object-src 'none'", "require-trusted-types-for 'script'"]) {
    assert.ok(directives.includes(needed), `${needed} in ${policy}`);
  }
});
