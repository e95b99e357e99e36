import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export const overlayRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/overlays',
    component: lazyRouteComponent(() => fetched(import('./OverlaysPage.tsx')), 'OverlaysPage'),
  }),
] as const;
