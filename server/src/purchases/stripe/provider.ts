import type Stripe from 'stripe';
import type { PayMethod, StripeAccount } from '../../config.ts';
import type { Clock } from '../../core/clock.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import type {
  Checkout,
  CheckoutOperation,
  DisputeSnapshot,
  Outcome,
  PayInProvider,
  PaymentSnapshot,
  RefundOperation,
  RefundSnapshot,
} from '../provider.ts';
import { outcomeOf } from './failure.ts';
import { openSdk } from './sdk.ts';
import { verifySignedWebhook } from './signature.ts';

/** A session must have at least half an hour before it when it is made; so long after the order it still has. */
const SESSION_EXTRA_MS = 35 * MINUTE_MS;
const SESSION_LEAST_MS = 31 * MINUTE_MS;
const OPEN_MS = 30 * MINUTE_MS;
/** Sessions looked through for one whose answer was lost. */
const SEARCHED_MAX = 500;
const SEARCH_MARGIN_MS = MINUTE_MS;

const WHOLE = ['payment_intent.latest_charge.balance_transaction', 'payment_intent.latest_charge.refunds'];
const IN_LIST = WHOLE.map((path) => `data.${path}`);

export interface StripeOptions {
  readonly account: StripeAccount;
  readonly clock: Clock;
  /** 5,000 unless told. */
  readonly timeoutMs?: number;
}

/** Takes money through Stripe's hosted Checkout, with the official SDK. */
export function stripeProvider(options: StripeOptions): PayInProvider {
  const { account, clock } = options;
  const livemode = account.mode === 'live';
  let opened: Promise<Stripe> | undefined;
  // The SDK is large and many servers never sell: it is loaded by the first call.
  const sdk = () => {
    opened ??= openSdk(options);
    return opened;
  };
  const asked = async <T>(call: (stripe: Stripe) => Promise<T>): Promise<Outcome<T>> => {
    try {
      return { kind: 'ok', value: await call(await sdk()) };
    } catch (error) {
      return outcomeOf(error);
    }
  };
  const snapshot = async (stripe: Stripe, session: Stripe.Checkout.Session) =>
    snapshotOf(
      session,
      { disputes: await disputesOf(stripe, session), refunds: await refundsOf(stripe, session) },
      clock.now(),
    );

  return {
    id: 'stripe',
    mode: account.mode,
    capabilities: {
      methods: account.methods,
      currencies: ['USD'],
      refunds: 'partial',
      minCents: 50n,
      openMs: OPEN_MS,
      idempotentCreate: true,
    },
    available: () => true,
    async createCheckout(operation) {
      const expiresAtMs = operation.expiresAt.getTime() + SESSION_EXTRA_MS;
      // Too late for a new one; one whose answer was lost may be there.
      const tooLate = expiresAtMs - clock.now() < SESSION_LEAST_MS;
      const made: Outcome<Stripe.Checkout.Session> = tooLate
        ? { kind: 'unknown', reason: 'too_late' }
        : await asked((stripe) =>
            stripe.checkout.sessions.create(paramsOf(operation, expiresAtMs), {
              idempotencyKey: operation.operationId,
            }),
          );
      if (made.kind === 'ok') return checkoutOf(made.value);
      if (made.kind !== 'unknown') return made;
      // A server error is Stripe's answer to this key from now on, though the session may have been made.
      const found = await asked((stripe) => findSession(stripe, operation));
      if (found.kind === 'ok' && found.value !== null) return checkoutOf(found.value);
      return made;
    },
    fetch: (ref) => asked(async (stripe) => snapshot(stripe, await sessionOf(stripe, ref))),
    cancel: (ref) =>
      asked(async (stripe) => {
        const session = await sessionOf(stripe, ref);
        if (session.status === 'open') await expireOpen(stripe, session.id);
        return snapshot(stripe, await sessionOf(stripe, session.id));
      }),
    refund: (operation) => asked((stripe) => refund(stripe, operation)),
    fetchRefund: (ref) => asked(async (stripe) => refundOf(await stripe.refunds.retrieve(ref))),
    async *listSince(since) {
      const stripe = await sdk();
      const created = { gte: Math.floor(since.getTime() / 1_000) };
      for await (const session of stripe.checkout.sessions.list({ created, limit: 100, expand: IN_LIST })) {
        yield await snapshot(stripe, session);
      }
    },
    async *backSince(since) {
      const stripe = await sdk();
      const created = { gte: Math.floor(since.getTime() / 1_000) };
      for await (const { payment_intent: intent } of stripe.refunds.list({ created, limit: 100 })) {
        if (intent !== null) yield idOf(intent);
      }
      for await (const { payment_intent: intent } of stripe.disputes.list({ created, limit: 100 })) {
        if (intent !== null) yield idOf(intent);
      }
    },
    verifyWebhook: (raw, headers, nowMs) =>
      verifySignedWebhook({ secrets: account.webhookSecrets, livemode }, raw, headers, nowMs),
  };
}

