import { lazy, Suspense, useEffect, useState } from 'react';
import { isNoticeWaiting, watchNotices } from './notify.ts';

/** The first load of a page is done by then, and nobody has pressed much. */
const FETCH_AFTER_MS = 4_000;
const RETRY_MS = 2_000;

/** The one place where notices appear. What shows them is fetched after the page, or with the first notice. */
export function Notifications() {
  const [wanted, setWanted] = useState(isNoticeWaiting);
  useEffect(() => {
    const want = () => setWanted(true);
    const timer = setTimeout(want, FETCH_AFTER_MS);
    const stop = watchNotices(want);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
  if (!wanted) return null;
  return (
    <Suspense fallback={null}>
      <Toasts />
    </Suspense>
  );
}

type Module = typeof import('./Toasts.tsx');

const Toasts = lazy(fetchToasts);

/** Notices wait for a line that is down. */
function fetchToasts(): Promise<Module> {
  return import('./Toasts.tsx').catch(async () => {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    return fetchToasts();
  });
}
