import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import type { Likes } from './likes.ts';
import type { ChatPress } from './say.ts';
import type { Speakers } from './speakers.ts';
import { likesOfStages, recentLines, stageById } from './store.ts';

const LOOK_EVERY_MS = 250;
/** Longer than a commit may take, so that a line committed late is still seen. */
const LOOK_BACK_SECONDS = 5;

/** Shows what is said and liked through other server processes, for the stages that somebody watches here. */
export class OtherProcesses {
  readonly #house: House;
  readonly #memory: { readonly speakers: Speakers; readonly press: ChatPress; readonly likes: Likes };
  #rounds: Rounds | undefined;

  constructor(
    house: House,
    memory: { readonly speakers: Speakers; readonly press: ChatPress; readonly likes: Likes },
  ) {
    this.#house = house;
    this.#memory = memory;
  }

  start(): void {
    this.#rounds = goRounds('chat of other processes', LOOK_EVERY_MS, this.#house.log, () => this.look());
  }

  async stop(): Promise<void> {
    await this.#rounds?.stop();
  }

  async look(): Promise<void> {
    const { hub, db } = this.#house;
    const rooms = hub.openRooms();
    if (!hub.inCompany() || rooms.length === 0) return;
    const { speakers, press, likes } = this.#memory;
    const rows = await recentLines(db, rooms, LOOK_BACK_SECONDS);
    const news = rows.filter((row) => press.markShown(row.id));
    const creators = new Map<string, string>();
    for (const stageId of new Set(news.map((row) => row.stageId))) {
      const stage = await stageById(db, stageId);
      if (stage !== undefined) creators.set(stageId, stage.creatorId);
    }
    const stageOfLine = new Map(news.map((row) => [row.id, row.stageId]));
    const creatorOf = (row: { id: string }) => creators.get(stageOfLine.get(row.id) ?? '');
    for (const { row, line, rank } of await speakers.lines(news, creatorOf)) {
      hub.chat(stageOfLine.get(row.id) ?? '', line, rank);
    }
    for (const [stageId, { sessionId, total }] of await likesOfStages(db, rooms)) {
      hub.likes(stageId, likes.total(sessionId, total));
    }
  }
}
