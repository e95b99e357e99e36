/** Small drawing words that the scenes share. Coordinates are of the scene's world: 1600 × 1000, and beyond. */

export type Pen = OffscreenCanvasRenderingContext2D;

/** Colour stops from 0 to 1. */
export type Stops = readonly (readonly [number, string])[];

export function across(
  pen: Pen,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  stops: Stops,
): CanvasGradient {
  const gradient = pen.createLinearGradient(x1, y1, x2, y2);
  for (const [at, color] of stops) gradient.addColorStop(at, color);
  return gradient;
}

export function round(pen: Pen, x: number, y: number, r: number, stops: Stops): CanvasGradient {
  const gradient = pen.createRadialGradient(x, y, 0, x, y, r);
  for (const [at, color] of stops) gradient.addColorStop(at, color);
  return gradient;
}

export function box(
  pen: Pen,
  x: number,
  y: number,
  w: number,
  h: number,
  fill: string | CanvasGradient,
  r = 0,
): void {
  pen.fillStyle = fill;
  pen.beginPath();
  if (r === 0) pen.rect(x, y, w, h);
  else pen.roundRect(x, y, w, h, r);
  pen.fill();
}

export function disc(
  pen: Pen,
  x: number,
  y: number,
  r: number,
  fill: string | CanvasGradient,
  alpha = 1,
): void {
  pen.globalAlpha = alpha;
  pen.fillStyle = fill;
  pen.beginPath();
  pen.arc(x, y, r, 0, 6.2832);
  pen.fill();
  pen.globalAlpha = 1;
}

/** Fills a path given as SVG path data. */
export function shape(pen: Pen, path: string, fill: string | CanvasGradient, alpha = 1): void {
  pen.globalAlpha = alpha;
  pen.fillStyle = fill;
  pen.fill(new Path2D(path));
  pen.globalAlpha = 1;
}

/** Strokes a path given as SVG path data. */
export function stroke(pen: Pen, path: string, color: string, width: number, alpha = 1): void {
  pen.globalAlpha = alpha;
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  pen.stroke(new Path2D(path));
  pen.globalAlpha = 1;
}

/** Light that falls off round a point. `color` as `r,g,b`. */
export function glow(
  pen: Pen,
  x: number,
  y: number,
  rx: number,
  ry: number,
  color: string,
  alpha: number,
): void {
  pen.save();
  pen.translate(x, y);
  pen.scale(1, ry / rx);
  pen.globalAlpha = alpha;
  pen.fillStyle = round(pen, 0, 0, rx, [
    [0, `rgba(${color},.95)`],
    [0.25, `rgba(${color},.5)`],
    [1, `rgba(${color},0)`],
  ]);
  pen.fillRect(-rx, -rx, 2 * rx, 2 * rx);
  pen.restore();
}

/**
 * Blurs what `paint` draws. It is painted small, blurred small and stretched: the wider the blur, the smaller,
 * since nothing finer than the blur is left to see. Where a canvas cannot blur, the stretching alone does it.
 */
export function soft(pen: Pen, radius: number, paint: (pen: Pen) => void): void {
  const { width, height } = pen.canvas;
  const { a: scaleX, d: scaleY, e: dx, f: dy } = pen.getTransform();
  const pixels = radius * scaleY;
  const canBlur = 'filter' in pen;
  const shrink = canBlur ? Math.max(1, Math.min(8, pixels / 2)) : Math.max(2, Math.min(12, pixels));
  const small = canvasWith(width / shrink, height / shrink);
  const painter = small.getContext('2d');
  if (painter === null) return;
  painter.setTransform(scaleX / shrink, 0, 0, scaleY / shrink, dx / shrink, dy / shrink);
  paint(painter);
  let softened = small;
  if (canBlur) {
    softened = canvasWith(small.width, small.height);
    const blurrer = softened.getContext('2d');
    if (blurrer === null) return;
    blurrer.filter = `blur(${pixels / shrink}px)`;
    blurrer.drawImage(small, 0, 0);
  }
  pen.save();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(softened, 0, 0, width, height);
  pen.restore();
}

/** A canvas of at least one pixel. */
export function canvasWith(width: number, height: number): OffscreenCanvas {
  return new OffscreenCanvas(Math.max(1, Math.ceil(width)), Math.max(1, Math.ceil(height)));
}

/** The same numbers from 0 to 1 every time, for stars and leaves that must not jump. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}
