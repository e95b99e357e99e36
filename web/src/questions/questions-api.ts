import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import { walletQuery } from '../api/wallet.ts';
import type { Amount } from '../ui/amounts.ts';

export interface Person {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
}

export interface Question {
  readonly id: string;
  readonly text: string;
  readonly asker: Person;
  readonly coins: Amount;
  readonly money: Amount;
  readonly creatorGets: Amount;
  readonly status: 'waiting' | 'answering' | 'answered' | 'returned';
  readonly votes: number;
  readonly voted: boolean;
  readonly mine: boolean;
  readonly askedAt: string;
}

/** A question with where its Coins are. */
export interface OwnQuestion extends Question {
  readonly creator: Person;
  readonly where: { readonly place: 'free' | 'escrow' | 'creator' | 'asker'; readonly sentence: string };
}

export interface QuestionSettings {
  readonly on: boolean;
  readonly coins: Amount;
  readonly money: Amount;
  readonly creatorGets: Amount;
  readonly lengthMax: number;
  readonly coinsMin: number;
  readonly coinsMax: number;
}

export interface Queue {
  readonly live: boolean;
  readonly settings: QuestionSettings;
  readonly answering: Question | null;
  readonly waiting: number;
  readonly items: readonly Question[];
  readonly nextCursor: string | null;
}

export type QueueSort = 'price' | 'votes' | 'time';

/** Questions shown at once; more are fetched when asked for. */
const SHOWN_FIRST = 30;

/** The key under which everything about the questions of a stage is kept. */
export const questionsKey = (handle: string) => ['questions', handle] as const;

export const queueQuery = (handle: string, sort: QueueSort, limit: number = SHOWN_FIRST) =>
  queryOptions({
    queryKey: [...questionsKey(handle), sort, limit],
    queryFn: ({ signal }) =>
      api.get<Queue>(`/stages/${encodeURIComponent(handle)}/questions?sort=${sort}&limit=${limit}`, {
        signal,
      }),
  });

export const ownQuestionsQuery = infiniteQueryOptions({
  queryKey: ['own-questions'],
  queryFn: ({ pageParam, signal }) =>
    api.get<{ items: readonly OwnQuestion[]; nextCursor: string | null }>(
      `/me/questions?limit=20${pageParam === '' ? '' : `&cursor=${pageParam}`}`,
      { signal },
    ),
  initialPageParam: '',
  getNextPageParam: (page) => page.nextCursor ?? undefined,
});

/** Asks. The same key again is the same question. */
export function ask(handle: string, asked: { text: string; coins: string }, key: string) {
  return api.post<{ question: OwnQuestion; coins: Amount }>(
    `/stages/${encodeURIComponent(handle)}/questions`,
    asked,
    { key },
  );
}

export type Verb = 'answering' | 'answered' | 'skipped' | 'withdrawn';

export function moveQuestion(id: string, verb: Verb) {
  return api.put<{ question: OwnQuestion }>(`/questions/${id}/${verb}`);
}

export function vote(id: string, wanted: boolean) {
  const path = `/questions/${id}/vote`;
  return wanted ? api.put<{ votes: number }>(path) : api.delete<{ votes: number }>(path);
}

export function setQuestions(settings: { on: boolean; coins: string }) {
  return api.put<{ settings: QuestionSettings }>('/stages/questions', settings);
}

/** Something about the questions of a stage changed: everything that shows them asks again. */
export function questionsChanged(handle: string): void {
  void queryClient.invalidateQueries({ queryKey: questionsKey(handle) });
  void queryClient.invalidateQueries({ queryKey: ownQuestionsQuery.queryKey });
}

export function walletChanged(): void {
  void queryClient.invalidateQueries({ queryKey: walletQuery.queryKey });
}
