import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/query.ts';
import { sessionQuery } from './api/session.ts';
import { router } from './router/router.ts';
import { applyTheme, pinDark } from './shell/theme.ts';
import './ui/base.css';

applyTheme();
if (/^\/live\/[^/]+/.test(location.pathname)) pinDark(true);
void queryClient.prefetchQuery(sessionQuery);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
