import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export interface DirectorySearch {
  /** What is searched for. */
  readonly q?: string;
  readonly filter?: 'following' | 'scheduled' | 'matches';
}

export const homeRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/live',
    validateSearch: (search: Record<string, unknown>): DirectorySearch => {
      // The router reads `?q=2024` as a number.
      const q = typeof search.q === 'number' ? search.q.toString() : search.q;
      return {
        ...(typeof q === 'string' && q !== '' ? { q } : {}),
        ...(search.filter === 'following' || search.filter === 'scheduled' || search.filter === 'matches'
          ? { filter: search.filter }
          : {}),
      };
    },
    component: lazyRouteComponent(() => fetched(import('./DirectoryPage.tsx')), 'DirectoryPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/tags/$tag',
    component: lazyRouteComponent(() => fetched(import('./DirectoryPage.tsx')), 'TagPage'),
  }),
] as const;
