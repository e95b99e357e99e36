import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { Gift, Heart, Keyboard, Maximize, Megaphone, Plus, Share2, Sparkles, Users, X } from 'lucide-react';
import {
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Me, Session } from '../api/session.ts';
import { coinBalance } from '../api/wallet.ts';
import { cycleEffects, EFFECTS_WORD, useEffects } from '../gifts/effects.ts';
import { GiftTray, type TrayHandle } from '../gifts/GiftTray.tsx';
import { gateOf } from '../gifts/gate.ts';
import { Particles } from '../gifts/particles.ts';
import { Streaks } from '../gifts/Streaks.tsx';
import { sayRollBack } from '../gifts/say-roll-back.ts';
import { sendStore } from '../gifts/send-store.ts';
import { ownSentence, Show } from '../gifts/show.ts';
import { BurstLayer, TakeoverLayer } from '../gifts/Takeover.tsx';
import { shortcutsOn } from '../shell/shortcuts.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { audienceText } from '../ui/amounts.ts';
import { Button, buttonLook, IconButton } from '../ui/Button.tsx';
import { notifyDone, notifyFailure } from '../ui/notify.tsx';
import { TabPanel, Tabs } from '../ui/Tabs.tsx';
import { ChatList } from './ChatList.tsx';
import { Composer } from './Composer.tsx';
import { useFollow } from './follow.ts';
import { GoalRing, goalPercent } from './GoalRing.tsx';
import { LineBanner } from './LineBanner.tsx';
import { LiveClock } from './LiveClock.tsx';
import { Room, type RoomView } from './room.ts';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { SupporterList, SupporterStrip } from './Supporters.tsx';
import { SceneCanvas } from './scenes/SceneCanvas.tsx';
import type { Stage } from './stage-api.ts';
import { useWide } from './useWide.ts';

/** Likes of one's own travel together. */
const LIKE_EVERY_MS = 500;

interface StageViewProps {
  readonly stage: Stage;
  readonly session: Session;
}

