import { performance } from 'node:perf_hooks';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Database, DatabaseLog, Queryable } from '../db/database.ts';
import { isConnectionFailure, isTimeout } from '../db/failure.ts';
import { DATABASE_UNAVAILABLE } from '../db/refusals.ts';
import type { Account } from './account.ts';
import { Backlog } from './backlog.ts';
import type { AccountSpec } from './chart.ts';
import { Connection, type StepError } from './connection.ts';
import type { Ledger, LedgerLimits } from './ledger.ts';
import { AHEAD_MAX, firstIdAt, Memory } from './memory.ts';
import { isReady, malformedNeed, readNeeds } from './needs.ts';
import { PREPARED_STATEMENTS, type Prepared, prepare } from './prepare.ts';
import { LEDGER_BUSY, LEDGER_OUTCOME_UNKNOWN, LedgerConflict } from './refusals.ts';
import { readAccounts, readHead, readOverdue, readUsedIds } from './store.ts';
import { chainOf, openEventsOf, type Posted, type Posting, type Work } from './work.ts';

export interface GroupCommitOptions {
  readonly db: Database;
  readonly clock?: Clock;
  readonly log?: DatabaseLog;
  readonly limits: LedgerLimits;
}

/**
 * While a batch is in flight another one leaves only if it has so many postings: few senders do better in one large
 * batch after the other (15,000 to 21,000 gifts/s with 32 senders) than in two small ones (13,000 to 15,000).
 */
const WORTH_FOLLOWING = 128;
/** So many batches in a row must find that nobody else writes before memory is trusted again. */
const QUIET_BATCHES = 8;
/** Ids made up to this far ahead are known to be unused; extended half-way. */
const FRESH_MS = 3_600_000;
const HOUSEKEEPING_MS = 250;
const EXPIRY_BATCH = 500;
const RECONNECT_MS = [0, 50, 100, 200, 400] as const;
const NS_PER_MS = 1_000_000n;
const ANOTHER_WRITER = 'CL001';
const UNIQUE_VIOLATION = '23505';

/**
 * - `alone`: nobody else writes as far as is known. Batches are decided on memory and sent one behind the other;
 *   each names the one before it (`expected`), so that it is refused when somebody did write.
 * - `together`: somebody else writes. Each batch locks the head first, then reads, decides and commits.
 * - `away`: there is no connection.
 */
type Mode = 'alone' | 'together' | 'away' | 'closed';

interface Flight {
  readonly prepared: Prepared;
  /** To go back to when it fails. */
  readonly before: { readonly attempt: bigint; readonly lastTimestamp: bigint };
  isDone: boolean;
}

/** The writer of one process: gathers what is posted, decides it in batches and commits them. */
export class GroupCommit implements Ledger {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #log: DatabaseLog | undefined;
  readonly #limits: LedgerLimits;
  readonly #memory: Memory;
  readonly #backlog = new Backlog();
  readonly #housekeeping: NodeJS.Timeout;

