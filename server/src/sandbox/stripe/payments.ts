import type { Queryable } from '../../db/database.ts';
import { type Body, find, type Kept, keep, list, lock, ofParent, planLater, rewrite } from '../books.ts';
import { announce, type Desk, randomId } from '../desk.ts';
import { DISPUTE_FEE_CENTS, feeCents, type TestCard, testCard } from './cards.ts';
import { invalid, noSuch } from './errors.ts';

/** What Stripe does with a payment: sessions, intents, charges, refunds, disputes, and the events that tell of them. */

export const API_VERSION = '2026-10-28.endive';

/** A session may stay open for so long. */
const OPEN_MIN_S = 30 * 60;
const OPEN_MAX_S = 24 * 3_600;
const OPEN_USUAL_S = 24 * 3_600;
/** The least that can be charged, in cents. */
const CHARGE_MIN = 50;
/** How long after the payment a dispute is opened, and a slow refund is decided. */
const DISPUTED_AFTER_MS = 2_000;
const REFUNDED_AFTER_MS = 5_000;
/** How long the merchant may bring evidence. */
const EVIDENCE_S = 9 * 24 * 3_600;

export interface SessionBody extends Body {
  object: 'checkout.session';
  amount_total: number;
  cancel_url: string | null;
  client_reference_id: string | null;
  currency: string;
  expires_at: number;
  metadata: Record<string, string>;
  payment_intent: string | null;
  payment_method_types: string[];
  payment_status: 'paid' | 'unpaid';
  status: 'open' | 'complete' | 'expired';
  success_url: string;
}

interface SessionInner {
  readonly item: string;
  readonly intentMetadata: Record<string, string>;
  /** The card that must be confirmed with the bank. */
  challenged?: string | null;
  /** Why the last card did not pay. */
  declined?: string | null;
  wallet?: string | null;
}

export type SessionRow = Kept<SessionBody, SessionInner & Record<string, unknown>>;

export interface SessionParams {
  readonly line_items: readonly {
    readonly quantity: number;
    readonly price_data: {
      readonly currency: string;
      readonly unit_amount: number;
      readonly product_data: { readonly name: string };
    };
  }[];
  readonly success_url: string;
  readonly cancel_url?: string;
  readonly client_reference_id?: string;
  readonly expires_at?: number;
  readonly metadata?: Record<string, string>;
  readonly allowed_payment_method_types?: string[];
  readonly payment_intent_data?: { readonly metadata?: Record<string, string> };
}

export async function createSession(tx: Queryable, params: SessionParams, nowMs: number): Promise<Body> {
  const nowS = Math.floor(nowMs / 1_000);
  const expiresAt = params.expires_at ?? nowS + OPEN_USUAL_S;
  if (expiresAt < nowS + OPEN_MIN_S || expiresAt > nowS + OPEN_MAX_S) {
    throw invalid('The `expires_at` timestamp must be 30 minutes to 24 hours from now.', 'expires_at');
  }
  const success = webAddress(params.success_url, 'success_url');
  if (params.cancel_url !== undefined) webAddress(params.cancel_url, 'cancel_url');
  const currency = (params.line_items[0]?.price_data.currency ?? '').toLowerCase();
  let total = 0;
  for (const { quantity, price_data } of params.line_items) {
    if (price_data.currency.toLowerCase() !== currency) {
      throw invalid('All line items must have the same currency.', 'line_items');
    }
    total += quantity * price_data.unit_amount;
  }
  if (total < CHARGE_MIN) {
    throw invalid(
      "The Checkout Session's total amount due must add up to at least $0.50 usd",
      'line_items',
      'amount_too_small',
    );
  }
  const id = randomId('cs_test_a1', 56);
  const body: SessionBody = {
    id,
    object: 'checkout.session',
    amount_subtotal: total,
    amount_total: total,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    created: nowS,
    currency,
    customer: null,
    expires_at: expiresAt,
    livemode: false,
    metadata: params.metadata ?? {},
    mode: 'payment',
    payment_intent: null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    payment_method_types: params.allowed_payment_method_types ?? ['card'],
    payment_status: 'unpaid',
    status: 'open',
    success_url: params.success_url,
    // The sandbox's pages live on the site that it sends the payer back to.
    url: new URL(`/sandbox/stripe/${id}`, success.origin).href,
  };
  const inner: SessionInner = {
    item: params.line_items.map(({ price_data }) => price_data.product_data.name).join(', '),
    intentMetadata: params.payment_intent_data?.metadata ?? {},
  };
  await keep(tx, { kind: 'checkout.session', body, at: new Date(nowMs), inner });
  return body;
}

