import { Type } from 'typebox';
import { strictObject } from '../../http/schemas.ts';

/**
 * What a new batch may say, after https://developer.paypal.com/api/payments.payouts-batch/v1/payouts-post: the part that the
 * sandbox honours, and no other. One item: that is how payments are made here.
 */
export const batchRequest = strictObject({
  sender_batch_header: strictObject({
    sender_batch_id: Type.String({ minLength: 1, maxLength: 256 }),
    email_subject: Type.Optional(Type.String({ maxLength: 255 })),
    email_message: Type.Optional(Type.String({ maxLength: 1_000 })),
  }),
  items: Type.Array(
    strictObject({
      recipient_type: Type.Literal('EMAIL'),
      receiver: Type.String({ minLength: 1, maxLength: 127 }),
      amount: strictObject({
        currency: Type.String({ pattern: '^[A-Z]{3}$' }),
        value: Type.String({ pattern: '^(0|[1-9][0-9]{0,9})(\\.[0-9]{2})?$' }),
      }),
      note: Type.Optional(Type.String({ maxLength: 4_000 })),
      sender_item_id: Type.Optional(Type.String({ minLength: 1, maxLength: 63 })),
      recipient_wallet: Type.Optional(Type.Literal('PAYPAL')),
    }),
    { minItems: 1, maxItems: 1 },
  ),
});

export interface BatchRequest {
  readonly sender_batch_header: { readonly sender_batch_id: string; readonly email_subject?: string };
  readonly items: readonly ItemRequest[];
}

export interface ItemRequest {
  readonly recipient_type: 'EMAIL';
  readonly receiver: string;
  readonly amount: { readonly currency: string; readonly value: string };
  readonly sender_item_id?: string;
}

/** Currencies of which PayPal takes no fraction (https://developer.paypal.com/reference/currency-codes/). */
export const WHOLE_CURRENCIES: ReadonlySet<string> = new Set(['HUF', 'JPY', 'TWD']);
