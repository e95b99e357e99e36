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

/**
 * For `refetchInterval`: asks again every so often once there is an answer. Without one a failure stands until
 * somebody tries again: asking by itself would take the failure off the screen each time.
 *
 * @param ms milliseconds
 */
export function every(ms: number) {
  return ({ state }: { readonly state: { readonly data: unknown } }): number | false =>
    state.data === undefined ? false : ms;
}
