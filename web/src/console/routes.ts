import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export const consoleRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console',
    component: lazyRouteComponent(() => fetched(import('./ConsoleHome.tsx')), 'ConsoleHome'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console/approvals',
    component: lazyRouteComponent(() => fetched(import('./ApprovalsPage.tsx')), 'ApprovalsPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console/people',
    component: lazyRouteComponent(() => fetched(import('./PeoplePage.tsx')), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console/reconciliation',
    component: lazyRouteComponent(() => fetched(import('./ReconciliationPage.tsx')), 'ReconciliationPage'),
  }),
] as const;
