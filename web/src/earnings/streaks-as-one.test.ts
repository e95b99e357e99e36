import { expect, test } from 'vitest';
import type { EarningEntry } from './earnings-api.ts';
import { keptUnits, streaksAsOne } from './streaks-as-one.ts';

function gift(
  transferId: string,
  streak: string | null,
  status: EarningEntry['status'],
  due: Partial<Pick<EarningEntry, 'maturesAt' | 'delay' | 'reversed'>> = {},
): EarningEntry {
  return {
    giftId: `gift_${transferId}`,
    at: '2026-11-21T21:04:00.000Z',
    giftName: 'Clap',
    art: '1f44f',
    quantity: 1,
    streak: streak === null ? null : { id: streak, count: 2 },
    sender: { handle: 'koji', displayName: 'Koji', avatar: 'tiger' },
    amount: { asset: 'DIAMOND', units: '500', display: '½' },
    status,
    held: null,
    reversed: null,
    delay: null,
    maturesAt: '2026-11-28T21:04:00.000Z',
    transferId,
    ...due,
  };
}

test('a streak is one row, pending until its last request has matured', () => {
  const rows = streaksAsOne([
    gift('tx_3', 'streak_a', 'pending'),
    gift('tx_2', null, 'available'),
    gift('tx_1', 'streak_a', 'available'),
  ]);
  expect(rows.map(({ entry }) => [entry.quantity, entry.amount.units, entry.status])).toEqual([
    [2, '1000', 'pending'],
    [1, '500', 'available'],
  ]);
});

test('a streak is due when the last of what is pending is due, with its reason', () => {
  const delay = {
    reason: 'It waits longer.',
    usualAt: '2026-11-28T21:04:00.000Z',
    latestAt: '2026-12-21T21:04:00.000Z',
  };
  const later = { maturesAt: '2026-12-05T21:04:00.000Z', delay };
  const [row] = streaksAsOne([
    gift('tx_3', 'streak_a', 'pending'),
    gift('tx_2', 'streak_a', 'pending', later),
    gift('tx_1', 'streak_a', 'available', { maturesAt: '2026-12-09T21:04:00.000Z' }),
  ]);
  expect([row?.entry.maturesAt, row?.entry.delay]).toEqual([later.maturesAt, delay]);
});

test('what was taken back of a streak is that of all its requests', () => {
  const reversed = (units: string) => ({
    reversed: {
      amount: { asset: 'DIAMOND', units, display: '' } as const,
      reason: 'Card disputed',
      at: '2026-11-22T21:04:00.000Z',
    },
  });
  const [row] = streaksAsOne([
    gift('tx_3', 'streak_a', 'pending'),
    gift('tx_2', 'streak_a', 'pending', reversed('200')),
    gift('tx_1', 'streak_a', 'reversed', reversed('500')),
  ]);
  expect(row?.entry.reversed?.amount.units).toBe('700');
  expect(row === undefined ? null : keptUnits(row.entry)).toBe(800n);
});
