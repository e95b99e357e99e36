import { expect, test } from 'vitest';
import type { Amount } from '../ui/amounts.ts';
import { chosenAtFirst, coinShelf, diamondShelf, orderBody, priced } from './choice.ts';
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
const shelf = coinShelf(packs, { numerator: '135', denominator: '100' });

test('what was asked for is chosen first', () => {
  expect(chosenAtFirst(shelf, '219')).toEqual({ kind: 'exact', packId: null, text: '219' });
  expect(chosenAtFirst(shelf, '3')).toEqual({ kind: 'exact', packId: null, text: '10' });
  expect(chosenAtFirst(shelf, '70')).toEqual({ kind: 'pack', packId: 'p70', text: '' });
  expect(chosenAtFirst(shelf, undefined)).toEqual({ kind: 'pack', packId: 'p350', text: '' });
});

test('a pack costs its price, an amount what its Coins cost', () => {
  expect(priced({ kind: 'pack', packId: 'p350', text: '' }, shelf)).toEqual({
    ware: 'coins',
    count: 350n,
    cents: 473n,
    packId: 'p350',
  });
  expect(priced({ kind: 'exact', packId: null, text: '219' }, shelf)).toEqual({
    ware: 'coins',
    count: 219n,
    cents: 296n,
    packId: null,
  });
  expect(priced({ kind: 'pack', packId: 'gone', text: '' }, shelf)).toHaveProperty('wrong');
});

test('an order names its price and the way back, if it is short enough', () => {
  const offer = { ware: 'coins', count: 219n, cents: 296n, packId: null } as const;
  expect(orderBody(offer, 'card', '/live/mira?sheet=gifts&gift=teddy')).toEqual({
    item: { kind: 'exact', coins: '219' },
    method: 'card',
    priceCents: '296',
    returnTo: '/wallet/orders?return=%2Flive%2Fmira%3Fsheet%3Dgifts%26gift%3Dteddy',
  });
  expect(orderBody(offer, 'card', `/live/${'x'.repeat(400)}`).returnTo).toBe('/wallet/orders');
});

test('Diamonds are bought whole and cost what they are worth, rounded up', () => {
  const diamonds = diamondShelf({
    packs: [
      {
        id: 'diamonds_100',
        diamonds: amount('DIAMOND', '100000'),
        price: amount('USD', '135'),
        perDiamond: '1.35¢',
      },
    ],
    exact: { min: amount('DIAMOND', '50000'), max: amount('DIAMOND', '100000000'), perDiamond: '1.35¢' },
    centsPerDiamond: { numerator: '1350000', denominator: '1000000' },
    policyVersion: 1,
    rateVersion: 1,
  });
  const offer = priced({ kind: 'exact', packId: null, text: '101' }, diamonds);
  expect(offer).toEqual({ ware: 'diamonds', count: 101n, cents: 137n, packId: null });
  if ('wrong' in offer) throw new Error(offer.wrong);
  expect(orderBody(offer, 'crypto', '/wallet')).toMatchObject({
    item: { kind: 'exact', diamonds: '101' },
    method: 'crypto',
  });
  expect(priced({ kind: 'exact', packId: null, text: '49' }, diamonds)).toEqual({
    wrong: 'You can buy between 50 and 100,000 Diamonds at once.',
  });
});
