import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { answerBtcpay, btcpayCallOf } from './btcpay/answer.ts';
import type { Desk } from './desk.ts';
import { answerDirector } from './director.ts';
import { meetFaults } from './faults.ts';
import { answerPaypal, CLIENT_ID, type PaypalKeys } from './paypal/answer.ts';
import { answerStripe, operationOf, type Witness } from './stripe/answer.ts';
import { API_VERSION } from './stripe/payments.ts';

/** The companies' API for merchants: a listener of its own on loopback, as a company is a server of its own. */
export interface SandboxApi {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What the merchant shows to Stripe, `sk_test_…`. */
  readonly stripeKey: string;
  /** What the merchant shows to BTCPay Server. */
  readonly btcpayKey: string;
  /** What the merchant shows to PayPal for a token. */
  readonly paypal: PaypalKeys;
  /** What whoever plays with faults shows. */
  readonly directorKey: string;
  close(): Promise<void>;
}

const BODY_MAX_BYTES = 64 * 1_024;

/** Starts the API on a free port of 127.0.0.1 with keys that only this process knows. */
export async function startApi(desk: Desk, witness?: Witness): Promise<SandboxApi> {
  const keys = {
    stripeKey: `sk_test_${randomBytes(24).toString('base64url')}`,
    btcpayKey: randomBytes(24).toString('base64url'),
    paypal: {
      clientId: CLIENT_ID,
      secret: `E${randomBytes(39).toString('base64url')}`,
    },
    directorKey: randomBytes(24).toString('base64url'),
  };
  const server = createServer((request, response) => {
    answer(desk, keys, request, response, witness).catch(() => {
      if (!response.headersSent) response.writeHead(500, JSON_TYPE);
      response.end(JSON.stringify({ error: { type: 'api_error', message: 'The sandbox failed.' } }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ...keys,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** PayPal's paths begin as Stripe's do, so they are below one of their own. */
const PAYPAL = '/paypal';
const JSON_TYPE = { 'content-type': 'application/json' } as const;

type Keys = Pick<SandboxApi, 'stripeKey' | 'btcpayKey' | 'paypal' | 'directorKey'>;

async function answer(
  desk: Desk,
  keys: Keys,
  request: IncomingMessage,
  response: ServerResponse,
  witness: Witness | undefined,
): Promise<void> {
  const { method = 'GET' } = request;
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const body = await bodyOf(request);
  const reply = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) => {
    response.writeHead(status, { ...JSON_TYPE, ...headers });
    response.end(text);
  };
  const problem = (status: number, message: string) => reply(status, JSON.stringify({ error: { message } }));
  if (body === null) return problem(413, 'The request is too large.');
  const { authorization } = request.headers;
  if (path.startsWith('/sandbox/')) {
    if (!isKey(authorization, `Bearer ${keys.directorKey}`)) return problem(401, 'Wrong key.');
    const { status, text } = await answerDirector(desk, method, path, body);
    return reply(status, text);
  }
  if (path.startsWith(PAYPAL)) {
    const call = { method, path: path.slice(PAYPAL.length), body, authorization };
    const told = await answerPaypal(desk, keys.paypal, call);
    return told === 'cut' ? void request.socket.destroy() : reply(told.status, told.body);
  }
  const isStripe = path.startsWith('/v1/');
  const known = isStripe
    ? isKey(authorization, `Bearer ${keys.stripeKey}`)
    : isKey(authorization, `token ${keys.btcpayKey}`);
  if (!known) {
    return reply(
      401,
      JSON.stringify(
        isStripe
          ? { error: { type: 'invalid_request_error', message: 'Invalid API Key provided.' } }
          : { code: 'unauthenticated', message: 'Authentication is required for accessing this endpoint' },
      ),
    );
  }
  const operation = isStripe ? operationOf(method, path) : btcpayCallOf(method, path);
  if (operation === null) {
    return reply(
      404,
      JSON.stringify(
        isStripe
          ? {
              error: {
                type: 'invalid_request_error',
                message: `Unrecognized request URL (${method}: ${path}).`,
              },
            }
          : { code: 'not-found', message: 'There is nothing here.' },
      ),
    );
  }
  const faults = await meetFaults(desk.db, operation.name);
  if (faults.has('drop_before')) return void request.socket.destroy();
  if (faults.has('unavailable')) return problem(503, 'The service is not available.');
  if (faults.has('rate_limited')) {
    return reply(
      429,
      JSON.stringify({
        error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests.' },
      }),
    );
  }
  if (faults.has('short_of_money') && !('params' in operation)) {
    return problem(400, 'The balance that would pay is too small.');
  }
  const fails = faults.has('error_after');
  const made =
    'params' in operation
      ? await answerStripe(
          desk,
          operation,
          {
            method,
            path,
            query,
            body,
            contentType: request.headers['content-type'],
            version: one(request.headers['stripe-version']),
            key: one(request.headers['idempotency-key']),
            account: one(request.headers['stripe-account']) ?? null,
          },
          { fails, short: faults.has('short_of_money') },
          witness,
        )
      : { ...(await answerBtcpay(desk, operation, path, query, body, fails)), replayed: false };
  const late = faults.get('latency');
  if (late !== undefined) await pause(late.milliseconds);
  if (faults.has('drop_after')) return void request.socket.destroy();
  reply(made.status, made.body, {
    'request-id': `req_${randomBytes(10).toString('hex')}`,
    ...(isStripe ? { 'stripe-version': API_VERSION } : {}),
    ...(made.replayed ? { 'idempotent-replayed': 'true' } : {}),
  });
}

/** The whole body, `null` when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_MAX_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function isKey(header: string | undefined, expected: string): boolean {
  const given = Buffer.from(header ?? '');
  const key = Buffer.from(expected);
  return given.length === key.length && timingSafeEqual(given, key);
}
