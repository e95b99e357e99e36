import type { AddressInfo } from 'node:net';
import { oncePer } from '../core/once-per.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { App, House, Slice, Stop } from '../house.ts';
import { registerAuditCheck } from '../ledger/index.ts';
import { auditPurchases } from './audit-purchases.ts';
import { checkOrders } from './check-orders.ts';
import './describe-purchases.ts';
import { purchaseRoutes, webhookRoute } from './routes.ts';
import { type SandboxApi, startSandboxApi } from './sandbox/api.ts';
import { deliverDue } from './sandbox/deliver.ts';
import type { Desk } from './sandbox/desk.ts';
import { sandboxProvider } from './sandbox/provider.ts';
import { sandboxPages } from './sandbox/routes.ts';
import type { Shop } from './shop.ts';

registerAuditCheck({ name: 'paid orders agree with their transfers', run: auditPurchases });

const CHECK_EVERY_MS = 1_000;
const DELIVER_EVERY_MS = 1_000;

/** Selling Coins: orders, the provider port, and the sandbox behind it. */
export const purchases: Slice = {
  name: 'purchases',
  async routes(app, house) {
    const counter = counterOf(house);
    counter.app = app;
    purchaseRoutes(app, house, counter.shop);
    await webhookRoute(app, counter.shop);
    if (house.config.sandbox) await sandboxPages(app, counter.desk);
  },
  start: (house) => startRounds(house, counterOf(house)),
};

/** One house's shop and the sandbox across the street. */
interface Counter {
  readonly shop: Shop;
  readonly desk: Desk;
  app: App | null;
  deliveries: Rounds | null;
  api: Promise<SandboxApi> | null;
}

const counterOf = oncePer((house: House): Counter => {
  const desk: Desk = { db: house.db, clock: house.clock, wake: () => counter.deliveries?.wake() };
  const provider = sandboxProvider({
    api: () => {
      counter.api ??= startSandboxApi(desk);
      return counter.api;
    },
    webhookSecrets: [house.config.secrets.webhook],
  });
  const counter: Counter = { shop: { house, provider }, desk, app: null, deliveries: null, api: null };
  return counter;
});

function startRounds(house: House, counter: Counter): Stop {
  const { db, clock, log } = house;
  const secret = house.config.secrets.webhook;
  const deliveries = goRounds('sandbox deliveries', DELIVER_EVERY_MS, log, () =>
    deliverDue({ db, clock, log, secret, to: () => webhookAddress(counter) }),
  );
  const checks = goRounds('order checks', CHECK_EVERY_MS, log, () => checkOrders(counter.shop));
  counter.deliveries = deliveries;
  return async () => {
    await Promise.all([deliveries.stop(), checks.stop()]);
    await (await counter.api)?.close();
    counter.api = null;
  };
}

/** Where this process listens, `null` while it does not. */
function webhookAddress(counter: Counter): string | null {
  const address = counter.app?.server.address() as AddressInfo | string | null | undefined;
  if (address === null || address === undefined || typeof address === 'string') return null;
  const everywhere = address.address === '0.0.0.0' || address.address === '::';
  const own = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${everywhere ? '127.0.0.1' : own}:${address.port}/v1/webhooks/sandbox`;
}
