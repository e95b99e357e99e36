import { SECOND_MS } from '../core/clock.ts';
import { Kept } from '../core/kept.ts';
import { oncePer } from '../core/once-per.ts';
import type { House } from '../house.ts';
import { type KeptPeople, keptPeopleOf } from '../identity/index.ts';
import { type Catalogue, readCatalogue } from './catalogue.ts';
import { GivingRoom } from './giving-room.ts';
import { WalletNotices } from './notices.ts';
import { GiftRelay } from './relay.ts';
import { Senders } from './senders.ts';
import { StreakMemory } from './streak-memory.ts';
import { Turns } from './turns.ts';

/** A changed window of the catalogue is seen by every process after this long. */
const KEPT_MS = 5 * SECOND_MS;

/** What this process keeps in memory to send gifts fast. All of it can be read again from the database. */
export interface Gifting {
  readonly house: House;
  readonly catalogue: Kept<Catalogue>;
  readonly senders: Senders;
  /** What each sender may still give. */
  readonly room: GivingRoom;
  readonly streaks: StreakMemory;
  /** One streak's requests, one after the other. */
  readonly turns: Turns;
  readonly people: KeptPeople;
  readonly relay: GiftRelay;
  readonly notices: WalletNotices;
}

/** The one of this house. */
export const giftingOf = oncePer((house: House): Gifting => {
  const catalogue = new Kept(KEPT_MS, () => readCatalogue(house.db));
  const people = keptPeopleOf(house);
  return {
    house,
    catalogue,
    senders: new Senders(house),
    room: new GivingRoom(house),
    streaks: new StreakMemory(),
    turns: new Turns(),
    people,
    relay: new GiftRelay(house, catalogue, people),
    notices: new WalletNotices(house),
  };
});
