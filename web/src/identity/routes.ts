import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
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
    component: lazyRouteComponent(() => import('./SignInPage.tsx'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/signup',
    validateSearch: (search: Record<string, unknown>): ReturnSearch => wayBack(search),
    component: lazyRouteComponent(() => import('./SignUpPage.tsx'), 'SignUpPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/age',
    validateSearch: (search: Record<string, unknown>): ReturnSearch => wayBack(search),
    component: lazyRouteComponent(() => import('./AgePage.tsx'), 'AgePage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/settings/profile',
    component: lazyRouteComponent(() => import('./ProfilePage.tsx'), 'ProfilePage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/c/$handle',
    component: lazyRouteComponent(() => import('./PersonPage.tsx'), 'PersonPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/operator-link',
    component: lazyRouteComponent(() => import('./OperatorLinkPage.tsx'), 'OperatorLinkPage'),
  }),
] as const;
