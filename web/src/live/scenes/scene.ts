import { ARCADE, type Backdrop, GALAXY, GARDEN, KITCHEN, LAMP, STUDIO } from './backdrops.ts';
import type { Person } from './person.ts';

/** A drawn stream: somebody somewhere. */
export interface Scene {
  readonly backdrop: Backdrop;
  readonly person: Person;
}

const SCENES: Readonly<Record<string, Scene>> = {
  lamp: {
    backdrop: LAMP,
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
  },
  kitchen: {
    backdrop: KITCHEN,
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
  },
  galaxy: {
    backdrop: GALAXY,
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
  },
  garden: {
    backdrop: GARDEN,
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
  },
  arcade: {
    backdrop: ARCADE,
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
  },
  studio: {
    backdrop: STUDIO,
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
  },
};

/** The scene by its name; an unknown name plays the lamp-lit room. */
export function sceneOf(name: string): Scene {
  return SCENES[name] ?? LAMP_SCENE;
}

const LAMP_SCENE = SCENES.lamp as Scene;
