import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { buildApp } from '../../server/src/app.ts';
import { loadConfig } from '../../server/src/config.ts';
import { newId, publicId, type Uuid } from '../../server/src/core/ids.ts';
import { openEmbedded } from '../../server/src/db/embedded.ts';
import { migrate } from '../../server/src/db/migrate.ts';
import type { House } from '../../server/src/house.ts';
import type { UserPrincipal } from '../../server/src/http/principal.ts';
import { authenticate, openPerson } from '../../server/src/identity/index.ts';
import { ASSET_LEDGERS, accountId, NIL_ID, TransferCodes } from '../../server/src/ledger/index.ts';
import { startLive } from '../../server/src/live/index.ts';
import { livingOf } from '../../server/src/live/living.ts';
import { furnish } from '../../server/src/open-house.ts';
import { adoptPolicy, PRESETS } from '../../server/src/policy/index.ts';
import { slices } from '../../server/src/slices.ts';

/**
 * The server of the bench, as a process of its own: a durable embedded PostgreSQL, one live stage, and senders with
 * Coins. Says where it is and how to get in as one line of JSON, and ends when its standard input closes. For a `crowd`
 * it hands out tickets; a `browser` is given the web app.
 */
export interface Way {
  readonly origin: string;
  readonly stage: string;
  readonly stageId: string;
  /** One ticket per sender, then one of somebody who only watches. */
  readonly tickets: readonly string[];
  /** Where a crowd that only watches gets its tickets, when there is one. */
  readonly ticketPort?: number;
}

const COINS = 100_000_000n;

async function main(senders: number, audience: string | undefined): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'carat-bench-'));
  const embedded = await openEmbedded({ dataDirectory });
  await migrate({ url: embedded.url });
  const config = loadConfig({
    DATABASE_URL: embedded.url,
    PUBLIC_ORIGIN: 'http://127.0.0.1',
    CARAT_SECRET: 'a secret of the bench, which nobody else uses',
    CARAT_WEBHOOK_SECRET: 'another secret of the bench, just as long',
    CARAT_SEED: 'none',
  });
  const log = pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }));
  const { house, close } = await furnish(embedded.url, {
    // The port is whichever is free, so pages are told by the host that was asked.
    config: {
      ...config,
      publicOrigin: undefined,
      webRoot: audience === 'browser' ? config.webRoot : undefined,
    },
    log,
  });
  const running = await buildApp(house, slices, authenticate(house));
  await running.start();
  await running.app.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 });
  const { port } = running.app.server.address() as AddressInfo;

  await liftLimits(house);
  const people = await settle(house, senders);
  const principals = new Map<Uuid, UserPrincipal>();
  house.hub.useSessions(async () => principals);
  // Whoever goes live needs followers; these are only counted.
  await house.db.query('update users set followers = 1000 where id = $1', [people[0]]);
  const stage = await startLive(livingOf(house), people[0] as Uuid, { title: 'One hot stage' });
  const tickets: string[] = [];
  for (const userId of people.slice(1)) {
    const principal = principalOf(userId);
    principals.set(principal.sessionId, principal);
    tickets.push((await house.hub.ticketFor(principal)).ticket);
  }
  tickets.push((await house.hub.ticketFor({ kind: 'anonymous' })).ticket);
  const door = audience === 'crowd' ? await openDoor(house) : undefined;
  const way: Way = {
    origin: `http://127.0.0.1:${port}`,
    stage: stage.handle,
    stageId: publicId('stage', stage.id),
    tickets,
    ...(door === undefined ? {} : { ticketPort: (door.address() as AddressInfo).port }),
  };
  process.stdout.write(`${JSON.stringify(way)}\n`);

  await new Promise((resolve) => process.stdin.on('end', resolve).resume());
  door?.close();
  await running.stop();
  await close();
  await embedded.close();
  await rm(dataDirectory, { recursive: true, force: true });
}

/** Gives a ticket to whoever asks, as often as they ask: the limits per address are not what is measured. */
async function openDoor(house: House): Promise<Server> {
  const door = createServer((_request, response) => {
    house.hub.ticketFor({ kind: 'anonymous' }).then(
      ({ ticket }) => response.end(ticket),
      () => response.writeHead(503).end(),
    );
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', 4_096, resolve));
  return door;
}

/** The senders give more in a minute than a person may in a month. */
async function liftLimits({ db, clock }: House): Promise<void> {
  const { document } = PRESETS.carat;
  const nowMs = clock.now();
  await adoptPolicy(db, {
    document: {
      ...document,
      spending: { ...document.spending, dayCents: null, weekCents: null, monthCents: null },
    },
    preset: 'carat',
    effectiveFrom: new Date(nowMs),
    author: null,
    reason: 'The senders of the bench.',
    nowMs,
  });
}

/** A creator and so many senders with Coins. */
async function settle(house: House, senders: number): Promise<Uuid[]> {
  const people: Uuid[] = [];
  for (let index = 0; index <= senders; index += 1) {
    people.push(
      await openPerson(house, {
        email: `p${index}@bench.example`,
        handle: `benchperson${index}`,
        displayName: `Person ${index}`,
        dateOfBirth: '1990-01-01',
        ...(index === 0 ? { roles: ['creator'], reason: 'the creator of the bench' } : {}),
      }),
    );
  }
  await Promise.all(
    people.slice(1).map((userId) =>
      house.ledger.post({
        transfers: [
          {
            id: newId(),
            debitAccountId: accountId('platform', 'coins_issued', 'COIN'),
            creditAccountId: accountId(userId, 'coins', 'COIN'),
            amount: COINS,
            pendingId: NIL_ID,
            userData128: NIL_ID,
            userData64: 0n,
            userData32: 0,
            timeout: 0,
            ledger: ASSET_LEDGERS.COIN,
            code: TransferCodes.opening,
            flags: 0,
          },
        ],
      }),
    ),
  );
  return people;
}

function principalOf(userId: Uuid): UserPrincipal {
  return {
    kind: 'user',
    userId,
    handle: `u${userId.slice(-8)}`,
    roles: new Set(['fan']),
    dateOfBirth: '1990-01-01',
    confirmedUntilMs: null,
    sessionId: newId(),
  };
}

await main(Number(process.argv[2] ?? '400'), process.argv[3]);
