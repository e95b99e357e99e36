import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { personByHandle } from '../identity/index.ts';
import { ROOM_NOT_FOUND } from '../realtime/refusals.ts';
import { STAGE_NOT_LIVE } from './refusals.ts';
import {
  insertStage,
  liveSession,
  type SessionRow,
  type StageRow,
  stageByHandle,
  stageById,
} from './store.ts';

/** How long a stage is believed to be as it was: what another process does holds here after so long. */
const FRESH_MS = 500;
/** Older than this, whoever asks waits for the database. */
const STALE_MS = 3_000;
const KEPT_MAX = 20_000;

/** The stages that people look at now, in memory: a gift or a chat line does not ask the database where it goes. */
export class Stages {
  readonly #house: House;
  readonly #byId = new Map<Uuid, Kept>();
  readonly #idOf = new Map<string, Uuid>();

  constructor(house: House) {
    this.#house = house;
  }

  /** The stage with this id, at once when it is known well enough. */
  find(stageId: Uuid): StageRow | undefined | Promise<StageRow | undefined> {
    const kept = this.#byId.get(stageId);
    const age = kept === undefined ? Number.POSITIVE_INFINITY : performance.now() - kept.readMs;
    if (kept === undefined || age > STALE_MS) return this.#read(stageId);
    if (age > FRESH_MS && !kept.reading) {
      kept.reading = true;
      this.#read(stageId).catch(() => {
        kept.reading = false;
      });
    }
    return kept.stage;
  }

  /** The stage of the creator with this handle. A creator who was never live has one too, opened here. */
  async named(handle: string): Promise<StageRow | undefined> {
    const name = handle.toLowerCase();
    if (!/^[a-z0-9_.]+$/.test(name)) return undefined;
    const known = this.#idOf.get(name);
    if (known !== undefined) {
      const stage = await this.find(known);
      if (stage?.handle === name) return stage;
    }
    const stage = (await stageByHandle(this.#house.db, name)) ?? (await this.#open(name));
    if (stage === undefined) return undefined;
    this.#keep(stage);
    return stage;
  }

  /** Like `named`, or refuses with `room_not_found` or `stage_not_live`. */
  async live(handle: string): Promise<{ readonly stage: StageRow; readonly session: SessionRow }> {
    const stage = await this.named(handle);
    if (stage === undefined) throw new Refusal(ROOM_NOT_FOUND, { stage: handle }, '/stage');
    const session = liveSession(stage);
    if (session === null) throw new Refusal(STAGE_NOT_LIVE, {}, '/stage');
    return { stage, session };
  }

  /** Reads a stage anew the next time: something about it changed. */
  forget(stageId: Uuid): void {
    this.#byId.delete(stageId);
  }

  async #open(handle: string): Promise<StageRow | undefined> {
    const person = await personByHandle(this.#house.db, handle);
    if (person === undefined || !person.roles.includes('creator')) return undefined;
    await insertStage(this.#house.db, newId(), person.id, new Date(this.#house.clock.now()));
    return stageByHandle(this.#house.db, handle);
  }

  async #read(stageId: Uuid): Promise<StageRow | undefined> {
    const stage = await stageById(this.#house.db, stageId);
    if (stage !== undefined) this.#keep(stage);
    return stage;
  }

  #keep(stage: StageRow): void {
    if (this.#byId.size >= KEPT_MAX) {
      this.#byId.clear();
      this.#idOf.clear();
    }
    this.#byId.set(stage.id, { stage, readMs: performance.now(), reading: false });
    this.#idOf.set(stage.handle, stage.id);
  }
}

interface Kept {
  readonly stage: StageRow;
  readonly readMs: number;
  reading: boolean;
}
