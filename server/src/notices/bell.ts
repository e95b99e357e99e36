import { newId, publicId, type Uuid } from '../core/ids.ts';
import { oncePer } from '../core/once-per.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { peopleByIds } from '../identity/index.ts';
import type { NoticeView } from './schema.ts';
import { type News, type NoticeRow, putNotices, recentNotices } from './store.ts';

const LOOK_EVERY_MS = 1_000;
/** Longer than a commit may take, so that a notice committed late is still seen. */
const LOOK_BACK_SECONDS = 10;
const RUNG_MAX = 50_000;

/** Keeps notices, and rings for those who are here: each once, whichever process kept it. */
export class Bell {
  readonly #house: House;
  readonly #rung = new Set<Uuid>();
  #rounds: Rounds | undefined;

  constructor(house: House) {
    this.#house = house;
  }

  start(): void {
    this.#rounds = goRounds('notices', LOOK_EVERY_MS, this.#house.log, () => this.ring());
  }

  async stop(): Promise<void> {
    await this.#rounds?.stop();
  }

  /** Keeps news for these people, as a part of `tx`. They hear of it within a second of the commit. */
  async tell(tx: Queryable, news: News, userIds: readonly Uuid[]): Promise<void> {
    if (userIds.length === 0) return;
    await putNotices(
      tx,
      news,
      userIds.map((userId) => ({ id: newId(), userId })),
    );
  }

  /** Looks for notices of whoever has a page open in this process. */
  async ring(): Promise<void> {
    const { hub, db } = this.#house;
    const here = hub.usersHere();
    if (here.length === 0) return;
    const news = (await recentNotices(db, here, LOOK_BACK_SECONDS)).filter(({ id }) => !this.#rung.has(id));
    if (news.length === 0) return;
    const views = await noticeViews(db, news);
    for (const [index, notice] of news.entries()) {
      const view = views[index];
      if (this.#rung.size >= RUNG_MAX) this.#rung.clear();
      this.#rung.add(notice.id);
      if (view !== undefined && notice.readAt === null)
        hub.toUser(notice.userId, { t: 'notice', notice: view });
    }
  }
}

/** The one of this house. */
export const bellOf = oncePer((house: House) => new Bell(house));

/** Notices as their people read them. */
export async function noticeViews(db: Queryable, rows: readonly NoticeRow[]): Promise<NoticeView[]> {
  const about = rows.flatMap((row) => (row.about === null ? [] : [row.about]));
  const people = await peopleByIds(db, about);
  return rows.map((row) => {
    const person = row.about === null ? undefined : people.get(row.about);
    return {
      id: publicId('notice', row.id),
      at: row.at.toISOString(),
      kind: row.kind,
      title: row.title,
      text: row.text,
      link: row.link,
      about:
        person === undefined
          ? null
          : { handle: person.handle, displayName: person.displayName, avatar: person.avatar },
      read: row.readAt !== null,
    };
  });
}
