import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../router/root.tsx';

export const earningsRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/earnings',
    component: lazyRouteComponent(() => import('./EarningsPage.tsx'), 'EarningsPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/rates',
    component: lazyRouteComponent(() => import('./RatesPage.tsx'), 'RatesPage'),
  }),
] as const;
