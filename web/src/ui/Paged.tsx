import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { ErrorCard, Skeleton } from './States.tsx';

interface PagedProps<Item> {
  readonly query: UseInfiniteQueryResult<InfiniteData<{ readonly items: readonly Item[] }>>;
  /** What could not be read: "Your statement", and of its later pages: "The next entries". */
  readonly unread: { readonly first: string; readonly next: string };
  /** In place of the rows when there are none. */
  readonly none: ReactNode;
  /** Said under the last row. */
  readonly end: (count: number) => string;
  readonly children: (items: readonly Item[]) => ReactNode;
}

/** Rows that come page by page, with what stands there while, before and instead. Pages that were read stay. */
export function Paged<Item>({ query, unread, none, end, children }: PagedProps<Item>) {
  const items = query.data?.pages.flatMap((page) => page.items);
  if (items === undefined) {
    return query.isError ? (
      <Unread what={unread.first} error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <RowShapes />
    );
  }
  const failed = query.isError ? (
    <Unread what={unread.next} error={query.error} onRetry={() => void query.fetchNextPage()} />
  ) : null;
  if (items.length === 0 && !query.hasNextPage) return failed ?? none;
  return (
    <>
      {failed}
      {children(items)}
      <div className="more">
        {query.hasNextPage ? (
          <Button kind="ghost" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load more
          </Button>
        ) : (
          <p className="text-sm text-fg-3">{end(items.length)}</p>
        )}
      </div>
    </>
  );
}

interface UnreadProps {
  readonly what: string;
  readonly error: unknown;
  readonly onRetry: () => void;
}

function Unread({ what, error, onRetry }: UnreadProps) {
  return (
    <div className="mt-4">
      <ErrorCard title={`${what} could not be read.`} error={error} onRetry={onRetry} />
    </div>
  );
}

function RowShapes() {
  return (
    <div className="mt-4 grid gap-4" aria-hidden="true">
      {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
        <Skeleton key={key} height={40} />
      ))}
    </div>
  );
}
