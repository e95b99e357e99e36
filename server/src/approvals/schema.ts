import Type from 'typebox';
import { nullable, pageQuery, pageSchema, publicIdSchema, strictObject } from '../http/schemas.ts';

const time = Type.String({ format: 'date-time' });

const operatorSchema = strictObject({ handle: Type.String(), displayName: Type.String() });

/** What one operator asked another to approve, as the console shows it. */
export const approvalSchema = strictObject({
  id: publicIdSchema('approval'),
  kind: Type.String({ examples: ['rate_draft'] }),
  title: Type.String({ description: 'What kind of thing it is, in words.' }),
  page: nullable(Type.String(), { description: 'The page of the console that shows what it is about.' }),
  summary: Type.String(),
  body: Type.Record(Type.String(), Type.Unknown(), {
    description: 'Everything that is asked for; amounts are text.',
  }),
  bodyHash: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description: 'SHA-256 of it. Whoever decides hands it back, so that it is what they saw.',
  }),
  state: Type.Enum(['open', 'approved', 'rejected', 'withdrawn', 'expired']),
  yours: Type.Boolean({ description: 'You asked for it, so you cannot decide.' }),
  askedBy: operatorSchema,
  askedAt: time,
  expiresAt: time,
  decidedBy: nullable(operatorSchema),
  reason: nullable(Type.String()),
  decidedAt: nullable(time),
});

export const approvalsQuery = strictObject({
  ...pageQuery,
  kind: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  state: Type.Optional(Type.Enum(['open', 'all'], { default: 'open' })),
});

export const approvalParams = Type.Object({ id: publicIdSchema('approval') });

export const decisionBody = strictObject({
  verdict: Type.Enum(['approved', 'rejected']),
  bodyHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  reason: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 500,
      pattern: '^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$',
      description: 'Needed with a rejection.',
    }),
  ),
});

export const approvalAnswer = strictObject({ approval: approvalSchema });

export const approvalsAnswer = pageSchema(approvalSchema);
