import type { FastifyRequest } from 'fastify';
import { HOUR_MS } from '../core/clock.ts';
import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { idempotencyKey, REPLAYED_HEADER } from '../http/idempotency.ts';
import { type UserPrincipal, userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { required } from '../http/required-id.ts';
import { currentRate } from '../rates/index.ts';
import { callBack } from './call-back.ts';
import { makeQuote } from './make-quote.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { type AccountGiven, keepPayoutAccount, removePayoutAccount } from './payout-accounts.ts';
import { accountsKnown } from './providers/payers.ts';
import { lookAtSetUp, openSetUp } from './providers/set-up.ts';
import { requestWithdrawal } from './request-withdrawal.ts';
import {
  accountAnswer,
  accountBody,
  accountParams,
  methodsAnswer,
  onTheWayAnswer,
  quoteAnswer,
  quoteBody,
  receiptAnswer,
  requestBody,
  requestedAnswer,
  setUpAnswer,
  withdrawalParams,
  withdrawalsAnswer,
  withdrawalsQuery,
} from './schema.ts';
import { accountJson, quoteJson, quoteLinesJson, termsJson, withdrawalsJson } from './show.ts';
import {
  accountById,
  accountsOf,
  openWithdrawalsOf,
  quoteById,
  transferIdsOf,
  withdrawalById,
  withdrawalsOf,
} from './store.ts';
import { payablePolicy } from './terms.ts';
import type { WithdrawalNow } from './withdrawal.ts';

const TAGS = ['withdrawals'];

export function withdrawalRoutes(app: App, house: House): void {
  accountRoutes(app, house);

  const shown = async (row: WithdrawalNow) => {
    const [json] = await withdrawalsJson(house, [row]);
    if (json === undefined) throw new Error(`a withdrawal that cannot be shown: ${row.id}`);
    return json;
  };

  app.post(
    '/v1/me/withdrawals/quotes',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'What a withdrawal would bring, line by line; the price is held for some minutes',
        tags: TAGS,
        body: quoteBody,
        response: { 201: quoteAnswer },
      },
    },
    async (request, reply) => {
      const { userId } = userOf(request);
      const accountId = required('payacct', request.body.accountId);
      const quote = await makeQuote(house, userId, { units: BigInt(request.body.diamondUnits), accountId });
      return reply.code(201).send({ quote: quoteJson(quote, house.clock.now()) });
    },
  );

  app.post(
    '/v1/me/withdrawals',
    {
      config: { access: 'creator', movesMoney: true },
      schema: {
        summary: 'Withdraw at a price that is held; the session must have been confirmed within five minutes',
        description: 'Repeat it with the same Idempotency-Key as often as needed: it happens once.',
        tags: TAGS,
        body: requestBody,
        response: { 201: requestedAnswer },
      },
    },
    async (request, reply) => {
      const quoteId = required('quote', request.body.quoteId);
      const asked = { key: idempotencyKey(request), quoteId };
      const { withdrawal, replayed } = await requestWithdrawal(house, userOf(request), asked);
      if (replayed) reply.header(REPLAYED_HEADER, 'true');
      const json = await shown(withdrawal);
      return reply.code(201).header('location', `/v1/me/withdrawals/${json.id}`).send({ withdrawal: json });
    },
  );

  app.get(
    '/v1/me/withdrawals',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Your withdrawals, newest first',
        tags: TAGS,
        querystring: withdrawalsQuery,
        response: { 200: withdrawalsAnswer },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const before = cursor === undefined ? null : placeOf(cursor);
      const rows = await withdrawalsOf(house.db, userOf(request).userId, before, limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: await withdrawalsJson(house, page),
        nextCursor:
          rows.length > limit && last !== undefined ? encodeCursor([last.committed.toString()]) : null,
      };
    },
  );

  app.get(
    '/v1/me/withdrawals/on-the-way',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Your withdrawals that have not arrived yet, the oldest first, and their Diamonds together',
        tags: TAGS,
        response: { 200: onTheWayAnswer },
      },
    },
    async (request) => {
      const rows = await openWithdrawalsOf(house.db, userOf(request).userId);
      const units = rows.reduce((sum, { diamondUnits }) => sum + diamondUnits, 0n);
      return { items: await withdrawalsJson(house, rows), diamonds: amountJson('DIAMOND', units) };
    },
  );

  app.get(
    '/v1/me/withdrawals/:id',
    {
      config: { access: 'user' },
      schema: {
        summary: 'One of your withdrawals: where it is, what it brings, and its transfers',
        tags: TAGS,
        params: withdrawalParams,
        response: { 200: receiptAnswer },
      },
    },
    async (request) => {
      const row = await own(userOf(request), request.params.id);
      const [quote, transfers] = await Promise.all([
        quoteById(house.db, row.quoteId),
        transferIdsOf(house.db, row.id, row.userId),
      ]);
      return {
        withdrawal: await shown(row),
        how: quote === undefined ? [] : quoteLinesJson(quote).map(({ key: _, ...line }) => line),
        transfers: transfers.map((id) => publicId('tx', id)),
      };
    },
  );

  app.put(
    '/v1/me/withdrawals/:id/canceled',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Cancel a withdrawal that is not at the bank yet: its Diamonds are available again',
        tags: TAGS,
        params: withdrawalParams,
        response: { 200: requestedAnswer },
      },
    },
    async (request) => {
      const user = userOf(request);
      const row = await own(user, request.params.id);
      return {
        withdrawal: await shown(await moveWithdrawal(house, row.id, { move: 'cancel', by: user.userId })),
      };
    },
  );

  app.put(
    '/v1/me/withdrawals/:id/called-back',
    {
      config: { access: 'user' },
      schema: {
        summary:
          'Take back what you have not accepted at its provider: its Diamonds are available when it is back',
        tags: TAGS,
        params: withdrawalParams,
        response: { 200: requestedAnswer },
      },
    },
    async (request) => {
      const user = userOf(request);
      const row = await own(user, request.params.id);
      return { withdrawal: await shown(await callBack(house, row.id, { by: user.userId })) };
    },
  );

  async function own({ userId }: UserPrincipal, publicName: string): Promise<WithdrawalNow> {
    const row = await withdrawalById(house.db, required('wd', publicName));
    if (row === undefined || row.userId !== userId) throw new Refusal(NOT_FOUND);
    return row;
  }
}

