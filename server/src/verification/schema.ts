import { Type } from 'typebox';
import { nullable, pageQuery, pageSchema, publicIdSchema, strictObject } from '../http/schemas.ts';
import { PICTURE_SIDES } from '../policy/index.ts';
import { CASE_STATES, DOCUMENTS, FIELDS } from './rules.ts';

const instant = Type.String({ format: 'date-time' });

export const detailsBody = strictObject({
  legalName: Type.String({ minLength: 1, maxLength: 200 }),
  latinName: Type.Optional(
    nullable(Type.String({ minLength: 1, maxLength: 200 }), {
      description:
        'The same in Latin letters, as the machine-readable lines of the paper have it; needed where its own are others.',
    }),
  ),
  dateOfBirth: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166, where the paper is from.' }),
  document: Type.Enum([...DOCUMENTS]),
});

const pictureSchema = strictObject({
  side: Type.Enum([...PICTURE_SIDES]),
  madeAt: instant,
  width: Type.Integer(),
  height: Type.Integer(),
  erasedAt: nullable(instant),
});

const stepSchema = strictObject({
  label: Type.String(),
  note: nullable(Type.String()),
  at: nullable(instant, { description: 'null: to come.' }),
  state: Type.Enum(['done', 'now', 'ahead', 'failed']),
});

export const caseSchema = strictObject({
  id: publicIdSchema('idcase'),
  state: Type.Enum([...CASE_STATES]),
  since: instant,
  legalName: Type.String(),
  latinName: nullable(Type.String()),
  dateOfBirth: Type.String(),
  country: Type.String(),
  document: Type.Enum([...DOCUMENTS]),
  field: nullable(Type.Enum([...FIELDS]), { description: 'Of a refusal: what to mend.' }),
  reason: nullable(Type.String()),
  pictures: Type.Array(pictureSchema),
  timeline: Type.Array(stepSchema),
  erasedBy: nullable(instant, {
    description: 'When its pictures are erased at the latest; null: not handed in yet.',
  }),
});

export const mineAnswer = strictObject({
  case: nullable(caseSchema),
  needed: Type.Array(Type.Enum([...PICTURE_SIDES]), { description: 'Pictures that a case needs.' }),
  eraseAfterDays: Type.Integer(),
  pictureBytesMax: Type.Integer(),
  triesLeft: Type.Integer({ description: 'Cases that may still be begun.' }),
  takesPapers: Type.Boolean({ description: 'false: the operator has set no key for papers.' }),
  dateOfBirth: nullable(Type.String()),
});

export const sideParams = Type.Object({ side: Type.Enum([...PICTURE_SIDES]) });

const personSchema = strictObject({
  handle: Type.String(),
  displayName: Type.String(),
  avatar: Type.String(),
});

export const consoleRowSchema = strictObject({
  id: publicIdSchema('idcase'),
  number: Type.Integer({ description: 'Of this person.' }),
  state: Type.Enum([...CASE_STATES]),
  since: instant,
  person: personSchema,
  yours: Type.Boolean({ description: 'It is about you, so another operator decides.' }),
  legalName: Type.String(),
  latinName: nullable(Type.String()),
  dateOfBirth: Type.String(),
  country: Type.String(),
  document: Type.Enum([...DOCUMENTS]),
  field: nullable(Type.Enum([...FIELDS])),
  reason: nullable(Type.String()),
});

export const consoleQuery = strictObject({
  ...pageQuery,
  show: Type.Optional(Type.Enum(['waiting', 'all'], { default: 'waiting' })),
});

export const consoleAnswer = strictObject({
  ...pageSchema(consoleRowSchema).properties,
  waiting: Type.Integer(),
  unopened: Type.Integer({
    description: 'Pictures whose key is not here: put it back into CARAT_DOCUMENT_KEY.',
  }),
  sanctions: Type.Enum(['off', 'on'], {
    description: 'Whether names are compared with a list of sanctions (`CARAT_SANCTIONS_URL`).',
  }),
});

export const consoleDetail = strictObject({
  case: consoleRowSchema,
  pictures: Type.Array(
    strictObject({
      side: Type.Enum([...PICTURE_SIDES]),
      width: Type.Integer(),
      height: Type.Integer(),
      erasedAt: nullable(instant),
      seen: Type.Boolean({ description: 'You have looked at it.' }),
    }),
  ),
  history: Type.Array(
    strictObject({
      at: instant,
      label: Type.String(),
      by: nullable(Type.String()),
      note: nullable(Type.String()),
    }),
  ),
  reopens: nullable(Type.Enum(['revoked', 'forgiven', 'sent_back']), {
    description: 'What `PUT …/reopened` would do now; null: nothing.',
  }),
  screening: nullable(
    strictObject({
      at: instant,
      hits: Type.Array(
        strictObject({
          id: Type.String(),
          name: Type.String(),
          score: Type.Number({ description: '0 to 1, by the measure of the list.' }),
          lists: Type.Array(Type.String()),
        }),
      ),
    }),
    { description: 'What the list of sanctions said last; null: it was not asked, or did not answer yet.' },
  ),
  erasedBy: nullable(instant),
});

export const caseParams = Type.Object({ id: publicIdSchema('idcase') });
export const pictureParams = Type.Object({
  id: publicIdSchema('idcase'),
  side: Type.Enum([...PICTURE_SIDES]),
});

const sentence = { minLength: 3, maxLength: 500, pattern: '^[^\\u0000-\\u001f]*$' } as const;

/** What operators say of what they do to a case; the person reads it. */
const reasonSchema = Type.String({
  ...sentence,
  description: 'The person reads it.',
});

export const reopenBody = strictObject({ reason: reasonSchema });

export const verdictBody = Type.Union([
  strictObject({
    verdict: Type.Literal('approved'),
    clears: Type.Optional(
      Type.String({
        ...sentence,
        description:
          'Why whoever the list of sanctions names is somebody else; needed when it names somebody.',
      }),
    ),
  }),
  strictObject({
    verdict: Type.Literal('refused'),
    field: Type.Enum([...FIELDS]),
    reason: reasonSchema,
  }),
]);
