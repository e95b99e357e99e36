import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import pg from 'pg';
import { HOUR_MS, SECOND_MS } from '../core/clock.ts';
import { oncePer } from '../core/once-per.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import { connectionSettings } from '../db/database.ts';
import type { House } from '../house.ts';
import { policyVersion, refreshPolicies } from '../policy/index.ts';
import { hashOf } from './inputs.ts';
import type { SimulationResult } from './model/lines.ts';
import { MODEL_VERSION, type Progress } from './model/simulate.ts';
import type { ThreadNews, ThreadStart } from './model/thread.ts';
import { removeOldRuns } from './remove-old-runs.ts';
import { sentenceOf } from './rules.ts';
import {
  beginRun,
  insertEnding,
  isRunLocked,
  nextSimulation,
  putRunBack,
  type SimulationRow,
  tellProgress,
} from './store.ts';
import { tellAsker } from './tell-asker.ts';

/** The advisory lock of whoever runs one: one at a time in a database. */
export const RUN_LOCK = '27424983510214771';

const LOOK_EVERY_MS = 2 * SECOND_MS;
const REMOVE_EVERY_MS = HOUR_MS;
/** How often it is written down how far a run is, and looked whether it was canceled. */
const TELL_EVERY_MS = 250;
/** A run that was begun so often and never came to an end ends its server each time, or takes it for too long. */
const BEGUN_MAX = 3;
/** More than the largest run takes. */
const MEMORY_MB = 320;

/** Runs simulations one after the other, in a thread of their own, which gifts must not feel. */
class Runner {
  readonly #house: House;
  #rounds: Rounds | undefined;
  #removing: Rounds | undefined;
  #isStopping = false;

  constructor(house: House) {
    this.#house = house;
  }

  start(): void {
    this.#rounds = goRounds('simulations', LOOK_EVERY_MS, this.#house.log, () => this.#round());
    this.#removing = goRounds('old simulations', REMOVE_EVERY_MS, this.#house.log, () =>
      removeOldRuns(this.#house),
    );
  }

  /** Something was asked for. */
  wake(): void {
    this.#rounds?.wake();
  }

  /** The run in hand is put back: the next server takes it up from the beginning, and comes to the same. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#removing?.stop();
    await this.#rounds?.stop();
  }

  async #round(): Promise<number> {
    if ((await nextSimulation(this.#house.db)) === undefined) return 0;
    // Whoever runs one goes on with the next: no connection is opened to hear that.
    if (await isRunLocked(this.#house.db, RUN_LOCK)) return 0;
    const lock = new Lock(this.#house.db.url);
    let ran = 0;
    try {
      if (!(await lock.take())) return 0;
      for (;;) {
        const next = await nextSimulation(this.#house.db);
        if (next === undefined || this.#isStopping || lock.isLost) return ran;
        await this.#run(next, lock);
        ran += 1;
      }
    } finally {
      await lock.give();
    }
  }

  async #run(row: SimulationRow, lock: Lock): Promise<void> {
    const { db, clock, log } = this.#house;
    const begun = await beginRun(db, row.id, new Date(clock.now()));
    if (begun > BEGUN_MAX) {
      await this.#fail(
        row,
        `It was begun ${BEGUN_MAX} times and came to no end. The server’s log may say why.`,
      );
      return;
    }
    const policy = await policyOfRun(this.#house, row.inputs.policyVersion);
    const thread = new Thread({ inputs: row.inputs, policy });
    try {
      while (!thread.isOver) {
        await Promise.race([thread.over, sleep(TELL_EVERY_MS)]);
        // Another server has the lock, and may have begun it anew: what it says of its progress is not ours to remove.
        if (lock.isLost) return;
        if (this.#isStopping) {
          await putRunBack(db, row.id);
          return;
        }
        // Canceled meanwhile: nobody waits for it any more.
        const at = new Date(clock.now());
        if (!(await tellProgress(db, row.id, { ...thread.progress, at }))) return;
      }
      await this.#finish(row, await thread.over);
    } catch (error) {
      if (!(error instanceof ThreadFailure)) {
        // The database did not answer: that was not the run's fault, and counts as no try of it where it can be said.
        if (!lock.isLost) await putRunBack(db, row.id).catch(() => {});
        throw error;
      }
      log.error({ err: error, simulation: row.id }, 'a simulation failed');
      await this.#fail(row, 'The model could not bring it to an end. The server’s log says why.');
    } finally {
      await thread.end();
    }
  }

  async #finish(row: SimulationRow, result: SimulationResult): Promise<void> {
    const { db, clock } = this.#house;
    const endedAt = new Date(clock.now());
    await db.transaction(async (tx) => {
      const done = { modelVersion: MODEL_VERSION, result, resultHash: hashOf(result) };
      if (!(await insertEnding(tx, { id: row.id, endedAt, ending: 'done', done }))) return;
      const text = sentenceOf(row.inputs, result.now.sums, result.proposed.sums);
      await tellAsker(this.#house, tx, row, { at: endedAt, title: 'Your simulation is done', text });
    });
  }

  async #fail(row: SimulationRow, note: string): Promise<void> {
    const { db, clock } = this.#house;
    const endedAt = new Date(clock.now());
    await db.transaction(async (tx) => {
      if (!(await insertEnding(tx, { id: row.id, endedAt, ending: 'failed', note }))) return;
      await tellAsker(this.#house, tx, row, { at: endedAt, title: 'Your simulation failed', text: note });
    });
  }
}

/** The one of this house. */
export const runnerOf = oncePer((house: House) => new Runner(house));

async function policyOfRun({ db }: House, version: number) {
  const known = policyVersion(db, version);
  if (known !== undefined) return known;
  // Another process adopted it a moment ago.
  await refreshPolicies(db);
  const read = policyVersion(db, version);
  if (read === undefined) throw new Error(`policy version ${version} is not there`);
  return read;
}

/** The right to run, held by a connection of its own: whoever dies gives it back. */
class Lock {
  readonly #client: pg.Client;
  isLost = false;

  constructor(url: string) {
    this.#client = new pg.Client({ ...connectionSettings({ url }), application_name: 'carat simulator' });
    this.#client.on('error', () => {
      this.isLost = true;
    });
  }

  async take(): Promise<boolean> {
    await this.#client.connect();
    const { rows } = await this.#client.query<{ taken: boolean }>(
      `select pg_try_advisory_lock(${RUN_LOCK}) as taken`,
    );
    return rows[0]?.taken === true;
  }

  async give(): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}

/** The model did not come to an end; any other error is the house’s, and the run is tried again. */
class ThreadFailure extends Error {}

/** One run in a thread of its own. */
class Thread {
  readonly #worker: Worker;
  /** What it comes to. */
  readonly over: Promise<SimulationResult>;
  progress: Progress = { phase: 'opening', day: 0 };
  isOver = false;

  constructor(start: ThreadStart) {
    this.#worker = new Worker(new URL('./model/thread.ts', import.meta.url), {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    this.over = new Promise((resolve, reject) => {
      const end = (work: () => void) => {
        this.isOver = true;
        work();
      };
      this.#worker.on('message', (news: ThreadNews) => {
        if ('progress' in news) this.progress = news.progress;
        else end(() => resolve(news.result));
      });
      this.#worker.on('error', (error) =>
        end(() => reject(new ThreadFailure(error.message, { cause: error }))),
      );
      this.#worker.on('exit', () => end(() => reject(new ThreadFailure('the thread ended early'))));
    });
    // Who stops in the middle does not ask what became of it.
    this.over.catch(() => {});
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
