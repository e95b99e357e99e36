import { createHmac } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { takeDue } from './books.ts';
import { doInvoiceLater } from './btcpay/invoices.ts';
import { doPayoutLater as doBtcpayPayoutLater } from './btcpay/payouts.ts';
import { type Company, type Desk, randomId } from './desk.ts';
import { meetFaults } from './faults.ts';
import { signPaypal } from './paypal/certificate.ts';
import { doItemLater } from './paypal/payouts.ts';
import { doPayoutLater } from './stripe/connect.ts';
import { doLater } from './stripe/payments.ts';

/** Sends the companies' events to the merchant, signed, until each is answered with 2xx. */
export interface Deliveries {
  readonly desk: Desk;
  readonly log: FastifyBaseLogger;
  /** What each company signs with. */
  readonly secrets: Readonly<Record<Company, string>>;
  /** Where PayPal's API is: its certificate is there. */
  readonly paypalUrl: string;
  /** The merchant's webhook address of a company, `null` while the merchant is not listening. */
  readonly to: (company: Company) => string | null;
}

const TIMEOUT_MS = 5_000;
const LEASE_MS = 2 * TIMEOUT_MS;
/** Seconds until the next try: Stripe's goes on for about three days, BTCPay's for an hour. */
const STRIPE_RETRY_S = [1, 5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000];
const BTCPAY_RETRY_S = [10, 60, 600, 600, 600, 600, 600, 600];
/** 25 times within three days. */
const PAYPAL_RETRY_S = [5, 30, 300, 1_800, 7_200, ...Array.from({ length: 20 }, () => 12_000)];
const RETRY_AFTER_S: Readonly<Record<Company, readonly number[]>> = {
  stripe: STRIPE_RETRY_S,
  stripe_connect: STRIPE_RETRY_S,
  btcpay: BTCPAY_RETRY_S,
  btcpay_payouts: BTCPAY_RETRY_S,
  paypal: PAYPAL_RETRY_S,
};
const COPIES = 3;

interface DueDelivery {
  readonly id: string;
  readonly company: Company;
  readonly body: string;
  readonly attempts: number;
}

/** Does what is due, once: what happens by itself, then the events. Any number of processes may do so at once. */
export async function goAbout(deliveries: Deliveries): Promise<number> {
  const { desk } = deliveries;
  const now = new Date(desk.clock.now());
  let done = 0;
  while (
    await desk.db.transaction(async (tx) => {
      const due = await takeDue(tx, now);
      if (due === null) return false;
      // It happened when it was due, also when nobody looked then.
      const atMs = due.dueAt.getTime();
      if (due.what === 'block' || due.what === 'expire') await doInvoiceLater(tx, due.what, due.about, atMs);
      else if (due.what === 'btcpay_payout') await doBtcpayPayoutLater(tx, due.about, atMs);
      else if (due.what === 'paypal_item') await doItemLater(tx, due.about, atMs);
      else if (due.what === 'payout') await doPayoutLater(tx, due.about, atMs);
      else await doLater(tx, due.what, due.about, atMs);
      return true;
    })
  ) {
    done += 1;
  }
  if (deliveries.to('stripe') === null) return done;
  const due = await desk.db.query<DueDelivery>(
    `update sandbox.deliveries set attempts = attempts + 1, next_attempt_at = $2
      where id in (select id from sandbox.deliveries where next_attempt_at <= $1
                   order by next_attempt_at limit 20 for update skip locked)
     returning id, company, body, attempts`,
    [now, new Date(now.getTime() + LEASE_MS)],
  );
  await Promise.all(due.map((delivery) => deliver(deliveries, delivery)));
  return done + due.length;
}

async function deliver(deliveries: Deliveries, delivery: DueDelivery): Promise<void> {
  const { desk, log } = deliveries;
  const faults = await meetFaults(desk.db, `${delivery.company}.webhook`);
  const secret = faults.has('wrong_secret')
    ? 'a secret that the merchant does not know'
    : deliveries.secrets[delivery.company];
  const copies = faults.has('duplicated') ? COPIES : 1;
  let taken = false;
  for (let copy = 0; copy < copies; copy += 1) {
    if (await post(deliveries, delivery, secret)) taken = true;
  }
  const nowMs = desk.clock.now();
  const afterS = RETRY_AFTER_S[delivery.company][delivery.attempts - 1];
  if (!taken) log.warn({ event: delivery.id, attempts: delivery.attempts }, 'the sandbox could not deliver');
  await desk.db.query('update sandbox.deliveries set delivered_at = $2, next_attempt_at = $3 where id = $1', [
    delivery.id,
    taken ? new Date(nowMs) : null,
    taken || afterS === undefined ? null : new Date(nowMs + afterS * 1_000),
  ]);
}

async function post(
  { desk, to, paypalUrl }: Deliveries,
  { id, company, body: written, attempts }: DueDelivery,
  secret: string,
): Promise<boolean> {
  const url = to(company);
  if (url === null) return false;
  const isBtcpay = company === 'btcpay' || company === 'btcpay_payouts';
  const body = isBtcpay && attempts > 1 ? redelivered(written) : written;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...(company === 'paypal'
          ? await signPaypal(desk, { id, body, webhookId: secret, url: paypalUrl })
          : isBtcpay
            ? { 'btcpay-sig': signBtcpay(secret, body) }
            : { 'stripe-signature': signStripe(secret, body, desk.clock.now()) }),
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** BTCPay gives each try an id of its own and names the first. */
function redelivered(written: string): string {
  return JSON.stringify({
    ...(JSON.parse(written) as object),
    deliveryId: randomId('', 22),
    isRedelivery: true,
  });
}

function signStripe(secret: string, body: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

function signBtcpay(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
