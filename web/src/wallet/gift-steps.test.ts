import { expect, test } from 'vitest';
import { giftTimeline } from './gift-steps.ts';
import type { GiftReceipt, GiftStep } from './wallet-api.ts';

const at = '2026-11-21T21:04:00.000Z';
const matures = '2026-11-28T21:04:00.000Z';

function gift(status: GiftStep): Pick<GiftReceipt, 'status' | 'steps' | 'receiver'> {
  return {
    status,
    receiver: { id: 'user_1', handle: 'mira', displayName: 'Mira', avatar: 'fox' },
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

test('a held gift waits for a decision, and says by when and whose', () => {
  const held = {
    ...gift('held'),
    steps: [...gift('pending').steps.slice(0, 4), heldStep, { step: 'available', at: null, note: '' }],
  } as const;
  const steps = giftTimeline(held);
  expect(steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'now', 'ahead']);
  expect(steps[4]).toMatchObject({ label: 'Held', note: 'Card disputed.', at: matures, expected: true });
  expect(steps[5]).toMatchObject({ at: null });
});

test('a gift that was taken back is over, and never available', () => {
  const back = { ...gift('reversed'), steps: [...gift('pending').steps.slice(0, 4), backStep] } as const;
  expect(
    giftTimeline(back)
      .map(({ label, state }) => `${label} ${state}`)
      .slice(-2),
  ).toEqual(['Pending done', 'Taken back done']);
});

test('of a gift that still waits, a part may be back already', () => {
  const steps = giftTimeline({
    ...gift('pending'),
    steps: [
      ...gift('pending').steps.slice(0, 4),
      backStep,
      { step: 'available', at: null, expected: matures, note: '' },
    ],
  });
  expect(steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'now', 'done', 'ahead']);
});

const heldStep = { step: 'held', at: null, expected: matures, note: 'Card disputed.' } as const;
const backStep = { step: 'reversed', at, note: 'Card disputed.' } as const;