function webAddress(text: string, param: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalid('Not a valid URL', param, 'url_invalid');
  }
  return url;
}

/** Ends an open session without a payment. */
export async function expireSession(tx: Queryable, id: string, nowMs: number): Promise<Body> {
  const session = await openOrExpired(tx, id, nowMs);
  if (session === null) throw noSuch('checkout.session', id);
  if (session.body.status !== 'open') {
    throw invalid(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.body.status}\`.`,
      'session',
    );
  }
  await expire(tx, session, nowMs);
  return session.body;
}

/** The session as it is now: locked, and expired if its time is over. */
export async function openOrExpired(tx: Queryable, id: string, nowMs: number): Promise<SessionRow | null> {
  const session = await lock<SessionRow>(tx, 'checkout.session', id);
  if (session === null) return null;
  if (session.body.status === 'open' && session.body.expires_at * 1_000 <= nowMs) {
    await expire(tx, session, nowMs);
  }
  return session;
}

async function expire(tx: Queryable, session: SessionRow, nowMs: number): Promise<void> {
  session.body.status = 'expired';
  session.body.url = null;
  session.inner.challenged = null;
  await rewrite(tx, session);
  const intent =
    session.body.payment_intent === null
      ? null
      : await lock(tx, 'payment_intent', session.body.payment_intent);
  if (intent !== null) {
    intent.body.status = 'canceled';
    await rewrite(tx, intent);
  }
  await tell(tx, 'checkout.session.expired', session.body, nowMs);
}

/** The payer tries a card, by itself or in a wallet of the phone. Nothing happens to a page that is closed. */
export async function payWith(
  desk: Desk,
  sessionId: string,
  card: TestCard,
  wallet: 'apple_pay' | 'google_pay' | null,
): Promise<SessionRow | null> {
  return atCounter(desk, sessionId, async (tx, session, nowMs) => {
    session.inner.wallet = wallet;
    switch (card.outcome.kind) {
      case 'paid':
        return charge(tx, session, card, nowMs);
      case 'declined':
        return decline(tx, session, card, card.outcome.code, card.outcome.declineCode, nowMs);
      case 'challenge': {
        session.inner.challenged = card.number;
        session.inner.declined = null;
        const intent = await intentOf(tx, session, nowMs);
        intent.body.status = 'requires_action';
        await rewrite(tx, intent);
        await rewrite(tx, session);
        return tell(tx, 'payment_intent.requires_action', intent.body, nowMs);
      }
    }
  });
}

/** The payer confirms the payment to their bank, or refuses it and is back at the choice of cards. */
export async function answerChallenge(
  desk: Desk,
  sessionId: string,
  confirmed: boolean,
): Promise<SessionRow | null> {
  return atCounter(desk, sessionId, async (tx, session, nowMs) => {
    const card = testCard(session.inner.challenged ?? '');
    if (card === undefined) return;
    session.inner.challenged = null;
    if (confirmed) return charge(tx, session, card, nowMs);
    return decline(
      tx,
      session,
      card,
      'payment_intent_authentication_failure',
      'authentication_required',
      nowMs,
    );
  });
}

/** The session as the payer sees it. */
export async function lookUp(desk: Desk, sessionId: string): Promise<SessionRow | null> {
  return desk.db.transaction((tx) => openOrExpired(tx, sessionId, desk.clock.now()));
}

