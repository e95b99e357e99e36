import { across, box, disc, glow, type Pen, shape, soft, stroke } from './brush.ts';

/** How a drawn person looks. Colours from lit to shaded. */
export interface Person {
  readonly skin: readonly [string, string, string];
  readonly hair: readonly [string, string, string];
  readonly top: readonly [string, string, string, string];
  readonly style: 'long' | 'short' | 'curls' | 'bun' | 'bob';
  readonly wears: 'headphones' | 'chef' | 'beanie' | 'straw' | 'headset' | 'beret';
  readonly wearColor: string;
  readonly beard?: boolean;
  /** Sings with closed eyes, or looks at you and blinks. */
  readonly eyes: 'closed' | 'open';
  /** Light from the left and from the right, as `r,g,b`. */
  readonly warm: string;
  readonly cool: string;
}

const FACE = 'M688 392c0-110 50-156 114-156s116 46 116 156c0 120-56 190-116 190s-114-70-114-190z';
const TORSO =
  'M250 1000c6-214 52-286 138-314l230-74c46 40 318 40 364 0l230 74c86 28 132 100 138 314V1400H250z';

/** Hair behind the head, the neck and the shoulders: what breathes. */
export function paintBody(pen: Pen, person: Person): void {
  soft(pen, 30, (p) => {
    p.globalAlpha = 0.6;
    p.fillStyle = '#0a0714';
    p.beginPath();
    p.ellipse(800, 980, 520, 120, 0, 0, 6.2832);
    p.fill();
  });
  const [, skin1, skin2] = person.skin;
  const top = across(pen, 250, 0, 1350, 0, [
    [0, person.top[0]],
    [0.3, person.top[1]],
    [0.75, person.top[2]],
    [1, person.top[3]],
  ]);
  pen.save();
  pen.translate(800, 30);
  pen.scale(0.76, 1);
  pen.translate(-800, 0);
  shape(pen, TORSO, top);
  soft(pen, 3, (p) => {
    stroke(p, 'M1212 690c70 30 126 90 136 300V1390', `rgb(${person.cool})`, 10, 0.45);
    stroke(p, 'M250 1390V990c8-200 60-270 140-300', `rgb(${person.warm})`, 12, 0.6);
  });
  pen.restore();
  if (person.wears === 'chef') {
    stroke(pen, 'M706 664L792 780V1390M894 664L808 780', 'rgba(40,30,50,.28)', 5);
    for (let y = 830; y < 1300; y += 92) {
      disc(pen, 762, y, 10, 'rgba(60,40,60,.55)');
      disc(pen, 838, y, 10, 'rgba(60,40,60,.55)');
    }
  } else {
    pen.save();
    pen.translate(800, 14);
    pen.scale(0.8, 1);
    pen.translate(-800, 0);
    shape(
      pen,
      'M612 616c40 60 120 92 188 92s150-32 190-92l-26-12c-40 44-100 66-164 66s-122-22-162-66z',
      `rgb(${person.warm})`,
      0.25,
    );
    pen.restore();
  }
  const neck = across(pen, 714, 0, 886, 0, [
    [0, skin1],
    [1, shade(skin2)],
  ]);
  shape(pen, 'M714 500h172v120c0 46-38 78-86 78s-86-32-86-78z', neck);
  shape(pen, 'M714 560c30 34 142 34 172 0v36c-36 40-136 40-172 0z', '#2a1220', 0.35);
}

/** Hair that falls behind the shoulders' line, drawn before the body. */
export function paintHairBehind(pen: Pen, person: Person): void {
  const hair = hairPaint(pen, person);
  if (person.style === 'long') {
    shape(
      pen,
      'M640 430c-24-190 70-262 162-262s190 66 166 262c-6 70 22 150 44 206-60 36-360 40-424 0 26-56 58-136 52-206z',
      hair,
    );
  }
  if (person.style === 'bob') {
    shape(
      pen,
      'M644 430c-24-190 66-262 158-262s186 66 162 262c2 60 6 108-8 150-40 18-268 20-308 0-10-44-6-90-4-150z',
      hair,
    );
  }
  if (person.style === 'curls') {
    for (const [x, y, r] of [
      [690, 300, 92],
      [640, 390, 74],
      [654, 480, 66],
      [802, 232, 112],
      [914, 300, 92],
      [962, 390, 74],
      [948, 480, 66],
    ] as const) {
      disc(pen, x, y, r, hair);
    }
  }
  if (person.style === 'bun') disc(pen, 806, 150, 66, hair);
}