function accountRoutes(app: App, house: House): void {
  app.get(
    '/v1/me/payout-methods',
    {
      config: { access: 'user' },
      schema: {
        summary: 'How you can be paid, what it costs and takes, and the accounts that you gave',
        tags: TAGS,
        response: { 200: methodsAnswer },
      },
    },
    async (request) => {
      const nowMs = house.clock.now();
      const [policy, rate, accounts] = await Promise.all([
        payablePolicy(house, nowMs),
        currentRate(house.db, nowMs),
        accountsOf(house.db, userOf(request).userId, accountsKnown(house)),
      ]);
      return {
        methods: policy.payouts.methods.map((terms) => termsJson(terms, policy, rate.centsPerUnit)),
        accounts: accounts.map((account) => accountJson(account, { policy, nowMs })),
        coolDownHours: policy.payouts.coolDownMs / HOUR_MS,
      };
    },
  );

  app.post(
    '/v1/me/payout-accounts',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Say where your money should go, or change it; what is on its way keeps its account',
        description: 'The session must have been confirmed within five minutes.',
        tags: TAGS,
        body: accountBody,
        response: { 201: accountAnswer },
      },
    },
    async (request, reply) => {
      const { body } = request;
      if (body.method === 'stripe') {
        return reply.code(201).send({ account: await kept(userOf(request), { ...body, replaces: null }) });
      }
      const replaces = body.replaces === undefined ? null : required('payacct', body.replaces);
      const given: AccountGiven =
        body.method === 'sepa' ? { ...body, bic: body.bic ?? null, replaces } : { ...body, replaces };
      return reply.code(201).send({ account: await kept(userOf(request), given) });
    },
  );

  app.post(
    '/v1/me/payout-accounts/:id/set-up',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'A page of the provider’s on which you set an account up, or change the bank behind it',
        description: 'The session must have been confirmed within five minutes.',
        tags: TAGS,
        params: accountParams,
        response: { 200: setUpAnswer },
      },
    },
    async (request) => {
      const accountId = required('payacct', request.params.id);
      const returnUrl = new URL('/studio/payout-methods', originOf(request, house));
      returnUrl.searchParams.set('set_up', request.params.id);
      return { url: await openSetUp(house, userOf(request), { accountId, returnUrl: returnUrl.href }) };
    },
  );

  app.post(
    '/v1/me/payout-accounts/:id/look',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Ask the provider how far the set-up of an account is',
        tags: TAGS,
        params: accountParams,
        response: { 200: accountAnswer },
      },
    },
    async (request) => {
      const accountId = required('payacct', request.params.id);
      await lookAtSetUp(house, userOf(request), accountId);
      return { account: await shown(accountId) };
    },
  );

  const shown = async (accountId: Uuid) => {
    const account = await accountById(house.db, accountId, accountsKnown(house));
    if (account === undefined) throw new Refusal(NOT_FOUND);
    const nowMs = house.clock.now();
    return accountJson(account, { policy: await payablePolicy(house, nowMs), nowMs });
  };

  async function kept(user: UserPrincipal, given: AccountGiven) {
    return shown((await keepPayoutAccount(house, user, given)).id);
  }

  app.delete(
    '/v1/me/payout-accounts/:id',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Forget an account: nothing new is paid to it, what is on its way goes on',
        description: 'The session must have been confirmed within five minutes.',
        tags: TAGS,
        params: accountParams,
      },
    },
    async (request, reply) => {
      await removePayoutAccount(house, userOf(request), required('payacct', request.params.id));
      return reply.code(204).send();
    },
  );
}

/** Where this site is, for whoever sends a person back to it. */
function originOf(request: FastifyRequest, { config }: House): string {
  return config.publicOrigin ?? `${request.protocol}://${request.host}`;
}

function placeOf(cursor: string): bigint {
  const [text] = decodeCursor(cursor, 1) ?? [];
  if (typeof text === 'string' && /^[0-9]{1,18}$|^[0-8][0-9]{18}$/.test(text)) return BigInt(text);
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}
