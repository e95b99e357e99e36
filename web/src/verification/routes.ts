import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export const verificationRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/verify',
    component: lazyRouteComponent(() => fetched(import('./VerifyPage.tsx')), 'VerifyPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console/identity',
    component: lazyRouteComponent(() => fetched(import('./ConsoleIdentity.tsx')), 'ConsoleIdentity'),
  }),
] as const;
