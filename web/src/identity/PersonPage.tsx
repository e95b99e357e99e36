import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Radio, UserRoundPen } from 'lucide-react';
import { ApiProblem } from '../api/problem.ts';
import { every } from '../api/query.ts';
import { useMe } from '../api/session.ts';
import { StageTile } from '../home/StageTile.tsx';
import { stageQuery } from '../live/stage-api.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { audienceText } from '../ui/amounts.ts';
import { buttonLook } from '../ui/Button.tsx';
import { PageHead, usePageHeading } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { FollowButton } from './FollowButton.tsx';
import { type Person, personQuery } from './people-api.ts';
import '../ui/paper.css';
import './identity.css';

const route = getRouteApi('/c/$handle');

/** A person as everyone sees them. */
export function PersonPage() {
  const { handle } = route.useParams();
  const person = useQuery(personQuery(handle));
  if (person.data) return <Profile person={person.data} />;
  return (
    <div className="page-body">
      {person.isError ? (
        ApiProblem.of(person.error).status === 404 ? (
          <EmptyState
            heading="h1"
            title={`Nobody is called @${handle}`}
            action={
              <Link to="/live" {...buttonLook({ kind: 'primary' })}>
                See who is live
              </Link>
            }
          >
            The handle may have been changed, or mistyped.
          </EmptyState>
        ) : (
          <>
            <PageHead title={`@${handle}`} />
            <ErrorCard
              title="This page could not be read."
              error={person.error}
              onRetry={() => void person.refetch()}
            />
          </>
        )
      ) : (
        <Skeleton height={180} className="rounded-[22px]!" />
      )}
    </div>
  );
}

function Profile({ person }: { readonly person: Person }) {
  const me = useMe();
  const heading = usePageHeading(person.displayName);
  const creator = person.roles.includes('creator');
  return (
    <div className="page-body max-w-[900px]!">
      <section className="card">
        <div className="person-head">
          <Avatar avatar={person.avatar} size={104} ring={person.live} />
          <div className="min-w-[200px] flex-1">
            <h1 ref={heading} tabIndex={-1} className="outline-none">
              {person.displayName}
            </h1>
            <p className="mt-1 text-fg-3">
              @{person.handle} · <b className="text-fg">{audienceText(person.followers)}</b>{' '}
              {person.followers === 1 ? 'follower' : 'followers'}
            </p>
          </div>
          <div className="flex flex-wrap gap-2.5">
            {me?.handle === person.handle ? (
              <Link to="/settings/profile" {...buttonLook({ kind: 'ghost' })}>
                <UserRoundPen aria-hidden />
                Edit your profile
              </Link>
            ) : (
              <FollowButton {...person} />
            )}
            {person.live ? (
              <Link
                to="/live/$handle"
                params={{ handle: person.handle }}
                {...buttonLook({ kind: 'primary' })}
              >
                <Radio aria-hidden />
                Watch live
              </Link>
            ) : null}
          </div>
        </div>
        {person.bio === '' ? null : (
          <p className="mt-5 max-w-[64ch] whitespace-pre-line text-lg text-fg-2">{person.bio}</p>
        )}
      </section>
      {person.live ? (
        <OnAir handle={person.handle} />
      ) : creator ? (
        <section className="card">
          <EmptyState title={`${person.displayName} is not live now`}>
            {person.following
              ? 'You follow them: they are first in your list when they are.'
              : 'Follow, and they are first in your list when they are.'}
          </EmptyState>
        </section>
      ) : null}
    </div>
  );
}

function OnAir({ handle }: { readonly handle: string }) {
  const stage = useQuery({ ...stageQuery(handle), refetchInterval: every(10_000) });
  if (!stage.data) return null;
  return (
    <section className="shelf" aria-labelledby="on-air">
      <h2 id="on-air">On stage now</h2>
      <StageTile stage={stage.data} wide />
    </section>
  );
}
