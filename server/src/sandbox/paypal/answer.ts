import { createHmac, timingSafeEqual } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { HOUR_MS, SECOND_MS } from '../../core/clock.ts';
import type { Queryable } from '../../db/database.ts';
import type { Answer } from '../calls.ts';
import type { Desk } from '../desk.ts';
import { meetFaults } from '../faults.ts';
import { CERTIFICATE_PATH, certificateText } from './certificate.ts';
import { type BatchRequest, batchRequest } from './params.ts';
import { batchJson, cancelItem, createBatch, itemJson, PaypalProblem } from './payouts.ts';

/** What a merchant shows for a token. */
export interface PaypalKeys {
  readonly clientId: string;
  readonly secret: string;
}

/** A call that came in at PayPal's door. */
export interface PaypalCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly body: string;
  readonly authorization: string | undefined;
}

interface Operation {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly schema?: TSchema;
  readonly created?: true;
  /** `null`: there is no such thing. */
  run(
    tx: Queryable,
    asked: { readonly id: string; readonly body: unknown },
    nowMs: number,
  ): Promise<object | null>;
}

/** PayPal's name of the merchant's app: one for all that share the books. */
export const CLIENT_ID = 'SandboxPaypalApp';
/** Links name PayPal's own host, as PayPal's do. */
const LINKS = 'https://api-m.sandbox.paypal.com';
const TOKEN_MS = 8 * HOUR_MS;

const OPERATIONS: readonly Operation[] = [
  {
    name: 'paypal.payouts.create',
    method: 'POST',
    path: /^\/v1\/payments\/payouts$/,
    schema: batchRequest,
    created: true,
    run: (tx, { body }, nowMs) => createBatch(tx, body as BatchRequest, { nowMs, url: LINKS }),
  },
  {
    name: 'paypal.payouts.retrieve',
    method: 'GET',
    path: /^\/v1\/payments\/payouts\/([A-Z0-9]+)$/,
    run: (tx, { id }) => batchJson(tx, id),
  },
  {
    name: 'paypal.items.retrieve',
    method: 'GET',
    path: /^\/v1\/payments\/payouts-item\/([A-Z0-9]+)$/,
    run: (tx, { id }) => itemJson(tx, id),
  },
  {
    name: 'paypal.items.cancel',
    method: 'POST',
    path: /^\/v1\/payments\/payouts-item\/([A-Z0-9]+)\/cancel$/,
    run: (tx, { id }, nowMs) => cancelItem(tx, id, nowMs),
  },
];

/** Answers a call as PayPal does; `cut`: a fault cuts the connection. */
export async function answerPaypal(desk: Desk, keys: PaypalKeys, call: PaypalCall): Promise<Answer | 'cut'> {
  if (call.method === 'GET' && call.path === CERTIFICATE_PATH) {
    return { status: 200, body: await certificateText(desk.db) };
  }
  const isToken = call.method === 'POST' && call.path === '/v1/oauth2/token';
  const operation = OPERATIONS.find(({ method, path }) => method === call.method && path.test(call.path));
  if (!isToken && operation === undefined)
    return problem(404, 'RESOURCE_NOT_FOUND', 'There is nothing here.');
  const faults = await meetFaults(desk.db, operation?.name ?? 'paypal.token');
  if (faults.has('drop_before')) return 'cut';
  if (faults.has('unavailable')) return problem(503, 'SERVICE_UNAVAILABLE', 'Try again later.');
  if (faults.has('rate_limited')) return problem(429, 'RATE_LIMIT_REACHED', 'Too many requests.');
  if (faults.has('short_of_money')) {
    return problem(
      422,
      'INSUFFICIENT_FUNDS',
      'Sender does not have sufficient funds. Please add funds and retry.',
    );
  }
  const made = operation === undefined ? giveToken(desk, keys, call) : await run(desk, keys, operation, call);
  const late = faults.get('latency');
  if (late !== undefined) await pause(late.milliseconds);
  if (faults.has('drop_after')) return 'cut';
  return faults.has('error_after') ? problem(500, 'INTERNAL_SERVER_ERROR', 'An error occurred.') : made;
}

function giveToken(desk: Desk, keys: PaypalKeys, { authorization, body }: PaypalCall): Answer {
  const pair = Buffer.from(`${keys.clientId}:${keys.secret}`).toString('base64');
  if (!same(authorization, `Basic ${pair}`)) {
    return { status: 401, body: JSON.stringify({ error: 'invalid_client' }) };
  }
  if (body !== 'grant_type=client_credentials') {
    return { status: 400, body: JSON.stringify({ error: 'unsupported_grant_type' }) };
  }
  const until = desk.clock.now() + TOKEN_MS;
  return {
    status: 200,
    body: JSON.stringify({
      scope: 'https://uri.paypal.com/payments/payouts',
      access_token: tokenOf(keys, until),
      token_type: 'Bearer',
      app_id: 'APP-80W284485P519543T',
      expires_in: TOKEN_MS / SECOND_MS,
    }),
  };
}

/** Says itself until when it is good, so that nobody keeps it. */
function tokenOf({ secret }: PaypalKeys, until: number): string {
  return `${until}.${createHmac('sha256', secret).update(String(until)).digest('base64url')}`;
}

async function run(desk: Desk, keys: PaypalKeys, operation: Operation, call: PaypalCall): Promise<Answer> {
  const until = Number(/^Bearer (\d+)\./.exec(call.authorization ?? '')?.[1] ?? 0);
  if (desk.clock.now() >= until || !same(call.authorization, `Bearer ${tokenOf(keys, until)}`)) {
    return { status: 401, body: JSON.stringify({ error: 'invalid_token' }) };
  }
  let body: unknown;
  if (operation.schema !== undefined) {
    try {
      body = JSON.parse(call.body);
    } catch {
      return problem(400, 'MALFORMED_REQUEST', 'The body is not JSON.');
    }
    const [wrong] = Value.Errors(operation.schema, body);
    if (wrong !== undefined) {
      return problem(400, 'VALIDATION_ERROR', 'Invalid request - see details', [
        { field: wrong.instancePath, issue: wrong.message, location: 'body' },
      ]);
    }
  }
  const id = operation.path.exec(call.path)?.[1] ?? '';
  try {
    const made = await desk.db.transaction((tx) => operation.run(tx, { id, body }, desk.clock.now()));
    if (operation.method === 'POST') desk.wake();
    if (made === null) return problem(404, 'INVALID_RESOURCE_ID', 'The requested resource ID was not found.');
    return { status: operation.created ? 201 : 200, body: JSON.stringify(made) };
  } catch (error) {
    if (!(error instanceof PaypalProblem)) throw error;
    return { status: error.status, body: JSON.stringify(error.body) };
  }
}

function problem(status: number, name: string, message: string, details: readonly object[] = []): Answer {
  return { status, body: JSON.stringify(new PaypalProblem(status, name, message, details).body) };
}

function same(header: string | undefined, expected: string): boolean {
  const [given, key] = [Buffer.from(header ?? ''), Buffer.from(expected)];
  return given.length === key.length && timingSafeEqual(given, key);
}
