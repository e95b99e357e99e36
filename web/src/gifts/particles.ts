import type { Artist, Wish } from '../live/drawings/orders.ts';

/** Everything that flies on a stage, on one canvas. At most 300 at once; the loop rests when none is left. */

const MOST = 300;
const FACETS: readonly string[] = ['#ff9a3d', '#ffd75e', '#8fdaf8', '#ff6b7f', '#ffffff'];

interface Particle {
  x: number;
  y: number;
  vx: number;
  vy: number;
  turn: number;
  spin: number;
  size: number;
  age: number;
  /** Seconds until it has faded. */
  readonly life: number;
  readonly gravity: number;
  readonly drag: number;
  readonly color: string;
  readonly shape: 'facet' | 'spark' | 'heart';
}

export class Particles implements Artist {
  readonly #canvas: OffscreenCanvas;
  /** Its pixels to one of CSS. */
  #density = 1;
  #all: Particle[] = [];
  #frame = 0;
  #last = 0;

  constructor(canvas: OffscreenCanvas) {
    this.#canvas = canvas;
  }

  fit(width: number, height: number, density: number): void {
    this.#density = Math.min(2, density);
    this.#canvas.width = Math.round(width * this.#density);
    this.#canvas.height = Math.round(height * this.#density);
  }

  /** What flies while nobody can see it is over when they look again. */
  show(shown: boolean): void {
    if (!shown) this.stop();
  }

  tell(wish: Wish): void {
    if (wish.wish === 'burst') this.#burst(wish.x, wish.y, wish.count, wish.power, wish.hue);
    else if (wish.wish === 'sparks') this.#sparks(wish.x, wish.y, wish.count, wish.hue);
    else if (wish.wish === 'heart') this.#heart(wish.x, wish.y);
    else if (wish.wish === 'clear') this.stop();
  }

  stop(): void {
    this.#all = [];
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const context = this.#canvas.getContext('2d');
    if (context !== null) this.#wipe(context);
  }

  #burst(x: number, y: number, count: number, power: number, hue: number | null): void {
    for (let at = 0; at < count; at++) {
      const angle = Math.random() * Math.PI * 2;
      const speed = (90 + Math.random() * 420) * power;
      this.#add({
        x,
        y,
        vx: Math.cos(angle) * speed,
        vy: Math.sin(angle) * speed - 160 * power,
        size: 4 + Math.random() * 8,
        life: 1.5 + Math.random() * 1.4,
        gravity: 420,
        drag: 0.985,
        color:
          hue !== null && at % 2 === 0 ? `oklch(${0.7 + Math.random() * 0.2} 0.16 ${hue})` : pick(FACETS),
        shape: 'facet',
      });
    }
  }

  #sparks(x: number, y: number, count: number, hue: number): void {
    for (let at = 0; at < count; at++) {
      const angle = (at / count) * Math.PI * 2 + Math.random() * 0.3;
      const speed = 120 + Math.random() * 200;
      this.#add({
        x,
        y,
        vx: Math.cos(angle) * speed,
        vy: Math.sin(angle) * speed,
        size: 2.5 + Math.random() * 3,
        life: 0.5 + Math.random() * 0.4,
        gravity: 60,
        drag: 0.94,
        color: `oklch(0.88 0.14 ${hue})`,
        shape: 'spark',
      });
    }
  }

  #heart(x: number, y: number): void {
    this.#add({
      x: x + (Math.random() - 0.5) * 26,
      y,
      vx: (Math.random() - 0.5) * 50,
      vy: -120 - Math.random() * 80,
      size: 11 + Math.random() * 8,
      life: 1.5 + Math.random() * 0.6,
      gravity: -20,
      drag: 0.99,
      color: pick(['#ff6b7f', '#ff9a3d', '#ffd75e', '#ff8fb0']),
      shape: 'heart',
    });
  }

  #add(particle: Omit<Particle, 'turn' | 'spin' | 'age'>): void {
    if (this.#all.length >= MOST) this.#all.shift();
    this.#all.push({ ...particle, turn: Math.random() * 6.28, spin: (Math.random() - 0.5) * 9, age: 0 });
    if (this.#frame === 0) {
      this.#last = performance.now();
      this.#frame = requestAnimationFrame(this.#step);
    }
  }

  #step = (): void => {
    const context = this.#canvas.getContext('2d');
    if (context === null) return;
    const now = performance.now();
    const seconds = Math.min(0.05, (now - this.#last) / 1000);
    this.#last = now;
    this.#wipe(context);
    context.setTransform(this.#density, 0, 0, this.#density, 0, 0);
    this.#all = this.#all.filter((particle) => {
      particle.age += seconds;
      if (particle.age > particle.life) return false;
      particle.vx *= particle.drag;
      particle.vy = particle.vy * particle.drag + particle.gravity * seconds;
      particle.x += particle.vx * seconds;
      particle.y += particle.vy * seconds;
      particle.turn += particle.spin * seconds;
      draw(context, particle);
      return true;
    });
    this.#frame = this.#all.length > 0 ? requestAnimationFrame(this.#step) : 0;
    context.globalAlpha = 1;
    if (this.#frame === 0) this.#wipe(context);
  };

  #wipe(context: OffscreenCanvasRenderingContext2D): void {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }
}

function draw(context: OffscreenCanvasRenderingContext2D, particle: Particle): void {
  const { size, age, life, shape } = particle;
  context.save();
  context.translate(particle.x, particle.y);
  context.globalAlpha = Math.min(1, (1 - age / life) * 2);
  context.fillStyle = particle.color;
  context.beginPath();
  if (shape === 'heart') {
    const s = size / 10;
    context.scale(s, s);
    context.moveTo(0, 4);
    context.bezierCurveTo(-10, -3, -5, -10, 0, -5);
    context.bezierCurveTo(5, -10, 10, -3, 0, 4);
  } else if (shape === 'spark') {
    context.arc(0, 0, size * (1 - age / life), 0, 6.3);
  } else {
    context.rotate(particle.turn);
    // A cut stone turning: its width follows its turn.
    const width = size * 0.62 * (0.25 + 0.75 * Math.abs(Math.cos(particle.turn * 1.7)));
    context.moveTo(0, -size);
    context.lineTo(width, 0);
    context.lineTo(0, size);
    context.lineTo(-width, 0);
  }
  context.fill();
  context.restore();
}

function pick(from: readonly string[]): string {
  return from[Math.floor(Math.random() * from.length)] ?? '#fff';
}
