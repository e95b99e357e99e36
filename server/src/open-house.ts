import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { buildApp, type RunningApp } from './app.ts';
import type { Config, PaymentsConfig } from './config.ts';
import { type Clock, DAY_MS, systemClock, testClock } from './core/clock.ts';
import { collectGarbage } from './core/garbage.ts';
import { type Database, openDatabase } from './db/database.ts';
import { openEmbedded } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import type { House } from './house.ts';
import { authenticate, operatorLink } from './identity/index.ts';
import { openLedger } from './ledger/index.ts';
import { type Bus, LocalBus } from './realtime/bus.ts';
import { openHub } from './realtime/hub.ts';
import { NatsBus, siteOf } from './realtime/nats-bus.ts';
import { openSandbox, type Sandbox } from './sandbox/index.ts';
import { slices } from './slices.ts';
import { isSettled, STORY_DAYS, settleTown } from './town/index.ts';

const PORTS_TO_TRY = 20;

/** A house that is open: people can come in at `origin`. */
export interface OpenHouse {
  readonly house: House;
  readonly origin: string;
  close(): Promise<void>;
}

export interface OpenHouseOptions {
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  /** Told one line for the person at the terminal. */
  readonly tell: (line: string) => void;
  readonly clock?: Clock;
}

/** Starts everything in order: database, migrations, ledger, sockets, slices, HTTP. */
export async function openHouse(options: OpenHouseOptions): Promise<OpenHouse> {
  const { config, log, tell } = options;
  const closers: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const url = await databaseUrl(config, tell, closers);
    await migrate({ url, say: tell });
    if (config.seed === 'town') await seedTown(url, options);
    const furnished = await furnish(url, options);
    closers.push(furnished.close);
    const running = await buildApp(furnished.house, slices, authenticate(furnished.house), furnished.sandbox);
    closers.push(() => running.stop());
    await running.start();
    await collectGarbage();
    const origin = await listen(running, config);
    tell('');
    tell(`  Carat is open at ${config.publicOrigin ?? origin}`);
    if (config.sandbox && config.database.kind === 'given') {
      tell(
        '  Buying takes no money here: the sandbox gives Coins to whoever signs up (CARAT_SANDBOX=off ends it).',
      );
    }
    const link = await operatorLink(furnished.house);
    if (link !== null) {
      tell('  There is no operator yet. Sign up, then open this link within a day; it works once:');
      tell(`  ${config.publicOrigin ?? origin}${link}`);
    }
    tell('');
    running.warmUp().catch((error: unknown) => log.error({ err: error }, 'a schema could not be compiled'));
    return { house: furnished.house, origin, close: closeAll };
  } catch (error) {
    await closeAll().catch((closing: unknown) => log.error({ err: closing }, 'closing failed'));
    throw error;
  }
}

/** The infrastructure of a house on a migrated database. */
export interface Furnished {
  readonly house: House;
  /** The companies across the street, where they stand in for payment providers. */
  readonly sandbox: Sandbox | null;
  close(): Promise<void>;
}

/** The infrastructure of a house on a migrated database, before any slice. */
export async function furnish(
  url: string,
  {
    config,
    log,
    clock = systemClock,
    mustBeDurable = true,
  }: Pick<OpenHouseOptions, 'config' | 'log' | 'clock'> & {
    /** Only tests, whose data nobody needs tomorrow, say `false`. */
    readonly mustBeDurable?: boolean;
  },
): Promise<Furnished> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    const db = await openDatabase({ url, log });
    closers.push(() => db.close());
    const ledger = await openLedger({ db, clock, log, mustBeDurable });
    closers.push(() => ledger.close());
    const bus = await openBus(config, db, log);
    closers.push(() => bus.close());
    const hub = await openHub({
      db,
      clock,
      log,
      bus,
      publicOrigin: config.publicOrigin,
      limits: { socketsPerNetworkMax: config.socketsPerNetworkMax },
    });
    closers.push(() => hub.close());
    const sandbox = config.sandbox
      ? await openSandbox({ db, clock, log, seed: config.secrets.webhook })
      : null;
    if (sandbox !== null) closers.push(() => sandbox.close());
    const payments = sandbox === null ? config.payments : accountsAt(sandbox);
    return { house: { config: { ...config, payments }, db, clock, ledger, hub, log }, sandbox, close };
  } catch (error) {
    // What is open already would keep the process alive.
    await close();
    throw error;
  }
}

