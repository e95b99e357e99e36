import assert from 'node:assert/strict';
import { newId, parsePublicId } from '../src/core/ids.ts';
import { changeRole } from '../src/identity/index.ts';
import { enterHouse } from './socket.ts';
import { PASSPHRASE, type Person, type TestHouse } from './test-house.ts';
import { until } from './until.ts';

/** What people do in tests, through the public API alone. */

/** Buys Coins at the sandbox's checkout and waits for them. The order's id. */
export async function buyCoins(person: Person, coins: bigint): Promise<string> {
  const opened = await person.post('/v1/orders', { item: { kind: 'exact', coins: String(coins) } }, newId());
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  const { id, checkoutUrl } = opened.body.order;
  const paid = await person.request('POST', new URL(checkoutUrl, 'http://sandbox').pathname, {
    body: 'do=pay&card=4242424242424242',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(paid.status, 303);
  await until(
    'the order is paid',
    () => person.get(`/v1/orders/${id}`),
    (answer) => answer.body.order.state === 'paid',
  );
  return id;
}

/** Says something on a stage. The line's id. */
export async function sayAs(
  { origin }: { readonly origin: string },
  person: Person,
  stage: string,
  text: string,
): Promise<string> {
  const socket = await enterHouse(origin, person);
  const key = newId();
  socket.send({ t: 'chat', key, stage, text });
  const { id } = await socket.next('chat.ok', (frame) => frame.key === key);
  socket.ws.close();
  return id;
}

/** Makes the person a creator and opens their stage. The stage's id. */
export async function goLive(person: Person): Promise<string> {
  const granted = await person.post('/v1/me/creator');
  assert.equal(granted.status, 200, JSON.stringify(granted.body));
  const started = await person.post('/v1/stages/start', { title: 'A test of the lights' });
  assert.ok(started.status < 300, JSON.stringify(started.body));
  const shown = await person.get(`/v1/stages/${person.handle}`);
  return shown.body.stage.id;
}

/** Signs somebody up who runs the site. */
export async function anOperator(house: TestHouse, handle: string): Promise<Person> {
  const person = await house.person(handle);
  await makeOperator(house, person);
  return person;
}

/** Lets somebody run the site, whatever else they are. */
export async function makeOperator({ house }: TestHouse, person: Person): Promise<void> {
  await changeRole(house, {
    userId: parsePublicId('user', person.id) ?? '',
    role: 'operator',
    granted: true,
    byUser: null,
    reason: 'Runs the site.',
  });
  // Whoever gets a role signs in again.
  const { status } = await person.post('/v1/sign-in', {
    email: `${person.handle}@people.example`,
    password: PASSPHRASE,
  });
  if (status !== 200) throw new Error(`sign-in answered ${status}`);
}
