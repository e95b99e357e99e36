import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import { testHouse } from '../../test/test-house.ts';
import { buyCoins, goLive } from '../../test/town-life.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { earnings } from '../earnings/index.ts';
import { identity } from '../identity/index.ts';
import { live } from '../live/index.ts';
import { policy } from '../policy/index.ts';
import { purchases } from '../purchases/index.ts';
import { rates } from '../rates/index.ts';
import { wallet } from '../wallet/index.ts';
import { auditGifts } from './audit-gifts.ts';
import { clearingOf } from './clearing.ts';
import { gifts } from './index.ts';
import { matureGifts } from './mature.ts';

const clock = testClock(Date.UTC(2026, 10, 19, 12));
const slices = [policy, identity, rates, wallet, purchases, gifts, live, earnings];
const site = await testHouse({ slices, clock });
const second = await testHouse({ slices, clock, databaseUrl: site.databaseUrl });
const { house } = site;
const owner = new pg.Client({ connectionString: site.databaseUrl });
owner.on('error', () => {});
await owner.connect();
after(() => owner.end());

const rules = {
  diamonds: { centsPerUnit: { numerator: 1n, denominator: 1n }, maturityDays: 7 },
  clearing: {
    isOn: true,
    newPayerMs: 3 * DAY_MS,
    fromCoins: 5_000n,
    extraMs: 7 * DAY_MS,
    latestMs: 30 * DAY_MS,
  },
};
const NOW = Date.UTC(2026, 10, 22);

describe('the date of what is earned', () => {
  const cases: [string, bigint, number | null, Partial<typeof rules.clearing>, number][] = [
    ['a new payer who gave much', 5_000n, 1, {}, 14],
    ['a new payer who gave a Coin less', 4_999n, 1, {}, 7],
    ['a moment before three days', 5_000n, 3 - 1 / DAY_MS, {}, 14],
    ['after three days', 5_000n, 3, {}, 7],
    ['somebody who never paid', 9_999n, null, {}, 7],
    ['switched off', 5_000n, 1, { isOn: false }, 7],
    ['no later than the latest date', 5_000n, 1, { latestMs: 10 * DAY_MS }, 10],
    ['a latest date that is the usual one', 5_000n, 1, { latestMs: 7 * DAY_MS }, 7],
    ['a latest date before the usual one makes nothing earlier', 5_000n, 1, { latestMs: DAY_MS }, 7],
    ['nothing more', 5_000n, 1, { extraMs: 0 }, 7],
  ];
  for (const [name, givenCoins, paidDaysAgo, changed, days] of cases) {
    test(`${name}: ${days} days`, () => {
      const firstPaidAtMs = paidDaysAgo === null ? null : NOW - paidDaysAgo * DAY_MS;
      const policyNow = { ...rules, clearing: { ...rules.clearing, ...changed } };
      const { maturesAtMs, delay } = clearingOf(policyNow, { givenCoins, firstPaidAtMs }, NOW);
      assert.equal((maturesAtMs - NOW) / DAY_MS, days);
      assert.equal(delay === null, days === 7);
    });
  }

  test('is never earlier than usual, and never later than the latest date', () => {
    const day = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(
        day,
        day,
        day,
        day,
        fc.bigInt({ min: 0n, max: 10_000n }),
        (usual, extra, latest, paid, given) => {
          const { maturesAtMs, delay } = clearingOf(
            {
              diamonds: { ...rules.diamonds, maturityDays: usual },
              clearing: { ...rules.clearing, extraMs: extra * DAY_MS, latestMs: latest * DAY_MS },
            },
            { givenCoins: given, firstPaidAtMs: NOW - paid * DAY_MS },
            NOW,
          );
          assert.ok(maturesAtMs >= NOW + usual * DAY_MS);
          if (delay !== null) {
            assert.ok(delay.usualAtMs < maturesAtMs && maturesAtMs <= delay.latestAtMs);
          }
        },
      ),
    );
  });
});

