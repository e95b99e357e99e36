import { expect, test } from 'vitest';
import type { Amount } from '../ui/amounts.ts';
import { isBalanced, sumsOf } from './balanced.ts';
import type { Leg } from './wallet-api.ts';

const amount = (asset: Amount['asset'], units: string): Amount => ({ asset, units, display: units });

function leg(debit: Amount | null, credit: Amount | null): Leg {
  return { id: 'tx_1', account: 'you:coins', yours: true, debit, credit, balanceAfter: null };
}

test('a gift balances in each asset on its own', () => {
  const legs = [
    leg(amount('COIN', '5'), null),
    leg(null, amount('COIN', '5')),
    leg(amount('DIAMOND', '2500'), null),
    leg(null, amount('DIAMOND', '2500')),
  ];
  expect(sumsOf(legs)).toEqual([
    { asset: 'COIN', debits: 5n, credits: 5n },
    { asset: 'DIAMOND', debits: 2500n, credits: 2500n },
  ]);
  expect(isBalanced(legs)).toBe(true);
});

test('one asset cannot make up for another', () => {
  expect(isBalanced([leg(amount('COIN', '5'), null), leg(null, amount('DIAMOND', '5'))])).toBe(false);
});

test('no legs prove nothing', () => {
  expect(isBalanced([])).toBe(false);
});