/** One stage: scene, overlays, host, gifts and chat. */
export function StageView({ stage, session }: StageViewProps) {
  const { me, site } = session;
  const wide = useWide();
  const effects = useEffects();
  const navigate = useNavigate({ from: '/live/$handle' });
  const router = useRouter();
  const search = useSearch({ from: '/live/$handle' });
  const frame = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const particles = useRef<Particles | null>(null);
  const tray = useRef<TrayHandle | null>(null);
  const giftButton = useRef<HTMLButtonElement>(null);
  const [keysOpen, setKeysOpen] = useState(false);
  const [side, setSide] = useState<'chat' | 'supporters'>('chat');
  const [status, setStatus] = useState('');

  // The room begins with the snapshot that was there first; what comes later comes by events.
  const [room] = useState(() => new Room(stage));
  const view = useSyncExternalStore(room.subscribe, room.view);
  useEffect(() => room.follow(), [room]);

  const handle = me?.handle;
  const avatar = me?.avatar;
  const show = useMemo(
    () =>
      new Show(handle === undefined || avatar === undefined ? null : { handle, avatar }, site.streakMs, () =>
        goalPercent(room.view().goal),
      ),
    [handle, avatar, site.streakMs, room],
  );
  const shown = useSyncExternalStore(show.subscribe, show.view);
  useEffect(() => {
    sendStore.setStreakMs(site.streakMs);
    const stops = [
      room.onGift((event) => show.hear(event)),
      sendStore.listen((effect) => {
        show.own(effect);
        if (effect.do === 'settled') setStatus(ownSentence(effect.streak, coinBalance.displayed()));
        sayRollBack(effect, stage.handle, (path) => router.history.push(path));
      }),
      sendStore.subscribe(() => show.confirm(sendStore.state().streaks)),
    ];
    return () => {
      for (const stop of stops) stop();
      show.stop();
    };
  }, [room, show, site.streakMs, stage.handle, router]);

  useEffect(() => {
    if (canvas.current === null) return;
    const flying = new Particles(canvas.current);
    particles.current = flying;
    return () => {
      flying.stop();
      particles.current = null;
    };
  }, []);
  useEffect(() => {
    if (effects !== 'full') particles.current?.clear();
  }, [effects]);

  const trayOpen = search.sheet === 'gifts';
  const openTray = useCallback(
    () => void navigate({ search: (before) => ({ ...before, sheet: 'gifts' }), replace: false }),
    [navigate],
  );
  const closeTray = useCallback(() => {
    void navigate({ search: ({ sheet: _sheet, ...before }) => before, replace: true });
    giftButton.current?.focus();
  }, [navigate]);

  const likes = useRef({ count: 0, timer: undefined as ReturnType<typeof setTimeout> | undefined });
  const like = useCallback(
    (x?: number, y?: number) => {
      if (me === null) {
        void navigate({ to: '/login', search: { return: `/live/${stage.handle}` } });
        return;
      }
      likes.current.count += 1;
      likes.current.timer ??= setTimeout(() => {
        room.like(likes.current.count);
        likes.current = { count: 0, timer: undefined };
      }, LIKE_EVERY_MS);
      const box = frame.current?.getBoundingClientRect();
      if (effects === 'full' && box !== undefined) {
        particles.current?.heart((x ?? box.right - 90) - box.left, (y ?? box.bottom - 70) - box.top);
      }
    },
    [me, room, effects, navigate, stage.handle],
  );
  const likeAt = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    like(box.left + box.width / 2, box.top);
  };

  const fullScreen = useCallback(() => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else void frame.current?.requestFullscreen?.();
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) {
        if (show.skip()) event.preventDefault();
        else if (trayOpen && document.querySelector('[role="dialog"]') === null) closeTray();
        return;
      }
      if (!shortcutsOn(event) || document.querySelector('[role="dialog"]') !== null) return;
      const place = ['1', '2', '3', '4'].indexOf(event.key);
      if (place >= 0) tray.current?.pickQuantity(place);
      else if (event.key === 'g') {
        if (wide || trayOpen) tray.current?.focusGrid();
        else {
          openTray();
          setTimeout(() => tray.current?.focusGrid(), 60);
        }
      } else if (event.key === 'c') document.getElementById('chat-input')?.focus();
      else if (event.key === 'l') like();
      else if (event.key === 'e') setStatus(`Effects: ${EFFECTS_WORD[cycleEffects()]}`);
      else if (event.key === 'f') fullScreen();
      else if (event.key === '?') setKeysOpen(true);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [show, wide, trayOpen, openTray, closeTray, like, fullScreen]);

  useEffect(() => {
    document.title = `${stage.displayName} ${view.live ? 'is live' : ''} · Carat`.replace('  ', ' ');
    return () => {
      document.title = 'Carat';
    };
  }, [stage.displayName, view.live]);

  const gate = gateOf({
    me,
    stageHandle: stage.handle,
    hostName: stage.displayName,
    live: view.live,
    giftsOn: view.giftsOn,
    giftsOffReason: view.giftsOffReason,
  });
  const say = useCallback(
    (text: string) => {
      if (me === null) return;
      room.say(text, {
        id: me.id,
        handle: me.handle,
        displayName: me.displayName,
        avatar: me.avatar,
        badges: [],
        host: me.handle === stage.handle,
      });
    },
    [me, room, stage.handle],
  );
  const sayAgain = useCallback((id: string) => room.sayAgain(id), [room]);

  const giftTray = (place: 'dock' | 'sheet') => (
    <GiftTray
      stageId={stage.id}
      handle={stage.handle}
      hostName={stage.displayName}
      site={site}
      gate={gate}
      place={place}
      firstGift={search.gift}
      onClose={closeTray}
      handleRef={tray}
    />
  );

  return (
    <div className="stage-page" data-effects={effects} data-tray={trayOpen || undefined}>
      <LineBanner />
      <div className="mid">
        <section className="stage" ref={frame} aria-label={`Live: ${stage.displayName}`}>
          <SceneCanvas
            scene={stage.scene}
            still={effects !== 'full' || !view.live}
            className="scene"
            label={`${stage.displayName}: ${stage.title}`}
          />
          <div className="scrim" />
          <HostPill stage={stage} me={me} />
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
            {wide ? null : <SupporterFaces supporters={view.supporters} />}
          </div>
          {view.live ? null : <NotLive stage={stage} />}
          <Streaks banners={shown.banners} limit={wide ? 3 : 2} streakMs={site.streakMs} />
          <BurstLayer burst={shown.burst} particles={particles} />
          <TakeoverLayer
            takeover={shown.takeovers.playing}
            playMs={shown.takeovers.playMs}
            effects={effects}
            particles={particles}
            onSkip={() => show.skip()}
          />
          <canvas className="particles" ref={canvas} />
          {wide ? (
            <div className="controls">
              <button type="button" className="pill" onClick={likeAt}>
                <Heart aria-hidden />
                <span className="sr-only">Like, </span>
                {audienceText(view.likes)}
                <span className="sr-only"> so far</span>
              </button>
              <button type="button" className="pill" onClick={() => cycleEffects()}>
                <Sparkles aria-hidden />
                Effects: {EFFECTS_WORD[effects]}
              </button>
              <IconButton label="Keys (?)" className="glass" onClick={() => setKeysOpen(true)}>
                <Keyboard aria-hidden />
              </IconButton>
              <IconButton label="Full screen (F)" className="glass" onClick={fullScreen}>
                <Maximize aria-hidden />
              </IconButton>
            </div>
          ) : (
            <>
              <div className="mobile-chat">
                <ChatList rows={view.rows} onSayAgain={sayAgain} />
              </div>
              <div className="mobile-bar">
                <Composer me={me} handle={stage.handle} onSay={say} />
                <IconButton label={`Like, ${view.likes} so far`} className="glass" onClick={likeAt}>
                  <Heart aria-hidden />
                </IconButton>
                <button type="button" className="gift-button" ref={giftButton} onClick={openTray}>
                  <Gift aria-hidden />
                  Gift
                </button>
                <IconButton label="Share" className="glass" onClick={() => void share(stage)}>
                  <Share2 aria-hidden />
                </IconButton>
              </div>
            </>
          )}
        </section>
        {wide ? <HostRow stage={stage} me={me} view={view} /> : null}
        {wide ? giftTray('dock') : trayOpen ? giftTray('sheet') : null}
      </div>
      {wide ? (
        <aside className="side" aria-label="Chat and supporters">
          <Tabs
            label="Chat or supporters"
            look="line"
            className="side-tabs"
            items={[
              { value: 'chat', label: 'Chat' },
              { value: 'supporters', label: 'Supporters' },
            ]}
            value={side}
            onChange={setSide}
          >
            <TabPanel value="chat" className="side-panel" tabIndex={-1}>
              {view.pinned === null ? null : (
                <div className="pinned">
                  <Megaphone aria-hidden />
                  <p>
                    <b>Pinned by {stage.displayName.split(' ')[0]}</b>
                    {view.pinned}
                  </p>
                </div>
              )}
              {view.rows.length === 0 ? (
                <p className="chat-empty">
                  <b>It is quiet here</b>
                  Say hello: {stage.displayName.split(' ')[0]} reads along.
                </p>
              ) : (
                <ChatList rows={view.rows} onSayAgain={sayAgain} />
              )}
              {view.sampled === null ? null : (
                <p className="sampled">
                  Busy: showing {view.sampled.shown} of {view.sampled.of} messages
                </p>
              )}
              <Composer me={me} handle={stage.handle} onSay={say} />
            </TabPanel>
            <TabPanel value="supporters" className="side-panel" tabIndex={-1}>
              <SupporterList supporters={view.supporters} />
            </TabPanel>
          </Tabs>
        </aside>
      ) : null}
      <div className="sr-only" aria-live="polite">
        {shown.said}
      </div>
      <div className="sr-only" role="status">
        {status}
      </div>
      <ShortcutSheet open={keysOpen} onClose={() => setKeysOpen(false)} />
    </div>
  );
}

