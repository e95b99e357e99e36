/** The pictures of people, from @lobehub/fluent-emoji-3d (art: Microsoft Fluent Emoji, MIT). Only these are shipped. */

import microphone from '@lobehub/fluent-emoji-3d/assets/1f3a4.webp';
import headphones from '@lobehub/fluent-emoji-3d/assets/1f3a7.webp';
import palette from '@lobehub/fluent-emoji-3d/assets/1f3a8.webp';
import spaceship from '@lobehub/fluent-emoji-3d/assets/1f6f8.webp';
import swan from '@lobehub/fluent-emoji-3d/assets/1f9a2.webp';
import sloth from '@lobehub/fluent-emoji-3d/assets/1f9a5.webp';
import otter from '@lobehub/fluent-emoji-3d/assets/1f9a6.webp';
import singer from '@lobehub/fluent-emoji-3d/assets/1f9d1-200d-1f3a4.webp';
import artist from '@lobehub/fluent-emoji-3d/assets/1f9d1-200d-1f3a8.webp';
import technologist from '@lobehub/fluent-emoji-3d/assets/1f9d1-200d-1f4bb.webp';
import gardener from '@lobehub/fluent-emoji-3d/assets/1f9d1-200d-1f33e.webp';
import cook from '@lobehub/fluent-emoji-3d/assets/1f9d1-200d-1f373.webp';
import astronaut from '@lobehub/fluent-emoji-3d/assets/1f9d1-200d-1f680.webp';
import bee from '@lobehub/fluent-emoji-3d/assets/1f41d.webp';
import dolphin from '@lobehub/fluent-emoji-3d/assets/1f42c.webp';
import tiger from '@lobehub/fluent-emoji-3d/assets/1f42f.webp';
import wolf from '@lobehub/fluent-emoji-3d/assets/1f43a.webp';
import bear from '@lobehub/fluent-emoji-3d/assets/1f43b.webp';
import panda from '@lobehub/fluent-emoji-3d/assets/1f43c.webp';
import ghost from '@lobehub/fluent-emoji-3d/assets/1f47b.webp';
import alien from '@lobehub/fluent-emoji-3d/assets/1f47d.webp';
import invader from '@lobehub/fluent-emoji-3d/assets/1f47e.webp';
import telescope from '@lobehub/fluent-emoji-3d/assets/1f52d.webp';
import fox from '@lobehub/fluent-emoji-3d/assets/1f98a.webp';
import butterfly from '@lobehub/fluent-emoji-3d/assets/1f98b.webp';
import deer from '@lobehub/fluent-emoji-3d/assets/1f98c.webp';
import parrot from '@lobehub/fluent-emoji-3d/assets/1f99c.webp';
import seedling from '@lobehub/fluent-emoji-3d/assets/1f331.webp';
import cookingPot from '@lobehub/fluent-emoji-3d/assets/1f372.webp';
import dragon from '@lobehub/fluent-emoji-3d/assets/1f409.webp';
import elephant from '@lobehub/fluent-emoji-3d/assets/1f418.webp';
import octopus from '@lobehub/fluent-emoji-3d/assets/1f419.webp';
import turtle from '@lobehub/fluent-emoji-3d/assets/1f422.webp';
import chick from '@lobehub/fluent-emoji-3d/assets/1f424.webp';
import penguin from '@lobehub/fluent-emoji-3d/assets/1f427.webp';
import koala from '@lobehub/fluent-emoji-3d/assets/1f428.webp';
import rabbit from '@lobehub/fluent-emoji-3d/assets/1f430.webp';
import cat from '@lobehub/fluent-emoji-3d/assets/1f431.webp';
import whale from '@lobehub/fluent-emoji-3d/assets/1f433.webp';
import monkey from '@lobehub/fluent-emoji-3d/assets/1f435.webp';
import dog from '@lobehub/fluent-emoji-3d/assets/1f436.webp';
import frog from '@lobehub/fluent-emoji-3d/assets/1f438.webp';
import joystick from '@lobehub/fluent-emoji-3d/assets/1f579-fe0f.webp';
import robot from '@lobehub/fluent-emoji-3d/assets/1f916.webp';
import ninja from '@lobehub/fluent-emoji-3d/assets/1f977.webp';
import lion from '@lobehub/fluent-emoji-3d/assets/1f981.webp';
import unicorn from '@lobehub/fluent-emoji-3d/assets/1f984.webp';
import owl from '@lobehub/fluent-emoji-3d/assets/1f989.webp';
import giraffe from '@lobehub/fluent-emoji-3d/assets/1f992.webp';
import hedgehog from '@lobehub/fluent-emoji-3d/assets/1f994.webp';
import ringedPlanet from '@lobehub/fluent-emoji-3d/assets/1fa90.webp';

