import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testDatabase } from '../../test/harness.ts';
import { DAY_MS } from '../core/clock.ts';
import { amountJson } from '../core/money.ts';
import { adoptPolicy, type Policy, PRESETS, type PresetName } from '../policy/index.ts';
import { policyOf } from '../policy/rules.ts';
import { currentRate, rateAt } from './current-rate.ts';
import { rateJson } from './routes.ts';
import { diamondsToCents, rateAfter, recompute, sameRatio } from './rules.ts';
import { rateHistory } from './store.ts';

const NOW_MS = Date.UTC(2026, 10, 3);

test('the first rate is what the policy says a Diamond is worth', () => {
  const rate = rateAfter(null, presetPolicy('carat', 1), NOW_MS);
  assert.ok(rate !== null);
  assert.equal(rate.version, 1);
  assert.equal(rate.effectiveFrom.getTime(), NOW_MS);
  // 1,350 cents for 1,000 Diamonds = 1,000,000 units
  assert.equal(diamondsToCents(rate, 1_000_000n), 1_350n);
  assert.equal(diamondsToCents(rate, 740n), 0n);
  assert.equal(diamondsToCents(rate, 741n), 1n);
  assert.deepEqual(rateJson(rate).money, amountJson('USD', 1_350n));
  assert.equal(
    rateAfter(rate, presetPolicy('carat', 2), NOW_MS),
    null,
    'a policy that does not move it makes no version',
  );
});

test('every version can be made again from its inputs, through any row of policies', () => {
  const names = fc.constantFrom(...(Object.keys(PRESETS) as PresetName[]));
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 20 }), (presets) => {
      let rate: ReturnType<typeof rateAfter> = null;
      for (const [index, preset] of presets.entries()) {
        const policy = presetPolicy(preset, index + 1);
        rate = rateAfter(rate, policy, NOW_MS) ?? rate;
        assert.ok(rate !== null);
        assert.ok(sameRatio(rate.centsPerUnit, policy.diamonds.centsPerUnit));
        assert.ok(sameRatio(recompute(rate.inputs), rate.centsPerUnit));
      }
    }),
  );
});

test('the rate follows the policy, one version for each change, however many ask at once', async () => {
  const db = await testDatabase();
  const nowMs = Date.now();
  const first = await Promise.all(Array.from({ length: 20 }, () => currentRate(db, nowMs)));
  assert.deepEqual(new Set(first.map((rate) => rate.version)), new Set([1]));

  await adoptPolicy(db, {
    preset: 'twitch_like',
    document: PRESETS.twitch_like.document,
    effectiveFrom: new Date(nowMs + DAY_MS),
    author: null,
    reason: 'A test of moving rates.',
    nowMs,
  });
  assert.equal((await currentRate(db, nowMs)).version, 1, 'not before its day');
  const later = await Promise.all(Array.from({ length: 20 }, () => currentRate(db, nowMs + DAY_MS)));
  assert.deepEqual(new Set(later.map((rate) => rate.version)), new Set([2]));
  assert.equal((await rateHistory(db, null, 10)).length, 2);
  const [kept] = first;
  assert.deepEqual(await rateAt(db, 1), kept);
  assert.equal(await rateAt(db, 3), null);
});

test('a rate that was told is never rewritten', async () => {
  const db = await testDatabase();
  await currentRate(db, Date.now());
  await assert.rejects(db.query('update rate_versions set cents_numerator = 1'), /permission denied/);
  await assert.rejects(db.query('delete from rate_versions'), /permission denied/);
});

function presetPolicy(preset: PresetName, version: number): Policy {
  return policyOf(PRESETS[preset].document, { version, preset, effectiveFrom: new Date(0) });
}
