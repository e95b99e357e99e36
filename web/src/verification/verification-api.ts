import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { ApiProblem, OFFLINE, problemFrom } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';

export type Side = 'front' | 'back' | 'selfie';
export type CaseState =
  | 'started'
  | 'submitted'
  | 'approved'
  | 'refused'
  | 'expired'
  | 'revoked'
  | 'withdrawn'
  | 'undecided';
export type DocumentKind = 'passport' | 'identity_card' | 'driving_licence';
export type CaseField = 'legalName' | 'latinName' | 'dateOfBirth' | 'country' | 'document' | Side | 'other';

export interface CaseDetails {
  readonly legalName: string;
  /** The same in Latin letters, where the paper's own are others. */
  readonly latinName: string | null;
  readonly dateOfBirth: string;
  readonly country: string;
  readonly document: DocumentKind;
}

export interface OwnCase extends CaseDetails {
  readonly id: string;
  readonly state: CaseState;
  readonly since: string;
  readonly field: CaseField | null;
  readonly reason: string | null;
  readonly pictures: readonly { readonly side: Side; readonly erasedAt: string | null }[];
  readonly timeline: readonly {
    readonly label: string;
    readonly note: string | null;
    readonly at: string | null;
    readonly state: 'done' | 'now' | 'ahead' | 'failed';
  }[];
  readonly erasedBy: string | null;
}

export interface Mine {
  readonly case: OwnCase | null;
  readonly needed: readonly Side[];
  readonly eraseAfterDays: number;
  readonly pictureBytesMax: number;
  readonly triesLeft: number;
  readonly takesPapers: boolean;
  readonly dateOfBirth: string | null;
}

export const DOCUMENT_WORDS: Readonly<Record<DocumentKind, string>> = {
  passport: 'Passport',
  identity_card: 'Identity card',
  driving_licence: 'Driving licence',
};

export const FIELD_WORDS: Readonly<Record<CaseField, string>> = {
  legalName: 'Name',
  latinName: 'Name in Latin letters',
  dateOfBirth: 'Date of birth',
  country: 'Country',
  document: 'Kind of paper',
  front: 'Front of the paper',
  back: 'Back of the paper',
  selfie: 'You with the paper',
  other: 'Something else',
};

export const mineQuery = queryOptions({
  queryKey: ['identity'],
  queryFn: ({ signal }) => api.get<Mine>('/me/identity', { signal }),
});

export function keepDetails(details: CaseDetails): Promise<Mine> {
  return api.put<Mine>('/me/identity', details).then(kept);
}

export function handIn(): Promise<Mine> {
  return api.put<Mine>('/me/identity/submitted', undefined).then(kept);
}

/** Takes the case back; its pictures are erased at once. */
export function takeBack(): Promise<Mine> {
  return api.put<Mine>('/me/identity/withdrawn', undefined).then(kept);
}

/** Sends a picture, after those before it, and says how much of it has arrived, from 0 to 1. */
export function sendPicture(side: Side, file: Blob, onProgress: (part: number) => void): Promise<Mine> {
  // The server takes one at a time of each person.
  const sent = lastSent.then(() => sendNow(side, file, onProgress));
  lastSent = sent.catch(() => undefined);
  return sent;
}

let lastSent: Promise<unknown> = Promise.resolve();

/** `fetch` cannot say how much has arrived. */
function sendNow(side: Side, file: Blob, onProgress: (part: number) => void): Promise<Mine> {
  return new Promise<Mine>((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/v1/me/identity/pictures/${side}`);
    request.setRequestHeader('content-type', file.type === '' ? 'application/octet-stream' : file.type);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onerror = () => failed(new ApiProblem(OFFLINE));
    request.onload = () => {
      if (request.status === 200) done(kept(request.response as Mine));
      else failed(new ApiProblem(problemFrom(request.status, request.response)));
    };
    request.send(file);
  });
}

function kept(mine: Mine): Mine {
  queryClient.setQueryData(mineQuery.queryKey, mine);
  void queryClient.invalidateQueries({ queryKey: ['explain'] });
  return mine;
}

export interface CaseRow extends CaseDetails {
  readonly id: string;
  readonly number: number;
  readonly state: CaseState;
  readonly since: string;
  readonly person: { readonly handle: string; readonly displayName: string; readonly avatar: string };
  readonly yours: boolean;
  readonly field: CaseField | null;
  readonly reason: string | null;
}

export interface CaseDetail {
  readonly case: CaseRow;
  readonly pictures: readonly {
    readonly side: Side;
    readonly width: number;
    readonly height: number;
    readonly erasedAt: string | null;
    readonly seen: boolean;
  }[];
  readonly history: readonly {
    readonly at: string;
    readonly label: string;
    readonly by: string | null;
    readonly note: string | null;
  }[];
  /** What opening it again would be; null: nothing. */
  readonly reopens: 'revoked' | 'forgiven' | 'sent_back' | null;
  /** What the list of sanctions said last; null: it was not asked, or did not answer yet. */
  readonly screening: {
    readonly at: string;
    readonly hits: readonly {
      readonly id: string;
      readonly name: string;
      readonly score: number;
      readonly lists: readonly string[];
    }[];
  } | null;
  readonly erasedBy: string | null;
}

export type CasesShow = 'waiting' | 'all';

export const casesQuery = (show: CasesShow) =>
  infiniteQueryOptions({
    queryKey: ['console', 'identity', show],
    queryFn: ({ signal, pageParam }) =>
      api.get<{
        items: readonly CaseRow[];
        nextCursor: string | null;
        waiting: number;
        /** Pictures whose key is not there. */
        unopened: number;
        sanctions: 'off' | 'on';
      }>(
        `/console/identity?show=${show}${pageParam === null ? '' : `&cursor=${encodeURIComponent(pageParam)}`}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

export const caseQuery = (id: string) =>
  queryOptions({
    queryKey: ['console', 'identity-case', id],
    queryFn: ({ signal }) => api.get<CaseDetail>(`/console/identity/${encodeURIComponent(id)}`, { signal }),
  });

/** The picture itself; that it was looked at is written down. */
export function lookAt(id: string, side: Side): Promise<Blob> {
  return api.get<Blob>(`/console/identity/${encodeURIComponent(id)}/pictures/${side}`, { as: 'blob' });
}

export function decideCase(
  id: string,
  decision:
    | { readonly verdict: 'approved'; readonly clears?: string }
    | { readonly verdict: 'refused'; readonly field: CaseField; readonly reason: string },
): Promise<CaseDetail> {
  return api.put<CaseDetail>(`/console/identity/${encodeURIComponent(id)}/decision`, decision);
}

/** Takes an approval back, gives another try, or sends a case back; the person reads why. */
export function reopenCase(id: string, reason: string): Promise<CaseDetail> {
  return api.put<CaseDetail>(`/console/identity/${encodeURIComponent(id)}/reopened`, { reason });
}

export function casesChanged(): Promise<unknown> {
  return queryClient.invalidateQueries({ queryKey: ['console'] });
}
