/** A fragment as a player understands it. */
export interface ReadTrack {
  readonly track: number;
  readonly from: number;
  readonly samples: readonly {
    readonly duration: number;
    readonly shownLater: number;
    readonly key: boolean;
    readonly bytes: Buffer;
  }[];
}

interface Box {
  readonly name: string;
  readonly body: Buffer;
}

/** The boxes of a file, those inside others not. @throws AssertionError where lengths do not fit */
export function boxes(bytes: Buffer): readonly Box[] {
  const found: Box[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (length < 8 || at + length > bytes.length) throw new Error('a box does not end within its file');
    found.push({
      name: bytes.toString('latin1', at + 4, at + 8),
      body: bytes.subarray(at + 8, at + length),
    });
    at += length;
  }
  return found;
}

/** The box that lies on this path. */
export function boxAt(bytes: Buffer, ...path: readonly string[]): Buffer {
  let body = bytes;
  for (const name of path) {
    const found = boxes(body).find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    body = found.body;
  }
  return body;
}

export function readFragment(bytes: Buffer): readonly ReadTrack[] {
  return boxes(boxAt(bytes, 'moof'))
    .filter(({ name }) => name === 'traf')
    .map(({ body }) => {
      const run = boxAt(body, 'trun');
      let data = run.readUInt32BE(8);
      const samples = Array.from({ length: run.readUInt32BE(4) }, (_none, index) => {
        const at = 12 + index * 16;
        const size = run.readUInt32BE(at + 4);
        data += size;
        return {
          duration: run.readUInt32BE(at),
          key: (run.readUInt32BE(at + 8) & 0x10000) === 0,
          shownLater: run.readInt32BE(at + 12),
          bytes: bytes.subarray(data - size, data),
        };
      });
      return {
        track: boxAt(body, 'tfhd').readUInt32BE(4),
        from: Number(boxAt(body, 'tfdt').readBigUInt64BE(4)),
        samples,
      };
    });
}
