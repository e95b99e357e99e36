import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, type MouseEvent, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Session } from '../api/session.ts';
import { prefetchGifts } from '../gifts/catalogue.ts';
import { cycleEffects, EFFECTS_WORD, useEffects } from '../gifts/effects.ts';
import { GiftLayers } from '../gifts/GiftLayers.tsx';
import { GiftTray, type TrayHandle } from '../gifts/GiftTray.tsx';
import { gateOf } from '../gifts/gate.ts';
import type { Guest } from '../guests/guests-api.ts';
import { PinnedQuestion } from '../questions/PinnedQuestion.tsx';
import { QuestionsButton } from '../questions/QuestionsTab.tsx';
import type { Quote } from '../realtime/frames.ts';
import { ShoutOutBanner } from '../supporters/ShoutOutBanner.tsx';
import { CalmLine } from './CalmLine.tsx';
import { Chat, type LineActs } from './ChatList.tsx';
import { Composer } from './Composer.tsx';
import { Drawing } from './drawings/drawing.ts';
import { HostPill, HostRow } from './Host.tsx';
import { LineBanner } from './LineBanner.tsx';
import { Room } from './room.ts';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { HandBar, WideControls } from './StageControls.tsx';
import { StageCorners } from './StageCorners.tsx';
import { StageSide } from './StageSide.tsx';
import { SceneCanvas } from './scenes/SceneCanvas.tsx';
import type { Stage } from './stage-api.ts';
import { useLikes } from './useLikes.ts';
import { useRoom } from './useRoom.ts';
import { useShow } from './useShow.ts';
import { type StageKeys, useStageKeys } from './useStageKeys.ts';
import { useWide } from './useWide.ts';

