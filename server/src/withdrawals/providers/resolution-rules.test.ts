import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PayoutSnapshot } from './provider.ts';
import { resolvable } from './resolution-rules.ts';

const NET = { netCents: 2_600n };

/** €23.92 for $26.00. */
const SAID: PayoutSnapshot = {
  attemptId: null,
  reference: 'CAR-7Q2M4B8XKD',
  takenRef: 'BATCH1',
  payoutRef: 'ITEM1',
  status: 'other',
  rawStatus: 'REFUNDED',
  destination: 'mira@mail.example',
  minor: 2_392n,
  currency: 'EUR',
  livemode: false,
  failureCode: null,
  advice: null,
  isMoving: false,
  takenAt: new Date(0),
};
const UNTOLD = { ...SAID, backMinor: SAID.minor, backIsUntold: true } as const;

const amounts = (snapshot: PayoutSnapshot, backMinor: bigint | null) =>
  resolvable(NET, snapshot, backMinor).map(({ verdict, backCents, lostCents }) => [
    verdict,
    backCents,
    lostCents,
  ]);

test('of what people say came back, whole cents are booked, and never more than was paid', () => {
  for (const [back, cents] of [
    // 1,000 of 2,392 is 1,086.95… of 2,600 cents.
    [1_000n, 1_086n],
    [2_391n, 2_598n],
    [2_392n, 2_600n],
    [2_393n, 2_600n],
    [null, 2_600n],
  ] as const) {
    assert.deepEqual(amounts(UNTOLD, back), [
      ['arrived', 0n, 0n],
      ['arrived_and_back', cents, 0n],
      ['not_arrived', cents, 2_600n - cents],
    ]);
  }
});

test('less than a cent of it is nothing', () => {
  assert.deepEqual(amounts({ ...UNTOLD, minor: 2_600_000n }, 999n), [
    ['arrived', 0n, 0n],
    ['not_arrived', 0n, 2_600n],
  ]);
});

test('where the provider says how much came back, nobody’s word counts', () => {
  assert.deepEqual(amounts({ ...SAID, backMinor: 1_000n }, 2_392n), [
    ['arrived', 0n, 0n],
    ['arrived_and_back', 1_086n, 0n],
    ['not_arrived', 1_086n, 1_514n],
  ]);
});
