import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { problemOf, type Refusal } from '../core/refusal.ts';
import { isOwnOrigin } from '../http/guards.ts';
import type { Principal } from '../http/principal.ts';
import { CLOSE } from './connection.ts';
import { MESSAGE_BYTES_MAX } from './limits.ts';
import type { NetworkPlaces } from './networks.ts';
import type { TicketHolder } from './tickets.ts';

export const SOCKET_PATH = '/v1/socket';

/** Takes an upgrade that is not of `/v1/socket`; false when there is nothing at that path. */
export type OtherDoor = (request: IncomingMessage, stream: Duplex, head: Buffer, path: string) => boolean;

/** What the door asks of the house behind it. */
export interface Doorkeeper {
  readonly other: OtherDoor | undefined;
  readonly publicOrigin: string | undefined;
  /** Whether another socket may come in now. */
  hasRoom(): boolean;
  /** Whom a ticket was made for; `null` when it is no good. May throw when the database is away. */
  redeem(ticket: string): Promise<TicketHolder | null>;
  /** The sockets of each network. */
  readonly places: NetworkPlaces;
  welcome(ws: WebSocket, stream: Duplex, principal: Principal): void;
}

const handshake = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: MESSAGE_BYTES_MAX,
  // Never used by ws itself, which would deflate per client (8 to 10 times the work); see wire.ts.
  perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1 << 30 },
});

/** Completes an upgrade; `then` is not called when it is none after all. */
export function shakeHands(
  request: IncomingMessage,
  stream: Duplex,
  head: Buffer,
  then: (ws: WebSocket) => void,
): void {
  plainUnlessWeCanDeflate(request);
  handshake.handleUpgrade(request, stream, head, then);
}

/**
 * Takes WebSocket upgrades for `/v1/socket?ticket=…`. A page can read a close code but not a refused upgrade, so a
 * foreign origin and a bad ticket are let through the handshake and closed at once with 4003 and 4001. A network that
 * has its sockets is told so when it asks for a ticket; whoever comes with an older one is refused here with 429.
 */
export function takeUpgrades(server: Server, doorkeeper: Doorkeeper): void {
  server.on('upgrade', (request, stream, head) => {
    // What stands in a request line need not be an address: `//` is none, and nothing may throw here.
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    if (url?.pathname !== SOCKET_PATH) {
      if (url !== null && doorkeeper.other?.(request, stream, head, url.pathname) === true) return;
      if (server.listenerCount('upgrade') === 1) turnAway(stream, '404 Not Found');
      return;
    }
    // The peer may vanish while its ticket is looked up.
    stream.on('error', () => stream.destroy());
    if (!doorkeeper.hasRoom()) {
      turnAway(stream, '503 Service Unavailable');
      return;
    }
    const own = hasOwnOrigin(request, doorkeeper.publicOrigin);
    const asked = own ? doorkeeper.redeem(url.searchParams.get('ticket') ?? '') : Promise.resolve(null);
    asked.then(
      (holder) => {
        const { principal, network } = holder ?? { principal: null, network: null };
        const crowded = doorkeeper.places.refusal(network);
        if (crowded !== null) {
          turnAway(stream, '429 Too Many Requests', crowded);
          return;
        }
        doorkeeper.places.take(network, stream);
        shakeHands(request, stream, head, (ws) => {
          if (principal === null) {
            ws.on('error', () => ws.terminate());
            if (own) ws.close(CLOSE.ticket, 'the ticket is spent, expired or unknown');
            else ws.close(CLOSE.origin, 'not a page of this site');
            return;
          }
          doorkeeper.welcome(ws, stream, principal);
        });
      },
      () => turnAway(stream, '503 Service Unavailable'),
    );
  });
}

/**
 * Browsers say which page opens a socket. Programs have no page and say nothing: they hold a ticket, and no cookie of
 * somebody else that could be misused.
 */
function hasOwnOrigin(request: IncomingMessage, publicOrigin: string | undefined): boolean {
  const { origin, host } = request.headers;
  return origin === undefined || isOwnOrigin(origin, host, publicOrigin);
}

/** Shared messages are deflated with the full window: a client that asks for a smaller one gets them plain. */
function plainUnlessWeCanDeflate(request: IncomingMessage): void {
  if (request.headers['sec-websocket-extensions']?.includes('server_max_window_bits')) {
    delete request.headers['sec-websocket-extensions'];
  }
}

function turnAway(stream: Duplex, status: string, refusal?: Refusal): void {
  const body = refusal === undefined ? '' : JSON.stringify(problemOf(refusal));
  const type = body === '' ? '' : 'Content-Type: application/problem+json\r\n';
  const length = Buffer.byteLength(body);
  stream.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nRetry-After: 2\r\n${type}Content-Length: ${length}\r\n\r\n${body}`,
  );
}
