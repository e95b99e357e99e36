import type { Artist, Wish } from '../drawings/orders.ts';
import { canvasWith, dice, disc, glow, type Pen, stroke } from './brush.ts';
import { paintBody, paintFace, paintHairBehind, paintHead, paintRoomLight } from './person.ts';
import type { Scene } from './scene.ts';

/** The part of the world that a wide and that a tall screen shows. */
const WIDE = { x: 0, y: 0, w: 1600, h: 1000, alongY: 0.3 };
const TALL = { x: 330, y: -360, w: 940, h: 2036, alongY: 0.2 };
/** Frames a second and share of the pixels, from the best to what the slowest machine can still play. */
const QUALITIES = [
  { frameMs: 1000 / 30, share: 1 },
  { frameMs: 1000 / 24, share: 0.75 },
  { frameMs: 1000 / 15, share: 0.6 },
  { frameMs: 1000 / 8, share: 0.5 },
] as const;
/** Frames over which the pace is judged. */
const JUDGED_FRAMES = 20;
/** Pixels across, at most: beyond this a drawn room gains nothing. */
const WIDTH_MAX = 1280;

/**
 * Plays a drawn scene on a canvas. What stands still is painted once per size; a frame lays the layers over each
 * other and draws what moves: breath, head, mouth, eyes, lights, air. At most 30 frames a second, fewer and coarser
 * where the machine cannot keep up, none while the page is hidden, one alone where motion is reduced.
 */
export class ScenePlayer implements Artist {
  readonly #canvas: OffscreenCanvas;
  readonly #scene: Scene;
  #layers: Layers | null = null;
  #frame = 0;
  #lastMs = 0;
  #still: boolean;
  #shown: boolean;
  #quality: 0 | 1 | 2 | 3 = 0;
  /** The size on the page that the layers were painted for. */
  #paintedFor: readonly [number, number] = [0, 0];
  /** The layers while they become coarser, one in each frame. */
  #shrinking: Generator<void, Layers> | null = null;
  #judged = { frames: 0, sinceMs: 0 };

  constructor(
    canvas: OffscreenCanvas,
    scene: Scene,
    first: { readonly still: boolean; readonly shown: boolean },
  ) {
    this.#canvas = canvas;
    this.#scene = scene;
    this.#still = first.still;
    this.#shown = first.shown;
  }

  show(shown: boolean): void {
    this.#shown = shown;
    this.#play();
  }

