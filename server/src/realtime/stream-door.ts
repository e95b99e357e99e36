import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../house.ts';
import type { HubLimits } from './hub.ts';
import { eventSourceRoad, type StreamRoad, socketRoad } from './stream-reader.ts';
import { type OtherDoor, shakeHands } from './upgrade.ts';

const STREAM_PATH = /^\/v1\/stages\/[^/]+\/stream$/;

/** Upgrades that are looked at as requests first. */
const upgrades = new WeakMap<IncomingMessage, { readonly stream: Duplex; readonly head: Buffer }>();

/**
 * Sends the upgrades of streams through the routes, so that whoever comes over a WebSocket is validated, limited and
 * refused by the very same rules as whoever asks for server-sent events.
 */
export function streamUpgrades(app: App): OtherDoor {
  return (request, stream, head, path) => {
    if (!STREAM_PATH.test(path) || request.method !== 'GET') return false;
    stream.on('error', () => stream.destroy());
    upgrades.set(request, { stream, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(stream as never);
    // A refusal: its answer is all there is.
    response.once('finish', () => stream.end());
    app.routing(request, response);
    return true;
  };
}

/** The road to whoever asked: the WebSocket it wants, or else server-sent events. `null` when it has gone. */
export function openRoad(
  request: FastifyRequest,
  reply: FastifyReply,
  limits: HubLimits,
): Promise<StreamRoad | null> {
  const upgrade = upgrades.get(request.raw);
  reply.hijack();
  if (upgrade === undefined) {
    if (reply.raw.destroyed) return Promise.resolve(null);
    return Promise.resolve(eventSourceRoad(reply.raw, reply.getHeaders()));
  }
  const { stream, head } = upgrade;
  reply.raw.detachSocket(stream as never);
  return new Promise((resolve) => {
    // What is no WebSocket handshake after all is answered by ws, which ends the stream.
    stream.once('close', () => resolve(null));
    shakeHands(request.raw, stream, head, (ws) => resolve(socketRoad(ws, stream, limits)));
  });
}
