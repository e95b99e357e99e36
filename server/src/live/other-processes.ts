import type { Uuid } from '../core/ids.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import type { ChatLine, Json } from '../realtime/hub.ts';
import type { Likes } from './likes.ts';
import type { ChatPress } from './say.ts';
import type { Speakers } from './speakers.ts';
import { likesOfStages, recentLines, stageById } from './store.ts';

const LOOK_EVERY_MS = 250;
/** When they say it themselves: what was lost on the way is found then. */
const LOOK_IN_TOUCH_MS = 1_000;
/** Longer than a commit may take, so that a line committed late is still seen. */
const LOOK_BACK_SECONDS = 5;

/** A line as another process shows it. */
interface SaidElsewhere {
  readonly id: Uuid;
  readonly line: ChatLine;
  readonly rank: number;
}

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
    const { hub, log } = this.#house;
    const { press, likes } = this.#memory;
    hub.hearOthers('chat', (body, stageId) => {
      const { id, line, rank } = body as unknown as SaidElsewhere;
      if (stageId !== null && press.markShown(id)) hub.chat(stageId, line, rank);
    });
    hub.hearOthers('likes', (body, stageId) => {
      const { sessionId, total } = body as unknown as { readonly sessionId: Uuid; readonly total: number };
      if (stageId !== null) hub.likes(stageId, likes.total(sessionId, total));
    });
    const everyMs = () => (hub.inTouch() ? LOOK_IN_TOUCH_MS : LOOK_EVERY_MS);
    this.#rounds = goRounds('chat of other processes', everyMs, log, () => this.look());
  }

  /** Tells the others a line that was said here, so that they need not find it. */
  tell(stageId: Uuid, said: SaidElsewhere): void {
    this.#house.hub.tellOthers('chat', { ...said } as unknown as Json, stageId);
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
