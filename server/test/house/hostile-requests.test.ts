import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { newId } from '../../src/core/ids.ts';
import { testHouse } from '../test-house.ts';

/** Requests that no browser makes: each is refused by name, none of them is our fault. */

const site = await testHouse();
const ana = await site.person('ana');

test('an address that cannot be decoded is refused with a problem', async () => {
  for (const path of ['/%E0%A4%A', '/v1/users/%', '/v1/gifts/%ff', `/v1/users/${'a'.repeat(400)}`]) {
    const { status, headers, body } = await raw(['GET', path], {});
    assert.ok(status === 400 || status === 404 || status === 414, `${path}: ${status}`);
    assert.equal(headers['content-type'], 'application/problem+json', path);
    assert.equal(typeof JSON.parse(body).code, 'string', path);
  }
});

test('a host that is none opens no order and breaks nothing', async () => {
  for (const host of ['[', 'a b', '%', 'x:99999', '[::1', ']']) {
    const { status, body } = await raw(
      ['POST', '/v1/orders'],
      { host, origin: `http://${host}`, cookie: ana.cookie, 'idempotency-key': newId() },
      JSON.stringify({ item: { kind: 'exact', coins: '219' } }),
    );
    assert.equal(status, 400, `${host}: ${status} ${body}`);
  }
});

test('a payment page that does not exist is led back to, whatever letters its name has', async () => {
  for (const ref of ['%E2%82%AC', 'a%0d%0aset-cookie:%20carat=x', '%2F%2Fevil.example', '..%2f..%2fv1']) {
    const answer = await site.stranger.request('POST', `/sandbox/stripe/${ref}`, {
      body: 'do=refuse',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    assert.equal(answer.status, 303, ref);
    const back = new URL(answer.headers.get('location') ?? '', site.origin);
    assert.equal(back.origin, site.origin);
    assert.match(back.pathname, /^\/sandbox\/stripe\/[^/]+$/);
    assert.equal(answer.headers.get('set-cookie'), null);
  }
});

test('a body without bottom is refused, not followed', async () => {
  for (const body of [
    `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
    `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  ]) {
    const answer = await site.stranger.request('POST', '/v1/sign-in', { body });
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_request']);
  }
});

test('a number in an address is within its bounds, however large it is', async () => {
  for (const number of ['1e400', '-1e400', 'Infinity', '201', '0', '-1', '1.5', 'NaN', '', '1e-400', '٣']) {
    for (const path of ['/v1/rates/history', '/v1/stages', '/v1/me/wallet/entries']) {
      const answer = await ana.get(`${path}?limit=${encodeURIComponent(number)}`);
      assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_request'], `${path} ${number}`);
    }
  }
});

test('a request may not come in for ever', () => {
  assert.ok(site.app.server.requestTimeout > 0 && site.app.server.requestTimeout <= 60_000);
  assert.ok(site.app.server.headersTimeout > 0 && site.app.server.headersTimeout <= 60_000);
});

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request, byte by byte as it is told. */
function raw(
  [method, path]: readonly [string, string],
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(site.origin);
  const lines = Object.entries({
    host,
    connection: 'close',
    ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const stream = connect(Number(port), hostname, () => {
      stream.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
    });
    let answer = '';
    stream.on('data', (data) => {
      answer += data.toString();
    });
    stream.on('error', reject);
    stream.on('close', () => resolve(read(answer)));
  });
}

function read(answer: string): RawAnswer {
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const [first = '', ...fields] = head.split('\r\n');
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(
      fields.map((field) => {
        const at = field.indexOf(':');
        return [
          field.slice(0, at).toLowerCase(),
          field
            .slice(at + 1)
            .trim()
            .split(';')[0] ?? '',
        ];
      }),
    ),
    body: rest.join('\r\n\r\n'),
  };
}
