import { type Static, Type } from 'typebox';
import { approvalSchema } from '../approvals/index.ts';
import {
  amountSchema,
  howLineSchema,
  nullable,
  pageQuery,
  pageSchema,
  publicIdSchema,
  strictObject,
} from '../http/schemas.ts';
import { PAYOUT_METHODS } from '../policy/index.ts';
import { RESOLUTION_VERDICTS } from './providers/resolution-rules.ts';
import { WITHDRAWAL_STATES } from './withdrawal.ts';

const time = Type.String({ format: 'date-time' });
const day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', examples: ['2026-11-26'] });
const method = Type.Enum([...PAYOUT_METHODS]);
const country = Type.String({ pattern: '^[A-Z]{2}$' });

/** Money in any currency. */
const moneySchema = strictObject({
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  minor: Type.String({ pattern: '^[0-9]+$', description: 'Whole minor units of the currency, as digits.' }),
  display: Type.String(),
});

export const termsSchema = strictObject({
  method,
  name: Type.String(),
  countries: Type.Array(country, { description: 'Empty = all.' }),
  currency: Type.String(),
  fee: amountSchema,
  least: amountSchema,
  dayMax: nullable(amountSchema),
  businessDays: Type.Integer(),
});

export const accountSchema = strictObject({
  id: publicIdSchema('payacct'),
  method,
  name: Type.String(),
  holder: Type.String(),
  holderAtBank: Type.String({ description: 'The name in the letters that banks take.' }),
  country,
  currency: Type.String(),
  masked: Type.String({ examples: ['··4207'] }),
  address: nullable(Type.String(), { description: 'Of bitcoin: the whole address, to compare.' }),
  madeAt: time,
  usableFrom: time,
  usable: Type.Boolean(),
  available: Type.Boolean({ description: 'Whether this site pays to it now.' }),
  setUp: nullable(
    strictObject({
      provider: Type.String(),
      state: Type.Enum(['begun', 'more_needed', 'checking', 'ready', 'rejected']),
      words: nullable(Type.String(), { description: 'What stands in the way, after “does not pay yet:”.' }),
      bank: nullable(Type.String({ examples: ['··6789'] })),
    }),
    { description: 'Of an account at a provider: how far it is set up there.' },
  ),
});

export const methodsAnswer = strictObject({
  methods: Type.Array(termsSchema),
  accounts: Type.Array(accountSchema),
  coolDownHours: Type.Integer(),
});
export const accountAnswer = strictObject({ account: accountSchema });

const holder = Type.String({ minLength: 1, maxLength: 140, pattern: '^[^\\u0000-\\u001f]*$' });
const replaces = Type.Optional(publicIdSchema('payacct'));
const number = Type.String({ minLength: 1, maxLength: 60 });
export const accountBody = Type.Union([
  strictObject({
    method: Type.Literal('sepa'),
    holder,
    iban: number,
    bic: Type.Optional(Type.String({ maxLength: 20 })),
    replaces,
  }),
  strictObject({
    method: Type.Literal('ach'),
    holder,
    routing: number,
    account: number,
    accountType: Type.Enum(['checking', 'savings']),
    replaces,
  }),
  strictObject({ method: Type.Literal('stripe'), holder, country }),
  strictObject({
    method: Type.Literal('btcpay'),
    holder,
    country,
    address: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f]*$' }),
    replaces,
  }),
  strictObject({
    method: Type.Literal('paypal'),
    holder,
    country,
    email: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f]*$' }),
    replaces,
  }),
  strictObject({
    method: Type.Literal('manual'),
    holder,
    country,
    instructions: Type.String({
      minLength: 3,
      maxLength: 500,
      pattern: '^[^\\u0000-\\u0009\\u000b-\\u001f]*$',
    }),
    replaces,
  }),
]);
export const accountParams = strictObject({ id: publicIdSchema('payacct') });

export const setUpAnswer = strictObject({
  url: Type.String({ description: 'The provider’s page; good for some minutes, once.' }),
});

export const quoteBody = strictObject({
  diamondUnits: Type.String({ pattern: '^[1-9][0-9]{0,17}$', description: 'Thousandths of a Diamond.' }),
  accountId: publicIdSchema('payacct'),
});

const quoteLineSchema = strictObject({
  key: Type.Enum(['diamonds', 'fee', 'tax', 'conversion', 'get']),
  label: Type.String(),
  value: Type.String(),
  note: nullable(Type.String()),
});

export const quoteSchema = strictObject({
  id: publicIdSchema('quote'),
  accountId: publicIdSchema('payacct'),
  diamonds: amountSchema,
  gross: amountSchema,
  fee: amountSchema,
  tax: amountSchema,
  net: amountSchema,
  get: moneySchema,
  lines: Type.Array(quoteLineSchema, { description: 'They add up exactly; each says how it was rounded.' }),
  arrivesBy: day,
  rateVersion: Type.Integer(),
  policyVersion: Type.Integer(),
  fiatVersion: nullable(Type.Integer()),
  quotedAt: time,
  expiresAt: time,
  /** So that a page can count down by its own clock. */
  heldMs: Type.Integer(),
});
export type QuoteJson = Static<typeof quoteSchema>;
export const quoteAnswer = strictObject({ quote: quoteSchema });

