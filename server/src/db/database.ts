import pg from 'pg';
import { Refusal } from '../core/refusal.ts';
import { isConnectionFailure, refusalOf } from './failure.ts';
import { DATABASE_UNAVAILABLE } from './refusals.ts';

/** Whatever can be asked: the database itself or one transaction on it. */
export interface Queryable {
  /**
   * Runs one statement. `int8` comes back as bigint, `timestamptz` as Date, `date` as `YYYY-MM-DD` text.
   * Throws the refusals `database_unavailable` and `database_busy`; other errors are PostgreSQL's own.
   */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Queryable {
  /** The address it was opened with, as the owner of the tables. */
  readonly url: string;
  /** The connections themselves, as the role `carat_app`; for hot paths that write their own protocol. */
  readonly pool: pg.Pool;
  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws.
   * When the connection dies during the commit the refusal's data says `outcome: "unknown"`.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Where connection failures are told; pino fits. */
export interface DatabaseLog {
  warn(fields: object, sentence: string): void;
}

export interface DatabaseOptions {
  /** `postgresql://owner:password@host:port/database`. */
  readonly url: string;
  readonly log?: DatabaseLog;
  /** The most connections at once; 10 unless told. */
  readonly poolSize?: number;
  /** The longest a statement may run on the server; 2,000 ms unless told. 0 = as long as it takes. */
  readonly statementTimeoutMs?: number;
  /** `carat_app` unless told; `null` = stay the owner (commands that maintain the database). */
  readonly role?: string | null;
}

/** The role the server works as: it may not change append-only tables. */
export const APP_ROLE = 'carat_app';

const STATEMENT_TIMEOUT_MS = 2_000;
/** The driver waits this much longer than the server before it gives a silent connection up. */
const SILENCE_MS = 500;
/**
 * Waiting for a free connection and opening one may each take this long. A busy machine needs more than a second to
 * open one: PostgreSQL forks and checks a password. A server that is down refuses at once; only where the network is
 * silent does a request wait, for a statement and then a connection: 6 seconds.
 */
const CONNECT_TIMEOUT_MS = 3_000;
const IDLE_IN_TRANSACTION_MS = 5_000;

/** A server whose answers nobody takes gives the line up. Other systems' servers only complain of the setting. */
const LINE_FLAGS = process.platform === 'linux' ? ['-c tcp_user_timeout=5000'] : [];

const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;

/**
 * Opens the database and asks it one question, so that a wrong address is told at the start.
 * Losing the database later never ends the process: queries refuse until it is back.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const pool = openPool(options);
  const database: Database = {
    url: options.url,
    pool,
    query: (text, values) => ask(pool, text, values),
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  };
  try {
    await database.query('select 1');
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
}

/** The connection settings every connection of Carat shares; also for a single client. */
export function connectionSettings(options: DatabaseOptions): pg.ClientConfig {
  const { address, given } = splitOptions(options.url);
  const role = options.role === undefined ? APP_ROLE : options.role;
  const timeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const flags = [given, role === null ? '' : `-c role=${role}`, '-c timezone=UTC', ...LINE_FLAGS];
  return {
    connectionString: address,
    options: flags.filter((flag) => flag !== '').join(' '),
    application_name: 'carat',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: typeParsers(),
    ...(timeoutMs === 0
      ? {}
      : {
          statement_timeout: timeoutMs,
          query_timeout: timeoutMs + SILENCE_MS,
          lock_timeout: timeoutMs,
          idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
        }),
  };
}

function openPool(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connectionSettings(options),
    max: options.poolSize ?? 10,
    idleTimeoutMillis: 30_000,
  });
  const tell = (error: Error) => {
    options.log?.warn({ reason: error.message }, 'a database connection was lost');
  };
  // Without both listeners a dying server would end the process: the pool only listens to idle connections.
  pool.on('error', tell);
  pool.on('connect', (client) => {
    client.on('error', tell);
  });
  return pool;
}

async function ask<Row extends object>(
  asked: pg.Pool | pg.PoolClient,
  text: string,
  values?: readonly unknown[],
): Promise<Row[]> {
  try {
    const result = await asked.query(text, values === undefined ? undefined : [...values]);
    return result.rows as Row[];
  } catch (error) {
    throw refusalOf(error);
  }
}

async function inTransaction<T>(pool: pg.Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw refusalOf(error);
  });
  let step: 'begin' | 'work' | 'commit' = 'begin';
  let lost: Error | undefined;
  try {
    await client.query('begin');
    step = 'work';
    const result = await work({
      query: async <Row extends object>(text: string, values?: readonly unknown[]) => {
        try {
          const answer = await client.query(text, values === undefined ? undefined : [...values]);
          return answer.rows as Row[];
        } catch (error) {
          if (isConnectionFailure(error)) lost = error as Error;
          throw refusalOf(error);
        }
      },
    });
    step = 'commit';
    await client.query('commit');
    return result;
  } catch (error) {
    if (isConnectionFailure(error)) lost = error as Error;
    if (lost === undefined) {
      await client.query('rollback').catch((failure: Error) => {
        lost = failure;
      });
    }
    if (step === 'commit' && isConnectionFailure(error)) {
      throw new Refusal(DATABASE_UNAVAILABLE, { outcome: 'unknown' });
    }
    throw refusalOf(error);
  } finally {
    // A connection that failed or could not roll back is closed, never handed to the next request.
    client.release(lost);
  }
}

function typeParsers(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, BigInt);
  types.setTypeParser(INT8_ARRAY, (text) => parseInt8Array(text));
  types.setTypeParser(DATE, (text) => text);
  return types;
}

/** `{1,NULL,3}` → `[1n, null, 3n]`; one dimension. */
function parseInt8Array(text: string): (bigint | null)[] {
  const inside = text.slice(1, -1);
  return inside === '' ? [] : inside.split(',').map((part) => (part === 'NULL' ? null : BigInt(part)));
}

/** The driver lets `?options=` in the address win over ours, so it is taken out and both are joined. */
function splitOptions(url: string): { address: string; given: string } {
  const at = url.indexOf('?');
  if (at < 0) return { address: url, given: '' };
  const search = new URLSearchParams(url.slice(at + 1));
  const given = search.get('options') ?? '';
  search.delete('options');
  const rest = search.toString();
  return { address: url.slice(0, at) + (rest === '' ? '' : `?${rest}`), given };
}
