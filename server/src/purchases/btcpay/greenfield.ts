import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { BtcpayAccount } from '../../config.ts';
import type { Outcome, RejectedEvent } from '../provider.ts';
import { rejected } from '../provider.ts';

const TIMEOUT_MS = 5_000;
const RETRY_AFTER_MS = 5_000;

export interface BtcpayOptions {
  readonly account: BtcpayAccount;
  /** 5,000 unless told. */
  readonly timeoutMs?: number;
}

/** A call of the Greenfield API; the path is below the store's own. */
export type Call = <T>(method: string, path: string, body?: object) => Promise<Outcome<T>>;

/** One call. A lost or broken answer is `unknown`, because the work may have been done. */
export async function askGreenfield<T>(
  { account, timeoutMs }: BtcpayOptions,
  method: string,
  path: string,
  body?: object,
): Promise<Outcome<T>> {
  try {
    const response = await fetch(
      `${account.url}/api/v1/stores/${encodeURIComponent(account.storeId)}${path}`,
      {
        method,
        headers: {
          authorization: `token ${account.apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS),
      },
    );
    const text = await response.text();
    // What is taken away has nothing more to say.
    const answer = (text === '' && method === 'DELETE' ? {} : JSON.parse(text)) as T & {
      readonly code?: string;
    };
    if (response.ok) return { kind: 'ok', value: answer };
    // A wrong key and a full house say nothing about the payment.
    if ([401, 403, 429, 503].includes(response.status)) return { kind: 'retryable', afterMs: RETRY_AFTER_MS };
    if (response.status < 500) return { kind: 'declined', code: answer.code ?? `http_${response.status}` };
    return { kind: 'unknown', reason: `http_${response.status}` };
  } catch (error) {
    return { kind: 'unknown', reason: error instanceof Error ? error.name : 'failed' };
  }
}

/** A delivery that is BTCPay's own. */
export interface Delivery {
  readonly kind: 'delivery';
  /** The same for every time that it is sent. */
  readonly eventId: string;
  readonly type: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/**
 * BTCPay signs the bytes and no time, so an old delivery stays valid for ever. That harms nobody, because what it tells of
 * is fetched each time.
 */
export function readDelivery(
  { webhookSecrets, storeId }: Pick<BtcpayAccount, 'webhookSecrets' | 'storeId'>,
  raw: Buffer,
  headers: IncomingHttpHeaders,
): Delivery | RejectedEvent {
  const usable = webhookSecrets.filter((secret) => secret !== '');
  if (usable.length === 0) return rejected('no_secret');
  const hex = /^sha256=([0-9a-f]{64})$/.exec(String(headers['btcpay-sig'] ?? ''))?.[1];
  if (hex === undefined) return rejected('malformed');
  const given = Buffer.from(hex, 'hex');
  const genuine = usable.some((secret) =>
    timingSafeEqual(given, createHmac('sha256', secret).update(raw).digest()),
  );
  if (!genuine) return rejected('bad_signature');
  try {
    const event = JSON.parse(raw.toString('utf8')) as Readonly<Record<string, unknown>> | null;
    const { originalDeliveryId, type } = event ?? {};
    if (event === null || typeof originalDeliveryId !== 'string' || typeof type !== 'string')
      return rejected('malformed');
    if (event.storeId !== storeId) return rejected('other_account');
    return { kind: 'delivery', eventId: originalDeliveryId, type, event };
  } catch {
    return rejected('malformed');
  }
}
