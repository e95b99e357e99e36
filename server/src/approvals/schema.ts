import Type from 'typebox';
import { nullable, pageQuery, pageSchema, publicIdSchema, strictObject } from '../http/schemas.ts';

const time = Type.String({ format: 'date-time' });

const operatorSchema = strictObject({ handle: Type.String(), displayName: Type.String() });

/** What one operator asked another to approve, as the console shows it. */
export const approvalSchema = strictObject({
  id: publicIdSchema('approval'),
  kind: Type.String({ examples: ['rate_draft'] }),
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

export const approvalsAnswer = pageSchema(approvalSchema);
