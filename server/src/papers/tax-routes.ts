import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { answerCsv } from '../http/csv.ts';
import { type UserPrincipal, userOf } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { paymentsMade } from '../withdrawals/index.ts';
import { answerPaper, mayHave } from './routes.ts';
import { taxYearsSchema, yearParams } from './schema.ts';
import { cameAt } from './store.ts';
import { allPayments, monthsOfYear, PAYMENT_COLUMNS, paymentsIn } from './tax.ts';
import { taxCsvFile, taxJsonFile, yearJson } from './tax-json.ts';

/** What was paid out in a calendar year: to oneself, and for operators to everybody. */
export function taxRoutes(app: App, house: House): void {
  const { db, clock } = house;

  app.get(
    '/v1/me/tax',
    {
      config: { access: 'user' },
      schema: {
        summary: 'What was paid out to you in each calendar year, the newest first',
        tags: ['papers'],
        response: { 200: taxYearsSchema },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      await mayHave(house, 'creator', userOf(request));
      const nowMs = clock.now();
      const thisYear = yearAt(nowMs);
      const made = await paymentsMade(db, [userId]);
      const first = Math.min(thisYear, ...made.map(({ at }) => at.getUTCFullYear()));
      const years = [];
      for (let year = thisYear; year >= first; year -= 1) {
        years.push(yearJson(year, nowMs, paymentsIn(made, year)));
      }
      return { years };
    },
  );

  for (const format of ['json', 'csv'] as const) {
    app.get(
      `/v1/me/tax/:year/tax.${format}`,
      {
        config: { access: 'user' },
        schema: {
          summary: `Your year for the tax office as a ${format.toUpperCase()} file`,
          description: 'Described in docs/statements.md.',
          tags: ['papers'],
          params: yearParams,
        },
      },
      async (request, reply) => {
        const { userId, handle } = userOf(request);
        await mayHave(house, 'creator', userOf(request));
        const year = await beganYear(house, userOf(request), request.params.year);
        return answerPaper(reply, userOf(request), async () => {
          const nowMs = clock.now();
          const payments = paymentsIn(await paymentsMade(db, [userId]), year);
          const months = monthsOfYear(db, userId, year, nowMs);
          reply
            .type(format === 'json' ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8')
            .header('content-disposition', `attachment; filename="carat-tax-${handle}-${year}.${format}"`);
          return format === 'json'
            ? taxJsonFile({ year, nowMs, handle }, payments, months)
            : taxCsvFile(payments, months);
        });
      },
    );
  }

  app.get(
    '/v1/console/tax/:year',
    {
      config: { access: 'operator', confirmed: 'needed' },
      schema: {
        summary: 'What was paid out to everybody in a calendar year, as a CSV file, whole',
        description: 'A row per person, month and account; described in docs/statements.md.',
        tags: ['console'],
        params: yearParams,
      },
    },
    async (request, reply) => {
      const { year } = request.params;
      if (year > yearAt(clock.now())) throw new Refusal(NOT_FOUND);
      request.log.info({ userId: userOf(request).userId, year }, 'an operator takes the tax export');
      reply.header('cache-control', 'no-store');
      return answerCsv(reply, `carat-tax-${year}.csv`, PAYMENT_COLUMNS, allPayments(db, year));
    },
  );
}

/** Refuses with `not_found` for a year before the person came or one that has not begun. */
async function beganYear({ db, clock }: House, { userId }: UserPrincipal, year: number): Promise<number> {
  const came = await cameAt(db, userId);
  if (came === null || year < yearAt(came.getTime()) || year > yearAt(clock.now()))
    throw new Refusal(NOT_FOUND);
  return year;
}

function yearAt(ms: number): number {
  return new Date(ms).getUTCFullYear();
}
