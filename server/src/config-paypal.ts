import type { PaypalAccount } from './config.ts';

/** PayPal's two addresses (https://developer.paypal.com/api/rest/): money moves at the first, none at the second. */
const MODES: ReadonlyMap<string, 'live' | 'test'> = new Map([
  ['https://api-m.paypal.com', 'live'],
  ['https://api-m.sandbox.paypal.com', 'test'],
] as const);
const LIVE_URL = 'https://api-m.paypal.com';

/** The account that PayPal pays creators from; `null` when none is given. What is wrong is added to `faults`. */
export function readPaypal(
  given: (name: string) => string | undefined,
  faults: string[],
): PaypalAccount | null {
  const [clientId, secret] = [given('CARAT_PAYPAL_CLIENT_ID'), given('CARAT_PAYPAL_SECRET')];
  const webhookId = given('CARAT_PAYPAL_WEBHOOK_ID') ?? null;
  const url = (given('CARAT_PAYPAL_URL') ?? LIVE_URL).replace(/\/+$/, '');
  if (clientId === undefined && secret === undefined) {
    const other = ['CARAT_PAYPAL_URL', 'CARAT_PAYPAL_WEBHOOK_ID'].find((name) => given(name) !== undefined);
    if (other !== undefined) faults.push(`CARAT_PAYPAL_CLIENT_ID is missing (needed with ${other}).`);
    return null;
  }
  if (clientId === undefined || secret === undefined) {
    const missing = clientId === undefined ? 'CARAT_PAYPAL_CLIENT_ID' : 'CARAT_PAYPAL_SECRET';
    faults.push(`${missing} is missing (CARAT_PAYPAL_CLIENT_ID and CARAT_PAYPAL_SECRET go together).`);
  }
  const mode = MODES.get(url);
  if (mode === undefined) {
    faults.push(`CARAT_PAYPAL_URL must be ${[...MODES.keys()].join(' or ')}, not "${url}".`);
  }
  if (webhookId !== null && !/^[A-Za-z0-9]{10,50}$/.test(webhookId)) {
    faults.push(
      'CARAT_PAYPAL_WEBHOOK_ID must be the id that PayPal shows beside the webhook, as 9XL90610J3647323C.',
    );
  }
  return { mode: mode ?? 'test', clientId: clientId ?? '', secret: secret ?? '', url, webhookId };
}
