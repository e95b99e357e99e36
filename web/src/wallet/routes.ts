import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../router/root.tsx';

export interface TopUpSearch {
  /** The exact number of Coins to offer first, as digits. */
  readonly exact?: string;
  /** Where to go when the Coins are there: a path of this site. */
  readonly return?: string;
}

export const walletRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/wallet',
    component: lazyRouteComponent(() => import('./WalletPage.tsx'), 'WalletPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/wallet/top-up',
    validateSearch: (search: Record<string, unknown>): TopUpSearch => ({
      ...(/^[1-9]\d{0,8}$/.test(String(search.exact ?? '')) ? { exact: String(search.exact) } : {}),
      ...(typeof search.return === 'string' && /^\/(?![/\\])/.test(search.return)
        ? { return: search.return }
        : {}),
    }),
    component: lazyRouteComponent(() => import('./TopUpPage.tsx'), 'TopUpPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/wallet/tx/$id',
    component: lazyRouteComponent(() => import('./EntryPage.tsx'), 'EntryPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/orders/$id',
    component: lazyRouteComponent(() => import('./OrderPage.tsx'), 'OrderPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/gifts/$id',
    component: lazyRouteComponent(() => import('./GiftPage.tsx'), 'GiftPage'),
  }),
] as const;
