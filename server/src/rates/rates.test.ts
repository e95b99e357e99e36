import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testDatabase } from '../../test/harness.ts';
import { testHouse } from '../../test/test-house.ts';
import { buyCoins } from '../../test/town-life.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { identity } from '../identity/index.ts';
import { accountId, transferEvent } from '../ledger/index.ts';
import { refreshPolicies } from '../policy/current-policy.ts';
import {
  adoptPolicy,
  type Policy,
  type PolicyDocument,
  PRESETS,
  type PresetName,
  policy as policySlice,
} from '../policy/index.ts';
import { policyOf } from '../policy/rules.ts';
import { purchases } from '../purchases/index.ts';
import { wallet } from '../wallet/index.ts';
import { announcedRates, currentRate, rateAt, rateOf, refreshRates } from './current-rate.ts';
import { rates } from './index.ts';
import { makeFormulaRate } from './make-formula-rate.ts';
import { rateJson } from './routes.ts';
import { diamondsToCents, inForce, recompute, sameRatio, setsRate } from './rules.ts';
import { rateHistory } from './store.ts';

const NOW_MS = Date.UTC(2026, 10, 3, 12);
const EVERYTHING = { method: null, from: null, to: null };

async function adopt(
  db: Database,
  fromMs: number,
  nowMs: number,
  change: (document: PolicyDocument) => PolicyDocument,
): Promise<void> {
  await adoptPolicy(db, {
    preset: 'carat',
    document: change(PRESETS.carat.document),
    effectiveFrom: new Date(fromMs),
    author: null,
    reason: 'A test of moving rates.',
    nowMs,
  });
}

const worth = (numerator: number) => (document: PolicyDocument) => ({
  ...document,
  diamonds: { ...document.diamonds, centsPerUnit: { numerator, denominator: 1_000_000 } },
});
const formula =
  (about: Partial<PolicyDocument['rates']['formula']> = {}) =>
  (document: PolicyDocument) => ({
    ...document,
    rates: { ...document.rates, formula: { ...document.rates.formula, isOn: true, ...about } },
  });

test('the first rate is what the policy says a Diamond is worth', async () => {
  const db = await testDatabase();
  const rate = await currentRate(db, NOW_MS);
  assert.deepEqual([rate.version, rate.effectiveFrom.getTime()], [1, NOW_MS]);
  // 1,350 cents for 1,000 Diamonds = 1,000,000 units
  assert.equal(diamondsToCents(rate, 1_000_000n), 1_350n);
  assert.equal(diamondsToCents(rate, 740n), 0n);
  assert.equal(diamondsToCents(rate, 741n), 1n);
  assert.deepEqual(rateJson(rate).money, amountJson('USD', 1_350n));
  assert.equal((await currentRate(db, NOW_MS - DAY_MS)).version, 1, 'before the first one it is the first');
});

test('a policy sets the rate when it is the first, when its number is another, and when it turns the formula off', () => {
  const [carat, twitch] = [presetPolicy('carat', 1), presetPolicy('twitch_like', 2)];
  const on = policyOf(formula()(PRESETS.carat.document), {
    version: 3,
    preset: 'carat',
    effectiveFrom: new Date(0),
  });
  assert.equal(setsRate(carat, undefined), true);
  assert.equal(setsRate(on, undefined), true);
  assert.equal(setsRate(carat, carat), false);
  assert.equal(setsRate(twitch, carat), true);
  assert.equal(setsRate(on, carat), false);
  assert.equal(setsRate(on, twitch), false);
  assert.equal(setsRate(carat, on), true);
});

