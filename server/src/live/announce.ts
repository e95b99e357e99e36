import { MINUTE_MS } from '../core/clock.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { followersOf } from '../identity/index.ts';
import { bellOf, type News } from '../notices/index.ts';
import { readRoom } from './moderation-store.ts';
import { insertAnnouncement, remindedOf, unannouncedLives } from './schedule-store.ts';
import { stageById } from './store.ts';

const LOOK_EVERY_MS = 5_000;
/** What began longer ago is no news. */
const NEWS_FOR_MS = 15 * MINUTE_MS;
/** Notices in one statement. */
const AT_ONCE = 5_000;

/**
 * Tells followers, and whoever asked to be reminded, that a live began: each live once, whichever process comes first,
 * and also when the process that started it died before it could.
 */
export class Announcer {
  readonly #house: House;
  #rounds: Rounds | undefined;

  constructor(house: House) {
    this.#house = house;
  }

  start(): void {
    this.#rounds = goRounds('announcements of lives', LOOK_EVERY_MS, this.#house.log, () => this.announce());
  }

  async stop(): Promise<void> {
    await this.#rounds?.stop();
  }

  /** A live began: without waiting for the next round. */
  soon(): void {
    this.announce().catch((error: unknown) => {
      this.#house.log.warn({ err: error }, 'followers could not be told of a live; the next round will');
    });
  }

  async announce(): Promise<void> {
    const { db, clock } = this.#house;
    const bell = bellOf(this.#house);
    const lives = await unannouncedLives(db, new Date(clock.now() - NEWS_FOR_MS));
    for (const live of lives) {
      const stage = await stageById(db, live.stageId);
      if (stage === undefined) continue;
      await db.transaction(async (tx) => {
        if (!(await insertAnnouncement(tx, live.sessionId, new Date(clock.now())))) return;
        const banned = (await readRoom(tx, stage.id)).exclusions
          .filter(({ kind }) => kind === 'ban')
          .map(({ userId }) => userId);
        const away = new Set([...banned, stage.creatorId]);
        const reminded = (await remindedOf(tx, live.sessionId)).filter((id) => !away.has(id));
        for (const id of reminded) away.add(id);
        const followers = (await followersOf(tx, stage.creatorId)).filter((id) => !away.has(id));
        const news: Omit<News, 'kind' | 'title'> = {
          topic: `live:${stage.creatorId}`,
          text: live.title,
          link: `/live/${stage.handle}`,
          about: stage.creatorId,
          at: live.startedAt,
        };
        const tell = async (kind: string, title: string, people: readonly string[]) => {
          for (let from = 0; from < people.length; from += AT_ONCE) {
            await bell.tell(tx, { ...news, kind, title }, people.slice(from, from + AT_ONCE));
          }
        };
        await tell('reminder', `${stage.displayName} begins now`, reminded);
        await tell('live', `${stage.displayName} is live`, followers);
      });
    }
    if (lives.length > 0) await bell.ring();
  }
}
