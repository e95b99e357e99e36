import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem.ts';

/** The page's one cache of server answers. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A refusal is an answer; only what was not heard is asked again.
      retry: (failures, error) => failures < 2 && ApiProblem.of(error).unheard,
      retryDelay: (attempt) => 500 * 2 ** attempt,
    },
  },
});
