import { Link } from '@tanstack/react-router';
import type { Me } from '../api/session.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { Countdown, NextUp } from './NextUp.tsx';
import type { Stage } from './stage-api.ts';

interface NotLiveProps {
  readonly stage: Stage;
  readonly me: Me | null;
}

/** Over the picture of a stage that is not live. */
export function NotLive({ stage, me }: NotLiveProps) {
  if (me?.handle === stage.handle) {
    return (
      <div className="not-live">
        <Avatar avatar={stage.avatar} size={72} />
        <h2>You are not live now</h2>
        <p>What your fans sent is in your earnings, each gift with its date.</p>
        {stage.next === null ? null : <Countdown next={stage.next} />}
        <Link to="/studio/go-live" {...buttonLook({ kind: 'primary' })}>
          Go live
        </Link>
        <Link to="/studio/earnings" {...buttonLook({ kind: 'plain' })}>
          See your earnings
        </Link>
      </div>
    );
  }
  return (
    <div className="not-live">
      <Avatar avatar={stage.avatar} size={72} />
      <h2>{stage.displayName} is not live now</h2>
      {stage.next === null ? null : <NextUp stage={stage} next={stage.next} me={me} />}
      <p>
        {stage.creator.following ? 'You follow them: they are' : 'Follow, and they are'} first in your list
        when they are live again.
      </p>
      <Link to="/live" {...buttonLook({ kind: 'plain' })}>
        See who is live
      </Link>
    </div>
  );
}
