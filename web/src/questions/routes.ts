import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { fetched } from '../router/fetched.ts';
import { rootRoute } from '../router/root.tsx';

export const questionRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/questions',
    component: lazyRouteComponent(() => fetched(import('./QuestionsPage.tsx')), 'QuestionsPage'),
  }),
];