/** The head without what moves in it. */
export function paintHead(pen: Pen, person: Person): void {
  const hair = hairPaint(pen, person);
  const [skin0, skin1, skin2] = person.skin;
  const face = across(pen, 688, 240, 918, 330, [
    [0, skin0],
    [0.5, skin1],
    [1, skin2],
  ]);
  if (person.wears !== 'headphones' && person.wears !== 'headset') {
    pen.fillStyle = face;
    pen.beginPath();
    pen.ellipse(690, 426, 20, 36, 0.1, 0, 6.2832);
    pen.ellipse(914, 426, 18, 34, -0.1, 0, 6.2832);
    pen.fill();
  }
  shape(pen, FACE, face);
  if (person.beard === true) {
    shape(
      pen,
      'M692 440c4 60 40 150 110 150s108-90 112-150c-14 30-30 44-52 46-40-8-80-8-120 0-22-2-38-18-50-46z',
      hair,
      0.96,
    );
  }
  switch (person.style) {
    case 'long':
    case 'bob':
      shape(
        pen,
        'M672 420c-16-150 50-214 130-214 84 0 150 60 132 214-14-60-34-104-62-126-50 26-130 34-168 20-16 26-26 60-32 106z',
        hair,
      );
      break;
    case 'short':
      shape(
        pen,
        'M680 400c-22-130 40-206 124-206 88 0 146 70 124 206-8-44-18-70-34-92-30 6-66-2-92-20-28 22-62 30-92 22-14 22-24 50-30 90z',
        hair,
      );
      break;
    case 'bun':
      shape(
        pen,
        'M678 410c-18-140 46-206 126-206s144 64 126 206c-10-56-32-96-66-122-44 4-86 4-126 0-30 30-50 70-60 122z',
        hair,
      );
      break;
    case 'curls':
      for (const [x, y, r] of [
        [716, 268, 48],
        [764, 244, 50],
        [826, 240, 50],
        [880, 264, 48],
        [692, 318, 38],
        [912, 316, 38],
      ] as const) {
        disc(pen, x, y, r, hair);
      }
      break;
  }
  stroke(pen, 'M676 300c18-56 70-88 126-88', `rgb(${person.warm})`, 7, 0.5);
  const dark = shade(person.hair[1]);
  stroke(pen, 'M716 360q28-18 58-6', dark, 8);
  stroke(pen, 'M832 354q30-12 56 8', dark, 8);
  stroke(pen, 'M804 400c-4 28-14 44-12 56 8 8 20 8 28 2', shade(skin2), 5);
  soft(pen, 6, (p) => {
    p.fillStyle = 'rgba(255,110,80,.34)';
    p.beginPath();
    p.ellipse(724, 456, 30, 18, 0, 0, 6.2832);
    p.fill();
    p.fillStyle = 'rgba(224,80,106,.28)';
    p.beginPath();
    p.ellipse(876, 458, 26, 16, 0, 0, 6.2832);
    p.fill();
  });
  soft(pen, 3, (p) => stroke(p, 'M690 360c-6 110 18 180 62 212', `rgb(${person.warm})`, 10, 0.5));
  paintWear(pen, person);
}

/** Eyes and mouth. `open` from 0 to 1; `lids` 1 is open. */
export function paintFace(pen: Pen, person: Person, open: number, lids: number): void {
  const lash = '#2a1420';
  if (person.eyes === 'closed' || lids < 0.2) {
    stroke(pen, 'M722 396q24 18 48 2', lash, 6);
    stroke(pen, 'M836 398q24 16 46-2', lash, 6);
  } else {
    for (const x of [747, 859]) {
      pen.fillStyle = '#fff4ec';
      pen.beginPath();
      pen.ellipse(x, 398, 22, 13 * lids, 0, 0, 6.2832);
      pen.fill();
      pen.save();
      pen.clip();
      disc(pen, x + 2, 398, 11.5, '#33202a');
      disc(pen, x - 2, 394, 3.6, '#fff', 0.9);
      pen.restore();
      stroke(pen, `M${x - 24} ${400 - 4 * lids}q24 ${-18 * lids} 48 0`, lash, 6);
    }
  }
  const drop = 12 + 40 * open;
  shape(
    pen,
    `M770 496c20 ${6 + 4 * open} 48 ${6 + 4 * open} 68 0 4 ${drop * 0.66}-12 ${drop}-34 ${drop}s-38-${drop * 0.34}-34-${drop}z`,
    '#5a1722',
  );
  if (open > 0.15) {
    shape(pen, 'M776 500c18 8 38 8 56 0l-2 10c-16 6-36 6-52 0z', '#ffe9dc', Math.min(1, open * 2));
  }
  if (open > 0.45) {
    pen.fillStyle = '#d85a5a';
    pen.beginPath();
    pen.ellipse(804, 496 + drop * 0.78, 18, 7 * open, 0, 0, 6.2832);
    pen.fill();
  }
}

