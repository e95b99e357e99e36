import { type Backdrop, books, bulbs, desk, frame, leaves, night, TOWN, wall } from './backdrop.ts';
import { across, box, glow, type Pen, soft, stroke } from './brush.ts';
import type { Scene } from './scene.ts';

const backdrop: Backdrop = {
  back: (pen) => {
    wall(pen, '#3a1f3f', '#241636', '#0d1428');
    bulbs(pen, '255,178,94');
    soft(pen, 6, (p) => {
      frame(p, 1010, 70, 470, 560, night(p, 70, 630), '#120d20');
      for (const y of [250, 466]) box(p, 90, y, 430, 14, '#120b1c');
      books(p);
      for (const y of [262, 478]) box(p, 90, y, 430, 6, '#ffcf8a');
    });
    leaves(pen, '#0d2a24', 'right');
  },
  front: (pen) => {
    desk(pen, '#6a3a2a', '#3a2030', '#1d1630', '#ffb877');
    keyboard(pen);
    microphone(pen, '#e88a3e');
    leaves(pen, '#0a1f1e', 'left');
  },
  lamps: [
    { x: 305, y: 300, rx: 360, ry: 170, color: '255,150,70', alpha: 0.5 },
    { x: 305, y: 510, rx: 380, ry: 170, color: '255,150,70', alpha: 0.45 },
    { x: 470, y: 430, rx: 420, ry: 420, color: '255,138,60', alpha: 0.5 },
    { x: 1250, y: 360, rx: 440, ry: 440, color: '70,160,255', alpha: 0.32 },
  ],
  bokeh: TOWN,
  air: 'dust',
};

function keyboard(pen: Pen): void {
  pen.save();
  pen.translate(470, 1330);
  box(pen, 0, 0, 660, 150, '#15121d', 16);
  box(pen, 16, 18, 628, 112, '#efe6dc', 6);
  for (let key = 1; key < 14; key++) box(pen, 16 + key * 44.8, 18, 2, 112, '#b9a99a');
  for (const key of [1, 2, 4, 5, 6, 8, 9, 11, 12, 13]) box(pen, 3 + key * 44.8, 18, 26, 70, '#17141f', 3);
  glow(pen, 140, 40, 420, 160, '255,150,70', 0.3);
  pen.restore();
}

function microphone(pen: Pen, ring: string): void {
  stroke(pen, 'M-20 760L420 700 640 640', '#0c0a12', 22);
  stroke(pen, 'M-20 752L420 692 640 632', '#5a4a52', 4);
  pen.save();
  pen.translate(690, 640);
  pen.rotate(0.314);
  pen.translate(-690, -640);
  box(
    pen,
    640,
    540,
    100,
    200,
    across(pen, 640, 0, 740, 0, [
      [0, '#15151d'],
      [0.3, '#5d5d70'],
      [0.55, '#24242e'],
      [1, '#0c0c12'],
    ]),
    48,
  );
  pen.save();
  pen.beginPath();
  pen.roundRect(646, 546, 88, 104, 42);
  pen.clip();
  box(pen, 646, 546, 88, 104, '#2a2a36');
  pen.strokeStyle = '#74748a';
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (let at = -110; at < 110; at += 9) {
    pen.moveTo(690 + at, 540);
    pen.lineTo(690 + at + 110, 650);
    pen.moveTo(690 + at, 540);
    pen.lineTo(690 + at - 110, 650);
  }
  pen.stroke();
  pen.restore();
  box(pen, 640, 652, 100, 12, ring);
  stroke(pen, 'M646 600c0-40 20-54 44-54', '#ffcf9a', 5, 0.7);
  pen.strokeStyle = '#17151f';
  pen.lineWidth = 9;
  pen.beginPath();
  pen.ellipse(690, 640, 86, 120, 0, 0, 6.2832);
  pen.stroke();
  pen.restore();
}

/** A lamp-lit room at night: somebody sings. */
export const scene: Scene = {
  backdrop,
  person: {
    skin: ['#e9a36d', '#c97f52', '#8a5140'],
    hair: ['#5a2b22', '#2c1520', '#16101f'],
    top: ['#f0a35e', '#c9683f', '#7b3340', '#3f2550'],
    style: 'long',
    wears: 'headphones',
    wearColor: '#ffb877',
    eyes: 'closed',
    warm: '255,201,143',
    cool: '111,184,255',
  },
};
