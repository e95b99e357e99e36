import type { Uuid } from '../core/ids.ts';
import { diamondsOf, topSupporters } from '../gifts/index.ts';
import type { House } from '../house.ts';
import { peopleByIds } from '../identity/index.ts';
import type { NewRoomEvent } from '../realtime/room-event.ts';
import { appendRoomEvents, lockRoomHead } from '../realtime/room-events.ts';
import { goalEvent, supportersEvent } from './stage-events.ts';
import type { Stages } from './stages.ts';
import { goalOf, liveSession } from './store.ts';

/** Places that a stage is told: those with a badge. */
const SUPPORTERS_SHOWN = 10;

/**
 * Tells a stage what its gifts add up to: the goal's progress and the top supporters, when they change. Only the
 * process that shows the gifts does it, each time it has ranked the supporters: once, and at most once a second.
 */
export class Progress {
  readonly #house: House;
  readonly #stages: Stages;
  /** Stages to tell, in the order in which they came. */
  readonly #waiting = new Set<Uuid>();
  /** By session: what was told last. */
  readonly #told = new Map<Uuid, { goal: string; leaders: string }>();
  #telling: Promise<void> | undefined;
  #isStopped = false;

  constructor(house: House, stages: Stages) {
    this.#house = house;
    this.#stages = stages;
  }

  /** The supporters of these stages have new sums. */
  giftsRanked(stageIds: readonly Uuid[]): void {
    // The gifts stop after the stages, and rank once more: whoever comes next reads it from the snapshot.
    if (this.#isStopped) return;
    for (const stageId of stageIds) this.#waiting.add(stageId);
    this.#telling ??= this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    for (const stageId of this.#waiting) {
      this.#waiting.delete(stageId);
      await this.tell(stageId).catch((error: unknown) => {
        this.#house.log.warn({ err: error }, 'a stage could not be told its progress; the next gift will');
      });
    }
    this.#telling = undefined;
  }

  /** Tells a stage its goal and supporters where they differ from what was told before. */
  async tell(stageId: Uuid): Promise<void> {
    const stage = await this.#stages.find(stageId);
    const session = stage === undefined ? null : liveSession(stage);
    if (stage === undefined || session === null) return;
    const { db, clock, hub } = this.#house;
    const before = this.#told.get(session.id) ?? { goal: '', leaders: '' };
    const { events, now } = await db.transaction(async (tx) => {
      // No gift can be numbered meanwhile: the totals are those of all events before the ones made here.
      await lockRoomHead(tx, stageId);
      const goal = await goalOf(tx, session.id);
      const units = await diamondsOf(tx, session.id);
      const top = await topSupporters(tx, { sessionId: session.id, limit: SUPPORTERS_SHOWN });
      const told: NewRoomEvent[] = [];
      const now = {
        goal: goal === undefined ? '' : `${goal.id} ${units}`,
        leaders: top.map(({ senderId, coins }) => `${senderId} ${coins}`).join(),
      };
      const atMs = clock.now();
      if (goal !== undefined && now.goal !== before.goal) told.push(goalEvent(stage, goal, units, atMs));
      if (now.leaders !== before.leaders) {
        const people = await peopleByIds(
          tx,
          top.map(({ senderId }) => senderId),
        );
        const leaders = top.flatMap(({ senderId, coins }) => {
          const person = people.get(senderId);
          return person === undefined ? [] : [{ person, coins }];
        });
        told.push(supportersEvent(stage, leaders, hub.viewers(stageId), atMs));
      }
      return { events: await appendRoomEvents(tx, stageId, told), now };
    });
    if (this.#told.size > 1_000) this.#told.clear();
    this.#told.set(session.id, now);
    hub.publish(stageId, events);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting.clear();
    await this.#telling;
  }
}
