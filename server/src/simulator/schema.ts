import { Type } from 'typebox';
import {
  amountSchema,
  nullable,
  pageQuery,
  pageSchema,
  publicIdSchema,
  strictObject,
} from '../http/schemas.ts';
import { BOUNDS, SCENARIOS } from './inputs.ts';
import { PHASES } from './model/simulate.ts';

const time = Type.String({ format: 'date-time' });
const digits = Type.String({ pattern: '^-?(0|[1-9][0-9]*)$' });
const hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const basisPoints = nullable(Type.String({ description: 'Hundredths of a percent.' }), {
  description: 'Held for what is owed; null when nothing is owed.',
});
const person = strictObject({ handle: Type.String(), displayName: Type.String() });
const seed = Type.Integer({ ...BOUNDS.seed });

export const simulationParams = strictObject({ id: publicIdSchema('sim') });
export const simulationsQuery = Type.Object(pageQuery);

export const askBody = strictObject({
  draft: Type.Optional(publicIdSchema('rate')),
  dollars: Type.Optional(
    Type.String({
      pattern: '^(0|[1-9][0-9]{0,5})(\\.[0-9]{1,6})?$',
      examples: ['13.80'],
      description: 'Dollars for 1,000 Diamonds, more than 0; instead of a draft.',
    }),
  ),
  scenario: Type.Enum([...SCENARIOS]),
  start: Type.Enum(['site', 'example'], { description: 'The site’s own numbers, or an invented town.' }),
  days: Type.Integer({ ...BOUNDS.days }),
  viewers: Type.Integer({ ...BOUNDS.viewers }),
  creators: Type.Integer({ ...BOUNDS.creators }),
  seed: Type.Optional(seed),
});

export const againBody = strictObject({
  seed: Type.Union([Type.Enum(['same', 'another']), seed], {
    description: '`same`: it comes to the same, byte for byte.',
  }),
});

const sumsSchema = strictObject({
  purchased: amountSchema,
  earned: amountSchema,
  earnedDiamonds: amountSchema,
  paidOut: amountSchema,
  waiting: amountSchema,
  mostShort: amountSchema,
  leastCoverage: basisPoints,
  lastCoverage: basisPoints,
  median: amountSchema,
});

const daySchema = strictObject({
  day: Type.Integer({ description: '1 for the first.' }),
  rateCents: digits,
  purchasedCents: digits,
  earnedUnits: digits,
  earnedCents: digits,
  paidOutCents: digits,
  waitingCents: digits,
  shortCents: Type.String({ description: 'Of what waits, what there was too little cash for.' }),
  outstandingUnits: digits,
  heldCents: digits,
  owedCents: digits,
  coverage: basisPoints,
  medianCents: Type.String({ description: 'What the creator in the middle earned in the last thirty days.' }),
});

const armSchema = strictObject({
  days: Type.Array(daySchema),
  sums: sumsSchema,
  books: strictObject({ accounts: Type.Integer(), transfers: Type.Integer() }),
});

const lineFields = {
  id: publicIdSchema('sim'),
  askedBy: person,
  yours: Type.Boolean(),
  askedAt: time,
  repeats: nullable(publicIdSchema('sim')),
  scenario: Type.Enum([...SCENARIOS]),
  title: Type.String({ description: 'The scenario in words.' }),
  start: Type.Enum(['site', 'example']),
  seed: Type.Integer(),
  days: Type.Integer(),
  viewers: Type.Integer(),
  creators: Type.Integer(),
  now: strictObject({
    version: Type.Integer(),
    scheduledFrom: nullable(time, { description: 'Of a version that had not begun when it was asked for.' }),
    money: amountSchema,
  }),
  proposed: strictObject({
    draft: nullable(publicIdSchema('rate')),
    revision: nullable(Type.Integer()),
    money: amountSchema,
  }),
  state: Type.Enum(['waiting', 'running', 'done', 'canceled', 'failed']),
  progress: nullable(
    strictObject({
      phase: Type.Enum([...PHASES]),
      day: Type.Integer({ description: 'Days that are over.' }),
      percent: Type.Integer(),
      elapsedMs: Type.Integer(),
      leftMs: nullable(Type.Integer(), { description: 'About; null while it cannot be said.' }),
    }),
    { description: 'While it runs.' },
  ),
  endedAt: nullable(time),
  canceledBy: nullable(person),
  note: nullable(Type.String({ description: 'Why it failed.' })),
  sentence: nullable(Type.String({ description: 'What it came to.' })),
  hash: nullable(hash, { description: 'SHA-256 of the result’s canonical JSON.' }),
  modelVersion: nullable(Type.Integer()),
};

const lineSchema = strictObject(lineFields);
export const simulationsSchema = strictObject({
  ...pageSchema(lineSchema).properties,
  keptDays: Type.Integer({ description: 'A run is removed so many days after its end.' }),
  dayMax: Type.Integer({ description: 'So many may one operator ask for within 24 hours.' }),
  scenarios: Type.Array(
    strictObject({ name: Type.Enum([...SCENARIOS]), title: Type.String(), line: Type.String() }),
  ),
});

export const simulationSchema = strictObject({
  ...lineFields,
  ahead: Type.Integer({ description: 'Runs that come before this one.' }),
  inputsHash: hash,
  assumptions: Type.Array(Type.String()),
  unknown: Type.Array(Type.String()),
  alike: Type.Array(
    strictObject({
      id: publicIdSchema('sim'),
      same: Type.Boolean({ description: 'Whether it came to the very same.' }),
      modelVersion: Type.Integer(),
    }),
    { description: 'Other runs of the same inputs.' },
  ),
  result: nullable(strictObject({ now: armSchema, proposed: armSchema, each: digits })),
});
