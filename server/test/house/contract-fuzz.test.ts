import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Ajv, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { newId, type Uuid } from '../../src/core/ids.ts';
import { allRefusals, type Problem } from '../../src/core/refusal.ts';
import { openPerson } from '../../src/identity/index.ts';
import { openSession } from '../../src/identity/session.ts';
import { audit } from '../../src/ledger/audit.ts';
import { startLive } from '../../src/live/index.ts';
import { livingOf } from '../../src/live/living.ts';
import { currentPolicy } from '../../src/policy/index.ts';
import { type TestHouse, testHouse } from '../test-house.ts';
import { buyCoins, goLive } from '../town-life.ts';

/**
 * Requests made from the contract, half of them as it says and half of them not, by everybody: none is our fault
 * (no 5xx), every answer is what the contract says or a refusal that has a name, and the books are right afterwards.
 */

/** The test ends after so long, however fast the machine. */
const FUZZ_MS = 10_000;
const REQUESTS_MIN = 100;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly access: string;
  readonly body: Schema | null;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly responses: ReadonlyMap<number, ValidateFunction | null>;
  /** How a failure names it. */
  readonly [fc.toStringMethod]: () => string;
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Asked {
  readonly operation: Operation;
  readonly who: string;
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | undefined;
}

const ajv = new Ajv({ strict: false, validateFormats: false });
const refusals = new Map(allRefusals().map((kind) => [kind.code, kind]));

let site: TestHouse;
let operations: Operation[];
let isProblem: ValidateFunction;
/** Cookies by who asks; `stranger` has none. */
const cookies = new Map<string, string>();
/** Their ids, by who they are. */
const people = new Map<string, Uuid>();
/** True things to say where the contract only knows a form. */
const known: Record<string, unknown[]> = {};

before(async () => {
  site = await testHouse();
  const fan = await site.person('fuzz_fan');
  const creator = await site.person('fuzz_creator');
  people.set('fan', uuidOf(fan.id)).set('creator', uuidOf(creator.id));
  for (const role of ['operator', 'support'] as const) {
    people.set(role, await somebody(`fuzz_${role.slice(0, 2)}`, '1990-01-01', [role]));
  }
  people.set('minor', await somebody('fuzz_minor', '2012-02-29'));
  await somebody('fuzz_victim', '1990-01-01');
  const orderId = await buyCoins(fan, 50_000n);
  const stageId = await goLive(creator);
  const key = newId();
  const sent = await fan.post('/v1/gifts', { stageId, giftId: 'teddy' }, key);
  const entries = await fan.get('/v1/me/wallet/entries');
  Object.assign(known, {
    stageId: [stageId],
    giftId: ['rose', 'teddy', 'comet'],
    handle: ['fuzz_fan', 'fuzz_creator', 'fuzz_victim', 'FUZZ_CREATOR', 'nobody'],
    key: [key, `${newId()}:3`],
    gate: ['send', 'buy', 'earn'],
    role: ['creator', 'support'],
    kind: ['gift', 'purchase'],
    token: ['a'.repeat(43)],
    version: ['1'],
    streakId: [STREAK_ID, newId()],
    quantity: [1, 2, 3, 12, 999, 1_000],
    count: [1, 2, 3],
    packId: ['pack_350'],
    returnTo: [
      '/wallet',
      '/live/fuzz_creator?sheet=gifts#top',
      '//evil.example',
      '/\\evil.example',
      '/%2f/x',
    ],
    coins: ['219', '10', '100000', '100001', '9223372036854775808', '9999999999999999999'],
    priceCents: ['296', '14'],
    targetUnits: ['1', '10000000000', '10000000001', '9999999999999999999'],
    dateOfBirth: ['1990-02-29', '1995-05-05', '0000-01-01'],
    from: ['2026-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', '-271821-04-20', '2026-13-01'],
    until: ['2099-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
    cursor: ['W10', 'WyI5IiwiY29pbnMiXQ', 'WzEsMCwxLCJzdGFnZV8iXQ', 'WzFlMzA4XQ'],
    orderId: [orderId],
    sentId: [sent.body.gift.id],
    txId: entries.body.items.map((item: { id: string }) => item.id),
  });
  for (const who of people.keys()) await refreshCookie(who);
  const document = site.app.swagger() as unknown as Document;
  // A stream does not end by itself; `live/stream.test.ts` asks for those.
  operations = readOperations(document).filter(({ path }) => !path.endsWith('/stream'));
  isProblem = ajv.compile(document.components.schemas.Problem);
});

test('whatever is asked, by whomever, is answered as the contract says', async () => {
  let requests = 0;
  const answered = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(askedArbitrary(), async (asked) => {
      const status = await check(asked);
      requests += 1;
      answered.set(status, (answered.get(status) ?? 0) + 1);
    }),
    {
      numRuns: 100_000,
      interruptAfterTimeLimit: FUZZ_MS,
      markInterruptAsFailure: false,
      verbose: fc.VerbosityLevel.None,
    },
  );
  assert.ok(requests >= REQUESTS_MIN, `only ${requests} requests in ${FUZZ_MS} ms`);
  const ok = [200, 201, 204].reduce((sum, status) => sum + (answered.get(status) ?? 0), 0);
  assert.ok(ok > requests / 20, `hardly anything was granted: ${JSON.stringify([...answered])}`);
});

