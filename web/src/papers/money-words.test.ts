import { expect, test } from 'vitest';
import { moneyOf } from './money-words.ts';

const usd = (units: string, display: string) => ({ asset: 'USD', units, display }) as const;
const none = { bought: null, paidOut: null };

test('money says which way it went, and no number stands behind a word that does not fit it', () => {
  expect(moneyOf({ ...none, kind: 'gift' })).toEqual({ words: '', note: '' });
  const bought = (units: string, display: string, fee = usd('0', '$0.00')) => ({
    ...none,
    bought: { price: usd(units, display), providerFee: fee },
  });
  expect(moneyOf({ ...bought('296', '$2.96', usd('39', '$0.39')), kind: 'purchase' })).toEqual({
    words: 'You paid $2.96',
    note: 'the provider kept $0.39',
  });
  for (const kind of ['refund', 'money_back']) {
    expect(moneyOf({ ...bought('-296', '−$2.96'), kind }).words).toBe('You got back $2.96');
    expect(moneyOf({ ...bought('122', '$1.22'), kind }).words).toBe('$1.22 was not delivered');
  }
});

test('a withdrawal says what was paid out or came back, and what it was less', () => {
  const paidOut = (sign: '' | '-', minus: '' | '−') => ({
    ...none,
    kind: 'withdrawal',
    paidOut: {
      gross: usd(`${sign}2700`, `${minus}$27.00`),
      fee: usd(`${sign}1500`, `${minus}$15.00`),
      tax: usd('0', '$0.00'),
      net: usd(`${sign}1200`, `${minus}$12.00`),
    },
  });
  expect(moneyOf(paidOut('', ''))).toEqual({ words: 'Paid out $12.00', note: '$27.00 less fee $15.00' });
  expect(moneyOf(paidOut('-', '−'))).toEqual({ words: 'Came back $12.00', note: '$27.00 less fee $15.00' });
});
