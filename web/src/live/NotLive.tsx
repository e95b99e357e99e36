import { Link } from '@tanstack/react-router';
import { Avatar } from '../ui/Avatar.tsx';
import { buttonLook } from '../ui/Button.tsx';
import type { Stage } from './stage-api.ts';

/** Over the picture of a stage that is not live. */
export function NotLive({ stage }: { readonly stage: Stage }) {
  return (
    <div className="not-live">
      <Avatar avatar={stage.avatar} size={72} />
      <h2>{stage.displayName} is not live now</h2>
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
