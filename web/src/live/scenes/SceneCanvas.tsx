import { memo, useEffect, useRef } from 'react';
import { Drawing } from '../drawings/drawing.ts';

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
  const box = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const firstStill = useRef(still);
  firstStill.current = still;

  useEffect(() => {
    if (box.current === null) return;
    const drawn = new Drawing(box.current, { of: 'scene', scene, still: firstStill.current });
    drawing.current = drawn;
    return () => drawn.end();
  }, [scene]);

  useEffect(() => drawing.current?.tell({ wish: 'still', still }), [still]);

  return <div ref={box} role="img" aria-label={label} {...(className === undefined ? {} : { className })} />;
});
