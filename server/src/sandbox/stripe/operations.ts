import type { TSchema } from 'typebox';
import type { Queryable } from '../../db/database.ts';
import { type Body, find, type Listing, list } from '../books.ts';
import {
  type AccountParams,
  cancelPayout,
  createAccount,
  createLink,
  createLoginLink,
  createPayout,
  createTransfer,
  type LinkParams,
  merchantAccount,
  ownAccount,
  type PayoutParams,
  reverseTransfer,
  type TransferParams,
} from './connect.ts';
import { noSuch } from './errors.ts';
import { PARAMS } from './params.ts';
import {
  bringEvidence,
  closeDispute,
  createRefund,
  createSession,
  expand,
  expireSession,
  openOrExpired,
  type RefundParams,
  type SessionParams,
} from './payments.ts';

/** A call of Stripe's API. */
export interface Operation {
  /** What faults call it. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Its ids are the groups. */
  readonly path: RegExp;
  readonly params: TSchema;
  run(
    tx: Queryable,
    params: Record<string, unknown>,
    ids: readonly string[],
    nowMs: number,
    /** The connected account that it is made for; `null` = the merchant itself. */
    account: string | null,
  ): Promise<Body | ListBody>;
}

export interface ListBody {
  readonly object: 'list';
  readonly url: string;
  readonly has_more: boolean;
  readonly data: readonly Body[];
}

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'checkout.sessions.create',
    method: 'POST',
    path: /^\/v1\/checkout\/sessions$/,
    params: PARAMS.sessionCreate,
    run: async (tx, params, _ids, nowMs) => createSession(tx, params as unknown as SessionParams, nowMs),
  },
  {
    name: 'checkout.sessions.expire',
    method: 'POST',
    path: /^\/v1\/checkout\/sessions\/([^/]+)\/expire$/,
    params: PARAMS.retrieve,
    run: (tx, _params, [id = ''], nowMs) => expireSession(tx, id, nowMs),
  },
  {
    name: 'checkout.sessions.retrieve',
    method: 'GET',
    path: /^\/v1\/checkout\/sessions\/([^/]+)$/,
    params: PARAMS.retrieve,
    async run(tx, _params, [id = ''], nowMs) {
      const session = await openOrExpired(tx, id, nowMs);
      if (session === null) throw noSuch('checkout.session', id);
      return session.body;
    },
  },
  listing('checkout.sessions.list', '/v1/checkout/sessions', 'checkout.session', PARAMS.sessionList, [
    'payment_intent',
    'status',
  ]),
  retrieving('payment_intents.retrieve', '/v1/payment_intents', 'payment_intent'),
  retrieving('charges.retrieve', '/v1/charges', 'charge'),
  listing('charges.list', '/v1/charges', 'charge', PARAMS.chargeList, ['payment_intent']),
  retrieving('balance_transactions.retrieve', '/v1/balance_transactions', 'balance_transaction'),
  listing(
    'balance_transactions.list',
    '/v1/balance_transactions',
    'balance_transaction',
    PARAMS.balanceList,
    ['source', 'type'],
  ),
  {
    name: 'refunds.create',
    method: 'POST',
    path: /^\/v1\/refunds$/,
    params: PARAMS.refundCreate,
    run: (tx, params, _ids, nowMs) => createRefund(tx, params as RefundParams, nowMs),
  },
  retrieving('refunds.retrieve', '/v1/refunds', 'refund'),
  listing('refunds.list', '/v1/refunds', 'refund', PARAMS.refundList, ['payment_intent', 'charge']),
  {
    name: 'disputes.update',
    method: 'POST',
    path: /^\/v1\/disputes\/([^/]+)$/,
    params: PARAMS.disputeUpdate,
    run: (tx, params, [id = ''], nowMs) => bringEvidence(tx, id, params, nowMs),
  },
  {
    name: 'disputes.close',
    method: 'POST',
    path: /^\/v1\/disputes\/([^/]+)\/close$/,
    params: PARAMS.retrieve,
    run: (tx, _params, [id = ''], nowMs) => closeDispute(tx, id, nowMs),
  },
  retrieving('disputes.retrieve', '/v1/disputes', 'dispute'),
  listing('disputes.list', '/v1/disputes', 'dispute', PARAMS.disputeList, ['payment_intent', 'charge']),
  {
    name: 'accounts.create',
    method: 'POST',
    path: /^\/v1\/accounts$/,
    params: PARAMS.accountCreate,
    run: (tx, params, _ids, nowMs) => createAccount(tx, params as AccountParams, nowMs),
  },
  {
    name: 'accounts.retrieve_current',
    method: 'GET',
    path: /^\/v1\/account$/,
    params: PARAMS.retrieve,
    run: (tx) => merchantAccount(tx),
  },
  retrieving('accounts.retrieve', '/v1/accounts', 'account'),
  {
    name: 'accounts.create_login_link',
    method: 'POST',
    path: /^\/v1\/accounts\/([^/]+)\/login_links$/,
    params: PARAMS.retrieve,
    run: (tx, _params, [id = ''], nowMs) => createLoginLink(tx, id, nowMs),
  },
  {
    name: 'account_links.create',
    method: 'POST',
    path: /^\/v1\/account_links$/,
    params: PARAMS.accountLinkCreate,
    run: (tx, params, _ids, nowMs) => createLink(tx, params as unknown as LinkParams, nowMs),
  },
  {
    name: 'transfers.create',
    method: 'POST',
    path: /^\/v1\/transfers$/,
    params: PARAMS.transferCreate,
    run: (tx, params, _ids, nowMs) => createTransfer(tx, params as unknown as TransferParams, nowMs),
  },
  retrieving('transfers.retrieve', '/v1/transfers', 'transfer'),
  listing('transfers.list', '/v1/transfers', 'transfer', PARAMS.transferList, [
    'destination',
    'transfer_group',
  ]),
  {
    name: 'transfers.create_reversal',
    method: 'POST',
    path: /^\/v1\/transfers\/([^/]+)\/reversals$/,
    params: PARAMS.reversalCreate,
    run: (tx, params, [id = ''], nowMs) => reverseTransfer(tx, id, params, nowMs),
  },
  {
    name: 'payouts.create',
    method: 'POST',
    path: /^\/v1\/payouts$/,
    params: PARAMS.payoutCreate,
    run: async (tx, params, _ids, nowMs, account) =>
      createPayout(tx, await ownAccount(tx, account), params as unknown as PayoutParams, nowMs),
  },
  {
    name: 'payouts.cancel',
    method: 'POST',
    path: /^\/v1\/payouts\/([^/]+)\/cancel$/,
    params: PARAMS.retrieve,
    run: async (tx, _params, [id = ''], nowMs, account) =>
      cancelPayout(tx, await ownAccount(tx, account), id, nowMs),
  },
  {
    name: 'payouts.retrieve',
    method: 'GET',
    path: /^\/v1\/payouts\/([^/]+)$/,
    params: PARAMS.retrieve,
    async run(tx, _params, [id = ''], _nowMs, account) {
      const { id: owner } = await ownAccount(tx, account);
      const found = await find(tx, id);
      if (found === null || found.kind !== 'payout' || found.parent !== owner) throw noSuch('payout', id);
      return found.body;
    },
  },
  listing('payouts.list', '/v1/payouts', 'payout', PARAMS.payoutList, ['destination', 'status'], true),
  retrieving('events.retrieve', '/v1/events', 'event'),
  listing('events.list', '/v1/events', 'event', PARAMS.eventList, ['type']),
];

