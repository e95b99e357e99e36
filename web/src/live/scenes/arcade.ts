import { type Backdrop, desk, wall } from './backdrop.ts';
import { across, box, dice, disc, shape, soft, stroke } from './brush.ts';
import type { Scene } from './scene.ts';

const backdrop: Backdrop = {
  back: (pen) => {
    wall(pen, '#2a1050', '#160c38', '#070a22');
    soft(pen, 5, (p) => {
      for (const [x, hue, glass] of [
        [40, '#ff4fa0', '#3fe0ff'],
        [290, '#5a6bff', '#ffd75e'],
        [1120, '#ff9a3d', '#ff5fb0'],
        [1370, '#3fe0ff', '#9a7bff'],
      ] as const) {
        box(p, x, 180, 220, 760, '#120b2a', 20);
        box(p, x, 180, 220, 90, hue, 16);
        box(p, x + 20, 300, 180, 170, glass, 12);
        box(
          p,
          x + 20,
          300,
          180,
          170,
          across(p, 0, 300, 0, 470, [
            [0, 'rgba(10,5,40,.1)'],
            [1, 'rgba(10,5,40,.72)'],
          ]),
          12,
        );
        const roll = dice(x + 3);
        for (let dot = 0; dot < 9; dot++)
          box(p, x + 34 + Math.floor(roll() * 9) * 17, 316 + Math.floor(roll() * 8) * 17, 15, 15, '#fff');
        shape(p, `M${x} 500h220l24 70H${x - 24}z`, '#241648');
        for (let key = 0; key < 4; key++)
          disc(p, x + 70 + key * 34, 536, 11, key % 2 ? '#ff5f7d' : '#ffd75e');
        stroke(p, `M${x} 180V940M${x + 220} 180V940`, hue, 6, 0.8);
      }
    });
    soft(pen, 7, (p) => {
      stroke(p, 'M560 -20L700 -210 840 -20z', '#3fe0ff', 14, 0.9);
      stroke(p, 'M900 -30h150v-150h-150z', '#ff4fa0', 14, 0.9);
      p.strokeStyle = '#ffd75e';
      p.lineWidth = 14;
      p.beginPath();
      p.arc(1190, -100, 84, 0, 6.2832);
      p.stroke();
      stroke(p, 'M370 -190l140 140M510 -190l-140 140', '#9a7bff', 14, 0.9);
      stroke(p, 'M580 96h440', '#ff4fa0', 10, 0.85);
      stroke(p, 'M620 134h360', '#3fe0ff', 8, 0.75);
    });
  },
  front: (pen) => {
    desk(pen, '#3a1a6a', '#221048', '#0f1030', '#ff6fc0');
    soft(pen, 2, (p) => {
      shape(
        p,
        'M620 1392c0-40 40-56 90-56h180c50 0 90 16 90 56l18 96c8 44-60 60-92 12l-22-30H716l-22 30c-32 48-100 32-92-12z',
        '#17132c',
      );
      stroke(p, 'M684 1400h48M708 1376v48', '#3fe0ff', 12);
      for (const [x, y, color] of [
        [884, 1378, '#ffd75e'],
        [914, 1404, '#ff5f7d'],
        [884, 1430, '#58e0a0'],
        [854, 1404, '#58c8ff'],
      ] as const)
        disc(p, x, y, 12, color);
    });
    soft(pen, 9, (p) => {
      shape(p, 'M-40 1000V840l330-70c20 0 30 10 30 30v200z', '#0d0a22');
      stroke(p, 'M-40 838l330-70c20 0 30 10 30 30v210', '#3fe0ff', 7, 0.85);
      shape(p, 'M1640 1000V830l-300-66c-20 0-30 10-30 30v206z', '#0d0a22');
      stroke(p, 'M1640 828l-300-66c-20 0-30 10-30 30v216', '#ff4fa0', 7, 0.85);
    });
  },
  lamps: [
    { x: 260, y: 420, rx: 460, ry: 420, color: '255,80,170', alpha: 0.4 },
    { x: 1340, y: 420, rx: 460, ry: 440, color: '60,200,255', alpha: 0.4 },
    { x: 800, y: 60, rx: 560, ry: 260, color: '150,110,255', alpha: 0.36 },
  ],
  bokeh: [
    { x: 560, y: 250, r: 26, color: '#ff4fa0', alpha: 0.4 },
    { x: 1060, y: 240, r: 34, color: '#3fe0ff', alpha: 0.35 },
    { x: 500, y: 640, r: 40, color: '#9a7bff', alpha: 0.3 },
    { x: 1110, y: 660, r: 30, color: '#ffd75e', alpha: 0.3 },
  ],
  air: 'neon',
};

/** An arcade: somebody plays. */
export const scene: Scene = {
  backdrop,
  person: {
    skin: ['#f3c0a8', '#d99a92', '#8f5f88'],
    hair: ['#ff7ab8', '#a83f98', '#3f2a78'],
    top: ['#ff6fb0', '#7a3fc0', '#3a2a90', '#173a78'],
    style: 'bob',
    wears: 'headset',
    wearColor: '#3fe0ff',
    eyes: 'open',
    warm: '255,110,190',
    cool: '80,220,255',
  },
};
