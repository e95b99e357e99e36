import type { Uuid } from '../core/ids.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { keptPeopleOf } from '../identity/index.ts';
import { currentPolicy, policyVersion } from '../policy/index.ts';
import type { NewRoomEvent, RoomEvent } from '../realtime/room-event.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import { nobody, questionEvent } from './question-event.ts';
import { hasNews, type QuestionNews, questionsByIds, takeNews } from './store.ts';

/** How often it looks for what another process asked or answered; news of this one wakes it. */
const LOOK_EVERY_MS = 500;
/** News in one turn, which is one transaction. */
const TURN_MAX = 200;

/**
 * Tells rooms what became of questions, in the order of the commits: takes the news that committed with the money out
 * of their queue and numbers the room's events in one transaction, so a server that dies tells nothing twice and leaves
 * nothing out.
 */
export class QuestionTeller {
  readonly #house: House;
  #rounds: Rounds | undefined;

  constructor(house: House) {
    this.#house = house;
  }

  start(): void {
    this.#rounds ??= goRounds('questions', LOOK_EVERY_MS, this.#house.log, () => this.tell());
  }

  /** Something was asked or answered here. */
  wake(): void {
    this.#rounds?.wake();
  }

  async stop(): Promise<void> {
    await this.#rounds?.stop();
    this.#rounds = undefined;
  }

  /** One turn; how many news were told. */
  async tell(): Promise<number> {
    const { db, hub } = this.#house;
    if (!(await hasNews(db))) return 0;
    const shown = new Map<Uuid, RoomEvent[]>();
    const told = await db.transaction(async (tx) => {
      const news = await takeNews(tx, TURN_MAX);
      for (const [roomId, events] of await this.#eventsOf(tx, news)) {
        shown.set(roomId, await appendRoomEvents(tx, roomId, events));
      }
      return news.length;
    });
    for (const [roomId, events] of shown) hub.publish(roomId, events);
    return told;
  }

  /** The new events of each room. Rooms come in the order of their ids: that is how their heads are locked. */
  async #eventsOf(tx: Queryable, news: readonly QuestionNews[]): Promise<[Uuid, NewRoomEvent[]][]> {
    const { db, clock } = this.#house;
    const nowMs = clock.now();
    const questions = new Map(
      (await questionsByIds(tx, [...new Set(news.map(({ questionId }) => questionId))])).map((question) => [
        question.id,
        question,
      ]),
    );
    const people = await keptPeopleOf(this.#house).find(
      tx,
      [...questions.values()].map(({ askerId }) => askerId),
    );
    const policy = await currentPolicy(db, nowMs);
    const rooms = new Map<Uuid, NewRoomEvent[]>();
    for (const { questionId, status } of news) {
      const question = questions.get(questionId);
      if (question === undefined) throw new Error(`news of no question: ${questionId}`);
      const { centsPerCoin } = (policyVersion(db, question.policyVersion) ?? policy).coins;
      const asker = people.get(question.askerId) ?? nobody(question.askerId);
      const event = questionEvent({ ...question, status }, asker, centsPerCoin, nowMs);
      const events = rooms.get(question.stageId);
      if (events === undefined) rooms.set(question.stageId, [event]);
      else events.push(event);
    }
    return [...rooms].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
