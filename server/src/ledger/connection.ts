import pg from 'pg';
import { connectionSettings } from '../db/database.ts';

const LOCK_TIMEOUT_MS = 500;
/** The server gives a statement up this much earlier than the driver gives up the server. */
const SILENCE_MS = 500;

/** One step of a batch on the wire. */
export type Step =
  | { readonly kind: 'named'; readonly name: string; readonly values: readonly (string | Buffer | null)[] }
  | { readonly kind: 'once'; readonly text: string; readonly values: readonly (string | Buffer | null)[] }
  /** `messages` are CopyData and CopyDone as `RowBuffer.messages` makes them. */
  | { readonly kind: 'copy'; readonly text: string; readonly messages: Buffer };

/** An error of the server, with the step of the batch that met it. */
export interface StepError extends Error {
  code?: string;
  constraint?: string;
  table?: string;
  /** Where in a COPY: `COPY gifts, line 37`. */
  where?: string;
  /** Index of the step; set by `Connection.run`. */
  step?: number;
}

/**
 * The ledger's own connection. A batch leaves in one write and comes back in one answer: all its steps stand
 * before a single Sync, which makes them one transaction without BEGIN and COMMIT. The next batch may leave
 * before the answer is there.
 */
export class Connection {
  readonly #client: pg.Client;
  #isLost = false;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  /**
   * Connects as the application's role and prepares the statements that every batch runs.
   * @param patienceMs after so long without an answer the connection counts as lost.
   * @param onLost told once when the connection ends without `close`.
   */
  static async open(
    url: string,
    patienceMs: number,
    prepared: Readonly<Record<string, string>>,
    onLost: () => void,
  ): Promise<Connection> {
    const settings = connectionSettings({ url, statementTimeoutMs: patienceMs - SILENCE_MS });
    const client = new pg.Client({
      ...settings,
      // Plans are made once and find rows by their index, also while the tables are still empty.
      options: `${settings.options ?? ''} -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off`,
      application_name: 'carat ledger',
      // Everybody waits for a batch that waits: give up soon.
      lock_timeout: LOCK_TIMEOUT_MS,
      pipeline: true,
    });
    const connection = new Connection(client);
    const lost = () => {
      if (connection.#isLost) return;
      connection.#isLost = true;
      onLost();
    };
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    await connection.#prepare(prepared);
    return connection;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Runs the steps as one transaction (or inside the one that `query('begin')` opened). */
  run(steps: readonly Step[]): Promise<void> {
    return new Promise((resolve, reject) => {
      let done = 0;
      const query = new pg.Query({ text: 'ledger batch' }, (error: StepError | undefined) => {
        if (error === undefined || error === null) return resolve();
        error.step = done;
        reject(error);
      });
      Object.assign(query, {
        submit: (connection: pg.Connection) => {
          submit(connection as unknown as Wire, steps);
          return null;
        },
        handleCommandComplete: () => {
          done += 1;
        },
        handleDataRow: () => {},
        handleRowDescription: () => {},
        handleCopyInResponse: () => {},
      });
      this.#client.query(query);
    });
  }

  /** One statement, for what is not a batch. */
  async query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    const result = await this.#client.query(text, values === undefined ? undefined : [...values]);
    return result.rows as Row[];
  }

  /** Ends without waiting for what is in flight. */
  destroy(): void {
    (this.#client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }

  async close(): Promise<void> {
    this.#isLost = true;
    await this.#client.end().catch(() => {});
  }

  async #prepare(prepared: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(prepared)) {
      await this.#client.query(`prepare ${name} as ${text}`);
    }
  }
}

/** The driver's connection, as far as batches write to it. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void; write(bytes: Buffer): boolean };
  parse(statement: { text: string; name?: string }): void;
  bind(portal: { statement?: string; values?: readonly (string | Buffer | null)[] }): void;
  execute(portal: object): void;
  sync(): void;
}

function submit(wire: Wire, steps: readonly Step[]): void {
  wire.stream.cork();
  for (const step of steps) {
    if (step.kind === 'named') {
      wire.bind({ statement: step.name, values: step.values });
    } else {
      wire.parse({ text: step.text });
      wire.bind(step.kind === 'once' ? { values: step.values } : {});
    }
    wire.execute({});
    if (step.kind === 'copy') wire.stream.write(step.messages);
  }
  wire.sync();
  wire.stream.uncork();
}
