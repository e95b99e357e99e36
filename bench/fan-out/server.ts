import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { systemClock } from '../../server/src/core/clock.ts';
import { newId, type Uuid } from '../../server/src/core/ids.ts';
import { type Database, openDatabase } from '../../server/src/db/database.ts';
import { openEmbedded } from '../../server/src/db/embedded.ts';
import { migrate } from '../../server/src/db/migrate.ts';
import { appendRoomEvents, type Hub, openHub } from '../../server/src/realtime/hub.ts';

/** Where the viewers go. */
export interface Way {
  readonly port: number;
  /** Where each asks for its ticket; the same port unless told. */
  readonly ticketPort?: number;
  /** Whether all of them take deflated frames, as browsers do; every other one unless told. */
  readonly browsers?: boolean;
  readonly stage: string;
}

/** What was published: the seq of each event, and the wall clock in milliseconds just before. */
export interface Published {
  readonly events: readonly { readonly seq: number; readonly atMs: number }[];
  /** Processor time of the server while it published, as a share of one core. */
  readonly cores: number;
}

const EVERY_MS = 100;
const FRAME_BYTES = [500, 800, 1_200, 2_000];

async function main(seconds: number): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const embedded = await openEmbedded({ dataDirectory });
  await migrate({ url: embedded.url });
  const log = pino({ level: 'error' }, pino.destination({ dest: 2, sync: true }));
  const db = await openDatabase({ url: embedded.url, log });
  const hub = await openHub({ db, clock: systemClock, log });
  const roomId = newId();
  hub.useRooms(async (name) => ({ roomId, name, hostId: newId(), likes: 0 }));
  // Tickets live for 30 seconds, and thousands of sockets take longer to come in: each asks for its own.
  const server = createServer((_request, response) => {
    hub.ticketFor({ kind: 'anonymous' }).then(
      ({ ticket }) => response.end(ticket),
      () => response.writeHead(503).end(),
    );
  });
  hub.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4_096, resolve));
  const way: Way = { port: (server.address() as AddressInfo).port, stage: 'mira' };
  process.stdout.write(`${JSON.stringify(way)}\n`);

  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  if ((await lines.next()).done !== true) {
    process.stdout.write(`${JSON.stringify(await publishFor(db, hub, roomId, seconds))}\n`);
    await lines.next();
  }
  server.close();
  await hub.close();
  await db.close();
  await embedded.close();
  await rm(dataDirectory, { recursive: true, force: true });
}

/** Commits and publishes an event every 100 ms, on schedule whatever came before. */
async function publishFor(db: Database, hub: Hub, roomId: Uuid, seconds: number): Promise<Published> {
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
    const numbered = await db.transaction((tx) => appendRoomEvents(tx, roomId, [event]));
    events.push({ seq: numbered[0]?.seq ?? 0, atMs: performance.timeOrigin + performance.now() });
    hub.publish(roomId, numbered);
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

await main(Number(process.argv[2]));
