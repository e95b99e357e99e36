import { expect, test } from 'vitest';
import { csvAddress, filterParams } from './wallet-api.ts';

test('days become instants, and the last one is included whole', () => {
  const asked = filterParams({ asset: 'COIN', from: '2026-11-01', to: '2026-11-30' });
  expect(asked.get('asset')).toBe('COIN');
  expect(asked.get('from')).toBe(new Date(2026, 10, 1).toISOString());
  expect(asked.get('to')).toBe(new Date(2026, 11, 1).toISOString());
});

test('nothing asked, nothing in the address', () => {
  expect(csvAddress({})).toBe('/v1/me/wallet/entries.csv');
  expect(csvAddress({ kind: 'gift', direction: 'out' })).toBe(
    '/v1/me/wallet/entries.csv?kind=gift&direction=out',
  );
});

test('a day that is none is left out', () => {
  expect(filterParams({ from: 'soon' }).toString()).toBe('');
});
