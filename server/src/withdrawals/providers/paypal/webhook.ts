import { createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import type { PaypalAccount } from '../../../config.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { isUuid } from '../../../core/ids.ts';
import { type RejectedEvent, rejected } from '../../../purchases/index.ts';
import type { PayoutHint } from '../provider.ts';

/** PayPal sends one again for three days; what is older, or from the future, is nobody's. */
const OLD_MS = 4 * DAY_MS;
const AHEAD_MS = 5 * MINUTE_MS;
const TIMEOUT_MS = 5_000;
const CERTIFICATES_MAX = 8;
const CERTIFICATE_BYTES_MAX = 20_000;
const FETCHES_A_MINUTE_MAX = 10;

/** Reads a webhook of PayPal's; the certificate that it names is fetched once and kept. */
export type ReadWebhook = (
  raw: Buffer,
  headers: IncomingHttpHeaders,
  nowMs: number,
) => Promise<PayoutHint | RejectedEvent>;

/**
 * PayPal signs `id|time|webhook id|crc32 of the bytes` with RSA and SHA-256 by the key of a certificate that the webhook
 * names (https://developer.paypal.com/api/rest/webhooks/rest/). Anybody can name one, so it is fetched from PayPal's own
 * host alone, by its path, and TLS says that it is that host.
 */
export function paypalWebhooks({ url, webhookId }: PaypalAccount): ReadWebhook {
  const certificates = new Map<string, X509Certificate>();
  // Anybody may name certificates that are not there; a hint that is not heard is found by the next look.
  let fetched = { minute: 0, times: 0 };
  const mayFetch = (nowMs: number): boolean => {
    const minute = Math.floor(nowMs / MINUTE_MS);
    fetched = { minute, times: fetched.minute === minute ? fetched.times + 1 : 1 };
    return fetched.times <= FETCHES_A_MINUTE_MAX;
  };
  const keyOf = async (named: string, nowMs: number): Promise<KeyObject | null> => {
    const from = certificateUrl(named, url);
    if (from === null) return null;
    const certificate = certificates.get(from) ?? (mayFetch(nowMs) ? await fetchCertificate(from) : null);
    if (certificate === null) return null;
    if (certificates.size >= CERTIFICATES_MAX) certificates.clear();
    certificates.set(from, certificate);
    const isGood =
      Date.parse(certificate.validFrom) <= nowMs + DAY_MS && nowMs <= Date.parse(certificate.validTo);
    return isGood ? createPublicKey(certificate.toString()) : null;
  };
  return async (raw, headers, nowMs) => {
    if (webhookId === null) return rejected('no_secret');
    const [id, time, signature, named, algorithm] = HEADERS.map((name) => headers[name]);
    if (
      typeof id !== 'string' ||
      typeof time !== 'string' ||
      typeof signature !== 'string' ||
      typeof named !== 'string' ||
      algorithm !== 'SHA256withRSA'
    )
      return rejected('malformed');
    const sentMs = Date.parse(time);
    if (Number.isNaN(sentMs)) return rejected('malformed');
    const ageSeconds = (nowMs - sentMs) / SECOND_MS;
    if (sentMs < nowMs - OLD_MS) return rejected('too_old', ageSeconds);
    if (sentMs > nowMs + AHEAD_MS) return rejected('from_the_future', ageSeconds);
    const key = await keyOf(named, nowMs);
    const signed = Buffer.from(`${id}|${time}|${webhookId}|${crc32(raw)}`);
    if (key === null || !verify('sha256', signed, key, Buffer.from(signature, 'base64'))) {
      return rejected('bad_signature');
    }
    return hintOf(raw);
  };
}

const HEADERS = [
  'paypal-transmission-id',
  'paypal-transmission-time',
  'paypal-transmission-sig',
  'paypal-cert-url',
  'paypal-auth-algo',
] as const;

/** Where a certificate may come from: the API's own host, under either of its names. `null` for any other place. */
export function certificateUrl(named: string, apiUrl: string): string | null {
  if (!URL.canParse(named)) return null;
  const [given, api] = [new URL(named), new URL(apiUrl)];
  // `api-m.paypal.com` is called, and its certificates are at `api.paypal.com`.
  const hosts = [api.host, api.host.replace(/^api-m\./, 'api.')];
  const path = `${api.pathname.replace(/\/$/, '')}/v1/notifications/certs/`;
  const fits =
    given.protocol === api.protocol &&
    hosts.includes(given.host) &&
    given.username === '' &&
    given.pathname.startsWith(path) &&
    /^[\w-]{1,100}$/.test(given.pathname.slice(path.length));
  return fits ? `${given.origin}${given.pathname}` : null;
}

async function fetchCertificate(from: string): Promise<X509Certificate | null> {
  try {
    const response = await fetch(from, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    return response.ok && text.length <= CERTIFICATE_BYTES_MAX ? new X509Certificate(text) : null;
  } catch {
    return null;
  }
}

/** Names the batch, and our own id where it is told: what is true of it is fetched. */
function hintOf(raw: Buffer): PayoutHint | RejectedEvent {
  try {
    const event = JSON.parse(raw.toString('utf8')) as {
      readonly id?: unknown;
      readonly event_type?: unknown;
      readonly resource?: {
        readonly payout_batch_id?: unknown;
        readonly sender_batch_id?: unknown;
        readonly batch_header?: {
          readonly payout_batch_id?: unknown;
          readonly sender_batch_header?: { readonly sender_batch_id?: unknown };
        };
      };
    };
    const { id, event_type: type, resource } = event;
    if (typeof id !== 'string' || typeof type !== 'string') return rejected('malformed');
    const batch = resource?.payout_batch_id ?? resource?.batch_header?.payout_batch_id;
    const takenRefs = typeof batch === 'string' ? [batch] : [];
    const own = resource?.sender_batch_id ?? resource?.batch_header?.sender_batch_header?.sender_batch_id;
    const attemptIds = typeof own === 'string' && isUuid(own) ? [own] : [];
    return { kind: 'hint', eventId: id, type, attemptIds, takenRefs, accountRef: null };
  } catch {
    return rejected('malformed');
  }
}
