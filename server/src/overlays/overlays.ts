import { oncePer } from '../core/once-per.ts';
import type { House } from '../house.ts';
import { Keyring } from './keyring.ts';
import { OpenOverlays } from './open-overlays.ts';

/** What this process keeps in memory of overlays. All of it can be read again from the database. */
export interface Overlays {
  readonly house: House;
  readonly keyring: Keyring;
  readonly open: OpenOverlays;
}

/** The one of this house. */
export const overlaysOf = oncePer((house: House): Overlays => {
  return { house, keyring: new Keyring(house), open: new OpenOverlays(house) };
});
