import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { ApiProblem, OFFLINE } from './problem.ts';
import { PERSON_CHANGED } from './session.ts';

/** What is known about a question whose answer is money. */
export interface Known<T> {
  readonly data: T | undefined;
  /** When it was the truth; ISO 8601. */
  readonly at: string | undefined;
  /** Whether it cannot be asked again now, so that `data` is only the last that was known. */
  readonly stale: boolean;
  /** Why not. */
  readonly error: ApiProblem | null;
}

/**
 * The answer of a query, or the last one known in this tab while the server cannot be asked:
 * a balance that cannot be read is shown as it was, with its time, never as nothing.
 * `name` must name the person too.
 */
export function useLastKnown<T>(name: string, query: UseQueryResult<T>): Known<T> {
  const { data, dataUpdatedAt } = query;
  useEffect(() => {
    if (data !== undefined) keep(name, { at: new Date(dataUpdatedAt).toISOString(), data });
  }, [name, data, dataUpdatedAt]);
  const error = query.isError ? ApiProblem.of(query.error) : query.isPaused ? new ApiProblem(OFFLINE) : null;
  const kept = useMemo(() => (data === undefined ? recall<T>(name) : undefined), [name, data]);
  if (data !== undefined) {
    return { data, at: new Date(dataUpdatedAt).toISOString(), stale: error !== null, error };
  }
  return { data: kept?.data, at: kept?.at, stale: error !== null, error };
}

interface Kept<T> {
  readonly at: string;
  readonly data: T;
}

const PREFIX = 'carat.known.';

function keep(name: string, kept: Kept<unknown>): void {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(kept));
  } catch {
    // Full or forbidden storage: then nothing is remembered over a reload.
  }
}

function recall<T>(name: string): Kept<T> | undefined {
  try {
    const text = sessionStorage.getItem(PREFIX + name);
    return text === null ? undefined : (JSON.parse(text) as Kept<T>);
  } catch {
    return undefined;
  }
}

window.addEventListener(PERSON_CHANGED, () => {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  }
});
