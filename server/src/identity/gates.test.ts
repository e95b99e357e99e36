import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Person, testHouse } from '../../test/test-house.ts';
import { HOUR_MS, testClock } from '../core/clock.ts';
import { parsePublicId } from '../core/ids.ts';
import { defineRefusal } from '../core/refusal.ts';
import { adoptPolicy, PRESETS, policy } from '../policy/index.ts';
import { addGateChecks, changeRole, GATES, identity, openPerson, passesGate, requireGate } from './index.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const clock = testClock(NOW);
const { house, person, stranger } = await testHouse({ slices: [policy, identity], clock });
const userId = (one: Person) => parsePublicId('user', one.id) ?? '';

const olu = await person('olu');
await changeRole(house, {
  userId: userId(olu),
  role: 'operator',
  granted: true,
  byUser: null,
  reason: 'First.',
});
await olu.post('/v1/sign-in', { email: 'olu@people.example', password: 'a long enough pass phrase' });

test('whatever a gate explains is what it refuses with', async () => {
  const unborn = await openPerson(house, {
    email: 'new@people.example',
    handle: 'newcomer',
    displayName: 'New',
    dateOfBirth: null,
  });
  const kid = userId(await person('kid', { dateOfBirth: '2008-11-23' }));
  const adult = userId(await person('adult', { dateOfBirth: '2008-11-22' }));
  for (const gate of GATES) {
    await assert.rejects(requireGate(house, gate, unborn), { code: 'age_unknown' });
    await assert.rejects(requireGate(house, gate, kid), { code: 'under_age' });
    // Withdrawing asks for more than identity knows of.
    if (gate === 'withdraw') {
      await assert.rejects(requireGate(house, gate, adult), { code: 'payout_account_missing' });
      continue;
    }
    await requireGate(house, gate, adult);
    assert.deepEqual(await Promise.all([unborn, kid, adult].map((id) => passesGate(house, gate, id))), [
      false,
      false,
      true,
    ]);
  }
});

test('a freeze closes its gates at once, says why, and ends by itself', async () => {
  const ana = await person('ana');
  const freeze = (body: object) => olu.post('/v1/users/ana/freezes', body);
  const until = new Date(NOW + HOUR_MS).toISOString();
  const reason = 'A payment is being looked into.';
  await requireGate(house, 'send', userId(ana));

  assert.equal(
    (await ana.post('/v1/users/olu/freezes', { gates: ['send'], reason, until })).body.code,
    'forbidden',
  );
  assert.equal((await freeze({ gates: [], reason, until })).body.field, '/gates');
  assert.equal((await freeze({ gates: ['fly'], reason, until })).status, 400);
  for (const odd of ['', 'a\0b', 'a\u001Bb']) {
    assert.equal((await freeze({ gates: ['send'], reason: odd, until })).body.field, '/reason');
  }
  for (const past of [new Date(NOW).toISOString(), 'tomorrow', '2026-13-01T00:00:00Z', '2027']) {
    assert.equal((await freeze({ gates: ['send'], reason, until: past })).body.field, '/until', past);
  }

  const { status, body } = await freeze({ gates: ['send', 'buy'], reason, until });
  assert.equal(status, 201);
  assert.match(body.id, /^freeze_[0-9a-f]{32}$/);
  await assert.rejects(requireGate(house, 'send', userId(ana)), {
    code: 'account_frozen',
    data: { action: 'send gifts', reason, earliest: until },
  });
  const explained = (await ana.get('/v1/me/explain/buy')).body;
  assert.deepEqual(
    explained.checks.find(({ passed }: { passed: boolean }) => !passed),
    {
      code: 'account_frozen',
      passed: false,
      rule: 'Your account must not be frozen to buy Coins.',
      have: reason,
      need: 'not frozen',
      remedy: 'Write to support if you think that this is wrong.',
      whoCanChange: 'support',
      earliest: until,
    },
  );
  assert.equal(await passesGate(house, 'earn', userId(ana)), true);
});

