import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export interface SimulatorSearch {
  /** The draft to try first. */
  readonly draft?: string;
}

export const simulatorRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console/simulator',
    validateSearch: ({ draft }: Record<string, unknown>): SimulatorSearch =>
      typeof draft === 'string' && /^rate_[0-9a-f]{32}$/.test(draft) ? { draft } : {},
    component: lazyRouteComponent(() => fetched(import('./SimulatorPage.tsx')), 'SimulatorPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console/simulator/$id',
    component: lazyRouteComponent(() => fetched(import('./SimulationPage.tsx')), 'SimulationPage'),
  }),
] as const;
