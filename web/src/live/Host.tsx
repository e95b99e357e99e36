import { Link } from '@tanstack/react-router';
import { LayoutDashboard, Plus, Share2 } from 'lucide-react';
import { memo } from 'react';
import type { Me } from '../api/session.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { audienceText } from '../ui/amounts.ts';
import { Button, buttonLook } from '../ui/Button.tsx';
import { useFollow } from './follow.ts';
import type { Room } from './room.ts';
import { SupporterStrip } from './Supporters.tsx';
import { share } from './share.ts';
import type { Stage } from './stage-api.ts';
import { useRoom } from './useRoom.ts';

interface HostProps {
  readonly stage: Stage;
  readonly me: Me | null;
}

interface HostRowProps extends HostProps {
  readonly live: boolean;
  readonly room: Room;
}

/** Under the picture: who it is, what it is about, and who supports it. */
export const HostRow = memo(function HostRow({ stage, me, live, room }: HostRowProps) {
  const supporters = useRoom(room, 'supporters');
  const { creator } = stage;
  return (
    <section className="host" aria-label="About this live">
      <Link
        to="/c/$handle"
        params={{ handle: creator.handle }}
        className="rounded-full"
        aria-label={creator.displayName}
      >
        <Avatar avatar={creator.avatar} size={54} ring={live} />
      </Link>
      <div className="about">
        <h1>{stage.title}</h1>
        <p>
          <Link to="/c/$handle" params={{ handle: creator.handle }}>
            <b>{creator.displayName}</b>
          </Link>
          <span>{followersText(creator.followers)}</span>
          {stage.category === null ? null : (
            <Link to="/live" search={{ q: stage.category }} className="tag">
              {stage.category}
            </Link>
          )}
          {tagsOf(stage).map((tag) => (
            <Link key={tag} to="/tags/$tag" params={{ tag }} className="tag">
              #{tag}
            </Link>
          ))}
        </p>
      </div>
      <SupporterStrip supporters={supporters} />
      <div className="host-act">
        <Button kind="ghost" icon={<Share2 aria-hidden />} onClick={() => void share(stage)}>
          Share
        </Button>
        <FollowButton stage={stage} me={me} />
      </div>
    </section>
  );
});

/** On a phone: who it is, over the picture. */
export const HostPill = memo(function HostPill({ stage, me }: HostProps) {
  const follow = useFollow(stage.creator.handle);
  const { creator } = stage;
  return (
    <div className="host-pill">
      <h1 className="sr-only">{stage.title}</h1>
      <Avatar avatar={creator.avatar} size={36} />
      <Link to="/c/$handle" params={{ handle: creator.handle }} className="who">
        <b>{creator.displayName}</b>
        <small>{followersText(creator.followers)}</small>
      </Link>
      {me === null ? (
        <Link
          to="/login"
          search={{ return: `/live/${stage.handle}` }}
          className="plus"
          aria-label={`Follow ${creator.displayName}`}
        >
          <Plus aria-hidden />
        </Link>
      ) : me.handle === creator.handle || creator.following ? null : (
        <button
          type="button"
          className="plus"
          aria-label={`Follow ${creator.displayName}`}
          onClick={() => follow.mutate(true)}
        >
          <Plus aria-hidden />
        </button>
      )}
    </div>
  );
});

function FollowButton({ stage, me }: HostProps) {
  const follow = useFollow(stage.creator.handle);
  if (me?.handle === stage.creator.handle) {
    return (
      <Link to="/studio/live" {...buttonLook({ kind: 'plain' })}>
        <LayoutDashboard aria-hidden />
        Dashboard
      </Link>
    );
  }
  if (me === null) {
    return (
      <Link to="/login" search={{ return: `/live/${stage.handle}` }} {...buttonLook({ kind: 'plain' })}>
        <Plus aria-hidden />
        Follow
      </Link>
    );
  }
  const { following } = stage.creator;
  return (
    <Button
      kind={following ? 'soft' : 'plain'}
      icon={following ? null : <Plus aria-hidden />}
      aria-pressed={following}
      onClick={() => follow.mutate(!following)}
    >
      {following ? 'Following' : 'Follow'}
    </Button>
  );
}

/** Its first hashtags; one that only repeats the category is left out. */
function tagsOf({ category, hashtags }: Stage): readonly string[] {
  return hashtags.filter((tag) => tag.toLowerCase() !== category?.toLowerCase()).slice(0, 2);
}

function followersText(followers: number): string {
  return `${audienceText(followers)} ${followers === 1 ? 'follower' : 'followers'}`;
}
