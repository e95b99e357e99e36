import { type Backdrop, desk, HIGH, TOP, wall } from './backdrop.ts';
import { across, box, dice, disc, glow, type Pen, round, soft, stroke } from './brush.ts';
import type { Scene } from './scene.ts';

const backdrop: Backdrop = {
  back: (pen) => {
    wall(pen, '#24154a', '#120f34', '#060b20');
    pen.save();
    pen.beginPath();
    pen.ellipse(800, 330, 760, 740, 0, 0, 6.2832);
    pen.clip();
    box(
      pen,
      -100,
      TOP,
      1800,
      HIGH,
      round(pen, 620, 200, 1100, [
        [0, '#4b2f86'],
        [0.4, '#22205e'],
        [1, '#080c28'],
      ]),
    );
    soft(pen, 22, (p) => {
      glow(p, 420, 160, 420, 260, '255,90,160', 0.34);
      glow(p, 1180, 420, 460, 300, '70,180,255', 0.34);
      glow(p, 760, -120, 480, 260, '150,110,255', 0.4);
      stroke(p, 'M-40 620C300 380 700 260 1640 -160', 'rgba(210,190,255,.35)', 90);
      stroke(p, 'M-40 600C300 370 700 250 1640 -170', 'rgba(255,220,240,.4)', 30);
    });
    const roll = dice(11);
    for (let star = 0; star < 240; star++) {
      disc(pen, roll() * 1700 - 50, roll() * 1500 - 420, 0.8 + roll() * 2.2, '#fff', 0.25 + roll() * 0.6);
    }
    const planet = round(pen, 1245, 205, 150, [
      [0, '#ffd9a8'],
      [0.5, '#d9825a'],
      [1, '#5a2a5a'],
    ]);
    disc(pen, 1290, 240, 104, planet);
    pen.strokeStyle = 'rgba(255,220,180,.75)';
    pen.lineWidth = 12;
    pen.beginPath();
    pen.ellipse(1290, 244, 182, 40, -0.28, 0.25, 2.95);
    pen.stroke();
    pen.restore();
    pen.strokeStyle = '#0b0a1c';
    pen.lineWidth = 60;
    pen.beginPath();
    pen.ellipse(800, 330, 790, 770, 0, 0, 6.2832);
    pen.stroke();
    pen.strokeStyle = 'rgba(140,160,255,.28)';
    pen.lineWidth = 5;
    pen.beginPath();
    pen.ellipse(800, 330, 760, 740, 0, 0, 6.2832);
    pen.stroke();
    soft(pen, 4, (p) => {
      box(p, -100, 700, 560, 400, '#100e26', 20);
      for (let at = 0; at < 12; at++) {
        disc(
          p,
          40 + (at % 6) * 60,
          760 + Math.floor(at / 6) * 60,
          11,
          at % 3 === 0 ? '#ff9a4d' : '#58c8ff',
          0.85,
        );
      }
    });
  },
  front: (pen) => {
    desk(pen, '#2c2358', '#1a1740', '#0e1030', '#8fa8ff');
    telescope(pen);
    soft(pen, 8, (p) => {
      pen.globalAlpha = 1;
      disc(
        p,
        1460,
        960,
        150,
        across(p, 1310, 0, 1610, 0, [
          [0, '#5a78d8'],
          [1, '#141838'],
        ]),
      );
      stroke(p, 'M1320 930c90 50 200 50 286 0M1316 970c90 60 200 60 290 0', 'rgba(200,230,255,.35)', 8);
    });
  },
  lamps: [
    { x: 420, y: 300, rx: 480, ry: 420, color: '255,120,190', alpha: 0.3 },
    { x: 1200, y: 420, rx: 480, ry: 480, color: '80,180,255', alpha: 0.34 },
    { x: 160, y: 830, rx: 320, ry: 200, color: '88,200,255', alpha: 0.26 },
  ],
  bokeh: [],
  air: 'stars',
};

function telescope(pen: Pen): void {
  stroke(pen, 'M240 1400L330 840M430 1400L340 840', '#14122a', 26);
  pen.save();
  pen.translate(330, 810);
  pen.rotate(-0.5);
  const tube = across(pen, 0, -60, 0, 60, [
    [0, '#f0d9c0'],
    [0.35, '#8a86a8'],
    [1, '#1c1a38'],
  ]);
  box(pen, -220, -34, 200, 68, tube, 14);
  box(pen, -40, -50, 300, 100, tube, 18);
  box(pen, 230, -62, 60, 124, '#221f44', 16);
  box(pen, 60, -54, 16, 108, '#ff9a4d');
  pen.restore();
}

/** Under the stars, with a telescope. */
export const scene: Scene = {
  backdrop,
  person: {
    skin: ['#c48a6a', '#94604e', '#573848'],
    hair: ['#3a2440', '#1c1430', '#100c24'],
    top: ['#8a7bff', '#5446b8', '#2c2a78', '#17204e'],
    style: 'bob',
    wears: 'beanie',
    wearColor: '#ff8a5a',
    eyes: 'open',
    warm: '255,150,200',
    cool: '110,200,255',
  },
};
