import { useQuery } from '@tanstack/react-query';
import { Camera, CameraOff, CircleAlert, Mic, MicOff } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { queryClient } from '../api/query.ts';
import { keptSource } from '../live/source.ts';
import { line } from '../realtime/socket.ts';
import { Button } from '../ui/Button.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { Status, type StatusLook } from '../ui/Status.tsx';
import { DeviceChoice } from './DeviceChoice.tsx';
import { LevelMeter } from './LevelMeter.tsx';
import { ObsAccess } from './ObsAccess.tsx';
import { OwnPicture } from './OwnPicture.tsx';
import { onAir } from './on-air.ts';
import { ownCamera } from './own-camera.ts';
import type { PublishFigures, PublishState } from './publish.ts';
import { useOnAir, useOwnCamera } from './useOwnCamera.ts';
import { askVideo } from './watch.ts';
import './own-video.css';

const VideoLayer = lazy(() => import('./VideoLayer.tsx'));

interface OwnVideoProps {
  readonly handle: string;
  readonly hostName: string;
  /** What fans see where no picture is sent. */
  readonly scene: ReactNode;
  /** What stands on the picture: how long it has been live, say. */
  readonly corner: ReactNode;
}

/** A creator's own video while live: what is sent, how it is, and everything to change it. */
export function OwnVideo({ handle, hostName, scene, corner }: OwnVideoProps) {
  const sending = useOnAir();
  const isHere = sending !== null && sending.handle === handle && sending.state.phase !== 'ended';
  const elsewhere = useElsewhere(handle);
  useEffect(
    () => () => {
      if (!onAir.isOn()) ownCamera.close();
    },
    [],
  );
  // What broke off when this page was loaded anew is this page's own to go on with.
  const comesFromElsewhere =
    !isHere && (elsewhere?.state === 'live' || (elsewhere?.state === 'reconnecting' && !onAir.wasOn(handle)));
  const ended = sending?.handle === handle && sending.state.phase === 'ended' ? sending.state : null;
  return (
    <section className="card own-video" aria-labelledby="own-video">
      <h2 id="own-video" className="sr-only">
        Your video
      </h2>
      <div className="preview">
        {isHere ? (
          <HerePicture />
        ) : (
          <>
            {scene}
            {comesFromElsewhere && elsewhere.state === 'live' ? (
              <Suspense fallback={null}>
                <VideoLayer handle={handle} hostName={hostName} />
              </Suspense>
            ) : null}
          </>
        )}
        <p className="corner-line">{corner}</p>
      </div>
      <div className="bar-under">
        {ended === null ? null : <Ended state={ended} />}
        {isHere ? (
          <Here state={sending.state} arrives={elsewhere?.state === 'live'} />
        ) : comesFromElsewhere ? (
          <Elsewhere
            handle={handle}
            isBack={elsewhere.state === 'live'}
            hint={elsewhere.mine?.hint ?? null}
          />
        ) : (
          <Nothing handle={handle} />
        )}
      </div>
    </section>
  );
}

function HerePicture() {
  const { stream, hasPicture } = useOwnCamera();
  return <OwnPicture stream={stream} mirrored={hasPicture} label="What you send" />;
}

/** Why this page sends no more. */
function Ended({ state }: { readonly state: PublishState & { readonly phase: 'ended' } }) {
  return (
    <p className="notice" data-tone="warn" role="alert">
      <CircleAlert aria-hidden />
      <span>
        <b>{state.sentence}</b> {state.remedy}
      </span>
    </p>
  );
}

/** Sent from this page. */
function Here({ state, arrives }: { readonly state: PublishState; readonly arrives: boolean }) {
  const { stream, hasPicture, hasSound, isMuted, fault } = useOwnCamera();
  return (
    <>
      <p className="line" role="status">
        {state.phase === 'live' && !arrives ? (
          <Status look="checking">Waiting for the first picture</Status>
        ) : (
          <Status look={LOOKS[state.phase]}>{WORDS[state.phase]}</Status>
        )}
        {state.phase === 'reconnecting' ? <span className="why">{state.sentence}</span> : null}
      </p>
      {fault === null ? null : (
        <p className="notice" data-tone="warn" role="alert">
          <CircleAlert aria-hidden />
          <span>
            <b>{fault.message}</b> {fault.remedy}
          </span>
        </p>
      )}
      {hasSound ? (
        <LevelMeter stream={stream} muted={isMuted} />
      ) : (
        <p className="why">No sound is sent: there is no microphone.</p>
      )}
      <div className="verbs" data-pair="">
        <Button
          kind={isMuted ? 'primary' : 'soft'}
          size="sm"
          icon={isMuted ? <MicOff aria-hidden /> : <Mic aria-hidden />}
          disabled={!hasSound}
          onClick={() => ownCamera.mute(!isMuted)}
        >
          {isMuted ? 'Unmute' : 'Mute'}
        </Button>
        <Button
          kind={hasPicture ? 'soft' : 'primary'}
          size="sm"
          icon={hasPicture ? <Camera aria-hidden /> : <CameraOff aria-hidden />}
          onClick={() => (hasPicture ? ownCamera.hide() : void ownCamera.choosePicture())}
        >
          {hasPicture ? 'Camera off' : 'Camera on'}
        </Button>
      </div>
      <details>
        <summary>Camera and microphone</summary>
        <div className="grid gap-3">
          <DeviceChoice />
          <div>
            <Button kind="ghost" size="sm" onClick={() => onAir.end()}>
              Stop sending from here
            </Button>
          </div>
        </div>
      </details>
      <Figures />
    </>
  );
}

