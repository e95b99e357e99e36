import { SECOND_MS } from '../core/clock.ts';
import { Kept } from '../core/kept.ts';
import { oncePer } from '../core/once-per.ts';
import { readCatalogue } from '../gifts/index.ts';
import type { House } from '../house.ts';

/** What this process keeps in memory to hold votes. All of it can be read again from the database. */
export interface Polling {
  readonly house: House;
  readonly catalogue: Kept<Awaited<ReturnType<typeof readCatalogue>>>;
  /** Looks at the running ones now; set while the background work runs. */
  wake: () => void;
}

/** The one of this house. */
export const pollingOf = oncePer(
  (house: House): Polling => ({
    house,
    catalogue: new Kept(5 * SECOND_MS, () => readCatalogue(house.db)),
    wake: () => {},
  }),
);