test('afterwards the books are right', async () => {
  const report = await audit(site.house.db);
  assert.deepEqual(
    report.findings.filter(({ violations }) => violations.length > 0),
    [],
  );
});

/** Asks, and holds the answer against the contract. The status. */
async function check({ operation, who, address, headers, payload }: Asked): Promise<number> {
  const cookie = cookies.get(who);
  const answer = await site.app.inject({
    method: operation.method as 'GET',
    url: address,
    // The limits per address are not what is tested here.
    remoteAddress: operation.path.startsWith('/v1/sign-') ? '10.0.0.1' : `10.1.0.${requestCount++ % 250}`,
    headers: { host: new URL(site.origin).host, ...headers, ...(cookie === undefined ? {} : { cookie }) },
    ...(payload === undefined ? {} : { payload }),
  });
  const { statusCode: status, body } = answer;
  const type = String(answer.headers['content-type'] ?? '').split(';')[0];
  const where = `${operation.method} ${address.slice(0, 300)} by ${who}: ${status} ${body.slice(0, 600)}`;
  assert.ok(status < 500, where);
  const token = cookies.get(who)?.split('=')[1];
  assert.ok(token === undefined || !body.includes(token), `the token is in a body: ${where}`);
  const declared = operation.responses.get(status);
  if (declared !== undefined) {
    if (operation.access !== 'public') assert.equal(answer.headers['cache-control'], 'no-store', where);
    if (type === 'application/json' && declared !== null) {
      assert.ok(declared(JSON.parse(body)), `${where}\n${JSON.stringify(declared.errors)}`);
    } else {
      assert.ok(status === 204 || status === 304 || type === 'text/csv', `${type}: ${where}`);
    }
  } else {
    assert.equal(type, 'application/problem+json', where);
    const problem: unknown = JSON.parse(body);
    assert.ok(isProblem(problem), where);
    assert.equal(refusals.get((problem as Problem).code)?.status, status, where);
    assert.doesNotMatch((problem as Problem).remedy, /\{\w+\}/, where);
  }
  // The creator's stage stays live, or no gift would be granted any more.
  if (who === 'creator' && operation.path === '/v1/stages/end' && status === 200) {
    await startLive(livingOf(site.house), people.get('creator') ?? '', { title: 'Again' });
  }
  if (status === 401 && cookie !== undefined) await refreshCookie(who);
  if (answer.headers['set-cookie'] !== undefined && who !== 'stranger') await refreshCookie(who);
  return status;
}
let requestCount = 0;

/** A session of their own for whoever lost theirs: signing out, or being made somebody else, is in the contract too. */
async function refreshCookie(who: string): Promise<void> {
  const userId = people.get(who);
  if (userId === undefined) return;
  const { db, clock } = site.house;
  const policy = await currentPolicy(db, clock.now());
  const { token } = await db.transaction((tx) => openSession(tx, userId, policy, clock.now()));
  cookies.set(who, `carat=${token}`);
}

