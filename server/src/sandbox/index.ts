import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import type { Clock } from '../core/clock.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { Database } from '../db/database.ts';
import type { App } from '../house.ts';
import { type SandboxApi, startApi } from './api.ts';
import { STORE_ID } from './btcpay/invoices.ts';
import { goAbout } from './deliver.ts';
import type { Company, Desk } from './desk.ts';
import { sandboxPages } from './pages.ts';
import type { Witness } from './stripe/answer.ts';

const ROUND_MS = 1_000;

/**
 * Payment companies that move no money, across the street from Carat: one speaks Stripe's API, one that of BTCPay Server, one
 * PayPal's. Carat knows of them what a merchant knows: addresses, keys and secrets.
 */
export interface Sandbox {
  readonly stripe: {
    readonly url: string;
    readonly secretKey: string;
    readonly webhookSecret: string;
    /** Signs what is told of connected accounts. */
    readonly connectSecret: string;
  };
  readonly btcpay: {
    readonly url: string;
    readonly apiKey: string;
    readonly storeId: string;
    readonly webhookSecret: string;
    /** Signs what is told of payouts. */
    readonly payoutSecret: string;
  };
  readonly paypal: {
    readonly url: string;
    readonly clientId: string;
    readonly secret: string;
    readonly webhookId: string;
  };
  /** Where faults are ordered, and the key to it. */
  readonly director: { readonly url: string; readonly key: string };
  /** Adds the pages that payers see, under `/sandbox/`. */
  addPages(app: App): Promise<void>;
  /** Begins to tell the merchant, who listens where `app` does. */
  start(app: App): void;
  close(): Promise<void>;
}

export interface SandboxOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  /** What the companies' own secrets are made of; the same in every process that shares the books. */
  readonly seed: string;
  readonly witness?: Witness;
}

/** Opens the companies' API on loopback. Their books are in the schema `sandbox`: several processes share them. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { db, clock, log } = options;
  let rounds: Rounds | null = null;
  const desk: Desk = { db, clock, wake: () => rounds?.wake() };
  const api: SandboxApi = await startApi(desk, options.witness);
  const secrets = {
    stripe: `whsec_${derived(options.seed, 'stripe')}`,
    stripe_connect: `whsec_${derived(options.seed, 'stripe connect')}`,
    btcpay: derived(options.seed, 'btcpay'),
    btcpay_payouts: derived(options.seed, 'btcpay payouts'),
    // Part of what is signed, and no secret.
    paypal: derived(options.seed, 'paypal').replaceAll(/[-_]/g, '').slice(0, 17).toUpperCase(),
  };
  return {
    stripe: {
      url: api.url,
      secretKey: api.stripeKey,
      webhookSecret: secrets.stripe,
      connectSecret: secrets.stripe_connect,
    },
    btcpay: {
      url: api.url,
      apiKey: api.btcpayKey,
      storeId: STORE_ID,
      webhookSecret: secrets.btcpay,
      payoutSecret: secrets.btcpay_payouts,
    },
    paypal: { url: `${api.url}/paypal`, ...api.paypal, webhookId: secrets.paypal },
    director: { url: `${api.url}/sandbox`, key: api.directorKey },
    addPages: (app) => sandboxPages(app, desk),
    start(app) {
      rounds ??= goRounds('sandbox', ROUND_MS, log, () =>
        goAbout({
          desk,
          log,
          secrets,
          paypalUrl: `${api.url}/paypal`,
          to: (company) => webhookAddress(app, company),
        }),
      );
    },
    async close() {
      await rounds?.stop();
      await api.close();
    },
  };
}

function derived(seed: string, what: string): string {
  return createHmac('sha256', seed).update(`sandbox webhook secret of ${what}`).digest('base64url');
}

const WEBHOOKS: Readonly<Record<Company, string>> = {
  stripe: 'stripe',
  stripe_connect: 'stripe-payouts',
  btcpay: 'btcpay',
  btcpay_payouts: 'btcpay-payouts',
  paypal: 'paypal-payouts',
};

/** Where this process listens, `null` while it does not. */
function webhookAddress(app: App, company: Company): string | null {
  const address = app.server.address() as AddressInfo | string | null;
  if (address === null || typeof address === 'string') return null;
  const everywhere = address.address === '0.0.0.0' || address.address === '::';
  const own = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${everywhere ? '127.0.0.1' : own}:${address.port}/v1/webhooks/${WEBHOOKS[company]}`;
}
