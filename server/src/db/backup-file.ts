import { createReadStream } from 'node:fs';
import { createZstdDecompress } from 'node:zlib';
import { BACKUP_MAGIC, BackupError, type BackupHeader, type BackupTrailer } from './backup.ts';

/** A row of a backup is a piece; none comes near this. */
const PIECE_BYTES_MAX = 1 << 28;

/** A backup being read from its beginning; call the methods in the order of the file. */
export interface BackupFile {
  readonly header: BackupHeader;
  /** The pieces of the next table; must be read to the end before anything else. */
  table(): AsyncGenerator<Buffer>;
  trailer(): Promise<BackupTrailer>;
  close(): void;
}

/** Opens a backup. @throws BackupError when it is none, or was cut or changed so that it cannot be read. */
export async function openBackup(path: string): Promise<BackupFile> {
  const file = createReadStream(path);
  const unsqueeze = createZstdDecompress();
  file.on('error', (error) => unsqueeze.destroy(error));
  const source = bytesFrom(path, file.pipe(unsqueeze));
  const magic = await source.line();
  if (magic !== BACKUP_MAGIC) throw new BackupError(`${path} is not a backup of Carat.`);
  const header = parsed<BackupHeader>(path, await source.line());
  return {
    header,
    async *table() {
      for (;;) {
        const length = (await source.bytes(4)).readUInt32BE();
        if (length === 0) return;
        if (length > PIECE_BYTES_MAX) throw damaged(path, `it says that a piece has ${length} bytes`);
        yield await source.bytes(length);
      }
    },
    trailer: async () => parsed<BackupTrailer>(path, await source.line()),
    close: () => {
      file.destroy();
      unsqueeze.destroy();
    },
  };
}

function parsed<Said>(path: string, line: string): Said {
  try {
    return JSON.parse(line) as Said;
  } catch (error) {
    throw damaged(path, (error as Error).message);
  }
}

function damaged(path: string, why: string): BackupError {
  return new BackupError(`${path} cannot be read: ${why}. It is not a backup, or it was damaged.`);
}

function bytesFrom(path: string, stream: AsyncIterable<Buffer>) {
  const pieces = stream[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async () => {
    const next = await pieces.next().catch((error: { code?: string; message: string }) => {
      if (error.code === 'ENOENT') throw new BackupError(`There is no file ${path}.`);
      throw damaged(path, error.message);
    });
    if (next.done) throw new BackupError(`${path} ends in the middle: it was cut. Nothing was restored.`);
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
  };
  return {
    async line(): Promise<string> {
      for (let end = held.indexOf(10); ; end = held.indexOf(10)) {
        if (end >= 0) {
          const text = held.subarray(0, end).toString('utf8');
          held = held.subarray(end + 1);
          return text;
        }
        await more();
      }
    },
    async bytes(length: number): Promise<Buffer> {
      while (held.length < length) await more();
      const piece = held.subarray(0, length);
      held = held.subarray(length);
      return piece;
    },
  };
}
