import { type Static, type TSchema, Type } from 'typebox';
import type { IdPrefix } from '../core/ids.ts';
import { publicIdPattern } from '../core/ids.ts';
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from '../core/page.ts';

/** Shapes that every slice's routes share. */

/** An object that takes exactly these fields. */
export function strictObject<Fields extends Record<string, TSchema>>(fields: Fields) {
  return Type.Object(fields, { additionalProperties: false });
}

/** The schema's value, or `null` where there is none. */
export function nullable<Schema extends TSchema>(schema: Schema, options: { description?: string } = {}) {
  return Type.Union([schema, Type.Null()], options);
}

export const amountSchema = Type.Object(
  {
    asset: Type.Enum(['COIN', 'DIAMOND', 'USD']),
    units: Type.String({ pattern: '^-?(0|[1-9][0-9]*)$', description: 'Whole minor units, as digits.' }),
    display: Type.String({ description: 'The same amount for a person to read.' }),
  },
  { additionalProperties: false, examples: [{ asset: 'COIN', units: '219', display: '219 Coins' }] },
);

export const checkSchema = strictObject({
  code: Type.String(),
  passed: Type.Boolean(),
  rule: Type.String(),
  have: nullable(Type.String()),
  need: Type.String(),
  remedy: nullable(Type.String()),
  whoCanChange: Type.Enum(['you', 'support', 'operator', 'time']),
  earliest: nullable(Type.String()),
  again: Type.Optional(Type.String({ description: 'When it is looked at again.' })),
});

/** One line of "how this number was made". */
export const howLineSchema = strictObject({
  label: Type.String(),
  value: Type.String(),
  note: nullable(Type.String()),
});
export type HowLine = Static<typeof howLineSchema>;

export function publicIdSchema(prefix: IdPrefix) {
  return Type.String({ pattern: publicIdPattern(prefix) });
}

export function pageSchema<Item extends TSchema>(item: Item) {
  return strictObject({
    items: Type.Array(item),
    nextCursor: nullable(Type.String()),
  });
}

/** The query of a paged list. */
export const pageQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
  limit: Type.Integer({ minimum: 1, maximum: PAGE_LIMIT_MAX, default: PAGE_LIMIT_DEFAULT }),
};

export const problemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'Stable; see docs/errors.md.' }),
  detail: Type.String(),
  remedy: Type.String(),
  field: Type.Optional(Type.String({ description: 'JSON pointer to the field at fault.' })),
  data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
