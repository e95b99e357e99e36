import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { required } from '../http/required-id.ts';
import { peopleByIds } from '../identity/index.ts';
import type { PayoutMethodName } from '../policy/index.ts';
import { bounce, bounceAll } from './bounce.ts';
import { dayAt } from './business-days.ts';
import { callBack } from './call-back.ts';
import { detailJson, filesJson, LARGE_CENTS, NEW_ACCOUNT_MS, queueRowsJson } from './console-show.ts';
import { queuePage, readyCounts, waitingSums } from './console-store.ts';
import { type FileRow, filesPage } from './files-store.ts';
import { liftHold } from './lift-hold.ts';
import { downloadFile, makePayoutFile, markFileSent, withdrawFile } from './make-file.ts';
import { METHOD_WORDS } from './methods/words.ts';
import { type MoveAsked, moveWithdrawal } from './move-withdrawal.ts';
import { askForRelease, decideRelease, releaseWithdrawal, secondOperatorFrom } from './release-withdrawal.ts';
import { askForFailure, askForReturn, failWithdrawal } from './return-withdrawal.ts';
import {
  bounceAnswers,
  bouncesBody,
  bulkAnswer,
  bulkBody,
  callBackBody,
  decisionBody,
  detailAnswer,
  failBody,
  fileAnswer,
  fileBody,
  fileParams,
  filesAnswer,
  filesQuery,
  holdBody,
  parkBody,
  queueAnswer,
  queueQuery,
  returnBody,
  withdrawalParams,
} from './schema.ts';
import { firstHeldAt, withdrawalById, withdrawalsByIds } from './store.ts';

const TAGS = ['console'];
const HOLD_MAX_MS = 90 * DAY_MS;

