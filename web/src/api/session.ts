import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { api } from './client.ts';
import { queryClient } from './query.ts';

export type Role = 'fan' | 'creator' | 'operator' | 'support';

/** The signed-in person. */
export interface Me {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly email: string;
  readonly avatar: string;
  readonly bio: string | null;
  readonly roles: readonly Role[];
  readonly dateOfBirth: string | null;
  readonly adult: boolean;
  readonly followers: number;
  readonly following: number;
  /** Whether rankings name them. */
  readonly inRanks: boolean;
}

export interface DemoPerson {
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
  readonly role: Role;
  /** One line that says who they are in the town. */
  readonly line: string;
}

export interface Session {
  readonly me: Me | null;
  /** Present in the demo town only. */
  readonly demo: { readonly people: readonly DemoPerson[]; readonly crowdOn: boolean | null } | null;
  readonly site: {
    readonly name: string;
    /** What one Coin costs: cents per Coin as a ratio, digits. */
    readonly coin: { readonly moneyPerCoin: { readonly numerator: string; readonly denominator: string } };
    /** Gifts from this many Coins are held, confirmed and can be undone. */
    readonly dearFromCoins: number;
    readonly undoMs: number;
    /** How long a streak visibly stays open after the last press. */
    readonly streakMs: number;
  };
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.get<Session>('/session', { signal }),
  staleTime: 60_000,
});

/** The session, or `undefined` until it is known. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data;
}

/** The signed-in person; `null` when nobody is; `undefined` until it is known. */
export function useMe(): Me | null | undefined {
  return useSession()?.me;
}

/** Writes a changed person into the session without asking again. */
export function keepMe(me: Me | null): void {
  queryClient.setQueryData(sessionQuery.queryKey, (session) =>
    session === undefined ? session : { ...session, me },
  );
}

/**
 * Call after signing in or out: everything that was read as somebody else is forgotten,
 * and the socket comes back as the new person.
 */
export async function changedPerson(me: Me | null): Promise<void> {
  keepMe(me);
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
  window.dispatchEvent(new Event(PERSON_CHANGED));
  await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
}

export const PERSON_CHANGED = 'carat:person-changed';

/** Signs out, then forgets. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => api.post<void>('/sign-out'),
    onSuccess: () => changedPerson(null),
  });
}

/** Turns the demo town's crowd on or off. */
export function useCrowd() {
  return useMutation({
    mutationFn: (on: boolean) => api.put<{ crowdOn: boolean }>('/demo/crowd', { on }),
    onSuccess: ({ crowdOn }) =>
      queryClient.setQueryData(sessionQuery.queryKey, (session) =>
        session?.demo ? { ...session, demo: { ...session.demo, crowdOn } } : session,
      ),
  });
}