  #mode: Mode = 'away';
  #connection: Connection | undefined;
  /** The attempt that the head shows once everything in flight is committed. */
  #attempt = 0n;
  #lastTimestamp = 0n;
  /** Attempts are unique over processes and never used twice: a random start, then one up. */
  #nextAttempt = randomAttempt();
  #flights: Flight[] = [];
  #failed: { readonly flight: Flight; readonly error: StepError } | undefined;
  /** A batch of the mode `together` is running. */
  #isSharing = false;
  #quietBatches = 0;
  /** Memory is to be cleared as soon as nothing is in flight. */
  #mustForget = false;
  #batchesSinceTurn = 0;
  #size = 0;
  #isScheduled = false;
  #isClosing = false;
  #freshUntilMs = 0;
  #nowMs = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(options: GroupCommitOptions) {
    this.#db = options.db;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log;
    this.#limits = options.limits;
    this.#memory = new Memory({
      accounts: this.#limits.accountsInMemory,
      transfers: this.#limits.transfersInMemory,
      ids: this.#limits.idsInMemory,
    });
    this.#housekeeping = setInterval(() => this.#keepHouse(), HOUSEKEEPING_MS);
    this.#housekeeping.unref();
  }

  async open(): Promise<void> {
    try {
      await this.#connect();
      await this.#trust(this.#db);
      this.#mode = 'alone';
    } catch (error) {
      clearInterval(this.#housekeeping);
      await this.#connection?.close();
      throw error;
    }
  }

  openAccounts(accounts: readonly AccountSpec[]): Promise<void> {
    const events = openEventsOf(accounts);
    return new Promise((resolve, reject) =>
      this.#enqueue({ kind: 'open', events, ...this.#waiting(resolve, reject) }),
    );
  }

  post(posting: Posting): Promise<Posted> {
    return new Promise((resolve, reject) => {
      const { events, rows, statements } = chainOf(posting);
      // Spelled out: spreading costs as much as all the rest of this.
      this.#enqueue({
        kind: 'chain',
        events,
        rows,
        statements,
        resolve,
        reject,
        deadlineMs: performance.now() + this.#limits.patienceMs,
        inDoubt: undefined,
        absent: undefined,
        absentEpoch: -1,
      });
    });
  }

  async balances(ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, Account>> {
    const accounts = await readAccounts(this.#db, ids);
    return new Map(accounts.map((account) => [account.id, account]));
  }

  async expire(): Promise<number> {
    let expired = 0;
    for (;;) {
      const now = BigInt(this.#clock.now()) * NS_PER_MS;
      const pendingIds = await readOverdue(this.#db, now, EXPIRY_BATCH);
      if (pendingIds.length === 0) return expired;
      const released = await new Promise<number>((resolve, reject) =>
        this.#enqueue({ kind: 'expire', pendingIds, ...this.#waiting(resolve, reject) }),
      );
      if (released === 0) return expired;
      expired += released;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
      });
    }
    this.#mode = 'closed';
    clearInterval(this.#housekeeping);
    await this.#connection?.close();
  }

  #waiting<Answer>(resolve: (answer: Answer) => void, reject: (error: Error) => void) {
    return {
      resolve,
      reject,
      deadlineMs: performance.now() + this.#limits.patienceMs,
      inDoubt: undefined,
      absent: undefined,
      absentEpoch: -1,
    };
  }

  #enqueue(work: Work): void {
    if (this.#isClosing || this.#size >= this.#limits.waiting) {
      work.reject(new Refusal(LEDGER_BUSY));
      return;
    }
    this.#size += 1;
    this.#backlog.add(work);
    this.#schedule();
  }

  /** Everything that arrives in this turn of the event loop goes together. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#backlog.isEmpty && this.#failed === undefined && !this.#isSharing) {
      if (this.#mode === 'away' || this.#mode === 'closed') return;
      if (this.#mode === 'together' || this.#backlog.hasBatches) {
        if (this.#flights.length > 0) return;
        if (this.#mode === 'together') {
          void this.#share();
          return;
        }
      }
      if (this.#flights.length >= this.#limits.inFlight) return;
      if (this.#flights.length > 0 && this.#backlog.waiting < WORTH_FOLLOWING) return;
      const alone = this.#backlog.takeBatch();
      if (alone !== undefined) {
        if (alone.every((work) => isReady(this.#memory, work))) this.#launch(alone);
        else void this.#fetch(alone, true);
        continue;
      }
      const ready: Work[] = [];
      const unready: Work[] = [];
      for (const work of this.#backlog.take(this.#limits.batch)) {
        (isReady(this.#memory, work) ? ready : unready).push(work);
      }
      if (unready.length > 0) void this.#fetch(unready, false);
      if (ready.length > 0) this.#launch(ready);
    }
  }

  /** Reads what works need, then lets them go on. */
  async #fetch(unready: readonly Work[], asBatch: boolean): Promise<void> {
    const works = this.#refuseMalformed(unready);
    try {
      await readNeeds(this.#memory, works, this.#db);
      if (asBatch) this.#backlog.addBatches([works]);
      else this.#backlog.addFirst(works);
    } catch (error) {
      for (const work of works) this.#reject(work, error);
    }
    this.#schedule();
  }

  #refuseMalformed(works: readonly Work[]): Work[] {
    return works.filter((work) => {
      const malformed = malformedNeed(this.#memory, work);
      if (malformed === undefined) return true;
      this.#reject(work, new TypeError(`not a UUID: ${malformed}`));
      return false;
    });
  }

  /** Decides a batch on memory and sends it behind those in flight. */
  #launch(works: readonly Work[]): void {
    const connection = this.#connection as Connection;
    const before = { attempt: this.#attempt, lastTimestamp: this.#lastTimestamp };
    const prepared = this.#prepare(works);
    if (prepared === undefined) return;
    const flight: Flight = { prepared, before, isDone: false };
    this.#flights.push(flight);
    connection.run(prepared.steps).then(
      () => this.#landed(flight),
      (error: StepError) => this.#missed(flight, error),
    );
  }

  #prepare(works: readonly Work[]): Prepared | undefined {
    const wallMs = Date.now();
    this.#nowMs = Math.max(this.#nowMs, wallMs);
    if (this.#batchesSinceTurn > this.#limits.inFlight && this.#memory.turn(this.#nowMs)) {
      this.#batchesSinceTurn = 0;
      if (!works.every((work) => isReady(this.#memory, work))) {
        void this.#fetch(works, true);
        return undefined;
      }
    }
    const clockNs = BigInt(this.#clock.now()) * NS_PER_MS;
    const attempt = this.#nextAttempt;
    this.#nextAttempt += 1n;
    try {
      const prepared = prepare(this.#memory, works, {
        expected: this.#attempt,
        attempt,
        now: clockNs > this.#lastTimestamp ? clockNs : this.#lastTimestamp + 1n,
        aheadId: firstIdAt(this.#nowMs + 1),
      });
      this.#attempt = attempt;
      this.#lastTimestamp = prepared.until;
      this.#batchesSinceTurn += 1;
      return prepared;
    } catch (error) {
      this.#doubtMemory(works, error as Error);
      this.#schedule();
      return undefined;
    }
  }

  /**
   * The state machine came upon something impossible. While this process believed itself alone another one may
   * have written between two reads, so that what is in memory never was: decided again under the lock, it is a
   * mistake of the program, of one posting.
   */
  #doubtMemory(works: readonly Work[], error: Error): void {
    if (this.#mode === 'alone') {
      this.#mode = 'together';
      this.#mustForget = true;
      this.#quietBatches = 0;
      this.#backlog.addBatches([works]);
    } else {
      this.#split(works, error);
    }
  }

  #landed(flight: Flight): void {
    if (this.#failed !== undefined || this.#flights[0] !== flight) {
      // The head would have to have let through a batch that was built on one it refused.
      throw new Error('a batch was committed out of order');
    }
    this.#flights.shift();
    this.#finish(flight.prepared);
    this.#schedule();
  }

  #finish(prepared: Prepared): void {
    prepared.release();
    this.#size -= prepared.works.length;
    prepared.answer();
    if (this.#size === 0) this.#whenEmpty?.();
  }

  #missed(flight: Flight, error: StepError): void {
    flight.isDone = true;
    this.#failed ??= { flight, error };
    if (this.#flights.every(({ isDone }) => isDone)) this.#repair();
  }

  /** Everything in flight has failed: goes back to what is committed and tries again as the first failure says. */
  #repair(): void {
    const { flight, error } = this.#failed as { flight: Flight; error: StepError };
    const flights = this.#flights;
    this.#flights = [];
    this.#failed = undefined;
    for (const { prepared } of [...flights].reverse()) this.#memory.undo(prepared.undo);
    const first = flights[0] as Flight;
    this.#attempt = first.before.attempt;
    this.#lastTimestamp = first.before.lastTimestamp;

    const later = flights.filter((other) => other !== flight).map(({ prepared }) => prepared.works);
    if (this.#connection?.isLost !== false || isConnectionFailure(error)) {
      this.#doubt(flights);
      this.#backlog.addBatches([flight.prepared.works, ...later]);
      this.#leave();
    } else if (isOfAnotherWriter(error)) {
      this.#backlog.addBatches([flight.prepared.works, ...later]);
      this.#memory.clear();
      this.#mode = 'together';
      this.#quietBatches = 0;
    } else {
      this.#backlog.addBatches(later);
      this.#blame(flight.prepared, error);
    }
    this.#schedule();
  }

  /** The answers to these are lost; each one happened only if those before it did. */
  #doubt(flights: readonly Pick<Flight, 'prepared' | 'before'>[]): void {
    const before = flights[0]?.before.attempt ?? 0n;
    const after = new Set<bigint>();
    for (const { prepared } of [...flights].reverse()) {
      after.add(prepared.attempt);
      const inDoubt = { before, after: new Set(after) };
      for (const work of prepared.works) work.inDoubt = inDoubt;
    }
  }

  /** The database refused something in this batch, and rolled all of it back: refuses the one, tries the others again. */
  #blame(prepared: Prepared, error: StepError): void {
    const { works } = prepared;
    const culprit = prepared.culprit(error.step ?? -1, lineOf(error));
    const reason = isTimeout(error) ? new Refusal(LEDGER_BUSY) : new LedgerConflict(error);
    if (culprit !== undefined) {
      this.#backlog.addBatches([works.filter((work) => work !== culprit)]);
      this.#reject(culprit, reason);
    } else if (isTimeout(error)) {
      for (const work of works) this.#reject(work, reason);
    } else {
      this.#split(works, reason);
    }
  }

  /** Nobody can say whose fault it is: halves the batch until there is one left. */
  #split(works: readonly Work[], reason: Error): void {
    const [only] = works;
    if (works.length === 1 && only !== undefined) {
      this.#log?.warn({ reason: reason.message }, 'a posting was refused by the database');
      this.#reject(only, reason);
      return;
    }
    const half = works.length >> 1;
    this.#backlog.addBatches([works.slice(0, half), works.slice(half)]);
  }

  /** One batch while others write: lock, look, decide, commit. */
  async #share(): Promise<void> {
    this.#isSharing = true;
    const connection = this.#connection as Connection;
    let works = this.#backlog.takeBatch() ?? this.#backlog.take(this.#limits.batch);
    const before = { attempt: this.#attempt, lastTimestamp: this.#lastTimestamp };
    let prepared: Prepared | undefined;
    if (this.#mustForget) this.#memory.clear();
    this.#mustForget = false;
    try {
      await connection.query('begin');
      const head = await readHead(connection, 'lock');
      if (head.attempt === this.#attempt) {
        this.#quietBatches += 1;
      } else {
        this.#quietBatches = 0;
        this.#memory.clear();
      }
      this.#attempt = head.attempt;
      this.#lastTimestamp = head.lastTimestamp;
      works = this.#refuseMalformed(this.#settleDoubts(works, head.attempt));
      await readNeeds(this.#memory, works, connection);
      const isQuiet = this.#quietBatches >= QUIET_BATCHES;
      if (isQuiet) await this.#trust(connection);
      prepared = this.#prepare(works);
      if (prepared === undefined) {
        await connection.query('rollback');
      } else {
        await connection.run([...prepared.steps, { kind: 'once', text: 'commit', values: [] }]);
        this.#finish(prepared);
        if (isQuiet) this.#mode = 'alone';
      }
    } catch (error) {
      await this.#shareFailed(works, prepared, error as StepError, before);
    }
    this.#isSharing = false;
    this.#schedule();
  }

  /**
   * Transfers answer for themselves: under the lock their ids are there or not. A posting without transfers that
   * was in doubt is told by the head, which nobody can move now.
   */
  #settleDoubts(works: readonly Work[], head: bigint): Work[] {
    return works.filter((work) => {
      const { inDoubt } = work;
      if (inDoubt === undefined || work.kind !== 'chain' || work.events.length > 0) return true;
      if (inDoubt.before === head) return true;
      if (inDoubt.after.has(head)) {
        this.#size -= 1;
        work.resolve({ kind: 'exists', transfers: [] });
      } else {
        this.#reject(work, new Refusal(DATABASE_UNAVAILABLE));
      }
      return false;
    });
  }

  async #shareFailed(
    works: readonly Work[],
    prepared: Prepared | undefined,
    error: StepError,
    before: Flight['before'],
  ): Promise<void> {
    const connection = this.#connection;
    if (prepared !== undefined) this.#memory.undo(prepared.undo);
    // What this process knows of the head is from before this batch; the next one looks again.
    this.#attempt = before.attempt;
    this.#lastTimestamp = before.lastTimestamp;
    this.#memory.clear();
    if (connection === undefined || connection.isLost || isConnectionFailure(error)) {
      if (prepared !== undefined)
        this.#doubt([{ prepared, before: { ...before, attempt: prepared.expected } }]);
      this.#backlog.addBatches([works]);
      return this.#leave();
    }
    await connection.query('rollback').catch(() => {});
    if (prepared === undefined && isTimeout(error)) {
      // Somebody holds the head for long: wait on, as long as each is willing to.
      const now = performance.now();
      const late = works.filter(({ deadlineMs }) => deadlineMs <= now);
      for (const work of late) this.#reject(work, new Refusal(LEDGER_BUSY));
      this.#backlog.addBatches([works.filter((work) => !late.includes(work))]);
    } else if (prepared === undefined) {
      for (const work of works) this.#reject(work, error);
    } else {
      this.#blame(prepared, error);
    }
  }

  /** The connection is gone: what was in flight is asked for again under its ids on a new one. */
  #leave(): void {
    if (this.#mode === 'away' || this.#mode === 'closed') return;
    this.#mode = 'away';
    this.#memory.clear();
    this.#connection?.destroy();
    this.#connection = undefined;
    this.#log?.warn({ waiting: this.#size }, 'the ledger lost its database');
    void this.#return();
  }

  async #return(): Promise<void> {
    for (let tries = 0; this.#mode === 'away'; tries += 1) {
      const waitMs = RECONNECT_MS[Math.min(tries, RECONNECT_MS.length - 1)] ?? 0;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      this.#giveUpOverdue();
      try {
        await this.#connect();
        if (this.#isClosed()) return await this.#connection?.close();
        // What was in flight is looked up under the lock before anything else is decided.
        this.#mode = 'together';
        this.#quietBatches = 0;
        this.#log?.warn({ waiting: this.#size }, 'the ledger has its database back');
        this.#schedule();
        return;
      } catch {
        this.#connection = undefined;
      }
    }
  }

  #isClosed(): boolean {
    return this.#mode === 'closed';
  }

  async #connect(): Promise<void> {
    let opened: Connection | undefined;
    const connection = await Connection.open(
      this.#db.url,
      this.#limits.patienceMs,
      PREPARED_STATEMENTS,
      () => {
        // A connection that is lost while it opens is told by the attempt itself.
        if (opened !== undefined) this.#lost(opened);
      },
    );
    opened = connection;
    const head = await readHead(connection, 'look').catch((error: unknown) => {
      connection.destroy();
      throw error;
    });
    this.#connection = connection;
    this.#attempt = head.attempt;
    this.#lastTimestamp = head.lastTimestamp;
  }

  /** Batches in flight fail by themselves and lead here too; this is for a connection that dies idle. */
  #lost(connection: Connection): void {
    if (this.#connection !== connection || this.#flights.length > 0 || this.#isSharing) return;
    this.#leave();
  }

  /** Starts to trust memory: from here on every commit passes through it, or the head says otherwise. */
  async #trust(on: Queryable): Promise<void> {
    const fromMs = Math.max(this.#nowMs, Date.now());
    const untilMs = fromMs + FRESH_MS;
    const ahead = await readUsedIds(on, firstIdAt(fromMs), firstIdAt(untilMs), AHEAD_MAX + 1);
    if (ahead.length <= AHEAD_MAX) this.#memory.trust(fromMs, untilMs, ahead);
    this.#freshUntilMs = untilMs;
  }

  async #trustFurther(): Promise<void> {
    const fromMs = this.#freshUntilMs;
    const untilMs = Date.now() + FRESH_MS;
    const { clears } = this.#memory;
    this.#freshUntilMs = untilMs;
    const ahead = await readUsedIds(this.#db, firstIdAt(fromMs), firstIdAt(untilMs), AHEAD_MAX + 1);
    if (this.#memory.clears === clears && ahead.length <= AHEAD_MAX)
      this.#memory.trustFurther(untilMs, ahead);
    else this.#freshUntilMs = fromMs;
  }

  #keepHouse(): void {
    if (this.#mode === 'away') this.#giveUpOverdue();
    if (this.#mode === 'alone' && Date.now() > this.#freshUntilMs - FRESH_MS / 2) {
      this.#trustFurther().catch(() => {
        this.#freshUntilMs = 0;
      });
    }
  }

  /** Whoever has waited long enough for a database that is away is told so. */
  #giveUpOverdue(): void {
    const now = performance.now();
    for (const work of this.#backlog.takeWhere(({ deadlineMs }) => deadlineMs <= now)) {
      this.#reject(work, new Refusal(DATABASE_UNAVAILABLE));
    }
  }

  #reject(work: Work, error: unknown): void {
    this.#size -= 1;
    const isAway = error instanceof Refusal && error.kind === DATABASE_UNAVAILABLE;
    work.reject(
      isAway && work.inDoubt !== undefined ? new Refusal(LEDGER_OUTCOME_UNKNOWN) : (error as Error),
    );
    if (this.#size === 0) this.#whenEmpty?.();
  }
}

/**
 * Whether a batch failed because somebody else wrote: the head had moved or was held, or (the keys have the last
 * word) what was written was there already.
 */
function isOfAnotherWriter(error: StepError): boolean {
  return (
    error.code === ANOTHER_WRITER ||
    (error.step === 0 && isTimeout(error)) ||
    (error.code === UNIQUE_VIOLATION && error.table?.startsWith('ledger_') === true)
  );
}

/** `COPY gifts, line 37` → 37. */
function lineOf(error: StepError): number | undefined {
  const line = /^COPY \S+, line (\d+)/.exec(error.where ?? '')?.[1];
  return line === undefined ? undefined : Number(line);
}

/** 62 random bits, with room to count up from. */
function randomAttempt(): bigint {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return ((BigInt(high) << 32n) | BigInt(low)) >> 2n;
}
