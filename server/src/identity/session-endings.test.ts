import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterHouse } from '../../test/socket.ts';
import { hands, testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { policy } from '../policy/index.ts';
import { DEFAULT_LIMITS } from '../realtime/limits.ts';
import { addSocket } from '../realtime/routes.ts';
import { identity } from './index.ts';
import { sweep } from './jobs.ts';

const slices = [policy, identity, { name: 'socket', routes: addSocket }];

test('a session that ends in one process takes its sockets in the others along', async () => {
  const here = await testHouse({ slices });
  const openedAt = Date.now();
  const there = await testHouse({ slices, databaseUrl: here.databaseUrl });
  const ana = await here.person('ana');
  const bo = await here.person('boris');
  await until('the processes know of each other', () => there.house.hub.inCompany());

  const socketOf = (cookie: string) => enterHouse(there.origin, hands(there.origin, cookie));
  const phone = hands(here.origin, '');
  await phone.post('/v1/sign-in', { email: 'ana@people.example', password: 'a long enough pass phrase' });
  const [signedOut, kept, other] = await Promise.all([phone.cookie, ana.cookie, bo.cookie].map(socketOf));
  await phone.post('/v1/sign-out');
  assert.deepEqual(await signedOut?.closed, { code: 4001, reason: 'the session has ended' });

  // A new password ends all of them, by another road.
  await ana.request('PATCH', '/v1/me/password', {
    body: { currentPassword: 'a long enough pass phrase', newPassword: 'another long pass phrase' },
  });
  assert.equal((await kept?.closed)?.code, 4001);
  // The heartbeat would have found them, too: this was sooner.
  assert.ok(Date.now() - openedAt < DEFAULT_LIMITS.heartbeatMs, 'closed by the heartbeat');

  other?.send({ t: 'ping' });
  await other?.next('pong');
});

test('endings are forgotten when every process has had the time to read them', async () => {
  const { house, person } = await testHouse({ slices });
  const ana = await person('ana');
  await ana.post('/v1/sign-out');
  const endings = () => house.db.query('select from session_endings');
  await sweep(house);
  assert.equal((await endings()).length, 1);
  await house.db.query(`update session_endings set ended_at = ended_at - interval '41 seconds'`);
  await sweep(house);
  assert.equal((await endings()).length, 0);
});