/** What operators do with withdrawals. */
export function consoleWithdrawalRoutes(app: App, house: House): void {
  const detail = async (id: Uuid, viewerId: Uuid) => {
    const row = await withdrawalById(house.db, id);
    if (row === undefined) throw new Refusal(NOT_FOUND);
    return detailJson(house, row, viewerId);
  };

  app.get(
    '/v1/console/withdrawals',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Withdrawals by what they wait for: what waits the oldest first, what is over the newest',
        tags: TAGS,
        querystring: queueQuery,
        response: { 200: queueAnswer },
      },
    },
    async (request) => {
      const { cursor, limit, show = 'waiting' } = request.query;
      const nowMs = house.clock.now();
      const [page, sums, ready] = await Promise.all([
        queuePage(house.db, show, {
          after: cursor === undefined ? null : placeOf(cursor),
          limit: limit + 1,
          old: new Date(nowMs - DAY_MS),
          largeCents: (await secondOperatorFrom(house)) ?? LARGE_CENTS,
          newSince: new Date(nowMs - NEW_ACCOUNT_MS),
          now: new Date(nowMs),
        }),
        waitingSums(house.db),
        readyCounts(house.db),
      ]);
      const ids = page.slice(0, limit).map(({ id }) => id);
      const byId = new Map((await withdrawalsByIds(house.db, ids)).map((row) => [row.id, row]));
      const rows = ids.flatMap((id) => byId.get(id) ?? []);
      const last = page.at(limit - 1);
      return {
        items: await queueRowsJson(house, rows),
        nextCursor:
          page.length > limit && last !== undefined ? encodeCursor([last.committed.toString()]) : null,
        waiting: {
          count: sums.count,
          money: amountJson('USD', sums.cents),
          oldest: sums.oldest?.toISOString() ?? null,
        },
        ready: ready.map(({ method, count }) => ({
          method: method as PayoutMethodName,
          name: METHOD_WORDS[method as PayoutMethodName],
          count,
        })),
      };
    },
  );

  app.get(
    '/v1/console/withdrawals/:id',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'One withdrawal: what to look at, its money, its transfers, its history, what can be done',
        tags: TAGS,
        params: withdrawalParams,
        response: { 200: detailAnswer },
      },
    },
    async (request) => detail(required('wd', request.params.id), userOf(request).userId),
  );

  move('sent', 'It was paid by hand', 'send');
  move('paid', 'It has arrived', 'pay');

  app.put(
    '/v1/console/withdrawals/:id/released',
    {
      config: { access: 'operator' },
      schema: {
        summary:
          'The checks are done: it goes with the next file. From the policy’s amount on two operators decide',
        tags: TAGS,
        params: withdrawalParams,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      await releaseWithdrawal(house, id, userId);
      return detail(id, userId);
    },
  );

  app.put(
    '/v1/console/withdrawals/:id/held',
    {
      // Holding is urgent and moves nothing.
      config: { access: 'operator', confirmed: 'not_needed' },
      schema: {
        summary: 'Put it on hold: the creator reads why, and by when they will know',
        tags: TAGS,
        params: withdrawalParams,
        body: holdBody,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      const { reason, rule } = request.body;
      const until = readUntil(request.body.until, house.clock.now(), await firstHeldAt(house.db, id));
      await moveWithdrawal(house, id, { move: 'hold', by: userId, hold: { reason, rule, until } });
      return detail(id, userId);
    },
  );

  app.put(
    '/v1/console/withdrawals/:id/hold-lifted',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Lift the hold of one that its creator canceled: they can ask anew before its latest date',
        tags: TAGS,
        params: withdrawalParams,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      await liftHold(house, id, userId);
      return detail(id, userId);
    },
  );

  app.put(
    '/v1/console/withdrawals/:id/called-back',
    {
      config: { access: 'operator' },
      schema: {
        summary:
          'Ask the provider to give back what nobody has accepted there; what it says then decides. The creator reads why',
        tags: TAGS,
        params: withdrawalParams,
        body: callBackBody,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      await callBack(house, id, { by: userId, reason: request.body.reason });
      return detail(id, userId);
    },
  );

  app.put(
    '/v1/console/withdrawals/:id/failed',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'It is not paid, and the creator reads why: the Diamonds are available again',
        tags: TAGS,
        params: withdrawalParams,
        body: failBody,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      await failWithdrawal(house, id, { by: userId, note: request.body.reason });
      return detail(id, userId);
    },
  );

  app.put(
    '/v1/console/withdrawals/:id/parked',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'The bank says something that nobody understands: no money moves until it was asked',
        tags: TAGS,
        params: withdrawalParams,
        body: parkBody,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      await moveWithdrawal(house, id, { move: 'park', by: userId, note: request.body.reason });
      return detail(id, userId);
    },
  );

  app.put(
    '/v1/console/withdrawals/:id/returned',
    {
      config: { access: 'operator' },
      schema: {
        summary:
          'The bank sent it back, with a code: the Diamonds are available again. An unknown code parks it',
        tags: TAGS,
        params: withdrawalParams,
        body: returnBody,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      await bounce(house, id, { code: request.body.code, by: userId });
      return detail(id, userId);
    },
  );

  app.post(
    '/v1/console/withdrawals/:id/approval',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Ask another operator to release it',
        tags: TAGS,
        params: withdrawalParams,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      const row = await withdrawalById(house.db, id);
      if (row === undefined) throw new Refusal(NOT_FOUND);
      const person = (await peopleByIds(house.db, [row.userId])).get(row.userId);
      await askForRelease(house, id, { by: userId, creator: person?.displayName ?? 'Somebody' });
      return detail(id, userId);
    },
  );

  app.put(
    '/v1/console/withdrawals/:id/approval',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Approve its release, and so release it, or say no; whoever asked cannot',
        tags: TAGS,
        params: withdrawalParams,
        body: decisionBody,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      const { verdict, reason, bodyHash } = request.body;
      await decideRelease(house, id, {
        approvalId: required('approval', request.body.approvalId),
        by: userId,
        verdict,
        reason,
        bodyHash: Buffer.from(bodyHash, 'hex'),
      });
      return detail(id, userId);
    },
  );

  app.post(
    '/v1/console/withdrawals/:id/return-approval',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Ask another operator to say that what was sent came back',
        tags: TAGS,
        params: withdrawalParams,
        body: returnBody,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      const row = await withdrawalById(house.db, id);
      if (row === undefined) throw new Refusal(NOT_FOUND);
      const person = (await peopleByIds(house.db, [row.userId])).get(row.userId);
      const creator = person?.displayName ?? 'Somebody';
      await askForReturn(house, id, { by: userId, creator, code: request.body.code });
      return detail(id, userId);
    },
  );

  app.post(
    '/v1/console/withdrawals/:id/failure-approval',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Ask another operator to say that what was to be paid by hand is not paid',
        tags: TAGS,
        params: withdrawalParams,
        body: failBody,
        response: { 200: detailAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
      const row = await withdrawalById(house.db, id);
      if (row === undefined) throw new Refusal(NOT_FOUND);
      const person = (await peopleByIds(house.db, [row.userId])).get(row.userId);
      const creator = person?.displayName ?? 'Somebody';
      await askForFailure(house, id, { by: userId, creator, reason: request.body.reason });
      return detail(id, userId);
    },
  );

  bulk('released', 'Release many; those that take two operators are left', (id, by) =>
    releaseWithdrawal(house, id, by),
  );
  bulk('paid', 'Many have arrived', (id, by) => moveWithdrawal(house, id, { move: 'pay', by }));

  app.put(
    '/v1/console/payouts/bounces',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'What a bank says of payments that came back: a reference and a code on each line',
        tags: TAGS,
        body: bouncesBody,
        response: { 200: bounceAnswers },
      },
    },
    async (request) => ({ items: await bounceAll(house, request.body.lines, userOf(request).userId) }),
  );

  fileRoutes(app, house);

  /** A move that says nothing more than that it was made; it may be asked for again and again. */
  function move(state: string, summary: string, made: MoveAsked['move']): void {
    app.put(
      `/v1/console/withdrawals/:id/${state}`,
      {
        config: { access: 'operator' },
        schema: { summary, tags: TAGS, params: withdrawalParams, response: { 200: detailAnswer } },
      },
      async (request) => {
        const [id, { userId }] = [required('wd', request.params.id), userOf(request)];
        await moveWithdrawal(house, id, { move: made, by: userId });
        return detail(id, userId);
      },
    );
  }

  /** The same move of many: each happens or says why not, whatever becomes of the others. */
  function bulk(state: string, summary: string, make: (id: Uuid, by: Uuid) => Promise<unknown>): void {
    app.put(
      `/v1/console/payouts/${state}`,
      {
        config: { access: 'operator' },
        schema: { summary, tags: TAGS, body: bulkBody, response: { 200: bulkAnswer } },
      },
      async (request) => {
        const { userId } = userOf(request);
        const items = [];
        for (const name of request.body.ids) {
          try {
            await make(required('wd', name), userId);
            items.push({ id: name, done: true, code: null, detail: null });
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            items.push({ id: name, done: false, code: error.code, detail: error.message });
          }
        }
        return { items };
      },
    );
  }
}

