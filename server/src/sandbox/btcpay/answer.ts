import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Queryable } from '../../db/database.ts';
import { list } from '../books.ts';
import type { Answer } from '../calls.ts';
import type { Desk } from '../desk.ts';
import {
  archiveInvoice,
  BITCOIN_DOLLARS,
  bitcoins,
  createInvoice,
  type InvoiceRow,
  invoiceNow,
  METHOD_ID,
  markInvoice,
  paymentMethodOf,
  STORE_ID,
} from './invoices.ts';
import {
  approvalRequest,
  type InvoiceRequest,
  invoiceRequest,
  markRequest,
  type PayoutRequest,
  payoutRequest,
} from './params.ts';
import {
  approvePayout,
  cancelPayout,
  createPayout,
  GreenfieldProblem,
  listPayouts,
  payoutNow,
  walletBalance,
} from './payouts.ts';

/** A call of the Greenfield API. There are no idempotency keys in it: what is asked twice is done twice. */
export interface BtcpayCall {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  readonly body?: TSchema;
  /** `null`: there is no such thing. */
  run(
    tx: Queryable,
    asked: { readonly ids: readonly string[]; readonly query: URLSearchParams; readonly body: unknown },
    nowMs: number,
  ): Promise<unknown>;
}

const INVOICES = `/api/v1/stores/${STORE_ID}/invoices`;
const PAYOUTS = `/api/v1/stores/${STORE_ID}/payouts`;
const PAYOUT = `${PAYOUTS}/([^/]+)`;
const INVOICE = `${INVOICES}/([^/]+)`;

const CALLS: readonly BtcpayCall[] = [
  {
    name: 'invoices.create',
    method: 'POST',
    path: new RegExp(`^${INVOICES}$`),
    body: invoiceRequest,
    run: (tx, { body }, nowMs) => createInvoice(tx, body as InvoiceRequest, nowMs),
  },
  {
    name: 'invoices.list',
    method: 'GET',
    path: new RegExp(`^${INVOICES}$`),
    async run(tx, { query }) {
      const orders = query.getAll('orderId');
      const instant = (name: string) => {
        const text = query.get(name);
        return text === null ? undefined : new Date(Number(text) * 1_000);
      };
      const rows = await list<InvoiceRow>(tx, {
        kind: 'invoice',
        since: instant('startDate'),
        until: instant('endDate'),
        having: {
          ...(orders[0] === undefined ? {} : { metadata: { orderId: orders[0] } }),
          ...(query.get('includeArchived') === 'true' ? {} : { archived: false }),
        },
        skip: Number(query.get('skip') ?? 0),
        limit: Number(query.get('take') ?? 50),
      });
      return rows.map(({ body }) => body);
    },
  },
  {
    name: 'invoices.retrieve',
    method: 'GET',
    path: new RegExp(`^${INVOICE}$`),
    run: async (tx, { ids: [id = ''] }, nowMs) => (await invoiceNow(tx, id, nowMs))?.body ?? null,
  },
  {
    name: 'invoices.archive',
    method: 'DELETE',
    path: new RegExp(`^${INVOICE}$`),
    run: async (tx, { ids: [id = ''] }, nowMs) => ((await archiveInvoice(tx, id, nowMs)) ? {} : null),
  },
  {
    name: 'invoices.mark',
    method: 'POST',
    path: new RegExp(`^${INVOICE}/status$`),
    body: markRequest,
    run: (tx, { ids: [id = ''], body }, nowMs) =>
      markInvoice(tx, id, (body as { status: 'Settled' | 'Invalid' }).status, nowMs),
  },
  {
    name: 'invoices.payment_methods',
    method: 'GET',
    path: new RegExp(`^${INVOICE}/payment-methods$`),
    async run(tx, { ids: [id = ''] }, nowMs) {
      const invoice = await invoiceNow(tx, id, nowMs);
      return invoice === null ? null : [paymentMethodOf(invoice)];
    },
  },
  {
    name: 'wallet.transaction',
    method: 'GET',
    path: new RegExp(
      `^/api/v1/stores/${STORE_ID}/payment-methods/${METHOD_ID}/wallet/transactions/([0-9a-f]+)$`,
    ),
    async run(tx, { ids: [hash = ''] }) {
      const [row] = await tx.query<InvoiceRow>(
        `select body, inner_state as inner from sandbox.objects
          where kind = 'invoice' and inner_state @> $1`,
        [JSON.stringify({ payments: [{ hash }] })],
      );
      const payment = row?.inner.payments.find((one) => one.hash === hash);
      return payment === undefined
        ? null
        : {
            transactionHash: hash,
            comment: '',
            confirmations: payment.confirmations,
            timestamp: payment.at,
            status: payment.confirmations > 0 ? 'Confirmed' : 'Unconfirmed',
          };
    },
  },
  {
    name: 'btcpay.payouts.create',
    method: 'POST',
    path: new RegExp(`^${PAYOUTS}$`),
    body: payoutRequest,
    run: (tx, { body }, nowMs) => createPayout(tx, body as PayoutRequest, nowMs),
  },
  {
    name: 'btcpay.payouts.list',
    method: 'GET',
    path: new RegExp(`^${PAYOUTS}$`),
    run: (tx, { query }) => listPayouts(tx, query.get('includeCancelled') === 'true'),
  },
  {
    name: 'btcpay.payouts.retrieve',
    method: 'GET',
    path: new RegExp(`^${PAYOUT}$`),
    run: async (tx, { ids: [id = ''] }) => (await payoutNow(tx, id)).body,
  },
  {
    name: 'btcpay.payouts.approve',
    method: 'POST',
    path: new RegExp(`^${PAYOUT}$`),
    body: approvalRequest,
    run: (tx, { ids: [id = ''], body }, nowMs) =>
      approvePayout(tx, id, (body as { revision: number }).revision, nowMs),
  },
  {
    name: 'btcpay.payouts.cancel',
    method: 'DELETE',
    path: new RegExp(`^${PAYOUT}$`),
    run: async (tx, { ids: [id = ''] }, nowMs) => {
      await cancelPayout(tx, id, nowMs);
      return '';
    },
  },
  {
    name: 'btcpay.rates',
    method: 'GET',
    path: new RegExp(`^/api/v1/stores/${STORE_ID}/rates$`),
    run: async (_tx, { query }) =>
      query
        .getAll('currencyPair')
        .map((currencyPair) =>
          currencyPair === 'BTC_USD'
            ? { currencyPair, errors: [], rate: BITCOIN_DOLLARS }
            : { currencyPair, errors: ['Rate unavailable'], rate: null },
        ),
  },
  {
    name: 'btcpay.wallet',
    method: 'GET',
    path: new RegExp(`^/api/v1/stores/${STORE_ID}/payment-methods/${METHOD_ID}/wallet$`),
    async run(tx, _asked, nowMs) {
      const balance = bitcoins(await walletBalance(tx, nowMs));
      return { balance, confirmedBalance: balance, unconfirmedBalance: '0' };
    },
  },
];

