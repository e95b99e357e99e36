import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { validatorCompiler } from '../../http/validation.ts';
import { type Desk, leave, list, lookUp, openCheckout } from './desk.ts';
import { type CheckoutRow, takeFault } from './store.ts';

/** The sandbox's API for merchants: a listener of its own on loopback, as a provider is a server of its own. */
export interface SandboxApi {
  readonly url: string;
  readonly key: string;
  close(): Promise<void>;
}

const requestSchema = Type.Object(
  {
    orderRef: Type.String({ minLength: 1, maxLength: 100 }),
    description: Type.String({ minLength: 1, maxLength: 200 }),
    amountCents: Type.String({ pattern: '^[1-9][0-9]{0,14}$' }),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    returnUrl: Type.String({ pattern: '^https?://[!-~]+$', maxLength: 2_000 }),
    expiresAt: Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$' }),
  },
  { additionalProperties: false },
);

/** Starts the API on a free port of 127.0.0.1 with a key that only this process knows. */
export async function startSandboxApi(desk: Desk): Promise<SandboxApi> {
  const key = randomBytes(24).toString('base64url');
  const server = Fastify({ logger: false, forceCloseConnections: true });
  server.setValidatorCompiler(validatorCompiler);
  server.addHook('onRequest', async (request, reply) => {
    if (!isKey(request.headers.authorization, key)) await reply.code(401).send({ code: 'wrong_key' });
  });
  addRoutes(server, desk);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  server.server.unref();
  return { url: `http://127.0.0.1:${port}`, key, close: () => server.close() };
}

function addRoutes(server: FastifyInstance, desk: Desk): void {
  server.post('/checkouts', { schema: { body: requestSchema } }, async (request, reply) => {
    const operation = request.headers['idempotency-key'];
    if (typeof operation !== 'string') return reply.code(400).send({ code: 'key_missing' });
    if ((await takeFault(desk.db, 'create_unavailable')) !== null) {
      return reply.code(503).send({ code: 'unavailable' });
    }
    const checkout = await openCheckout(desk, operation, request.body as Parameters<typeof openCheckout>[2]);
    if (checkout === 'conflict') return reply.code(400).send({ code: 'key_reused' });
    return afterExecution(desk, reply, checkout);
  });
  server.get<{ Params: { ref: string } }>('/checkouts/:ref', async (request, reply) => {
    if ((await takeFault(desk.db, 'fetch_unavailable')) !== null) {
      return reply.code(503).send({ code: 'unavailable' });
    }
    return orNotFound(reply, await lookUp(desk, request.params.ref));
  });
  server.post<{ Params: { ref: string } }>('/checkouts/:ref/cancel', async (request, reply) =>
    orNotFound(reply, await leave(desk, request.params.ref)),
  );
  server.get<{ Querystring: { since: string; after?: string } }>('/checkouts', async (request) => {
    const checkouts = await list(desk, new Date(request.query.since), request.query.after ?? '', 100);
    return { checkouts: checkouts.map(wireOf) };
  });
}

/** The faults in which the work is done and the merchant does not hear of it. */
async function afterExecution(desk: Desk, reply: FastifyReply, checkout: CheckoutRow): Promise<unknown> {
  const lateMs = await takeFault(desk.db, 'create_reply_late');
  if (lateMs !== null) await pause(lateMs);
  if ((await takeFault(desk.db, 'create_reply_lost')) !== null) {
    reply.hijack();
    reply.raw.destroy();
    return;
  }
  if ((await takeFault(desk.db, 'create_fails_after')) !== null)
    return reply.code(500).send({ code: 'failed' });
  return wireOf(checkout);
}

function orNotFound(reply: FastifyReply, checkout: CheckoutRow | null): unknown {
  return checkout === null ? reply.code(404).send({ code: 'no_such_checkout' }) : wireOf(checkout);
}

/** A checkout as the API sends it. */
export interface WireCheckout {
  readonly ref: string;
  readonly orderRef: string;
  readonly status: string;
  readonly amountCents: string;
  readonly currency: string;
  readonly livemode: boolean;
  readonly feeCents: string;
  readonly declineCode: string | null;
  readonly createdAt: string;
  readonly paidAt: string | null;
}

function wireOf(checkout: CheckoutRow): WireCheckout {
  return {
    ref: checkout.ref,
    orderRef: checkout.orderRef,
    status: checkout.status,
    amountCents: checkout.amountCents.toString(),
    currency: checkout.currency,
    livemode: false,
    feeCents: checkout.feeCents.toString(),
    declineCode: checkout.declineCode,
    createdAt: checkout.createdAt.toISOString(),
    paidAt: checkout.paidAt?.toISOString() ?? null,
  };
}

function isKey(header: string | undefined, key: string): boolean {
  const given = Buffer.from(header ?? '');
  const expected = Buffer.from(`Bearer ${key}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
