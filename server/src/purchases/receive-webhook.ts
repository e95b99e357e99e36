import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../core/refusal.ts';
import type { PayInProvider } from './provider.ts';
import {
  PROVIDER_UNAVAILABLE,
  WEBHOOK_MALFORMED,
  WEBHOOK_NOT_CONFIGURED,
  WEBHOOK_REJECTED,
} from './refusals.ts';
import { settlePayment } from './settle-order.ts';
import type { Shop } from './shop.ts';
import { countSkew } from './webhook-skew.ts';

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
  const event = provider.verifyWebhook(raw, headers, shop.house.clock.now());
  if (event.kind === 'rejected') {
    shop.house.log.warn({ provider: provider.id, reason: event.reason }, 'a webhook was rejected');
    const { reason, ageSeconds } = event;
    // The sandbox goes by our own clock: what is late there was made late, or our clock was turned.
    const isClock = (reason === 'too_old' || reason === 'from_the_future') && provider.mode !== 'sandbox';
    if (isClock && ageSeconds !== undefined) {
      await countSkew(shop.house, { provider: provider.id, reason, seconds: ageSeconds });
    }
    if (event.reason === 'no_secret') throw new Refusal(WEBHOOK_NOT_CONFIGURED);
    if (event.reason === 'malformed') throw new Refusal(WEBHOOK_MALFORMED);
    throw new Refusal(WEBHOOK_REJECTED, { reason: event.reason.replaceAll('_', ' ') });
  }
  for (const providerRef of event.providerRefs) {
    if (!(await settlePayment(shop, provider, providerRef))) throw new Refusal(PROVIDER_UNAVAILABLE);
  }
}
