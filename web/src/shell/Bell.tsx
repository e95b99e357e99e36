import { queryOptions, useQuery } from '@tanstack/react-query';
import { Bell as BellIcon } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { api } from '../api/client.ts';
import { every, queryClient } from '../api/query.ts';
import { line } from '../realtime/socket.ts';

/** Something that one should know of. */
export interface Notice {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  readonly link: string;
  readonly about: { readonly handle: string; readonly displayName: string; readonly avatar: string } | null;
  readonly read: boolean;
}

export const noticesQuery = queryOptions({
  queryKey: ['notices'],
  queryFn: ({ signal }) =>
    api.get<{ items: readonly Notice[]; unread: number }>('/me/notices?limit=20', { signal }),
  refetchInterval: every(60_000),
});

const BellMenu = lazy(() => import('./BellMenu.tsx'));

/** How much is new, and what; the list is fetched when it is asked for. */
export function Bell() {
  const { data } = useQuery(noticesQuery);
  const [open, setOpen] = useState(false);
  useEffect(
    () =>
      line.listen((frame) => {
        if (frame.t === 'notice') void queryClient.invalidateQueries({ queryKey: noticesQuery.queryKey });
      }),
    [],
  );
  const unread = data?.unread ?? 0;
  const label = unread === 0 ? 'Notices' : `Notices, ${unread} new`;
  const face = (
    <>
      <BellIcon aria-hidden />
      {unread === 0 ? null : (
        <span className="bell-count" aria-hidden="true">
          {unread > 9 ? '9+' : unread}
        </span>
      )}
    </>
  );
  const button = (
    <button type="button" className="icon-btn bell" aria-label={label} onClick={() => setOpen(true)}>
      {face}
    </button>
  );
  if (!open) return button;
  return (
    <Suspense fallback={button}>
      <BellMenu label={label} notices={data?.items ?? []} onClose={() => setOpen(false)}>
        {face}
      </BellMenu>
    </Suspense>
  );
}
