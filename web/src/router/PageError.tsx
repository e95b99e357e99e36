import type { ErrorComponentProps } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ErrorCard } from '../ui/States.tsx';
import { isUnfetched } from './fetched.ts';

/** The address that was last reloaded because its page could not be fetched. */
const RELOADED_KEY = 'carat.reloaded';

/**
 * In place of a page that could not be shown; the frame round it stays. A page that could not be fetched is fetched
 * by a reload, once by itself, for the site may have been renewed meanwhile; but never while the server is silent,
 * since then nothing would be left.
 */
export function PageError({ error, reset }: ErrorComponentProps) {
  const unfetched = isUnfetched(error);
  useEffect(() => {
    const here = window.location.pathname;
    if (!unfetched || sessionStorage.getItem(RELOADED_KEY) === here) return;
    void reloadWhenAnswered(() => sessionStorage.setItem(RELOADED_KEY, here));
  }, [unfetched]);
  return (
    <div className="page-body">
      <ErrorCard
        title={unfetched ? 'This page could not be fetched.' : 'This page could not be shown.'}
        error={error}
        onRetry={() => (unfetched ? void reloadWhenAnswered() : reset())}
      />
    </div>
  );
}

async function reloadWhenAnswered(before?: () => void): Promise<void> {
  const answered = await fetch('/v1/session').then(
    ({ ok }) => ok,
    () => false,
  );
  if (!answered) return;
  before?.();
  window.location.reload();
}