async function atCounter(
  desk: Desk,
  sessionId: string,
  act: (tx: Queryable, session: SessionRow, nowMs: number) => Promise<void>,
): Promise<SessionRow | null> {
  const nowMs = desk.clock.now();
  const session = await desk.db.transaction(async (tx) => {
    const found = await openOrExpired(tx, sessionId, nowMs);
    if (found !== null && found.body.status === 'open') await act(tx, found, nowMs);
    return found;
  });
  desk.wake();
  return session;
}

/** The session's payment intent, made with the first attempt to pay. */
async function intentOf(tx: Queryable, session: SessionRow, nowMs: number): Promise<Kept> {
  const { payment_intent: known, amount_total: amount, currency } = session.body;
  if (known !== null) {
    const intent = await lock(tx, 'payment_intent', known);
    if (intent !== null) return intent;
  }
  const body: Body = {
    id: randomId('pi_3', 23),
    object: 'payment_intent',
    amount,
    amount_capturable: 0,
    amount_received: 0,
    canceled_at: null,
    capture_method: 'automatic',
    created: Math.floor(nowMs / 1_000),
    currency,
    customer: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: session.inner.intentMetadata,
    payment_method: null,
    payment_method_types: session.body.payment_method_types,
    status: 'requires_payment_method',
  };
  await keep(tx, { kind: 'payment_intent', body, at: new Date(nowMs), parent: session.id });
  session.body.payment_intent = body.id;
  await rewrite(tx, session);
  const made = await lock(tx, 'payment_intent', body.id);
  if (made === null) throw new Error(`payment intent ${body.id} is not there after it was made`);
  return made;
}

async function decline(
  tx: Queryable,
  session: SessionRow,
  card: TestCard,
  code: string,
  declineCode: string,
  nowMs: number,
): Promise<void> {
  const intent = await intentOf(tx, session, nowMs);
  session.inner.declined = declineCode;
  intent.body.status = 'requires_payment_method';
  intent.body.last_payment_error = {
    type: 'card_error',
    code,
    decline_code: declineCode,
    message: 'Your card was declined.',
    payment_method: { type: 'card', card: { last4: card.number.slice(-4) } },
  };
  await rewrite(tx, session);
  await rewrite(tx, intent);
  await tell(tx, 'payment_intent.payment_failed', intent.body, nowMs);
}

async function charge(tx: Queryable, session: SessionRow, card: TestCard, nowMs: number): Promise<void> {
  const intent = await intentOf(tx, session, nowMs);
  const { amount_total: amount, currency } = session.body;
  const created = Math.floor(nowMs / 1_000);
  const chargeId = randomId('ch_3', 23);
  const balanceId = await entry(tx, {
    type: 'charge',
    amount,
    fee: feeCents(amount),
    currency,
    source: chargeId,
    nowMs,
  });
  const body: Body = {
    id: chargeId,
    object: 'charge',
    amount,
    amount_captured: amount,
    amount_refunded: 0,
    balance_transaction: balanceId,
    captured: true,
    created,
    currency,
    disputed: false,
    failure_code: null,
    livemode: false,
    metadata: session.inner.intentMetadata,
    paid: true,
    payment_intent: intent.id,
    payment_method_details: {
      type: 'card',
      card: {
        brand: 'visa',
        last4: card.number.slice(-4),
        wallet: session.inner.wallet ? { type: session.inner.wallet } : null,
      },
    },
    refunded: false,
    status: 'succeeded',
  };
  await keep(tx, {
    kind: 'charge',
    body,
    at: new Date(nowMs),
    parent: intent.id,
    inner: { card: card.number },
  });
  Object.assign(intent.body, {
    status: 'succeeded',
    amount_received: amount,
    latest_charge: chargeId,
    last_payment_error: null,
  });
  session.body.status = 'complete';
  session.body.payment_status = 'paid';
  session.body.url = null;
  session.inner.declined = null;
  await rewrite(tx, intent);
  await rewrite(tx, session);
  await tell(tx, 'charge.succeeded', body, nowMs);
  await tell(tx, 'payment_intent.succeeded', intent.body, nowMs);
  await tell(tx, 'checkout.session.completed', session.body, nowMs);
  if (card.outcome.kind === 'paid' && card.outcome.later === 'dispute') {
    await planLater(tx, { what: 'dispute', about: chargeId }, new Date(nowMs + DISPUTED_AFTER_MS));
  }
}

