import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type RejectedEvent, rejected, type VerifiedEvent } from '../provider.ts';

/** The header that carries `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. */
const SIGNATURE_HEADER = 'stripe-signature';

/**
 * A signature is believed this long before and after its own time. The SDK looks backwards only: a signature from
 * the future would be good until its time has come and five minutes longer.
 */
const TOLERANCE_S = 300;

/**
 * Checks signature, age, shape and mode, in that order, against the raw bytes. Several secrets are accepted while one
 * is being replaced; without any, every webhook is rejected, because an empty secret can be guessed.
 */
export function verifySignedWebhook(
  listens: { readonly secrets: readonly string[]; readonly livemode: boolean },
  raw: Buffer,
  headers: IncomingHttpHeaders,
  nowMs: number,
): VerifiedEvent | RejectedEvent {
  const event = readSignedEvent(listens, raw, headers, nowMs);
  if (event.kind === 'rejected') return event;
  // Events of connected accounts name them; ours do not.
  if (event.account !== null) return rejected('other_account');
  return { kind: 'verified', eventId: event.eventId, type: event.type, providerRefs: refsIn(event.object) };
}

/** A genuine event of Stripe's, of its own or of a connected account. */
export interface SignedEvent {
  readonly kind: 'event';
  readonly eventId: string;
  readonly type: string;
  /** The connected account that it is of; `null` = none. */
  readonly account: string | null;
  readonly object: Readonly<Record<string, unknown>>;
}

/** The same checks; the event as it is. */
export function readSignedEvent(
  { secrets, livemode }: { readonly secrets: readonly string[]; readonly livemode: boolean },
  raw: Buffer,
  headers: IncomingHttpHeaders,
  nowMs: number,
): SignedEvent | RejectedEvent {
  const usable = secrets.filter((secret) => secret !== '');
  if (usable.length === 0) return rejected('no_secret');
  const header = headers[SIGNATURE_HEADER];
  const parts = typeof header === 'string' ? partsOf(header) : null;
  if (parts === null) return rejected('malformed');
  const genuine = usable.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${parts.time}.`).update(raw).digest();
    return parts.signatures.some(
      (given) => given.length === expected.length && timingSafeEqual(given, expected),
    );
  });
  if (!genuine) return rejected('bad_signature');
  const ageS = nowMs / 1_000 - Number(parts.time);
  if (ageS > TOLERANCE_S) return rejected('too_old', ageS);
  if (ageS < -TOLERANCE_S) return rejected('from_the_future', ageS);
  return eventOf(raw, livemode);
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

function eventOf(raw: Buffer, livemode: boolean): SignedEvent | RejectedEvent {
  let event: unknown;
  try {
    event = JSON.parse(raw.toString('utf8'));
  } catch {
    return rejected('malformed');
  }
  if (!isObject(event)) return rejected('malformed');
  const { id, type, data } = event;
  if (typeof id !== 'string' || typeof type !== 'string' || !isObject(data) || !isObject(data.object)) {
    return rejected('malformed');
  }
  if (event.livemode !== livemode) return rejected('other_mode');
  const { account = null } = event;
  if (account !== null && typeof account !== 'string') return rejected('malformed');
  return { kind: 'event', eventId: id, type, account, object: data.object };
}

/** The session or the payment intent that the object of an event is or belongs to. */
function refsIn(object: Readonly<Record<string, unknown>>): readonly string[] {
  const own = object.object === 'checkout.session' || object.object === 'payment_intent';
  const ref = own ? object.id : object.payment_intent;
  return typeof ref === 'string' ? [ref] : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