const WORDS: Readonly<Record<PublishState['phase'], string>> = {
  connecting: 'Connecting',
  live: 'Your fans see you',
  reconnecting: 'Lost, trying again',
  ended: 'Ended',
};
const LOOKS: Readonly<Record<PublishState['phase'], StatusLook>> = {
  connecting: 'checking',
  live: 'done',
  reconnecting: 'warning',
  ended: 'failed',
};

const FIGURES_EVERY_MS = 1_000;

/** How it is sent, for whoever asks. */
function Figures() {
  const [isOpen, setOpen] = useState(false);
  const [figures, setFigures] = useState<PublishFigures | null>(null);
  useEffect(() => {
    if (!isOpen) return;
    const look = () => void onAir.figures().then(setFigures);
    look();
    const looking = setInterval(look, FIGURES_EVERY_MS);
    return () => clearInterval(looking);
  }, [isOpen]);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Figures</summary>
      {figures === null ? (
        <p className="why">Nothing has been sent yet.</p>
      ) : (
        <dl className="video-figures">
          <Figure of="Bit rate">
            {Math.round(figures.bitsPerSecond / 1_000).toLocaleString('en-US')} kbit/s
          </Figure>
          <Figure of="Pictures">{Math.round(figures.picturesPerSecond)} per second</Figure>
          <Figure of="Size">
            {figures.width} × {figures.height}
          </Figure>
          <Figure of="Lost">{(figures.lost * 100).toFixed(1)} %</Figure>
          <Figure of="There and back">
            {figures.roundTripMs === null ? '—' : `${Math.round(figures.roundTripMs)} ms`}
          </Figure>
        </dl>
      )}
    </details>
  );
}

function Figure({ of, children }: { readonly of: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{of}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Sent by OBS, or from another page of theirs. */
function Elsewhere(props: {
  readonly handle: string;
  readonly isBack: boolean;
  readonly hint: string | null;
}) {
  const { handle, isBack, hint } = props;
  return (
    <>
      <p className="line" role="status">
        <Status look={isBack ? 'done' : 'warning'}>
          {isBack ? 'Your fans see you' : 'Lost, waited for'}
        </Status>
        <span className="why">Sent by OBS or from another device of yours.</span>
      </p>
      {hint === null ? null : (
        <p className="notice" data-tone="warn">
          <CircleAlert aria-hidden />
          {hint}
        </p>
      )}
      <div className="verbs">
        <SendButton handle={handle} kind="soft">
          Send this camera instead
        </SendButton>
      </div>
    </>
  );
}

/** No picture is sent. */
function Nothing({ handle }: { readonly handle: string }) {
  const [showsObs, setShowsObs] = useState(false);
  const wasOn = onAir.wasOn(handle);
  const waitsForObs = !wasOn && keptSource() === 'obs';
  return (
    <>
      <p className="line" role="status">
        <Status look={waitsForObs ? 'checking' : 'warning'}>
          {waitsForObs ? 'Waiting for OBS' : 'No picture is sent'}
        </Status>
        <span className="why">
          {wasOn
            ? 'This page was loaded anew, and your camera went off.'
            : waitsForObs
              ? 'Press Start Streaming there. Until then your fans see the drawn scene.'
              : 'Your fans see the drawn scene.'}
        </span>
      </p>
      <div className="verbs">
        <SendButton handle={handle} kind={waitsForObs ? 'soft' : 'primary'}>
          {wasOn ? 'Go on with the camera' : 'Send this camera'}
        </SendButton>
        <Button kind="ghost" size="sm" onClick={() => setShowsObs(true)}>
          OBS: address and key
        </Button>
      </div>
      <Sheet open={showsObs} onOpenChange={setShowsObs} title="Send with OBS">
        <ObsAccess />
      </Sheet>
    </>
  );
}

interface SendButtonProps {
  readonly handle: string;
  readonly kind: 'primary' | 'soft';
  readonly children: ReactNode;
}

/** Turns the camera on and sends it at once. */
function SendButton({ handle, kind, children }: SendButtonProps) {
  const { phase, fault } = useOwnCamera();
  const send = async () => {
    await ownCamera.open();
    if (ownCamera.view().phase === 'on') onAir.begin(handle);
  };
  return (
    <>
      <Button
        kind={kind}
        size="sm"
        icon={<Camera aria-hidden />}
        busy={phase === 'asking'}
        onClick={() => void send()}
      >
        {children}
      </Button>
      {fault === null ? null : (
        <p className="why" role="alert">
          <b>{fault.message}</b> {fault.remedy}
        </p>
      )}
    </>
  );
}

const ASK_EVERY_MS = 5_000;

/** What the server knows of the stage's video, asked again as soon as it says that something changed. */
function useElsewhere(handle: string) {
  useEffect(
    () =>
      line.listen((frame) => {
        const { t } = frame as { readonly t: string };
        if (t === 'video.mine' || t === 'video') {
          void queryClient.invalidateQueries({ queryKey: ['own-video', handle] });
        }
      }),
    [handle],
  );
  return useQuery({
    queryKey: ['own-video', handle],
    queryFn: () => askVideo(handle),
    refetchInterval: ASK_EVERY_MS,
    staleTime: 0,
  }).data;
}
