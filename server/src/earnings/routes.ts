import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { answerCsv, CSV_CHUNK, type CsvColumns, pricesAt, rangeOf } from '../wallet/index.ts';
import { type EarningFilter, type EarningJson, earningChunks, earningPage } from './earning-entries.ts';
import { earningsOf } from './earnings.ts';
import {
  earningEntriesCsvQuery,
  earningEntriesQuery,
  earningEntriesSchema,
  earningsSchema,
} from './schema.ts';

export function earningRoutes(app: App, house: House): void {
  app.get(
    '/v1/me/earnings',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'What you earned, what becomes available when, and how the numbers were made',
        tags: ['earnings'],
        response: { 200: earningsSchema },
      },
    },
    async (request) => earningsOf(house, userOf(request).userId),
  );

  app.get(
    '/v1/me/earnings/entries',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'The gifts and answers that you earned by, newest first',
        tags: ['earnings'],
        querystring: earningEntriesQuery,
        response: { 200: earningEntriesSchema },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const prices = await pricesAt(house.db, house.clock.now());
      const { userId } = userOf(request);
      return earningPage(house.db, userId, filterOf(request.query), prices, { cursor, limit });
    },
  );

  app.get(
    '/v1/me/earnings/entries.csv',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'The gifts and answers that you earned by, as a CSV file, whole',
        tags: ['earnings'],
        querystring: earningEntriesCsvQuery,
      },
    },
    async (request, reply) => {
      const prices = await pricesAt(house.db, house.clock.now());
      const chunks = earningChunks(
        house.db,
        userOf(request).userId,
        filterOf(request.query),
        prices,
        CSV_CHUNK,
      );
      return answerCsv(reply, 'carat-earnings.csv', CSV_COLUMNS, chunks);
    },
  );
}

const CSV_COLUMNS: CsvColumns<EarningJson> = [
  ['time', (entry) => entry.at],
  ['gift_id', (entry) => entry.giftId ?? entry.questionId],
  ['gift', (entry) => entry.giftName],
  ['quantity', (entry) => entry.quantity],
  ['from', (entry) => entry.sender.handle],
  ['from_name', (entry) => entry.sender.displayName],
  ['coins', (entry) => entry.coins.units],
  ['diamond_units', (entry) => entry.amount.units],
  ['diamonds', (entry) => entry.amount.display],
  ['money_cents', (entry) => entry.money.units],
  ['status', (entry) => entry.status],
  ['available_from', (entry) => entry.maturesAt],
  ['later_because', (entry) => entry.delay?.reason ?? ''],
  ['held_because', (entry) => entry.held?.reason ?? ''],
  ['held_until', (entry) => entry.held?.until ?? ''],
  ['reversed_diamond_units', (entry) => entry.reversed?.amount.units ?? '0'],
  ['reversed_because', (entry) => entry.reversed?.reason ?? ''],
  ['transfer', (entry) => entry.transferId],
];

interface FilterQuery {
  readonly status?: EarningJson['status'];
  readonly from?: string;
  readonly to?: string;
}

function filterOf({ status, ...range }: FilterQuery): EarningFilter {
  return {
    ...(status === undefined ? {} : { status }),
    ...rangeOf(range),
  };
}
