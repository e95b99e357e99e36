import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export const studioRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/live',
    component: lazyRouteComponent(() => fetched(import('./LivePage.tsx')), 'LivePage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/live/$sessionId',
    component: lazyRouteComponent(() => fetched(import('./SummaryPage.tsx')), 'SummaryPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/studio/moderation',
    component: lazyRouteComponent(() => fetched(import('./ModerationPage.tsx')), 'ModerationPage'),
  }),
] as const;
