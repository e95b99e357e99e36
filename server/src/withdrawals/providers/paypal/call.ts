import type { PaypalAccount } from '../../../config.ts';
import { type Clock, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';

/** What came back: an answer, whatever it says, or none that could be read. */
export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'lost'; readonly reason: string };

/** One call of PayPal's REST API; the path begins with `/v1/`. */
export type Call = (method: 'GET' | 'POST', path: string, body?: object) => Promise<Answer>;

const TIMEOUT_MS = 5_000;
/** A token is renewed so long before it ends, so that none ends on its way. */
const EARLY_MS = MINUTE_MS;

export interface PaypalOptions {
  readonly account: PaypalAccount;
  readonly clock: Clock;
  /** 5,000 unless told. */
  readonly timeoutMs?: number;
}

/**
 * Calls with a token that is asked for when there is none, kept, and renewed a minute before it ends, or when PayPal does not
 * take it any more (https://developer.paypal.com/api/rest/authentication/). A call that was turned away for its token did
 * nothing, so it is made once more with a new one.
 */
export function paypalCalls(options: PaypalOptions): Call {
  const { account, clock } = options;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  let kept: { readonly token: string; readonly untilMs: number } | null = null;

  const tokenNow = async (): Promise<string | Answer> => {
    if (kept !== null && clock.now() < kept.untilMs) return kept.token;
    const pair = Buffer.from(`${account.clientId}:${account.secret}`).toString('base64');
    const asked = await send(`${account.url}/v1/oauth2/token`, timeoutMs, {
      method: 'POST',
      headers: { authorization: `Basic ${pair}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    });
    if (asked.kind === 'lost') return asked;
    const { access_token: token, expires_in: seconds } = asked.body;
    if (asked.status !== 200 || typeof token !== 'string' || typeof seconds !== 'number') return asked;
    kept = { token, untilMs: clock.now() + seconds * SECOND_MS - EARLY_MS };
    return token;
  };

  const once = async (method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> => {
    const token = await tokenNow();
    // Nothing was asked yet: a token that was refused says nothing about a payment.
    if (typeof token !== 'string') return token.kind === 'lost' ? token : { ...token, status: 401 };
    const answer = await send(`${account.url}${path}`, timeoutMs, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.kind === 'answer' && answer.status === 401) kept = null;
    return answer;
  };

  return async (method, path, body) => {
    const hadToken = kept !== null;
    const answer = await once(method, path, body);
    const isStale = answer.kind === 'answer' && answer.status === 401 && hadToken;
    return isStale ? once(method, path, body) : answer;
  };
}

async function send(url: string, timeoutMs: number, asked: RequestInit): Promise<Answer> {
  try {
    // PayPal leads nowhere else; what does would take the key with it.
    const response = await fetch(url, {
      ...asked,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    const body: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof body !== 'object' || body === null) return { kind: 'lost', reason: 'not_an_object' };
    return { kind: 'answer', status: response.status, body: body as Readonly<Record<string, unknown>> };
  } catch (error) {
    return { kind: 'lost', reason: error instanceof Error ? error.name : 'failed' };
  }
}