/** A line of the merchant's balance. Its id. */
export async function entry(
  tx: Queryable,
  line: {
    readonly type: 'charge' | 'refund' | 'refund_failure' | 'adjustment' | 'transfer' | 'transfer_refund';
    readonly amount: number;
    readonly fee: number;
    readonly currency: string;
    readonly source: string;
    readonly nowMs: number;
  },
): Promise<string> {
  const created = Math.floor(line.nowMs / 1_000);
  const id = randomId('txn_3', 23);
  await keep(tx, {
    kind: 'balance_transaction',
    at: new Date(line.nowMs),
    parent: line.source,
    body: {
      id,
      object: 'balance_transaction',
      amount: line.amount,
      available_on: created + 2 * 24 * 3_600,
      created,
      currency: line.currency,
      exchange_rate: null,
      fee: line.fee,
      fee_details: line.fee === 0 ? [] : [{ amount: line.fee, currency: line.currency, type: 'stripe_fee' }],
      net: line.amount - line.fee,
      reporting_category: line.type === 'adjustment' ? 'dispute' : line.type,
      source: line.source,
      status: 'pending',
      type: line.type,
    },
  });
  return id;
}

export interface RefundParams {
  readonly payment_intent?: string;
  readonly charge?: string;
  readonly amount?: number;
  readonly reason?: string;
  readonly metadata?: Record<string, string>;
}

/** Gives money back, at most what was charged and is neither given back nor disputed. */
export async function createRefund(tx: Queryable, params: RefundParams, nowMs: number): Promise<Body> {
  const { payment_intent: intentId, charge: chargeId } = params;
  if ((intentId === undefined) === (chargeId === undefined)) {
    throw invalid('You must provide one of `payment_intent` or `charge`.', 'charge', 'parameter_missing');
  }
  const [ofIntent] = intentId === undefined ? [] : await ofParent(tx, 'charge', intentId);
  const charged = await lock(tx, 'charge', chargeId ?? ofIntent?.id ?? '');
  if (charged === null) throw noSuch(intentId === undefined ? 'charge' : 'payment_intent', intentId ?? '');
  const { body } = charged;
  const open = (body.amount as number) - (body.amount_refunded as number);
  const amount = params.amount ?? open;
  if (body.disputed === true) {
    throw invalid('This charge has been charged back and cannot be refunded.', 'charge', 'charge_disputed');
  }
  if (open === 0) {
    throw invalid(`Charge ${charged.id} has already been refunded.`, 'charge', 'charge_already_refunded');
  }
  if (amount > open) {
    throw invalid(
      `Refund amount ($${(amount / 100).toFixed(2)}) is greater than unrefunded amount on charge ($${(open / 100).toFixed(2)})`,
      'amount',
      'amount_too_large',
    );
  }
  const card = testCard(charged.inner.card as string);
  const later = card?.outcome.kind === 'paid' ? card.outcome.later : undefined;
  const id = randomId('re_3', 23);
  const currency = body.currency as string;
  const refund: Body = {
    id,
    object: 'refund',
    amount,
    balance_transaction: await entry(tx, {
      type: 'refund',
      amount: -amount,
      fee: 0,
      currency,
      source: id,
      nowMs,
    }),
    charge: charged.id,
    created: Math.floor(nowMs / 1_000),
    currency,
    failure_reason: null,
    metadata: params.metadata ?? {},
    payment_intent: body.payment_intent,
    reason: params.reason ?? null,
    status: later === 'refund_waits' ? 'pending' : 'succeeded',
  };
  await keep(tx, { kind: 'refund', body: refund, at: new Date(nowMs), parent: charged.id });
  body.amount_refunded = (body.amount_refunded as number) + amount;
  body.refunded = body.amount_refunded === body.amount;
  await rewrite(tx, charged);
  if (later === 'refund_fails' || later === 'refund_waits') {
    await planLater(tx, { what: later, about: id }, new Date(nowMs + REFUNDED_AFTER_MS));
  }
  await tell(tx, 'refund.created', refund, nowMs);
  await tell(tx, 'charge.refunded', body, nowMs);
  return refund;
}

