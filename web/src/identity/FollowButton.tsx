import { Link, useRouterState } from '@tanstack/react-router';
import { Check, Plus } from 'lucide-react';
import { useMe } from '../api/session.ts';
import { Button, buttonLook } from '../ui/Button.tsx';
import { useFollow } from './people-api.ts';

interface FollowButtonProps {
  readonly handle: string;
  readonly displayName: string;
  readonly following: boolean;
}

/** Follow and Following; for somebody who is not signed in, the way there and back. */
export function FollowButton({ handle, displayName, following }: FollowButtonProps) {
  const me = useMe();
  const follow = useFollow(handle);
  const here = useRouterState({ select: ({ location }) => location.href });
  if (me?.handle === handle) return null;
  if (me === null) {
    return (
      <Link to="/login" search={{ return: here }} {...buttonLook({ kind: 'plain' })}>
        <Plus aria-hidden />
        Follow
      </Link>
    );
  }
  return (
    <Button
      kind={following ? 'ghost' : 'plain'}
      icon={following ? <Check aria-hidden /> : <Plus aria-hidden />}
      aria-pressed={following}
      aria-label={`Follow ${displayName}`}
      busy={follow.isPending}
      onClick={() => follow.mutate(!following)}
    >
      {following ? 'Following' : 'Follow'}
    </Button>
  );
}
