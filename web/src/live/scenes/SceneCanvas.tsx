import { memo, useEffect, useRef } from 'react';
import type { ScenePlayer } from './player.ts';
import { fetchScene } from './scene.ts';

interface SceneCanvasProps {
  readonly scene: string;
  /** What it shows, for those who cannot see it. */
  readonly label: string;
  /** One picture instead of a film. */
  readonly still?: boolean;
  readonly className?: string;
}

/** The drawn stream of a stage. Fills its box, whatever the shape. */
export const SceneCanvas = memo(function SceneCanvas({
  scene,
  label,
  still = false,
  className,
}: SceneCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const player = useRef<ScenePlayer | null>(null);
  const firstStill = useRef(still);
  firstStill.current = still;

  useEffect(() => {
    let isGone = false;
    let end = () => {};
    const begin = async () => {
      const [{ ScenePlayer }, drawn] = await Promise.all([import('./player.ts'), fetchScene(scene)]);
      if (isGone || canvas.current === null) return;
      const playing = new ScenePlayer(canvas.current, drawn, firstStill.current);
      player.current = playing;
      playing.start();
      end = keepFitting(canvas.current, playing);
    };
    begin().catch(() => {
      // It is only drawn: the stage works without it.
    });
    return () => {
      isGone = true;
      end();
    };
  }, [scene]);

  useEffect(() => player.current?.setStill(still), [still]);

  return (
    <canvas ref={canvas} role="img" aria-label={label} {...(className === undefined ? {} : { className })} />
  );
});

/**
 * Paints anew when the box changes its size, and not on every step on the way. The browser tells the size when it has
 * laid out the page: asked for in between, it would have to do so at once. Answers what ends it.
 */
function keepFitting(canvas: HTMLCanvasElement, playing: ScenePlayer): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const sizes = new ResizeObserver(([seen]) => {
    if (seen === undefined) return;
    const { width, height } = seen.contentRect;
    clearTimeout(timer);
    timer = setTimeout(() => playing.fit(width, height), playing.painted ? 120 : 0);
  });
  sizes.observe(canvas);
  return () => {
    clearTimeout(timer);
    sizes.disconnect();
    playing.stop();
  };
}
