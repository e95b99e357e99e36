import { useEffect, useRef } from 'react';
import { ScenePlayer } from './player.ts';
import { sceneOf } from './scene.ts';

interface SceneCanvasProps {
  readonly scene: string;
  /** What it shows, for those who cannot see it. */
  readonly label: string;
  /** One picture instead of a film. */
  readonly still?: boolean;
  readonly className?: string;
}

/** The drawn stream of a stage. Fills its box, whatever the shape. */
export function SceneCanvas({ scene, label, still = false, className }: SceneCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const player = useRef<ScenePlayer | null>(null);
  const firstStill = useRef(still);
  firstStill.current = still;

  useEffect(() => {
    if (canvas.current === null) return;
    const playing = new ScenePlayer(canvas.current, sceneOf(scene), firstStill.current);
    player.current = playing;
    playing.start();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const sizes = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => playing.fit(), 120);
    });
    sizes.observe(canvas.current);
    return () => {
      clearTimeout(timer);
      sizes.disconnect();
      playing.stop();
    };
  }, [scene]);

  useEffect(() => player.current?.setStill(still), [still]);

  return (
    <canvas ref={canvas} role="img" aria-label={label} {...(className === undefined ? {} : { className })} />
  );
}
