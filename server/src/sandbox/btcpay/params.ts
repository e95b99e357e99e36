import { Type } from 'typebox';
import { nullable, strictObject } from '../../http/schemas.ts';

/** What a new invoice may say: the part of Greenfield's own fields that the sandbox honours, and no other. */
export const invoiceRequest = strictObject({
  amount: Type.String({ pattern: '^(0|[1-9][0-9]{0,9})(\\.[0-9]{1,2})?$' }),
  currency: Type.Literal('USD'),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  checkout: Type.Optional(
    strictObject({
      speedPolicy: Type.Optional(Type.Enum(['HighSpeed', 'MediumSpeed', 'LowMediumSpeed', 'LowSpeed'])),
      paymentMethods: Type.Optional(Type.Array(Type.String())),
      expirationMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_440 })),
      monitoringMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
      redirectURL: Type.Optional(nullable(Type.String({ pattern: '^https?://' }))),
      redirectAutomatically: Type.Optional(Type.Boolean()),
    }),
  ),
});

export interface InvoiceRequest {
  readonly amount: string;
  readonly currency: 'USD';
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly checkout?: {
    readonly speedPolicy?: keyof typeof CONFIRMATIONS;
    readonly expirationMinutes?: number;
    readonly redirectURL?: string | null;
  };
}

/** How many blocks each policy waits for. */
export const CONFIRMATIONS = { HighSpeed: 0, MediumSpeed: 1, LowMediumSpeed: 2, LowSpeed: 6 } as const;

export const markRequest = strictObject({ status: Type.Enum(['Settled', 'Invalid']) });

/** What a new payout may say. BTCPay Server wants the amount in the coin where no pull payment says otherwise. */
export const payoutRequest = strictObject({
  destination: Type.String({ minLength: 1, maxLength: 200 }),
  amount: Type.String({ pattern: '^(0|[1-9][0-9]{0,7})(\\.[0-9]{1,8})?$' }),
  payoutMethodId: Type.Literal('BTC-CHAIN'),
  approved: Type.Optional(Type.Boolean()),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

export interface PayoutRequest {
  readonly destination: string;
  readonly amount: string;
  readonly payoutMethodId: 'BTC-CHAIN';
  readonly approved?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export const approvalRequest = strictObject({
  revision: Type.Integer({ minimum: 0 }),
  rateRule: Type.Optional(nullable(Type.String())),
});
