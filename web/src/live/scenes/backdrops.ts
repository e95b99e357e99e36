import { across, box, dice, disc, glow, type Pen, round, shape, soft, stroke } from './brush.ts';

/** A light out of focus. */
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

const TOP = -420;
const HIGH = 2240;

function wall(pen: Pen, lit: string, mid: string, dark: string): void {
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

function bulbs(pen: Pen, color: string): void {
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

function desk(pen: Pen, lit: string, mid: string, dark: string, edge: string): void {
  const wood = across(pen, 200, 0, 1400, 0, [
    [0, lit],
    [0.5, mid],
    [1, dark],
  ]);
  shape(pen, 'M-200 1290C500 1250 1100 1250 1800 1290V1900H-200z', wood);
  stroke(pen, 'M-200 1290C500 1250 1100 1250 1800 1290', edge, 5, 0.5);
}

function books(pen: Pen): void {
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

function leaves(pen: Pen, dark: string, side: 'left' | 'right'): void {
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

function frame(
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

const night = (pen: Pen, y1: number, y2: number) =>
  across(pen, 0, y1, 0, y2, [
    [0, '#0b1636'],
    [0.6, '#1d2a5c'],
    [1, '#5a2f5f'],
  ]);

const TOWN: readonly Bokeh[] = [
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

export const LAMP: Backdrop = {
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

export const KITCHEN: Backdrop = {
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

export const GALAXY: Backdrop = {
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

export const GARDEN: Backdrop = {
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

export const ARCADE: Backdrop = {
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

export const STUDIO: Backdrop = {
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
