import bigoLike from './presets/bigo_like.json' with { type: 'json' };
import carat from './presets/carat.json' with { type: 'json' };
import onlyfansLike from './presets/onlyfans_like.json' with { type: 'json' };
import tiktokLike from './presets/tiktok_like.json' with { type: 'json' };
import twitchLike from './presets/twitch_like.json' with { type: 'json' };
import type { Preset, PresetName } from './schema.ts';

/**
 * The presets that ship, with where each number comes from. They are starting points under their own names:
 * none claims to be another platform.
 */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  carat: carat as Preset,
  tiktok_like: tiktokLike as Preset,
  twitch_like: twitchLike as Preset,
  bigo_like: bigoLike as Preset,
  onlyfans_like: onlyfansLike as Preset,
};