export const requestBody = strictObject({ quoteId: publicIdSchema('quote') });

const stepSchema = strictObject({
  key: Type.String(),
  label: Type.String(),
  note: nullable(Type.String()),
  at: nullable(time),
  by: nullable(Type.String({ description: 'An instant or a day.' })),
  state: Type.Enum(['done', 'now', 'ahead', 'failed']),
});

const bounceSchema = strictObject({
  words: Type.String(),
  field: nullable(Type.String({ description: 'What of the account to correct.' })),
  code: nullable(Type.String()),
});

const withdrawalFields = {
  id: publicIdSchema('wd'),
  reference: Type.String(),
  state: Type.Enum([...WITHDRAWAL_STATES]),
  stateWord: Type.String(),
  diamonds: amountSchema,
  gross: amountSchema,
  fee: amountSchema,
  tax: amountSchema,
  net: amountSchema,
  get: moneySchema,
  method,
  methodName: Type.String(),
  accountId: publicIdSchema('payacct'),
  holder: Type.String(),
  masked: Type.String(),
  country,
  requestedAt: time,
  since: time,
  arrivesBy: day,
  promisedBy: Type.String({
    ...day,
    description: 'What its price said. `arrivesBy` is later when it was held or looked at for longer.',
  }),
  hold: nullable(strictObject({ reason: Type.String(), until: time })),
  bounce: nullable(bounceSchema),
  cancelable: Type.Boolean(),
  cancelNote: nullable(
    Type.String({
      description: 'On what canceling it depends; nothing but the person’s word where it is null.',
    }),
  ),
  callBack: nullable(Type.Enum(['possible', 'asked']), {
    description:
      'Of what nobody has accepted at its provider: whether it can be taken back, or somebody asked.',
  }),
  steps: Type.Array(stepSchema),
};

export const withdrawalSchema = strictObject(withdrawalFields);
export type WithdrawalJson = Static<typeof withdrawalSchema>;
export const receiptAnswer = strictObject({
  withdrawal: withdrawalSchema,
  how: Type.Array(howLineSchema),
  transfers: Type.Array(publicIdSchema('tx')),
});
export const requestedAnswer = strictObject({ withdrawal: withdrawalSchema });
export const withdrawalParams = strictObject({ id: publicIdSchema('wd') });
export const withdrawalsQuery = Type.Object({ ...pageQuery });
export const withdrawalsAnswer = pageSchema(withdrawalSchema);
export const onTheWayAnswer = strictObject({ items: Type.Array(withdrawalSchema), diamonds: amountSchema });

// --- The console ----------------------------------------------------------------------------------------------

const personSchema = strictObject({
  handle: Type.String(),
  displayName: Type.String(),
  avatar: Type.String(),
});

export const flagSchema = strictObject({ code: Type.String(), passed: Type.Boolean(), words: Type.String() });

const rowFields = {
  ...withdrawalFields,
  creator: personSchema,
  flags: Type.Array(flagSchema, { description: 'What an operator looks at before money leaves.' }),
  risk: Type.Enum(['low', 'some', 'high']),
};
export const queueRowSchema = strictObject(rowFields);
export const queueQuery = Type.Object({
  ...pageQuery,
  show: Type.Optional(
    Type.Enum(['waiting', 'held', 'risk', 'old', 'ready', 'sent', 'trouble', 'all'], { default: 'waiting' }),
  ),
});
export const queueAnswer = strictObject({
  items: Type.Array(queueRowSchema),
  nextCursor: nullable(Type.String()),
  waiting: strictObject({ count: Type.Integer(), money: amountSchema, oldest: nullable(time) }),
  ready: Type.Array(strictObject({ method, name: Type.String(), count: Type.Integer() })),
});

export const detailAnswer = strictObject({
  withdrawal: queueRowSchema,
  returnNeedsSecond: Type.Boolean({
    description: 'Two operators say together that it came back.',
  }),
  failureNeedsSecond: Type.Boolean({
    description:
      'It was released to be paid by hand, so that two operators say together that it is not paid.',
  }),
  needsSecond: Type.Boolean({ description: 'Two operators decide on its release.' }),
  approval: nullable(approvalSchema),
  instructions: nullable(Type.String(), { description: 'Of a payment by hand, while it is to be made.' }),
  lines: Type.Array(howLineSchema),
  ledger: Type.Array(
    strictObject({
      id: publicIdSchema('tx'),
      what: Type.String(),
      from: Type.String(),
      to: Type.String(),
      amount: amountSchema,
      at: time,
    }),
  ),
  history: Type.Array(
    strictObject({
      at: time,
      label: Type.String(),
      by: nullable(Type.String()),
      note: nullable(Type.String()),
      code: nullable(Type.String()),
    }),
  ),
  moves: Type.Array(Type.String()),
  returnCodes: Type.Array(strictObject({ code: Type.String(), words: Type.String() })),
  file: nullable(strictObject({ id: publicIdSchema('payfile'), name: Type.String() })),
  waits: nullable(Type.String(), {
    description: 'Why it is released and cannot be handed to its provider now.',
  }),
  attempts: Type.Array(
    strictObject({
      number: Type.Integer(),
      provider: Type.String(),
      mode: Type.Enum(['live', 'test', 'sandbox']),
      destination: Type.String(),
      madeAt: time,
      refs: Type.Array(Type.String(), { description: 'What the provider calls it.' }),
      says: nullable(Type.String(), { description: 'The provider’s own words.' }),
      problem: nullable(Type.String()),
      closed: nullable(Type.String(), { description: 'Why it did not happen.' }),
    }),
    { description: 'Tries to pay it through a provider, the newest first.' },
  ),
});

