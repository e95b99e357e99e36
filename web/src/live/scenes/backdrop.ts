import { across, box, disc, glow, type Pen, shape, soft, stroke } from './brush.ts';

export interface Bokeh {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly color: string;
  readonly alpha: number;
}

/** A light in the room that breathes a little. `color` as `r,g,b`. */
export interface Lamp {
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
  readonly color: string;
  readonly alpha: number;
}

/** What stands behind and before a person. */
export interface Backdrop {
  readonly back: (pen: Pen) => void;
  readonly front: (pen: Pen) => void;
  readonly lamps: readonly Lamp[];
  readonly bokeh: readonly Bokeh[];
  /** Small things in the air. */
  readonly air: 'dust' | 'steam' | 'stars' | 'fireflies' | 'neon' | 'petals';
  readonly airAt?: { readonly x: number; readonly y: number };
}

export const TOP = -420;
export const HIGH = 2240;

export function wall(pen: Pen, lit: string, mid: string, dark: string): void {
  box(
    pen,
    -200,
    TOP,
    2000,
    HIGH,
    across(pen, 0, -100, 1600, 1100, [
      [0, lit],
      [0.45, mid],
      [1, dark],
    ]),
  );
}

export function bulbs(pen: Pen, color: string): void {
  soft(pen, 3, (p) => {
    stroke(p, 'M300-250C500-60 700-20 860-110S1180-260 1300-60', '#100a18', 7);
    for (const [x, y] of [
      [372, -165],
      [470, -100],
      [575, -55],
      [690, -42],
      [800, -78],
      [905, -128],
      [1010, -165],
      [1120, -165],
      [1215, -110],
    ] as const) {
      glow(p, x, y + 14, 56, 56, color, 0.75);
      disc(p, x, y + 14, 14, '#ffe2a8');
    }
  });
}

export function desk(pen: Pen, lit: string, mid: string, dark: string, edge: string): void {
  const wood = across(pen, 200, 0, 1400, 0, [
    [0, lit],
    [0.5, mid],
    [1, dark],
  ]);
  shape(pen, 'M-200 1290C500 1250 1100 1250 1800 1290V1900H-200z', wood);
  stroke(pen, 'M-200 1290C500 1250 1100 1250 1800 1290', edge, 5, 0.5);
}

export function books(pen: Pen): void {
  for (const [x, y, w, h, color] of [
    [110, 140, 34, 110, '#b04a4a'],
    [146, 124, 28, 126, '#d6a25c'],
    [176, 150, 40, 100, '#356a78'],
    [220, 132, 24, 118, '#8a5a9a'],
    [248, 160, 44, 90, '#c7794a'],
    [300, 366, 30, 100, '#7c3b54'],
    [334, 350, 26, 116, '#e2b36b'],
    [364, 372, 38, 94, '#3d6f8a'],
    [406, 356, 28, 110, '#9c5a3c'],
  ] as const) {
    box(pen, x, y, w, h, color);
  }
  disc(pen, 360, 210, 40, '#2c5a4a');
  box(pen, 335, 225, 50, 25, '#d2925f');
  box(pen, 420, 130, 70, 120, '#3a2748', 6);
  box(pen, 112, 350, 150, 116, '#1c1428', 10);
  disc(pen, 160, 410, 34, '#32243f');
  disc(pen, 220, 410, 22, '#32243f');
}

export function leaves(pen: Pen, dark: string, side: 'left' | 'right'): void {
  soft(pen, 14, (p) => {
    if (side === 'right') {
      shape(
        p,
        'M1440 1000c-20-180-120-260-200-290 30 110 90 220 160 300zM1470 1000c0-240 60-360 140-420 10 140-20 300-100 430zM1410 1000c-60-100-150-150-240-160 50 90 140 150 220 180z',
        dark,
      );
    } else {
      shape(p, 'M-20 1000c40-180 130-270 250-300-10 130-80 240-180 310z', dark, 0.95);
      shape(p, 'M120 1000c60-110 150-160 260-160-50 100-140 150-230 170z', dark, 0.95);
    }
  });
}

export function frame(
  pen: Pen,
  x: number,
  y: number,
  w: number,
  h: number,
  glass: CanvasGradient,
  bar: string,
): void {
  box(pen, x, y, w, h, glass, 10);
  pen.strokeStyle = bar;
  pen.lineWidth = 16;
  pen.beginPath();
  pen.moveTo(x + w / 2, y);
  pen.lineTo(x + w / 2, y + h);
  pen.moveTo(x, y + h * 0.46);
  pen.lineTo(x + w, y + h * 0.46);
  pen.stroke();
  pen.lineWidth = 22;
  pen.strokeRect(x, y, w, h);
}

export const night = (pen: Pen, y1: number, y2: number) =>
  across(pen, 0, y1, 0, y2, [
    [0, '#0b1636'],
    [0.6, '#1d2a5c'],
    [1, '#5a2f5f'],
  ]);

export const TOWN: readonly Bokeh[] = [
  { x: 1080, y: 520, r: 26, color: '#ffb357', alpha: 0.8 },
  { x: 1150, y: 470, r: 34, color: '#ff7a5c', alpha: 0.55 },
  { x: 1230, y: 540, r: 22, color: '#ffe08a', alpha: 0.8 },
  { x: 1310, y: 490, r: 38, color: '#5fd0ff', alpha: 0.45 },
  { x: 1390, y: 550, r: 28, color: '#ff9a4d', alpha: 0.7 },
  { x: 1190, y: 380, r: 16, color: '#ffd9a0', alpha: 0.7 },
  { x: 1280, y: 400, r: 12, color: '#fff0cf', alpha: 0.8 },
  { x: 1430, y: 430, r: 18, color: '#c58bff', alpha: 0.6 },
  { x: 1110, y: 590, r: 40, color: '#ff5f7d', alpha: 0.4 },
  { x: 1350, y: 600, r: 44, color: '#ffb357', alpha: 0.4 },
];