test('the rate follows the policy, one version for each change, however many ask at once', async () => {
  const db = await testDatabase();
  const nowMs = NOW_MS;
  const first = await Promise.all(Array.from({ length: 20 }, () => currentRate(db, nowMs)));
  assert.deepEqual(new Set(first.map((rate) => rate.version)), new Set([1]));

  await adopt(db, nowMs + DAY_MS, nowMs, worth(1_000));
  assert.equal((await currentRate(db, nowMs)).version, 1, 'not before its day');
  const [next] = await announcedRates(db, nowMs);
  assert.deepEqual([next?.version, next?.effectiveFrom.getTime()], [2, nowMs + DAY_MS], 'but told at once');
  const later = await Promise.all(Array.from({ length: 20 }, () => currentRate(db, nowMs + DAY_MS)));
  assert.deepEqual(new Set(later.map((rate) => rate.version)), new Set([2]));
  // One that changes another number changes no rate.
  await adopt(db, nowMs + 2 * DAY_MS, nowMs, (document) => ({
    ...worth(1_000)(document),
    chat: { ...document.chat, lengthMax: 100 },
  }));
  assert.equal((await currentRate(db, nowMs + 3 * DAY_MS)).version, 2);
  assert.equal((await rateHistory(db, EVERYTHING, null, 10)).length, 2);
  const [kept] = first;
  assert.deepEqual(await rateAt(db, 1), kept);
  assert.equal(await rateAt(db, 3), null);
});

test('several processes on one database tell one and the same versions', async () => {
  const one = await testDatabase();
  const others = await Promise.all([1, 2, 3].map(() => openDatabase({ url: one.url })));
  try {
    const all = await Promise.all(
      [one, ...others].flatMap((db) => [currentRate(db, NOW_MS), currentRate(db, NOW_MS)]),
    );
    assert.equal(new Set(all.map(({ version }) => version)).size, 1);
    await adopt(one, NOW_MS + DAY_MS, NOW_MS, formula());
    const clock = testClock(NOW_MS + 2 * DAY_MS);
    // Each process knows policies by itself; here they have read them again.
    await Promise.all(others.map((db) => refreshPolicies(db)));
    const ran = await Promise.all([one, ...others].map((db) => makeFormulaRate({ db, clock })));
    assert.equal(ran.filter(Boolean).length, 1);
    assert.equal(await makeFormulaRate({ db: one, clock }), false, 'once a day');
  } finally {
    await Promise.all(others.map((db) => db.close()));
  }
});