export interface AvatarArt {
  readonly src: string;
  /** The two OKLCH hues of its background, in degrees. */
  readonly hues: readonly [number, number];
}

const ART: Readonly<Record<string, AvatarArt>> = {
  fox: { src: fox, hues: [210, 250] },
  unicorn: { src: unicorn, hues: [300, 340] },
  frog: { src: frog, hues: [150, 180] },
  whale: { src: whale, hues: [240, 270] },
  panda: { src: panda, hues: [60, 100] },
  tiger: { src: tiger, hues: [40, 70] },
  butterfly: { src: butterfly, hues: [330, 20] },
  invader: { src: invader, hues: [280, 310] },
  koala: { src: koala, hues: [190, 220] },
  microphone: { src: microphone, hues: [30, 60] },
  octopus: { src: octopus, hues: [350, 20] },
  owl: { src: owl, hues: [60, 90] },
  lion: { src: lion, hues: [70, 40] },
  monkey: { src: monkey, hues: [90, 130] },
  cat: { src: cat, hues: [20, 50] },
  dog: { src: dog, hues: [230, 200] },
  rabbit: { src: rabbit, hues: [330, 300] },
  bear: { src: bear, hues: [50, 30] },
  penguin: { src: penguin, hues: [220, 260] },
  chick: { src: chick, hues: [100, 60] },
  bee: { src: bee, hues: [90, 120] },
  turtle: { src: turtle, hues: [140, 170] },
  dolphin: { src: dolphin, hues: [230, 260] },
  hedgehog: { src: hedgehog, hues: [40, 80] },
  otter: { src: otter, hues: [190, 160] },
  sloth: { src: sloth, hues: [110, 150] },
  parrot: { src: parrot, hues: [160, 20] },
  swan: { src: swan, hues: [250, 220] },
  dragon: { src: dragon, hues: [150, 120] },
  robot: { src: robot, hues: [230, 280] },
  ghost: { src: ghost, hues: [270, 300] },
  alien: { src: alien, hues: [130, 170] },
  astronaut: { src: astronaut, hues: [250, 290] },
  cook: { src: cook, hues: [50, 20] },
  artist: { src: artist, hues: [300, 260] },
  gardener: { src: gardener, hues: [140, 110] },
  singer: { src: singer, hues: [30, 60] },
  joystick: { src: joystick, hues: [290, 340] },
  headphones: { src: headphones, hues: [280, 320] },
  palette: { src: palette, hues: [40, 350] },
  'cooking-pot': { src: cookingPot, hues: [50, 20] },
  seedling: { src: seedling, hues: [150, 120] },
  telescope: { src: telescope, hues: [260, 290] },
  'ringed-planet': { src: ringedPlanet, hues: [280, 320] },
  wolf: { src: wolf, hues: [250, 280] },
  spaceship: { src: spaceship, hues: [270, 200] },
  ninja: { src: ninja, hues: [280, 250] },
  technologist: { src: technologist, hues: [220, 180] },
  deer: { src: deer, hues: [50, 30] },
  elephant: { src: elephant, hues: [240, 280] },
  giraffe: { src: giraffe, hues: [80, 50] },
};

/** Every key a person can choose, in the order in which they are shown. */
export const AVATAR_KEYS: readonly string[] = Object.keys(ART);

/** The picture behind a key. An unknown key gets one of the set, always the same one. */
export function avatarArt(key: string): AvatarArt {
  const known = ART[key];
  if (known !== undefined) return known;
  let hash = 7;
  for (const letter of key) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return ART[AVATAR_KEYS[hash % AVATAR_KEYS.length] ?? 'fox'] ?? { src: fox, hues: [210, 250] };
}
