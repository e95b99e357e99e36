import type { Uuid } from '../core/ids.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { serverSentEvent } from '../realtime/stream-batch.ts';
import type { StreamRoad } from '../realtime/stream-reader.ts';
import type { Source } from './rules.ts';
import { markSeen, newsFor, versionKey } from './store.ts';

/** Between two looks for what happened through other processes. A revoked overlay is blank within 5 s. */
const LOOK_EVERY_MS = 1_000;
const NOTE_SEEN_MS = 20_000;
const TOPIC = 'overlays';

/** One road that a key opened. */
export interface OpenRoad {
  /** `null`: the creator's own preview. */
  readonly keyId: Uuid | null;
  readonly creatorId: Uuid;
  /** `null`: a tool that reads the stage's own stream. */
  readonly source: Source | null;
  readonly road: StreamRoad;
  /** Of the settings that it was told. */
  version: number;
  /** Tells it how it is set now, and answers the version of that; also what words are hidden now. */
  refresh(isNew: boolean): Promise<number>;
}

/** The overlays that are open in this process: they end when their key does, and follow their settings. */
export class OpenOverlays {
  readonly #house: House;
  readonly #open = new Set<OpenRoad>();
  #rounds: Rounds | undefined;
  #seenMs = Number.NEGATIVE_INFINITY;

  constructor(house: House) {
    this.#house = house;
  }

  start(): void {
    const { hub, log } = this.#house;
    this.#rounds = goRounds('open overlays', LOOK_EVERY_MS, log, () => this.look());
    hub.hearOthers(TOPIC, () => this.#rounds?.wake());
  }

  async stop(): Promise<void> {
    await this.#rounds?.stop();
  }

  /** Something changed here: looks at once, and tells other processes to, where a bus reaches them. */
  lookNow(): void {
    this.#rounds?.wake();
    this.#house.hub.tellOthers(TOPIC, null);
  }

  add(open: OpenRoad): void {
    this.#open.add(open);
    open.road.stream.once('close', () => this.#open.delete(open));
    if (open.road.stream.destroyed) this.#open.delete(open);
    this.#seenMs = Number.NEGATIVE_INFINITY;
    // What changed while it was being opened is found now.
    this.#rounds?.wake();
  }

  async look(): Promise<void> {
    const all = [...this.#open];
    if (all.length === 0) return;
    const { db, clock } = this.#house;
    const keyIds = [...new Set(all.flatMap(({ keyId }) => (keyId === null ? [] : [keyId])))];
    const { inForce, versions } = await newsFor(db, keyIds, [
      ...new Set(all.map(({ creatorId }) => creatorId)),
    ]);
    // First of all: what is revoked waits for nothing that others read.
    const isInForce = ({ keyId }: OpenRoad) => keyId === null || inForce.has(keyId);
    for (const open of all) if (!isInForce(open)) this.#end(open);
    for (const open of all.filter(isInForce)) {
      const version = open.source === null ? 0 : (versions.get(versionKey(open.creatorId, open.source)) ?? 0);
      open.version = await open.refresh(version !== open.version);
    }
    if (performance.now() - this.#seenMs < NOTE_SEEN_MS) return;
    this.#seenMs = performance.now();
    const seen = keyIds.filter((id) => inForce.has(id));
    if (seen.length > 0) await markSeen(db, seen, new Date(clock.now()));
  }

  #end(open: OpenRoad): void {
    this.#open.delete(open);
    const { stream } = open.road;
    if (open.source !== null && !stream.destroyed) {
      stream.write(serverSentEvent({ type: 'end', createTime: String(this.#house.clock.now()) }));
    }
    open.road.end('shuttingDown');
  }
}
