import { randomBytes } from 'node:crypto';
import type { Queryable } from '../../db/database.ts';
import { type Body, type Kept, keep, lock, planLater, rewrite } from '../books.ts';
import { announce, type Desk, randomId } from '../desk.ts';
import { CONFIRMATIONS, type InvoiceRequest } from './params.ts';

/** What BTCPay Server does with an invoice, and the test chain that it watches. */

/** A bitcoin of the test chain costs this many cents, always. */
const CENTS_PER_BITCOIN = 6_400_000n;
/** The same, as the API tells it. */
export const BITCOIN_DOLLARS = '64000.00';
const SATOSHI_PER_BITCOIN = 100_000_000n;
const EXPIRES_AFTER_MIN = 15;
/** The test chain finds a block so often. */
const BLOCK_MS = 3_000;
export const STORE_ID = 'SandboxStore';
export const METHOD_ID = 'BTC-CHAIN';

export interface InvoiceBody extends Body {
  amount: string;
  paidAmount: string;
  currency: string;
  metadata: Record<string, unknown>;
  createdTime: number;
  expirationTime: number;
  status: 'New' | 'Processing' | 'Settled' | 'Expired' | 'Invalid';
  additionalStatus: 'None' | 'PaidLate' | 'PaidPartial' | 'Marked' | 'Invalid' | 'PaidOver';
  archived: boolean;
}

export interface ChainPayment {
  readonly hash: string;
  readonly satoshi: string;
  readonly at: number;
  readonly late: boolean;
  confirmations: number;
}

interface InvoiceInner extends Record<string, unknown> {
  readonly address: string;
  readonly dueSatoshi: string;
  readonly confirmationsNeeded: number;
  readonly returnUrl: string | null;
  payments: ChainPayment[];
}

export type InvoiceRow = Kept<InvoiceBody, InvoiceInner>;

export async function createInvoice(tx: Queryable, request: InvoiceRequest, nowMs: number): Promise<Body> {
  const id = randomId('', 22);
  const nowS = Math.floor(nowMs / 1_000);
  const { checkout } = request;
  const expirationTime = nowS + (checkout?.expirationMinutes ?? EXPIRES_AFTER_MIN) * 60;
  const returnUrl = checkout?.redirectURL ?? null;
  const cents = centsOf(request.amount);
  const body: InvoiceBody = {
    id,
    storeId: STORE_ID,
    amount: request.amount,
    paidAmount: '0',
    currency: request.currency,
    type: 'Standard',
    // The sandbox's pages live on the site that it sends the payer back to.
    checkoutLink: `${returnUrl === null ? '' : new URL(returnUrl).origin}/sandbox/btcpay/${id}`,
    createdTime: nowS,
    expirationTime,
    monitoringExpiration: expirationTime + 24 * 3_600,
    status: 'New',
    additionalStatus: 'None',
    availableStatusesForManualMarking: ['Settled', 'Invalid'],
    archived: false,
    metadata: { ...request.metadata },
    checkout: { ...checkout },
  };
  const inner: InvoiceInner = {
    address: `tb1q${randomBytes(19).toString('hex')}`,
    dueSatoshi: ((cents * SATOSHI_PER_BITCOIN + CENTS_PER_BITCOIN - 1n) / CENTS_PER_BITCOIN).toString(),
    confirmationsNeeded: CONFIRMATIONS[checkout?.speedPolicy ?? 'MediumSpeed'],
    returnUrl,
    payments: [],
  };
  await keep(tx, { kind: 'invoice', body, at: new Date(nowMs), inner });
  await planLater(tx, { what: 'expire', about: id }, new Date(expirationTime * 1_000));
  await tell(tx, 'InvoiceCreated', body, {}, nowMs);
  return body;
}

/** The invoice as it is now: locked, and expired if its time is over. */
export async function invoiceNow(tx: Queryable, id: string, nowMs: number): Promise<InvoiceRow | null> {
  const invoice = await lock<InvoiceRow>(tx, 'invoice', id);
  if (invoice === null) return null;
  const { body } = invoice;
  if (body.status === 'New' && body.expirationTime * 1_000 <= nowMs) {
    body.status = 'Expired';
    await rewrite(tx, invoice);
    await tell(tx, 'InvoiceExpired', body, { partiallyPaid: body.additionalStatus === 'PaidPartial' }, nowMs);
  }
  return invoice;
}

/** Somebody sends so many satoshi to the invoice's address on the test chain. */
export async function sendOnChain(desk: Desk, id: string, satoshi: bigint): Promise<InvoiceRow | null> {
  const nowMs = desk.clock.now();
  const sent = await desk.db.transaction(async (tx) => {
    const invoice = await invoiceNow(tx, id, nowMs);
    if (invoice === null || satoshi <= 0n) return invoice;
    const { body, inner } = invoice;
    if (body.status === 'Invalid' || body.status === 'Settled') return invoice;
    const late = body.status === 'Expired';
    const hash = randomBytes(32).toString('hex');
    const at = Math.floor(nowMs / 1_000);
    inner.payments.push({ hash, satoshi: satoshi.toString(), at, late, confirmations: 0 });
    await tell(
      tx,
      'InvoiceReceivedPayment',
      body,
      { afterExpiration: late, paymentMethodId: METHOD_ID },
      nowMs,
    );
    const paid = paidSatoshi(inner);
    const due = BigInt(inner.dueSatoshi);
    body.paidAmount = dollars((paid * CENTS_PER_BITCOIN) / SATOSHI_PER_BITCOIN);
    if (late) body.additionalStatus = paid >= due ? 'PaidLate' : 'PaidPartial';
    else if (paid < due) body.additionalStatus = 'PaidPartial';
    else {
      body.additionalStatus = paid > due ? 'PaidOver' : 'None';
      if (body.status === 'New') {
        body.status = 'Processing';
        await tell(tx, 'InvoiceProcessing', body, { overPaid: paid > due }, nowMs);
      }
    }
    await settleIfConfirmed(tx, invoice, nowMs);
    await rewrite(tx, invoice);
    await planLater(tx, { what: 'block', about: id }, new Date(nowMs + BLOCK_MS));
    return invoice;
  });
  desk.wake();
  return sent;
}

