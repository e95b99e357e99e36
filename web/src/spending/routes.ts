import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export const spendingRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/wallet/limits',
    component: lazyRouteComponent(() => fetched(import('./LimitsPage.tsx')), 'LimitsPage'),
  }),
] as const;
