import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import { Allowance } from '../realtime/allowance.ts';
import { addLikes } from './store.ts';

/** A thumb does not tap faster. What is more is not counted. */
const LIKES_PER_SECOND = 15;
const LIKES_AT_ONCE = 50;
const WRITE_EVERY_MS = 1_000;
const PEOPLE_MAX = 50_000;

/** Counts likes in memory, shows the total at once and writes it down every second. */
export class Likes {
  readonly #house: House;
  readonly #allowances = new Map<Uuid, Allowance>();
  /** By session: what the database said last, and what it has not been told yet. */
  readonly #counts = new Map<Uuid, { readonly stageId: Uuid; told: number; untold: number }>();
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(house: House) {
    this.#house = house;
  }

  /** Counts up to `count` likes of a person. `before` is what the session had when it was read. */
  add(liked: { userId: Uuid; stageId: Uuid; sessionId: Uuid; count: number; before: number }): void {
    const counted = this.#allowanceOf(liked.userId).takeUpTo(liked.count, performance.now());
    if (counted === 0) return;
    const count = this.#counts.get(liked.sessionId) ?? {
      stageId: liked.stageId,
      told: liked.before,
      untold: 0,
    };
    count.untold += counted;
    this.#counts.set(liked.sessionId, count);
    this.#house.hub.likes(liked.stageId, count.told + count.untold);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush().catch((error: unknown) => {
        this.#house.log.warn({ err: error }, 'likes could not be written; the next second will');
      });
    }, WRITE_EVERY_MS);
  }

  /** The session's likes as this process knows them, given what the database said. */
  total(sessionId: Uuid, read: number): number {
    const count = this.#counts.get(sessionId);
    return count === undefined ? read : Math.max(count.told, read) + count.untold;
  }

  /** Writes what was counted. */
  async flush(): Promise<void> {
    await this.#writing;
    const untold = new Map<Uuid, number>();
    for (const [sessionId, { untold: likes }] of this.#counts) if (likes > 0) untold.set(sessionId, likes);
    if (untold.size === 0) return;
    this.#writing = this.#write(untold).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.flush();
  }

  async #write(untold: ReadonlyMap<Uuid, number>): Promise<void> {
    const totals = await addLikes(this.#house.db, untold);
    for (const [sessionId, likes] of untold) {
      const count = this.#counts.get(sessionId);
      if (count === undefined) continue;
      count.untold -= likes;
      count.told = totals.get(sessionId) ?? count.told;
      this.#house.hub.tellOthers('likes', { sessionId, total: count.told }, count.stageId);
      this.#house.hub.likes(count.stageId, count.told + count.untold);
      // Read again from the database when somebody likes again.
      if (count.untold === 0 && !this.#house.hub.openRooms().includes(count.stageId)) {
        this.#counts.delete(sessionId);
      }
    }
  }

  #allowanceOf(userId: Uuid): Allowance {
    const known = this.#allowances.get(userId);
    if (known !== undefined) return known;
    if (this.#allowances.size >= PEOPLE_MAX) this.#allowances.clear();
    const allowance = new Allowance(LIKES_PER_SECOND, LIKES_AT_ONCE, performance.now());
    this.#allowances.set(userId, allowance);
    return allowance;
  }
}
