import type { Static } from 'typebox';
import { Type } from 'typebox';
import { parsePublicId, publicId } from '../../core/ids.ts';
import { currencyDecimals } from '../../core/money.ts';
import { Refusal } from '../../core/refusal.ts';
import type { App, House } from '../../house.ts';
import { userOf } from '../../http/principal.ts';
import { NOT_FOUND } from '../../http/refusals.ts';
import { publicIdSchema } from '../../http/schemas.ts';
import { currentPolicy } from '../../policy/index.ts';
import { ageInDays, displayRate } from './rules.ts';
import { decideParkedSchema, fiatConsoleSchema, fiatSchema } from './schema.ts';
import { fiatRatesOf, fiatVersionAt, fiatWatch, parkedTables } from './store.ts';
import { decideParked } from './take-table.ts';

export function fiatRoutes(app: App, house: House): void {
  app.get(
    '/v1/rates/fiat',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What a dollar is worth in other currencies, and how old that is',
        tags: ['rates'],
        response: { 200: fiatSchema },
      },
    },
    async () => fiatNow(house),
  );

  app.get(
    '/v1/console/rates/fiat',
    {
      config: { access: 'operator' },
      schema: {
        summary:
          'Where fiat rates come from, how the last look went, and the tables that wait for an operator',
        tags: ['console'],
        response: { 200: fiatConsoleSchema },
      },
    },
    async () => {
      const [watch, parked] = await Promise.all([fiatWatch(house.db), parkedTables(house.db)]);
      return {
        source: watch.source,
        lookedAt: watch.lookedAt?.toISOString() ?? null,
        nextLookAt: watch.nextLookAt.toISOString(),
        outcome: watch.outcome,
        detail: watch.detail,
        parked: parked.map(({ id, asOf, source, parkedAt, moves }) => ({
          id: publicId('fiat', id),
          asOf,
          source,
          parkedAt: parkedAt.toISOString(),
          moves: [...moves],
        })),
      };
    },
  );

  app.post(
    '/v1/console/rates/fiat/:id',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Take a parked table of fiat rates, or drop it',
        tags: ['console'],
        params: Type.Object({ id: publicIdSchema('fiat') }),
        body: decideParkedSchema,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const id = parsePublicId('fiat', request.params.id);
      if (id === null) throw new Refusal(NOT_FOUND);
      const { take, reason } = request.body;
      await decideParked(house, { id, take, reason, byId: userOf(request).userId });
      return reply.code(204).send(null);
    },
  );
}

async function fiatNow({ db, clock }: House): Promise<Static<typeof fiatSchema>> {
  const nowMs = clock.now();
  const [table, policy] = await Promise.all([fiatVersionAt(db, new Date(nowMs)), currentPolicy(db, nowMs)]);
  const { fiatMaxAgeDays: maxAgeDays } = policy.rates;
  if (table === undefined) return { table: null, maxAgeDays };
  const rates = await fiatRatesOf(db, table.version);
  const ageDays = ageInDays(table.asOf, nowMs);
  return {
    table: {
      version: table.version,
      asOf: table.asOf,
      source: table.source,
      takenAt: table.takenAt.toISOString(),
      ageDays,
      tooOld: ageDays > maxAgeDays,
      rates: [...rates].map(([currency, perUsd]) => ({
        currency,
        perUsd: { numerator: perUsd.numerator.toString(), denominator: perUsd.denominator.toString() },
        decimals: currencyDecimals(currency),
        display: displayRate(perUsd),
      })),
    },
    maxAgeDays,
  };
}
