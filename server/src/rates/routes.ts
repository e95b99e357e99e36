import type { Static } from 'typebox';
import { Type } from 'typebox';
import { amountJson } from '../core/money.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { INVALID_REQUEST } from '../http/refusals.ts';
import { pageQuery } from '../http/schemas.ts';
import { currentRate, rateOf } from './current-rate.ts';
import { type Rate, rateHow, SHOWN_DIAMONDS, shownCents } from './rules.ts';
import { type rateSchema, ratesSchema } from './schema.ts';
import { rateHistory } from './store.ts';

export function rateRoutes(app: App, house: House): void {
  app.get(
    '/v1/rates',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What a Diamond is worth now, what it was worth before, and how the number is made',
        tags: ['rates'],
        querystring: Type.Object(pageQuery),
        response: { 200: ratesSchema },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const current = await currentRate(house.db, house.clock.now());
      const before = cursor === undefined ? null : beforeOf(cursor);
      const rows = await rateHistory(house.db, before, limit + 1);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        current: rateJson(current),
        history: shown.map((row) => rateJson(rateOf(row))),
        nextCursor: rows.length > limit && last !== undefined ? encodeCursor([last.version]) : null,
      };
    },
  );
}

function beforeOf(cursor: string): number {
  const version = decodeCursor(cursor, 1)?.[0];
  if (typeof version === 'number' && Number.isInteger(version) && version > 0 && version < 2 ** 31)
    return version;
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}

/** A rate as the API tells it: by a thousand Diamonds, with its inputs. */
export function rateJson(rate: Rate): Static<typeof rateSchema> {
  return {
    version: rate.version,
    diamonds: SHOWN_DIAMONDS.toString(),
    money: amountJson('USD', shownCents(rate)),
    centsPerUnit: {
      numerator: rate.centsPerUnit.numerator.toString(),
      denominator: rate.centsPerUnit.denominator.toString(),
    },
    from: rate.effectiveFrom.toISOString(),
    reason: rate.reason,
    inputs: rate.inputs,
    how: rateHow(rate),
  };
}
