import type { House } from '../house.ts';
import { currentPolicy, type Policy } from '../policy/index.ts';

/** The policy in force, with the methods alone that this server can really pay by. */
export async function payablePolicy({ db, config }: House, nowMs: number): Promise<Policy> {
  const policy = await currentPolicy(db, nowMs);
  const { sepa, ach } = config.payouts;
  const { stripe, btcpay, paypal } = config.payments;
  const payable = {
    sepa: sepa !== null,
    ach: ach !== null,
    stripe: stripe !== null && stripe.connect !== null,
    btcpay: btcpay !== null && btcpay.payouts !== null,
    paypal: paypal !== null,
    manual: true,
  };
  const methods = policy.payouts.methods.filter(({ method }) => payable[method]);
  return { ...policy, payouts: { ...policy.payouts, methods } };
}
