import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { testDatabase } from '../../../test/harness.ts';
import { MINUTE_MS, testClock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import type { CheckoutOperation, PaymentSnapshot } from '../provider.ts';
import { startSandboxApi } from './api.ts';
import { feeCentsOf } from './cards.ts';
import { type Desk, lookUp, payWith } from './desk.ts';
import { sandboxProvider } from './provider.ts';
import { SIGNATURE_HEADER, signWebhook, verifySignedWebhook } from './signature.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 12));
const db = await testDatabase();
const desk: Desk = { db, clock, wake: () => {} };
const api = await startSandboxApi(desk);
after(() => api.close());
const provider = sandboxProvider({ api: async () => api, webhookSecrets: ['secret'], timeoutMs: 300 });

const operation = (changes: Partial<CheckoutOperation> = {}): CheckoutOperation => ({
  operationId: newId(),
  orderRef: 'order_1',
  description: '219 Coins',
  amountCents: 296n,
  currency: 'USD',
  returnUrl: 'https://carat.example/wallet?order=order_1',
  expiresAt: new Date(clock.now() + 30 * MINUTE_MS),
  ...changes,
});

test('a page is opened once for each operation', async () => {
  const asked = operation();
  const first = await provider.createCheckout(asked);
  assert.ok(first.kind === 'ok');
  assert.equal(new URL(first.value.redirectUrl).origin, 'https://carat.example');
  assert.deepEqual(await provider.createCheckout(asked), first);
  assert.deepEqual(await provider.createCheckout({ ...asked, amountCents: 1n }), {
    kind: 'declined',
    code: 'key_reused',
  });
  const other = await provider.createCheckout(operation());
  assert.ok(other.kind === 'ok' && other.value.providerRef !== first.value.providerRef);
});

test('what came of a call is told apart: done, refused, nothing happened, nobody knows', async () => {
  const outcomeAfter = async (fault: string, milliseconds = 0) => {
    await faulty(fault, 2, milliseconds);
    return (await provider.createCheckout(operation())).kind;
  };
  assert.equal(await outcomeAfter('create_unavailable'), 'retryable');
  assert.equal(await outcomeAfter('create_fails_after'), 'unknown');
  assert.equal(await outcomeAfter('create_reply_lost'), 'unknown');
  assert.equal(await outcomeAfter('create_reply_late', 600), 'unknown');
  assert.equal((await provider.createCheckout(operation({ currency: 'dollars' }))).kind, 'declined');
  assert.equal((await provider.fetch('sbx_nothing')).kind, 'declined');
  const away = sandboxProvider({
    api: async () => ({ ...api, url: 'http://127.0.0.1:1' }),
    webhookSecrets: [],
  });
  assert.equal((await away.fetch('sbx_1')).kind, 'unknown');
  const thief = sandboxProvider({ api: async () => ({ ...api, key: 'guess' }), webhookSecrets: [] });
  assert.deepEqual(await thief.fetch('sbx_1'), { kind: 'declined', code: 'wrong_key' });
});

test('one lost answer is made good by the second try', async () => {
  await faulty('create_reply_lost', 1);
  const asked = operation();
  const opened = await provider.createCheckout(asked);
  assert.equal(opened.kind, 'ok');
  const [{ pages } = {}] = await db.query<{ pages: bigint }>(
    'select count(*) as pages from sandbox.checkouts where idempotency_key = $1',
    [asked.operationId],
  );
  assert.equal(pages, 1n);
});

test('a snapshot is the whole truth about a payment', async () => {
  const ref = await open();
  assert.deepEqual(await snapshotOf(ref), {
    providerRef: ref,
    orderRef: 'order_1',
    status: 'open',
    rawStatus: 'open',
    amountCents: 296n,
    currency: 'USD',
    livemode: false,
    feeCents: 0n,
    paidAt: null,
    declineCode: null,
  });
  await payWith(desk, ref, 'confirm');
  assert.equal((await snapshotOf(ref)).status, 'processing');
  clock.advance(31 * MINUTE_MS);
  assert.equal((await snapshotOf(ref)).status, 'expired');
  await payWith(desk, ref, 'pays');
  assert.equal((await snapshotOf(ref)).status, 'expired', 'a page that has closed takes no card');

  const paid = await open();
  await payWith(desk, paid, 'pays');
  const snapshot = await snapshotOf(paid);
  assert.deepEqual(
    [snapshot.status, snapshot.feeCents, snapshot.paidAt?.getTime()],
    ['paid', 14n, clock.now()],
  );
  assert.deepEqual(await provider.cancel(paid), { kind: 'ok', value: snapshot }, 'what is paid stays paid');
  await db.query(`update sandbox.checkouts set status = 'appeal_under_review' where ref = $1`, [paid]);
  const strange = await snapshotOf(paid);
  assert.deepEqual([strange.status, strange.rawStatus], ['other', 'appeal_under_review']);
});

test('two payers at one page: one charge', async () => {
  const ref = await open();
  await Promise.all(Array.from({ length: 10 }, () => payWith(desk, ref, 'pays')));
  const [{ events } = {}] = await db.query<{ events: bigint }>(
    'select count(*) as events from sandbox.events where ref = $1',
    [ref],
  );
  assert.equal(events, 1n);
  assert.equal((await lookUp(desk, ref))?.status, 'paid');
});

test('the list gives every payment since an instant, in order, however many', async () => {
  clock.advance(MINUTE_MS);
  const since = new Date(clock.now() - 1);
  const opened = new Set<string>();
  for (let index = 0; index < 205; index += 1) {
    if (index % 20 === 0) clock.advance(1);
    opened.add(await open());
  }
  const listed: string[] = [];
  for await (const { providerRef } of provider.listSince(since)) listed.push(providerRef);
  assert.equal(listed.length, 205);
  assert.deepEqual(new Set(listed), opened);
});

test('a signature holds for its secret, its bytes and its time, and for nothing else', () => {
  const nowMs = clock.now();
  const event = JSON.stringify({ id: 'evt_1', type: 'checkout.paid', ref: 'sbx_1' });
  const check = (secrets: string[], raw: Buffer, header: string) =>
    verifySignedWebhook(secrets, raw, { [SIGNATURE_HEADER]: header }, nowMs);
  const signed = signWebhook('secret', event, nowMs);
  assert.deepEqual(check(['new', 'secret'], Buffer.from(event), signed), {
    kind: 'verified',
    eventId: 'evt_1',
    type: 'checkout.paid',
    providerRefs: ['sbx_1'],
  });
  assert.deepEqual(check([''], Buffer.from(event), signWebhook('', event, nowMs)), {
    kind: 'rejected',
    reason: 'no_secret',
  });
  fc.assert(
    fc.property(
      fc.nat({ max: event.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      fc.string({ minLength: 1 }).filter((secret) => secret !== 'secret'),
      fc.string(),
      (at, flip, secret, header) => {
        const changed = Buffer.from(event);
        changed[at] = (changed[at] ?? 0) ^ flip;
        assert.equal(check(['secret'], changed, signed).kind, 'rejected');
        assert.equal(check([secret], Buffer.from(event), signed).kind, 'rejected');
        assert.equal(check(['secret'], Buffer.from(event), header).kind, 'rejected');
      },
    ),
  );
});

test('a fee is never more than what was paid', () => {
  assert.deepEqual([1n, 5n, 14n, 296n, 10_000n].map(feeCentsOf), [1n, 5n, 6n, 14n, 295n]);
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), (cents) => {
      const fee = feeCentsOf(cents);
      assert.ok(fee > 0n && fee <= cents);
    }),
  );
});

async function open(): Promise<string> {
  const opened = await provider.createCheckout(operation());
  assert.ok(opened.kind === 'ok');
  return opened.value.providerRef;
}

async function snapshotOf(ref: string): Promise<PaymentSnapshot> {
  const outcome = await provider.fetch(ref);
  assert.ok(outcome.kind === 'ok');
  return outcome.value;
}

async function faulty(name: string, times: number, milliseconds = 0): Promise<void> {
  await db.query(
    `insert into sandbox.faults (name, remaining, milliseconds) values ($1, $2, $3)
     on conflict (name) do update set remaining = $2, milliseconds = $3`,
    [name, times, milliseconds],
  );
}
