import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ApiProblem } from '../api/problem.ts';
import { useSession } from '../api/session.ts';
import { giftArt } from '../art/gifts.ts';
import { buttonLook } from '../ui/Button.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { StageView } from './StageView.tsx';
import { stageQuery } from './stage-api.ts';
import './stage.css';

/** `/live/$handle`: one creator's stage. */
export function StagePage() {
  const { handle } = useParams({ from: '/live/$handle' });
  const session = useSession();
  const stage = useQuery(stageQuery(handle));

  if (stage.isError && stage.data === undefined) {
    if (ApiProblem.of(stage.error).status === 404) {
      return (
        <EmptyState
          heading="h1"
          art={giftArt('1f52e').src}
          title={`There is no stage named ${handle}`}
          action={
            <Link to="/live" {...buttonLook({ kind: 'primary' })}>
              See who is live
            </Link>
          }
        >
          The name may have a typing mistake, or the creator took another one.
        </EmptyState>
      );
    }
    return (
      <div className="page-body">
        <ErrorCard
          title="This stage could not be opened."
          error={stage.error}
          onRetry={() => void stage.refetch()}
        />
        <Link to="/live" {...buttonLook({ kind: 'bare', wide: true })}>
          See who is live
        </Link>
      </div>
    );
  }
  if (stage.data === undefined || session === undefined) return <StageSkeleton />;
  return <StageView key={stage.data.id} stage={stage.data} session={session} />;
}

function StageSkeleton() {
  return (
    <div className="stage-page" aria-busy="true">
      <div className="mid">
        <div className="stage">
          <Skeleton height="100%" />
        </div>
        <div className="host">
          <Skeleton width={54} height={54} className="rounded-full" />
          <Skeleton width={260} height={40} />
        </div>
        <div className="dock">
          <Skeleton height={150} />
        </div>
      </div>
      <div className="side">
        <Skeleton height="100%" />
      </div>
    </div>
  );
}
