import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export interface StageSearch {
  readonly sheet?: 'gifts' | 'short';
  /** The gift that stays selected after a top-up. */
  readonly gift?: string;
}

export const liveRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/live/$handle',
    validateSearch: (search: Record<string, unknown>): StageSearch => ({
      ...(search.sheet === 'gifts' || search.sheet === 'short' ? { sheet: search.sheet } : {}),
      ...(typeof search.gift === 'string' ? { gift: search.gift } : {}),
    }),
    component: lazyRouteComponent(() => fetched(import('./StagePage.tsx')), 'StagePage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/go-live',
    component: lazyRouteComponent(() => fetched(import('./GoLivePage.tsx')), 'GoLivePage'),
  }),
] as const;