  tell(wish: Wish): void {
    if (wish.wish !== 'still' || wish.still === this.#still) return;
    this.#still = wish.still;
    this.#play();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#layers = null;
  }

  /** Paints everything anew for a canvas of this size on the page, in CSS pixels. */
  fit(wide: number, high: number, pixelRatio: number): void {
    const [widthBefore, heightBefore] = this.#paintedFor;
    if (this.#layers !== null && widthBefore === wide && heightBefore === high) return;
    this.#paintedFor = [wide, high];
    this.#shrinking = null;
    const density = Math.min(pixelRatio, 2, WIDTH_MAX / wide);
    const width = Math.round(wide * density * QUALITIES[this.#quality].share);
    const height = Math.round((width * high) / wide);
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#layers = paintLayers(this.#scene, width, height);
    this.#draw(this.#still ? 0 : performance.now());
    this.#play();
  }

  #play(): void {
    cancelAnimationFrame(this.#frame);
    if (!this.#shown || this.#layers === null) return;
    this.#judged = { frames: 0, sinceMs: performance.now() };
    if (this.#still) this.#draw(0);
    else this.#frame = requestAnimationFrame(this.#step);
  }

  #step = (): void => {
    this.#frame = requestAnimationFrame(this.#step);
    const now = performance.now();
    if (now - this.#lastMs < QUALITIES[this.#quality].frameMs - 4) return;
    this.#lastMs = now;
    this.#draw(now);
    if (this.#shrinking === null) this.#judge(now);
    else this.#shrink(this.#shrinking, now);
  };

  /** A machine that misses its frames gets fewer and coarser ones. */
  #judge(now: number): void {
    this.#judged.frames += 1;
    if (this.#judged.frames < JUDGED_FRAMES) return;
    const pace = (now - this.#judged.sinceMs) / this.#judged.frames;
    this.#judged = { frames: 0, sinceMs: now };
    const { frameMs } = QUALITIES[this.#quality];
    if (pace < frameMs * 1.4) return;
    const slower = this.#quality + 1;
    if (!isQuality(slower)) return;
    const smaller = QUALITIES[slower].share / QUALITIES[this.#quality].share;
    this.#quality = slower;
    // What is painted is made smaller, not painted again: that would cost this machine a second.
    if (this.#layers !== null) this.#shrinking = shrinkLayers(this.#layers, smaller);
  }

  #shrink(shrinking: Generator<void, Layers>, now: number): void {
    const { done, value } = shrinking.next();
    if (done !== true) return;
    this.#shrinking = null;
    this.#layers = value;
    this.#canvas.width = value.back.width;
    this.#canvas.height = value.back.height;
    this.#draw(now);
    this.#judged = { frames: 0, sinceMs: now };
  }

  #draw(now: number): void {
    const pen = this.#canvas.getContext('2d', { alpha: false });
    const layers = this.#layers;
    if (pen === null || layers === null) return;
    const { backdrop, person } = this.#scene;
    const time = now / 1000;
    const { scale, dx, dy } = layers.view;

    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.globalCompositeOperation = 'copy';
    pen.drawImage(layers.back, 0, 0);
    pen.globalCompositeOperation = 'source-over';
    // The lamps breathe together; their light is painted small, light has no edges.
    pen.globalAlpha = 0.55 + 0.3 * Math.sin(time * 0.8) + 0.15 * Math.sin(time * 5.3) * Math.sin(time * 0.37);
    pen.drawImage(layers.light, 0, 0, pen.canvas.width, pen.canvas.height);
    pen.globalAlpha = 1;
    pen.setTransform(scale, 0, 0, scale, dx, dy);
    for (const [at, light] of backdrop.bokeh.entries()) {
      const image = layers.bokeh[at];
      if (image === undefined) continue;
      const x = light.x + 5 * Math.sin(time * 0.21 + at);
      pen.globalAlpha = 0.72 + 0.28 * Math.sin(time * (0.4 + (at % 5) * 0.13) + at * 1.9);
      pen.drawImage(image, x - light.r * 1.5, light.y - light.r * 1.5, light.r * 3, light.r * 3);
    }
    pen.globalAlpha = 1;
    if (backdrop.air === 'stars') paintAir(pen, this.#scene, time);

    const breath = Math.sin(time * 1.25);
    const sway = Math.sin(time * 0.62);
    const nod = Math.sin(time * 1.9) * 0.4 + Math.sin(time * 0.43);
    const place = ({ image, x, y, w, h }: Piece) => pen.drawImage(image, x, y, w, h);
    const headPose = () => {
      pen.translate(802, 590);
      pen.rotate(0.016 * sway);
      pen.translate(-802 + 4 * sway, -590 + 3 * nod + 2 * breath);
    };

    pen.save();
    headPose();
    place(layers.hair);
    pen.restore();

    pen.save();
    pen.translate(800, 1000);
    pen.scale(1 + 0.003 * breath, 1 + 0.006 * breath);
    pen.translate(-800, -1000);
    place(layers.body);
    pen.restore();

    pen.save();
    headPose();
    place(layers.head);
    const { open, lids } = faceAt(time, this.#still, person.eyes === 'closed');
    paintFace(pen, person, open, lids);
    pen.restore();

    place(layers.front);
    if (backdrop.air !== 'stars') paintAir(pen, this.#scene, time);
  }
}

function isQuality(step: number): step is 0 | 1 | 2 | 3 {
  return step >= 0 && step < QUALITIES.length;
}

/** How far the mouth is open and the eyes are, at a time: phrases with pauses, blinks now and then. */
function faceAt(time: number, still: boolean, sings: boolean): { open: number; lids: number } {
  if (still) return { open: sings ? 0.85 : 0.35, lids: 1 };
  const phrase = Math.max(0, Math.min(1, 1.4 * Math.sin(time * 0.55) + 0.75));
  const syllables =
    0.5 + 0.5 * Math.sin(time * (sings ? 4.6 : 9.5)) * Math.sin(time * (sings ? 1.7 : 3.1) + 1);
  const blink = (time % 4.3) / 0.16;
  return {
    open: (sings ? 0.25 : 0.1) + phrase * syllables * (sings ? 0.75 : 0.6),
    lids: blink < 1 ? Math.abs(blink * 2 - 1) : 1,
  };
}

/** A painted part of the world: where it is, in the world's measure, and its picture. */
interface Piece {
  readonly image: OffscreenCanvas;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Layers {
  readonly view: { readonly scale: number; readonly dx: number; readonly dy: number };
  readonly back: OffscreenCanvas;
  /** What the lamps add when they are bright, at an eighth of the size. */
  readonly light: OffscreenCanvas;
  readonly hair: Piece;
  readonly body: Piece;
  readonly head: Piece;
  readonly front: Piece;
  readonly bokeh: readonly OffscreenCanvas[];
}

const LIGHT_SHRINK = 8;

function paintLayers(scene: Scene, width: number, height: number): Layers {
  const view = width / height >= 0.95 ? WIDE : TALL;
  const scale = Math.max(width / view.w, height / view.h);
  const dx = (width - view.w * scale) / 2 - view.x * scale;
  const dy = (height - view.h * scale) * view.alongY - view.y * scale;
  const { backdrop, person } = scene;

  const canvasOf = (w: number, h: number, x: number, y: number, per: number, paint: (pen: Pen) => void) => {
    const canvas = canvasWith(w, h);
    const pen = canvas.getContext('2d');
    if (pen !== null) {
      pen.setTransform(per, 0, 0, per, x, y);
      paint(pen);
    }
    return canvas;
  };
  const piece = (x: number, y: number, w: number, h: number, paint: (pen: Pen) => void): Piece => {
    // Only what the screen shows of it.
    const left = Math.max(x, -dx / scale);
    const top = Math.max(y, -dy / scale);
    const right = Math.min(x + w, (width - dx) / scale);
    const bottom = Math.min(y + h, (height - dy) / scale);
    const wide = Math.max(1, right - left);
    const high = Math.max(1, bottom - top);
    const image = canvasOf(wide * scale, high * scale, -left * scale, -top * scale, scale, paint);
    return { image, x: left, y: top, w: image.width / scale, h: image.height / scale };
  };
  return {
    view: { scale, dx, dy },
    back: canvasOf(width, height, dx, dy, scale, (pen) => {
      backdrop.back(pen);
      for (const lamp of backdrop.lamps) {
        glow(pen, lamp.x, lamp.y, lamp.rx, lamp.ry, lamp.color, lamp.alpha * 0.85);
      }
      paintVeil(pen, width, height);
    }),
    light: canvasOf(
      width / LIGHT_SHRINK,
      height / LIGHT_SHRINK,
      dx / LIGHT_SHRINK,
      dy / LIGHT_SHRINK,
      scale / LIGHT_SHRINK,
      (pen) => {
        for (const lamp of backdrop.lamps) {
          glow(pen, lamp.x, lamp.y, lamp.rx, lamp.ry, lamp.color, lamp.alpha * 0.3);
        }
      },
    ),
    hair: piece(560, 60, 490, 600, (pen) => {
      paintHairBehind(pen, person);
      paintRoomLight(pen, person);
    }),
    body: piece(230, 480, 1140, 960, (pen) => {
      paintBody(pen, person);
      paintRoomLight(pen, person);
    }),
    head: piece(500, 10, 620, 620, (pen) => {
      paintHead(pen, person);
      paintRoomLight(pen, person);
    }),
    front: piece(-100, 470, 1800, 1300, backdrop.front),
    bokeh: backdrop.bokeh.map((light) => paintBokeh(light.color, light.alpha)),
  };
}

/** The same layers with fewer pixels, one at each step: all at once would be a hitch. */
function* shrinkLayers(layers: Layers, by: number): Generator<void, Layers> {
  const back = shrink(layers.back, by);
  const pieces: Piece[] = [];
  for (const piece of [layers.hair, layers.body, layers.head, layers.front]) {
    yield;
    pieces.push({ ...piece, image: shrink(piece.image, by) });
  }
  const [hair, body, head, front] = pieces as [Piece, Piece, Piece, Piece];
  const { scale, dx, dy } = layers.view;
  const view = { scale: scale * by, dx: dx * by, dy: dy * by };
  return { ...layers, view, back, hair, body, head, front };
}

function shrink(image: OffscreenCanvas, by: number): OffscreenCanvas {
  const canvas = canvasWith(Math.round(image.width * by), Math.round(image.height * by));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** One light out of focus: an even disc with a brighter edge, softened. */
function paintBokeh(color: string, alpha: number): OffscreenCanvas {
  const canvas = canvasWith(96, 96);
  const pen = canvas.getContext('2d');
  if (pen === null) return canvas;
  if ('filter' in pen) pen.filter = 'blur(5px)';
  disc(pen, 48, 48, 30, color, alpha);
  return canvas;
}

function paintVeil(pen: Pen, width: number, height: number): void {
  pen.setTransform(1, 0, 0, 1, 0, 0);
  const radius = Math.hypot(width, height) * 0.56;
  const vignette = pen.createRadialGradient(
    width / 2,
    height * 0.45,
    radius * 0.5,
    width / 2,
    height * 0.45,
    radius,
  );
  vignette.addColorStop(0, 'rgba(5,3,10,0)');
  vignette.addColorStop(1, 'rgba(5,3,10,.72)');
  pen.fillStyle = vignette;
  pen.fillRect(0, 0, width, height);
  const grain = canvasWith(128, 128);
  const other = grain.getContext('2d');
  if (other === null) return;
  const dots = other.createImageData(128, 128);
  const roll = dice(4);
  for (let at = 0; at < dots.data.length; at += 4) {
    dots.data.fill(255, at, at + 3);
    dots.data[at + 3] = roll() * 9;
  }
  other.putImageData(dots, 0, 0);
  const pattern = pen.createPattern(grain, 'repeat');
  if (pattern === null) return;
  pen.fillStyle = pattern;
  pen.fillRect(0, 0, width, height);
}

function paintAir(pen: Pen, { backdrop }: Scene, time: number): void {
  const roll = dice(23);
  switch (backdrop.air) {
    case 'dust':
      for (let at = 0; at < 22; at++) {
        const x = (roll() * 900 + time * (6 + roll() * 8)) % 900;
        const y = 120 + roll() * 700 - ((time * (5 + roll() * 8)) % 120);
        disc(pen, x, y, 1.4 + roll() * 2.2, '#ffd9a8', 0.16 + 0.16 * Math.sin(time + at));
      }
      break;
    case 'steam': {
      const { x = 1200, y = 900 } = backdrop.airAt ?? {};
      for (let at = 0; at < 7; at++) {
        const rise = (time * 0.16 + at / 7) % 1;
        const drift = Math.sin(time * 0.8 + at * 1.7) * 34 * rise;
        glow(
          pen,
          x + (roll() - 0.5) * 130 + drift,
          y - rise * 420,
          46 + rise * 90,
          60 + rise * 110,
          '255,240,225',
          0.2 * (1 - rise),
        );
      }
      break;
    }
    case 'stars': {
      for (let at = 0; at < 46; at++) {
        const x = roll() * 1500 + 50;
        const y = roll() * 900 - 360;
        const shine = 0.5 + 0.5 * Math.sin(time * (0.8 + roll() * 2) + at);
        disc(pen, x, y, 1.2 + roll() * 2.2, '#fff', shine * 0.9);
      }
      const fall = (time % 9) / 0.9;
      if (fall < 1) {
        const x = 240 + fall * 520;
        const y = -40 + fall * 200;
        stroke(pen, `M${x - 130} ${y - 50}L${x} ${y}`, '#ffffff', 4, 0.8 * (1 - fall));
      }
      break;
    }
    case 'fireflies':
      for (let at = 0; at < 20; at++) {
        const x = roll() * 1500 + 60 * Math.sin(time * (0.3 + roll() * 0.4) + at);
        const y = 200 + roll() * 760 + 40 * Math.cos(time * (0.4 + roll() * 0.3) + at * 2);
        const shine = Math.max(0, Math.sin(time * (0.9 + roll()) + at * 2));
        glow(pen, x, y, 22, 22, '220,255,140', 0.75 * shine);
        disc(pen, x, y, 3, '#f6ffd0', shine);
      }
      break;
    case 'neon':
      for (let at = 0; at < 16; at++) {
        const x = roll() * 1600;
        const y = 1000 - ((time * (24 + roll() * 40) + roll() * 1200) % 1200);
        const size = 5 + roll() * 7;
        pen.globalAlpha = 0.4;
        pen.fillStyle = ['#ff4fa0', '#3fe0ff', '#ffd75e'][at % 3] ?? '#fff';
        pen.fillRect(x, y, size, size);
        pen.globalAlpha = 1;
      }
      break;
    case 'petals':
      for (let at = 0; at < 14; at++) {
        const x = (roll() * 800 + time * (10 + roll() * 10)) % 800;
        const y = roll() * 900 - 40 + 20 * Math.sin(time * 0.7 + at);
        disc(pen, x, y, 1.6 + roll() * 2.4, '#ffe6cf', 0.14 + 0.14 * Math.sin(time * 1.1 + at));
      }
      break;
  }
}
