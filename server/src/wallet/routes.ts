import { Type } from 'typebox';
import { parsePublicId } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { answerCsv, CSV_CHUNK, type CsvColumns } from '../http/csv.ts';
import { rangeOf } from '../http/instant.ts';
import { userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { publicIdSchema } from '../http/schemas.ts';
import { entryKinds } from './describe.ts';
import { type EntryFilter, type EntryJson, entryChunks, entryPage } from './entries.ts';
import { priceOf, pricesAt } from './prices.ts';
import { receiptOf } from './receipt.ts';
import {
  entriesCsvQuery,
  entriesQuery,
  entriesSchema,
  receiptSchema,
  WALLET_ACCOUNTS,
  walletSchema,
} from './schema.ts';
import { walletAccountId } from './statement.ts';

export function walletRoutes(app: App, house: House): void {
  app.get(
    '/v1/me/wallet',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Your balances, each with what it is worth in money now',
        tags: ['wallet'],
        response: { 200: walletSchema },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      const nowMs = house.clock.now();
      const ids = WALLET_ACCOUNTS.map((account) => walletAccountId(userId, account));
      const balances = await house.ledger.balances(ids);
      const prices = await pricesAt(house.db, nowMs);
      // An account that nobody has opened yet holds nothing.
      const [coins = 0n, purchased = 0n, pending = 0n, available = 0n] = ids.map((id) => {
        const account = balances.get(id);
        return account === undefined
          ? 0n
          : account.creditsPosted - account.debitsPosted - account.debitsPending;
      });
      const diamonds = (units: bigint) => amountJson('DIAMOND', units);
      const money = (units: bigint) => amountJson('USD', priceOf(prices, 'DIAMOND', units));
      return {
        coins: amountJson('COIN', coins),
        coinsMoney: amountJson('USD', priceOf(prices, 'COIN', coins)),
        diamonds: {
          purchased: diamonds(purchased),
          purchasedMoney: money(purchased),
          pending: diamonds(pending),
          pendingMoney: money(pending),
          available: diamonds(available),
          availableMoney: money(available),
        },
        policyVersion: prices.policyVersion,
        rateVersion: prices.rate.version,
        asOf: new Date(nowMs).toISOString(),
      };
    },
  );

  app.get(
    '/v1/me/wallet/entries',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Your statement, newest first, with the balance after each entry',
        description:
          'A page may hold fewer entries than asked for, also none, while nextCursor says that there is more: a filter looks through a bounded number of entries at once.',
        tags: ['wallet'],
        querystring: entriesQuery,
        response: { 200: entriesSchema },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const prices = await pricesAt(house.db, house.clock.now());
      const { userId } = userOf(request);
      return entryPage(house.db, userId, filterOf(request.query), prices, { cursor, limit });
    },
  );

  app.get(
    '/v1/me/wallet/entries.csv',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Your statement as a CSV file, whole',
        tags: ['wallet'],
        querystring: entriesCsvQuery,
      },
    },
    async (request, reply) => {
      const prices = await pricesAt(house.db, house.clock.now());
      const chunks = entryChunks(
        house.db,
        userOf(request).userId,
        filterOf(request.query),
        prices,
        CSV_CHUNK,
      );
      return answerCsv(reply, 'carat-statement.csv', CSV_COLUMNS, chunks);
    },
  );

  app.get(
    '/v1/me/wallet/entries/:id',
    {
      config: { access: 'user' },
      schema: {
        summary: 'A receipt: how the number was made, and both sides of every transfer',
        tags: ['wallet'],
        params: Type.Object({ id: publicIdSchema('tx') }),
        response: { 200: receiptSchema },
      },
    },
    async (request) => {
      const id = parsePublicId('tx', request.params.id);
      const prices = await pricesAt(house.db, house.clock.now());
      const receipt = id === null ? null : await receiptOf(house.db, userOf(request).userId, id, prices);
      if (receipt === null) throw new Refusal(NOT_FOUND);
      return receipt;
    },
  );
}

/** Amounts in whole units beside what a person reads, so that a sheet can add them up. */
const CSV_COLUMNS: CsvColumns<EntryJson> = [
  ['time', (entry) => entry.at],
  ['transfer', (entry) => entry.id],
  ['kind', (entry) => entry.kind],
  ['account', (entry) => entry.account],
  ['title', (entry) => entry.title],
  ['detail', (entry) => entry.detail],
  ['status', (entry) => entry.status],
  ['asset', (entry) => entry.amount.asset],
  ['amount_units', (entry) => entry.amount.units],
  ['amount', (entry) => entry.amount.display],
  ['money_cents', (entry) => entry.money?.units ?? null],
  ['balance_after_units', (entry) => entry.balanceAfter.units],
];

interface FilterQuery {
  readonly asset?: 'COIN' | 'DIAMOND';
  readonly kind?: string;
  readonly direction?: 'in' | 'out';
  readonly from?: string;
  readonly to?: string;
}

function filterOf({ asset, kind, direction, ...range }: FilterQuery): EntryFilter {
  if (kind !== undefined && !entryKinds().includes(kind)) {
    throw new Refusal(
      INVALID_REQUEST,
      { field: 'kind', rule: `must be one of ${entryKinds().join(', ')}` },
      '/kind',
    );
  }
  return {
    ...(asset === undefined ? {} : { asset }),
    ...(kind === undefined ? {} : { kind }),
    ...(direction === undefined ? {} : { direction }),
    ...rangeOf(range),
  };
}
