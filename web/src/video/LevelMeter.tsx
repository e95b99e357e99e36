import { useEffect, useRef, useState } from 'react';

const LOOK_EVERY_MS = 80;
/** Quieter than this is the room itself. */
const HEARD_FROM = 0.06;
const HEARD_FOR_MS = 4_000;

/** How loud the microphone is: a bar that moves, and words for whoever does not see it. */
export function LevelMeter({
  stream,
  muted,
}: {
  readonly stream: MediaStream | null;
  readonly muted: boolean;
}) {
  const bar = useRef<HTMLElement>(null);
  const meter = useRef<HTMLMeterElement>(null);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    if (stream === null || stream.getAudioTracks().length === 0) return;
    const context = new AudioContext();
    const ears = context.createAnalyser();
    ears.fftSize = 1_024;
    const source = context.createMediaStreamSource(stream);
    source.connect(ears);
    const wake = () => void context.resume().catch(() => {});
    wake();
    // Some browsers let sound begin with a tap only.
    window.addEventListener('pointerdown', wake);
    const wave = new Float32Array(ears.fftSize);
    let lastHeardMs = Number.NEGATIVE_INFINITY;
    const looking = setInterval(() => {
      ears.getFloatTimeDomainData(wave);
      const level = levelOf(wave);
      if (level >= HEARD_FROM) lastHeardMs = performance.now();
      setHeard(performance.now() - lastHeardMs < HEARD_FOR_MS);
      if (bar.current !== null) bar.current.style.clipPath = `inset(0 ${100 - level * 100}% 0 0)`;
      if (meter.current !== null) meter.current.value = level;
    }, LOOK_EVERY_MS);
    return () => {
      clearInterval(looking);
      window.removeEventListener('pointerdown', wake);
      source.disconnect();
      void context.close();
    };
  }, [stream]);
  const word = muted ? 'Muted' : heard ? 'You are heard' : 'Say something';
  return (
    <div className="level" data-muted={muted || undefined}>
      <meter
        ref={meter}
        className="sr-only"
        min={0}
        max={1}
        aria-label="Microphone level"
        aria-valuetext={word}
      />
      <div className="bar" aria-hidden="true">
        <i ref={bar} />
      </div>
      <span>{word}</span>
    </div>
  );
}

/** 0 to 1 over the forty decibels in which people speak. */
function levelOf(wave: Float32Array): number {
  let sum = 0;
  for (const value of wave) sum += value * value;
  const decibels = 20 * Math.log10(Math.sqrt(sum / wave.length) + 1e-6);
  return Math.min(1, Math.max(0, (decibels + 52) / 46));
}
