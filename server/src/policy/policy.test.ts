import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../test/harness.ts';
import { testHouse } from '../../test/test-house.ts';
import { openDatabase } from '../db/database.ts';
import { refreshPolicies } from './current-policy.ts';
import { adoptPolicy, currentPolicy, PRESETS, policy, policyNow, policyVersion } from './index.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const HOUR = 3_600_000;

/** The preset with another number of maturity days. */
const withMaturity = (maturityDays: number) => ({
  ...PRESETS.carat.document,
  diamonds: { ...PRESETS.carat.document.diamonds, maturityDays },
});
const asked = (maturityDays: number, effectiveFromMs: number) => ({
  document: withMaturity(maturityDays),
  preset: 'carat' as const,
  effectiveFrom: new Date(effectiveFromMs),
  author: null,
  reason: 'A trial.',
  nowMs: NOW,
});

test('a new house has version 1 of the preset carat, and two that ask at once make one', async () => {
  const db = await testDatabase();
  const [one, two] = await Promise.all([currentPolicy(db, NOW), currentPolicy(db, NOW)]);
  assert.equal(one.version, 1);
  assert.equal(two.version, 1);
  assert.equal(one.preset, 'carat');
  assert.deepEqual(await db.query('select version from policy_versions'), [{ version: 1 }]);
});

test('a new version is in force from its start on, and receipts still find the old one', async () => {
  const db = await testDatabase();
  await currentPolicy(db, NOW);
  await adoptPolicy(db, asked(10, NOW + HOUR));
  assert.equal(policyNow(db, NOW + HOUR - 1).diamonds.maturityDays, 7);
  assert.equal(policyNow(db, NOW + HOUR).diamonds.maturityDays, 10);
  assert.equal(policyVersion(db, 1)?.diamonds.maturityDays, 7);
  assert.equal(policyVersion(db, 3), undefined);
});

test('another process sees a new version when it reads again', async () => {
  const db = await testDatabase();
  const elsewhere = await openDatabase({ url: db.url });
  await currentPolicy(elsewhere, NOW);
  await adoptPolicy(db, asked(10, NOW));
  assert.equal(policyNow(elsewhere, NOW).version, 1);
  await refreshPolicies(elsewhere);
  assert.equal(policyNow(elsewhere, NOW).version, 2);
  await elsewhere.close();
});

test('versions start one after the other, and never in the past', async () => {
  const db = await testDatabase();
  await currentPolicy(db, NOW);
  await adoptPolicy(db, asked(10, NOW + HOUR));
  const refused = { code: 'policy_not_later', field: '/effectiveFrom' };
  await assert.rejects(adoptPolicy(db, asked(11, NOW + HOUR)), refused);
  await assert.rejects(adoptPolicy(db, asked(11, NOW - 1)), refused);
  await adoptPolicy(db, asked(11, NOW + HOUR + 1));
  assert.equal(policyNow(db, NOW + HOUR + 1).version, 3);
});

test('of many adopted at once with one start, one wins and the others are refused', async () => {
  const db = await testDatabase();
  await currentPolicy(db, NOW);
  // Every connection is open before they race.
  await Promise.all(Array.from({ length: 10 }, () => db.query('select pg_backend_pid()')));
  const outcomes = await Promise.allSettled(
    [8, 9, 10, 11, 12, 13, 14, 15].map((days) => adoptPolicy(db, asked(days, NOW + HOUR))),
  );
  const refusals = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason.code] : [],
  );
  assert.deepEqual(refusals, Array(7).fill('policy_not_later'));
  assert.equal(policyNow(db, NOW + HOUR).version, 2);
});

test('a document that breaks a rule is not kept', async () => {
  const db = await testDatabase();
  await currentPolicy(db, NOW);
  await assert.rejects(adoptPolicy(db, { ...asked(7, NOW), document: { ...withMaturity(7), extra: 1 } }), {
    code: 'invalid_request',
    field: '/extra',
  });
  assert.equal((await db.query('select from policy_versions')).length, 1);
});

test('versions cannot be changed or removed', async () => {
  const db = await testDatabase();
  await currentPolicy(db, NOW);
  for (const statement of [
    `update policy_versions set reason = 'another'`,
    'delete from policy_versions',
    'truncate policy_versions',
  ]) {
    await assert.rejects(db.query(statement), { code: '42501' }, statement);
  }
});

test('everyone may read the numbers; the limits that guard sign-in are not told', async () => {
  const { stranger, house } = await testHouse({ slices: [policy] });
  const { status, body } = await stranger.get('/v1/policy');
  assert.equal(status, 200);
  assert.deepEqual(body.policy.coins.centsPerCoin, { numerator: '135', denominator: '100' });
  assert.deepEqual(body.policy.coins.packs[0], { id: 'pack_70', coins: '70', priceCents: '95' });
  assert.equal(body.policy.gifts.dearFromCoins, '1000');
  assert.equal(body.policy.signIn, undefined);
  assert.equal(body.policy.sessions, undefined);
  await adoptPolicy(house.db, { ...asked(9, Date.now() + HOUR), nowMs: Date.now() });
  assert.equal((await stranger.get('/v1/policy')).body.policy.version, 1);
  assert.equal((await stranger.get('/v1/policy/2')).body.policy.diamonds.maturityDays, 9);
  assert.equal((await stranger.get('/v1/policy/3')).status, 404);
  for (const odd of ['0', '-1', '1.5', 'x', '99999999999']) {
    assert.equal((await stranger.get(`/v1/policy/${odd}`)).status, 400, odd);
  }
});
