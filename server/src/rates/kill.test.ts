import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { testDatabase } from '../../test/harness.ts';
import { startServerProcess } from '../../test/server-process.ts';
import { DAY_MS } from '../core/clock.ts';
import { adoptPolicy, PRESETS } from '../policy/index.ts';
import { currentRate, rateOf } from './current-rate.ts';
import { recompute, sameRatio } from './rules.ts';
import { rateHistory } from './store.ts';

const ROUNDS = 6;
const FIRST_MS = Date.UTC(2026, 0, 1);

test('processes killed at any moment leave each day whole or undone, and each version makes itself again', async () => {
  const db = await testDatabase();
  await currentRate(db, FIRST_MS);
  const { document } = PRESETS.carat;
  await adoptPolicy(db, {
    preset: 'carat',
    document: {
      ...document,
      // Far above the rate so far: it moves each day.
      diamonds: { ...document.diamonds, centsPerUnit: { numerator: 2_400, denominator: 1_000_000 } },
      rates: { ...document.rates, formula: { ...document.rates.formula, isOn: true, noticeDays: 1 } },
    },
    effectiveFrom: new Date(FIRST_MS + 1),
    author: null,
    reason: 'A test of dying.',
    nowMs: FIRST_MS,
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    // Two at once, on overlapping days.
    const firstMs = FIRST_MS + (round + 1) * 40 * DAY_MS;
    const both = await Promise.all(
      [0, 1].map(() => startServerProcess('rates-process.ts', [db.url, String(firstMs)])),
    );
    await pause(randomInt(20, 400));
    await Promise.all(both.map((one) => one.kill()));
  }

  const versions = (await rateHistory(db, { method: null, from: null, to: null }, null, 10_000))
    .map(rateOf)
    .reverse();
  assert.deepEqual(
    versions.map(({ version }) => version),
    versions.map((_, index) => index + 1),
    'no number is left out',
  );
  for (const { inputs, centsPerUnit, version } of versions) {
    assert.ok(sameRatio(recompute(inputs), centsPerUnit), `version ${version}`);
    if (inputs.method !== 'formula') continue;
    const before = versions[inputs.previousVersion - 1];
    assert.ok(before !== undefined);
    assert.deepEqual(inputs.previous, {
      numerator: before.centsPerUnit.numerator.toString(),
      denominator: before.centsPerUnit.denominator.toString(),
    });
  }
  const broken = await db.query(
    `select day from rate_formula_days d left join rate_versions v on v.version = d.version
      where d.version is not null and (v.version is null or v.origin <> 'formula:' || d.day)
     union all
     select null from rate_versions v where v.origin like 'formula:%'
        and not exists (select from rate_formula_days d where d.version = v.version)
     union all
     select null from fiat_versions f where (select count(*) from fiat_rates r where r.version = f.version) <> 2`,
  );
  assert.deepEqual(broken, [], 'a day without its version, a version without its day, or half a table');
  const [days] = await db.query<{ formula: bigint; tiers: bigint; tables: bigint }>(
    `select (select count(*) from rate_formula_days) as formula, (select count(*) from creator_tier_days) as tiers,
            (select count(*) from fiat_versions) as tables`,
  );
  assert.ok(
    days !== undefined && days.formula > 0n && days.tiers > 0n && days.tables > 0n,
    'they did something',
  );
});