function paramsOf(operation: CheckoutOperation, expiresAtMs: number): Stripe.Checkout.SessionCreateParams {
  const metadata = { order: operation.orderRef, method: operation.method };
  return {
    mode: 'payment',
    client_reference_id: operation.orderRef,
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: operation.currency.toLowerCase(),
          unit_amount: Number(operation.amountCents),
          product_data: { name: operation.description },
        },
      },
    ],
    allowed_payment_method_types: [STRIPE_METHODS[operation.method]],
    // Otherwise the fee is told only some time after the payment.
    payment_intent_data: { capture_method: 'automatic', metadata },
    metadata,
    success_url: operation.returnUrl,
    cancel_url: leftUrl(operation.returnUrl),
    expires_at: Math.floor(expiresAtMs / 1_000),
  };
}

/** Apple Pay and Google Pay are cards to Stripe: its page shows them where the device has them. */
const STRIPE_METHODS = { card: 'card', wallet: 'card', crypto: 'crypto' } as const satisfies Record<
  PayMethod,
  string
>;

/** The way back of a payer who did not pay. */
function leftUrl(returnUrl: string): string {
  const url = new URL(returnUrl);
  url.searchParams.set('left', 'true');
  return url.href;
}

function checkoutOf(session: Stripe.Checkout.Session): Outcome<Checkout> {
  return {
    kind: 'ok',
    // A session that is over has no page any more.
    value: { providerRef: session.id, redirectUrl: session.url ?? session.success_url ?? '' },
  };
}

async function findSession(
  stripe: Stripe,
  operation: CheckoutOperation,
): Promise<Stripe.Checkout.Session | null> {
  const gte = Math.floor((operation.createdAt.getTime() - SEARCH_MARGIN_MS) / 1_000);
  let searched = 0;
  for await (const session of stripe.checkout.sessions.list({ created: { gte }, limit: 100 })) {
    if (session.client_reference_id === operation.orderRef) return session;
    searched += 1;
    if (searched >= SEARCHED_MAX) return null;
  }
  return null;
}

/** The whole session, by its own id or by that of its payment. Throws the SDK's errors. */
async function sessionOf(stripe: Stripe, ref: string): Promise<Stripe.Checkout.Session> {
  if (!ref.startsWith('pi_')) return stripe.checkout.sessions.retrieve(ref, { expand: WHOLE });
  const { data } = await stripe.checkout.sessions.list({ payment_intent: ref, limit: 1, expand: IN_LIST });
  const [session] = data;
  if (session !== undefined) return session;
  // Throws that there is none, or that there is such a payment without a page of ours.
  return stripe.checkout.sessions.retrieve(`of_${ref}`);
}

async function expireOpen(stripe: Stripe, id: string): Promise<void> {
  const { default: Sdk } = await import('stripe');
  try {
    await stripe.checkout.sessions.expire(id);
  } catch (error) {
    // It was paid, or its time was over, just before.
    if (!(error instanceof Sdk.errors.StripeInvalidRequestError)) throw error;
  }
}

async function disputesOf(
  stripe: Stripe,
  session: Stripe.Checkout.Session,
): Promise<readonly Stripe.Dispute[]> {
  const intent = whole(session.payment_intent);
  const charge = whole(intent?.latest_charge);
  if (intent === null || charge?.disputed !== true) return [];
  const { data } = await stripe.disputes.list({ payment_intent: intent.id, limit: 10 });
  return data;
}

/** What was given back of a payment: the first ten come with it. */
async function refundsOf(
  stripe: Stripe,
  session: Stripe.Checkout.Session,
): Promise<readonly Stripe.Refund[]> {
  const intent = whole(session.payment_intent);
  const known = whole(intent?.latest_charge)?.refunds;
  if (intent === null || known == null || !known.has_more) return known?.data ?? [];
  const refunds: Stripe.Refund[] = [];
  for await (const refund of stripe.refunds.list({ payment_intent: intent.id, limit: 100 })) {
    refunds.push(refund);
  }
  return refunds;
}

function idOf(named: string | { readonly id: string }): string {
  return typeof named === 'string' ? named : named.id;
}

