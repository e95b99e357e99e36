import type {
  Checkout,
  CheckoutOperation,
  Outcome,
  PayInProvider,
  PaymentSnapshot,
  PaymentStatus,
} from '../provider.ts';
import type { SandboxApi, WireCheckout } from './api.ts';
import { verifySignedWebhook } from './signature.ts';

export interface SandboxProviderOptions {
  /** Where the sandbox answers; asked for at each call, so that it may start late. */
  readonly api: () => Promise<Pick<SandboxApi, 'url' | 'key'>>;
  /** What webhooks are signed with, the newest first. */
  readonly webhookSecrets: readonly string[];
  /** How long one call may take; 3,000 ms unless told. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 3_000;
const CREATE_TRIES = 2;
const RETRY_AFTER_MS = 1_000;

/** The sandbox behind the port: real HTTP, signed webhooks, no real money. */
export function sandboxProvider(options: SandboxProviderOptions): PayInProvider {
  return {
    id: 'sandbox',
    livemode: false,
    createCheckout: (operation) => createCheckout(options, operation),
    fetch: async (ref) =>
      snapshotOutcome(await call(options, 'GET', `/checkouts/${encodeURIComponent(ref)}`)),
    cancel: async (ref) =>
      snapshotOutcome(await call(options, 'POST', `/checkouts/${encodeURIComponent(ref)}/cancel`)),
    listSince: (since) => listSince(options, since),
    verifyWebhook: (raw, headers, nowMs) => verifySignedWebhook(options.webhookSecrets, raw, headers, nowMs),
  };
}

async function createCheckout(
  options: SandboxProviderOptions,
  operation: CheckoutOperation,
): Promise<Outcome<Checkout>> {
  const body = {
    orderRef: operation.orderRef,
    description: operation.description,
    amountCents: operation.amountCents.toString(),
    currency: operation.currency,
    returnUrl: operation.returnUrl,
    expiresAt: operation.expiresAt.toISOString(),
  };
  let outcome: Outcome<unknown> = { kind: 'unknown', reason: 'not asked' };
  // The key makes a second try safe: the provider answers with the page it opened the first time.
  for (let tries = 0; tries < CREATE_TRIES; tries += 1) {
    outcome = await call(options, 'POST', '/checkouts', body, operation.operationId);
    if (outcome.kind === 'ok' || outcome.kind === 'declined') break;
  }
  if (outcome.kind !== 'ok') return outcome;
  const { ref } = outcome.value as WireCheckout;
  // The sandbox's pages live on the site that it sends the payer back to.
  return { kind: 'ok', value: { providerRef: ref, redirectUrl: pageUrl(operation.returnUrl, ref) } };
}

function pageUrl(returnUrl: string, ref: string): string {
  return new URL(`/sandbox/checkout/${ref}`, returnUrl).href;
}

async function* listSince(options: SandboxProviderOptions, since: Date): AsyncIterable<PaymentSnapshot> {
  let from = since.toISOString();
  let after = '';
  for (;;) {
    const query = new URLSearchParams({ since: from, after });
    const outcome = await call(options, 'GET', `/checkouts?${query}`);
    if (outcome.kind !== 'ok') throw new Error(`the sandbox does not list its payments: ${outcome.kind}`);
    const { checkouts } = outcome.value as { checkouts: WireCheckout[] };
    for (const checkout of checkouts) yield snapshotOf(checkout);
    const last = checkouts.at(-1);
    if (last === undefined) return;
    from = last.createdAt;
    after = last.ref;
  }
}

/** One call. A lost or broken answer is `unknown`, because the work may have been done. */
async function call(
  options: SandboxProviderOptions,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  idempotencyKey?: string,
): Promise<Outcome<unknown>> {
  try {
    const { url, key } = await options.api();
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
    });
    const answer = (await response.json()) as { code?: string };
    if (response.ok) return { kind: 'ok', value: answer };
    if (response.status === 409 || response.status === 429 || response.status === 503) {
      return { kind: 'retryable', afterMs: RETRY_AFTER_MS };
    }
    if (response.status < 500) return { kind: 'declined', code: answer.code ?? `http_${response.status}` };
    return { kind: 'unknown', reason: `http_${response.status}` };
  } catch (error) {
    return { kind: 'unknown', reason: error instanceof Error ? error.name : 'failed' };
  }
}

function snapshotOutcome(outcome: Outcome<unknown>): Outcome<PaymentSnapshot> {
  return outcome.kind === 'ok' ? { kind: 'ok', value: snapshotOf(outcome.value as WireCheckout) } : outcome;
}

function snapshotOf(checkout: WireCheckout): PaymentSnapshot {
  return {
    providerRef: checkout.ref,
    orderRef: checkout.orderRef,
    status: STATUSES.get(checkout.status) ?? 'other',
    rawStatus: checkout.status,
    amountCents: BigInt(checkout.amountCents),
    currency: checkout.currency,
    livemode: checkout.livemode,
    feeCents: BigInt(checkout.feeCents),
    paidAt: checkout.paidAt === null ? null : new Date(checkout.paidAt),
    declineCode: checkout.declineCode,
  };
}

const STATUSES: ReadonlyMap<string, PaymentStatus> = new Map([
  ['open', 'open'],
  ['requires_confirmation', 'processing'],
  ['paid', 'paid'],
  ['declined', 'declined'],
  ['canceled', 'canceled'],
  ['expired', 'expired'],
]);
