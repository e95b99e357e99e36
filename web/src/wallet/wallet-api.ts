import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import type { RatioJson } from '../api/policy.ts';
import type { Amount } from '../ui/amounts.ts';
import type { HowLine } from '../ui/How.tsx';
import { type EntryFilter, filterParams } from './entry-filter.ts';

export interface Entry {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly account: 'coins' | 'diamonds_purchased' | 'diamonds_pending' | 'diamonds_available';
  readonly title: string;
  readonly detail: string;
  /** Code points of its picture, where it has one. */
  readonly art: string | null;
  /** The streak it is a part of. */
  readonly group: { readonly id: string; readonly title: string; readonly count: number } | null;
  /** Signed. */
  readonly amount: Amount;
  readonly money: Amount | null;
  readonly balanceAfter: Amount;
  readonly status: 'settled' | 'pending' | 'reversed';
  readonly link: {
    readonly type: 'gift' | 'order' | 'question' | 'withdrawal' | 'transfer';
    readonly id: string;
  } | null;
}

export interface EntryPage {
  readonly items: readonly Entry[];
  readonly nextCursor: string | null;
}

export const entriesQuery = (filter: EntryFilter) =>
  infiniteQueryOptions({
    queryKey: ['wallet', 'entries', filter],
    queryFn: ({ signal, pageParam }) => {
      const asked = filterParams(filter);
      if (pageParam !== null) asked.set('cursor', pageParam);
      return api.get<EntryPage>(`/me/wallet/entries?${asked}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

/** One side of a transfer, on one account. */
export interface Leg {
  readonly id: string;
  readonly account: string;
  readonly yours: boolean;
  readonly debit: Amount | null;
  readonly credit: Amount | null;
  readonly balanceAfter: Amount | null;
}

export interface EntryReceipt {
  readonly entry: Entry;
  readonly how: readonly HowLine[];
  readonly legs: readonly Leg[];
}

export const entryQuery = (id: string) =>
  queryOptions({
    queryKey: ['wallet', 'entry', id],
    queryFn: ({ signal }) =>
      api.get<EntryReceipt>(`/me/wallet/entries/${encodeURIComponent(id)}`, { signal }),
  });

export interface CoinPack {
  readonly id: string;
  readonly coins: Amount;
  readonly price: Amount;
  readonly perCoin: string;
}

export interface CoinPacks {
  readonly packs: readonly CoinPack[];
  readonly exact: { readonly min: Amount; readonly max: Amount; readonly perCoin: string };
  readonly policyVersion: number;
}

export const packsQuery = queryOptions({
  queryKey: ['coin-packs'],
  queryFn: ({ signal }) => api.get<CoinPacks>('/coin-packs', { signal }),
});

export interface DiamondPacks {
  readonly packs: readonly {
    readonly id: string;
    readonly diamonds: Amount;
    readonly price: Amount;
    readonly perDiamond: string;
  }[];
  readonly exact: { readonly min: Amount; readonly max: Amount; readonly perDiamond: string };
  readonly centsPerDiamond: RatioJson;
  readonly policyVersion: number;
  readonly rateVersion: number;
}

export const diamondPacksQuery = queryOptions({
  queryKey: ['diamond-packs'],
  queryFn: ({ signal }) => api.get<DiamondPacks>('/diamond-packs', { signal }),
});

/** A way to pay here. */
export interface PaymentWay {
  readonly method: PayMethod;
  readonly mode: PaymentMode;
  /** Whether whoever takes the money answers now. */
  readonly available: boolean;
}

export const paymentWaysQuery = queryOptions({
  queryKey: ['payment-methods'],
  queryFn: ({ signal }) =>
    api
      .get<{ methods: readonly PaymentWay[] }>('/payment-methods', { signal })
      .then(({ methods }) => methods),
  staleTime: 0,
  // Whoever does not answer now may answer soon.
  refetchInterval: ({ state }) => (state.data?.some(({ available }) => !available) ? 5_000 : false),
});

export type PayMethod = 'card' | 'wallet' | 'crypto';

/** Whose money moves: people's, that of a provider's test mode, or nobody's. */
export type PaymentMode = 'live' | 'test' | 'sandbox';

export type OrderState =
  | 'awaiting_payment'
  | 'paid'
  | 'declined'
  | 'canceled'
  | 'expired'
  | 'unknown'
  | 'in_review';

export interface Movement {
  readonly id: string;
  readonly amount: Amount;
  readonly from: string;
  readonly to: string;
}

export interface Order {
  readonly id: string;
  readonly state: OrderState;
  readonly reason: string | null;
  /** Coins or Diamonds. */
  readonly bought: Amount;
  readonly price: Amount;
  readonly method: PayMethod;
  readonly mode: PaymentMode;
  /** Why somebody looks at it: `paid_partial` … */
  readonly problem: string | null;
  readonly crypto: CryptoQuote | null;
  readonly checkoutUrl: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly paidAt: string | null;
  readonly transfers: readonly Movement[];
  readonly policyVersion: number;
  readonly rateVersion: number | null;
  readonly how: readonly HowLine[];
}

/** Orders of which nobody knows yet how they end, the oldest first. */
export const openOrdersQuery = queryOptions({
  queryKey: ['orders', 'open'],
  queryFn: ({ signal }) =>
    api.get<{ items: readonly Order[] }>('/me/orders/open', { signal }).then(({ items }) => items),
  staleTime: 0,
});

/** Where to send crypto, how much, until when, and what has come. Amounts are decimals, as wallets show them. */
export interface CryptoQuote {
  readonly currency: string;
  readonly address: string;
  readonly link: string;
  readonly amount: string;
  readonly paid: string;
  readonly due: string;
  readonly until: string;
  readonly seen: boolean;
  readonly confirmations: number | null;
  readonly confirmationsNeeded: number;
}

/** What is ordered, as `POST /v1/orders` takes it. */
export interface OrderBody {
  readonly item:
    | { readonly kind: 'pack'; readonly packId: string }
    | { readonly kind: 'exact'; readonly coins?: string; readonly diamonds?: string };
  readonly method: PayMethod;
  /** The price that was on the screen, in cents. */
  readonly priceCents: string;
  readonly returnTo: string;
}

export const OVER: ReadonlySet<OrderState> = new Set(['paid', 'declined', 'canceled', 'expired']);

/** An order, asked again until it is over: quickly at first, since a payment is usually told within a second. */
export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['order', id],
    queryFn: ({ signal }) =>
      api.get<{ order: Order }>(`/orders/${encodeURIComponent(id)}`, { signal }).then(({ order }) => order),
    staleTime: 0,
    refetchInterval: ({ state }) => {
      if (state.data === undefined || OVER.has(state.data.state)) return false;
      if (state.data.state === 'in_review') return 30_000;
      return state.dataUpdateCount < 8 ? 1_000 : 5_000;
    },
    refetchIntervalInBackground: true,
  });

export const GIFT_STEPS = [
  'requested',
  'debited',
  'shown',
  'pending',
  'held',
  'reversed',
  'available',
] as const;
export type GiftStep = (typeof GIFT_STEPS)[number];

export interface GiftPerson {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
}

/** Why something becomes available later than others; ISO 8601. */
export interface Delay {
  readonly reason: string;
  readonly usualAt: string;
  /** The rule never makes it later than this. */
  readonly latestAt: string;
}

export interface GiftReceipt {
  readonly id: string;
  readonly gift: { readonly id: string; readonly name: string; readonly art: string; readonly tier: number };
  readonly quantity: number;
  readonly sender: GiftPerson;
  readonly receiver: GiftPerson;
  readonly stageId: string;
  readonly coins: Amount;
  readonly money: Amount;
  readonly diamonds: Amount;
  readonly streak: { readonly id: string; readonly count: number; readonly final: boolean } | null;
  readonly status: GiftStep;
  /** Until when the Diamonds wait for a decision at the latest, and whose. */
  readonly held: { readonly reason: string; readonly decidedBy: string; readonly until: string } | null;
  /** What was taken back of its Diamonds, all or a part. */
  readonly reversed: { readonly amount: Amount; readonly reason: string; readonly at: string } | null;
  /** `null`: it is due on the usual date, or over. */
  readonly delay: Delay | null;
  readonly steps: readonly {
    readonly step: GiftStep;
    readonly at: string | null;
    readonly expected?: string;
    readonly note: string;
  }[];
  readonly transfers: readonly Movement[];
  readonly how: readonly HowLine[];
  readonly policyVersion: number;
  readonly rateVersion: number;
}

const OVER_GIFT: ReadonlySet<GiftStep> = new Set(['available', 'reversed']);

export const giftQuery = (id: string) =>
  queryOptions({
    queryKey: ['gift', id],
    queryFn: ({ signal }) =>
      api.get<{ gift: GiftReceipt }>(`/gifts/${encodeURIComponent(id)}`, { signal }).then(({ gift }) => gift),
    // Shown within a second; made available by a round that comes now and then.
    refetchInterval: ({ state }) => {
      if (state.data === undefined || OVER_GIFT.has(state.data.status)) return false;
      return state.data.status === 'debited' ? 1_500 : 30_000;
    },
  });
