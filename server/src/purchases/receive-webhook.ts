import type { IncomingHttpHeaders } from 'node:http';
import type { PaymentMode } from '../config.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import type { PayInProvider, RejectedEvent } from './provider.ts';
import {
  PROVIDER_UNAVAILABLE,
  WEBHOOK_MALFORMED,
  WEBHOOK_NOT_CONFIGURED,
  WEBHOOK_REJECTED,
} from './refusals.ts';
import { settlePayment } from './settle-order.ts';
import type { Shop } from './shop.ts';
import { countSkew, type WebhookSkew } from './webhook-skew.ts';

/**
 * Takes a provider's webhook. Its signature makes it a hint where to look, and what it says is not believed: the
 * object is fetched. Coming twice, late or out of order changes nothing.
 *
 * Refuses with `webhook_not_configured`, `webhook_malformed`, `webhook_rejected`, `payment_provider_unavailable`
 * (then the provider sends it again).
 */
export async function receiveWebhook(
  shop: Shop,
  provider: PayInProvider | null,
  raw: Buffer,
  headers: IncomingHttpHeaders,
): Promise<void> {
  if (provider === null) throw new Refusal(WEBHOOK_NOT_CONFIGURED);
  const event = await requireGenuine(
    shop.house,
    provider,
    provider.verifyWebhook(raw, headers, shop.house.clock.now()),
  );
  for (const providerRef of event.providerRefs) {
    if (!(await settlePayment(shop, provider, providerRef))) throw new Refusal(PROVIDER_UNAVAILABLE);
  }
}

/**
 * The event, when it is the provider's and of now; one of a wrong time is counted. Refuses with `webhook_not_configured`,
 * `webhook_malformed` or `webhook_rejected`.
 */
export async function requireGenuine<E extends { readonly kind: string }>(
  house: House,
  provider: { readonly id: WebhookSkew['provider']; readonly mode: PaymentMode },
  event: E | RejectedEvent,
): Promise<Exclude<E, RejectedEvent>> {
  if (!isRejected(event)) return event as Exclude<E, RejectedEvent>;
  house.log.warn({ provider: provider.id, reason: event.reason }, 'a webhook was rejected');
  const { reason, ageSeconds } = event;
  // The sandbox goes by our own clock: what is late there was made late, or our clock was turned.
  const isClock = (reason === 'too_old' || reason === 'from_the_future') && provider.mode !== 'sandbox';
  if (isClock && ageSeconds !== undefined) {
    await countSkew(house, { provider: provider.id, reason, seconds: ageSeconds });
  }
  if (event.reason === 'no_secret') throw new Refusal(WEBHOOK_NOT_CONFIGURED);
  if (event.reason === 'malformed') throw new Refusal(WEBHOOK_MALFORMED);
  throw new Refusal(WEBHOOK_REJECTED, { reason: event.reason.replaceAll('_', ' ') });
}

function isRejected(event: { readonly kind: string }): event is RejectedEvent {
  return event.kind === 'rejected';
}
