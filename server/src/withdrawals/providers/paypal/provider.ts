import { DAY_MS } from '../../../core/clock.ts';
import type { Outcome } from '../../../purchases/index.ts';
import { readEmail } from '../../paypal-email.ts';
import { type PayoutOperation, type PayoutProvider, type PayoutSnapshot, UNCLAIMED } from '../provider.ts';
import { type Answer, type PaypalOptions, paypalCalls } from './call.ts';
import { type Batch, payoutRequest, snapshotOf } from './payout.ts';
import { paypalWebhooks } from './webhook.ts';

/** PayPal keeps a batch's id for thirty days; the last is left out, so that no clock decides. */
const KEY_MS = 29 * DAY_MS;
/** Nothing lists what was taken back there, so each that arrived is looked at for as long as it may be, and some days. */
const WATCHED_MS = 185 * DAY_MS;
const RETRY_AFTER_MS = 5_000;
const BATCHES = '/v1/payments/payouts';

/**
 * Pays creators through PayPal's Payouts API, to the e-mail address that they gave. Nobody can look a payment up by our own
 * id: what was asked for is found by asking the same again, which PayPal answers with a link to the first.
 */
export function paypalPayouts(options: PaypalOptions): PayoutProvider {
  const { account } = options;
  const call = paypalCalls(options);
  const livemode = account.mode === 'live';

  const batchOf = (ref: string): Promise<Answer> =>
    call('GET', `${BATCHES}/${encodeURIComponent(ref)}?page_size=10`);
  const told = (answer: Answer, operation: PayoutOperation): Outcome<PayoutSnapshot> => {
    if (answer.kind === 'lost') return { kind: 'unknown', reason: answer.reason };
    const { status, body } = answer;
    if (status < 200 || status > 299) return refusalOf(answer);
    // What names no batch says nothing of one.
    if (!isBatch(body)) return { kind: 'unknown', reason: 'no_payout_in_the_answer' };
    return ok(snapshotOf(body, operation, livemode));
  };

  return {
    id: 'paypal',
    mode: account.mode,
    method: 'paypal',
    world: livemode ? 'paypal_payouts' : `paypal_payouts_${account.mode}`,
    books: 'paypal_payouts',
    keyMs: KEY_MS,
    findsByAsking: true,
    watchedMs: WATCHED_MS,
    ownAccount: async () => ok(account.clientId),
    addressOf(details) {
      if (details.method !== 'paypal') return null;
      const read = readEmail(details.email);
      return 'email' in read ? read.email : null;
    },
    async create(operation) {
      const answer = await call('POST', BATCHES, payoutRequest(operation));
      const first = answer.kind === 'answer' ? duplicateOf(answer) : null;
      if (first === null) return told(named(answer, operation), operation);
      if (first === 'unnamed') return { kind: 'declined', code: 'paypal_asked_before' };
      return told(await batchOf(first), operation);
    },
    async fetch(operation) {
      const { attemptId, takenRef, toldRef = null } = operation;
      const ref = takenRef ?? toldRef;
      if (ref === null) return ok(null);
      const answer = await batchOf(ref);
      if (answer.kind === 'answer' && answer.status === 404) return ok(null);
      const found = told(answer, operation);
      // What only a webhook named counts where it is of this try.
      const isAnothers = takenRef === null && found.kind === 'ok' && found.value.attemptId !== attemptId;
      return isAnothers ? ok(null) : found;
    },
    // There is one step: what is taken goes on by itself.
    forward: async (operation, { takenRef }) => told(await batchOf(takenRef), operation),
    async takeBack(operation, { takenRef, payoutRef }) {
      if (payoutRef !== null) {
        // Only what nobody has accepted can be called back; anything else is told as it is.
        const path = `/v1/payments/payouts-item/${encodeURIComponent(payoutRef)}/cancel`;
        const canceled = await call('POST', path, {});
        if (canceled.kind === 'lost') return { kind: 'unknown', reason: canceled.reason };
        const now = told(await batchOf(takenRef), operation);
        const isRefused = canceled.status > 299 && now.kind === 'ok' && now.value.rawStatus === UNCLAIMED;
        return isRefused ? refusalOf(canceled) : now;
      }
      return told(await batchOf(takenRef), operation);
    },
    // PayPal lists no payouts: whoever compares books asks for each that is booked.
    async *listSince() {},
    verifyWebhook: paypalWebhooks(account),
  };
}

/** What was just made is of the id that it was asked for with, also where the first answer does not repeat it. */
function named(answer: Answer, { attemptId }: PayoutOperation): Answer {
  if (answer.kind === 'lost' || answer.status !== 201 || !isBatch(answer.body)) return answer;
  const { batch_header: header } = answer.body;
  const sender = { sender_batch_id: attemptId, ...header.sender_batch_header };
  return { ...answer, body: { ...answer.body, batch_header: { ...header, sender_batch_header: sender } } };
}

/**
 * The batch that was made under this id before, by the link in PayPal's answer: its last part alone is read, since a link may
 * lead anywhere. `null`: the answer is about something else.
 */
function duplicateOf({ status, body }: Answer & { readonly kind: 'answer' }): string | 'unnamed' | null {
  if (status < 400 || status > 499) return null;
  const text = JSON.stringify(body);
  if (body.name !== 'USER_BUSINESS_ERROR' || !/sender_batch_id/i.test(text)) return null;
  return /\/v1\/payments\/payouts\/([A-Z0-9]{5,30})["?]/.exec(text)?.[1] ?? 'unnamed';
}

/** Said of what did not happen. What may go another way when it is asked again is not a refusal. */
function refusalOf({ status, body }: Answer & { readonly kind: 'answer' }): Outcome<never> {
  const name = typeof body.name === 'string' ? body.name.toLowerCase() : `http_${status}`;
  if (status >= 500) return { kind: 'unknown', reason: `http_${status}` };
  // A wrong key and a full house say nothing about the payment.
  if (name === 'insufficient_funds') return { kind: 'declined', code: 'paypal_balance_insufficient' };
  if (status === 401) return { kind: 'declined', code: 'paypal_key_refused' };
  if (status === 429) return { kind: 'retryable', afterMs: RETRY_AFTER_MS };
  if (name === 'validation_error' && isAboutReceiver(body.details)) {
    return { kind: 'declined', code: 'receiver_refused' };
  }
  return { kind: 'declined', code: name };
}

/** `details` as PayPal gives them: `[{ "field": "items[0].receiver", … }]`. */
function isAboutReceiver(details: unknown): boolean {
  return (
    Array.isArray(details) &&
    details.some(
      ({ field }: { readonly field?: unknown }) => typeof field === 'string' && /receiver$/i.test(field),
    )
  );
}

function isBatch(body: unknown): body is Batch {
  const { batch_header: header } = body as Partial<Batch>;
  return typeof header?.payout_batch_id === 'string' && typeof header.batch_status === 'string';
}

function ok<T>(value: T): Outcome<T> & { readonly kind: 'ok' } {
  return { kind: 'ok', value };
}
