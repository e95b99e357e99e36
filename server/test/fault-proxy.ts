import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after } from 'node:test';

/** A TCP proxy in front of a server, that breaks the line in the ways lines break. */
export interface FaultProxy {
  readonly port: number;
  /** While on, nothing gets through in either direction and nobody is told: the worst kind of silence. */
  silence(on: boolean): void;
  /** Cuts every connection when `needle` is next sent to the server, after the server got it and before it is answered. */
  cutAfter(needle: string): void;
  cutAll(): void;
}

export async function faultProxy(targetPort: number): Promise<FaultProxy> {
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let silent = false;
  let needle: string | undefined;
  const cutAll = () => {
    for (const { near, far } of pairs) {
      near.destroy();
      far.destroy();
    }
    pairs.clear();
  };
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    const pair = { near, far };
    pairs.add(pair);
    let mute = false;
    near.on('data', (bytes) => {
      if (silent) return;
      far.write(bytes);
      if (needle !== undefined && bytes.includes(needle)) {
        needle = undefined;
        mute = true;
        // The server gets all of it and a goodbye; the client hears nothing more.
        far.end(() => near.destroy());
      }
    });
    far.on('data', (bytes) => {
      if (!silent && !mute) near.write(bytes);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => {
        // In silence the other side hears nothing of it, until the silence ends.
        if (silent) return;
        pairs.delete(pair);
        other.destroy();
      });
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  after(() => {
    cutAll();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    silence: (on) => {
      silent = on;
      // What was swallowed cannot be said again: a line that was silent is a broken one.
      if (!on) cutAll();
    },
    cutAfter: (text) => {
      needle = text;
    },
    cutAll,
  };
}
