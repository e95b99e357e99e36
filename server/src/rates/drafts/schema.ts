import { Type } from 'typebox';
import { approvalSchema } from '../../approvals/index.ts';
import {
  amountSchema,
  nullable,
  pageQuery,
  pageSchema,
  publicIdSchema,
  strictObject,
} from '../../http/schemas.ts';

const time = Type.String({ format: 'date-time' });
const basisPoints = Type.String({ description: 'Hundredths of a percent.' });

export const draftBody = strictObject({
  dollars: Type.String({
    pattern: '^(0|[1-9][0-9]{0,5})(\\.[0-9]{1,6})?$',
    examples: ['13.80'],
    description: 'Dollars for 1,000 Diamonds, more than 0.',
  }),
  startsAt: Type.String({ maxLength: 40, description: 'An ISO 8601 instant or a day (UTC).' }),
  reason: Type.String({ minLength: 1, maxLength: 500, description: 'Shown to everybody.' }),
});

export const draftSchema = strictObject({
  id: publicIdSchema('rate'),
  draftedBy: strictObject({ handle: Type.String(), displayName: Type.String() }),
  yours: Type.Boolean(),
  draftedAt: time,
  revision: Type.Integer(),
  dollars: Type.String(),
  money: amountSchema,
  startsAt: time,
  reason: Type.String(),
  state: Type.Enum(['draft', 'asked', 'rejected', 'expired', 'approved', 'dropped']),
  version: nullable(Type.Integer({ description: 'The rate that it became.' })),
  approval: nullable(approvalSchema, { description: 'What was asked for it last.' }),
  impact: nullable(
    strictObject({
      before: amountSchema,
      beforeVersion: Type.Integer({ description: 'The rate in force when it would start.' }),
      creatorsBasisPoints: basisPoints,
      coverageBefore: nullable(basisPoints),
      coverageAfter: nullable(basisPoints),
      week: amountSchema,
      weekDiamonds: amountSchema,
    }),
    { description: 'What it would change, in figures of now; null when it is over.' },
  ),
});

export const draftsQuery = Type.Object(pageQuery);
export const draftsSchema = strictObject({
  ...pageSchema(draftSchema).properties,
  earliestStart: time,
  highest: amountSchema,
});
export const askDraftBody = strictObject({ revision: Type.Integer({ minimum: 1 }) });
export const decideDraftBody = strictObject({
  approvalId: publicIdSchema('approval'),
  bodyHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Of what you saw.' }),
  verdict: Type.Enum(['approved', 'rejected']),
  reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'A rejection has one.' })),
});
