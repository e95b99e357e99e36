import { SECOND_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { oncePer } from '../core/once-per.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { type Person, peopleByIds } from './store.ts';

const KEPT_MS = 5 * SECOND_MS;
const KEPT_MAX = 20_000;

/** Names and pictures of people who are shown again and again, kept in memory for a few seconds. */
export class KeptPeople {
  readonly #kept = new Map<Uuid, { readonly person: Person; readonly readAt: number }>();

  /** The people with these ids; unknown ones are left out. */
  async find(db: Queryable, ids: Iterable<Uuid>): Promise<ReadonlyMap<Uuid, Person>> {
    const found = new Map<Uuid, Person>();
    const wanted: Uuid[] = [];
    const now = performance.now();
    for (const id of new Set(ids)) {
      const kept = this.#kept.get(id);
      if (kept !== undefined && now - kept.readAt < KEPT_MS) found.set(id, kept.person);
      else wanted.push(id);
    }
    if (wanted.length === 0) return found;
    if (this.#kept.size + wanted.length > KEPT_MAX) this.#kept.clear();
    for (const [id, person] of await peopleByIds(db, wanted)) {
      this.#kept.set(id, { person, readAt: now });
      found.set(id, person);
    }
    return found;
  }

  /** Reads a person anew the next time: they changed something here. */
  forget(id: Uuid): void {
    this.#kept.delete(id);
  }
}

/** The one of this house. */
export const keptPeopleOf = oncePer((_house: House) => new KeptPeople());
