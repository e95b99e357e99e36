import type { House } from '../house.ts';
import { currentPolicy, type PayoutTerms, type Policy } from '../policy/index.ts';
import { isOutsideEea, sepaCountries } from './bank-numbers.ts';

/** The policy in force, with the methods alone that this server can really pay by, and to where it can. */
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
  const methods = policy.payouts.methods
    .filter(({ method }) => payable[method])
    // Banks there ask where the payer is.
    .map((terms) => (terms.method === 'sepa' && sepa?.address === null ? withinEea(terms) : terms));
  return { ...policy, payouts: { ...policy.payouts, methods } };
}

function withinEea(terms: PayoutTerms): PayoutTerms {
  const countries = terms.countries.length === 0 ? sepaCountries() : terms.countries;
  return { ...terms, countries: countries.filter((country) => !isOutsideEea(country)) };
}
