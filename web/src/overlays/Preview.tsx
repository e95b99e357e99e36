import { useMutation } from '@tanstack/react-query';
import { Volume2, VolumeX } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Button } from '../ui/Button.tsx';
import { Segment } from '../ui/Segment.tsx';
import { type Source, sendTest } from './overlays-api.ts';
import { ABOUT } from './sources.ts';

/** The page that the preview shows, in pixels, as if it were a small canvas of OBS. */
const PAGE = { width: 1280, height: 720 } as const;

const GROUNDS = [
  { value: 'checks', label: 'Empty' },
  { value: 'dark', label: 'Dark game' },
  { value: 'bright', label: 'Bright' },
] as const;
type Ground = (typeof GROUNDS)[number]['value'];

/** The real overlay on a ground, and buttons that make something happen there. */
export function Preview({ source }: { readonly source: Source }) {
  const [ground, setGround] = useState<Ground>('checks');
  const [sound, setSound] = useState(false);
  const { frame, scale } = useScale();
  const test = useMutation({ mutationFn: sendTest });
  const { name, tests } = ABOUT[source];
  return (
    <div className="overlay-preview">
      <div className="frame" data-ground={ground} ref={frame}>
        <iframe
          key={String(sound)}
          title={`Preview of ${name}`}
          src={`/overlay/preview/${source}${sound ? '' : '?mute=1'}`}
          width={PAGE.width}
          height={PAGE.height}
          style={{ transform: `scale(${scale})` }}
          tabIndex={-1}
        />
      </div>
      <div className="tools">
        <Segment label="Ground" items={GROUNDS} value={ground} onChange={setGround} />
        {source === 'alerts' ? (
          <Button
            size="sm"
            kind="bare"
            aria-pressed={sound}
            icon={sound ? <Volume2 aria-hidden /> : <VolumeX aria-hidden />}
            onClick={() => setSound(!sound)}
          >
            {sound ? 'Sound here' : 'No sound here'}
          </Button>
        ) : null}
      </div>
      <fieldset className="tests">
        <legend>Send a test</legend>
        {tests.map(([label, wish]) => (
          <Button key={label} size="sm" kind="soft" onClick={() => test.mutate(wish)}>
            {label}
          </Button>
        ))}
      </fieldset>
      <p className="note">
        Tests are marked. They show in your open overlays and tools alone: no viewer sees them and no Coin
        moves.
      </p>
      {test.isError ? (
        <p role="alert" className="text-bad">
          {ApiProblem.of(test.error).detail} {ApiProblem.of(test.error).remedy}
        </p>
      ) : null}
    </div>
  );
}

/** How much smaller the page is drawn, so that it fills the frame. */
function useScale() {
  const frame = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(0.5);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const watcher = new ResizeObserver(() => setScale(element.clientWidth / PAGE.width));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  return { frame, scale };
}
