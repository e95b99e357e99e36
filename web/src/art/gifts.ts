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
import question from '@lobehub/fluent-emoji-3d/assets/2753.webp';
import heart from '@lobehub/fluent-emoji-3d/assets/2764-fe0f.webp';

export interface GiftArt {
  /** Address of a 256 × 256 picture. */
  readonly src: string;
  /** The OKLCH hue of its banner, in degrees. */
  readonly hue: number;
}

const ART: Readonly<Record<string, GiftArt>> = {
  '1f339': { src: rose, hue: 12 },
  '1f44f': { src: clap, hue: 80 },
  '1f340': { src: clover, hue: 150 },
  '2b50': { src: star, hue: 90 },
  '2615': { src: coffee, hue: 50 },
  // Not a gift: what an answered question shows.
  '2753': { src: question, hue: 25 },
  '1f36a': { src: cookie, hue: 60 },
  '2764-fe0f': { src: heart, hue: 15 },
  '1f525': { src: fire, hue: 40 },
  '1f33b': { src: sunflower, hue: 90 },
  '1f369': { src: donut, hue: 350 },
  '1f388': { src: balloon, hue: 20 },
  '1f366': { src: iceCream, hue: 340 },
  '1f490': { src: bouquet, hue: 355 },
  '1f9f8': { src: teddy, hue: 50 },
  '1fa81': { src: kite, hue: 200 },
  '1faa9': { src: disco, hue: 285 },
  '1f3b8': { src: guitar, hue: 45 },
  '1f382': { src: cake, hue: 350 },
  '1f48d': { src: ring, hue: 230 },
  '1f451': { src: crown, hue: 70 },
  '1f3c6': { src: trophy, hue: 80 },
  '1f52e': { src: crystalBall, hue: 300 },
  '1f99a': { src: peacock, hue: 160 },
  '1f3a0': { src: carousel, hue: 340 },
  '1f433': { src: whale, hue: 240 },
  '1f984': { src: unicorn, hue: 310 },
  '1f3f0': { src: castle, hue: 290 },
  '1fa90': { src: saturn, hue: 55 },
  '1f680': { src: rocket, hue: 250 },
  '2604-fe0f': { src: comet, hue: 15 },
  '1f409': { src: dragon, hue: 150 },
  '1f30c': { src: galaxy, hue: 280 },
};

/**
 * The art of a gift: its `art` in the catalogue is the code points of an emoji (`1f339`).
 * One that is not shipped yet shows a star, so that a new gift has a face before the page is built anew.
 */
export function giftArt(code: string): GiftArt {
  return ART[code] ?? ART[`${code}-fe0f`] ?? { src: star, hue: 90 };
}
