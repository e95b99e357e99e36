import type { IncomingHttpHeaders } from 'node:http';
import type { BtcpayAccount } from '../../config.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import type {
  CheckoutOperation,
  CryptoQuote,
  Outcome,
  PayInProvider,
  PaymentSnapshot,
  RejectedEvent,
  VerifiedEvent,
} from '../provider.ts';
import { askGreenfield, type BtcpayOptions, type Call, readDelivery } from './greenfield.ts';
import { type Invoice, type InvoicePaymentMethod, parseCents, statusOf } from './invoice.ts';

/** The quote holds so long. */
const QUOTE_MINUTES = 15;
/** Two blocks: BTCPay's own names for how many. */
const SPEED_POLICY = 'LowMediumSpeed';
const CONFIRMATIONS_NEEDED = 2;
const PAGE = 100;
/** An address is there for ever, and its server notices what comes to it long after the invoice has expired: 90 days. */
const LATE_S = 90 * 24 * 3_600;

/**
 * Takes crypto through a BTCPay Server of one's own, with its Greenfield API. That API knows no idempotency keys, so
 * an invoice is looked for by our order before one is made.
 */
export function btcpayProvider(options: BtcpayOptions): PayInProvider {
  const { account } = options;
  const call = <T>(method: string, path: string, body?: object) =>
    askGreenfield<T>(options, method, path, body);
  const snapshot = async (invoice: Invoice): Promise<Outcome<PaymentSnapshot>> => {
    const methods = await call<InvoicePaymentMethod[]>('GET', `/invoices/${invoice.id}/payment-methods`);
    if (methods.kind !== 'ok') return methods;
    const quote = await quoteOf(call, invoice, methods.value);
    return { kind: 'ok', value: snapshotOf(account, invoice, methods.value, quote) };
  };
  const fetchOne = async (ref: string): Promise<Outcome<PaymentSnapshot>> => {
    const invoice = await call<Invoice>('GET', `/invoices/${encodeURIComponent(ref)}`);
    return invoice.kind === 'ok' ? snapshot(invoice.value) : invoice;
  };

  return {
    id: 'btcpay',
    mode: account.mode,
    capabilities: {
      methods: ['crypto'],
      currencies: ['USD'],
      refunds: 'none',
      minCents: 50n,
      openMs: QUOTE_MINUTES * MINUTE_MS,
      idempotentCreate: false,
    },
    available: () => true,
    async createCheckout(operation) {
      const before = await findInvoice(call, operation.orderRef);
      if (before.kind !== 'ok') return before;
      const known = before.value;
      const made =
        known === null ? await call<Invoice>('POST', '/invoices', invoiceOf(operation)) : ok(known);
      // The answer may be lost and the invoice made.
      const found =
        made.kind === 'unknown' ? ((await orNull(findInvoice(call, operation.orderRef))) ?? made) : made;
      if (found.kind !== 'ok') return found;
      return ok({ providerRef: found.value.id, redirectUrl: found.value.checkoutLink });
    },
    fetch: fetchOne,
    async cancel(ref) {
      const invoice = await call<Invoice>('GET', `/invoices/${encodeURIComponent(ref)}`);
      if (invoice.kind !== 'ok') return invoice;
      // Once something has come, the payer's money decides.
      if (invoice.value.status === 'New' && parseCents(invoice.value.paidAmount ?? '0') === 0n) {
        const marked = await call<Invoice>('POST', `/invoices/${invoice.value.id}/status`, {
          status: 'Invalid',
        });
        if (marked.kind !== 'ok') return marked;
      }
      return fetchOne(ref);
    },
    // Where to send crypto back, only the payer knows.
    refund: async () => ({ kind: 'declined', code: 'not_refundable' }),
    fetchRefund: async () => ({ kind: 'declined', code: 'no_such_refund' }),
    async *listSince(since) {
      const sinceS = Math.floor(since.getTime() / 1_000);
      const startDate = sinceS - LATE_S;
      for (let skip = 0; ; skip += PAGE) {
        const page = await call<Invoice[]>(
          'GET',
          `/invoices?startDate=${startDate}&skip=${skip}&take=${PAGE}&includeArchived=true`,
        );
        if (page.kind !== 'ok') throw new Error(`BTCPay does not list its invoices: ${page.kind}`);
        for (const invoice of page.value) {
          // When it was paid, only its payments tell. Of an older one it can have been since only when it came late.
          const came = parseCents(invoice.paidAmount ?? '0') !== 0n;
          if (invoice.createdTime < sinceS && (!came || invoice.additionalStatus === 'None')) continue;
          const whole = came ? await snapshot(invoice) : ok(snapshotOf(account, invoice, [], null));
          if (whole.kind !== 'ok')
            throw new Error(`BTCPay does not tell of invoice ${invoice.id}: ${whole.kind}`);
          yield whole.value;
        }
        if (page.value.length < PAGE) return;
      }
    },
    // Nothing is given back through it, and nobody can dispute a payment in crypto.
    async *backSince() {},
    verifyWebhook: (raw, headers) => verifyDelivery(account, raw, headers),
  };
}

