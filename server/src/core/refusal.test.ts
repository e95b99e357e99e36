import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allRefusals, defineRefusal, problemOf, Refusal } from './refusal.ts';

const TOO_FEW = defineRefusal({
  code: 'test_too_few',
  status: 409,
  sentence: 'You need {missing} more {what}.',
  remedy: 'Get {missing}.',
});

test('a refusal fills its sentence and remedy from its data', () => {
  const refusal = new Refusal(TOO_FEW, { missing: 99, what: 'Coins' }, '/quantity');
  assert.deepEqual(problemOf(refusal), {
    type: '/errors#test_too_few',
    title: 'test too few',
    status: 409,
    code: 'test_too_few',
    detail: 'You need 99 more Coins.',
    remedy: 'Get 99.',
    field: '/quantity',
    data: { missing: 99, what: 'Coins' },
  });
});

test('a code is defined once, and has the form of one', () => {
  assert.ok(allRefusals().includes(TOO_FEW));
  assert.throws(() => defineRefusal(TOO_FEW), /defined twice/);
  assert.throws(() => defineRefusal({ ...TOO_FEW, code: 'Too-Few' }), /not a refusal code/);
});