function uuidOf(publicId: string): string {
  return publicId.slice(-32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function somebody(
  handle: string,
  dateOfBirth: string,
  roles: ('operator' | 'support')[] = [],
): Promise<Uuid> {
  return openPerson(site.house, {
    email: `${handle}@people.example`,
    handle,
    displayName: 'Somebody',
    dateOfBirth,
    roles,
  });
}

// What is asked

function askedArbitrary(): fc.Arbitrary<Asked> {
  return fc.oneof(
    ...operations.map((operation) => ({
      weight: MOVES_MONEY.has(operation.path) && operation.method === 'POST' ? 6 : 1,
      arbitrary: fc.record({
        operation: fc.constant(operation),
        who: fc.constantFrom('stranger', ...whoMay(operation), ...people.keys()),
        address: addressArbitrary(operation),
        headers: headersArbitrary(operation),
        payload: payloadArbitrary(operation),
      }),
    })),
  );
}

const MOVES_MONEY: ReadonlySet<string> = new Set(['/v1/gifts', '/v1/orders']);

/** Those whom the operation is for come more often, or hardly anything would be granted. */
function whoMay({ access }: Operation): string[] {
  const most = access === 'public' || access === 'user' ? 'fan' : access;
  return [most, most, most];
}

function addressArbitrary(operation: Operation): fc.Arbitrary<string> {
  const { path, parameters } = operation;
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const segments = fc.tuple(...inPath.map(({ name, schema }) => textArbitrary(operation, name, schema)));
  const query = fc.tuple(
    ...inQuery.map(({ name, schema }) =>
      fc.option(
        textArbitrary(operation, name, schema).map((text) => `${name}=${encoded(text)}`),
        { nil: '', freq: 1 },
      ),
    ),
    rarely('', '__proto__=1', 'limit=1&limit=2', 'x[y]=1', '%00=%00', '&&&==', 'after=-1'),
  );
  return fc.tuple(segments, query).map(([values, pairs]) => {
    const filled = inPath.reduce(
      (text, { name }, index) => text.replace(`{${name}}`, encoded(String(values[index])) || '%20'),
      path,
    );
    const said = pairs.filter((pair) => pair !== '').join('&');
    return said === '' ? filled : `${filled}?${said}`;
  });
}

/** Half a character cannot stand in an address. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function textArbitrary({ path }: Operation, name: string, schema: Schema): fc.Arbitrary<string> {
  const ids = path.startsWith('/v1/orders') ? 'orderId' : path.startsWith('/v1/gifts') ? 'sentId' : 'txId';
  // What the staff does to people is done to one of them, so that the others can go on.
  const isStaffs = name === 'handle' && /\/(?:freezes|roles)/.test(path);
  const true_ = isStaffs ? ['fuzz_victim'] : name === 'id' ? known[ids] : known[name];
  return fc.oneof(
    {
      weight: 6,
      arbitrary: true_ === undefined ? formed(schema).map(String) : fc.constantFrom(...true_.map(String)),
    },
    { weight: 2, arbitrary: formed(schema).map(String) },
    { weight: 2, arbitrary: fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary' })) },
  );
}

function headersArbitrary({ method, body }: Operation): fc.Arbitrary<Record<string, string>> {
  const fit = {
    origin: site.origin,
    ...(body === null ? {} : { 'content-type': 'application/json' }),
    'idempotency-key': '',
  };
  const keys = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...KEYS) },
    { weight: 9, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.constantFrom('', 'é', 'a b', 'x'.repeat(255), 'x'.repeat(256), '\t', '0') },
  );
  const others = rarely<Record<string, string>>(
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'multipart/form-data' },
    { accept: 'text/html' },
    { 'if-none-match': '*' },
    { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'evil.example' },
    { 'transfer-encoding': 'identity' },
    { 'stripe-signature': `t=1,v1=${'0'.repeat(64)}` },
    { 'btcpay-sig': `sha256=${'0'.repeat(64)}` },
  );
  return fc.tuple(keys, others).map(([key, other]) => {
    const headers: Record<string, string> = { ...fit, 'idempotency-key': key, ...other };
    if (method === 'GET') delete headers.origin;
    return headers;
  });
}

function payloadArbitrary({ method, body }: Operation): fc.Arbitrary<string | undefined> {
  if (method === 'GET') return fc.constant(undefined);
  if (body === null) {
    return fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, fc.constantFrom('', '{}', '[]', 'x'));
  }
  return fc.oneof(
    { weight: 6, arbitrary: fitting('', body).map(write) },
    { weight: 4, arbitrary: nearly(body).map(write) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_BODIES) },
  );
}

/** As JSON, with the numbers that JavaScript cannot write. */
function write(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"raw:([^"]*)"/g, '$1');
}