function invoiceOf(operation: CheckoutOperation): object {
  const { amountCents } = operation;
  return {
    amount: `${amountCents / 100n}.${(amountCents % 100n).toString().padStart(2, '0')}`,
    currency: operation.currency,
    metadata: { orderId: operation.orderRef, itemDesc: operation.description },
    checkout: {
      speedPolicy: SPEED_POLICY,
      expirationMinutes: QUOTE_MINUTES,
      redirectURL: operation.returnUrl,
      redirectAutomatically: true,
    },
  };
}

/** The invoice of an order: the first that was made, when there are several. */
async function findInvoice(call: Call, orderRef: string): Promise<Outcome<Invoice | null>> {
  const found = await call<Invoice[]>('GET', `/invoices?orderId=${encodeURIComponent(orderRef)}&take=10`);
  if (found.kind !== 'ok') return found;
  const own = found.value
    .filter(({ metadata }) => metadata?.orderId === orderRef)
    .sort((a, b) => a.createdTime - b.createdTime);
  return ok(own[0] ?? null);
}

async function orNull<T>(asked: Promise<Outcome<T | null>>): Promise<Outcome<T> | null> {
  const outcome = await asked;
  return outcome.kind === 'ok' && outcome.value !== null ? ok(outcome.value) : null;
}

async function quoteOf(
  call: Call,
  invoice: Invoice,
  methods: readonly InvoicePaymentMethod[],
): Promise<CryptoQuote | null> {
  const method = methods.find(({ paymentMethodId }) => paymentMethodId.endsWith('-CHAIN')) ?? methods[0];
  if (method === undefined) return null;
  return {
    currency: method.currency,
    address: method.destination,
    link: method.paymentLink ?? '',
    amount: method.amount,
    paid: method.totalPaid,
    due: method.due,
    until: new Date(invoice.expirationTime * 1_000),
    confirmations: invoice.status === 'Settled' ? CONFIRMATIONS_NEEDED : await leastConfirmed(call, method),
    confirmationsNeeded: CONFIRMATIONS_NEEDED,
  };
}

/** The store's own wallet knows how many blocks a payment is in; a key that may not look there tells nothing. */
async function leastConfirmed(
  call: Call,
  { paymentMethodId, payments }: InvoicePaymentMethod,
): Promise<number | null> {
  let least: number | null = null;
  for (const { id } of payments) {
    const hash = id.split('-')[0] ?? '';
    const seen = await call<{ confirmations?: number }>(
      'GET',
      `/payment-methods/${encodeURIComponent(paymentMethodId)}/wallet/transactions/${hash}`,
    );
    if (seen.kind !== 'ok' || typeof seen.value.confirmations !== 'number') return null;
    least = Math.min(least ?? Number.MAX_SAFE_INTEGER, seen.value.confirmations, CONFIRMATIONS_NEEDED);
  }
  return least;
}

function snapshotOf(
  account: BtcpayAccount,
  invoice: Invoice,
  methods: readonly InvoicePaymentMethod[],
  crypto: CryptoQuote | null,
): PaymentSnapshot {
  const payments = methods.flatMap((method) => method.payments);
  const paidAtS = Math.max(0, ...payments.map(({ receivedDate }) => receivedDate));
  return {
    providerRef: invoice.id,
    orderRef: invoice.metadata?.orderId ?? '',
    ...statusOf(invoice),
    rawStatus: `${invoice.status} ${invoice.additionalStatus}`,
    amountCents: parseCents(invoice.amount) ?? -1n,
    paidCents: parseCents(invoice.paidAmount ?? '0') ?? 0n,
    currency: invoice.currency,
    livemode: account.mode === 'live',
    // It is one's own server: nobody keeps anything.
    feeCents: 0n,
    paidAt: paidAtS > 0 ? new Date(paidAtS * 1_000) : null,
    declineCode: null,
    refundedCents: 0n,
    refunds: [],
    disputes: [],
    crypto,
  };
}

function verifyDelivery(
  account: BtcpayAccount,
  raw: Buffer,
  headers: IncomingHttpHeaders,
): VerifiedEvent | RejectedEvent {
  const told = readDelivery(account, raw, headers);
  if (told.kind === 'rejected') return told;
  const { eventId, type } = told;
  const { invoiceId } = told.event;
  return { kind: 'verified', eventId, type, providerRefs: typeof invoiceId === 'string' ? [invoiceId] : [] };
}

function ok<T>(value: T): Outcome<T> & { readonly kind: 'ok' } {
  return { kind: 'ok', value };
}
