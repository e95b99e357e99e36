import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';
import { wayBack } from '../router/way-back.ts';
import { filterOf } from './entry-filter.ts';
import type { PayMethod } from './wallet-api.ts';

export interface TopUpSearch {
  /** The exact number of Coins or Diamonds to offer first, as digits. */
  readonly exact?: string;
  /** What is on the shelf first; Coins unless told. */
  readonly ware?: 'diamonds';
  /** How to pay, chosen first. */
  readonly pay?: PayMethod;
  /** Where to go when the Coins are there: a path of this site. */
  readonly return?: string;
}

export interface OrderSearch {
  /** Where to go when the order is over: a path of this site. */
  readonly return?: string;
  /** The payer came back from the payment page without paying. */
  readonly left?: true;
}

function orderSearch(search: Record<string, unknown>): OrderSearch {
  return { ...(search.left === true || search.left === 'true' ? { left: true } : {}), ...wayBack(search) };
}

function isPayMethod(value: unknown): value is PayMethod {
  return value === 'card' || value === 'wallet' || value === 'crypto';
}

export const walletRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/wallet',
    validateSearch: filterOf,
    component: lazyRouteComponent(() => fetched(import('./WalletPage.tsx')), 'WalletPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/wallet/top-up',
    validateSearch: (search: Record<string, unknown>): TopUpSearch => ({
      ...(/^[1-9]\d{0,8}$/.test(String(search.exact ?? '')) ? { exact: String(search.exact) } : {}),
      ...(search.ware === 'diamonds' ? { ware: 'diamonds' as const } : {}),
      ...(isPayMethod(search.pay) ? { pay: search.pay } : {}),
      ...wayBack(search),
    }),
    component: lazyRouteComponent(() => fetched(import('./TopUpPage.tsx')), 'TopUpPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/wallet/tx/$id',
    component: lazyRouteComponent(() => fetched(import('./EntryPage.tsx')), 'EntryPage'),
  }),
  // A payment page sends the browser back here with `?order=`.
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/wallet/orders',
    validateSearch: (search: Record<string, unknown>): OrderSearch & { readonly order?: string } => ({
      ...(typeof search.order === 'string' ? { order: search.order } : {}),
      ...orderSearch(search),
    }),
    beforeLoad: ({ search: { order, ...rest } }) => {
      if (order === undefined) throw redirect({ to: '/wallet' });
      throw redirect({ to: '/wallet/orders/$id', params: { id: order }, search: rest });
    },
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/wallet/orders/$id',
    validateSearch: orderSearch,
    component: lazyRouteComponent(() => fetched(import('./OrderPage.tsx')), 'OrderPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/gifts/$id',
    component: lazyRouteComponent(() => fetched(import('./GiftPage.tsx')), 'GiftPage'),
  }),
] as const;
