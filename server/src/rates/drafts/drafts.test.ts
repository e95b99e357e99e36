import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Person, testHouse } from '../../../test/test-house.ts';
import { anOperator, buyCoins } from '../../../test/town-life.ts';
import { approvals } from '../../approvals/index.ts';
import { DAY_MS, HOUR_MS, testClock } from '../../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../../core/ids.ts';
import { identity } from '../../identity/index.ts';
import { accountId, transferEvent } from '../../ledger/index.ts';
import { PRESETS, policy } from '../../policy/index.ts';
import { policyOf } from '../../policy/rules.ts';
import { purchases } from '../../purchases/index.ts';
import { wallet } from '../../wallet/index.ts';
import { currentRate } from '../current-rate.ts';
import { rates } from '../index.ts';
import { highestRate, impactOf, ratioOfDollars } from './rules.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 9);
const clock = testClock(NOW_MS);
const site = await testHouse({ slices: [policy, identity, approvals, rates, wallet, purchases], clock });
const { db, ledger } = site.house;

const [olu, per] = [await anOperator(site, 'olu'), await anOperator(site, 'per')];
const ana = await site.person('ana');
const START = new Date(NOW_MS + 8 * DAY_MS).toISOString();
const DRAFTS = '/v1/console/rates/drafts';

async function draft(about: object = {}, who = olu) {
  const body = { dollars: '13.365', startsAt: START, reason: 'Fewer fans buy in winter.', ...about };
  const answer = await who.post(DRAFTS, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const ask = async (id: string, revision = 1, who = olu) => who.post(`${DRAFTS}/${id}/ask`, { revision });
const decide = (
  { id, approval }: { id: string; approval: { id: string; bodyHash: string } },
  who: Person,
  about: object = {},
) =>
  who.post(`${DRAFTS}/${id}/decide`, {
    approvalId: approval.id,
    bodyHash: approval.bodyHash,
    verdict: 'approved',
    ...about,
  });

test('dollars for 1,000 Diamonds are a ratio without a rounding', () => {
  assert.deepEqual(ratioOfDollars('13.80'), { numerator: 138_000n, denominator: 100_000_000n });
  assert.deepEqual(ratioOfDollars('5'), { numerator: 500n, denominator: 1_000_000n });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 999_999 }), (whole, part) => {
      const { numerator, denominator } = ratioOfDollars(`${whole}.${String(part).padStart(6, '0')}`);
      // Millionths of a dollar for 1,000,000 units.
      assert.equal(
        numerator * 10_000n * 1_000_000n,
        (BigInt(whole) * 1_000_000n + BigInt(part)) * denominator,
      );
    }),
  );
});

test('the highest rate is where a gift is worth what its Coins cost at their cheapest', () => {
  const of = (preset: 'carat' | 'twitch_like') =>
    highestRate(policyOf(PRESETS[preset].document, { version: 1, preset, effectiveFrom: new Date(0) }));
  assert.deepEqual(of('carat').numerator * 1_000n, 27n * (of('carat').denominator / 10n));
  // 25,000 for $308: 1.232 cents a Coin, 1,000 units for a Coin
  const twitch = of('twitch_like');
  assert.equal((twitch.numerator * 1_000_000n) / twitch.denominator, 1_232n);
});

test('what a rate would change is counted in figures of now', () => {
  const held = {
    purchasedCents: 0n,
    withdrawnUnits: 0n,
    earnedUnits: 40_000_000n,
    outstandingUnits: 100_000_000n,
    heldCents: 200_000n,
  };
  const [now, next] = [ratioOfDollars('10'), ratioOfDollars('9.9')];
  assert.deepEqual(impactOf(now, next, held), {
    creatorsBasisPoints: -100n,
    // $2,000 held for 100,000 Diamonds: $1,000 owed, then $990
    coverageBefore: 20_000n,
    coverageAfter: 20_202n,
    weekUnits: 10_000_000n,
    weekCents: -100n,
  });
  assert.equal(impactOf(now, next, { ...held, outstandingUnits: 0n }).coverageBefore, null);
});

