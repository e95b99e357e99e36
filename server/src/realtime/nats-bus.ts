import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ConnectionOptions,
  connect,
  type NatsConnection,
  type Subscription,
} from '@nats-io/transport-node';
import type { Queryable } from '../db/database.ts';
import type { Bus, BusListener } from './bus.ts';
import type { Json } from './room-event.ts';

/** How long a server may take to answer, and how long to wait before the next try. */
const CONNECT_MS = 5_000;
const TRY_EVERY_MS = 500;
/** A server that answers no ping for two of these is gone. */
const PING_EVERY_MS = 5_000;

/** Where faults are told; pino fits. */
export interface BusLog {
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
}

/**
 * A bus through NATS (core: at most once, nothing is kept). It connects by itself, for as long as it takes and again
 * whenever the connection is lost; meanwhile what is said is dropped, not kept: by then it would be stale.
 */
export class NatsBus implements Bus {
  readonly #options: ConnectionOptions;
  readonly #prefix: string;
  readonly #log: BusLog;
  readonly #listeners = new Map<string, Set<BusListener>>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #whenConnected: (() => void)[] = [];
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #connection: NatsConnection | undefined;
  #isConnected = false;
  /** Told once, however many tries fail after it. */
  #isToldLost = false;

  /**
   * @param urls one or several `nats://[user:password@]host:port`, with commas between them
   * @param site what tells this database's processes from those of other sites on the same NATS; see `siteOf`
   */
  constructor(urls: string, site: string, log: BusLog) {
    this.#options = optionsOf(urls);
    this.#prefix = `carat.${site}`;
    this.#log = log;
    this.#running = this.#run();
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  say(channel: string, topic: string, body: Json): void {
    if (!this.#isConnected) return;
    try {
      this.#connection?.publish(this.#subject(channel), JSON.stringify([topic, body]));
    } catch (error) {
      // Larger than the server takes, or closed at this very moment.
      this.#log.warn({ err: error, topic }, 'something could not be told to the other processes');
    }
  }

  hear(channel: string, listen: BusListener): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listen));
    if (listeners.size === 1) this.#subscribe(channel);
    return () => {
      listeners.delete(listen);
      if (listeners.size > 0 || this.#listeners.get(channel) !== listeners) return;
      this.#listeners.delete(channel);
      this.#subscriptions.get(channel)?.unsubscribe();
      this.#subscriptions.delete(channel);
    };
  }

  whenConnected(then: () => void): void {
    this.#whenConnected.push(then);
    if (this.#isConnected) then();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#isConnected = false;
    // What was said last goes out first, if it goes at once.
    const connection = this.#connection;
    if (connection !== undefined) {
      await Promise.race([connection.flush().catch(() => {}), sleep(200)]);
      await connection.close().catch(() => {});
    }
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const connection = await connect(this.#options);
        if (signal.aborted) {
          await connection.close();
          return;
        }
        this.#connection = connection;
        this.#subscriptions.clear();
        for (const channel of this.#listeners.keys()) this.#subscribe(channel);
        this.#turnedOn();
        // Lost connections come back by themselves; it ends only when it is closed, here or by the server for good.
        for await (const { type } of connection.status()) {
          if (type === 'reconnect') this.#turnedOn();
          else if (type === 'disconnect' || type === 'staleConnection') this.#turnedOff('lost');
          else if (type === 'close') break;
        }
        this.#turnedOff('closed');
      } catch (error) {
        this.#turnedOff(error instanceof Error ? error.message : String(error));
      }
      await sleep(TRY_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  #turnedOn(): void {
    this.#isConnected = true;
    if (this.#isToldLost) this.#log.info({}, 'the bus to the other processes is there');
    this.#isToldLost = false;
    for (const then of this.#whenConnected) then();
  }

  #turnedOff(reason: string): void {
    this.#isConnected = false;
    if (this.#isToldLost || this.#closing.signal.aborted) return;
    this.#isToldLost = true;
    this.#log.warn({ reason }, 'the bus to the other processes is away; they follow each other by reading');
  }

  #subscribe(channel: string): void {
    const connection = this.#connection;
    if (connection === undefined || connection.isClosed()) return;
    const callback = (_error: Error | null, message: { readonly data: Uint8Array }) => {
      try {
        const [topic, body] = JSON.parse(Buffer.from(message.data).toString()) as [string, Json];
        for (const listen of this.#listeners.get(channel) ?? []) listen(topic, body);
      } catch (error) {
        this.#log.warn({ err: error }, 'something that another process said was passed over');
      }
    };
    this.#subscriptions.set(channel, connection.subscribe(this.#subject(channel), { callback }));
  }

  #subject(channel: string): string {
    return `${this.#prefix}.${channel}`;
  }
}

/** What tells this database from every other one: two sites may share a NATS. */
export async function siteOf(db: Queryable): Promise<string> {
  const [row] = await db.query<{ cluster: string; database: string }>(
    `select (select system_identifier::text from pg_control_system()) as cluster,
            (select oid::text from pg_database where datname = current_database()) as database`,
  );
  return hash('sha256', `${row?.cluster} ${row?.database}`, 'hex').slice(0, 16);
}

function optionsOf(urls: string): ConnectionOptions {
  const all = urls.split(',').map((url) => new URL(url.trim()));
  const [{ username, password } = { username: '', password: '' }] = all;
  const user = decodeURIComponent(username);
  return {
    servers: all.map(({ host }) => host),
    ...(all.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
    ...(user === '' ? {} : password === '' ? { token: user } : { user, pass: decodeURIComponent(password) }),
    name: 'carat',
    noEcho: true,
    timeout: CONNECT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: TRY_EVERY_MS,
    reconnectJitter: TRY_EVERY_MS,
    pingInterval: PING_EVERY_MS,
    ignoreAuthErrorAbort: true,
  };
}
