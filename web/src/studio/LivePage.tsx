import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleStop, ExternalLink, ShieldCheck } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { queryClient } from '../api/query.ts';
import type { Me } from '../api/session.ts';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { Chat, type LineActs } from '../live/ChatList.tsx';
import { Composer } from '../live/Composer.tsx';
import { LiveClock } from '../live/LiveClock.tsx';
import { Room } from '../live/room.ts';
import { SceneCanvas } from '../live/scenes/SceneCanvas.tsx';
import { type Stage, stageQuery } from '../live/stage-api.ts';
import { useRoom } from '../live/useRoom.ts';
import { QuestionsPanel } from '../questions/QuestionsPanel.tsx';
import type { Quote } from '../realtime/frames.ts';
import { AmountText } from '../ui/Amount.tsx';
import { audienceText } from '../ui/amounts.ts';
import { buttonLook } from '../ui/Button.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Tabs } from '../ui/Tabs.tsx';
import { OwnVideo } from '../video/OwnVideo.tsx';
import { EffectsCard } from './EffectsCard.tsx';
import { EndButton } from './EndButton.tsx';
import { GiftFeed } from './GiftFeed.tsx';
import { GoalCard } from './GoalCard.tsx';
import { useGiftFeed } from './gift-feed.ts';
import { dashboardQuery, type RunningLive } from './lives-api.ts';
import { MinuteChart } from './MinuteChart.tsx';
import { PastLives } from './PastLives.tsx';
import { Unthanked } from './Unthanked.tsx';
import { useThanks } from './useThanks.ts';
import '../live/stage.css';
import './studio.css';

const StudioCrowd = lazy(() => import('./StudioCrowd.tsx'));
const TogetherCard = lazy(() => import('../guests/TogetherCard.tsx'));

/** `/studio/live`: a creator's own live while it runs. */
export function LivePage() {
  return (
    <Signed title="Your live" why="Sign in to see your live.">
      {(me) => <Dashboard me={me} />}
    </Signed>
  );
}

function Dashboard({ me }: { readonly me: Me }) {
  const isCreator = me.roles.includes('creator');
  const query = useQuery({ ...dashboardQuery, enabled: isCreator });
  const stage = useQuery({ ...stageQuery(me.handle), enabled: query.data?.live != null });
  const running = useLast(query.data?.live ?? null);
  if (!isCreator) return <NotACreator me={me} />;
  const error = query.data === undefined ? query.error : stage.data === undefined ? stage.error : null;
  if (error !== null) {
    return (
      <div className="page-body">
        <PageHead title="Your live" />
        <ErrorCard
          title="Your live could not be read."
          error={error}
          onRetry={() => void (query.data === undefined ? query : stage).refetch()}
        />
      </div>
    );
  }
  if (query.data?.live === null) return <NotLiveNow me={me} ended={running} />;
  if (query.data === undefined || stage.data === undefined) {
    return (
      <div className="page-body">
        <PageHead title="Your live" />
        <div className="studio-live" aria-busy="true">
          <Skeleton height={420} className="rounded-[22px]!" />
          <Skeleton height={420} className="rounded-[22px]!" />
          <Skeleton height={420} className="rounded-[22px]!" />
        </div>
      </div>
    );
  }
  return <Running key={query.data.live.id} live={query.data.live} stage={stage.data} me={me} />;
}

/** The last live that this page showed. */
function useLast(live: RunningLive | null): RunningLive | null {
  const last = useRef<RunningLive | null>(null);
  if (live !== null) last.current = live;
  return last.current;
}

type Part = 'gifts' | 'questions' | 'thanks' | 'chat';

