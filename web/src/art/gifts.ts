/** The pictures of gifts, from @lobehub/fluent-emoji-3d (art: Microsoft Fluent Emoji, MIT). Only these are shipped. */

import carousel from '@lobehub/fluent-emoji-3d/assets/1f3a0.webp';
import guitar from '@lobehub/fluent-emoji-3d/assets/1f3b8.webp';
import trophy from '@lobehub/fluent-emoji-3d/assets/1f3c6.webp';
import castle from '@lobehub/fluent-emoji-3d/assets/1f3f0.webp';
import teddy from '@lobehub/fluent-emoji-3d/assets/1f9f8.webp';
import galaxy from '@lobehub/fluent-emoji-3d/assets/1f30c.webp';
import sunflower from '@lobehub/fluent-emoji-3d/assets/1f33b.webp';
import cookie from '@lobehub/fluent-emoji-3d/assets/1f36a.webp';
import clap from '@lobehub/fluent-emoji-3d/assets/1f44f.webp';
import ring from '@lobehub/fluent-emoji-3d/assets/1f48d.webp';
import crystalBall from '@lobehub/fluent-emoji-3d/assets/1f52e.webp';
import peacock from '@lobehub/fluent-emoji-3d/assets/1f99a.webp';
import rose from '@lobehub/fluent-emoji-3d/assets/1f339.webp';
import clover from '@lobehub/fluent-emoji-3d/assets/1f340.webp';
import iceCream from '@lobehub/fluent-emoji-3d/assets/1f366.webp';
import donut from '@lobehub/fluent-emoji-3d/assets/1f369.webp';
import cake from '@lobehub/fluent-emoji-3d/assets/1f382.webp';
import balloon from '@lobehub/fluent-emoji-3d/assets/1f388.webp';
import dragon from '@lobehub/fluent-emoji-3d/assets/1f409.webp';
import whale from '@lobehub/fluent-emoji-3d/assets/1f433.webp';
import crown from '@lobehub/fluent-emoji-3d/assets/1f451.webp';
import bouquet from '@lobehub/fluent-emoji-3d/assets/1f490.webp';
import fire from '@lobehub/fluent-emoji-3d/assets/1f525.webp';
import rocket from '@lobehub/fluent-emoji-3d/assets/1f680.webp';
import unicorn from '@lobehub/fluent-emoji-3d/assets/1f984.webp';
import kite from '@lobehub/fluent-emoji-3d/assets/1fa81.webp';
import saturn from '@lobehub/fluent-emoji-3d/assets/1fa90.webp';
import disco from '@lobehub/fluent-emoji-3d/assets/1faa9.webp';
import star from '@lobehub/fluent-emoji-3d/assets/2b50.webp';
import comet from '@lobehub/fluent-emoji-3d/assets/2604-fe0f.webp';
import coffee from '@lobehub/fluent-emoji-3d/assets/2615.webp';
import heart from '@lobehub/fluent-emoji-3d/assets/2764-fe0f.webp';

export interface GiftArt {
  /** Address of a 256 × 256 picture. */
  readonly src: string;
  /** The OKLCH hue of its banner, in degrees. */
  readonly hue: number;
}

const ART: Readonly<Record<string, GiftArt>> = {
  rose: { src: rose, hue: 12 },
  clap: { src: clap, hue: 80 },
  clover: { src: clover, hue: 150 },
  star: { src: star, hue: 90 },
  coffee: { src: coffee, hue: 50 },
  cookie: { src: cookie, hue: 60 },
  heart: { src: heart, hue: 15 },
  fire: { src: fire, hue: 40 },
  sunflower: { src: sunflower, hue: 90 },
  donut: { src: donut, hue: 350 },
  balloon: { src: balloon, hue: 20 },
  'ice-cream': { src: iceCream, hue: 340 },
  bouquet: { src: bouquet, hue: 355 },
  teddy: { src: teddy, hue: 50 },
  kite: { src: kite, hue: 200 },
  disco: { src: disco, hue: 285 },
  guitar: { src: guitar, hue: 45 },
  cake: { src: cake, hue: 350 },
  ring: { src: ring, hue: 230 },
  crown: { src: crown, hue: 70 },
  trophy: { src: trophy, hue: 80 },
  'crystal-ball': { src: crystalBall, hue: 300 },
  peacock: { src: peacock, hue: 160 },
  carousel: { src: carousel, hue: 340 },
  whale: { src: whale, hue: 240 },
  unicorn: { src: unicorn, hue: 310 },
  castle: { src: castle, hue: 290 },
  saturn: { src: saturn, hue: 55 },
  rocket: { src: rocket, hue: 250 },
  comet: { src: comet, hue: 15 },
  dragon: { src: dragon, hue: 150 },
  galaxy: { src: galaxy, hue: 280 },
};

/** The art of a gift by its key (`rose`, `ice-cream`). An unknown key shows a star: a new gift still has a face. */
export function giftArt(key: string): GiftArt {
  return ART[key.toLowerCase().replaceAll(/[_ ]/g, '-')] ?? { src: star, hue: 90 };
}
