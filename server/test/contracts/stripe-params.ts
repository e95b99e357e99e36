import type Stripe from 'stripe';

/** What the calls of the adapter take, as the installed SDK says it. A test makes JSON schemas of these. */

export type SessionCreate = Stripe.Checkout.SessionCreateParams;
export type SessionRetrieve = Stripe.Checkout.SessionRetrieveParams;
export type SessionExpire = Stripe.Checkout.SessionExpireParams;
export type SessionList = Stripe.Checkout.SessionListParams;
export type RefundCreate = Stripe.RefundCreateParams;
export type RefundRetrieve = Stripe.RefundRetrieveParams;
export type DisputeList = Stripe.DisputeListParams;
export type AccountCreate = Stripe.AccountCreateParams;
export type AccountRetrieve = Stripe.AccountRetrieveParams;
export type AccountRetrieveCurrent = Stripe.AccountRetrieveCurrentParams;
export type AccountLinkCreate = Stripe.AccountLinkCreateParams;
export type LoginLinkCreate = Stripe.AccountCreateLoginLinkParams;
export type TransferCreate = Stripe.TransferCreateParams;
export type TransferRetrieve = Stripe.TransferRetrieveParams;
export type TransferList = Stripe.TransferListParams;
export type ReversalCreate = Stripe.TransferCreateReversalParams;
export type PayoutCreate = Stripe.PayoutCreateParams;
export type PayoutList = Stripe.PayoutListParams;

/** Their names, for who asks for them by name. */
export interface Params {
  readonly name:
    | 'SessionCreate'
    | 'SessionRetrieve'
    | 'SessionExpire'
    | 'SessionList'
    | 'RefundCreate'
    | 'RefundRetrieve'
    | 'DisputeList'
    | 'AccountCreate'
    | 'AccountRetrieve'
    | 'AccountRetrieveCurrent'
    | 'AccountLinkCreate'
    | 'LoginLinkCreate'
    | 'TransferCreate'
    | 'TransferRetrieve'
    | 'TransferList'
    | 'ReversalCreate'
    | 'PayoutCreate'
    | 'PayoutList';
}