/** What was planned comes true: a block is found, the quote's time is over. */
export async function doInvoiceLater(tx: Queryable, what: string, id: string, nowMs: number): Promise<void> {
  const invoice = await invoiceNow(tx, id, nowMs);
  if (invoice === null || what !== 'block') return;
  const { inner } = invoice;
  const open = inner.payments.filter((payment) => payment.confirmations < inner.confirmationsNeeded);
  for (const payment of open) payment.confirmations += 1;
  await settleIfConfirmed(tx, invoice, nowMs);
  await rewrite(tx, invoice);
  if (open.some((payment) => payment.confirmations < inner.confirmationsNeeded)) {
    await planLater(tx, { what: 'block', about: id }, new Date(nowMs + BLOCK_MS));
  }
}

async function settleIfConfirmed(tx: Queryable, { body, inner }: InvoiceRow, nowMs: number): Promise<void> {
  if (body.status !== 'Processing') return;
  const confirmed = inner.payments
    .filter((payment) => payment.confirmations >= inner.confirmationsNeeded)
    .reduce((sum, { satoshi }) => sum + BigInt(satoshi), 0n);
  if (confirmed < BigInt(inner.dueSatoshi)) return;
  body.status = 'Settled';
  const overPaid = body.additionalStatus === 'PaidOver';
  await tell(
    tx,
    'InvoicePaymentSettled',
    body,
    { afterExpiration: false, paymentMethodId: METHOD_ID },
    nowMs,
  );
  await tell(tx, 'InvoiceSettled', body, { manuallyMarked: false, overPaid }, nowMs);
}

/** Somebody at the merchant says what the invoice is. */
export async function markInvoice(
  tx: Queryable,
  id: string,
  status: 'Settled' | 'Invalid',
  nowMs: number,
): Promise<InvoiceBody | null> {
  const invoice = await invoiceNow(tx, id, nowMs);
  if (invoice === null) return null;
  const { body } = invoice;
  if (body.status === status) return body;
  body.status = status;
  body.additionalStatus = 'Marked';
  await rewrite(tx, invoice);
  await tell(
    tx,
    status === 'Settled' ? 'InvoiceSettled' : 'InvoiceInvalid',
    body,
    { manuallyMarked: true },
    nowMs,
  );
  return body;
}

export async function archiveInvoice(tx: Queryable, id: string, nowMs: number): Promise<boolean> {
  const invoice = await invoiceNow(tx, id, nowMs);
  if (invoice === null) return false;
  invoice.body.archived = true;
  await rewrite(tx, invoice);
  return true;
}

/** How an invoice may be paid, as the API shows it. */
export function paymentMethodOf({ body, inner }: InvoiceRow): object {
  const due = BigInt(inner.dueSatoshi);
  const paid = paidSatoshi(inner);
  return {
    paymentMethodId: METHOD_ID,
    currency: 'BTC',
    destination: inner.address,
    paymentLink: paymentLink(inner),
    rate: dollars(CENTS_PER_BITCOIN),
    paymentMethodPaid: bitcoins(paid),
    totalPaid: bitcoins(paid),
    due: bitcoins(due - paid),
    amount: bitcoins(due),
    paymentMethodFee: '0',
    payments: inner.payments.map((payment, index) => ({
      id: `${payment.hash}-${index}`,
      receivedDate: payment.at,
      value: bitcoins(BigInt(payment.satoshi)),
      fee: '0',
      status: payment.confirmations >= inner.confirmationsNeeded ? 'Settled' : 'Processing',
      destination: inner.address,
    })),
    activated: body.status === 'New',
    additionalData: {},
  };
}

export function paymentLink(inner: Pick<InvoiceInner, 'address' | 'dueSatoshi' | 'payments'>): string {
  const open = BigInt(inner.dueSatoshi) - paidSatoshi(inner);
  return `bitcoin:${inner.address}?amount=${bitcoins(open > 0n ? open : 0n)}`;
}

export function paidSatoshi({ payments }: Pick<InvoiceInner, 'payments'>): bigint {
  return payments.reduce((sum, { satoshi }) => sum + BigInt(satoshi), 0n);
}

/** `4625n` → `"0.00004625"`. */
export function bitcoins(satoshi: bigint): string {
  const sign = satoshi < 0n ? '-' : '';
  const abs = satoshi < 0n ? -satoshi : satoshi;
  return `${sign}${abs / SATOSHI_PER_BITCOIN}.${(abs % SATOSHI_PER_BITCOIN).toString().padStart(8, '0')}`;
}

function dollars(cents: bigint): string {
  return `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`;
}

function centsOf(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'));
}

async function tell(
  tx: Queryable,
  type: string,
  invoice: InvoiceBody,
  more: object,
  nowMs: number,
): Promise<void> {
  const deliveryId = randomId('', 22);
  const body = {
    deliveryId,
    webhookId: 'SandboxWebhook',
    originalDeliveryId: deliveryId,
    isRedelivery: false,
    type,
    timestamp: Math.floor(nowMs / 1_000),
    storeId: STORE_ID,
    invoiceId: invoice.id,
    metadata: invoice.metadata,
    ...more,
  };
  await announce(
    tx,
    { id: deliveryId, company: 'btcpay', about: invoice.id, type, body: JSON.stringify(body) },
    nowMs,
  );
}
