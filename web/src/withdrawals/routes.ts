import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export const withdrawalRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/withdraw',
    component: lazyRouteComponent(() => fetched(import('./WithdrawPage.tsx')), 'WithdrawPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/payouts',
    component: lazyRouteComponent(() => fetched(import('./PayoutsPage.tsx')), 'PayoutsPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/payouts/$id',
    component: lazyRouteComponent(() => fetched(import('./PayoutPage.tsx')), 'PayoutPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/payout-methods',
    validateSearch: ({
      fix,
      field,
      set_up,
    }: Record<string, unknown>): { fix?: string; field?: string; set_up?: string } => ({
      ...(typeof fix === 'string' ? { fix } : {}),
      ...(typeof field === 'string' ? { field } : {}),
      ...(typeof set_up === 'string' ? { set_up } : {}),
    }),
    component: lazyRouteComponent(() => fetched(import('./MethodsPage.tsx')), 'MethodsPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console/payouts',
    component: lazyRouteComponent(() => fetched(import('./ConsolePayouts.tsx')), 'ConsolePayouts'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/help',
    component: lazyRouteComponent(() => fetched(import('./HelpPage.tsx')), 'HelpPage'),
  }),
] as const;
