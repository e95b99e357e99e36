import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export const earningsRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/earnings',
    component: lazyRouteComponent(() => fetched(import('./EarningsPage.tsx')), 'EarningsPage'),
  }),
] as const;
