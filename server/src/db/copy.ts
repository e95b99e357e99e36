import type pg from 'pg';

/** Bytes that wait to be taken before the server is asked to pause. */
const WAITING_MAX_BYTES = 4_000_000;

/**
 * Runs a `copy … to stdout` and hands each piece to `take`, waiting for it where it is slow.
 * Resolves to the number of rows.
 */
export function copyOut(
  client: pg.Client,
  text: string,
  take: (piece: Buffer) => Promise<void>,
): Promise<number> {
  let waiting = 0;
  let taken: Promise<void> = Promise.resolve();
  let failure: Error | undefined;
  return runCopy(client, text, {
    handleCopyData: ({ chunk }, connection) => {
      // The driver reuses its buffer for the next message.
      const piece = Buffer.from(chunk);
      waiting += piece.length;
      if (waiting > WAITING_MAX_BYTES) connection.stream.pause();
      taken = taken
        .then(() => (failure === undefined ? take(piece) : undefined))
        .catch((error: Error) => {
          failure = error;
        })
        .then(() => {
          waiting -= piece.length;
          if (waiting <= WAITING_MAX_BYTES / 2) connection.stream.resume();
        });
    },
  }).then(async (rows) => {
    await taken;
    if (failure !== undefined) throw failure;
    return rows;
  });
}

/** Runs a `copy … from stdin` fed by `source`. A failing source makes the statement fail. Resolves to the rows. */
export function copyIn(client: pg.Client, text: string, source: AsyncIterable<Buffer>): Promise<number> {
  let refused = false;
  let failure: unknown;
  return runCopy(client, text, {
    handleCopyInResponse: (connection) => {
      const feed = async () => {
        for await (const piece of source) {
          if (refused) continue;
          connection.sendCopyFromChunk(piece);
          if (connection.stream.writableNeedDrain) await drained(connection);
        }
        if (!refused) connection.endCopyFrom();
      };
      feed().catch((error: unknown) => {
        failure = error;
        connection.sendCopyFail('the source failed');
      });
    },
    refused: () => {
      refused = true;
    },
  }).catch((error: unknown) => {
    throw failure ?? error;
  });
}

/** What the driver's connection can do beyond its published types. */
interface CopyConnection extends pg.Connection {
  sendCopyFromChunk(piece: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(why: string): void;
}

interface CopyHandlers {
  handleCopyData?(message: { chunk: Buffer }, connection: CopyConnection): void;
  handleCopyInResponse?(connection: CopyConnection): void;
  refused?(): void;
}

/** The driver calls these as the server answers; what a copy never gets is left empty. */
function runCopy(client: pg.Client, text: string, handlers: CopyHandlers): Promise<number> {
  return new Promise((done, fail) => {
    let rows = 0;
    const nothing = () => {};
    client.query({
      submit: (connection: pg.Connection) => connection.query(text),
      callback: nothing,
      handleRowDescription: nothing,
      handleDataRow: nothing,
      handlePortalSuspended: nothing,
      handleEmptyQuery: nothing,
      handleCopyData: handlers.handleCopyData ?? nothing,
      handleCopyInResponse: handlers.handleCopyInResponse ?? nothing,
      handleCommandComplete: (message: { text: string }) => {
        rows = Number(message.text.split(' ')[1]);
      },
      handleReadyForQuery: () => done(rows),
      handleError: (error: Error) => {
        handlers.refused?.();
        fail(error);
      },
    } as pg.Submittable);
  });
}

function drained(connection: pg.Connection): Promise<void> {
  return new Promise((done) => {
    const over = () => {
      connection.stream.off('drain', over).off('close', over);
      done();
    };
    connection.stream.on('drain', over).on('close', over);
  });
}
