import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export const refundRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console/refunds',
    validateSearch: ({ order }: Record<string, unknown>): { order?: string } => ({
      ...(typeof order === 'string' ? { order } : {}),
    }),
    component: lazyRouteComponent(() => fetched(import('./ConsoleRefunds.tsx')), 'ConsoleRefunds'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console/disputes',
    component: lazyRouteComponent(() => fetched(import('./ConsoleDisputes.tsx')), 'ConsoleDisputes'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console/liabilities',
    component: lazyRouteComponent(() => fetched(import('./ConsoleLiabilities.tsx')), 'ConsoleLiabilities'),
  }),
] as const;