function Running({
  live,
  stage,
  me,
}: {
  readonly live: RunningLive;
  readonly stage: Stage;
  readonly me: Me;
}) {
  const first = useRef(stage);
  const room = useMemo(() => new Room(first.current), []);
  useEffect(() => room.follow(), [room]);
  const isLive = useRoom(room, 'live');
  const you = useRoom(room, 'you');
  const goal = useRoom(room, 'goal');
  const refresh = useRefresh();
  const gifts = useGiftFeed(room, first.current.seq, live.startedAt, refresh);
  const thanking = useThanks(room);
  const [part, setPart] = useState<Part>('gifts');
  const over = !isLive;
  useEffect(() => {
    if (over) void queryClient.invalidateQueries({ queryKey: dashboardQuery.queryKey });
  }, [over]);
  const [answering, setAnswering] = useState<Quote | null>(null);
  const say = (text: string) => {
    const { id, handle, displayName, avatar } = me;
    room.say(text, { id, handle, displayName, avatar, badges: [], host: true }, answering ?? undefined);
    setAnswering(null);
  };
  const acts = useMemo<LineActs>(
    () => ({ stage: live.handle, me: me.handle, role: 'host', onReply: setAnswering }),
    [live.handle, me.handle],
  );
  return (
    <div className="page-body">
      <PageHead title={live.title} tab="Your live">
        <Link
          to="/live/$handle"
          params={{ handle: live.handle }}
          {...buttonLook({ kind: 'ghost', size: 'sm' })}
        >
          <ExternalLink aria-hidden />
          Your stage
        </Link>
        <Link to="/studio/moderation" {...buttonLook({ kind: 'ghost', size: 'sm' })}>
          <ShieldCheck aria-hidden />
          Moderation
        </Link>
        <EndButton live={live} />
      </PageHead>
      <div className="studio-live" data-part={part}>
        <div className="column">
          <OwnVideo
            handle={live.handle}
            hostName={stage.displayName}
            scene={<SceneCanvas scene={stage.scene} label={`${stage.displayName}: ${live.title}`} />}
            corner={
              <>
                <span className="live-badge">
                  <i aria-hidden="true" />
                  LIVE
                </span>
                <LiveClock startedAt={live.startedAt} />
              </>
            }
          />
          <GoalCard goal={goal} />
          <Suspense>
            <TogetherCard handle={live.handle} />
          </Suspense>
          <EffectsCard handle={live.handle} effectsCap={stage.effectsCap} />
        </div>
        <div className="column">
          <Figures live={live} room={room} />
          <MinuteChart minutes={live.minutes} />
          <Suspense fallback={<Skeleton height={140} className="rounded-[22px]!" />}>
            <StudioCrowd handle={live.handle} />
          </Suspense>
          <div className="part-tabs">
            <Tabs<Part>
              label="Gifts, questions, thanks or chat"
              items={[
                { value: 'gifts', label: 'Gifts' },
                { value: 'questions', label: 'Q&A' },
                { value: 'thanks', label: 'Thanks' },
                { value: 'chat', label: 'Chat' },
              ]}
              value={part}
              onChange={setPart}
              controls="studio-parts"
            />
          </div>
          <div data-of="gifts" id="studio-parts">
            <GiftFeed gifts={gifts} thanking={thanking} />
          </div>
        </div>
        <div className="column">
          <div data-of="questions">
            <section className="card studio-questions" aria-labelledby="questions">
              <header>
                <h2 id="questions">Questions</h2>
              </header>
              <QuestionsPanel handle={live.handle} hostName={stage.displayName} me={me} />
            </section>
          </div>
          <div data-of="thanks">
            <Unthanked thanking={thanking} />
          </div>
          <div data-of="chat">
            <section className="card studio-chat" aria-labelledby="chat">
              <header>
                <h2 id="chat">Chat</h2>
              </header>
              <Chat
                room={room}
                acts={acts}
                quiet={<p className="none-yet">What is said on your stage shows here.</p>}
              />
              <Composer
                me={me}
                handle={live.handle}
                hostName={stage.displayName}
                answering={answering}
                slowSeconds={0}
                you={you}
                onSay={say}
                onAnswerNobody={() => setAnswering(null)}
              />
            </section>
          </div>
        </div>
      </div>
    </div>
  );
}

function Figures({ live, room }: { readonly live: RunningLive; readonly room: Room }) {
  const viewers = useRoom(room, 'viewers');
  const likes = useRoom(room, 'likes');
  return (
    <dl className="figures card">
      <div data-main="">
        <dt>This live</dt>
        <dd>
          <AmountText amount={live.diamonds} />
          <small>
            <AmountText amount={live.money} estimate /> · {live.gifts.toLocaleString('en-US')}{' '}
            {live.gifts === 1 ? 'gift' : 'gifts'}
          </small>
        </dd>
      </div>
      <div>
        <dt>Viewers</dt>
        <dd>{audienceText(viewers)}</dd>
      </div>
      <div>
        <dt>New followers</dt>
        <dd>{audienceText(live.newFollowers)}</dd>
      </div>
      <div>
        <dt>Likes</dt>
        <dd>{audienceText(likes)}</dd>
      </div>
    </dl>
  );
}

const REFRESH_MS = 1_200;

/** Reads the figures again a moment after a gift, however many come. */
function useRefresh(): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void queryClient.invalidateQueries({ queryKey: dashboardQuery.queryKey });
      void queryClient.invalidateQueries({ queryKey: ['studio', 'unthanked'] });
    }, REFRESH_MS);
  }, []);
}

function NotLiveNow({ me, ended }: { readonly me: Me; readonly ended: RunningLive | null }) {
  return (
    <div className="page-body">
      <PageHead title="Your live" />
      {ended === null ? null : (
        <div className="notice" data-tone="info" role="status">
          <CircleStop aria-hidden />
          <p>
            <b>“{ended.title}” is over.</b> It was ended on another page or device of yours, and your camera
            is off.{' '}
            <Link to="/studio/live/$sessionId" params={{ sessionId: ended.id }} className="text-link">
              See what it brought
            </Link>
          </p>
        </div>
      )}
      <section className="card">
        <EmptyState
          art={giftArt('1faa9').src}
          title="You are not live now"
          action={
            <div className="flex flex-wrap justify-center gap-2.5">
              <Link to="/studio/go-live" {...buttonLook({ kind: 'primary' })}>
                Go live
              </Link>
              <Link to="/live/$handle" params={{ handle: me.handle }} {...buttonLook({ kind: 'ghost' })}>
                See your stage
              </Link>
            </div>
          }
        >
          While you are, this page shows what your fans give, minute by minute, and lets you thank them.
        </EmptyState>
      </section>
      <div className="not-live-parts">
        <PastLives />
        <Unthanked thanking={null} />
      </div>
    </div>
  );
}

function NotACreator({ me }: { readonly me: Me }) {
  return (
    <div className="page-body">
      <PageHead title="Your live" />
      <section className="card">
        <EmptyState
          art={giftArt('1f3c6').src}
          title="You do not receive gifts yet"
          action={
            <Link to={me.adult ? '/settings/profile' : '/age'} {...buttonLook({ kind: 'primary' })}>
              {me.adult ? 'Become a creator' : 'See when it opens'}
            </Link>
          }
        >
          Creators see here what their live brings while it runs.
        </EmptyState>
      </section>
    </div>
  );
}