test('a new fan who gives much: said on the gift to both, in the calendar, and available on that date', async () => {
  const [mira, ana] = [await site.person('mira'), await site.person('ana')];
  const stageId = await goLive(mira);
  await buyCoins(ana, 5_100n);
  const give = async (giftId: string, quantity: number) => {
    const answer = await ana.post('/v1/gifts', { stageId, giftId, quantity }, newId());
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.gift;
  };
  const usual = await give('coffee', 999); // 4,995 Coins
  assert.equal(usual.delay, null);
  const later = await give('coffee', 1); // with these, 5,000
  const told = {
    reason: 'It waits longer than usual, in case a bank takes the payment back.',
    usualAt: '2026-11-26T12:00:00.000Z',
    latestAt: '2026-12-19T12:00:00.000Z',
  };
  for (const who of [mira, ana]) {
    const { gift } = (await who.get(`/v1/gifts/${later.id}`)).body;
    assert.deepEqual(gift.delay, told);
    assert.equal(gift.steps.at(-1).expected, '2026-12-03T12:00:00.000Z');
  }
  const now = (await mira.get('/v1/me/earnings')).body;
  assert.deepEqual(
    now.calendar.map((day: { date: string; amount: { display: string } }) => [day.date, day.amount.display]),
    [
      ['2026-11-26', '2,497.5 Diamonds'],
      ['2026-12-03', '2.5 Diamonds'],
    ],
  );
  assert.deepEqual(
    [now.checked.amount.display, now.checked.gifts, now.checked.until],
    ['2.5 Diamonds', 1, '2026-12-03T12:00:00.000Z'],
  );
  const [entry] = (await mira.get('/v1/me/earnings/entries')).body.items;
  assert.deepEqual(entry.delay, told);

  const available = async () => (await mira.get('/v1/me/earnings')).body.available.display;
  for (const [days, expected] of [
    [7, '2,497.5 Diamonds'],
    [6, '2,497.5 Diamonds'],
    [1, '2,500 Diamonds'],
  ] as const) {
    clock.advance(days * DAY_MS);
    // Whoever comes by is not signed out.
    await ana.get('/v1/me/wallet');
    await Promise.all([matureGifts(house), matureGifts(second.house)]);
    assert.equal(await available(), expected);
  }
  assert.equal((await mira.get('/v1/me/earnings')).body.checked.gifts, 0);
  // A week and more after the first payment nothing is late any more.
  assert.equal((await give('coffee', 1)).delay, null);
  assert.deepEqual(await auditGifts(house.db), []);
});

test('another server knows what was given through the first, and a reason cannot be changed', async () => {
  const [nova, ben] = [await site.person('nova'), await site.person('ben')];
  const stageId = await goLive(nova);
  await buyCoins(ben, 7_000n);
  const give = async (origin: string) => {
    const answer = await fetch(new URL('/v1/gifts', origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': newId(), cookie: ben.cookie, origin },
      body: JSON.stringify({ stageId, giftId: 'teddy', quantity: 6 }), // 594 Coins
    });
    assert.equal(answer.status, 201, await answer.clone().text());
    return ((await answer.json()) as { gift: { delay: unknown } }).gift.delay !== null;
  };
  const delayed: boolean[] = [];
  for (let count = 0; count < 8; count += 1) delayed.push(await give(site.origin));
  delayed.push(await give(second.origin));
  assert.deepEqual(delayed, [...Array.from({ length: 8 }, () => false), true]);
  await assert.rejects(house.db.query('update earning_delays set matures_at = latest_at'));
  assert.deepEqual(await auditGifts(house.db), []);
});

// Each as the owner of the database with triggers off, which is the only way to make one of them.
const tampering: [string, string][] = [
  ['another usual date', "usual_at = usual_at - interval '1 day'"],
  ['another date', "matures_at = matures_at + interval '1 day'"],
  ['another latest date', "latest_at = latest_at + interval '1 day'"],
  ['another creator', 'creator_id = earning_id'],
];
for (const [name, change] of tampering) {
  test(`the auditor finds ${name} than the policy’s`, async () => {
    await owner.query('begin');
    try {
      await owner.query('alter table earning_delays disable trigger user');
      await owner.query(`update earning_delays set ${change}`);
      const found = await auditGifts({
        query: async <Row extends object>(text: string) => (await owner.query(text)).rows as Row[],
      });
      assert.match(found.join(), /Something is due on another date than usual/);
    } finally {
      await owner.query('rollback');
    }
  });
}