interface AboutProps {
  readonly stage: Stage;
  readonly me: Me | null;
}

function HostRow({ stage, me, view }: AboutProps & { readonly view: RoomView }) {
  const { creator } = stage;
  return (
    <section className="host" aria-label="About this live">
      <Link
        to="/c/$handle"
        params={{ handle: creator.handle }}
        className="rounded-full"
        aria-label={creator.displayName}
      >
        <Avatar avatar={creator.avatar} size={54} ring={view.live} />
      </Link>
      <div className="about">
        <h1>{stage.title}</h1>
        <p>
          <Link to="/c/$handle" params={{ handle: creator.handle }}>
            <b>{creator.displayName}</b>
          </Link>
          <span>
            {audienceText(creator.followers)} {creator.followers === 1 ? 'follower' : 'followers'}
          </span>
          {[stage.category, ...stage.hashtags.map((tag) => `#${tag}`)]
            .filter((tag) => tag !== null)
            .slice(0, 3)
            .map((tag) => (
              <Link key={tag} to="/live" search={{ q: tag }} className="tag">
                {tag}
              </Link>
            ))}
        </p>
      </div>
      <SupporterStrip supporters={view.supporters} />
      <div className="host-act">
        <Button kind="ghost" icon={<Share2 aria-hidden />} onClick={() => void share(stage)}>
          Share
        </Button>
        <FollowButton stage={stage} me={me} />
      </div>
    </section>
  );
}

