import { DAY_MS, HOUR_MS } from '../core/clock.ts';
import type { Database } from '../db/database.ts';
import type { House } from '../house.ts';
import { operatorIds } from '../identity/index.ts';
import { bellOf } from '../notices/index.ts';
import type { ProviderId } from './provider.ts';

/** What is known of genuine webhooks with a time that cannot be. */
export interface WebhookSkew {
  readonly provider: ProviderId | 'paypal';
  readonly reason: 'too_old' | 'from_the_future';
  readonly times: bigint;
  /** The furthest from our clock. */
  readonly worstSeconds: bigint;
  readonly lastAt: Date;
}

const NAMES: Readonly<Record<WebhookSkew['provider'], string>> = {
  stripe: 'Stripe',
  btcpay: 'BTCPay Server',
  paypal: 'PayPal',
};

/** How long the console warns of it after the last one. */
const WARN_MS = DAY_MS;

/**
 * Counts a genuine webhook whose time is too far from our clock, and tells every operator once an hour: while it lasts,
 * payments wait for the round that asks the provider.
 */
export async function countSkew(
  house: House,
  seen: {
    readonly provider: WebhookSkew['provider'];
    readonly reason: WebhookSkew['reason'];
    readonly seconds: number;
  },
): Promise<void> {
  const nowMs = house.clock.now();
  const at = new Date(nowMs);
  await house.db.transaction(async (tx) => {
    const [row] = await tx.query<{ times: bigint }>(
      `insert into webhook_skews as s (provider, reason, hour, times, worst_seconds, last_at)
       values ($1, $2, $3, 1, $4, $5)
       on conflict (provider, reason, hour) do update
         set times = s.times + 1, last_at = greatest(s.last_at, $5),
             worst_seconds = case when abs($4) > abs(s.worst_seconds) then $4 else s.worst_seconds end
       returning times`,
      [seen.provider, seen.reason, new Date(nowMs - (nowMs % HOUR_MS)), Math.round(seen.seconds), at],
    );
    if (row?.times !== 1n) return;
    await bellOf(house).tell(
      tx,
      {
        topic: `webhook skew ${seen.provider}`,
        kind: 'alert',
        title: `Clocks disagree with ${NAMES[seen.provider]}`,
        text: `What it tells us is ${seen.reason === 'too_old' ? 'older' : 'newer'} than can be, so it is not taken. Payments wait longer meanwhile. Check this server’s clock.`,
        link: '/console/reconciliation',
        about: null,
        at,
      },
      await operatorIds(tx),
    );
  });
}

/** What came within the last day, by provider and reason. */
export function recentSkews(db: Database, nowMs: number): Promise<WebhookSkew[]> {
  return db.query<WebhookSkew>(
    `select provider, reason, sum(times)::bigint as times, max(last_at) as "lastAt",
            (array_agg(worst_seconds order by abs(worst_seconds) desc))[1] as "worstSeconds"
       from webhook_skews where last_at > $1 group by provider, reason order by provider, reason`,
    [new Date(nowMs - WARN_MS)],
  );
}
