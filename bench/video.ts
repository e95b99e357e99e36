import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { EmbeddedEngine } from '../server/src/video/embedded/embedded-engine.ts';
import { PublisherPeer } from '../server/test/video/peers.ts';
import { type Measured, type Row, whenBenchEnds } from './row.ts';

/**
 * The embedded video engine as the server runs it, a process of its own: one OBS-like publisher at 1 Mbit/s with key
 * pictures every two seconds, and viewers in another process on the same machine, over UDP, DTLS and SRTP on loopback.
 */

const VIEWERS = 250;
const ROOM = 'bench';

/** Viewers that one core feeds, from what the engine's process used for 250 of them. */
export const videoViewers = {
  name: 'video viewers on one core at 1 Mbit/s',
  unit: 'viewers',
  bar: VIEWERS,
  better: 'higher',
  runs: 3,
  limits:
    'One SRTP packet per viewer and packet: 9–14 µs each. The engine has one thread; the viewers decrypt on the other core.',
  run: ({ quick }) => measureViewers(quick ? 5 : 20),
} satisfies Row;

/** Milliseconds from the offer until the first packet of a key picture, half way between two key pictures. */
export const videoFirstPicture = {
  name: 'video: from the offer to the first picture, p95',
  unit: 'ms',
  bar: 500,
  better: 'lower',
  limits: 'ICE and DTLS; the picture itself is sent at once from what the room keeps.',
  run: () => measureFirst(),
} satisfies Row;

async function measureViewers(seconds: number): Promise<Measured> {
  const scene = await open(VIEWERS);
  try {
    const before = await scene.engine.stats();
    scene.viewers.tell('begin');
    const began = performance.now();
    await pause(seconds * 1_000);
    const after = await scene.engine.stats();
    const passedMs = performance.now() - began;
    const report = await scene.viewers.ask<Report>('end');
    if (report.silent > 0) throw new Error(`${report.silent} viewers got nothing`);
    const cores = (after.processorUs - before.processorUs) / 1_000 / passedMs;
    const packets = after.packetsOut - before.packetsOut;
    const megabits = ((after.bytesOut - before.bytesOut) * 8) / 1_000 / passedMs / VIEWERS;
    const lostShare = (100 * report.lost) / (report.packets + report.lost);
    const microseconds = (after.processorUs - before.processorUs) / packets;
    return {
      value: Math.floor(VIEWERS / cores),
      detail:
        `${VIEWERS} viewers at ${megabits.toFixed(2)} Mbit/s took ${cores.toFixed(2)} of a core, ` +
        `${((100 * cores) / VIEWERS).toFixed(2)} % each, ` +
        `${microseconds.toFixed(1)} µs a packet, ${lostShare.toFixed(3)} % lost, ${Math.round(after.memoryBytes / 2 ** 20)} MiB`,
    };
  } finally {
    await scene.close();
  }
}

async function measureFirst(): Promise<Measured> {
  const scene = await open(20);
  try {
    scene.viewers.tell('begin');
    const { firstMs } = await scene.viewers.ask<Report>('end');
    const at = (share: number) => firstMs[Math.floor(firstMs.length * share)] ?? Number.POSITIVE_INFINITY;
    return { value: at(0.95), detail: `p50 ${at(0.5).toFixed(0)} ms of ${firstMs.length} viewers` };
  } finally {
    await scene.close();
  }
}

interface Report {
  readonly packets: number;
  readonly lost: number;
  readonly silent: number;
  readonly firstMs: readonly number[];
}

/** A publisher and so many viewers who all have a picture. */
async function open(count: number) {
  const engine = new EmbeddedEngine(
    {
      port: 0,
      portFixed: false,
      bind: '127.0.0.1',
      announce: [],
      viewersMax: count,
      publishersMax: 1,
      graceMs: 60_000,
      bitsPerSecondMax: 2_500_000,
    },
    pino({ level: 'silent' }),
  );
  whenBenchEnds(() => engine.stop());
  // 60 blocks of 384 bytes in every 60th picture, 11 in the others: close to 1 Mbit/s.
  const publisher = await PublisherPeer.publish(async (offer) => (await engine.publish(ROOM, offer)).answer, {
    keyEvery: 60,
    renewed: 11,
  });
  while (engine.video(ROOM).state !== 'live') await pause(20);
  const viewers = new Program('viewers.ts', count);
  for (let viewer = 0; viewer < count; viewer += 1) {
    const { offer } = await viewers.next<{ offer: string }>();
    viewers.tell(JSON.stringify({ answer: (await engine.play(ROOM, offer)).answer }));
  }
  await viewers.next();
  await pause(1_500);
  return {
    engine,
    viewers,
    async close() {
      publisher.close();
      await viewers.end();
      await engine.stop();
    },
  };
}

class Program {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<void>;

  constructor(file: string, argument: number) {
    this.#process = spawn(process.execPath, [`${import.meta.dirname}/video/${file}`, String(argument)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    });
    this.#process.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => {
      this.#process.once('exit', () => resolve());
    });
  }

  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  async next<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the viewers ended before they answered');
    return JSON.parse(value) as T;
  }

  ask<T>(line: string): Promise<T> {
    this.tell(line);
    return this.next<T>();
  }

  async end(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
