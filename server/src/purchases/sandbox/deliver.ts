import type { FastifyBaseLogger } from 'fastify';
import type { Clock } from '../../core/clock.ts';
import type { Database } from '../../db/database.ts';
import { SIGNATURE_HEADER, signWebhook } from './signature.ts';
import { claimDueEvents, type EventRow, eventDelivered, eventFailed, takeFault } from './store.ts';

/** Sends the sandbox's events to the merchant, signed, until each is answered with 2xx. */
export interface Deliveries {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  readonly secret: string;
  /** The merchant's webhook address, `null` while the merchant is not listening. */
  readonly to: () => string | null;
}

const TIMEOUT_MS = 5_000;
/** Seconds until the next try: quickly at first, then for about three days. */
const RETRY_AFTER_S = [1, 5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000];

/** Delivers what is due, once. Any number of processes may do so at the same time. */
export async function deliverDue(deliveries: Deliveries): Promise<number> {
  const url = deliveries.to();
  if (url === null) return 0;
  const nowMs = deliveries.clock.now();
  const events = await claimDueEvents(deliveries.db, new Date(nowMs), new Date(nowMs + 2 * TIMEOUT_MS));
  await Promise.all(events.map((event) => deliver(deliveries, url, event)));
  return events.length;
}

async function deliver(deliveries: Deliveries, url: string, event: EventRow): Promise<void> {
  const extra = (await takeFault(deliveries.db, 'webhook_duplicated')) ?? 0;
  let delivered = false;
  for (let copy = 0; copy <= extra; copy += 1) {
    if (await post(deliveries, url, event)) delivered = true;
  }
  const nowMs = deliveries.clock.now();
  if (delivered) return eventDelivered(deliveries.db, event.id, new Date(nowMs));
  const afterS = RETRY_AFTER_S[event.attempts - 1];
  deliveries.log.warn(
    { event: event.id, attempts: event.attempts },
    'the sandbox could not deliver an event',
  );
  return eventFailed(deliveries.db, event.id, afterS === undefined ? null : new Date(nowMs + afterS * 1_000));
}

async function post(deliveries: Deliveries, url: string, event: EventRow): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [SIGNATURE_HEADER]: signWebhook(deliveries.secret, event.body, deliveries.clock.now()),
      },
      body: event.body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
