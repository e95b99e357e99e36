import type { FastifyReply } from 'fastify';
import { smaller } from '../core/bigints.ts';
import type { Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { type UserPrincipal, userOf } from '../http/principal.ts';
import { FORBIDDEN, INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { type Person, peopleByIds } from '../identity/index.ts';
import { takenBackOf } from '../refunds/index.ts';
import { assetOf, walletAccountId } from '../wallet/index.ts';
import { paperStream, takePaperTurn } from './paper-turns.ts';
import { pdfFile } from './pdf-file.ts';
import { free, isOver, type Month, monthOf, monthsBetween, PAPER_ACCOUNTS, type PaperKind } from './rules.ts';
import { kindQuery, linesQuery, linesSchema, monthParams, monthsSchema, statementSchema } from './schema.ts';
import {
  endOf,
  hasEntries,
  LineReader,
  openLines,
  openStatement,
  type StatementHead,
  type StatementLine,
  type StatementPlace,
  standingAt,
  statementLines,
} from './statement.ts';
import { csvFile, jsonFile, summing, totalsStream } from './statement-files.ts';
import { headJson, lineJson, type StatementJson } from './statement-json.ts';
import { frontOf, paperTotals, rowOf } from './statement-pdf.ts';
import { cameAt } from './store.ts';

const TAGS = ['papers'];

/** A statement of a month: the list of months, the page, and the same thing as three files. */
export function paperRoutes(app: App, house: House): void {
  app.get(
    '/v1/me/statements',
    {
      config: { access: 'user' },
      schema: {
        summary: 'The months of which there is a statement, the newest first',
        tags: TAGS,
        querystring: kindQuery,
        response: { 200: monthsSchema },
      },
    },
    async (request) => {
      const { of } = request.query;
      const user = userOf(request);
      await mayHave(house, of, user);
      return { of, months: await monthRows(house, user.userId, of) };
    },
  );

  app.get(
    '/v1/me/statements/:month',
    {
      config: { access: 'user' },
      schema: {
        summary: 'A month: balances at its begin and its end, and what led from one to the other',
        tags: TAGS,
        params: monthParams,
        querystring: kindQuery,
        response: { 200: statementSchema },
      },
    },
    async (request) => {
      const done = takePaperTurn(userOf(request).userId);
      try {
        return (await asked(house, userOf(request), request.params, request.query)).json;
      } finally {
        done();
      }
    },
  );

  lineRoutes(app, house);
  fileRoutes(app, house);
}

/** Each month since the person came, the newest first: what was there at its end, and whether anything happened. */
async function monthRows({ db, clock }: House, userId: Uuid, of: PaperKind) {
  const nowMs = clock.now();
  const came = (await cameAt(db, userId)) ?? new Date(nowMs);
  const months = monthsBetween(came, new Date(nowMs));
  const accounts = PAPER_ACCOUNTS[of];
  const takenBack = of === 'fan' ? await takenBackOf(db, userId) : [];
  const rows = [];
  for (const month of months) {
    const sheets = await Promise.all(
      accounts.map(async (account) => {
        const accountId = walletAccountId(userId, account);
        const [closing, changed] = await Promise.all([
          standingAt(db, accountId, BigInt(month.to.getTime()) * 1_000_000n - 1n),
          hasEntries(db, accountId, month.from, month.to),
        ]);
        return { amount: amountJson(assetOf(account), free(closing)), changed };
      }),
    );
    rows.push({
      month: month.name,
      soFar: !isOver(month, nowMs),
      closing: sheets.map(({ amount }) => amount),
      changed:
        sheets.some(({ changed }) => changed) || takenBack.some(({ timestamp }) => isIn(month, timestamp)),
    });
  }
  return rows;
}

/** The lines of a month a page at a time, and what they add up to. */
function lineRoutes(app: App, house: House): void {
  const { db, clock } = house;

  app.get(
    '/v1/me/statements/:month/lines',
    {
      config: { access: 'user' },
      schema: {
        summary: 'The lines of a month, oldest first',
        tags: TAGS,
        params: monthParams,
        querystring: linesQuery,
        response: { 200: linesSchema },
      },
    },
    async (request) => {
      const { limit, cursor, of } = request.query;
      const user = userOf(request);
      const month = await askedMonth(house, user, request.params, request.query);
      const place = cursor === undefined ? null : placeOf(cursor, of);
      const end = await endOf(db, month, clock.now());
      const upto = place === null ? end : smaller(place.upto, end);
      const head = await openLines(db, { of, userId: user.userId, month }, upto, place);
      // One more than is shown tells whether there are more.
      const lines = await new LineReader(db, head, place).read(limit + 1);
      const items = lines.slice(0, limit);
      const last = items.at(-1);
      const isLast = last === undefined || lines.length === items.length;
      return { items: items.map(lineJson), nextCursor: isLast ? null : cursorOf(of, last, upto) };
    },
  );

  app.get(
    '/v1/me/statements/:month/totals',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Where the money went in a month: progress, and at last the sums, one JSON object a line',
        description: 'application/x-ndjson: `{lines, of}` while it adds up, then `{lines, of, totals}`.',
        tags: TAGS,
        params: monthParams,
        querystring: kindQuery,
      },
    },
    async (request, reply) => {
      return answerPaper(reply, userOf(request), async () => {
        const { head } = await asked(house, userOf(request), request.params, request.query);
        reply.type('application/x-ndjson; charset=utf-8');
        return totalsStream(head.lines, statementLines(db, head));
      });
    },
  );
}

