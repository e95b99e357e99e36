import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convertDown, convertUp } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import { compileStrict } from '../http/validation.ts';
import { PRESETS } from './presets.ts';
import { brokenRules, policyAt, policyOf } from './rules.ts';
import { type PolicyDocument, PRESET_NAMES, Preset, type PresetName } from './schema.ts';
import { validDocument } from './valid-document.ts';

const numbersOf = (preset: PresetName) =>
  policyOf(PRESETS[preset].document, { version: 1, preset, effectiveFrom: new Date(0) });

for (const name of PRESET_NAMES) {
  test(`the preset ${name} fits its schema, keeps every rule and says where its numbers come from`, () => {
    const fits = compileStrict(Preset);
    assert.equal(fits(PRESETS[name]), true, JSON.stringify(fits.errors));
    assert.equal(PRESETS[name].name, name);
    assert.deepEqual(brokenRules(PRESETS[name].document), []);
    assert.ok(PRESETS[name].sources.length > 0);
  });
}

test('carat: 100 Coins cost $1.35, become 50 Diamonds, and those are worth half of it', () => {
  const { coins, gifts, diamonds } = numbersOf('carat');
  const paidCents = convertUp(100n, coins.centsPerCoin);
  const units = convertDown(100n, gifts.diamondUnitsPerCoin);
  assert.equal(paidCents, 135n);
  assert.equal(units, 50_000n);
  assert.equal(convertDown(units, diamonds.centsPerUnit), 67n); // 67.5 cents, rounded down
  assert.deepEqual(coins.packs[0], { id: 'pack_70', coins: 70n, priceCents: 95n }); // 94.5 cents, rounded up
});

test('what reaches the creator of 100 Coins, by preset', () => {
  const share = (preset: PresetName) => {
    const { coins, gifts, diamonds } = numbersOf(preset);
    const valueCents = convertDown(convertDown(1_000_000n, gifts.diamondUnitsPerCoin), diamonds.centsPerUnit);
    return Number((valueCents * 1000n) / convertUp(1_000_000n, coins.centsPerCoin)) / 10;
  };
  assert.deepEqual(
    PRESET_NAMES.map((name) => [name, share(name)]),
    [
      ['carat', 50],
      ['tiktok_like', 34.9],
      ['twitch_like', 71.4],
      ['bigo_like', 20],
      ['onlyfans_like', 80],
    ],
  );
});

const change = (path: string, value: unknown): PolicyDocument => {
  const document = structuredClone(PRESETS.carat.document) as Record<string, unknown>;
  const names = path.slice(1).split('/');
  const last = names.pop() ?? '';
  let at = document;
  for (const name of names) at = at[name] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return document as PolicyDocument;
};

const rules: [path: string, value: unknown, field: string][] = [
  ['/coins/exactMaxCoins', 9, '/coins/exactMaxCoins'],
  ['/coins/packs', [{ coins: 70 }, { coins: 70 }], '/coins/packs/1/coins'],
  ['/coins/packs', [{ coins: 70, cents: 96 }], '/coins/packs/0/cents'],
  ['/gifts/streakCloseMs', 3000, '/gifts/streakCloseMs'],
  ['/gifts/dearFromCoins', 99, '/gifts/dearFromCoins'],
  ['/diamonds/centsPerUnit', { numerator: 2701, denominator: 1_000_000 }, '/diamonds/centsPerUnit'],
  ['/coins/packs', [{ coins: 70, cents: 47 }], '/diamonds/centsPerUnit'],
  ['/chat/lengthMin', 201, '/chat/lengthMax'],
  ['/questions/coinsMin', 10_001, '/questions/coinsMax'],
  ['/people/handleLengthMin', 25, '/people/handleLengthMax'],
  ['/hype/levelCoins', [500, 500, 3_500, 7_000, 12_000], '/hype/levelCoins/1'],
  ['/rates/formula/weights', { demand: 0, supply: 0, market: 1 }, '/rates/formula/weights'],
  ['/sessions/idleHours', 2161, '/sessions/absoluteHours'],
  ['/withdrawals/weekMaxCents', 99_999, '/withdrawals/weekMaxCents'],
  ['/withdrawals/dayMaxCents', 2_699, '/withdrawals/dayMaxCents'],
];
for (const [path, value, field] of rules) {
  test(`${path} = ${JSON.stringify(value)} breaks the rule at ${field}`, () => {
    assert.deepEqual(
      brokenRules(change(path, value)).map((broken) => broken.field),
      [field],
    );
    assert.throws(
      () => validDocument(change(path, value)),
      (error) => error instanceof Refusal && error.code === 'policy_invalid' && error.field === field,
    );
  });
}

const atTheEdge: [path: string, value: unknown][] = [
  ['/coins/exactMaxCoins', 10],
  ['/coins/packs', [{ coins: 70, cents: 95 }]],
  ['/gifts/streakCloseMs', 3001],
  ['/gifts/dearFromCoins', 100],
  ['/questions/coinsMin', 10_000],
  ['/diamonds/centsPerUnit', { numerator: 2700, denominator: 1_000_000 }],
  ['/withdrawals/weekMaxCents', 100_000],
  ['/withdrawals/dayMaxCents', 2_700],
];
for (const [path, value] of atTheEdge) {
  test(`${path} = ${JSON.stringify(value)} is just allowed`, () => {
    assert.deepEqual(brokenRules(change(path, value)), []);
  });
}