export function btcpayCallOf(method: string, path: string): BtcpayCall | null {
  return CALLS.find((known) => known.method === method && known.path.test(path)) ?? null;
}

export async function answerBtcpay(
  desk: Desk,
  call: BtcpayCall,
  path: string,
  query: string,
  text: string,
  fails: boolean,
): Promise<Answer> {
  let body: unknown;
  if (call.body !== undefined) {
    try {
      body = JSON.parse(text);
    } catch {
      return problem(400, 'invalid-json', 'The body is not JSON.');
    }
    const [wrong] = Value.Errors(call.body, body);
    if (wrong !== undefined) {
      return { status: 422, body: JSON.stringify([{ path: wrong.instancePath, message: wrong.message }]) };
    }
  }
  const ids = (call.path.exec(path) ?? []).slice(1).map(decodeURIComponent);
  let made: unknown;
  try {
    made = await desk.db.transaction((tx) =>
      call.run(tx, { ids, query: new URLSearchParams(query), body }, desk.clock.now()),
    );
  } catch (error) {
    if (!(error instanceof GreenfieldProblem)) throw error;
    const { status, code, message } = error;
    return status === 422
      ? { status, body: JSON.stringify([{ path: code, message }]) }
      : problem(status, code, message);
  }
  if (call.method !== 'GET') desk.wake();
  if (fails) return problem(500, 'internal-error', 'An unexpected error occurred.');
  if (made === null) return problem(404, 'not-found', 'There is nothing here.');
  return { status: 200, body: made === '' ? '' : JSON.stringify(made) };
}

function problem(status: number, code: string, message: string): Answer {
  return { status, body: JSON.stringify({ code, message }) };
}