/** Comes after the stage itself: the scene is there at once. */
const VideoLayer = lazy(() => import('../video/VideoLayer.tsx'));
/** Only where a vote or a hype runs. */
const Crowd = lazy(() => import('./Crowd.tsx'));
/** Only where others are live together with the creator. */
const Together = lazy(() => import('../guests/Together.tsx'));
const Chooser = lazy(() => import('../guests/Chooser.tsx'));
const NotLive = lazy(() => import('./NotLive.tsx').then((fetched) => ({ default: fetched.NotLive })));

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
  const search = useSearch({ from: '/live/$handle' });
  const frame = useRef<HTMLElement>(null);
  const tray = useRef<TrayHandle | null>(null);
  const giftButton = useRef<HTMLButtonElement>(null);
  const [keysOpen, setKeysOpen] = useState(false);
  const [status, setStatus] = useState('');
  const [to, setTo] = useState<Guest | null>(null);

  // The room begins with the snapshot that was there first; what comes later comes by events.
  const [room] = useState(() => new Room(stage));
  const live = useRoom(room, 'live');
  const giftsOn = useRoom(room, 'giftsOn');
  const giftsOffReason = useRoom(room, 'giftsOffReason');
  const together = useRoom(room, 'together');
  const crowd = useRoom(room, 'crowd');
  const you = useRoom(room, 'you');
  const slowSeconds = useRoom(room, 'slowSeconds');
  useEffect(() => room.follow(), [room]);
  useEffect(() => void prefetchGifts(), []);

  const show = useShow({
    room,
    me,
    handle: stage.handle,
    streakMs: site.streakMs,
    effectsCap: stage.effectsCap,
    onOwn: setStatus,
  });
  /** Nobody sees what moves behind a video. */
  const [filmed, setFilmed] = useState(false);
  const [sky, particles] = useParticles();
  useEffect(() => {
    if (effects !== 'full') particles.current?.tell({ wish: 'clear' });
  }, [effects, particles]);

  const trayOpen = search.sheet === 'gifts';
  const openTray = useCallback(
    () => void navigate({ search: (before) => ({ ...before, sheet: 'gifts' }), replace: false }),
    [navigate],
  );
  const pickGift = useCallback(
    (gift: string) => {
      tray.current?.pickGift(gift);
      if (!wide) void navigate({ search: (before) => ({ ...before, gift, sheet: 'gifts' }) });
    },
    [wide, navigate],
  );
  const closeTray = useCallback(() => {
    void navigate({ search: ({ sheet: _sheet, ...before }) => before, replace: true });
    giftButton.current?.focus();
  }, [navigate]);

  const countLike = useLikes(room);
  const like = useCallback(
    (x?: number, y?: number) => {
      if (me === null) {
        void navigate({ to: '/login', search: { return: `/live/${stage.handle}` } });
        return;
      }
      countLike();
      const box = frame.current?.getBoundingClientRect();
      if (effects === 'full' && box !== undefined) {
        const [fromX, fromY] = [x ?? box.right - 90, y ?? box.bottom - 70];
        particles.current?.tell({ wish: 'heart', x: fromX - box.left, y: fromY - box.top });
      }
    },
    [me, countLike, effects, navigate, stage.handle, particles],
  );
  const likeAt = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    like(box.left + box.width / 2, box.top);
  };

  const fullScreen = useCallback(() => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else void frame.current?.requestFullscreen?.();
  }, []);

  useStageKeys(
    useMemo<StageKeys>(
      () => ({
        skip: () => show.skip(),
        close: () => {
          if (trayOpen) closeTray();
        },
        pickQuantity: (place) => tray.current?.pickQuantity(place),
        gifts: () => {
          if (wide || trayOpen) tray.current?.focusGrid();
          else {
            openTray();
            setTimeout(() => tray.current?.focusGrid(), 60);
          }
        },
        like,
        effects: () => setStatus(`Effects: ${EFFECTS_WORD[cycleEffects()]}`),
        fullScreen,
        help: () => setKeysOpen(true),
      }),
      [show, wide, trayOpen, openTray, closeTray, like, fullScreen],
    ),
  );

  useEffect(() => {
    document.title = `${stage.displayName} ${live ? 'is live' : ''} · Carat`.replace('  ', ' ');
    return () => {
      document.title = 'Carat';
    };
  }, [stage.displayName, live]);

  const [answering, setAnswering] = useState<Quote | null>(null);
  const say = useCallback(
    (text: string) => {
      if (me === null) return;
      const { id, handle, displayName, avatar } = me;
      const user = { id, handle, displayName, avatar, badges: [], host: handle === stage.handle };
      room.say(text, user, answering ?? undefined);
      setAnswering(null);
    },
    [me, room, stage.handle, answering],
  );
  const role = you?.role ?? null;
  const acts = useMemo<LineActs | null>(
    () =>
      me === null
        ? null
        : {
            stage: stage.handle,
            me: me.handle,
            role,
            onReply: (line) => {
              setAnswering(line);
              // The menu gives focus back to its button first.
              setTimeout(() => document.getElementById('chat-input')?.focus(), 50);
            },
          },
    [me, role, stage.handle],
  );
  const answerNobody = useCallback(() => setAnswering(null), []);
  const composer = useMemo(
    () => (
      <Composer
        me={me}
        handle={stage.handle}
        hostName={stage.displayName}
        answering={answering}
        slowSeconds={role === null ? slowSeconds : 0}
        you={you}
        onSay={say}
        onAnswerNobody={answerNobody}
      />
    ),
    [me, stage.handle, stage.displayName, answering, role, slowSeconds, you, say, answerNobody],
  );

  const gate = useMemo(
    () =>
      gateOf({
        me,
        stageHandle: stage.handle,
        hostName: stage.displayName,
        live,
        giftsOn,
        giftsOffReason,
      }),
    [me, stage.handle, stage.displayName, live, giftsOn, giftsOffReason],
  );
  const chooser = useMemo(
    () =>
      together ? (
        <Suspense>
          <Chooser handle={stage.handle} me={me} to={to} onTo={setTo} />
        </Suspense>
      ) : null,
    [together, stage.handle, me, to],
  );
  const giftTray = (place: 'dock' | 'sheet') => (
    <GiftTray
      stageId={stage.id}
      handle={stage.handle}
      hostName={stage.displayName}
      to={to}
      chooser={chooser}
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
            still={effects !== 'full' || !live || filmed}
            className="scene"
            label={`${stage.displayName}: ${stage.title}`}
          />
          {live ? (
            <Suspense fallback={null}>
              <VideoLayer handle={stage.handle} hostName={stage.displayName} onShown={setFilmed} />
            </Suspense>
          ) : null}
          {together ? (
            <Suspense>
              <Together handle={stage.handle} live={live} to={to} onTo={setTo} onGift={openTray} />
            </Suspense>
          ) : null}
          <div className="scrim" />
          {wide ? null : <HostPill stage={stage} me={me} />}
          <PinnedQuestion handle={stage.handle} />
          <StageCorners stage={stage} me={me} room={room} wide={wide} />
          {crowd ? (
            <Suspense fallback={null}>
              <Crowd handle={stage.handle} me={me} wide={wide} onGift={pickGift} />
            </Suspense>
          ) : null}
          {live ? null : (
            <Suspense fallback={null}>
              <NotLive stage={stage} me={me} />
            </Suspense>
          )}
          <GiftLayers
            show={show}
            effects={effects}
            particles={particles}
            limit={wide ? 3 : 2}
            streakMs={site.streakMs}
          />
          <ShoutOutBanner room={room} me={me} />
          <div className="particles" ref={sky} />
          <CalmLine playing={live} />
          {wide ? (
            <WideControls
              room={room}
              onLike={likeAt}
              onKeys={() => setKeysOpen(true)}
              onFullScreen={fullScreen}
            />
          ) : (
            <>
              <div className="mobile-chat">
                <Chat room={room} acts={acts} quiet={null} />
              </div>
              <HandBar stage={stage} room={room} giftButton={giftButton} onLike={likeAt} onGift={openTray}>
                {composer}
                <QuestionsButton handle={stage.handle} hostName={stage.displayName} me={me} />
              </HandBar>
            </>
          )}
        </section>
        {wide ? <HostRow stage={stage} me={me} live={live} room={room} /> : null}
        {wide ? giftTray('dock') : trayOpen ? giftTray('sheet') : null}
      </div>
      {wide ? <StageSide stage={stage} me={me} room={room} acts={acts} composer={composer} /> : null}
      <div className="sr-only" role="status">
        {status}
      </div>
      <ShortcutSheet open={keysOpen} onClose={() => setKeysOpen(false)} />
    </div>
  );
}

/** A box for what flies, and what flies in it. */
function useParticles() {
  const sky = useRef<HTMLDivElement>(null);
  const particles = useRef<Drawing | null>(null);
  useEffect(() => {
    if (sky.current === null) return;
    const flying = new Drawing(sky.current, { of: 'particles' });
    particles.current = flying;
    return () => {
      flying.end();
      particles.current = null;
    };
  }, []);
  return [sky, particles] as const;
}
