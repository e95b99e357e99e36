import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { buildApp } from '../../server/src/app.ts';
import { loadConfig } from '../../server/src/config.ts';
import { parsePublicId, publicId, type Uuid } from '../../server/src/core/ids.ts';
import { openEmbedded } from '../../server/src/db/embedded.ts';
import { migrate } from '../../server/src/db/migrate.ts';
import type { House } from '../../server/src/house.ts';
import { authenticate, openPerson } from '../../server/src/identity/index.ts';
import { startLive } from '../../server/src/live/index.ts';
import { livingOf } from '../../server/src/live/living.ts';
import { furnish } from '../../server/src/open-house.ts';
import { appendRoomEvents } from '../../server/src/realtime/room-events.ts';
import { slices } from '../../server/src/slices.ts';

/** Where the viewers go. */
export interface Way {
  readonly port: number;
  readonly stage: string;
  readonly tickets: readonly string[];
}

/** What was published: the seq of each event, and the wall clock in milliseconds just before. */
export interface Published {
  readonly events: readonly { readonly seq: number; readonly atMs: number }[];
  /** Processor time of the server while it published, as a share of one core. */
  readonly cores: number;
}

const EVERY_MS = 100;
const FRAME_BYTES = [500, 800, 1_200, 2_000];

async function main(sockets: number, seconds: number): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const embedded = await openEmbedded({ dataDirectory });
  await migrate({ url: embedded.url });
  const config = loadConfig({
    DATABASE_URL: embedded.url,
    CARAT_SECRET: 'a secret of the bench, which nobody else uses',
    CARAT_WEBHOOK_SECRET: 'another secret of the bench, just as long',
    CARAT_SEED: 'none',
  });
  const log = pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }));
  const { house, close } = await furnish(embedded.url, { config: { ...config, webRoot: undefined }, log });
  const running = await buildApp(house, slices, authenticate(house));
  await running.start();
  await running.app.listen({ host: '127.0.0.1', port: 0 });

  const creatorId = await openPerson(house, {
    email: 'mira@bench.example',
    handle: 'mira',
    displayName: 'Mira',
    dateOfBirth: '1990-01-01',
    roles: ['creator'],
    reason: 'the creator of the bench',
  });
  const stage = await startLive(livingOf(house), creatorId, { title: 'One full house' });
  const way: Way = {
    port: (running.app.server.address() as AddressInfo).port,
    stage: stage.handle,
    tickets: await ticketsFor(house, sockets),
  };
  process.stdout.write(`${JSON.stringify(way)}\n`);

  await new Promise((resolve) => process.stdin.once('data', resolve));
  const roomId = parsePublicId('stage', publicId('stage', stage.id)) as Uuid;
  process.stdout.write(`${JSON.stringify(await publishFor(house, roomId, seconds))}\n`);

  await new Promise((resolve) => process.stdin.on('end', resolve).resume());
  await running.stop();
  await close();
  await embedded.close();
  await rm(dataDirectory, { recursive: true, force: true });
}

async function ticketsFor(house: House, count: number): Promise<string[]> {
  const tickets: string[] = [];
  while (tickets.length < count) {
    const batch = Array.from({ length: Math.min(100, count - tickets.length) }, () =>
      house.hub.ticketFor({ kind: 'anonymous' }),
    );
    tickets.push(...(await Promise.all(batch)).map(({ ticket }) => ticket));
  }
  return tickets;
}

/** Commits and publishes an event every 100 ms, on schedule whatever came before. */
async function publishFor(house: House, roomId: Uuid, seconds: number): Promise<Published> {
  // The last comers have been told; the room is quiet.
  await sleep(2_000);
  const events: { seq: number; atMs: number }[] = [];
  const used = process.cpuUsage();
  const began = performance.now();
  for (let turn = 0; turn < (seconds * 1_000) / EVERY_MS; turn += 1) {
    const dueMs = began + turn * EVERY_MS;
    if (dueMs > performance.now()) await sleep(dueMs - performance.now());
    const bytes = FRAME_BYTES[turn % FRAME_BYTES.length] ?? 500;
    const event = { type: 'gift', createTime: String(Date.now()), turn, text: prose(bytes - 320) };
    const numbered = await house.db.transaction((tx) => appendRoomEvents(tx, roomId, [event]));
    events.push({ seq: numbered[0]?.seq ?? 0, atMs: performance.timeOrigin + performance.now() });
    house.hub.publish(roomId, numbered);
  }
  const { user, system } = process.cpuUsage(used);
  const cores = (user + system) / 1_000 / (performance.now() - began);
  return { events, cores };
}

/** Text that deflates about as well as a room's frames do. */
function prose(length: number): string {
  let text = '';
  while (text.length < length) text += `${Math.random().toString(36).slice(2, 8)} gave Mira a rose. `;
  return text.slice(0, length);
}

await main(Number(process.argv[2]), Number(process.argv[3]));
