import { expect, test } from 'vitest';
import { giftTimeline } from './gift-steps.ts';
import type { GiftReceipt, GiftStep } from './wallet-api.ts';

const at = '2026-11-21T21:04:00.000Z';
const matures = '2026-11-28T21:04:00.000Z';

function gift(status: GiftStep): Pick<GiftReceipt, 'status' | 'steps' | 'receiver' | 'coins'> {
  return {
    status,
    receiver: { id: 'user_1', handle: 'mira', displayName: 'Mira', avatar: 'fox' },
    coins: { asset: 'COIN', units: '5', display: '5 Coins' },
    steps: [
      { step: 'requested', at, note: '' },
      { step: 'debited', at, note: '' },
      { step: 'shown', at: status === 'debited' ? null : at, note: '' },
      { step: 'pending', at, note: '' },
      { step: 'available', at: status === 'available' ? matures : null, expected: matures, note: '' },
    ],
  };
}

const states = (status: GiftStep) => giftTimeline(gift(status)).map(({ state }) => state);

test('the steps before are done, this one is now, the others are ahead', () => {
  expect(states('debited')).toEqual(['done', 'now', 'ahead', 'ahead', 'ahead']);
  expect(states('pending')).toEqual(['done', 'done', 'done', 'now', 'ahead']);
});

test('an available gift has nothing left to wait for', () => {
  expect(states('available')).toEqual(['done', 'done', 'done', 'done', 'done']);
});

test('a date that is still to come is told as such', () => {
  const last = giftTimeline(gift('pending')).at(-1);
  expect(last).toMatchObject({ step: 'available', at: matures, expected: true });
});