/** A month whole, in each kind of file. */
function fileRoutes(app: App, house: House): void {
  for (const format of ['json', 'csv', 'pdf'] as const) {
    app.get(
      `/v1/me/statements/:month/statement.${format}`,
      {
        config: { access: 'user' },
        schema: {
          summary: `The statement of a month as a ${format.toUpperCase()} file, whole`,
          description: 'Described in docs/statements.md.',
          tags: TAGS,
          params: monthParams,
          querystring: kindQuery,
        },
      },
      async (request, reply) => {
        return answerPaper(reply, userOf(request), async () => {
          const paper = await asked(house, userOf(request), request.params, request.query);
          const { head, json } = paper;
          reply.header(
            'content-disposition',
            `attachment; filename="${fileName(head, paper.person)}.${format}"`,
          );
          const lines = statementLines(house.db, head);
          reply.type(FILE_TYPES[format]);
          if (format === 'json') return jsonFile(json, lines);
          return format === 'csv' ? csvFile(head, lines) : pdfOf(paper, lines, house.clock.now());
        });
      },
    );
  }
}

const FILE_TYPES = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  pdf: 'application/pdf',
} as const;

function pdfOf({ head, json, person }: AskedPaper, lines: ReturnType<typeof statementLines>, nowMs: number) {
  const summed = summing(lines);
  const rows = (async function* () {
    for await (const chunk of summed.chunks) yield chunk.map(rowOf);
  })();
  return pdfFile(frontOf(head, json, person), nowMs, rows, () => paperTotals(head, summed.totals()));
}

interface AskedPaper {
  readonly head: StatementHead;
  readonly json: StatementJson;
  readonly person: Pick<Person, 'handle' | 'displayName'>;
}

/** Refuses with `not_found` for a month before the person came or one that has not begun. */
async function askedMonth(
  house: House,
  user: UserPrincipal,
  { month: name }: { readonly month: string },
  { of }: { readonly of: PaperKind },
): Promise<Month> {
  await mayHave(house, of, user);
  const month = monthOf(name);
  const came = await cameAt(house.db, user.userId);
  if (month === null || came === null || month.to <= came || month.from.getTime() > house.clock.now()) {
    throw new Refusal(NOT_FOUND);
  }
  return month;
}

async function asked(
  house: House,
  user: UserPrincipal,
  params: { readonly month: string },
  { of }: { readonly of: PaperKind },
): Promise<AskedPaper> {
  const { db, clock } = house;
  const nowMs = clock.now();
  const month = await askedMonth(house, user, params, { of });
  const [head, people] = await Promise.all([
    openStatement(db, { of, userId: user.userId, month, nowMs }),
    peopleByIds(db, [user.userId]),
  ]);
  const person = people.get(user.userId);
  if (person === undefined) throw new Refusal(NOT_FOUND);
  return { head, json: headJson(head, person), person };
}

/** Creators, and whoever ever earned: papers of what one earned are one's own, whatever one is today. */
export async function mayHave(
  { db, clock }: House,
  of: PaperKind,
  { userId, roles }: UserPrincipal,
): Promise<void> {
  if (of === 'fan' || roles.has('creator')) return;
  const earned = walletAccountId(userId, 'diamonds_pending');
  if (!(await hasEntries(db, earned, new Date(0), new Date(clock.now())))) {
    throw new Refusal(FORBIDDEN, { role: 'creator' });
  }
}

function isIn({ from, to }: Month, timestamp: bigint): boolean {
  const ms = Number(timestamp / 1_000_000n);
  return ms >= from.getTime() && ms < to.getTime();
}

/** Answers with a file as it is made, in one of the person's places for papers. */
export async function answerPaper(
  reply: FastifyReply,
  { userId }: UserPrincipal,
  make: () => Promise<AsyncIterable<string | Uint8Array>>,
): Promise<FastifyReply> {
  const done = takePaperTurn(userId);
  try {
    return reply.header('cache-control', 'no-store').send(paperStream(await make(), done));
  } catch (error) {
    done();
    throw error;
  }
}

function fileName({ of, month }: StatementHead, { handle }: Pick<Person, 'handle'>): string {
  return `carat-${of === 'fan' ? 'statement' : 'earnings'}-${handle}-${month.name}`;
}

// --- Pages of lines -------------------------------------------------------------------------------------------

function cursorOf(of: PaperKind, last: StatementLine, upto: bigint): string {
  const account = PAPER_ACCOUNTS[of].indexOf(last.account);
  return encodeCursor([
    last.timestamp.toString(),
    account.toString(),
    last.number.toString(),
    upto.toString(),
  ]);
}

function placeOf(cursor: string, of: PaperKind): StatementPlace & { readonly upto: bigint } {
  const [timestamp, index, number, upto] = decodeCursor(cursor, 4) ?? [];
  const account = PAPER_ACCOUNTS[of][Number(index)];
  if (
    typeof timestamp === 'string' &&
    typeof number === 'string' &&
    typeof upto === 'string' &&
    [timestamp, upto].every((text) => /^[0-9]{1,18}$|^[1-8][0-9]{18}$/.test(text)) &&
    /^[0-9]{1,12}$/.test(number) &&
    account !== undefined
  ) {
    return { timestamp: BigInt(timestamp), account, number: Number(number), upto: BigInt(upto) };
  }
  throw badCursor();
}

function badCursor(): Refusal {
  return new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}