/** What was planned comes true: a dispute is opened, a refund is decided. */
export async function doLater(tx: Queryable, what: string, about: string, nowMs: number): Promise<void> {
  if (what === 'dispute') return openDispute(tx, about, nowMs);
  const refund = await lock(tx, 'refund', about);
  if (refund === null) return;
  if (what === 'refund_waits') {
    refund.body.status = 'succeeded';
    await rewrite(tx, refund);
    return tell(tx, 'refund.updated', refund.body, nowMs);
  }
  const charged = await lock(tx, 'charge', refund.body.charge as string);
  if (charged === null) return;
  refund.body.status = 'failed';
  refund.body.failure_reason = 'expired_or_canceled_card';
  refund.body.failure_balance_transaction = await entry(tx, {
    type: 'refund_failure',
    amount: refund.body.amount as number,
    fee: 0,
    currency: refund.body.currency as string,
    source: refund.id,
    nowMs,
  });
  charged.body.amount_refunded = (charged.body.amount_refunded as number) - (refund.body.amount as number);
  charged.body.refunded = false;
  await rewrite(tx, refund);
  await rewrite(tx, charged);
  await tell(tx, 'refund.failed', refund.body, nowMs);
}

async function openDispute(tx: Queryable, chargeId: string, nowMs: number): Promise<void> {
  const charged = await lock(tx, 'charge', chargeId);
  if (charged === null || charged.body.disputed === true) return;
  const amount = (charged.body.amount as number) - (charged.body.amount_refunded as number);
  if (amount === 0) return;
  const id = randomId('dp_1', 23);
  const currency = charged.body.currency as string;
  const created = Math.floor(nowMs / 1_000);
  const withdrawn = await entry(tx, {
    type: 'adjustment',
    amount: -amount,
    fee: DISPUTE_FEE_CENTS,
    currency,
    source: id,
    nowMs,
  });
  const body: Body = {
    id,
    object: 'dispute',
    amount,
    balance_transactions: [(await find(tx, withdrawn))?.body],
    charge: chargeId,
    created,
    currency,
    evidence: { uncategorized_text: null },
    evidence_details: {
      due_by: created + EVIDENCE_S,
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charged.body.payment_intent,
    reason: 'fraudulent',
    status: 'needs_response',
  };
  await keep(tx, { kind: 'dispute', body, at: new Date(nowMs), parent: chargeId });
  charged.body.disputed = true;
  await rewrite(tx, charged);
  await tell(tx, 'charge.dispute.created', body, nowMs);
  await tell(tx, 'charge.dispute.funds_withdrawn', body, nowMs);
}

/** Brings evidence. As in Stripe's test mode, the words themselves decide: `winning_evidence`, `losing_evidence`. */
export async function bringEvidence(
  tx: Queryable,
  id: string,
  params: { readonly evidence?: { readonly uncategorized_text?: string }; readonly submit?: boolean },
  nowMs: number,
): Promise<Body> {
  const dispute = await openDisputeRow(tx, id);
  const said = params.evidence?.uncategorized_text ?? null;
  dispute.body.evidence = { uncategorized_text: said };
  if (params.submit !== false && said !== null) {
    dispute.body.status = 'under_review';
    await rewrite(tx, dispute);
    await tell(tx, 'charge.dispute.updated', dispute.body, nowMs);
    if (said === 'winning_evidence') await decideDispute(tx, dispute, 'won', nowMs);
    if (said === 'losing_evidence') await decideDispute(tx, dispute, 'lost', nowMs);
  }
  await rewrite(tx, dispute);
  return dispute.body;
}

/** The bank takes its verdict back, after weeks perhaps: the merchant has the money after all. */
export async function turnDispute(tx: Queryable, id: string, nowMs: number): Promise<void> {
  const dispute = await lock(tx, 'dispute', id);
  if (dispute?.body.status !== 'lost') throw invalid('Only a dispute that is lost can turn.', 'dispute');
  await decideDispute(tx, dispute, 'won', nowMs);
}

/** The merchant gives the dispute up. */
export async function closeDispute(tx: Queryable, id: string, nowMs: number): Promise<Body> {
  const dispute = await openDisputeRow(tx, id);
  await decideDispute(tx, dispute, 'lost', nowMs);
  return dispute.body;
}

async function openDisputeRow(tx: Queryable, id: string): Promise<Kept> {
  const dispute = await lock(tx, 'dispute', id);
  if (dispute === null) throw noSuch('dispute', id);
  const status = dispute.body.status as string;
  if (status === 'won' || status === 'lost') {
    throw invalid(`This dispute is already closed: ${status}.`, 'dispute');
  }
  return dispute;
}

async function decideDispute(
  tx: Queryable,
  dispute: Kept,
  status: 'won' | 'lost',
  nowMs: number,
): Promise<void> {
  const { body } = dispute;
  body.status = status;
  if (status === 'won') {
    const reinstated = await entry(tx, {
      type: 'adjustment',
      amount: body.amount as number,
      fee: 0,
      currency: body.currency as string,
      source: dispute.id,
      nowMs,
    });
    (body.balance_transactions as unknown[]).push((await find(tx, reinstated))?.body);
  }
  await rewrite(tx, dispute);
  await tell(tx, 'charge.dispute.closed', body, nowMs);
  if (status === 'won') await tell(tx, 'charge.dispute.funds_reinstated', body, nowMs);
}

/** Writes an event down and sends it; one of a connected account names it, and goes to the address for those. */
export async function tell(
  tx: Queryable,
  type: string,
  about: Body,
  nowMs: number,
  account?: string,
): Promise<void> {
  const event: Body = {
    id: randomId('evt_1', 23),
    object: 'event',
    api_version: API_VERSION,
    created: Math.floor(nowMs / 1_000),
    data: { object: about },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    ...(account === undefined ? {} : { account }),
  };
  await keep(tx, { kind: 'event', body: event, at: new Date(nowMs), parent: about.id });
  await announce(
    tx,
    {
      id: event.id,
      // The merchant listens for transfers where it listens for accounts.
      company: account === undefined && !type.startsWith('transfer.') ? 'stripe' : 'stripe_connect',
      about: about.id,
      type,
      body: JSON.stringify(event),
    },
    nowMs,
  );
}

/** Replaces ids by what they name, along a path such as `payment_intent.latest_charge`. */
export async function expand(db: Queryable, body: Body, paths: readonly string[]): Promise<Body> {
  const whole = structuredClone(body);
  for (const path of paths) await follow(db, whole, path.split('.'));
  return whole;
}

async function follow(db: Queryable, body: Record<string, unknown>, path: readonly string[]): Promise<void> {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (name === 'data' && Array.isArray(body.data)) {
    for (const item of body.data) await follow(db, item as Record<string, unknown>, rest);
    return;
  }
  if (body.object === 'charge' && name === 'refunds') {
    const rows = await list(db, { kind: 'refund', parent: body.id as string, limit: 11 });
    body.refunds = {
      object: 'list',
      data: rows.slice(0, 10).map((row) => row.body),
      has_more: rows.length > 10,
      url: `/v1/charges/${body.id}/refunds`,
    };
    return;
  }
  const value = body[name];
  if (value === undefined) throw invalid(`This property cannot be expanded (${name}).`, 'expand');
  if (typeof value === 'string') {
    const named = await find(db, value);
    if (named === null) throw invalid(`This property cannot be expanded (${name}).`, 'expand');
    body[name] = structuredClone(named.body);
  }
  const inner = body[name];
  if (inner !== null && typeof inner === 'object') await follow(db, inner as Record<string, unknown>, rest);
}
