import type { Uuid } from '../core/ids.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { ChatLine, Json } from '../realtime/hub.ts';
import type { StreamMessage } from '../realtime/stream-batch.ts';
import { tellStanding } from './keep-order.ts';
import type { Living } from './living.ts';
import { recentActs } from './moderation-store.ts';
import type { Place } from './speakers.ts';
import { likesOfStages, recentLines, recentTestEvents, stageById } from './store.ts';
import { testsTold } from './test-events.ts';

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

/** Shows what is said, liked, tried and done to keep order through other server processes, where somebody watches here. */
export class OtherProcesses {
  readonly #living: () => Living;
  #rounds: Rounds | undefined;

  /** @param living what this process keeps in memory; asked for when it looks */
  constructor(living: () => Living) {
    this.#living = living;
  }

  start(): void {
    const { house, press, likes } = this.#living();
    const { hub, log } = house;
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
    this.#living().house.hub.tellOthers('chat', { ...said } as unknown as Json, stageId);
  }

  async stop(): Promise<void> {
    await this.#rounds?.stop();
  }

  async look(): Promise<void> {
    const living = this.#living();
    const { speakers, press, likes } = living;
    const { hub, db } = living.house;
    const rooms = hub.openRooms();
    if (!hub.inCompany() || rooms.length === 0) return;
    await this.#hearActs(living, rooms);
    await hearTests(living, rooms);
    const rows = await recentLines(db, rooms, LOOK_BACK_SECONDS);
    const news = rows.filter((row) => press.markShown(row.id));
    const places = new Map<Uuid, Place>();
    for (const stageId of new Set(news.map((row) => row.stageId))) {
      const stage = await stageById(db, stageId);
      if (stage === undefined) continue;
      const { moderators } = await living.moderation.of(stage);
      places.set(stageId, { creatorId: stage.creatorId, moderators });
    }
    const stageOfLine = new Map(news.map((row) => [row.id, row.stageId]));
    const placeOf = (row: { id: string }) => places.get(stageOfLine.get(row.id) ?? '');
    for (const { row, line, rank } of await speakers.lines(news, placeOf)) {
      hub.chat(stageOfLine.get(row.id) ?? '', line, rank);
    }
    for (const [stageId, { sessionId, total }] of await likesOfStages(db, rooms)) {
      hub.likes(stageId, likes.total(sessionId, total));
    }
  }

  /** Whoever was muted, banned or named through another process is told here, and stages are read anew. */
  async #hearActs(living: Living, rooms: readonly Uuid[]): Promise<void> {
    const acts = await recentActs(living.house.db, rooms, LOOK_BACK_SECONDS);
    for (const { stageId, userId } of acts.filter((act) => living.press.markShown(act.id))) {
      living.stages.forget(stageId);
      if (userId !== null) await tellStanding(living, stageId, userId);
    }
  }
}

/** What creators try through another process reaches the tools that read through this one. */
async function hearTests({ house }: Living, rooms: readonly Uuid[]): Promise<void> {
  for (const { id, stageId, events } of await recentTestEvents<StreamMessage>(
    house.db,
    rooms,
    LOOK_BACK_SECONDS,
  )) {
    if (testsTold(house).add(id)) house.hub.tellTests(stageId, events);
  }
}
