import { endExchange, exchange, offerOf } from './exchange.ts';

/** A connection that is not there so long after the answer will hardly come: UDP does not pass. */
const CONNECT_MS = 4_000;
const CONNECT_MOST_MS = 16_000;

/** How long a connection is waited for after so many that failed: a slow machine gets there at last. */
export function patienceMs(failures: number): number {
  return Math.min(CONNECT_MS * 2 ** failures, CONNECT_MOST_MS);
}

/** The server agreed, and yet nothing reaches it. */
export class Unreachable extends Error {}

/** A stage's video straight from the server (WHEP). */
export class DirectLine {
  /** What comes; empty at first. */
  readonly stream = new MediaStream();
  readonly #connection = new RTCPeerConnection();
  #resource: string | null = null;
  #closed = false;

  /** @param onLost the connection was there and broke */
  constructor(onLost: () => void) {
    const connection = this.#connection;
    connection.addTransceiver('audio', { direction: 'recvonly' });
    connection.addTransceiver('video', { direction: 'recvonly' });
    connection.addEventListener('track', ({ track }) => this.stream.addTrack(track));
    let wasThere = false;
    connection.addEventListener('connectionstatechange', () => {
      const state = connection.connectionState;
      wasThere ||= state === 'connected';
      if (wasThere && !this.#closed && ['failed', 'disconnected', 'closed'].includes(state)) onLost();
    });
  }

  /** Resolves when it is connected. @throws ExchangeDeclined, Unreachable */
  async open(handle: string, waitMs: number, signal: AbortSignal): Promise<void> {
    const offer = await offerOf(this.#connection);
    const url = `/v1/stages/${encodeURIComponent(handle)}/whep`;
    const { answer, resource } = await exchange(url, offer, signal);
    this.#resource = resource;
    if (this.#closed) {
      endExchange(resource);
      throw new Unreachable();
    }
    await this.#connection.setRemoteDescription({ type: 'answer', sdp: answer });
    await this.#connected(waitMs);
  }

  /** Ends the session where the page goes away. */
  leave(): void {
    endExchange(this.#resource);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
    this.leave();
  }

  #connected(waitMs: number): Promise<void> {
    const connection = this.#connection;
    return new Promise((resolve, reject) => {
      const look = () => {
        if (connection.connectionState === 'connected') end(resolve);
        if (['failed', 'closed'].includes(connection.connectionState)) end(() => reject(new Unreachable()));
      };
      const end = (settle: () => void) => {
        clearTimeout(overdue);
        connection.removeEventListener('connectionstatechange', look);
        settle();
      };
      const overdue = setTimeout(() => end(() => reject(new Unreachable())), waitMs);
      connection.addEventListener('connectionstatechange', look);
      look();
    });
  }
}
