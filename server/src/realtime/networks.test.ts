import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { testDatabase } from '../../test/harness.ts';
import { openSocket, testHub } from '../../test/socket.ts';
import { testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { ANONYMOUS } from '../http/principal.ts';
import { addSocket } from './routes.ts';

const HOME = '203.0.113.7';

test('a network has so many sockets; the next is refused with its reason, also with a ticket from before', async () => {
  const db = await testDatabase();
  const { hub, origin } = await testHub(db, { limits: { socketsPerNetworkMax: 2 } });
  const tickets = [];
  for (let n = 0; n < 6; n++) tickets.push((await hub.ticketFor(ANONYMOUS, HOME)).ticket);
  const enter = async (ticket = '') => {
    const socket = openSocket(origin, ticket);
    await socket.next('hello');
    return socket;
  };
  const first = await enter(tickets[0]);
  await enter(tickets[1]);

  const refused = new WebSocket(`${origin.replace('http', 'ws')}/v1/socket?ticket=${tickets[2]}`);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    refused.once('unexpected-response', (_request, response) => resolve(response));
    refused.once('open', () => reject(new Error('it was let in')));
  });
  assert.deepEqual([answer.statusCode, answer.headers['content-type']], [429, 'application/problem+json']);
  const problem = (await json(answer)) as { code: string; detail: string };
  assert.deepEqual(
    [problem.code, problem.detail],
    ['too_many_sockets', 'Your network has 2 connections open already.'],
  );
  await assert.rejects(hub.ticketFor(ANONYMOUS, HOME), { code: 'too_many_sockets' });

  // Others come in, and so does whoever is of no network.
  for (const network of ['203.0.113.8', null, null, null]) {
    await enter((await hub.ticketFor(ANONYMOUS, network)).ticket);
  }
  // Of many at once no more come in than there are places.
  first.ws.terminate();
  await until('the place is free', () => hub.stats().sockets === 5);
  const rest = tickets.slice(3).map((ticket) => openSocket(origin, ticket));
  const outcomes = await Promise.allSettled(rest.map((socket) => socket.next('hello')));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
});

test('the network is the one that asked for the ticket, as far as the proxy is believed', async () => {
  const { stranger, origin } = await testHouse({
    slices: [{ name: 'socket', routes: addSocket }],
    config: { socketsPerNetworkMax: 1, trustProxy: 'loopback' },
  });
  const ask = (address?: string) =>
    stranger.request('POST', '/v1/socket-tickets', {
      body: {},
      ...(address === undefined ? {} : { headers: { 'x-forwarded-for': address } }),
    });
  const enter = async (address?: string) => {
    const socket = openSocket(origin, (await ask(address)).body.ticket);
    await socket.next('hello');
    return socket;
  };
  const one = await enter('2001:db8:1:2::1');
  const { status, body } = await ask('2001:db8:1:2::ffff');
  assert.deepEqual([status, body.code], [429, 'too_many_sockets']);
  await enter('2001:db8:1:3::1');
  // This machine and private networks: whoever is behind a proxy that says nothing.
  for (const address of [undefined, undefined, '10.0.0.1', '10.0.0.1']) await enter(address);
  one.ws.close();
  await one.closed;
  await until(
    'the place is free',
    () => ask('2001:db8:1:2::1'),
    (answer) => answer.status === 201,
  );
});
