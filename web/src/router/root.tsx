import { createRootRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Shell } from '../shell/Shell.tsx';
import { fetched } from './fetched.ts';
import { PageError } from './PageError.tsx';

/** The root of every address. Areas hang their routes under it in their own `routes.ts`. */
export const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: lazyRouteComponent(() => fetched(import('./NotFoundPage.tsx')), 'NotFoundPage'),
  errorComponent: PageError,
});
