import type Stripe from 'stripe';
import type { StripeAccount } from '../../config.ts';

/** How long one call may take, and how often a lost one is asked again. Both together stay below a check's lease. */
const TIMEOUT_MS = 5_000;
const RETRIES = 1;
/** The official SDK, for an account. It is large: the first call that needs it loads it. */
export async function openSdk({
  account,
  timeoutMs,
}: {
  readonly account: StripeAccount;
  /** 5,000 unless told. */
  readonly timeoutMs?: number;
}): Promise<Stripe> {
  const { default: Sdk } = await import('stripe');
  const at = account.apiUrl === null ? null : new URL(account.apiUrl);
  return new Sdk(account.secretKey, {
    maxNetworkRetries: RETRIES,
    timeout: timeoutMs ?? TIMEOUT_MS,
    telemetry: false,
    appInfo: { name: 'Carat' },
    ...(at === null
      ? {}
      : { host: at.hostname, port: at.port, protocol: at.protocol === 'https:' ? 'https' : 'http' }),
  });
}
