import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RejectedEvent, VerifiedEvent } from '../provider.ts';

/** The header that carries `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. */
export const SIGNATURE_HEADER = 'sandbox-signature';

/** A signature is believed this long before and after its own time. */
const TOLERANCE_S = 300;

/** Signs the exact bytes of a body at a time. */
export function signWebhook(secret: string, body: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000);
  return `t=${seconds},v1=${digest(secret, seconds.toString(), Buffer.from(body)).toString('hex')}`;
}

/**
 * Checks signature, age and shape, in that order, against the raw bytes. Several secrets are accepted while one
 * is being replaced; without any, every webhook is rejected, because an empty secret can be guessed.
 */
export function verifySignedWebhook(
  secrets: readonly string[],
  raw: Buffer,
  headers: IncomingHttpHeaders,
  nowMs: number,
): VerifiedEvent | RejectedEvent {
  const usable = secrets.filter((secret) => secret !== '');
  if (usable.length === 0) return rejected('no_secret');
  const header = headers[SIGNATURE_HEADER];
  const parts = typeof header === 'string' ? partsOf(header) : null;
  if (parts === null) return rejected('malformed');
  const genuine = usable.some((secret) => {
    const expected = digest(secret, parts.time, raw);
    return parts.signatures.some(
      (given) => given.length === expected.length && timingSafeEqual(given, expected),
    );
  });
  if (!genuine) return rejected('bad_signature');
  const ageS = nowMs / 1_000 - Number(parts.time);
  if (ageS > TOLERANCE_S) return rejected('too_old');
  if (ageS < -TOLERANCE_S) return rejected('from_the_future');
  return eventOf(raw);
}

function digest(secret: string, time: string, body: Buffer): Buffer {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest();
}

function partsOf(header: string): { time: string; signatures: Buffer[] } | null {
  const fields = header.split(',').map((field) => field.split('=', 2) as [string, string | undefined]);
  const times = fields.filter(([name]) => name === 't').map(([, value]) => value ?? '');
  const signatures = fields
    .filter(([name, value]) => name === 'v1' && /^[0-9a-f]{64}$/.test(value ?? ''))
    .map(([, value]) => Buffer.from(value ?? '', 'hex'));
  const [time] = times;
  if (times.length !== 1 || time === undefined || !/^[0-9]{1,12}$/.test(time)) return null;
  if (signatures.length === 0 || signatures.length > 5) return null;
  return { time, signatures };
}

function eventOf(raw: Buffer): VerifiedEvent | RejectedEvent {
  try {
    const event: unknown = JSON.parse(raw.toString('utf8'));
    if (typeof event !== 'object' || event === null) return rejected('malformed');
    const { id, type, ref } = event as Record<string, unknown>;
    if (typeof id !== 'string' || typeof type !== 'string' || typeof ref !== 'string')
      return rejected('malformed');
    return { kind: 'verified', eventId: id, type, providerRefs: [ref] };
  } catch {
    return rejected('malformed');
  }
}

function rejected(reason: RejectedEvent['reason']): RejectedEvent {
  return { kind: 'rejected', reason };
}
