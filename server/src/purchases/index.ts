import { MINUTE_MS } from '../core/clock.ts';
import { oncePer } from '../core/once-per.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House, Slice } from '../house.ts';
import { addExplanation, whenFrozen } from '../identity/index.ts';
import { registerAuditCheck } from '../ledger/index.ts';
import { measureSpending, spanStart, spans, whenLowered } from '../spending/index.ts';
import { auditPurchases } from './audit-purchases.ts';
import { btcpayProvider } from './btcpay/provider.ts';
import { checkOrders } from './check-orders.ts';
import { withCircuit } from './circuit.ts';
import './describe-purchases.ts';
import { closePages } from './close-pages.ts';
import { explainBuying } from './explain-buying.ts';
import { openCents } from './open-order.ts';
import type { PayInProvider } from './provider.ts';
import { auditReconciliations } from './reconciliation/audit.ts';
import { findWhatWentBack, reconcileDays } from './reconciliation/reconcile.ts';
import { reconciliationRoutes } from './reconciliation/routes.ts';
import { purchaseRoutes, webhookRoutes } from './routes.ts';
import type { Shop } from './shop.ts';
import { paidSince, undecidedOrders } from './store.ts';
import { stripeProvider } from './stripe/provider.ts';

export { askGreenfield, type BtcpayOptions, readDelivery } from './btcpay/greenfield.ts';
export { type CoinPurchase, coinPurchases, firstPayments, paidWithin } from './store.ts';

addExplanation('buy', 'purchases', (house, userId) => explainBuying(shopOf(house), userId));
measureSpending('bought', (house, userId) => {
  const starts = spans((span) => spanStart(span, house.clock.now()));
  return paidSince(house.db, userId, starts);
});
measureSpending('open', async (house, userId) => {
  const open = openCents(await undecidedOrders(house.db, userId));
  return spans(() => open);
});
whenFrozen('purchases', (house, userId) => closePages(shopOf(house), userId));
whenLowered((house, userId) => closePages(shopOf(house), userId));

export { usePaymentNews } from './payment-news.ts';
export {
  type DisputeSnapshot,
  type Outcome,
  type PaymentSnapshot,
  type RefundSnapshot,
  type RejectedEvent,
  rejected,
} from './provider.ts';
export { purchaseTransfers } from './purchase-transfers.ts';
export { requireGenuine } from './receive-webhook.ts';
export type { Difference } from './reconciliation/compare.ts';
export { useOtherBooks } from './reconciliation/other-books.ts';
export type { Period } from './reconciliation/reconcile.ts';
export { insertRun, type RunRow } from './reconciliation/store.ts';
export { WEBHOOK_NOT_CONFIGURED } from './refusals.ts';
export { priceItem } from './rules.ts';
export { creditOrder } from './settle-order.ts';
export { ledgerNameOf, providerOf, type Shop } from './shop.ts';
export { type OrderRow, orderById } from './store.ts';
export { outcomeOf } from './stripe/failure.ts';
export { openSdk } from './stripe/sdk.ts';
export { readSignedEvent, type SignedEvent } from './stripe/signature.ts';

registerAuditCheck({ name: 'paid orders agree with their transfers', run: auditPurchases });

registerAuditCheck({ name: 'providers’ books agree with the ledger', run: auditReconciliations });

const CHECK_EVERY_MS = 1_000;
const RECONCILE_EVERY_MS = 10 * MINUTE_MS;
/** A server that has just begun has other things to do, and the adapters are large. */
const RECONCILE_AFTER_MS = MINUTE_MS;

/** Selling Coins and Diamonds: orders, the port to payment providers, and the adapters behind it. */
export const purchases: Slice = {
  name: 'purchases',
  async routes(app, house) {
    const shop = shopOf(house);
    purchaseRoutes(app, house, shop);
    reconciliationRoutes(app, shop);
    await webhookRoutes(app, shop);
  },
  start(house) {
    const shop = shopOf(house);
    const checks = goRounds('order checks', CHECK_EVERY_MS, house.log, () => checkOrders(shop));
    let books: Rounds | undefined;
    const begin = setTimeout(() => {
      books = goRounds('reconciliation', RECONCILE_EVERY_MS, house.log, async () => {
        // First what went back is booked, then the books are compared.
        await findWhatWentBack(shop);
        await reconcileDays(shop);
      });
    }, RECONCILE_AFTER_MS);
    begin.unref();
    return async () => {
      clearTimeout(begin);
      await Promise.all([checks.stop(), books?.stop()]);
    };
  },
};

/** Selling, with whoever takes the money here. */
export const shopOf = oncePer((house: House): Shop => ({ house, providers: providersOf(house) }));

/** Whoever is set up. One's own server comes first: it takes crypto without a fee. */
function providersOf({ config: { payments }, clock }: House): readonly PayInProvider[] {
  return [
    ...(payments.btcpay === null ? [] : [btcpayProvider({ account: payments.btcpay })]),
    ...(payments.stripe === null ? [] : [stripeProvider({ account: payments.stripe, clock })]),
  ].map((provider) => withCircuit(provider, () => clock.now() + performance.now()));
}
