import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export const consoleRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/console',
    component: lazyRouteComponent(() => fetched(import('./ConsoleHome.tsx')), 'ConsoleHome'),
  }),
] as const;
