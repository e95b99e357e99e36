import { expect, test } from 'vitest';
import type { Amount } from '../ui/amounts.ts';
import { chosenAtFirst, orderBody, priced } from './choice.ts';
import type { CoinPacks } from './wallet-api.ts';

const amount = (asset: Amount['asset'], units: string): Amount => ({ asset, units, display: units });
const packs: CoinPacks = {
  packs: [
    { id: 'p70', coins: amount('COIN', '70'), price: amount('USD', '95'), perCoin: '1.35¢' },
    { id: 'p350', coins: amount('COIN', '350'), price: amount('USD', '473'), perCoin: '1.35¢' },
  ],
  exact: { min: amount('COIN', '10'), max: amount('COIN', '100000'), perCoin: '1.35¢' },
  policyVersion: 1,
};
const perCoin = { numerator: '135', denominator: '100' };

test('what was asked for is chosen first', () => {
  expect(chosenAtFirst(packs, '219')).toEqual({ kind: 'exact', packId: null, text: '219' });
  expect(chosenAtFirst(packs, '3')).toEqual({ kind: 'exact', packId: null, text: '10' });
  expect(chosenAtFirst(packs, '70')).toEqual({ kind: 'pack', packId: 'p70', text: '' });
  expect(chosenAtFirst(packs, undefined)).toEqual({ kind: 'pack', packId: 'p350', text: '' });
});

test('a pack costs its price, an amount what its Coins cost', () => {
  expect(priced({ kind: 'pack', packId: 'p350', text: '' }, packs, perCoin)).toEqual({
    coins: 350n,
    cents: 473n,
    packId: 'p350',
  });
  expect(priced({ kind: 'exact', packId: null, text: '219' }, packs, perCoin)).toEqual({
    coins: 219n,
    cents: 296n,
    packId: null,
  });
  expect(priced({ kind: 'pack', packId: 'gone', text: '' }, packs, perCoin)).toHaveProperty('wrong');
});

test('an order names its price and the way back, if it is short enough', () => {
  const offer = { coins: 219n, cents: 296n, packId: null };
  expect(orderBody(offer, '/live/mira?sheet=gifts&gift=teddy')).toEqual({
    item: { kind: 'exact', coins: '219' },
    priceCents: '296',
    returnTo: '/wallet/orders?return=%2Flive%2Fmira%3Fsheet%3Dgifts%26gift%3Dteddy',
  });
  expect(orderBody(offer, `/live/${'x'.repeat(400)}`).returnTo).toBe('/wallet/orders');
});
