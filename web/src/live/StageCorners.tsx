import { Link } from '@tanstack/react-router';
import { Users, X } from 'lucide-react';
import type { Me } from '../api/session.ts';
import { SupporterFaces } from '../supporters/SupporterFaces.tsx';
import { audienceText } from '../ui/amounts.ts';
import { GoalRing } from './GoalRing.tsx';
import { LiveClock } from './LiveClock.tsx';
import type { RoomView } from './room.ts';
import type { Stage } from './stage-api.ts';

interface StageCornersProps {
  readonly stage: Stage;
  readonly me: Me | null;
  readonly view: RoomView;
  readonly wide: boolean;
}

/** In the upper corners of the picture: whether and for whom it is live, its goal, and the way out in the hand. */
export function StageCorners({ stage, me, view, wide }: StageCornersProps) {
  return (
    <>
      <div className="corner" data-at="left">
        {view.live ? (
          <span className="live-badge">
            <i aria-hidden="true" />
            LIVE
            {wide ? null : <b>{audienceText(view.viewers)}</b>}
          </span>
        ) : (
          <span className="chip">Not live</span>
        )}
        {wide ? (
          <>
            <span className="chip">
              <Users aria-hidden />
              {audienceText(view.viewers)}
              <span className="sr-only"> watching</span>
            </span>
            {view.live && stage.startedAt !== null ? <LiveClock startedAt={stage.startedAt} /> : null}
          </>
        ) : null}
      </div>
      {wide ? null : (
        <Link to="/live" className="leave" aria-label="Leave the stage">
          <X aria-hidden />
        </Link>
      )}
      <div className="corner" data-at="right">
        {view.goal === null ? <span /> : <GoalRing goal={view.goal} />}
        {wide ? null : <SupporterFaces handle={stage.handle} me={me} supporters={view.supporters} />}
      </div>
    </>
  );
}
