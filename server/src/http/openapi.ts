import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { asksForConfirmation } from './guards.ts';
import { problemSchema } from './schemas.ts';

/** Collects the contract of every route registered after it, as OpenAPI 3.1. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Carat',
        version: '1',
        description:
          'The gifting economy of a live platform. Amounts are strings of digits in minor units with their asset. Refusals are problem+json (RFC 9457) with stable codes, listed in docs/errors.md.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'carat' },
        },
        schemas: { Problem: problemSchema },
      },
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access ?? 'public';
      const described = { ...(schema ?? {}) } as Record<string, unknown>;
      described.security = access === 'public' ? [] : [{ session: [] }];
      described['x-access'] = access;
      if (asksForConfirmation(String(route.method), route.config ?? {})) described['x-confirmed'] = true;
      if (route.config?.streams === true) described['x-streams'] = true;
      if (route.config?.movesMoney === true) described.headers = KEYED;
      if (described.querystring !== undefined) described.querystring = asked(described.querystring as Fields);
      return { schema: described, url };
    },
  });
}

/** What `http/idempotency.ts` asks for; told here, checked there, where it is refused by its own names. */
const KEYED = {
  type: 'object',
  required: ['idempotency-key'],
  properties: {
    'idempotency-key': {
      type: 'string',
      pattern: '^[!-~]{1,255}$',
      description: 'One per intention; the same key with every retry.',
    },
  },
};

interface Fields {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
}

/** A field that has a default need not be said. */
function asked(fields: Fields): Fields {
  const required = fields.required?.filter((name) => fields.properties?.[name]?.default === undefined) ?? [];
  return { ...fields, required };
}