function fileRoutes(app: App, house: House): void {
  app.get(
    '/v1/console/payout-files',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Files for banks, newest first, and how many of their payments stand where',
        tags: TAGS,
        querystring: filesQuery,
        response: { 200: filesAnswer },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const rows = await filesPage(house.db, cursor === undefined ? null : timeOf(cursor), limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: await filesJson(house, page),
        nextCursor: rows.length > limit && last !== undefined ? encodeCursor([last.madeAt.getTime()]) : null,
      };
    },
  );

  app.post(
    '/v1/console/payout-files',
    {
      config: { access: 'operator' },
      schema: {
        summary:
          'Make the file of everything released for a method; each withdrawal is in one file at a time',
        tags: TAGS,
        body: fileBody,
        response: { 201: fileAnswer },
      },
    },
    async (request, reply) => {
      const made = await makePayoutFile(house, request.body.method, userOf(request).userId);
      const [file] = await filesJson(house, [made]);
      if (file === undefined) throw new Error(`a file that cannot be shown: ${made.id}`);
      return reply
        .code(201)
        .header('location', `/v1/console/payout-files/${publicId('payfile', made.id)}`)
        .send({ file });
    },
  );

  app.post(
    '/v1/console/payout-files/:id/downloads',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Take the file: the answer is its bytes, the same each time; who takes it is written down',
        tags: TAGS,
        params: fileParams,
      },
    },
    async (request, reply) => {
      const id = required('payfile', request.params.id);
      const { file, content } = await downloadFile(house, id, userOf(request).userId);
      return reply
        .header('content-type', file.method === 'sepa' ? 'application/xml' : 'text/plain; charset=us-ascii')
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .header('cache-control', 'no-store')
        .send(content);
    },
  );

  change('sent', 'The file is at the bank: its payments are sent', markFileSent);
  change(
    'withdrawn',
    'Nobody has taken the file and nobody may: what is in it is released again',
    withdrawFile,
  );

  function change(
    state: string,
    summary: string,
    make: (house: House, id: Uuid, by: Uuid) => Promise<FileRow>,
  ): void {
    app.put(
      `/v1/console/payout-files/:id/${state}`,
      {
        config: { access: 'operator' },
        schema: { summary, tags: TAGS, params: fileParams, response: { 200: fileAnswer } },
      },
      async (request) => {
        const changed = await make(house, required('payfile', request.params.id), userOf(request).userId);
        const [file] = await filesJson(house, [changed]);
        if (file === undefined) throw new Error(`a file that cannot be shown: ${changed.id}`);
        return { file };
      },
    );
  }
}

/** The latest date of a hold: in the future, and no endless one, however often it is held. */
function readUntil(text: string, nowMs: number, firstAt: Date | null): Date {
  const ms = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  const rule = Number.isNaN(ms)
    ? 'is an instant of ISO 8601'
    : ms < nowMs + MINUTE_MS
      ? 'is in the future'
      : ms > (firstAt?.getTime() ?? nowMs) + HOLD_MAX_MS
        ? firstAt === null
          ? 'is at most 90 days away'
          : `is at most 90 days after it was held first, on ${dayAt(firstAt.getTime())}; then it is released or not paid`
        : null;
  if (rule !== null) throw new Refusal(INVALID_REQUEST, { field: 'until', rule }, '/until');
  return new Date(ms);
}

function placeOf(cursor: string): bigint {
  const [text] = decodeCursor(cursor, 1) ?? [];
  if (typeof text === 'string' && /^[0-9]{1,18}$|^[0-8][0-9]{18}$/.test(text)) return BigInt(text);
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}

function timeOf(cursor: string): Date {
  const [ms] = decodeCursor(cursor, 1) ?? [];
  if (typeof ms === 'number' && Number.isSafeInteger(ms) && Math.abs(ms) <= 8.64e15) return new Date(ms);
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}
