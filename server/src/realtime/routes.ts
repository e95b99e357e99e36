import Type from 'typebox';
import type { App, House } from '../house.ts';
import { publicNetworkOf } from '../http/network.ts';
import { strictObject } from '../http/schemas.ts';
import { streamUpgrades } from './stream-door.ts';

/** Adds the socket to a server: the route for tickets, and the upgrades themselves. */
export function addSocket(app: App, house: House): void {
  app.post(
    '/v1/socket-tickets',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Make a ticket for one WebSocket connection',
        description:
          'Open `GET /v1/socket?ticket=…` with it within 30 seconds. It stands for whoever asked, signed in or not.',
        tags: ['realtime'],
        body: strictObject({}),
        response: {
          201: strictObject({ ticket: Type.String(), expiresAt: Type.String({ format: 'date-time' }) }),
        },
      },
    },
    async (request, reply) => {
      const { ticket, expiresAt } = await house.hub.ticketFor(request.principal, publicNetworkOf(request.ip));
      return reply.code(201).send({ ticket, expiresAt: expiresAt.toISOString() });
    },
  );
  house.hub.attach(app.server, streamUpgrades(app));
  // Before the server stops: it waits for its sockets to go.
  app.addHook('preClose', () => house.hub.drain());
}