function FollowButton({ stage, me }: AboutProps) {
  const follow = useFollow(stage.creator.handle);
  if (me?.handle === stage.creator.handle) return null;
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

/** On a phone: who it is, over the picture. */
function HostPill({ stage, me }: AboutProps) {
  const wide = useWide();
  const follow = useFollow(stage.creator.handle);
  const { creator } = stage;
  if (wide) return null;
  return (
    <div className="host-pill">
      <h1 className="sr-only">{stage.title}</h1>
      <Avatar avatar={creator.avatar} size={36} />
      <Link to="/c/$handle" params={{ handle: creator.handle }}>
        <b>{creator.displayName}</b>
        <small>{audienceText(creator.followers)} followers</small>
      </Link>
      {me === null || me.handle === creator.handle || creator.following ? null : (
        <button
          type="button"
          aria-label={`Follow ${creator.displayName}`}
          onClick={() => follow.mutate(true)}
        >
          <Plus aria-hidden />
        </button>
      )}
    </div>
  );
}

function SupporterFaces({ supporters }: { readonly supporters: RoomView['supporters'] }) {
  return (
    <div
      className="faces"
      role="img"
      aria-label={`Top supporters: ${
        supporters
          .slice(0, 3)
          .map((one) => one.displayName)
          .join(', ') || 'nobody yet'
      }`}
    >
      {supporters.slice(0, 3).map((supporter, at) => (
        <span className="ranked" data-rank={at + 1} key={supporter.handle}>
          <Avatar avatar={supporter.avatar} size={34} />
        </span>
      ))}
    </div>
  );
}

function NotLive({ stage }: { readonly stage: Stage }) {
  return (
    <div className="not-live">
      <Avatar avatar={stage.avatar} size={72} />
      <h2>{stage.displayName} is not live now</h2>
      <p>Follow to hear when the next live starts.</p>
      <Link to="/live" {...buttonLook({ kind: 'plain' })}>
        See who is live
      </Link>
    </div>
  );
}

async function share(stage: Stage): Promise<void> {
  const url = `${location.origin}/live/${stage.handle}`;
  if (navigator.share !== undefined && window.matchMedia('(pointer: coarse)').matches) {
    // Closing the system's sheet is not a failure.
    await navigator.share({ title: `${stage.displayName} is live`, url }).catch(() => undefined);
    return;
  }
  try {
    await navigator.clipboard.writeText(url);
    notifyDone('Link copied.');
  } catch {
    notifyFailure(`The link could not be copied. It is ${url}`, undefined, 'share');
  }
}
