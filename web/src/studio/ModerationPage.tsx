import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Ban, Crown, MessageSquareX, Pin, Settings2, ShieldCheck, Undo2, VolumeX } from 'lucide-react';
import type { ReactNode } from 'react';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { RoomSettingsCard } from '../live/RoomSettingsCard.tsx';
import '../live/room.css';
import { buttonLook } from '../ui/Button.tsx';
import { Paged } from '../ui/Paged.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { actText } from './act-text.ts';
import { type Act, actsQuery } from './acts-api.ts';
import './studio.css';

/** `/studio/moderation`: how the room is kept, and what was done to keep it so. */
export function ModerationPage() {
  return (
    <Signed title="Room and moderation" why="Sign in to see your room.">
      {(me) => (
        <div className="page-body">
          <PageHead title="Room and moderation">
            {me.roles.includes('creator') ? (
              <Link to="/studio/live" {...buttonLook({ kind: 'ghost' })}>
                Your live
              </Link>
            ) : null}
          </PageHead>
          {me.roles.includes('creator') ? (
            <div className="moderation">
              <Record />
              <RoomSettingsCard />
            </div>
          ) : (
            <section className="card">
              <EmptyState
                art={giftArt('1f3c6').src}
                title="You have no room yet"
                action={
                  <Link to="/studio/go-live" {...buttonLook({ kind: 'primary' })}>
                    See what it takes
                  </Link>
                }
              >
                Creators keep order here on the stage that is theirs.
              </EmptyState>
            </section>
          )}
        </div>
      )}
    </Signed>
  );
}

function Record() {
  const query = useInfiniteQuery(actsQuery);
  return (
    <section className="card acts" aria-labelledby="acts">
      <header>
        <h2 id="acts">What was done</h2>
      </header>
      <Paged
        query={query}
        unread={{ first: 'The record', next: 'The next entries' }}
        none={
          <p className="none-yet">
            Nothing yet. Whatever you or your moderators do in your room stands here, with the reason.
          </p>
        }
        end={(count) => (count === 1 ? 'That is the only entry.' : `That is all: ${count} entries.`)}
      >
        {(acts) => (
          <ol>
            {acts.map((act) => (
              <ActRow key={act.id} act={act} />
            ))}
          </ol>
        )}
      </Paged>
    </section>
  );
}

function ActRow({ act }: { readonly act: Act }) {
  return (
    <li>
      {ICONS[act.act]}
      <div>
        <p>
          <b>{act.by?.displayName ?? 'Somebody'}</b> {actText(act)}
        </p>
        {act.line === null ? null : <p className="line">“{act.line.text}”</p>}
        {act.reason === null ? null : (
          <p className="reason">
            <span>Why:</span> {act.reason}
          </p>
        )}
      </div>
      <small>
        <Time at={act.at} />
      </small>
    </li>
  );
}

const ICONS: Readonly<Record<Act['act'], ReactNode>> = {
  remove: <MessageSquareX aria-hidden />,
  pin: <Pin aria-hidden />,
  unpin: <Pin aria-hidden />,
  mute: <VolumeX aria-hidden />,
  unmute: <Undo2 aria-hidden />,
  ban: <Ban aria-hidden />,
  unban: <Undo2 aria-hidden />,
  name_moderator: <Crown aria-hidden />,
  dismiss_moderator: <ShieldCheck aria-hidden />,
  rules: <Settings2 aria-hidden />,
};
