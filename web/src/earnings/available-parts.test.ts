import { expect, test } from 'vitest';
import { availableParts } from './available-parts.ts';
import type { Earnings } from './earnings-api.ts';

const diamonds = (units: string) => ({ asset: 'DIAMOND', units, display: units }) as const;

/** 13,830.5 earned, of which 6,664.5 were taken back, 1,571 wait, 2,000 are withdrawn and 500 held: 3,095 are there. */
const earned = {
  pending: diamonds('1571000'),
  reversed: diamonds('6664500'),
  how: {
    share: { numerator: '1', denominator: '2' },
    earned: diamonds('13830500'),
    withdrawn: diamonds('2000000'),
    reserved: diamonds('500000'),
  } as Earnings['how'],
};

test('the parts add up to what is available, with what was taken back', () => {
  const parts = availableParts(earned);
  expect(parts.map(({ label }) => label)).toEqual([
    'You earned',
    'Taken back while pending',
    'Still pending',
    'Already withdrawn',
    'Held for withdrawals',
  ]);
  expect(parts.reduce((sum, { amount }) => sum + BigInt(amount.units), 0n)).toBe(3_095_000n);
});

test('what is nothing is left out, but what is pending', () => {
  const none = diamonds('0');
  const how = { ...earned.how, withdrawn: none, reserved: none };
  const parts = availableParts({ how, pending: none, reversed: none });
  expect(parts.map(({ amount }) => amount.units)).toEqual(['13830500', '0']);
});