test('a freeze is lifted once, by its own account', async () => {
  const [bea, cyd] = [await person('bea'), await person('cyd')];
  const { body } = await olu.post('/v1/users/bea/freezes', { gates: ['earn'], reason: 'x', until: null });
  assert.equal(await passesGate(house, 'earn', userId(bea)), false);
  const lift = (handle: string) =>
    olu.post(`/v1/users/${handle}/freezes/${body.id}/lift`, { reason: 'Cleared.' });
  assert.equal((await lift(cyd.handle)).body.code, 'not_found');
  const answers = await Promise.all([lift('bea'), lift('bea'), lift('bea')]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409, 409]);
  assert.equal(await passesGate(house, 'earn', userId(bea)), true);
});

test('a slice adds its own check after those of identity', async () => {
  const TOO_NEW = defineRefusal({
    code: 'test_too_new',
    status: 403,
    sentence: 'Only for a test.',
    remedy: 'None.',
  });
  const dan = await person('dan');
  addGateChecks('earn', 'test', async () => [
    {
      kind: TOO_NEW,
      data: {},
      check: {
        code: 'test_too_new',
        passed: false,
        rule: 'Only for a test.',
        have: null,
        need: 'time',
        remedy: null,
        whoCanChange: 'time',
        earliest: null,
      },
    },
  ]);
  await assert.rejects(requireGate(house, 'earn', userId(dan)), { code: 'test_too_new' });
  await requireGate(house, 'send', userId(dan));
  assert.equal((await dan.get('/v1/me/explain/earn')).body.checks.at(-1).code, 'test_too_new');
  addGateChecks('earn', 'test', async () => []);
});

test('going live is refused with exactly what its gate explains, until the policy is met', async () => {
  const { document, name } = PRESETS.carat;
  const asks = async (goLive: object, atMs: number) => {
    clock.set(atMs);
    await adoptPolicy(house.db, {
      document: { ...document, goLive: { ...document.goLive, ...goLive } },
      preset: name,
      effectiveFrom: new Date(atMs),
      author: null,
      reason: 'A test.',
      nowMs: atMs,
    });
  };
  await asks({ followersMin: 2 }, NOW + 1);
  const eve = await person('eve');
  const failing = async () =>
    (await eve.get('/v1/me/explain/go-live')).body.checks
      .filter((check: { passed: boolean }) => !check.passed)
      .map((check: { code: string; have: string; need: string }) => [check.code, check.have, check.need]);
  assert.deepEqual(await failing(), [['too_few_followers', '0 followers', '2 followers']]);
  await assert.rejects(requireGate(house, 'go-live', userId(eve)), {
    code: 'too_few_followers',
    message: 'You need 2 followers to go live; you have 0 followers.',
  });
  for (const handle of ['fay', 'gus']) {
    const follower = await person(handle);
    assert.equal((await follower.request('PUT', '/v1/users/eve/follow')).status, 200);
  }
  assert.deepEqual(await failing(), []);
  await requireGate(house, 'go-live', userId(eve));

  const { body } = await olu.post('/v1/users/eve/freezes', {
    gates: ['go-live'],
    reason: 'A report is being read.',
    until: null,
  });
  assert.deepEqual(await failing(), [['account_frozen', 'A report is being read.', 'not frozen']]);
  await requireGate(house, 'earn', userId(eve));
  await olu.post(`/v1/users/eve/freezes/${body.id}/lift`, { reason: 'Read.' });

  await asks({ followersMin: 2, identityNeeded: true, twoStepSignInNeeded: true }, NOW + 2);
  assert.deepEqual(
    (await failing()).map(([code]: string[]) => code),
    ['identity_unchecked', 'two_step_sign_in_missing'],
  );
  await assert.rejects(requireGate(house, 'go-live', userId(eve)), { code: 'identity_unchecked' });
});

test('only gates that there are can be asked, and only by whom they are for', async () => {
  assert.equal((await olu.get('/v1/me/explain/fly')).status, 400);
  assert.equal((await stranger.get('/v1/me/explain/send')).body.code, 'not_signed_in');
});
