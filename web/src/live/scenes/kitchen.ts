import { type Backdrop, bulbs, desk, frame, leaves, night, TOWN, wall } from './backdrop.ts';
import { across, box, disc, type Pen, shape, soft, stroke } from './brush.ts';
import type { Scene } from './scene.ts';

const backdrop: Backdrop = {
  back: (pen) => {
    wall(pen, '#55302c', '#33202f', '#171a30');
    bulbs(pen, '255,190,110');
    soft(pen, 6, (p) => {
      // Tiles that take the lamp's light.
      for (let row = 0; row < 9; row++) {
        for (let column = 0; column < 12; column++) {
          const x = -60 + column * 146 + (row % 2) * 73;
          box(
            p,
            x,
            470 + row * 74,
            138,
            66,
            `rgba(255,214,170,${0.03 + 0.05 * ((row * 7 + column * 5) % 4)})`,
            8,
          );
        }
      }
      frame(p, 1060, 40, 420, 360, night(p, 40, 400), '#20131c');
      stroke(p, 'M60 120H640', '#120c14', 12);
      for (const [x, r, color] of [
        [130, 62, '#b8643a'],
        [276, 76, '#8a4630'],
        [430, 58, '#c98a4a'],
        [566, 66, '#7d4a3c'],
      ] as const) {
        stroke(p, `M${x} 120V190`, '#120c14', 8);
        disc(p, x, 190 + r, r, color);
        disc(p, x - r * 0.25, 190 + r * 0.8, r * 0.62, 'rgba(255,220,170,.22)');
      }
      box(p, 60, 520, 470, 16, '#1c1018');
      for (const [x, w, h, color] of [
        [84, 56, 92, '#c9733f'],
        [150, 50, 76, '#e2b36b'],
        [210, 58, 100, '#7a8f4a'],
        [280, 48, 70, '#b04a4a'],
        [340, 60, 88, '#d9c29a'],
        [414, 54, 104, '#5c7d6a'],
      ] as const) {
        box(p, x, 520 - h, w, h, color, 12);
        box(p, x + 4, 520 - h - 14, w - 8, 18, '#2a1820', 6);
      }
      box(p, 60, 534, 470, 5, '#ffcf8a');
    });
    soft(pen, 3, (p) => {
      stroke(p, 'M600 -420V-40', '#120c14', 6);
      shape(p, 'M520 40c0-60 40-84 80-84s80 24 80 84z', '#c9733f');
    });
    leaves(pen, '#1f3320', 'right');
  },
  front: (pen) => {
    desk(pen, '#7d4a33', '#4a2a33', '#221a33', '#ffc58a');
    pot(pen, 1130, 850, 1.05);
    pot(pen, 1090, 1440, 0.9);
    soft(pen, 10, (p) => {
      for (const [x, y, r, color] of [
        [110, 940, 84, '#c8452f'],
        [252, 976, 66, '#d9642f'],
        [30, 1010, 70, '#7fa03f'],
      ] as const) {
        disc(p, x, y, r, color);
        disc(p, x - r * 0.3, y - r * 0.35, r * 0.3, 'rgba(255,240,220,.35)');
      }
    });
  },
  lamps: [
    { x: 600, y: 60, rx: 460, ry: 380, color: '255,176,90', alpha: 0.6 },
    { x: 300, y: 560, rx: 420, ry: 170, color: '255,150,70', alpha: 0.4 },
    { x: 1270, y: 220, rx: 360, ry: 320, color: '90,150,255', alpha: 0.26 },
  ],
  bokeh: TOWN.map(({ x, y, ...more }) => ({ x: x + 20, y: y * 0.5 + 90, ...more, r: more.r * 0.7 })),
  air: 'steam',
  airAt: { x: 1245, y: 770 },
};

function pot(pen: Pen, x: number, y: number, scale: number): void {
  pen.save();
  pen.translate(x, y);
  pen.scale(scale, scale);
  const steel = across(pen, -40, 0, 260, 0, [
    [0, '#e7a86a'],
    [0.25, '#7c7484'],
    [0.6, '#3a3748'],
    [1, '#1a1826'],
  ]);
  shape(pen, 'M-40 -70h290l-16 170c-3 20-18 30-40 30H16c-22 0-37-10-40-30z', steel);
  stroke(pen, 'M-40 -70h290', '#d9c2b0', 8, 0.7);
  stroke(pen, 'M-44 -30c-50-4-60 40-8 44M254 -30c50-4 60 40 8 44', '#2a2634', 14);
  pen.restore();
}

/** A kitchen: somebody cooks. */
export const scene: Scene = {
  backdrop,
  person: {
    skin: ['#f2bd92', '#dd9a70', '#a2664e'],
    hair: ['#5a3a24', '#35202a', '#1c1424'],
    top: ['#fff0dc', '#e9d6c8', '#a3929c', '#5a5470'],
    style: 'short',
    wears: 'chef',
    wearColor: '#fff0dc',
    beard: true,
    eyes: 'open',
    warm: '255,206,140',
    cool: '140,180,255',
  },
};
