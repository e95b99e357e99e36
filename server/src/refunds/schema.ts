import { Type } from 'typebox';
import { approvalSchema } from '../approvals/index.ts';
import {
  amountSchema,
  checkSchema,
  howLineSchema,
  nullable,
  pageQuery,
  pageSchema,
  publicIdSchema,
  strictObject,
} from '../http/schemas.ts';

const time = Type.String({ format: 'date-time' });
const personSchema = strictObject({ handle: Type.String(), displayName: Type.String() });
const reason = Type.String({ minLength: 3, maxLength: 300, pattern: '^[^\\u0000-\\u001f]*$' });
const digits = Type.String({ pattern: '^(0|[1-9][0-9]{0,17})$' });

const refundState = Type.Enum(
  ['waiting', 'asked', 'to_pay', 'sent', 'parked', 'rejecting', 'refunded', 'failed', 'rejected'],
  {
    description:
      'waiting: for a second operator; asked: the provider is told next; to_pay: somebody is to pay it by hand; sent: it has it; parked: it says something that nobody knows; refunded: given back; failed, rejected: the units are back.',
  },
);

const stepSchema = strictObject({
  at: time,
  title: Type.String(),
  note: nullable(Type.String()),
  by: nullable(Type.String(), { description: 'An operator, where one did it; for operators alone.' }),
});

export const refundSchema = strictObject({
  id: publicIdSchema('refund'),
  state: refundState,
  returned: amountSchema,
  amount: amountSchema,
  road: Type.Enum(['provider', 'hand']),
  askedAt: time,
  since: time,
  failure: nullable(Type.String(), { description: 'Why it failed or is looked at, in words.' }),
  free: { ...amountSchema, description: 'What is in the wallet again of one that came to nothing.' },
  steps: Type.Array(stepSchema),
});

/** A dispute as the person whose payment it is sees it. */
const ownDisputeSchema = strictObject({
  state: Type.Enum(['held', 'parked', 'released', 'taken']),
  amount: amountSchema,
  held: amountSchema,
  kind: Type.Enum(['dispute', 'provider_refund']),
  returnedAt: nullable(time, {
    description: 'When a refund that was taken came back from the bank, or a lost dispute was won after all.',
  }),
  openedAt: time,
  sentence: Type.String(),
});

export const orderParams = strictObject({ id: publicIdSchema('order') });
export const refundOfferAnswer = strictObject({
  possible: Type.Boolean(),
  units: amountSchema,
  amount: amountSchema,
  until: nullable(time, { description: 'Until then you can do it yourself.' }),
  how: Type.Array(howLineSchema),
  checks: Type.Array(checkSchema),
  refunds: Type.Array(refundSchema),
  disputes: Type.Array(ownDisputeSchema),
});

export const refundBody = strictObject({
  cents: Type.Optional(
    Type.String({
      pattern: '^(0|[1-9][0-9]{0,17})$',
      description: 'The amount that the person saw. Another amount now is refused with refund_changed.',
    }),
  ),
  reason: Type.Optional(nullable(reason)),
});
export const refundAnswer = strictObject({ refund: refundSchema });

// --- Operators ------------------------------------------------------------------------------------------------

const consoleRefundSchema = strictObject({
  id: publicIdSchema('refund'),
  order: publicIdSchema('order'),
  state: refundState,
  fan: personSchema,
  returned: amountSchema,
  amount: amountSchema,
  road: Type.Enum(['provider', 'hand']),
  reference: nullable(Type.String()),
  reason: nullable(Type.String()),
  askedBy: personSchema,
  askedAt: time,
  providerRef: nullable(Type.String()),
  providerSays: nullable(Type.String()),
  failure: nullable(Type.String()),
  steps: Type.Array(stepSchema),
  approval: nullable(approvalSchema),
});

export const consoleRefundsQuery = Type.Object({
  ...pageQuery,
  show: Type.Optional(Type.Enum(['open', 'all'], { default: 'open' })),
});
export const consoleRefundsAnswer = pageSchema(consoleRefundSchema);
export const consoleRefundAnswer = strictObject({ refund: consoleRefundSchema });

const orderRowSchema = strictObject({
  id: publicIdSchema('order'),
  fan: personSchema,
  state: Type.String(),
  bought: amountSchema,
  price: amountSchema,
  provider: Type.String(),
  mode: Type.Enum(['live', 'test', 'sandbox']),
  createdAt: time,
  paidAt: nullable(time),
  back: amountSchema,
  problem: nullable(Type.String()),
});
export const ordersQuery = Type.Object({
  show: Type.Optional(Type.Enum(['all', 'parked'], { default: 'all' })),
  q: Type.Optional(Type.String({ maxLength: 80, description: 'An order, a handle or the provider’s id.' })),
  limit: pageQuery.limit,
});
export const ordersAnswer = strictObject({ items: Type.Array(orderRowSchema) });

