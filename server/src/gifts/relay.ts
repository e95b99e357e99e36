import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Uuid } from '../core/ids.ts';
import type { Kept } from '../core/kept.ts';
import { connectionSettings, type Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import type { KeptPeople } from '../identity/index.ts';
import { policyNow, policyVersion } from '../policy/index.ts';
import type { NewRoomEvent, RoomEvent } from '../realtime/room-event.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import type { Catalogue } from './catalogue.ts';
import type { Gift } from './gift.ts';
import { giftEvent, nobody } from './gift-event.ts';
import { streakKeyOfGift } from './gift-ids.ts';
import { type Merged, mergeGifts } from './merge-gifts.ts';
import { tellRanked } from './ranked.ts';
import {
  addGiven,
  giftsAfter,
  hasRelayWork,
  keepStreaks,
  lockRelay,
  moveRelayed,
  rankedTo,
  rankSupporters,
  streaksFor,
} from './store.ts';
import { openTallies } from './tally.ts';

/** Gifts in one turn. A turn is one transaction: larger ones cost less per gift and show it later. */
const TURN_GIFTS_MAX = 4_000;
/** Streaks closed in one turn. */
const TURN_DUE_MAX = 4_000;
/** Turns begin at least this far apart, so that a burst is shown in few of them. Rooms are told 10 times a second. */
const TURN_EVERY_MS = 25;
/** How often the leader looks for gifts of other processes and for streaks that are due. */
const LOOK_EVERY_MS = 100;
/** How often the others try to become the leader, and a leader that failed tries again. */
const TRY_EVERY_MS = 200;
/**
 * Supporters are ranked at least this far apart. What one person gives meanwhile is one change of each of their four
 * sums, so a busy room costs less than a change per gift would.
 */
const RANK_EVERY_MS = 1_000;
const TURN_TIMEOUT_MS = 10_000;

/** The advisory lock that makes the leader: one per database. */
const LEADER_LOCK = '27424983510214770'; // "carat" and "gr"

/** From this tier on a gift takes the whole stage, so it does not wait for the room's next frame. */
const TAKEOVER_TIER = 5;

/**
 * Shows committed gifts on their stages: reads them in the order of their commits, merges those of one streak,
 * closes streaks that are due, numbers the events of each room, and publishes them after the commit.
 *
 * Every process runs one; the one that holds the advisory lock leads. The lock and the turns share a connection,
 * so a leader that lost its lock cannot commit a turn, and the cursor moves in the transaction that makes the
 * events: whoever takes over goes on at the next gift, and nothing is shown twice or left out.
 */
export class GiftRelay {
  readonly #house: House;
  readonly #catalogue: Kept<Catalogue>;
  readonly #people: KeptPeople;
  readonly #bell = new Bell();
  #running: Promise<void> | undefined;
  #isStopping = false;
  #isLeading = false;
  /** When the leader was told last that there are gifts here; `performance.now()`. */
  #toldAtMs = Number.NEGATIVE_INFINITY;
  /** Told once, however many tries fail after it. */
  #isInterrupted = false;
  /** The gifts up to here are in the sums of their senders, since then (`performance.now()`). */
  #ranked = 0n;
  #rankedAtMs = Number.NEGATIVE_INFINITY;

  constructor(house: House, catalogue: Kept<Catalogue>, people: KeptPeople) {
    this.#house = house;
    this.#catalogue = catalogue;
    this.#people = people;
  }

  /** Whether this process shows the gifts of this database. */
  get isLeading(): boolean {
    return this.#isLeading;
  }

  start(): void {
    if (this.#running !== undefined) return;
    this.#house.hub.hearOthers('gifts', () => this.#bell.ring());
    this.#running = this.#run();
  }

  /** Says that a gift was committed here, so that it need not be looked for. */
  poke(): void {
    this.#bell.ring();
    if (this.#isLeading) return;
    const nowMs = performance.now();
    if (nowMs - this.#toldAtMs < TURN_EVERY_MS) return;
    this.#toldAtMs = nowMs;
    this.#house.hub.tellOthers('gifts', null);
  }

  /** Finishes the turn in hand and lets another process lead. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#bell.ring();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#serve();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!this.#isInterrupted) {
          this.#house.log.warn({ reason }, 'showing gifts was interrupted; it goes on where it was');
        }
        this.#isInterrupted = true;
      }
      if (!this.#isStopping) await sleep(TRY_EVERY_MS);
    }
  }

  /** Leads for as long as the connection holds. */
  async #serve(): Promise<void> {
    const client = await connect(this.#house.db.url);
    let lost: Error | undefined;
    client.on('error', (error) => {
      lost = error;
      this.#bell.ring();
    });
    try {
      if (!(await this.#takeLead(client))) return;
      this.#isLeading = true;
      let relayed = await readRelayed(client);
      this.#ranked = await rankedTo(queryable(client));
      this.#isInterrupted = false;
      while (!this.#isStopping && lost === undefined) {
        const began = performance.now();
        const rung = this.#bell.answer();
        if (
          rung ||
          this.#shouldRank(relayed) ||
          (await hasRelayWork(queryable(client), relayed, this.#now()))
        ) {
          const turn = await this.#turn(client);
          relayed = turn.relayed;
          if (turn.hasMore) continue;
          await sleep(Math.max(0, TURN_EVERY_MS - (performance.now() - began)));
        }
        await this.#bell.wait(LOOK_EVERY_MS);
      }
      if (lost !== undefined) throw lost;
    } finally {
      this.#isLeading = false;
      await client.end().catch(() => {});
    }
  }

  async #takeLead(client: pg.Client): Promise<boolean> {
    for (;;) {
      const { rows } = await client.query<{ led: boolean }>(
        `select pg_try_advisory_lock(${LEADER_LOCK}) as led`,
      );
      if (rows[0]?.led === true) return true;
      await sleep(TRY_EVERY_MS);
      if (this.#isStopping) return false;
    }
  }

  async #turn(client: pg.Client): Promise<{ relayed: bigint; hasMore: boolean }> {
    const shown = new Map<Uuid, RoomEvent[]>();
    const catalogue = await this.#catalogue.now();
    const tx = queryable(client);
    await client.query('begin');
    try {
      const before = await lockRelay(tx);
      const gifts = await giftsAfter(tx, before, TURN_GIFTS_MAX);
      const now = this.#now();
      const keys = new Set<Uuid>();
      for (const gift of gifts) if (gift.streakId !== null) keys.add(streakKeyOfGift(gift.id));
      const caughtUp = gifts.length < TURN_GIFTS_MAX;
      const merged = mergeGifts({
        gifts,
        streaks: await streaksFor(tx, [...keys], now, TURN_DUE_MAX),
        caughtUp,
        nowMs: now.getTime(),
        closeMs: policyNow(this.#house.db, now.getTime()).gifts.streakCloseMs,
      });
      await keepStreaks(tx, merged.streaks);
      await addGiven(tx, merged.given);
      const news = await this.#eventsOf(merged, catalogue.byId, now);
      if (gifts.length > 0) await this.#tally(tx, news, gifts, now);
      for (const [roomId, events] of inOrderOfRooms(news)) {
        shown.set(roomId, await appendRoomEvents(tx, roomId, events));
      }
      const relayed = gifts.at(-1)?.committed ?? before;
      if (relayed !== before) await moveRelayed(tx, relayed, now);
      const ranks = this.#shouldRank(relayed);
      const ranked = ranks ? await rankSupporters(tx, this.#ranked, relayed) : [];
      await client.query('commit');
      for (const [roomId, events] of shown) {
        this.#house.hub.publish(roomId, events, { now: events.some(isTakeover) });
      }
      if (ranks) {
        this.#ranked = relayed;
        this.#rankedAtMs = performance.now();
        tellRanked(this.#house, ranked);
      }
      return { relayed, hasMore: !caughtUp };
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    }
  }

  #shouldRank(relayed: bigint): boolean {
    return this.#ranked < relayed && performance.now() - this.#rankedAtMs >= RANK_EVERY_MS;
  }

  /** Lets everything that counts gifts count these, and adds what the rooms are told of it to their events. */
  async #tally(tx: Queryable, news: RoomsNews, gifts: readonly Gift[], now: Date): Promise<void> {
    for (const tally of await openTallies(tx)) {
      await tx.query('savepoint tally');
      try {
        for (const { stageId, events } of await tally.run(tx, { gifts, now })) {
          news.set(stageId, [...(news.get(stageId) ?? []), ...events]);
        }
      } catch (error) {
        await tx.query('rollback to savepoint tally');
        this.#house.log.error({ err: error, tally: tally.name }, 'a turn of gifts could not be counted');
      }
      await tx.query('release savepoint tally');
    }
  }

  /** What each room is told of the gifts themselves. */
  async #eventsOf({ moments }: Merged, catalogue: Catalogue['byId'], now: Date): Promise<RoomsNews> {
    const { db } = this.#house;
    const people = await this.#people.find(
      db,
      moments.flatMap((moment) => [moment.senderId, moment.creatorId]),
    );
    const rooms: RoomsNews = new Map();
    for (const moment of moments) {
      const gift = catalogue.get(moment.catalogueId);
      if (gift === undefined) throw new Error(`no gift in the catalogue is called ${moment.catalogueId}`);
      const event = giftEvent(moment, {
        gift,
        sender: people.get(moment.senderId) ?? nobody(moment.senderId),
        receiver: people.get(moment.creatorId) ?? nobody(moment.creatorId),
        policy: policyVersion(db, moment.policyVersion) ?? policyNow(db, now.getTime()),
      });
      // A gift to a guest is shown where it was given and on the stage of the one who got it, once each.
      for (const stageId of moment.homeStageId === null
        ? [moment.stageId]
        : [moment.stageId, moment.homeStageId]) {
        const events = rooms.get(stageId);
        if (events === undefined) rooms.set(stageId, [event]);
        else events.push(event);
      }
    }
    return rooms;
  }

  #now(): Date {
    return new Date(this.#house.clock.now());
  }
}

type RoomsNews = Map<Uuid, NewRoomEvent[]>;

/** The order in which the heads of rooms are locked. */
function inOrderOfRooms(news: RoomsNews): [Uuid, NewRoomEvent[]][] {
  return [...news].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Rings until it is answered; whoever waits is woken by the next ring or after a while. */
class Bell {
  #isRung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#isRung = true;
    this.#wake?.();
  }

  /** Whether it rang since the last answer. */
  answer(): boolean {
    const rung = this.#isRung;
    this.#isRung = false;
    return rung;
  }

  async wait(ms: number): Promise<void> {
    if (this.#isRung) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    ...connectionSettings({ url, statementTimeoutMs: TURN_TIMEOUT_MS }),
    application_name: 'carat gift relay',
  });
  // A connection that dies before anybody listens must not end the process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

function queryable(client: pg.Client): Queryable {
  return {
    query: async <Row extends object>(text: string, values?: readonly unknown[]) => {
      const answer = await client.query(text, values === undefined ? undefined : [...values]);
      return answer.rows as Row[];
    },
  };
}

async function readRelayed(client: pg.Client): Promise<bigint> {
  const { rows } = await client.query<{ relayed: bigint }>('select relayed from gift_relay');
  return rows[0]?.relayed ?? 0n;
}

function isTakeover(event: RoomEvent): boolean {
  return typeof event.tier === 'number' && event.tier >= TAKEOVER_TIER;
}
