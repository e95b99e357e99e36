import { useEffect, useRef, useState } from 'react';

/** The width of a box in pixels, kept while it changes. */
export function useWidth() {
  const [width, setWidth] = useState(640);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current === null) return;
    const sizes = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(entry.contentRect.width);
    });
    sizes.observe(box.current);
    return () => sizes.disconnect();
  }, []);
  return [width, box] as const;
}
