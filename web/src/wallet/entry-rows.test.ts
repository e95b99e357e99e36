import { expect, test } from 'vitest';
import type { Amount } from '../ui/amounts.ts';
import { entryRows } from './entry-rows.ts';
import { coinsPrice } from './prices.ts';
import type { Entry } from './wallet-api.ts';

const coins = (units: string): Amount => ({ asset: 'COIN', units, display: units });

function press(id: string, units: string, streak: string | null, balance: string): Entry {
  return {
    id,
    at: '2026-11-21T21:04:00.000Z',
    kind: 'gift',
    account: 'coins',
    title: 'Rose ×1 to Mira',
    detail: '',
    art: '1f339',
    group: streak === null ? null : { id: streak, title: 'Rose to Mira', count: 1 },
    amount: coins(units),
    money: { asset: 'USD', units: '-2', display: '' },
    balanceAfter: coins(balance),
    status: 'settled',
    link: null,
  };
}

// 1.35¢ a Coin, rounded up: one costs 2¢, three cost 5¢.
const price = (_asset: Amount['asset'], units: bigint) =>
  -coinsPrice(-units, { numerator: '135', denominator: '100' });

test('a streak is one row with its sum and its last balance', () => {
  const rows = entryRows(
    [
      press('tx_4', '-1', 'streak_a', '96'),
      press('tx_3', '-1', null, '97'),
      press('tx_2', '-1', 'streak_a', '98'),
      press('tx_1', '-1', 'streak_a', '99'),
    ],
    price,
  );
  expect(rows.map(({ entry }) => [entry.title, entry.amount.units, entry.balanceAfter.units])).toEqual([
    ['Rose to Mira ×3', '-3', '96'],
    ['Rose ×1 to Mira', '-1', '97'],
  ]);
  expect(rows[0]?.parts.map(({ id }) => id)).toEqual(['tx_4', 'tx_2', 'tx_1']);
  expect(rows[0]?.entry.money?.units).toBe('-5');
});

test('a streak of one press is that press', () => {
  expect(entryRows([press('tx_1', '-1', 'streak_a', '99')], price)[0]?.entry.title).toBe('Rose ×1 to Mira');
});
