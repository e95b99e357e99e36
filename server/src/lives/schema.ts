import Type, { type Static } from 'typebox';
import {
  amountSchema,
  howLineSchema,
  nullable,
  pageQuery,
  pageSchema,
  publicIdSchema,
  strictObject,
} from '../http/schemas.ts';
import { rankedPersonSchema } from '../identity/index.ts';

const instant = Type.String({ format: 'date-time' });

/** What a live brought. */
const sums = {
  coins: amountSchema,
  diamonds: amountSchema,
  /** At today's rate. */
  money: Type.Object(amountSchema.properties, {
    additionalProperties: false,
    description: 'What the Diamonds are worth at the rate now.',
  }),
  gifts: Type.Integer(),
};

const liveFields = {
  id: publicIdSchema('live'),
  title: Type.String(),
  startedAt: instant,
  endedAt: nullable(instant),
};

export const DashboardAnswer = strictObject({
  live: nullable(
    strictObject({
      ...liveFields,
      handle: Type.String({ description: 'Of the stage: its room tells what happens from here on.' }),
      ...sums,
      maturityDays: Type.Number({
        description: 'What a gift brings is pending for so many days after it was sent, or longer.',
      }),
      viewers: Type.Integer(),
      likes: Type.Integer(),
      newFollowers: Type.Integer({
        description: 'Who began to follow since the live began, and still does.',
      }),
      minutes: Type.Array(
        strictObject({ minute: instant, gifts: Type.Integer(), coins: amountSchema, diamonds: amountSchema }),
        { description: 'The last 30 minutes, oldest first, of committed gifts; those without gifts too.' },
      ),
    }),
    { description: 'null: you are not live.' },
  ),
  lastLive: nullable(publicIdSchema('live'), { description: 'The newest live that has ended.' }),
});
export type DashboardAnswer = Static<typeof DashboardAnswer>;

export const PastLivesQuery = strictObject(pageQuery);
export const PastLivesAnswer = pageSchema(strictObject({ ...liveFields, ...sums }));
export type PastLivesAnswer = Static<typeof PastLivesAnswer>;

export const LiveParams = strictObject({ id: Type.String({ maxLength: 100 }) });

export const SummaryAnswer = strictObject({
  live: strictObject({
    ...liveFields,
    ...sums,
    durationSeconds: Type.Integer(),
    likes: Type.Integer(),
    newFollowers: Type.Integer(),
    peakViewers: nullable(Type.Integer(), { description: 'null: it was never looked at.' }),
    kinds: Type.Array(
      strictObject({
        id: Type.String(),
        name: Type.String(),
        art: Type.String(),
        tier: Type.Integer(),
        gifts: Type.Integer(),
        coins: amountSchema,
        diamonds: amountSchema,
      }),
      { description: 'What each gift of the catalogue brought, the most first.' },
    ),
    supporters: Type.Array(
      strictObject({
        rank: Type.Integer(),
        ...rankedPersonSchema.properties,
        coins: amountSchema,
        diamonds: amountSchema,
      }),
      { description: 'The ten who gave most.' },
    ),
    proof: strictObject({
      stage: Type.Object(amountSchema.properties, {
        additionalProperties: false,
        description: 'As the stage counted while gifts were shown.',
      }),
      gifts: Type.Object(amountSchema.properties, {
        additionalProperties: false,
        description: 'The gifts of this live, added up one by one.',
      }),
      ledger: Type.Object(amountSchema.properties, {
        additionalProperties: false,
        description: 'The entries of these gifts on your account of pending Diamonds, added up one by one.',
      }),
      entries: Type.Integer({ description: 'How many entries these were.' }),
      agrees: Type.Boolean({ description: 'Whether the three are the same.' }),
      how: Type.Array(howLineSchema),
    }),
  }),
});
export type SummaryAnswer = Static<typeof SummaryAnswer>;
