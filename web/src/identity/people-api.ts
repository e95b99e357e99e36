import { queryOptions, useMutation } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import type { Me, Role } from '../api/session.ts';
import { notifyFailure } from '../ui/notify.ts';

/** A person as everyone sees them. */
export interface Person {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
  readonly bio: string;
  readonly roles: readonly Role[];
  readonly followers: number;
  /** Whether the signed-in person follows them. */
  readonly following: boolean;
  readonly live: boolean;
}

export const personQuery = (handle: string) =>
  queryOptions({
    queryKey: ['person', handle],
    queryFn: ({ signal }) =>
      api.get<{ user: Person }>(`/users/${encodeURIComponent(handle)}`, { signal }).then(({ user }) => user),
  });

/** Follows or stops following; the number moves when the server has said so. */
export function useFollow(handle: string) {
  return useMutation({
    mutationFn: (follow: boolean) => {
      const path = `/users/${encodeURIComponent(handle)}/follow`;
      return follow ? api.put<Followed>(path) : api.delete<Followed>(path);
    },
    onSuccess: (followed) => {
      queryClient.setQueryData(personQuery(handle).queryKey, (person) =>
        person === undefined ? person : { ...person, ...followed },
      );
      void queryClient.invalidateQueries({ queryKey: ['stages'] });
      void queryClient.invalidateQueries({ queryKey: ['stage', handle] });
      void queryClient.invalidateQueries({ queryKey: ['session'] });
    },
    onError: (error) => {
      const problem = ApiProblem.of(error);
      notifyFailure(`${problem.detail} ${problem.remedy}`, undefined, 'follow');
    },
  });
}

interface Followed {
  readonly following: boolean;
  readonly followers: number;
}

/** One condition of a gate, with the person's own value beside what is needed. */
export interface Check {
  readonly code: string;
  readonly passed: boolean;
  readonly rule: string;
  readonly have: string | null;
  readonly need: string;
  readonly remedy: string | null;
  readonly whoCanChange: 'you' | 'support' | 'operator' | 'time';
  readonly earliest: string | null;
  /** When it is looked at again. */
  readonly again?: string;
}

export type Gate = 'send' | 'buy' | 'earn' | 'go-live' | 'withdraw';

export interface Explanation {
  readonly gate: Gate;
  readonly passed: boolean;
  readonly checks: readonly Check[];
}

/** What a person needs for a gate, and what they have. */
export const explainQuery = (gate: Gate) =>
  queryOptions({
    queryKey: ['explain', gate],
    queryFn: ({ signal }) => api.get<Explanation>(`/me/explain/${gate}`, { signal }),
  });

export interface MeAnswer {
  readonly me: Me;
}
