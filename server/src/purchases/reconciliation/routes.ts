import { type Static, Type } from 'typebox';
import { DAY_MS } from '../../core/clock.ts';
import { parsePublicId, publicId } from '../../core/ids.ts';
import { amountJson } from '../../core/money.ts';
import { decodeCursor, encodeCursor } from '../../core/page.ts';
import { Refusal } from '../../core/refusal.ts';
import type { App } from '../../house.ts';
import { userOf } from '../../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../../http/refusals.ts';
import {
  amountSchema,
  nullable,
  pageQuery,
  pageSchema,
  publicIdSchema,
  strictObject,
} from '../../http/schemas.ts';
import { PROVIDER_UNAVAILABLE } from '../refusals.ts';
import type { Shop } from '../shop.ts';
import { recentSkews } from '../webhook-skew.ts';
import { DIFFERENCES, type Difference } from './compare.ts';
import { otherBooksOf } from './other-books.ts';
import { reconcile } from './reconcile.ts';
import { differencesOfRun, newestRuns, type RunPlace, type RunRow, runById } from './store.ts';

const instant = Type.String({ format: 'date-time' });
/** An instant as it is asked for. */
const asked = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$' });

const runSchema = strictObject({
  id: publicIdSchema('recon'),
  provider: Type.String(),
  mode: Type.Enum(['live', 'test', 'sandbox']),
  since: instant,
  until: instant,
  askedBy: nullable(publicIdSchema('user'), { description: 'null: the house itself, once a day.' }),
  payments: Type.Integer(),
  matched: Type.Integer(),
  matchedPercent: Type.String({ examples: ['99.97'], description: 'Rounded down; 100 only when all agree.' }),
  there: strictObject({ gross: amountSchema, fee: amountSchema }),
  here: strictObject({ gross: amountSchema, fee: amountSchema }),
  runAt: instant,
});

const runsAnswer = strictObject({
  ...pageSchema(runSchema).properties,
  providers: Type.Array(strictObject({ id: Type.String(), mode: Type.Enum(['live', 'test', 'sandbox']) })),
});

const skewsAnswer = strictObject({
  items: Type.Array(
    strictObject({
      provider: Type.String(),
      reason: Type.Enum(['too_old', 'from_the_future']),
      times: Type.String(),
      worstSeconds: Type.String({ description: 'How much older than our clock; newer is negative.' }),
      lastAt: instant,
    }),
  ),
});

const differenceSchema = strictObject({
  kind: Type.Enum([...DIFFERENCES]),
  cause: Type.String(),
  payment: Type.String(),
  order: nullable(publicIdSchema('order')),
  there: nullable(amountSchema),
  here: nullable(amountSchema),
});

const wholeSchema = strictObject({ run: runSchema, differences: Type.Array(differenceSchema) });

/** The longest period that one run compares. */
const DAYS_MAX = 31;

