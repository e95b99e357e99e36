import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Me, sessionQuery } from '../api/session.ts';
import { giftArt } from '../art/gifts.ts';
import { buttonLook } from '../ui/Button.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';

interface SignedProps {
  /** The page's title. */
  readonly title: string;
  /** Why somebody must be signed in: "Your wallet opens when you sign in." */
  readonly why: string;
  readonly children: (me: Me) => ReactNode;
}

/** A page for a signed-in person; for anybody else the way to become one, and back here. */
export function Signed({ title, why, children }: SignedProps) {
  const session = useQuery(sessionQuery);
  const here = useRouterState({ select: ({ location }) => location.href });
  if (session.data?.me) return children(session.data.me);
  return (
    <div className="page-body">
      <PageHead title={title} />
      {session.data ? (
        <section className="card">
          <EmptyState
            art={giftArt('1f52e').src}
            title={why}
            action={
              <div className="flex flex-wrap justify-center gap-2.5">
                <Link to="/login" search={{ return: here }} {...buttonLook({ kind: 'primary' })}>
                  Sign in
                </Link>
                <Link to="/signup" search={{ return: here }} {...buttonLook({ kind: 'ghost' })}>
                  Open an account
                </Link>
              </div>
            }
          >
            You come straight back here afterwards.
          </EmptyState>
        </section>
      ) : session.isError ? (
        <ErrorCard
          title="We could not see who you are."
          error={session.error}
          onRetry={() => void session.refetch()}
        />
      ) : (
        <Skeleton height={220} className="rounded-[22px]!" />
      )}
    </div>
  );
}