const shapes: [path: string, value: unknown, field: string][] = [
  ['/coins/color', 'red', '/coins/color'],
  ['/surprise', 1, '/surprise'],
  ['/chat/lengthMax', undefined, '/chat/lengthMax'],
  ['/chat/lengthMax', '200', '/chat/lengthMax'],
  ['/chat/lengthMax', 1.5, '/chat/lengthMax'],
  ['/gifts/quantityMax', 0, '/gifts/quantityMax'],
  ['/coins/centsPerCoin', { numerator: 1, denominator: 0 }, '/coins/centsPerCoin/denominator'],
  ['/diamonds/maturityDays', -1, '/diamonds/maturityDays'],
];
for (const [path, value, field] of shapes) {
  test(`${path} = ${JSON.stringify(value)} does not fit the schema`, () => {
    const document = path === '/surprise' ? { ...PRESETS.carat.document, surprise: 1 } : change(path, value);
    assert.throws(
      () => validDocument(document),
      (error) => error instanceof Refusal && error.code === 'invalid_request' && error.field === field,
    );
  });
}

test('the version in force is the last one whose start has come, to the millisecond', () => {
  const version = (number: number, fromMs: number) =>
    policyOf(PRESETS.carat.document, {
      version: number,
      preset: 'carat',
      effectiveFrom: new Date(fromMs),
    });
  const versions = [version(1, 0), version(2, 1_000), version(3, 2_000)];
  assert.equal(policyAt(versions, 999)?.version, 1);
  assert.equal(policyAt(versions, 1_000)?.version, 2);
  assert.equal(policyAt(versions, 1_999)?.version, 2);
  assert.equal(policyAt(versions, 2_000)?.version, 3);
  assert.equal(policyAt(versions, -1), undefined);
});

test('a version from before there was a hype has the usual one', () => {
  const { hype: _, ...before } = PRESETS.carat.document;
  const { hype } = policyOf(before, { version: 1, preset: 'carat', effectiveFrom: new Date(0) });
  assert.deepEqual(
    [hype.supportersNeeded, hype.windowMs, hype.levelCoins, hype.levelMs, hype.restMs],
    [3, 300_000, [500n, 1_500n, 3_500n, 7_000n, 12_000n], 120_000, 600_000],
  );
});

test('a version from before lives had conditions asks for nothing but the age', () => {
  const { goLive: _, ...before } = PRESETS.carat.document;
  assert.deepEqual(policyOf(before, { version: 1, preset: 'carat', effectiveFrom: new Date(0) }).goLive, {
    ageMin: 18,
    followersMin: 0,
    identityNeeded: false,
    twoStepSignInNeeded: false,
  });
  assert.throws(() => validDocument(before), { code: 'invalid_request' });
});

test('a version from before questions had numbers of their own keeps those that held then', () => {
  const { questions: _, ...before } = PRESETS.carat.document;
  assert.deepEqual(policyOf(before, { version: 1, preset: 'carat', effectiveFrom: new Date(0) }).questions, {
    lengthMax: 200,
    coinsMin: 1n,
    coinsMax: 10_000n,
    intervalMs: 3_000,
    paidOpenMax: 5,
    waitMs: 86_400_000,
  });
  assert.throws(() => validDocument(before), { code: 'invalid_request' });
});

test('a version from before rates had numbers of their own has the usual ones, and nothing moves by itself', () => {
  const { rates: _, ...before } = PRESETS.carat.document;
  const { rates } = policyOf(before, { version: 1, preset: 'carat', effectiveFrom: new Date(0) });
  assert.deepEqual(rates, PRESETS.carat.document.rates);
  assert.equal(rates.formula.isOn, false);
});

test('with the formula on, the top of its band must not make a gift worth more than it cost', () => {
  const { rates, diamonds, ...rest } = PRESETS.carat.document;
  const broken = (isOn: boolean, numerator: number) =>
    brokenRules({
      ...rest,
      diamonds: { ...diamonds, centsPerUnit: { numerator, denominator: 1_000_000 } },
      rates: { ...rates, formula: { ...rates.formula, isOn, bandBasisPoints: 800 } },
    }).map(({ field }) => field);
  assert.deepEqual(broken(false, 2_700), []);
  assert.deepEqual(broken(true, 2_500), [], '2,500 × 1.08 = 2,700');
  assert.deepEqual(broken(true, 2_501), ['/diamonds/centsPerUnit']);
});

test('a version from before there were tiers gives every creator the same', () => {
  const { tiers: _, ...before } = PRESETS.carat.document;
  const { tiers } = policyOf(before, { version: 1, preset: 'carat', effectiveFrom: new Date(0) });
  assert.deepEqual(tiers.levels, []);
});

test('the highest tier must not make a gift worth more than it cost, with the formula’s band on top of it', () => {
  const { diamonds, rates, ...rest } = PRESETS.carat.document;
  const broken = (yieldBasisPoints: number, isOn: boolean) =>
    brokenRules({
      ...rest,
      diamonds: { ...diamonds, centsPerUnit: { numerator: 2_500, denominator: 1_000_000 } },
      rates: { ...rates, formula: { ...rates.formula, isOn, bandBasisPoints: 400 } },
      tiers: {
        windowDays: 7,
        levels: [{ name: 'Glow', followers: 0, viewerMinutes: 0, engagementCoins: 0, yieldBasisPoints }],
      },
    }).map(({ field }) => field);
  assert.deepEqual(broken(10_800, false), [], '2,500 × 1.08 = 2,700');
  assert.deepEqual(broken(10_801, false), ['/diamonds/centsPerUnit']);
  assert.deepEqual(broken(10_384, true), [], '2,500 × 1.04 × 1.0384 = 2,699.84');
  assert.deepEqual(broken(10_385, true), ['/diamonds/centsPerUnit']);
});
