import type { Static } from 'typebox';
import { Type } from 'typebox';
import { amountJson } from '../core/money.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { answerCsv, CSV_CHUNK, type CsvColumns } from '../http/csv.ts';
import { rangeOf } from '../http/instant.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { currentPolicy } from '../policy/index.ts';
import { announcedRates, currentRate, rateAt, rateOf } from './current-rate.ts';
import { FORMULA_TEXT } from './formula.ts';
import { settledDaysOf } from './formula-holdings.ts';
import {
  keptRatio,
  type Rate,
  rateHow,
  recompute,
  SHOWN_DIAMONDS,
  sameRatio,
  shownCents,
  stepsOf,
} from './rules.ts';
import {
  historyCsvQuery,
  historyQuery,
  historySchema,
  oneRateSchema,
  type rateSchema,
  ratesSchema,
} from './schema.ts';
import { type HistoryFilter, newestFormulaDay, rateHistory } from './store.ts';

export function rateRoutes(app: App, house: House): void {
  app.get(
    '/v1/rates',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What a Diamond is worth now and from announced days on, and how the number is made',
        tags: ['rates'],
        response: { 200: ratesSchema },
      },
    },
    async () => {
      const nowMs = house.clock.now();
      const [current, announced, policy, lastRun] = await Promise.all([
        currentRate(house.db, nowMs),
        announcedRates(house.db, nowMs),
        currentPolicy(house.db, nowMs),
        newestFormulaDay(house.db),
      ]);
      const { isOn, bandBasisPoints, dayCapBasisPoints, noticeDays, windowDays } = policy.rates.formula;
      return {
        current: rateJson(current),
        announced: announced.map(rateJson),
        formula: {
          isOn,
          text: FORMULA_TEXT,
          bandBasisPoints,
          dayCapBasisPoints,
          noticeDays,
          windowDays,
          settledDays: settledDaysOf(policy),
          lastRun: lastRun?.day ?? null,
        },
      };
    },
  );

  app.get(
    '/v1/rates/history',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Every rate there was and that is announced, newest first',
        tags: ['rates'],
        querystring: historyQuery,
        response: { 200: historySchema },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const before = cursor === undefined ? null : beforeOf(cursor);
      const rows = await rateHistory(house.db, filterOf(request.query), before, limit + 1);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map((row) => rateJson(rateOf(row))),
        nextCursor: rows.length > limit && last !== undefined ? encodeCursor([last.version]) : null,
      };
    },
  );

  app.get(
    '/v1/rates/history.csv',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Every rate there was and that is announced, as a CSV file, whole',
        tags: ['rates'],
        querystring: historyCsvQuery,
      },
    },
    async (request, reply) =>
      answerCsv(reply, 'carat-rates.csv', CSV_COLUMNS, historyChunks(house, filterOf(request.query))),
  );

  app.get(
    '/v1/rates/:version',
    {
      config: { access: 'public' },
      schema: {
        summary: 'One rate with its inputs, and its arithmetic line by line',
        tags: ['rates'],
        params: Type.Object({ version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }),
        response: { 200: oneRateSchema },
      },
    },
    async (request) => {
      const rate = await rateAt(house.db, request.params.version);
      if (rate === null) throw new Refusal(NOT_FOUND);
      const recomputed = recompute(rate.inputs);
      return {
        rate: rateJson(rate),
        formula: rate.inputs.method === 'formula' ? FORMULA_TEXT : null,
        steps: stepsOf(rate.inputs).map((step) => ({ ...step })),
        recomputed: keptRatio(recomputed),
        agrees: sameRatio(recomputed, rate.centsPerUnit),
      };
    },
  );
}

const CSV_COLUMNS: CsvColumns<Rate> = [
  ['version', (rate) => rate.version],
  ['announced', (rate) => rate.announcedAt.toISOString()],
  ['from', (rate) => rate.effectiveFrom.toISOString()],
  ['cents', (rate) => rate.centsPerUnit.numerator],
  ['for_diamond_units', (rate) => rate.centsPerUnit.denominator],
  ['cents_for_1000_diamonds', (rate) => shownCents(rate)],
  ['method', (rate) => rate.inputs.method],
  ['reason', (rate) => rate.reason],
  ['inputs', (rate) => JSON.stringify(rate.inputs)],
];

async function* historyChunks({ db }: House, filter: HistoryFilter): AsyncIterable<Rate[]> {
  let before: number | null = null;
  for (;;) {
    const rows = await rateHistory(db, filter, before, CSV_CHUNK);
    yield rows.map(rateOf);
    const last = rows.at(-1);
    if (rows.length < CSV_CHUNK || last === undefined) return;
    before = last.version;
  }
}

interface FilterQuery {
  readonly method?: HistoryFilter['method'];
  readonly from?: string;
  readonly to?: string;
}

function filterOf({ method, ...range }: FilterQuery): HistoryFilter {
  const { from, to } = rangeOf(range);
  return { method: method ?? null, from: from ?? null, to: to ?? null };
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
    centsPerUnit: keptRatio(rate.centsPerUnit),
    announced: rate.announcedAt.toISOString(),
    from: rate.effectiveFrom.toISOString(),
    reason: rate.reason,
    inputs: rate.inputs,
    how: rateHow(rate),
  };
}
