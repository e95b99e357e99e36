import { Volume2, VolumeX } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type Watching, type WatchState, watch } from './watch.ts';
import './video.css';

interface VideoLayerProps {
  readonly handle: string;
  readonly hostName: string;
  /** Told when the video covers what is drawn below, and when it no longer does. */
  readonly onShown?: (shown: boolean) => void;
}

const OFF: WatchState = { phase: 'off', sentence: null };

/**
 * A stage's video above its drawn scene. Nothing of it is seen before the first picture, so the scene stays until then
 * and comes back when the video ends.
 */
export default function VideoLayer({ handle, hostName, onShown }: VideoLayerProps) {
  const element = useRef<HTMLVideoElement>(null);
  const [watching, setWatching] = useState<Watching | null>(null);
  const [muted, setMuted] = useState(true);
  useEffect(() => {
    if (element.current === null) return;
    const begun = watch(handle, element.current);
    setWatching(begun);
    return () => begun.stop();
  }, [handle]);
  const state = useSyncExternalStore(
    (hear) => watching?.subscribe(hear) ?? (() => {}),
    () => watching?.state() ?? OFF,
  );
  const shown = state.phase === 'playing' || state.phase === 'stalled';
  useEffect(() => {
    if (!shown) return;
    onShown?.(true);
    return () => onShown?.(false);
  }, [shown, onShown]);
  const sentence = state.phase === 'stalled' || state.phase === 'off' ? state.sentence : null;

  const switchSound = () => {
    const video = element.current;
    if (video === null) return;
    video.muted = !muted;
    setMuted(!muted);
    // A tap is what browsers wait for.
    void video.play().catch(() => {});
  };

  return (
    <div className="video-layer" data-phase={state.phase}>
      <video
        ref={element}
        data-shown={shown || undefined}
        muted
        playsInline
        autoPlay
        aria-label={`Video of ${hostName}`}
      />
      {shown ? (
        <button
          type="button"
          className="video-sound"
          data-muted={muted || undefined}
          onClick={switchSound}
          aria-pressed={!muted}
        >
          {muted ? <VolumeX size={18} aria-hidden /> : <Volume2 size={18} aria-hidden />}
          <span>{muted ? 'Tap for sound' : 'Sound is on'}</span>
        </button>
      ) : null}
      {state.phase === 'playing' && state.late ? (
        <p className="video-late" role="status">
          A few seconds behind
        </p>
      ) : null}
      {sentence === null ? null : (
        <p className="video-sentence" role="status">
          {sentence}
        </p>
      )}
    </div>
  );
}
