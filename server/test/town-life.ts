import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '../src/core/ids.ts';
import type { Person } from './test-house.ts';

/** What people do in tests, through the public API alone. */

const WAIT_MS = 15_000;
const LOOK_EVERY_MS = 20;

/** Looks again and again until what is seen is what was waited for. */
export async function until<Seen>(
  look: () => Promise<Seen>,
  isThere: (seen: Seen) => boolean,
): Promise<Seen> {
  const giveUpAt = Date.now() + WAIT_MS;
  for (;;) {
    const seen = await look();
    if (isThere(seen)) return seen;
    if (Date.now() > giveUpAt)
      assert.fail(`waited ${WAIT_MS} ms in vain; last seen: ${JSON.stringify(seen)}`);
    await pause(LOOK_EVERY_MS);
  }
}

/** Buys Coins at the sandbox's checkout and waits for them. The order's id. */
export async function buyCoins(person: Person, coins: bigint): Promise<string> {
  const opened = await person.post('/v1/orders', { item: { kind: 'exact', coins: String(coins) } }, newId());
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  const { id, checkoutUrl } = opened.body.order;
  const paid = await person.request('POST', new URL(checkoutUrl, 'http://sandbox').pathname, {
    body: 'do=pay&card=pays',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(paid.status, 303);
  await until(
    () => person.get(`/v1/orders/${id}`),
    (answer) => answer.body.order.state === 'paid',
  );
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
