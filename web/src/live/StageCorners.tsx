import { Link } from '@tanstack/react-router';
import { Users, X } from 'lucide-react';
import { memo } from 'react';
import type { Me } from '../api/session.ts';
import { SupporterFaces } from '../supporters/SupporterFaces.tsx';
import { audienceText } from '../ui/amounts.ts';
import { GoalRing } from './GoalRing.tsx';
import { LiveClock } from './LiveClock.tsx';
import type { Room } from './room.ts';
import type { Stage } from './stage-api.ts';
import { useRoom } from './useRoom.ts';

interface StageCornersProps {
  readonly stage: Stage;
  readonly me: Me | null;
  readonly room: Room;
  readonly wide: boolean;
}

/** In the upper corners of the picture: whether and for whom it is live, its goal, and the way out in the hand. */
export const StageCorners = memo(function StageCorners({ stage, me, room, wide }: StageCornersProps) {
  const live = useRoom(room, 'live');
  const viewers = useRoom(room, 'viewers');
  const goal = useRoom(room, 'goal');
  const supporters = useRoom(room, 'supporters');
  return (
    <>
      <div className="corner" data-at="left">
        {live ? (
          <span className="live-badge">
            <i aria-hidden="true" />
            LIVE
            {wide ? null : <b>{audienceText(viewers)}</b>}
          </span>
        ) : (
          <span className="chip">Not live</span>
        )}
        {wide ? (
          <>
            <span className="chip">
              <Users aria-hidden />
              {audienceText(viewers)}
              <span className="sr-only"> watching</span>
            </span>
            {live && stage.startedAt !== null ? <LiveClock startedAt={stage.startedAt} /> : null}
          </>
        ) : null}
      </div>
      {wide ? null : (
        <Link to="/live" className="leave" aria-label="Leave the stage">
          <X aria-hidden />
        </Link>
      )}
      <div className="corner" data-at="right">
        {goal === null ? <span /> : <GoalRing goal={goal} />}
        {wide ? null : <SupporterFaces handle={stage.handle} me={me} supporters={supporters} />}
      </div>
    </>
  );
});
