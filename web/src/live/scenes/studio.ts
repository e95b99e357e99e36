import { type Backdrop, bulbs, desk, frame, leaves, wall } from './backdrop.ts';
import { across, box, disc, shape, soft, stroke } from './brush.ts';
import type { Scene } from './scene.ts';

const backdrop: Backdrop = {
  back: (pen) => {
    wall(pen, '#4a2e3a', '#2e2340', '#141a34');
    soft(pen, 6, (p) => {
      frame(
        p,
        90,
        -60,
        520,
        620,
        across(p, 0, -60, 0, 560, [
          [0, '#2a3f7a'],
          [0.6, '#7a6aa8'],
          [1, '#e08a7a'],
        ]),
        '#1a1220',
      );
      disc(p, 220, 90, 46, '#fff2d0', 0.92);
      for (const [x, y, w, h, hue] of [
        [1020, 90, 200, 250, 20],
        [1250, 60, 250, 190, 230],
        [1260, 290, 220, 260, 90],
        [1040, 380, 170, 190, 320],
      ] as const) {
        box(p, x - 10, y - 10, w + 20, h + 20, '#1c1424');
        box(
          p,
          x,
          y,
          w,
          h,
          across(p, x, y, x + w, y + h, [
            [0, `oklch(.78 .12 ${hue})`],
            [0.5, `oklch(.6 .14 ${hue + 40})`],
            [1, `oklch(.36 .1 ${hue + 90})`],
          ]),
        );
        stroke(
          p,
          `M${x + 10} ${y + h * 0.7}q${w * 0.3} -60 ${w * 0.5} 0t${w * 0.42} -10`,
          'rgba(255,245,230,.6)',
          10,
        );
        disc(p, x + w * 0.7, y + h * 0.28, w * 0.13, 'rgba(255,240,200,.75)');
      }
      box(p, 1000, 610, 520, 14, '#140d18');
      for (const [x, h, color] of [
        [1030, 70, '#d9642f'],
        [1090, 84, '#3d8fa8'],
        [1150, 62, '#e2b36b'],
        [1216, 90, '#8a5a9a'],
        [1290, 74, '#c8456a'],
        [1360, 86, '#5c8d5a'],
      ] as const) {
        box(p, x, 610 - h, 46, h, color, 8);
        box(p, x + 8, 610 - h - 12, 30, 14, '#e8dfd0', 4);
      }
    });
    bulbs(pen, '255,190,130');
    leaves(pen, '#1a2c28', 'right');
  },
  front: (pen) => {
    desk(pen, '#7a5038', '#4a3038', '#252038', '#ffd0a0');
    soft(pen, 2, (p) => {
      // The back of the canvas that is being painted.
      stroke(p, 'M140 560L40 1700M330 560L470 1700', '#2a1a1c', 26);
      p.save();
      p.translate(235, 790);
      p.rotate(-0.05);
      box(
        p,
        -215,
        -240,
        430,
        480,
        across(p, -215, 0, 215, 0, [
          [0, '#e8c79a'],
          [1, '#8a6650'],
        ]),
        6,
      );
      box(p, -190, -215, 380, 430, '#a98462', 3);
      stroke(p, 'M-190 0H190M0 -215V215', '#c79a70', 18);
      p.restore();
      shape(p, 'M1040 1400c-60-70 20-150 150-150s230 60 190 150-140 40-170 70-110 0-170-70z', '#c99a6a');
      for (const [x, y, color] of [
        [1110, 1330, '#d9502f'],
        [1180, 1300, '#f0b040'],
        [1254, 1306, '#3d8fc8'],
        [1316, 1340, '#5ca05a'],
        [1130, 1396, '#8a5ac0'],
      ] as const)
        disc(p, x, y, 26, color);
    });
    stroke(pen, 'M1010 900L1240 700', '#caa070', 16);
    stroke(pen, 'M1222 716L1262 678', '#d8d8e0', 18);
    stroke(pen, 'M1262 680q30 -34 44 -64q-6 46 -26 78z', '#ff7a4a', 14);
  },
  lamps: [
    { x: 350, y: 240, rx: 480, ry: 460, color: '255,160,140', alpha: 0.36 },
    { x: 620, y: 120, rx: 420, ry: 360, color: '255,190,120', alpha: 0.3 },
    { x: 1260, y: 320, rx: 440, ry: 420, color: '120,140,255', alpha: 0.28 },
  ],
  bokeh: [
    { x: 180, y: 470, r: 22, color: '#ffb357', alpha: 0.6 },
    { x: 260, y: 500, r: 30, color: '#ff7a5c', alpha: 0.45 },
    { x: 420, y: 480, r: 26, color: '#ffe08a', alpha: 0.5 },
    { x: 520, y: 510, r: 34, color: '#8fb8ff', alpha: 0.4 },
  ],
  air: 'petals',
};

/** A painter’s studio. */
export const scene: Scene = {
  backdrop,
  person: {
    skin: ['#f0c49c', '#d8a078', '#9a6a5c'],
    hair: ['#b86a3a', '#7a3a2c', '#3c2230'],
    top: ['#5a9ab0', '#3a6a90', '#2c4478', '#241f50'],
    style: 'bun',
    wears: 'beret',
    wearColor: '#c83f4f',
    eyes: 'open',
    warm: '255,190,150',
    cool: '150,170,255',
  },
};