export function reconciliationRoutes(app: App, shop: Shop): void {
  const { db, clock } = shop.house;

  app.get(
    '/v1/console/reconciliation',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'What came of comparing providers’ payments with the ledger: the newest runs first',
        tags: ['console'],
        querystring: Type.Object(pageQuery),
        response: { 200: runsAnswer },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const runs = await newestRuns(db, cursor === undefined ? null : readCursor(cursor), limit + 1);
      const shown = runs.slice(0, limit);
      const last = runs.length > limit ? shown.at(-1) : undefined;
      return {
        items: shown.map(runJson),
        providers: [...shop.providers, ...otherBooksOf(shop.house)].map(({ id, mode }) => ({ id, mode })),
        nextCursor:
          last === undefined ? null : encodeCursor([last.runAt.getTime(), publicId('recon', last.id)]),
      };
    },
  );

  app.get(
    '/v1/console/webhook-skews',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Genuine webhooks of the last day that came with a time that cannot be: a clock is wrong',
        tags: ['console'],
        response: { 200: skewsAnswer },
      },
    },
    async () => ({
      items: (await recentSkews(db, clock.now())).map(({ times, worstSeconds, lastAt, ...skew }) => ({
        ...skew,
        times: times.toString(),
        worstSeconds: worstSeconds.toString(),
        lastAt: lastAt.toISOString(),
      })),
    }),
  );

  app.get(
    '/v1/console/reconciliation/:id',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'One run with every difference and its cause',
        tags: ['console'],
        params: Type.Object({ id: publicIdSchema('recon') }),
        response: { 200: wholeSchema },
      },
    },
    async (request) => {
      const run = await existing(request.params.id);
      return wholeJson(run, await differencesOfRun(db, run.id));
    },
  );

  app.post(
    '/v1/console/reconciliation',
    {
      // Comparing two books changes neither.
      config: { access: 'operator', confirmed: 'not_needed' },
      schema: {
        summary: 'Compare a provider’s payments of a period with the ledger now',
        tags: ['console'],
        body: strictObject({
          provider: Type.Enum(['stripe', 'btcpay', 'stripe_connect', 'btcpay_payouts', 'paypal_payouts']),
          since: asked,
          until: asked,
        }),
        response: { 201: wholeSchema },
      },
    },
    async (request, reply) => {
      const { provider: id, ...asked } = request.body;
      const provider = shop.providers.find((known) => known.id === id);
      const other = otherBooksOf(shop.house).find((known) => known.id === id);
      if (provider === undefined && other === undefined) throw new Refusal(NOT_FOUND);
      const period = { since: new Date(asked.since), until: new Date(asked.until) };
      const days = (period.until.getTime() - period.since.getTime()) / DAY_MS;
      if (!(days > 0 && days <= DAYS_MAX) || period.until.getTime() > clock.now() + DAY_MS) {
        const rule = `must be after since, by ${DAYS_MAX} days at most, and not in the future`;
        throw new Refusal(INVALID_REQUEST, { field: 'until', rule }, '/until');
      }
      const { userId } = userOf(request);
      const made = await (provider === undefined
        ? other?.reconcile(period, userId)
        : reconcile(shop, provider, period, userId)
      )?.catch((error: unknown) => {
        shop.house.log.warn({ err: error, provider: id }, 'the books could not be compared');
        throw new Refusal(PROVIDER_UNAVAILABLE);
      });
      if (made === undefined) throw new Refusal(NOT_FOUND);
      return reply.code(201).send(wholeJson(made.run, made.differences));
    },
  );

  async function existing(text: string): Promise<RunRow> {
    const id = parsePublicId('recon', text);
    const run = id === null ? null : await runById(db, id);
    if (run === null) throw new Refusal(NOT_FOUND);
    return run;
  }
}

function readCursor(cursor: string): RunPlace {
  const [runMs, runId] = decodeCursor(cursor, 2) ?? [];
  const id = typeof runId === 'string' ? parsePublicId('recon', runId) : null;
  const isTime = typeof runMs === 'number' && Number.isSafeInteger(runMs) && Math.abs(runMs) <= 8.64e12;
  if (isTime && id !== null) return { runAt: new Date(runMs), id };
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that this list gave' }, '/cursor');
}

function wholeJson(run: RunRow, differences: readonly Difference[]): Static<typeof wholeSchema> {
  const usd = (cents: bigint | null) => (cents === null ? null : amountJson('USD', cents));
  return {
    run: runJson(run),
    differences: differences.map(({ kind, cause, providerRef, orderId, thereCents, hereCents }) => ({
      kind,
      cause,
      payment: providerRef,
      order: orderId === null ? null : publicId('order', orderId),
      there: usd(thereCents),
      here: usd(hereCents),
    })),
  };
}

function runJson(run: RunRow): Static<typeof runSchema> {
  return {
    id: publicId('recon', run.id),
    provider: run.provider,
    mode: run.mode,
    since: run.since.toISOString(),
    until: run.until.toISOString(),
    askedBy: run.askedBy === null ? null : publicId('user', run.askedBy),
    payments: run.payments,
    matched: run.matched,
    matchedPercent: percentOf(run),
    there: { gross: amountJson('USD', run.thereGrossCents), fee: amountJson('USD', run.thereFeeCents) },
    here: { gross: amountJson('USD', run.hereGrossCents), fee: amountJson('USD', run.hereFeeCents) },
    runAt: run.runAt.toISOString(),
  };
}

/** Hundredths of a percent, rounded down; where there was nothing to compare, all of it agrees. */
function percentOf({ matched, payments }: Pick<RunRow, 'matched' | 'payments'>): string {
  if (payments === 0 || matched === payments) return '100';
  const hundredths = Math.floor((matched * 10_000) / payments);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}
