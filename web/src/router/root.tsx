import { createRootRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Shell } from '../shell/Shell.tsx';
import { ErrorCard } from '../ui/States.tsx';

/** The root of every address. Areas hang their routes under it in their own `routes.ts`. */
export const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: lazyRouteComponent(() => import('./NotFoundPage.tsx'), 'NotFoundPage'),
  errorComponent: ({ error, reset }) => (
    <div className="page-body">
      <ErrorCard title="This page could not be shown." error={error} onRetry={reset} />
    </div>
  ),
});
