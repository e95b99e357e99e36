import type { House } from '../house.ts';
import { CatalogueShelf } from './catalogue.ts';
import { WalletNotices } from './notices.ts';
import { People } from './people.ts';
import { RateInForce } from './rate-in-force.ts';
import { GiftRelay } from './relay.ts';
import { Senders } from './senders.ts';
import { StreakMemory } from './streak-memory.ts';
import { Turns } from './turns.ts';

/** What this process keeps in memory to send gifts fast. All of it can be read again from the database. */
export interface Gifting {
  readonly house: House;
  readonly shelf: CatalogueShelf;
  readonly rates: RateInForce;
  readonly senders: Senders;
  readonly streaks: StreakMemory;
  /** One streak's requests, one after the other. */
  readonly turns: Turns;
  readonly people: People;
  readonly relay: GiftRelay;
  readonly notices: WalletNotices;
}

const giftings = new WeakMap<House, Gifting>();

/** The one of this house. */
export function giftingOf(house: House): Gifting {
  const known = giftings.get(house);
  if (known !== undefined) return known;
  const shelf = new CatalogueShelf(house.db);
  const people = new People();
  const gifting: Gifting = {
    house,
    shelf,
    rates: new RateInForce(house.db),
    senders: new Senders(house),
    streaks: new StreakMemory(),
    turns: new Turns(),
    people,
    relay: new GiftRelay(house, shelf, people),
    notices: new WalletNotices(house),
  };
  giftings.set(house, gifting);
  return gifting;
}