/** The answer with what was asked to be expanded. */
export async function expanded(
  tx: Queryable,
  answer: Body | ListBody,
  params: Record<string, unknown>,
): Promise<object> {
  const paths = (params.expand as string[] | undefined) ?? [];
  return paths.length === 0 ? answer : expand(tx, answer as Body, paths);
}

function retrieving(name: string, path: string, kind: string): Operation {
  return {
    name,
    method: 'GET',
    path: new RegExp(`^${path}/([^/]+)$`),
    params: PARAMS.retrieve,
    async run(tx, _params, [id = '']) {
      const found = await find(tx, id);
      if (found === null || found.kind !== kind) throw noSuch(kind, id);
      return found.body;
    },
  };
}

const PAGE_USUAL = 10;

function listing(
  name: string,
  path: string,
  kind: string,
  params: TSchema,
  filters: readonly string[],
  ofAccount = false,
): Operation {
  return {
    name,
    method: 'GET',
    path: new RegExp(`^${path}$`),
    params,
    async run(tx, asked, _ids, _nowMs, account) {
      const limit = (asked.limit as number | undefined) ?? PAGE_USUAL;
      const rows = await list(tx, {
        kind,
        parent: ofAccount ? (await ownAccount(tx, account)).id : undefined,
        ...within(asked.created),
        after: asked.starting_after as string | undefined,
        before: asked.ending_before as string | undefined,
        having: Object.fromEntries(
          filters.filter((field) => asked[field] !== undefined).map((field) => [field, asked[field]]),
        ),
        limit: limit + 1,
      });
      return {
        object: 'list',
        url: path,
        has_more: rows.length > limit,
        data: rows.slice(0, limit).map(({ body }) => body),
      };
    },
  };
}

/** Stripe's `created`, in seconds: an instant, or bounds. */
function within(created: unknown): Pick<Listing, 'since' | 'until'> {
  if (created === undefined) return {};
  if (typeof created === 'number') {
    return { since: new Date(created * 1_000), until: new Date(created * 1_000 + 999) };
  }
  const { gt, gte, lt, lte } = created as Readonly<Record<string, number | undefined>>;
  const since = gt === undefined ? gte : gt + 1;
  const until = lt === undefined ? lte : lt - 1;
  return {
    since: since === undefined ? undefined : new Date(since * 1_000),
    until: until === undefined ? undefined : new Date(until * 1_000 + 999),
  };
}
