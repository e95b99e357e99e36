import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';

/** A creator who is live together with others. */
export interface Guest {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
  readonly scene: string;
  /** Whether they invite here. */
  readonly host: boolean;
}

export const guestsQuery = (handle: string) =>
  queryOptions({
    queryKey: ['guests', handle],
    queryFn: ({ signal }) =>
      api
        .get<{ guests: readonly Guest[] }>(`/stages/${encodeURIComponent(handle)}/guests`, { signal })
        .then(({ guests }) => guests),
  });

interface Person {
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
}

export interface Invitation {
  readonly id: string;
  readonly host: Person;
  readonly guest: Person;
  readonly expiresAt: string;
}

/** Whom a creator is live together with, and the invitations that wait. */
export interface OwnGuests {
  readonly guests: readonly Guest[];
  readonly received: readonly Invitation[];
  readonly sent: readonly Invitation[];
}

export const ownGuestsQuery = queryOptions({
  queryKey: ['own-guests'],
  queryFn: ({ signal }) => api.get<OwnGuests>('/me/guests', { signal }),
});

export const invite = (handle: string) => api.post('/me/guests/invitations', { handle });
export const answerInvitation = (id: string, answer: 'accepted' | 'declined' | 'withdrawn') =>
  api.put<OwnGuests>(`/guests/invitations/${id}/${answer}`);
export const leaveGuests = () => api.delete<OwnGuests>('/me/guests');
export const sendAway = (handle: string) => api.delete<OwnGuests>(`/me/guests/${encodeURIComponent(handle)}`);