test('the formula moves the rate by what the ledger held, with notice, and its inputs make it again', async () => {
  const clock = testClock(NOW_MS);
  const site = await testHouse({ slices: [policySlice, identity, rates, wallet, purchases], clock });
  const { house, stranger } = site;
  const { db } = house;
  const ana = await site.person('ana');
  await buyCoins(ana, 10_000n); // $135.00
  await adopt(db, NOW_MS + MINUTE_MS, NOW_MS, formula({ noticeDays: 2 }));
  clock.advance(MINUTE_MS);
  const daily = async () => {
    await makeFormulaRate({ db, clock });
    const [row] = await db.query<{ inputs: { purchasedCents: string }; version: number | null }>(
      'select inputs, version from rate_formula_days order by day desc limit 1',
    );
    return row;
  };
  // The day that has begun knows nothing of what was bought in it.
  const first = await daily();
  assert.deepEqual([first?.inputs.purchasedCents, first?.version], ['0', null]);
  clock.set(Date.UTC(2026, 10, 4, 0, 1));
  assert.equal((await daily())?.version, null, 'the day is not closed yet');
  clock.set(Date.UTC(2026, 10, 18, 0, 3));
  const open = await daily();
  assert.deepEqual([open?.inputs.purchasedCents, open?.version], ['0', null], 'it may be given back');
  clock.set(Date.UTC(2026, 10, 19, 0, 3));
  const second = await daily();
  assert.deepEqual([second?.inputs.purchasedCents, second?.version], ['13500', 2]);

  const [next] = (await stranger.get('/v1/rates')).body.announced;
  assert.deepEqual(
    [next.version, next.from, next.money.display],
    [2, '2026-11-22T00:00:00.000Z', '$13.56'],
    'from the midnight after two whole days of notice, up by the cap',
  );
  clock.set(Date.UTC(2026, 10, 21, 23, 59));
  assert.equal((await currentRate(db, clock.now())).version, 1);
  clock.set(Date.UTC(2026, 10, 22));
  assert.equal((await currentRate(db, clock.now())).version, 2);

  // Everything that was bought comes out again.
  await house.ledger.post({
    transfers: [
      transferEvent({
        id: newId(),
        from: accountId('platform', 'diamonds_issued', 'DIAMOND'),
        to: accountId('platform', 'diamonds_redeemed', 'DIAMOND'),
        units: 50_000_000n,
        asset: 'DIAMOND',
        code: 'withdrawal',
      }),
    ],
  });
  clock.set(Date.UTC(2026, 11, 8, 9));
  const third = await daily();
  const { body } = await stranger.get(`/v1/rates/${third?.version}`);
  assert.equal(body.rate.inputs.withdrawnUnits, '50000000');
  assert.equal(body.rate.inputs.previousVersion, 2);
  assert.equal(body.agrees, true);
  assert.equal(body.steps.at(-1).name, 'rate');
  assert.match(body.formula, /demand = /);
  const { items } = (await stranger.get('/v1/rates/history?method=formula')).body;
  assert.deepEqual(
    items.map(({ version }: { version: number }) => version),
    [3, 2],
  );
  const csv = (await stranger.get('/v1/rates/history.csv')).body;
  assert.equal(csv.trim().split('\r\n').length, 4);
  assert.equal((await stranger.get('/v1/rates/4')).status, 404);
  assert.equal((await stranger.get('/v1/rates/history?cursor=x')).body.code, 'invalid_request');
  assert.equal((await stranger.get('/v1/rates/history?limit=1')).body.items.length, 1);
  for (const row of await rateHistory(db, EVERYTHING, null, 100)) {
    const rate = rateOf(row);
    assert.ok(sameRatio(recompute(rate.inputs), rate.centsPerUnit), `version ${rate.version}`);
  }

  // What was told comes; then the policy's own number.
  await adopt(db, clock.now() + HOUR_MS, clock.now(), worth(1_350));
  const announced = (await stranger.get('/v1/rates')).body.announced;
  assert.deepEqual(
    announced.map(({ version, from }: { version: number; from: string }) => [version, from]),
    [
      [3, '2026-12-11T00:00:00.000Z'],
      [4, '2026-12-11T00:00:00.001Z'],
    ],
  );
  clock.advance(2 * HOUR_MS);
  assert.equal(await makeFormulaRate({ db, clock }), false, 'the formula is off');
});

test('what was in force at an instant stays so, whatever is told later', () => {
  const instants = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(instants, fc.integer({ min: 0, max: 60 }), (notices, atMs) => {
      // Told one per tick, each with its own notice.
      const told = notices.map((notice, index) => ({
        version: index + 1,
        toldAt: index,
        effectiveFrom: new Date(index + notice),
      }));
      const before = (asOf: number) =>
        inForce(
          told
            .filter(({ toldAt }) => toldAt <= asOf)
            .sort((a, b) => a.effectiveFrom.getTime() - b.effectiveFrom.getTime() || a.version - b.version),
          atMs,
        )?.version;
      for (let asOf = atMs; asOf < atMs + 20; asOf += 1) assert.equal(before(asOf), before(atMs));
    }),
  );
});

test('a rate that was told is never rewritten', async () => {
  const db = await testDatabase();
  await currentRate(db, Date.now());
  await refreshRates(db, Date.now());
  await assert.rejects(db.query('update rate_versions set cents_numerator = 1'), /permission denied/);
  await assert.rejects(db.query('delete from rate_versions'), /permission denied/);
  await assert.rejects(
    db.query(
      `insert into rate_versions (version, cents_numerator, units_denominator, announced_at, effective_from, inputs, reason)
       values (9, 1, 1, now(), now() - interval '1 minute', '{}', 'too late')`,
    ),
    /told_before_it_starts/,
  );
});

function presetPolicy(preset: PresetName, version: number): Policy {
  return policyOf(PRESETS[preset].document, { version, preset, effectiveFrom: new Date(0) });
}
