import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

const list = () => fetched(import('./StatementsPage.tsx'));
const one = () => fetched(import('./StatementPage.tsx'));

export const paperRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/wallet/statements',
    component: lazyRouteComponent(list, 'WalletStatements'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/wallet/statements/$month',
    component: lazyRouteComponent(one, 'WalletStatement'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/statements',
    component: lazyRouteComponent(list, 'StudioStatements'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/statements/$month',
    component: lazyRouteComponent(one, 'StudioStatement'),
  }),
] as const;
