import { createRoute, createRouter, redirect } from '@tanstack/react-router';
import { consoleRoutes } from '../console/routes.ts';
import { earningsRoutes } from '../earnings/routes.ts';
import { homeRoutes } from '../home/routes.ts';
import { identityRoutes } from '../identity/routes.ts';
import { liveRoutes } from '../live/routes.ts';
import { overlayRoutes } from '../overlays/routes.ts';
import { paperRoutes } from '../papers/routes.ts';
import { questionRoutes } from '../questions/routes.ts';
import { rateRoutes } from '../rates/routes.ts';
import { refundRoutes } from '../refunds/routes.ts';
import { simulatorRoutes } from '../simulator/routes.ts';
import { spendingRoutes } from '../spending/routes.ts';
import { studioRoutes } from '../studio/routes.ts';
import { verificationRoutes } from '../verification/routes.ts';
import { walletRoutes } from '../wallet/routes.ts';
import { withdrawalRoutes } from '../withdrawals/routes.ts';
import { PageError } from './PageError.tsx';
import { rootRoute } from './root.tsx';

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/live' });
  },
});

const routeTree = rootRoute.addChildren([
  indexRoute,
  ...homeRoutes,
  ...liveRoutes,
  ...identityRoutes,
  ...walletRoutes,
  ...paperRoutes,
  ...spendingRoutes,
  ...questionRoutes,
  ...earningsRoutes,
  ...rateRoutes,
  ...simulatorRoutes,
  ...studioRoutes,
  ...overlayRoutes,
  ...consoleRoutes,
  ...refundRoutes,
  ...withdrawalRoutes,
  ...verificationRoutes,
]);

/** Every page is a chunk of its own, fetched when a link to it is hovered or touched. */
export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  // Inside the frame: the root's own would take the frame's place.
  defaultErrorComponent: PageError,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
