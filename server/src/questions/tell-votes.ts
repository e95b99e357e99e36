import { SECOND_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import { votesEvent } from './question-event.ts';

/** However many people vote, a room is told of a question's votes this often. */
const TELL_EVERY_MS = SECOND_MS;

/** Tells rooms how many votes their questions have. */
export class VoteTeller {
  readonly #house: House;
  readonly #changed = new Map<Uuid, Map<Uuid, number>>();
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> | undefined;

  constructor(house: House) {
    this.#house = house;
  }

  /** A question of this room has so many votes now. */
  changed(roomId: Uuid, questionId: Uuid, votes: number): void {
    const room = this.#changed.get(roomId) ?? new Map<Uuid, number>();
    this.#changed.set(roomId, room.set(questionId, votes));
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#telling = this.#tell().catch((error: Error) => {
        this.#house.log.warn(
          { reason: error.message },
          'a room could not be told of votes; the next vote will',
        );
      });
    }, TELL_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#telling;
  }

  async #tell(): Promise<void> {
    const { db, hub, clock } = this.#house;
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const [roomId, votes] of changed) {
      const told = [...votes].map(([questionId, count]) => votesEvent(questionId, count, clock.now()));
      const events = await db.transaction((tx) => appendRoomEvents(tx, roomId, told));
      hub.publish(roomId, events);
    }
  }
}
