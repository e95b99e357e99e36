import { createRootRoute, Link } from '@tanstack/react-router';
import { Shell } from '../shell/Shell.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { EmptyState, ErrorCard } from '../ui/States.tsx';

/** The root of every address. Areas hang their routes under it in their own `routes.ts`. */
export const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <EmptyState
      heading="h1"
      title="There is nothing at this address"
      action={
        <Link to="/live" {...buttonLook({ kind: 'primary' })}>
          See who is live
        </Link>
      }
    >
      The page may have moved, or the address may have a typing mistake.
    </EmptyState>
  ),
  errorComponent: ({ error, reset }) => (
    <div className="page-body">
      <ErrorCard title="This page could not be shown." error={error} onRetry={reset} />
    </div>
  ),
});
