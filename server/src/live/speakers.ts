import { publicId, type Uuid } from '../core/ids.ts';
import { topSupporters } from '../gifts/index.ts';
import type { House } from '../house.ts';
import { keptPeopleOf, type Person } from '../identity/index.ts';
import type { ChatLine } from '../realtime/hub.ts';
import { quoteOf, rankOfLine } from './rules.ts';
import type { ChatRow } from './store.ts';

const KEPT_MS = 5_000;
const KEPT_MAX = 20_000;
/** Supporters whose lines come before others' when a room is crowded. */
const SUPPORTERS = 20;
/** Supporters with a badge of their own place, and those with one that they share. */
const PLACES = 3;
const PLACES_SHARED = 10;

/** Where something is said, as far as it decides how a line is shown. */
export interface Place {
  readonly creatorId: Uuid;
  readonly moderators: ReadonlySet<Uuid>;
}

/** Who says something: name, picture and standing, the latter kept in memory for a few seconds. */
export class Speakers {
  readonly #house: House;
  readonly #supporters = new Map<
    Uuid,
    { readonly ranks: ReadonlyMap<Uuid, number>; readonly readMs: number }
  >();

  constructor(house: House) {
    this.#house = house;
  }

  /** Lines as they are shown, each with its weight in a crowd. Lines of nobody are left out. */
  async lines(
    rows: readonly ChatRow[],
    placeOf: (row: ChatRow) => Place | undefined,
  ): Promise<{ readonly row: ChatRow; readonly line: ChatLine; readonly rank: number }[]> {
    const people = await keptPeopleOf(this.#house).find(
      this.#house.db,
      rows.flatMap(({ userId, answers }) => (answers === null ? [userId] : [userId, answers.userId])),
    );
    const ranks = new Map<Uuid, ReadonlyMap<Uuid, number>>();
    for (const sessionId of new Set(rows.map((row) => row.sessionId))) {
      ranks.set(sessionId, await this.#ranksIn(sessionId));
    }
    return rows.flatMap((row) => {
      const person = people.get(row.userId);
      if (person === undefined) return [];
      const place = placeOf(row);
      const host = place?.creatorId === row.userId;
      const supporterRank = ranks.get(row.sessionId)?.get(row.userId) ?? null;
      const line = {
        id: publicId('chat', row.id),
        at: row.saidAt.toISOString(),
        user: {
          id: publicId('user', person.id),
          handle: person.handle,
          displayName: person.displayName,
          avatar: person.avatar,
          badges: badgesOf(person, supporterRank, place?.moderators.has(row.userId) === true),
          host,
        },
        text: row.text,
        ...answerOf(row, people),
      };
      return [{ row, line, rank: rankOfLine({ host, supporterRank }) }];
    });
  }

  /** The supporters of a live changed their places. */
  forgetRanks(sessionId: Uuid): void {
    this.#supporters.delete(sessionId);
  }

  /** Places 1 to 20 of a live's supporters. */
  async #ranksIn(sessionId: Uuid): Promise<ReadonlyMap<Uuid, number>> {
    const nowMs = performance.now();
    const kept = this.#supporters.get(sessionId);
    if (kept !== undefined && nowMs - kept.readMs < KEPT_MS) return kept.ranks;
    if (this.#supporters.size > KEPT_MAX) this.#supporters.clear();
    const top = await topSupporters(this.#house.db, { sessionId, limit: SUPPORTERS });
    const ranks = new Map(top.map(({ senderId }, index) => [senderId, index + 1]));
    this.#supporters.set(sessionId, { ranks, readMs: nowMs });
    return ranks;
  }
}

/**
 * `top1` to `top3` for who gave most in this live and `top10` for the next, unless they are in no ranking by name;
 * `mod` for moderators, `staff` for operators and support.
 */
function badgesOf(person: Person, supporterRank: number | null, isModerator: boolean): string[] {
  const badges: string[] = [];
  if (supporterRank !== null && person.inRanks) {
    if (supporterRank <= PLACES) badges.push(`top${supporterRank}`);
    else if (supporterRank <= PLACES_SHARED) badges.push(`top${PLACES_SHARED}`);
  }
  if (isModerator) badges.push('mod');
  if (person.roles.includes('operator') || person.roles.includes('support')) badges.push('staff');
  return badges;
}

/** What a line answers, shortly; nothing when it answers none, or one that is not shown any more. */
function answerOf({ answers }: ChatRow, people: ReadonlyMap<Uuid, Person>): Pick<ChatLine, 'replyTo'> {
  const person = answers === null ? undefined : people.get(answers.userId);
  if (answers === null || person === undefined) return {};
  return {
    replyTo: {
      id: publicId('chat', answers.lineId),
      handle: person.handle,
      displayName: person.displayName,
      text: quoteOf(answers.text),
    },
  };
}
