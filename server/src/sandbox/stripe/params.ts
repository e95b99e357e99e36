import { Ajv, type ErrorObject } from 'ajv';
import { type TSchema, Type } from 'typebox';
import { strictObject } from '../../http/schemas.ts';
import type { Form } from '../form.ts';
import { invalid, type StripeError } from './errors.ts';

/**
 * What each call takes. It is the part of Stripe's own parameters that the sandbox knows how to honour: everything
 * else is refused as unknown, so that nothing is asked for in vain. A test holds it against the types of Stripe's SDK.
 */

const text = Type.String({ minLength: 1, maxLength: 5_000 });
const expand = Type.Optional(Type.Array(text, { maxItems: 20 }));
const cents = Type.Integer({ minimum: 0, maximum: 99_999_999 });
const currency = Type.String({ pattern: '^[a-zA-Z]{3}$' });
const metadata = Type.Optional(Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 500 })));
const range = Type.Optional(
  Type.Union([
    strictObject({
      gt: Type.Optional(Type.Integer()),
      gte: Type.Optional(Type.Integer()),
      lt: Type.Optional(Type.Integer()),
      lte: Type.Optional(Type.Integer()),
    }),
    Type.Integer(),
  ]),
);
const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  starting_after: Type.Optional(text),
  ending_before: Type.Optional(text),
  expand,
};

export const PARAMS = {
  nothing: strictObject({}),
  retrieve: strictObject({ expand }),
  sessionCreate: strictObject({
    mode: Type.Literal('payment'),
    line_items: Type.Array(
      strictObject({
        quantity: Type.Integer({ minimum: 1, maximum: 999_999 }),
        price_data: strictObject({
          currency: Type.String({ pattern: '^[a-zA-Z]{3}$' }),
          unit_amount: cents,
          product_data: strictObject({
            name: Type.String({ minLength: 1, maxLength: 250 }),
            description: Type.Optional(text),
          }),
        }),
      }),
      { minItems: 1, maxItems: 100 },
    ),
    success_url: text,
    cancel_url: Type.Optional(text),
    client_reference_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    expires_at: Type.Optional(Type.Integer()),
    metadata,
    allowed_payment_method_types: Type.Optional(Type.Array(Type.Enum(['card', 'crypto']), { minItems: 1 })),
    payment_intent_data: Type.Optional(
      strictObject({
        capture_method: Type.Optional(Type.Enum(['automatic', 'automatic_async', 'manual'])),
        description: Type.Optional(Type.String({ maxLength: 1_000 })),
        metadata,
      }),
    ),
    submit_type: Type.Optional(Type.Enum(['auto', 'pay'])),
    expand,
  }),
  sessionList: strictObject({
    ...paging,
    created: range,
    payment_intent: Type.Optional(text),
    status: Type.Optional(Type.Enum(['open', 'complete', 'expired'])),
  }),
  chargeList: strictObject({ ...paging, created: range, payment_intent: Type.Optional(text) }),
  balanceList: strictObject({
    ...paging,
    created: range,
    source: Type.Optional(text),
    type: Type.Optional(text),
  }),
  refundCreate: strictObject({
    payment_intent: Type.Optional(text),
    charge: Type.Optional(text),
    amount: Type.Optional(Type.Integer({ minimum: 1, maximum: 99_999_999 })),
    reason: Type.Optional(Type.Enum(['duplicate', 'fraudulent', 'requested_by_customer'])),
    metadata,
    expand,
  }),
  refundList: strictObject({
    ...paging,
    created: range,
    payment_intent: Type.Optional(text),
    charge: Type.Optional(text),
  }),
  disputeList: strictObject({
    ...paging,
    created: range,
    payment_intent: Type.Optional(text),
    charge: Type.Optional(text),
  }),
  disputeUpdate: strictObject({
    evidence: Type.Optional(strictObject({ uncategorized_text: Type.Optional(Type.String()) })),
    submit: Type.Optional(Type.Boolean()),
    metadata,
    expand,
  }),
  accountCreate: strictObject({
    type: Type.Literal('express'),
    country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    email: Type.Optional(text),
    business_type: Type.Optional(Type.Literal('individual')),
    capabilities: strictObject({ transfers: strictObject({ requested: Type.Boolean() }) }),
    settings: Type.Optional(
      strictObject({
        payouts: strictObject({ schedule: strictObject({ interval: Type.Literal('manual') }) }),
      }),
    ),
    metadata,
    expand,
  }),
  accountLinkCreate: strictObject({
    account: text,
    refresh_url: text,
    return_url: text,
    type: Type.Literal('account_onboarding'),
    collection_options: Type.Optional(
      strictObject({ fields: Type.Enum(['currently_due', 'eventually_due']) }),
    ),
  }),
  transferCreate: strictObject({
    amount: Type.Integer({ minimum: 1, maximum: 99_999_999 }),
    currency,
    destination: text,
    description: Type.Optional(text),
    transfer_group: Type.Optional(text),
    metadata,
    expand,
  }),
  transferList: strictObject({
    ...paging,
    created: range,
    destination: Type.Optional(text),
    transfer_group: Type.Optional(text),
  }),
  reversalCreate: strictObject({
    amount: Type.Optional(Type.Integer({ minimum: 1, maximum: 99_999_999 })),
    description: Type.Optional(text),
    metadata,
    expand,
  }),
  payoutCreate: strictObject({
    amount: Type.Integer({ minimum: 1, maximum: 99_999_999 }),
    currency,
    description: Type.Optional(text),
    destination: Type.Optional(text),
    statement_descriptor: Type.Optional(Type.String({ minLength: 1, maxLength: 22 })),
    metadata,
    expand,
  }),
  payoutList: strictObject({
    ...paging,
    created: range,
    destination: Type.Optional(text),
    status: Type.Optional(text),
  }),
  eventList: strictObject({ ...paging, created: range, type: Type.Optional(text) }),
} as const satisfies Record<string, TSchema>;

// A form is text: `limit=50` is the number 50.
const ajv = new Ajv({ coerceTypes: true, removeAdditional: false, useDefaults: false, allErrors: false });
const checks = new Map<TSchema, ReturnType<typeof ajv.compile>>();

/** The parameters as the schema has them. Throws Stripe's own words for what is unknown, missing or wrong. */
export function readParams(schema: TSchema, form: Form): Record<string, unknown> {
  const params = structuredClone(form) as Record<string, unknown>;
  let check = checks.get(schema);
  if (check === undefined) {
    check = ajv.compile(schema);
    checks.set(schema, check);
  }
  if (!check(params)) throw wrongParam(check.errors?.at(0));
  return params;
}

function wrongParam(error: ErrorObject | undefined): StripeError {
  const inside = (name: string) => {
    const [first, ...rest] = [...(error?.instancePath.split('/').slice(1) ?? []), name].filter(Boolean);
    return `${first ?? ''}${rest.map((part) => `[${part}]`).join('')}`;
  };
  switch (error?.keyword) {
    case 'additionalProperties': {
      const name = inside(error.params.additionalProperty as string);
      return invalid(`Received unknown parameter: ${name}`, name, 'parameter_unknown');
    }
    case 'required': {
      const name = inside(error.params.missingProperty as string);
      return invalid(`Missing required param: ${name}.`, name, 'parameter_missing');
    }
    default: {
      const name = inside('');
      return invalid(`Invalid ${name}: ${error?.message ?? 'it is not valid'}`, name, 'parameter_invalid');
    }
  }
}