/** A value that the schema allows, true where something true is known. */
function fitting(name: string, schema: Schema): fc.Arbitrary<unknown> {
  const true_ = known[name];
  if (true_ !== undefined && schema.enum === undefined) {
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...true_) }, formed(schema));
  }
  return formed(schema);
}

function formed(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => fitting('', one)));
  switch (schema.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([field, inside]) => [field, fitting(field, inside)]),
        ),
        { requiredKeys: [...(schema.required ?? [])] },
      );
    case 'array':
      return fc.array(fitting('', schema.items ?? {}), { maxLength: Math.min(schema.maxItems ?? 3, 4) });
    case 'integer': {
      const bounds = { min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 50, 2 ** 31) };
      return fc.oneof(
        fc.integer({ min: bounds.min, max: Math.min(bounds.min + 12, bounds.max) }),
        fc.integer(bounds),
      );
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return schema.pattern === undefined
        ? fc.oneof(fc.string({ maxLength: 30 }), fc.string({ unit: 'grapheme', maxLength: 30 }))
        : fc.stringMatching(new RegExp(schema.pattern.replace(/\(\?![^)]*\)/, '')));
  }
}

/** A body in which one thing is wrong: a hostile value, a field too many or one too few. */
function nearly(schema: Schema): fc.Arbitrary<unknown> {
  return fc
    .tuple(fitting('', schema), fc.constantFrom(...HOSTILE_VALUES), fc.nat(20), fc.nat(8))
    .map(([value, hostile, where, how]) => {
      if (typeof value !== 'object' || value === null) return hostile;
      const fields = [...new Set([...Object.keys(value), ...Object.keys(schema.properties ?? {})])];
      const field = fields[where % Math.max(fields.length, 1)] ?? 'x';
      if (how === 0) return { ...value, constructor: hostile };
      if (how === 1) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== field));
      return { ...value, [field]: hostile };
    });
}

/** The first is what mostly comes. */
function rarely<Value>(usual: Value, ...odd: Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
}

const STREAK_ID = newId();
const KEYS = [newId(), newId(), `${STREAK_ID}:1`, `${STREAK_ID}:2`, `${STREAK_ID}:3`];

const HOSTILE_TEXTS = [
  '',
  ' ',
  '.',
  '..',
  '\u0000',
  'a\u0000b',
  '-1',
  '0',
  '1e400',
  'NaN',
  '9223372036854775808',
  '-9223372036854775809',
  '٣',
  '１',
  '\ud800',
  '\u202Egnp.exe',
  'Z̧̢̛͓̲a̵l̶g̷o̸'.repeat(20),
  '__proto__',
  'constructor',
  "' or 1=1; --",
  '<script>alert(1)</script>',
  '{{7*7}}{0}{name}',
  '../../../etc/passwd',
  '%25%00%ff',
  '=HYPERLINK("http://x")',
  'x'.repeat(5_000),
  '𝕏'.repeat(300),
];

/** T39 and its kind. `raw:` is written without quotes. */
const HOSTILE_VALUES: readonly unknown[] = [
  ...HOSTILE_TEXTS,
  -1,
  0,
  1.5,
  true,
  null,
  [],
  [1],
  {},
  { toString: 1 },
  'raw:1e400',
  'raw:-0',
  'raw:9007199254740993',
  'raw:9223372036854775808',
  'raw:1e-400',
  'raw:1.0',
];

const HOSTILE_BODIES = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"a":1,"a":2}',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `{"x":"${'y'.repeat(70_000)}"}`,
  '\ufeff{}',
  '{"quantity":NaN}',
  "{'single':1}",
];

// The contract

interface Document {
  readonly components: { readonly schemas: { readonly Problem: object } };
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface RawOperation {
  readonly 'x-access': string;
  readonly requestBody?: Content;
  readonly parameters?: Operation['parameters'];
  readonly responses: Readonly<Record<string, Content>>;
}

function readOperations({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      [fc.toStringMethod]: () => `${method} ${path}`,
      method: method.toUpperCase(),
      path,
      access: operation['x-access'],
      body: operation.requestBody?.content?.['application/json']?.schema ?? null,
      parameters: operation.parameters ?? [],
      responses: new Map(
        Object.entries(operation.responses).map(([status, { content }]) => {
          const schema = content?.['application/json']?.schema;
          return [Number(status), schema === undefined ? null : ajv.compile(schema as object)];
        }),
      ),
    })),
  );
}
