import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withCircuit } from './circuit.ts';
import type { Outcome, PayInProvider, PaymentSnapshot } from './provider.ts';

test('after three calls without an answer a provider is left alone, then one call tries', async () => {
  let nowMs = 0;
  let calls = 0;
  let answer: Outcome<PaymentSnapshot> = { kind: 'unknown', reason: 'no_answer' };
  const asked = {
    fetch: async () => {
      calls += 1;
      return answer;
    },
  } as Partial<PayInProvider> as PayInProvider;
  const provider = withCircuit(asked, () => nowMs);
  const refused: Outcome<PaymentSnapshot> = { kind: 'declined', code: 'resource_missing' };

  for (let times = 0; times < 2; times += 1) await provider.fetch('cs_1');
  answer = refused;
  await provider.fetch('cs_1');
  answer = { kind: 'retryable', afterMs: 1 };
  for (let times = 0; times < 2; times += 1) await provider.fetch('cs_1');
  assert.ok(provider.available(), 'a refusal is an answer: the misses are counted anew');
  await provider.fetch('cs_1');
  assert.equal(provider.available(), false);
  assert.deepEqual([(await provider.fetch('cs_1')).kind, calls], ['retryable', 6], 'nobody is asked');

  nowMs += 30_000;
  assert.ok(provider.available());
  const both = await Promise.all([provider.fetch('cs_1'), provider.fetch('cs_1')]);
  assert.deepEqual(
    [both.map(({ kind }) => kind), calls],
    [['retryable', 'retryable'], 7],
    'one of two tries',
  );
  assert.equal(provider.available(), false, 'and it rests again');
  nowMs += 30_000;
  answer = refused;
  await provider.fetch('cs_1');
  assert.ok(provider.available());
});