/** What a merchant knows of the sandbox's companies. */
function accountsAt({ stripe, btcpay, paypal }: Sandbox): PaymentsConfig {
  return {
    stripe: {
      mode: 'sandbox',
      secretKey: stripe.secretKey,
      webhookSecrets: [stripe.webhookSecret],
      methods: ['card', 'wallet'],
      connect: { webhookSecrets: [stripe.connectSecret] },
      apiUrl: stripe.url,
    },
    btcpay: {
      mode: 'sandbox',
      url: btcpay.url,
      apiKey: btcpay.apiKey,
      storeId: btcpay.storeId,
      webhookSecrets: [btcpay.webhookSecret],
      payouts: { webhookSecrets: [btcpay.payoutSecret] },
    },
    paypal: { mode: 'sandbox', ...paypal },
  };
}

/** The way to the other processes. It need not be there yet. */
async function openBus(config: Config, db: Database, log: FastifyBaseLogger): Promise<Bus> {
  return config.natsUrl === undefined ? new LocalBus() : new NatsBus(config.natsUrl, await siteOf(db), log);
}

/**
 * Fills a new database with the demo town. Its story is lived through the public API of a house that only this
 * machine can reach, with a clock that starts some days ago; then that house closes.
 */
async function seedTown(url: string, { config, log, tell }: OpenHouseOptions): Promise<void> {
  const nowMs = Date.now();
  const clock = testClock(nowMs - STORY_DAYS * DAY_MS);
  const quiet = { ...config, crowd: false, webRoot: undefined, publicOrigin: undefined };
  const told = { config: quiet, log, clock, mustBeDurable: false };
  const { house, sandbox, close } = await furnish(hasty(url), told);
  try {
    if (await isSettled(house)) return;
    tell('Settling the demo town (first run) …');
    const running = await buildApp(house, slices, authenticate(house), sandbox);
    await running.start();
    try {
      const origin = await running.app.listen({ host: '127.0.0.1', port: 0 });
      await settleTown(house, origin, clock, nowMs);
    } finally {
      await running.stop();
    }
  } finally {
    await close();
  }
}

/**
 * The same database, for commits that do not wait for the disk: a story that a power cut shortens is only a shorter
 * story. Their order stays, so what is there is right.
 */
function hasty(url: string): string {
  const address = new URL(url);
  const given = address.searchParams.get('options') ?? '';
  address.searchParams.set('options', `${given} -c synchronous_commit=off`.trim());
  return address.href;
}

async function databaseUrl(
  config: Config,
  tell: (line: string) => void,
  closers: (() => Promise<void>)[],
): Promise<string> {
  if (config.database.kind === 'given') return config.database.url;
  const embedded = await openEmbedded({ dataDirectory: config.database.dataDirectory, say: tell });
  closers.push(() => embedded.close());
  return embedded.url;
}

/** Listens where it was told; where no port was asked for, the next free one will do. */
async function listen(running: RunningApp, config: Config): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const port = config.port === 0 ? 0 : config.port + attempt;
    try {
      await running.app.listen({ host: config.host, port });
      const { port: bound } = running.app.server.address() as AddressInfo;
      return `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${bound}`;
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!taken) throw error;
      if (config.portGiven)
        throw new Error(`Port ${port} is taken. Free it, or give another one with PORT=….`);
      if (attempt === PORTS_TO_TRY) throw new Error(`Ports ${config.port} to ${port} are all taken.`);
    }
  }
}