function paintWear(pen: Pen, { wears, wearColor, warm, cool }: Person): void {
  if (wears === 'headphones' || wears === 'headset') {
    stroke(pen, 'M660 410c-22-190 70-256 142-256s166 66 144 256', '#15131d', 26);
    stroke(pen, 'M664 380c-8-150 60-214 138-214', wearColor, 6, 0.85);
    box(pen, 632, 372, 62, 128, '#1b1924', 30);
    box(pen, 626, 384, 26, 104, '#3a3546', 13);
    box(pen, 630, 396, 7, 80, `rgba(${warm},.9)`, 3.5);
    box(pen, 910, 372, 62, 128, '#14121c', 30);
    box(pen, 954, 384, 24, 104, '#24283c', 12);
    box(pen, 968, 396, 6, 80, `rgba(${cool},.85)`, 3);
  }
  if (wears === 'headset') {
    stroke(pen, 'M650 486c4 50 36 78 84 78', '#15131d', 12);
    box(pen, 722, 548, 48, 30, '#24202f', 14);
    // Cat ears that glow.
    for (const path of ['M664 226L652 120 746 176z', 'M942 226L954 120 860 176z']) {
      shape(pen, path, '#1b1924');
      stroke(pen, path, wearColor, 6, 0.9);
    }
  }
  if (wears === 'chef') {
    const cloth = across(pen, 640, 0, 960, 0, [
      [0, '#fff3e2'],
      [0.5, '#e6d3cb'],
      [1, '#8d7f98'],
    ]);
    for (const [x, y, r] of [
      [694, 142, 66],
      [802, 116, 84],
      [910, 144, 66],
    ] as const)
      disc(pen, x, y, r, cloth);
    shape(pen, 'M664 150h276l-16 110c-70-22-174-22-244 0z', cloth);
    stroke(pen, 'M680 252c70-22 174-22 244 0', 'rgba(60,40,70,.3)', 6);
    for (const x of [742, 802, 862]) stroke(pen, `M${x} 150v74`, 'rgba(60,40,70,.16)', 6);
  }
  if (wears === 'beanie') {
    const knit = across(pen, 650, 0, 960, 0, [
      [0, wearColor],
      [1, shade(wearColor)],
    ]);
    shape(pen, 'M664 300c-10-110 50-176 138-176s148 66 138 176z', knit);
    shape(pen, 'M652 276c90-30 210-30 300 0l-4 58c-86-30-206-30-292 0z', knit);
    stroke(pen, 'M652 280c90-30 210-30 300 0', 'rgba(255,255,255,.3)', 4);
    for (let x = 676; x < 940; x += 24)
      stroke(pen, `M${x} ${272 - 0.05 * (x - 676)}v44`, 'rgba(0,0,0,.16)', 5);
    disc(pen, 802, 112, 36, knit);
  }
  if (wears === 'straw') {
    const straw = across(pen, 520, 0, 1090, 0, [
      [0, '#ffe0a0'],
      [0.5, '#d9a75c'],
      [1, '#7d5a44'],
    ]);
    pen.fillStyle = straw;
    pen.beginPath();
    pen.ellipse(802, 268, 278, 62, 0, 0, 6.2832);
    pen.fill();
    shape(pen, 'M660 262c0-110 56-150 142-150s142 40 142 150c-60 26-224 26-284 0z', straw);
    shape(pen, 'M660 234c70 30 214 30 284 0v32c-70 28-214 28-284 0z', wearColor);
    stroke(pen, 'M540 286c120 50 404 50 524 0', 'rgba(80,50,30,.3)', 5);
    for (let y = 150; y < 226; y += 24) {
      stroke(pen, `M678 ${y}c60 22 188 22 248 0`, 'rgba(120,80,40,.25)', 4);
    }
  }
  if (wears === 'beret') {
    const felt = across(pen, 620, 0, 990, 0, [
      [0, wearColor],
      [1, shade(wearColor)],
    ]);
    pen.save();
    pen.translate(792, 224);
    pen.rotate(-0.12);
    pen.fillStyle = felt;
    pen.beginPath();
    pen.ellipse(0, 0, 186, 74, 0, 0, 6.2832);
    pen.fill();
    stroke(pen, 'M0 -72q4 -26 22 -30', shade(wearColor), 10);
    stroke(pen, 'M-150 -8c26 -34 76 -48 130 -46', 'rgba(255,255,255,.28)', 6);
    pen.restore();
  }
}

function hairPaint(pen: Pen, { hair }: Person): CanvasGradient {
  return across(pen, 620, 0, 1000, 0, [
    [0, hair[0]],
    [0.4, hair[1]],
    [1, hair[2]],
  ]);
}

function shade(color: string): string {
  return `color-mix(in oklch, ${color} 55%, #150c1c)`;
}

/** Light that the room throws on what of the person is painted already, and on nothing else. */
export function paintRoomLight(pen: Pen, { warm, cool }: Person): void {
  pen.globalCompositeOperation = 'source-atop';
  glow(pen, 540, 560, 480, 560, warm, 0.26);
  glow(pen, 1090, 520, 440, 560, cool, 0.2);
  pen.globalCompositeOperation = 'source-over';
}
