import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';

/** What is known of a stream key after it was told. */
export interface StreamKey {
  readonly endsWith: string;
  readonly madeAt: string;
  readonly lastUsedAt: string | null;
}

export interface StreamAccess {
  /** Where OBS and its like send to. */
  readonly whip: string;
  readonly streamKey: StreamKey | null;
}

export const streamKeyQuery = queryOptions({
  queryKey: ['stream-key'],
  queryFn: ({ signal }) => api.get<StreamAccess>('/me/stream-key', { signal }),
});

/** Makes the key anew: this answer is the only one that tells it. */
export const makeStreamKey = () => api.post<StreamAccess & { readonly key: string }>('/me/stream-key', {});
