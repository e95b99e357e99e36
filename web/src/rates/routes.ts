import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export const rateRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/rates',
    component: lazyRouteComponent(() => fetched(import('./RatesPage.tsx')), 'RatesPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console/rates',
    component: lazyRouteComponent(() => fetched(import('./RatesConsole.tsx')), 'RatesConsole'),
  }),
] as const;