const reason = Type.String({ minLength: 3, maxLength: 300, pattern: '^[^\\u0000-\\u001f]*$' });
export const holdBody = strictObject({
  reason: Type.String({
    minLength: 3,
    maxLength: 300,
    pattern: '^[^\\u0000-\\u001f]*$',
    description: 'The creator reads it.',
  }),
  rule: Type.Enum(['account_check', 'unusual_amount', 'unusual_gifts', 'dispute', 'other']),
  until: Type.String({ maxLength: 40, description: 'ISO 8601: they will know by then at the latest.' }),
});
export const failBody = strictObject({ reason });
export const callBackBody = strictObject({ reason });
export const parkBody = strictObject({ reason });
export const returnBody = strictObject({ code: Type.String({ minLength: 1, maxLength: 10 }) });
export const decisionBody = strictObject({
  approvalId: publicIdSchema('approval'),
  verdict: Type.Enum(['approved', 'rejected']),
  bodyHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  reason: nullable(reason),
});
const backGiven = Type.String({
  pattern: '^[0-9]{1,15}([.][0-9]{1,8})?$',
  description:
    'How much of it came back, in the currency that was paid, where the provider does not say; all of it unless given.',
});
export const resolvingQuery = strictObject({ back: Type.Optional(backGiven) });
export const resolvingAnswer = strictObject({
  says: Type.String({ description: 'The provider’s own words, now.' }),
  advice: nullable(Type.String({ description: 'What to find out before choosing.' })),
  refs: Type.Array(Type.String(), { description: 'What the provider calls it.' }),
  choices: Type.Array(
    strictObject({
      verdict: Type.Enum(RESOLUTION_VERDICTS),
      title: Type.String(),
      effect: Type.String(),
      entries: Type.Array(strictObject({ from: Type.String(), to: Type.String(), amount: Type.String() }), {
        description: 'What the ledger books then; nothing moves when there is none.',
      }),
      number: nullable(
        Type.String({ description: 'What number of the payment at its provider has to be given with it.' }),
      ),
      back: nullable(
        strictObject({
          currency: Type.String(),
          all: Type.String({ description: 'All of the payment, as `26.00`.' }),
        }),
        { description: 'The provider does not say how much came back: it may be given with it.' },
      ),
    }),
  ),
});
export const resolutionBody = strictObject({
  verdict: Type.Enum(RESOLUTION_VERDICTS),
  reason,
  number: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_-]{4,64}$',
      description: 'The provider’s own number of the payment, with `paid_there`.',
    }),
  ),
  back: Type.Optional(backGiven),
});
export const bulkBody = strictObject({
  ids: Type.Array(publicIdSchema('wd'), { minItems: 1, maxItems: 200, uniqueItems: true }),
});
export const bulkAnswer = strictObject({
  items: Type.Array(
    strictObject({
      id: publicIdSchema('wd'),
      done: Type.Boolean(),
      code: nullable(Type.String()),
      detail: nullable(Type.String()),
    }),
  ),
});
export const bouncesBody = strictObject({
  lines: Type.Array(
    strictObject({
      reference: Type.String({ maxLength: 40 }),
      code: Type.String({ minLength: 1, maxLength: 10 }),
    }),
    { minItems: 1, maxItems: 200 },
  ),
});
export const bounceAnswers = strictObject({
  items: Type.Array(
    strictObject({
      reference: Type.String(),
      outcome: Type.Enum(['returned', 'parked', 'unknown_reference', 'refused']),
      detail: Type.String(),
    }),
  ),
});
export const fileBody = strictObject({ method: Type.Enum(['sepa', 'ach']) });
export const fileSchema = strictObject({
  id: publicIdSchema('payfile'),
  name: Type.String(),
  method,
  methodName: Type.String(),
  payments: Type.Integer(),
  sum: moneySchema,
  sha256: Type.String(),
  payOn: day,
  madeAt: time,
  madeBy: Type.String(),
  sentAt: nullable(time),
  isTaken: Type.Boolean({ description: 'Somebody has had it in hand: it may be at the bank.' }),
  withdrawnAt: nullable(time),
  sending: Type.Integer(),
  onTheWay: Type.Integer(),
  paid: Type.Integer(),
});
export const fileAnswer = strictObject({ file: fileSchema });
export const fileParams = strictObject({ id: publicIdSchema('payfile') });
export const filesQuery = Type.Object({ ...pageQuery });
export const filesAnswer = pageSchema(fileSchema);
