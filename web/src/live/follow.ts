import { useMutation } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { notifyFailure } from '../ui/notify.ts';
import { type Stage, stageQuery } from './stage-api.ts';

/** Follows or leaves a creator; shown at once, taken back if it did not work. */
export function useFollow(handle: string) {
  const key = stageQuery(handle).queryKey;
  const show = (change: Partial<Stage['creator']>) =>
    queryClient.setQueryData(key, (stage) =>
      stage === undefined ? stage : { ...stage, creator: { ...stage.creator, ...change } },
    );
  return useMutation({
    mutationFn: (follow: boolean) => {
      const path = `/users/${encodeURIComponent(handle)}/follow`;
      return follow
        ? api.put<{ following: boolean; followers: number }>(path)
        : api.delete<{ following: boolean; followers: number }>(path);
    },
    onMutate: (follow) => show({ following: follow }),
    onSuccess: ({ following, followers }) => show({ following, followers }),
    onError: (error, follow) => {
      show({ following: !follow });
      notifyFailure(ApiProblem.of(error).detail, undefined, 'follow');
    },
  });
}
