import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { initLogger } from 'node-datachannel';
import { EngineRefusal } from '../engine.ts';
import type { Asked, Order, Told, VideoSettings } from './messages.ts';
import { Sfu } from './sfu.ts';

/**
 * The video of a server, as a process of its own: media never waits for the ledger nor the ledger for media, and what
 * happens in native code stays here. It ends with the server that started it.
 */

let sfu: Sfu | undefined;

initLogger('Error', (level, message) => process.stderr.write(`video ${level}: ${message}\n`));
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', end);
process.on('message', (asked: Asked) => void answer(asked));

async function answer({ number, order }: Asked): Promise<void> {
  try {
    say({ number, done: await carryOut(order) });
  } catch (error) {
    const reason = error instanceof EngineRefusal ? error.reason : 'unavailable';
    say({ number, refused: reason, detail: error instanceof Error ? error.message : String(error) });
  }
}

async function carryOut(order: Order) {
  if (order.do === 'open') return open(order.settings);
  if (sfu === undefined) throw new EngineRefusal('unavailable', 'The video process is not open yet.');
  switch (order.do) {
    case 'publish':
      return sfu.publish(order.room, order.offer);
    case 'play':
      return sfu.play(order.room, order.offer);
    case 'close':
      sfu.close(order.session);
      return null;
    case 'closeRoom':
      sfu.closeRoom(order.room);
      return null;
    case 'hls':
      sfu.makeHls(order.room, order.wanted);
      return null;
    case 'stats':
      return sfu.stats();
  }
}

/** @returns the port */
async function open(settings: VideoSettings): Promise<number> {
  const { bind, announce } = settings;
  const port = await freePort(settings);
  sfu = new Sfu(
    { ...settings, meeting: { port, bind }, announce: announce.length > 0 ? announce : addressesOf(bind) },
    {
      changed: (room, video) => say({ changed: room, video }),
      closed: (session) => say({ closed: session }),
      hls: (room, piece) => say({ hls: room, piece }),
    },
  );
  return port;
}

/** The port that was asked for, or a free one where any will do. */
async function freePort({ port, portFixed, bind }: VideoSettings): Promise<number> {
  try {
    return await tryPort(port, bind);
  } catch (error) {
    if (portFixed) throw new EngineRefusal('unavailable', `UDP port ${port} is taken: ${String(error)}`);
    return tryPort(0, bind);
  }
}

function tryPort(port: number, address: string): Promise<number> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port, address, exclusive: true }, () => {
      const bound = socket.address().port;
      socket.close(() => resolve(bound));
    });
  });
}

function addressesOf(bind: string): string[] {
  if (bind !== '0.0.0.0') return [bind];
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  return found.length > 0 ? found : ['127.0.0.1'];
}

function say(told: Told): void {
  if (process.connected) process.send?.(told);
}

function end(): void {
  sfu?.stop();
  // The library's threads would be waited for; nothing is left to keep.
  process.kill(process.pid, 'SIGKILL');
}