const disputeSchema = strictObject({
  id: publicIdSchema('recall'),
  kind: Type.Enum(['dispute', 'provider_refund'], {
    description: 'provider_refund: somebody refunded it at the provider itself.',
  }),
  state: Type.Enum(['held', 'parked', 'released', 'taken']),
  order: publicIdSchema('order'),
  fan: personSchema,
  provider: Type.String(),
  providerRef: Type.String(),
  providerUrl: nullable(Type.String(), { description: 'Where evidence is brought: at the provider.' }),
  providerSays: Type.String(),
  reason: Type.String(),
  amount: amountSchema,
  fee: amountSchema,
  openedAt: time,
  since: time,
  evidenceDueAt: nullable(time),
  holds: strictObject({
    unspent: amountSchema,
    gifts: Type.Integer(),
    giftsWorth: amountSchema,
    creators: Type.Array(personSchema),
  }),
  took: Type.Array(
    strictObject({
      source: Type.Enum(['fan', 'creators', 'reserve', 'house', 'fee']),
      label: Type.String(),
      units: amountSchema,
      money: amountSchema,
      diamonds: amountSchema,
    }),
  ),
  returned: nullable(strictObject({ at: time, units: amountSchema, money: amountSchema }), {
    description:
      'Of a refund that the payer’s bank sent back after it was booked, or of a dispute that it decided anew: what the fan and the house have again.',
  }),
  note: nullable(Type.String()),
  needsPerson: Type.Boolean(),
  pardoned: Type.Boolean({ description: 'The account may buy and give again although it was lost.' }),
  steps: Type.Array(stepSchema),
});
export const disputesQuery = Type.Object({
  ...pageQuery,
  show: Type.Optional(Type.Enum(['open', 'all'], { default: 'open' })),
});
export const disputesAnswer = pageSchema(disputeSchema);
export const disputeAnswer = strictObject({ dispute: disputeSchema });
export const disputeParams = strictObject({ id: publicIdSchema('recall') });
export const pardonBody = strictObject({ reason });

export const consoleOrderAnswer = strictObject({
  order: orderRowSchema,
  parked: nullable(
    strictObject({
      problem: Type.String(),
      came: nullable(amountSchema, {
        description: 'What the provider says came; null while it does not answer.',
      }),
      credits: amountSchema,
      resolution: nullable(
        strictObject({
          verdict: Type.Enum(['credit', 'given_back', 'close']),
          state: Type.Enum(['waiting', 'approved', 'done', 'rejected']),
          amount: amountSchema,
          reason: Type.String(),
          reference: nullable(Type.String()),
          by: personSchema,
          at: time,
          approval: nullable(approvalSchema),
        }),
      ),
    }),
    { description: 'Of an order that waits for a person, or did.' },
  ),
  offer: strictObject({
    possible: Type.Boolean(),
    road: Type.Enum(['provider', 'hand'], {
      description:
        'hand: whoever took the money cannot give it back, so somebody pays it once it is decided.',
    }),
    units: amountSchema,
    amount: amountSchema,
    how: Type.Array(howLineSchema),
    checks: Type.Array(checkSchema),
    secondFrom: nullable(amountSchema),
  }),
  refunds: Type.Array(consoleRefundSchema),
  disputes: Type.Array(disputeSchema),
});
export const supportRefundBody = strictObject({
  units: Type.Optional(
    nullable(digits, {
      description: 'How many units (a Diamond has 1,000); all that is unspent unless told.',
    }),
  ),
  cents: Type.Optional(digits),
  reason,
});
export const refundSentBody = strictObject({
  reference: Type.String({
    minLength: 3,
    maxLength: 200,
    pattern: '^[^\\s\\u0000-\\u001f][^\\u0000-\\u001f]*[^\\s\\u0000-\\u001f]$',
    description: 'What names the payment at the bank or in the wallet.',
  }),
});
export const takenBackBody = strictObject({ reason });
export const verdictBody = strictObject({
  verdict: Type.Enum(['refunded', 'failed'], {
    description: 'refunded: the money went back; failed: none was sent, and the units are free again.',
  }),
  reason,
});
export const resolutionBody = strictObject({
  verdict: Type.Enum(['credit', 'given_back', 'close'], {
    description:
      'credit: what came, at the order’s price; given_back: by hand or at the provider, with its reference.',
  }),
  reason,
  reference: Type.Optional(
    nullable(Type.String({ minLength: 3, maxLength: 200, pattern: '^[^\\u0000-\\u001f]*$' })),
  ),
});
export const refundParams = strictObject({ id: publicIdSchema('refund') });
export const refundDecisionBody = strictObject({
  approvalId: publicIdSchema('approval'),
  verdict: Type.Enum(['approved', 'rejected']),
  bodyHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  reason: nullable(reason),
});

const lineSchema = strictObject({
  label: Type.String(),
  amount: amountSchema,
  money: amountSchema,
  note: nullable(Type.String()),
});
export const liabilitiesAnswer = strictObject({
  owed: Type.Array(lineSchema, { description: 'What people have, and what it is worth now.' }),
  held: Type.Array(lineSchema, { description: 'The money that stands behind it.' }),
  totals: strictObject({ owed: amountSchema, held: amountSchema, coverPercent: nullable(Type.Integer()) }),
  check: strictObject({
    passed: Type.Boolean(),
    lines: Type.Array(strictObject({ asset: Type.String(), debits: Type.String(), credits: Type.String() })),
  }),
  openDisputes: strictObject({ count: Type.Integer(), money: amountSchema }),
  asOf: time,
});