test('a draft says what it would change, and becomes the rate only when another operator approves it', async () => {
  await buyCoins(ana, 10_000n);
  await ledger.post({
    transfers: [
      transferEvent({
        id: newId(),
        from: accountId('platform', 'diamonds_issued', 'DIAMOND'),
        to: accountId(parsePublicId('user', ana.id) as Uuid, 'diamonds_pending', 'DIAMOND'),
        units: 4_000_000n,
        asset: 'DIAMOND',
        code: 'gift_earned',
      }),
    ],
  });
  clock.advance(1_000);
  const made = await draft();
  assert.deepEqual([made.state, made.yours, made.money.display], ['draft', true, '$13.36']);
  assert.deepEqual(
    [made.impact.before.display, made.impact.creatorsBasisPoints, made.impact.week.display],
    ['$13.50', '-100', '−$0.14'],
  );
  // $130.81 held or so for $54.00 owed, then for $53.46
  assert.ok(BigInt(made.impact.coverageAfter) > BigInt(made.impact.coverageBefore));

  const asked = (await ask(made.id)).body;
  assert.equal(asked.state, 'asked');
  assert.equal((await decide(asked, olu)).body.code, 'approval_is_your_own');
  assert.equal((await decide(asked, ana)).status, 403);
  assert.equal((await decide(asked, per, { bodyHash: '0'.repeat(64) })).body.code, 'approval_changed');
  assert.equal((await decide(asked, per, { verdict: 'rejected' })).body.code, 'invalid_request');
  assert.deepEqual((await site.stranger.get('/v1/rates')).body.announced, [], 'nothing happened yet');

  const both = await Promise.all([decide(asked, per), decide(asked, per)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
  const [next] = (await site.stranger.get('/v1/rates')).body.announced;
  assert.deepEqual(
    [next.version, next.from, next.money.display, next.reason, next.inputs.method],
    [2, START, '$13.36', 'Fewer fans buy in winter.', 'manual'],
  );
  assert.equal((await currentRate(db, Date.parse(START) - 1)).version, 1);
  assert.equal((await currentRate(db, Date.parse(START))).version, 2);
  assert.equal((await per.get(`${DRAFTS}/${made.id}`)).body.version, 2);
  const over = await olu.request('PUT', `${DRAFTS}/${made.id}`, {
    body: { dollars: '1', startsAt: START, reason: 'Again.' },
  });
  assert.equal(over.body.code, 'rate_draft_is_over');
});

test('a change after the asking is a new asking', async () => {
  const made = await draft({ dollars: '13.40' });
  const asked = (await ask(made.id)).body;
  const changed = await olu.request('PUT', `${DRAFTS}/${made.id}`, {
    body: { dollars: '20.00', startsAt: START, reason: 'More.' },
  });
  assert.deepEqual([changed.body.state, changed.body.revision], ['draft', 2]);
  assert.equal((await decide(asked, per)).body.code, 'approval_is_over');
  assert.equal((await ask(made.id, 1)).body.code, 'rate_draft_stale');
  assert.equal((await ask(made.id, 2)).body.state, 'asked');
});

test('a rejected draft is a draft again, a dropped one is over', async () => {
  const made = await draft();
  const asked = (await ask(made.id)).body;
  const rejected = await decide(asked, per, { verdict: 'rejected', reason: 'Wait for spring.' });
  assert.deepEqual([rejected.body.state, rejected.body.approval.reason], ['rejected', 'Wait for spring.']);
  assert.equal((await ask(made.id)).body.state, 'asked');
  assert.equal((await per.request('DELETE', `${DRAFTS}/${made.id}`)).body.code, 'rate_draft_is_theirs');
  assert.equal((await olu.request('DELETE', `${DRAFTS}/${made.id}`)).body.state, 'dropped');
  assert.equal((await ask(made.id)).body.code, 'rate_draft_is_over');
});

test('notice is kept: too soon is refused, and an approval ends when the notice would begin', async () => {
  const soon = { dollars: '13', startsAt: new Date(NOW_MS + 2 * DAY_MS).toISOString(), reason: 'Soon.' };
  assert.equal((await olu.post(DRAFTS, soon)).body.code, 'rate_too_soon');
  const made = await draft();
  const asked = (await ask(made.id)).body;
  clock.advance(DAY_MS + HOUR_MS);
  assert.equal((await decide(asked, per)).body.code, 'approval_expired');
  assert.equal((await ask(made.id)).body.code, 'rate_too_soon');
  assert.equal((await per.get(`${DRAFTS}/${made.id}`)).body.state, 'expired');
});

test('nonsense is refused by name', async () => {
  const body = { dollars: '13', startsAt: new Date(NOW_MS + 30 * DAY_MS).toISOString(), reason: 'So.' };
  for (const [about, code] of [
    [{ dollars: '27.01' }, 'rate_too_high'],
    [{ dollars: '0' }, 'invalid_request'],
    [{ dollars: '0.000000' }, 'invalid_request'],
    [{ dollars: '-1' }, 'invalid_request'],
    [{ dollars: '1e3' }, 'invalid_request'],
    [{ dollars: 13 }, 'invalid_request'],
    [{ dollars: '１３' }, 'invalid_request'],
    [{ startsAt: 'tomorrow' }, 'invalid_request'],
    [{ startsAt: '2099-01-01' }, 'invalid_request'],
    [{ reason: '  ' }, 'invalid_request'],
    [{ extra: true }, 'invalid_request'],
  ] as const) {
    assert.equal((await olu.post(DRAFTS, { ...body, ...about })).body.code, code, JSON.stringify(about));
  }
  assert.equal((await olu.post(DRAFTS, { ...body, dollars: '27' })).status, 201, 'just allowed');
  assert.equal((await ana.get(DRAFTS)).status, 403);
  const page = (await per.get(`${DRAFTS}?limit=2`)).body;
  assert.equal(page.items.length, 2);
  const rest = (await per.get(`${DRAFTS}?limit=100&cursor=${page.nextCursor}`)).body;
  assert.deepEqual(
    new Set([...page.items, ...rest.items].map(({ id }: { id: string }) => id)).size,
    page.items.length + rest.items.length,
  );
  assert.equal(page.highest.display, '$27.00');
});
