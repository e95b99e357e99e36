import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { newId } from '../../server/src/core/ids.ts';
import type { Way } from './server.ts';

/**
 * The senders of the bench, as a process of its own: one socket each, tapping streaks of roses, and one viewer who
 * counts what the stage is told. Reads the way in as a line of JSON, then one `Run` per line, and answers each.
 */
export interface Run {
  /** Gifts a second to send whatever comes back; 0 = each sender waits for its answer and sends the next at once. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Not counted: connections warm up, the first streaks begin. */
  readonly warmUpSeconds: number;
}

export interface Outcome {
  /** Gifts acknowledged per second of the measured time. */
  readonly perSecond: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Milliseconds from the moment a gift was due to be sent until its answer. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds from the last answer until the viewer had been told of every gift. */
  readonly shownAfter: number;
  /** Gifts sent minus gifts that the viewer was told of, at the end. */
  readonly notShown: number;
}

/** Taps of one streak before a sender begins another. */
const STREAK_TAPS = 40;

interface Sender {
  readonly socket: WebSocket;
  streakId: string;
  count: number;
  /** When the request under way was due; 0 when none is. */
  dueAt: number;
}

interface Frame {
  readonly t: string;
  readonly problem?: { readonly code: string };
  readonly events?: readonly { readonly deltaCount?: number }[];
  readonly small?: { readonly gifts: readonly { readonly count: number }[] };
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    return done === true ? undefined : JSON.parse(value);
  };
  const load = await Load.enter((await next()) as Way);
  for (
    let run = (await next()) as Run | undefined;
    run !== undefined;
    run = (await next()) as Run | undefined
  ) {
    process.stdout.write(`${JSON.stringify(await load.run(run))}\n`);
  }
  process.exit(0);
}

class Load {
  readonly #stageId: string;
  readonly #senders: Sender[];
  readonly #idle: Sender[] = [];
  #isOpenLoop = false;
  #isSending = false;
  #isMeasuring = false;
  #waits: number[] = [];
  #acknowledged = 0;
  #refused = 0;
  /** Over all runs: what was acknowledged and what the viewer was told of. */
  #sentEver = 0;
  #shownEver = 0;

  private constructor(stageId: string, senders: Sender[]) {
    this.#stageId = stageId;
    this.#senders = senders;
  }

  static async enter({ origin, stage, stageId, tickets }: Way): Promise<Load> {
    const sockets = await Promise.all(tickets.map((ticket) => connect(origin, ticket)));
    const viewer = sockets.pop() as WebSocket;
    const load = new Load(
      stageId,
      sockets.map((socket) => ({ socket, streakId: newId(), count: 0, dueAt: 0 })),
    );
    for (const sender of load.#senders) {
      sender.socket.on('message', (data) => load.#heard(sender, JSON.parse(String(data)) as Frame));
    }
    const joined = new Promise((resolve) => viewer.once('message', resolve));
    viewer.send(JSON.stringify({ t: 'join', stage }));
    await joined;
    viewer.on('message', (data) => load.#watched(JSON.parse(String(data)) as Frame));
    return load;
  }

  async run({ perSecond, seconds, warmUpSeconds }: Run): Promise<Outcome> {
    this.#isOpenLoop = perSecond > 0;
    this.#isSending = true;
    const stop = this.#isOpenLoop ? this.#pace(perSecond) : this.#chase();
    await sleep(warmUpSeconds * 1_000);
    this.#waits = [];
    this.#acknowledged = 0;
    this.#refused = 0;
    this.#isMeasuring = true;
    const began = performance.now();
    await sleep(seconds * 1_000);
    const measured = (performance.now() - began) / 1_000;
    this.#isMeasuring = false;
    stop();
    const { acknowledged, waits, refused } = {
      acknowledged: this.#acknowledged,
      waits: this.#waits.sort((a, b) => a - b),
      refused: this.#refused,
    };
    await until(() => this.#senders.every(({ dueAt }) => dueAt === 0), 10_000);
    const answered = performance.now();
    await until(() => this.#shownEver >= this.#sentEver, 10_000);
    return {
      perSecond: acknowledged / measured,
      acknowledged,
      refused,
      p50: quantile(waits, 0.5),
      p99: quantile(waits, 0.99),
      shownAfter: performance.now() - answered,
      notShown: this.#sentEver - this.#shownEver,
    };
  }

  /** Every sender sends as soon as it was answered. */
  #chase(): () => void {
    for (const sender of this.#senders) this.#tap(sender, performance.now());
    return () => {
      this.#isSending = false;
    };
  }

  /** Gifts fall due evenly; whoever is free sends them. One that finds nobody free waits, and its wait counts. */
  #pace(perSecond: number): () => void {
    this.#idle.length = 0;
    this.#idle.push(...this.#senders);
    const everyMs = 1_000 / perSecond;
    let dueAt = performance.now();
    const timer = setInterval(() => {
      for (const now = performance.now(); dueAt <= now; dueAt += everyMs) {
        const sender = this.#idle.shift();
        if (sender === undefined) break;
        this.#tap(sender, dueAt);
      }
    }, 1);
    return () => {
      this.#isSending = false;
      clearInterval(timer);
    };
  }

  #tap(sender: Sender, dueAt: number): void {
    if (sender.count === STREAK_TAPS) {
      sender.streakId = newId();
      sender.count = 0;
    }
    sender.count += 1;
    sender.dueAt = dueAt;
    const { streakId, count } = sender;
    sender.socket.send(
      `{"t":"gift","key":"${streakId}:${count}","stageId":"${this.#stageId}","giftId":"rose","quantity":1,"streakId":"${streakId}","count":${count}}`,
    );
  }

  #heard(sender: Sender, frame: Frame): void {
    if (frame.t === 'gift.ok') {
      this.#sentEver += 1;
      if (this.#isMeasuring) {
        this.#acknowledged += 1;
        this.#waits.push(performance.now() - sender.dueAt);
      }
    } else if (frame.t === 'refused') {
      if (this.#refused === 0) process.stderr.write(`refused: ${frame.problem?.code}\n`);
      this.#refused += 1;
      sender.count = STREAK_TAPS;
    } else return;
    sender.dueAt = 0;
    if (!this.#isSending) return;
    if (this.#isOpenLoop) this.#idle.push(sender);
    else this.#tap(sender, performance.now());
  }

  #watched({ events = [], small }: Frame): void {
    for (const { deltaCount = 0 } of events) this.#shownEver += deltaCount;
    for (const { count } of small?.gifts ?? []) this.#shownEver += count;
  }
}

async function connect(origin: string, ticket: string): Promise<WebSocket> {
  const address = `${origin.replace('http', 'ws')}/v1/socket?ticket=${encodeURIComponent(ticket)}`;
  const socket = new WebSocket(address, { origin, perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once('message', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server closed a socket')));
  });
  socket.on('close', (code) => {
    process.stderr.write(`a socket was closed with ${code}\n`);
  });
  return socket;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function until(holds: () => boolean, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!holds() && performance.now() < deadline) await sleep(2);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

await main();