function snapshotOf(
  session: Stripe.Checkout.Session,
  back: { readonly disputes: readonly Stripe.Dispute[]; readonly refunds: readonly Stripe.Refund[] },
  nowMs: number,
): PaymentSnapshot {
  const intent = whole(session.payment_intent);
  const charge = whole(intent?.latest_charge);
  const balance = whole(charge?.balance_transaction);
  const amountCents = BigInt(session.amount_total ?? 0);
  const declineCode = intent?.last_payment_error?.decline_code ?? intent?.last_payment_error?.code ?? null;
  return {
    providerRef: session.id,
    orderRef: session.client_reference_id ?? '',
    ...statusOf(session, intent, charge, balance, declineCode, nowMs),
    problem: null,
    amountCents,
    paidCents: BigInt(intent?.amount_received ?? 0),
    currency: (session.currency ?? '').toUpperCase(),
    livemode: session.livemode,
    feeCents: BigInt(balance?.fee ?? 0),
    paidAt: charge?.paid === true ? new Date(charge.created * 1_000) : null,
    declineCode,
    refundedCents: BigInt(charge?.amount_refunded ?? 0),
    refunds: back.refunds.map(refundOf),
    disputes: back.disputes.map(disputeOf),
    crypto: null,
  };
}

function statusOf(
  session: Stripe.Checkout.Session,
  intent: Stripe.PaymentIntent | null,
  charge: Stripe.Charge | null,
  balance: Stripe.BalanceTransaction | null,
  declineCode: string | null,
  nowMs: number,
): Pick<PaymentSnapshot, 'status' | 'rawStatus'> {
  const rawStatus = `${session.status} ${session.payment_status}`;
  switch (session.status) {
    case 'open':
      return { status: intent?.status === 'requires_action' ? 'processing' : 'open', rawStatus };
    case 'complete':
      if (session.payment_status === 'unpaid') return { status: 'processing', rawStatus };
      if (session.payment_status !== 'paid') return { status: 'other', rawStatus };
      // Paid, and what was paid must say the same as the page on which it was.
      if (intent?.status !== 'succeeded' || charge?.paid !== true) {
        return { status: 'other', rawStatus: `${rawStatus} ${intent?.status} ${charge?.status}` };
      }
      if (
        intent.amount_received !== session.amount_total ||
        charge.currency !== session.currency ||
        charge.livemode !== session.livemode
      ) {
        return { status: 'other', rawStatus: `${rawStatus} ${intent.amount_received} ${charge.currency}` };
      }
      // The fee is not told yet; it will be.
      if (balance === null) return { status: 'processing', rawStatus };
      if (balance.currency !== session.currency) {
        return { status: 'other', rawStatus: `${rawStatus} fee in ${balance.currency}` };
      }
      return { status: 'paid', rawStatus };
    case 'expired':
      if (declineCode !== null) return { status: 'declined', rawStatus };
      return { status: session.expires_at * 1_000 > nowMs ? 'canceled' : 'expired', rawStatus };
    default:
      return { status: 'other', rawStatus };
  }
}

const DISPUTES: ReadonlyMap<string, DisputeSnapshot['status']> = new Map([
  ['warning_needs_response', 'needs_response'],
  ['needs_response', 'needs_response'],
  ['warning_under_review', 'under_review'],
  ['under_review', 'under_review'],
  ['warning_closed', 'won'],
  ['won', 'won'],
  ['lost', 'lost'],
] as const);

function disputeOf(dispute: Stripe.Dispute): DisputeSnapshot {
  const due = dispute.evidence_details.due_by;
  return {
    disputeRef: dispute.id,
    status: DISPUTES.get(dispute.status) ?? 'other',
    rawStatus: dispute.status,
    reason: dispute.reason,
    amountCents: BigInt(dispute.amount),
    feeCents: dispute.balance_transactions.reduce((sum, { fee }) => sum + BigInt(fee), 0n),
    evidenceDueAt: due === null ? null : new Date(due * 1_000),
    openedAt: new Date(dispute.created * 1_000),
  };
}

async function refund(stripe: Stripe, operation: RefundOperation): Promise<RefundSnapshot> {
  const session = await sessionOf(stripe, operation.providerRef);
  const intent = whole(session.payment_intent);
  if (intent === null) throw new Error(`session ${session.id} has no payment to give back`);
  const made = await stripe.refunds.create(
    {
      payment_intent: intent.id,
      amount: Number(operation.amountCents),
      reason: operation.reason,
      metadata: { operation: operation.operationId },
    },
    { idempotencyKey: operation.operationId },
  );
  return refundOf(made);
}

function refundOf(made: Stripe.Refund): RefundSnapshot {
  return {
    refundRef: made.id,
    operationId: made.metadata?.operation ?? null,
    status: REFUNDS.get(made.status ?? '') ?? 'other',
    rawStatus: made.status ?? 'none',
    amountCents: BigInt(made.amount),
    currency: made.currency.toUpperCase(),
    failureCode: made.failure_reason ?? null,
  };
}

const REFUNDS: ReadonlyMap<string, RefundSnapshot['status']> = new Map([
  ['pending', 'pending'],
  ['requires_action', 'pending'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
] as const);

/** What an expanded field holds; `null` when it is empty or was not expanded. */
function whole<T extends object>(field: string | T | null | undefined): T | null {
  return typeof field === 'object' ? field : null;
}
