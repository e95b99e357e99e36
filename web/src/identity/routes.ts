import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';
import { wayBack } from '../router/way-back.ts';

export interface ReturnSearch {
  /** The page to go back to: a path of this site. */
  readonly return?: string;
}

export const identityRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/login',
    validateSearch: (search: Record<string, unknown>): ReturnSearch => wayBack(search),
    component: lazyRouteComponent(() => fetched(import('./SignInPage.tsx')), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/signup',
    validateSearch: (search: Record<string, unknown>): ReturnSearch => wayBack(search),
    component: lazyRouteComponent(() => fetched(import('./SignUpPage.tsx')), 'SignUpPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/age',
    validateSearch: (search: Record<string, unknown>): ReturnSearch => wayBack(search),
    component: lazyRouteComponent(() => fetched(import('./AgePage.tsx')), 'AgePage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/settings/profile',
    component: lazyRouteComponent(() => fetched(import('./ProfilePage.tsx')), 'ProfilePage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/c/$handle',
    component: lazyRouteComponent(() => fetched(import('./PersonPage.tsx')), 'PersonPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/operator-link',
    component: lazyRouteComponent(() => fetched(import('./OperatorLinkPage.tsx')), 'OperatorLinkPage'),
  }),
] as const;
