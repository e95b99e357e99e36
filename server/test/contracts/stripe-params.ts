import type Stripe from 'stripe';

/** What the calls of the adapter take, as the installed SDK says it. A test makes JSON schemas of these. */

export type SessionCreate = Stripe.Checkout.SessionCreateParams;
export type SessionRetrieve = Stripe.Checkout.SessionRetrieveParams;
export type SessionExpire = Stripe.Checkout.SessionExpireParams;
export type SessionList = Stripe.Checkout.SessionListParams;
export type RefundCreate = Stripe.RefundCreateParams;
export type RefundRetrieve = Stripe.RefundRetrieveParams;
export type DisputeList = Stripe.DisputeListParams;

/** Their names, for who asks for them by name. */
export interface Params {
  readonly name:
    | 'SessionCreate'
    | 'SessionRetrieve'
    | 'SessionExpire'
    | 'SessionList'
    | 'RefundCreate'
    | 'RefundRetrieve'
    | 'DisputeList';
}
