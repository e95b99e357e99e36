import { type Backdrop, bulbs, desk, TOP, wall } from './backdrop.ts';
import { across, box, dice, disc, type Pen, shape, soft } from './brush.ts';
import type { Scene } from './scene.ts';

const backdrop: Backdrop = {
  back: (pen) => {
    wall(pen, '#3c4a2a', '#1c3630', '#0c1f2c');
    soft(pen, 8, (p) => {
      // The glass of a greenhouse in the last light.
      box(
        p,
        60,
        TOP,
        1480,
        1300,
        across(p, 0, TOP, 0, 880, [
          [0, '#16304a'],
          [0.55, '#4a5a66'],
          [0.85, '#d98a52'],
          [1, '#f0b060'],
        ]),
      );
      disc(p, 420, 640, 110, '#ffd98a', 0.9);
      shape(p, 'M40 760c160-120 320-60 460-120s300-80 460 0 400-20 620 100v400H40z', '#20403a');
      shape(p, 'M40 840c200-90 300-40 520-70s420-40 600 0 300 0 420 40v340H40z', '#16302c');
      p.strokeStyle = '#0e1c1c';
      p.lineWidth = 16;
      p.beginPath();
      for (let x = 60; x <= 1540; x += 247) {
        p.moveTo(x, TOP);
        p.lineTo(x, 900);
      }
      p.moveTo(60, 300);
      p.lineTo(1540, 300);
      p.stroke();
      p.lineWidth = 22;
      p.beginPath();
      p.arc(800, 300, 740, Math.PI, 0);
      p.stroke();
    });
    soft(pen, 9, (p) => {
      const roll = dice(5);
      for (let leaf = 0; leaf < 110; leaf++) {
        const left = roll() < 0.5;
        const x = left ? roll() * 420 - 60 : 1180 + roll() * 480;
        const y = roll() * 1100 - 60;
        p.save();
        p.translate(x, y);
        p.rotate(roll() * 6.28);
        p.fillStyle = `oklch(${0.32 + roll() * 0.22} ${0.07 + roll() * 0.05} ${130 + roll() * 40})`;
        p.beginPath();
        p.ellipse(0, 0, 26 + roll() * 44, 10 + roll() * 14, 0, 0, 6.2832);
        p.fill();
        p.restore();
      }
      for (const [x, y, color] of [
        [150, 260, '#ff8fb0'],
        [250, 470, '#ffd75e'],
        [90, 660, '#ff9a6a'],
        [1330, 330, '#ffb0d0'],
        [1450, 520, '#fff0b0'],
        [1300, 690, '#ff8a8a'],
      ] as const) {
        for (let petal = 0; petal < 6; petal++) {
          disc(p, x + Math.cos(petal * 1.047) * 22, y + Math.sin(petal * 1.047) * 22, 19, color, 0.9);
        }
        disc(p, x, y, 14, '#ffe7a0');
      }
    });
    bulbs(pen, '255,220,140');
  },
  front: (pen) => {
    desk(pen, '#6a4a30', '#43332c', '#22262a', '#ffd9a0');
    for (const [x, y, s] of [
      [230, 1250, 1],
      [1330, 1240, 1.1],
    ] as const)
      plantPot(pen, x, y, s);
    soft(pen, 12, (p) => {
      const roll = dice(9);
      for (let leaf = 0; leaf < 60; leaf++) {
        const x = leaf % 2 ? roll() * 330 - 40 : 1290 + roll() * 360;
        p.save();
        p.translate(x, 840 + roll() * 220);
        p.rotate(-1.57 + (roll() - 0.5) * 1.9);
        p.fillStyle = `oklch(${0.24 + roll() * 0.2} .08 ${135 + roll() * 30})`;
        p.beginPath();
        p.ellipse(0, 0, 110, 26, 0, 0, 6.2832);
        p.fill();
        p.restore();
      }
      for (const [x, y, color] of [
        [120, 850, '#ff7a9a'],
        [270, 930, '#ffd75e'],
        [1400, 860, '#ffb357'],
        [1530, 930, '#ff8fb0'],
      ] as const) {
        for (let petal = 0; petal < 6; petal++) {
          disc(p, x + Math.cos(petal * 1.047) * 34, y + Math.sin(petal * 1.047) * 34, 30, color);
        }
        disc(p, x, y, 22, '#fff0c0');
      }
    });
  },
  lamps: [
    { x: 420, y: 620, rx: 560, ry: 460, color: '255,190,90', alpha: 0.5 },
    { x: 800, y: 140, rx: 620, ry: 300, color: '255,220,150', alpha: 0.16 },
    { x: 1350, y: 400, rx: 380, ry: 400, color: '90,200,180', alpha: 0.2 },
  ],
  bokeh: [],
  air: 'fireflies',
};

function plantPot(pen: Pen, x: number, y: number, scale: number): void {
  pen.save();
  pen.translate(x, y);
  pen.scale(scale, scale);
  for (const [turn, color] of [
    [-0.8, '#3f7a4a'],
    [-0.3, '#56975a'],
    [0.2, '#3a6d46'],
    [0.7, '#4f8a52'],
  ] as const) {
    pen.save();
    pen.rotate(turn);
    pen.fillStyle = color;
    pen.beginPath();
    pen.ellipse(0, -110, 34, 110, 0, 0, 6.2832);
    pen.fill();
    pen.restore();
  }
  shape(
    pen,
    'M-86 -10H86L64 150H-64z',
    across(pen, -86, 0, 86, 0, [
      [0, '#e2905a'],
      [1, '#7a4030'],
    ]),
  );
  box(pen, -96, -24, 192, 34, '#d9834e', 8);
  pen.restore();
}

/** A greenhouse in the evening. */
export const scene: Scene = {
  backdrop,
  person: {
    skin: ['#b87a54', '#8a5540', '#54343a'],
    hair: ['#33201c', '#1e1418', '#120d16'],
    top: ['#f0c060', '#7f9a58', '#3f6a58', '#1f3c48'],
    style: 'curls',
    wears: 'straw',
    wearColor: '#d9503f',
    eyes: 'open',
    warm: '255,214,140',
    cool: '120,220,200',
  },
};
