import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY_MS, HOUR_MS } from '../core/clock.ts';
import {
  effectiveFrom,
  type Limit,
  type LimitChange,
  limitsAt,
  overLimit,
  spanStart,
  spans,
} from './rules.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const policy = { dayCents: 10_000n, weekCents: 20_000n, monthCents: null, raiseAfterMs: DAY_MS };
const change = (cents: bigint | null, askedMs: number, fromMs = askedMs): LimitChange => ({
  span: 'week',
  cents,
  askedAt: new Date(askedMs),
  effectiveFrom: new Date(fromMs),
});
const week = (changes: LimitChange[], nowMs = NOW) => limitsAt(changes, policy, nowMs).week;
const none = { day: 0n, week: 0n, month: 0n };
const more = (now: typeof none, cents: bigint) => ({ now, after: spans((span) => now[span] + cents) });

test('spans end today and begin at midnight UTC', () => {
  const starts = (['day', 'week', 'month'] as const).map((span) => spanStart(span, NOW).toISOString());
  assert.deepEqual(starts, [
    '2026-11-22T00:00:00.000Z',
    '2026-11-16T00:00:00.000Z',
    '2026-10-24T00:00:00.000Z',
  ]);
  assert.equal(spanStart('day', Date.parse('2026-11-22T23:59:59.999Z')).toISOString(), starts[0]);
});

for (const [name, changes, expected] of [
  ['the policy holds where nothing was asked', [], [20_000n, false, undefined]],
  ['a lower one holds', [change(2_500n, NOW)], [2_500n, true, undefined]],
  ['a higher one waits', [change(50_000n, NOW, NOW + DAY_MS)], [20_000n, false, 50_000n]],
  [
    'a higher one holds when its time has come',
    [change(50_000n, NOW - DAY_MS, NOW)],
    [50_000n, true, undefined],
  ],
  [
    'a lower one takes back a higher one that waited',
    [change(1_000n, NOW - 1), change(50_000n, NOW - DAY_MS, NOW)],
    [1_000n, true, undefined],
  ],
  [
    'a higher one after a lower one waits again',
    [change(9_000n, NOW, NOW + DAY_MS), change(1_000n, NOW - HOUR_MS)],
    [1_000n, true, 9_000n],
  ],
] as const) {
  test(name, () => {
    const limit = week([...changes]);
    assert.deepEqual([limit.cents, limit.own, limit.next?.cents], expected);
  });
}

test('lower at once, higher later, the same not at all', () => {
  const limit = (cents: bigint | null, next: Limit['next'] = null): Limit => ({ cents, own: true, next });
  const from = (now: Limit, wanted: bigint | null) =>
    effectiveFrom(now, wanted, policy, NOW)?.getTime() ?? null;
  assert.deepEqual(
    [
      from(limit(2_500n), 2_499n),
      from(limit(2_500n), 2_501n),
      from(limit(2_500n), null),
      from(limit(null), 2_500n),
      from(limit(2_500n), 2_500n),
      // What waits is taken back by asking for what is.
      from(limit(2_500n, { cents: null, from: new Date(NOW + 1) }), 2_500n),
    ],
    [NOW, NOW + DAY_MS, NOW + DAY_MS, NOW, null, NOW],
  );
});

test('an amount fits to the cent, and the first limit that it breaks is named', () => {
  const limits = { day: { cents: 500n }, week: { cents: 700n }, month: { cents: null } };
  assert.equal(overLimit(limits, more(none, 500n)), null);
  const day = overLimit(limits, more(none, 501n));
  assert.deepEqual(
    [day?.code, day?.data],
    [
      'spending_limit_reached',
      {
        limit: '$5.00',
        span: 'a day',
        left: '$5.00',
        wait: 'A day begins at midnight UTC, and with it this limit.',
      },
    ],
  );
  const long = overLimit(limits, more({ day: 0n, week: 300n, month: 300n }, 401n));
  assert.deepEqual([long?.data.span, long?.data.left], ['in seven days', '$4.00']);
  assert.equal(overLimit(limits, more({ day: 900n, week: 0n, month: 0n }, 1n))?.data.left, '$0.00');
});

test('property: whatever is let through one after the other, no limit is passed', () => {
  const cents = fc.bigInt({ min: 0n, max: 1_000n });
  const limit = fc.option(cents).map((value) => ({ cents: value }));
  fc.assert(
    fc.property(fc.record({ day: limit, week: limit, month: limit }), fc.array(cents), (limits, amounts) => {
      let spent = 0n;
      for (const amount of amounts) {
        if (
          overLimit(
            limits,
            more(
              spans(() => spent),
              amount,
            ),
          ) === null
        )
          spent += amount;
      }
      for (const { cents: most } of Object.values(limits)) assert(most === null || spent <= most);
    }),
  );
});
