import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import type { Amount } from '../ui/amounts.ts';

/** Money in any currency. */
export interface MoneyOf {
  readonly currency: string;
  readonly minor: string;
  readonly display: string;
}

export type WithdrawalState =
  | 'in_review'
  | 'held'
  | 'released'
  | 'sending'
  | 'sent'
  | 'paid'
  | 'returned'
  | 'failed'
  | 'canceled'
  | 'parked';

export interface Step {
  readonly key: string;
  readonly label: string;
  readonly note: string | null;
  readonly at: string | null;
  /** An instant or a day. */
  readonly by: string | null;
  readonly state: 'done' | 'now' | 'ahead' | 'failed';
}

export interface Withdrawal {
  readonly id: string;
  readonly reference: string;
  readonly state: WithdrawalState;
  readonly stateWord: string;
  readonly diamonds: Amount;
  readonly gross: Amount;
  readonly fee: Amount;
  readonly net: Amount;
  readonly get: MoneyOf;
  readonly method: MethodName;
  readonly methodName: string;
  readonly accountId: string;
  readonly holder: string;
  readonly masked: string;
  readonly requestedAt: string;
  readonly since: string;
  readonly arrivesBy: string;
  readonly hold: { readonly reason: string; readonly until: string } | null;
  readonly bounce: {
    readonly words: string;
    readonly field: string | null;
    readonly code: string | null;
  } | null;
  readonly cancelable: boolean;
  /** On what canceling it depends; `null` = on nothing. */
  readonly cancelNote: string | null;
  /** Of what nobody has accepted at its provider: whether it can be taken back, or somebody asked. */
  readonly callBack: 'possible' | 'asked' | null;
  readonly steps: readonly Step[];
}

/** The code of what came back since somebody took it back. */
export const CALLED_BACK = 'PAYPAL_CALLED_BACK';

export type MethodName = 'sepa' | 'ach' | 'stripe' | 'btcpay' | 'paypal' | 'manual';

export interface Terms {
  readonly method: MethodName;
  readonly name: string;
  readonly countries: readonly string[];
  readonly currency: string;
  readonly fee: Amount;
  readonly least: Amount;
  readonly dayMax: Amount | null;
  readonly businessDays: number;
}

export interface PayoutAccount {
  readonly id: string;
  readonly method: MethodName;
  readonly name: string;
  readonly holder: string;
  readonly holderAtBank: string;
  readonly country: string;
  readonly currency: string;
  readonly masked: string;
  /** Of bitcoin: the whole address, to compare. */
  readonly address: string | null;
  readonly usableFrom: string;
  readonly usable: boolean;
  readonly available: boolean;
  /** Of an account at a provider: how far it is set up there. */
  readonly setUp: SetUp | null;
}

export interface SetUp {
  readonly provider: string;
  readonly state: 'begun' | 'more_needed' | 'checking' | 'ready' | 'rejected';
  readonly words: string | null;
  /** `··6789` */
  readonly bank: string | null;
}

export interface Methods {
  readonly methods: readonly Terms[];
  readonly accounts: readonly PayoutAccount[];
  readonly coolDownHours: number;
}

export interface QuoteLine {
  readonly key: 'diamonds' | 'fee' | 'tax' | 'conversion' | 'get';
  readonly label: string;
  readonly value: string;
  readonly note: string | null;
}

export interface Quote {
  readonly id: string;
  readonly get: MoneyOf;
  readonly lines: readonly QuoteLine[];
  readonly arrivesBy: string;
  readonly expiresAt: string;
  /** How long it was held when it came, in milliseconds. */
  readonly heldMs: number;
  /** Until when, by this page's own clock, which may differ from the server's. */
  readonly endsAtMs: number;
}

export const methodsQuery = queryOptions({
  queryKey: ['payout-methods'],
  queryFn: ({ signal }) => api.get<Methods>('/me/payout-methods', { signal }),
});

export const onTheWayQuery = queryOptions({
  queryKey: ['withdrawals', 'on-the-way'],
  queryFn: ({ signal }) =>
    api.get<{ items: readonly Withdrawal[]; diamonds: Amount }>('/me/withdrawals/on-the-way', { signal }),
});

export const withdrawalsQuery = infiniteQueryOptions({
  queryKey: ['withdrawals', 'all'],
  queryFn: ({ signal, pageParam }) =>
    api.get<{ items: readonly Withdrawal[]; nextCursor: string | null }>(
      `/me/withdrawals${pageParam === null ? '' : `?cursor=${encodeURIComponent(pageParam)}`}`,
      { signal },
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
});

export interface WithdrawalReceipt {
  readonly withdrawal: Withdrawal;
  readonly how: readonly { readonly label: string; readonly value: string; readonly note: string | null }[];
  readonly transfers: readonly string[];
}

export const withdrawalQuery = (id: string) =>
  queryOptions({
    queryKey: ['withdrawals', 'one', id],
    queryFn: ({ signal }) =>
      api.get<WithdrawalReceipt>(`/me/withdrawals/${encodeURIComponent(id)}`, { signal }),
  });

export function askQuote(asked: { readonly diamondUnits: string; readonly accountId: string }) {
  return api
    .post<{ quote: Omit<Quote, 'endsAtMs'> }>('/me/withdrawals/quotes', asked)
    .then(({ quote }): Quote => ({ ...quote, endsAtMs: Date.now() + quote.heldMs }));
}

export function askWithdrawal(quoteId: string, key: string) {
  return api
    .post<{ withdrawal: Withdrawal }>('/me/withdrawals', { quoteId }, { key })
    .then(({ withdrawal }) => withdrawal);
}

export function cancelWithdrawal(id: string) {
  return api.put<{ withdrawal: Withdrawal }>(`/me/withdrawals/${encodeURIComponent(id)}/canceled`);
}

export function callBackWithdrawal(id: string) {
  return api.put<{ withdrawal: Withdrawal }>(`/me/withdrawals/${encodeURIComponent(id)}/called-back`);
}

export function keepAccount(account: object) {
  return api
    .post<{ account: PayoutAccount }>('/me/payout-accounts', account)
    .then(({ account: kept }) => kept);
}

/** The provider's page on which an account is set up, or the bank behind it changed. */
export function openSetUp(id: string) {
  return api.post<{ url: string }>(`/me/payout-accounts/${encodeURIComponent(id)}/set-up`, {});
}

/** Asks the provider how far the set-up is. */
export function lookAtSetUp(id: string) {
  return api
    .post<{ account: PayoutAccount }>(`/me/payout-accounts/${encodeURIComponent(id)}/look`, {})
    .then(({ account }) => account);
}

export function removeAccount(id: string) {
  return api.delete<void>(`/me/payout-accounts/${encodeURIComponent(id)}`);
}

/** Confirms that it is still the same person; people of the demo town do so without a password. */
export function confirmSession(password: string | null) {
  return api.post<void>('/session/confirmation', password === null ? {} : { password });
}

/** What moved with a withdrawal is read again. */
export function withdrawalsChanged(): Promise<unknown> {
  return Promise.all(
    [['withdrawals'], ['earnings'], ['wallet'], ['explain', 'withdraw'], ['payout-methods']].map((queryKey) =>
      queryClient.invalidateQueries({ queryKey }),
    ),
  );
}
