import { expect, test } from 'vitest';
import { csvAddress, filterOf, filterParams } from './entry-filter.ts';

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

test('an address that is no filter is no filter', () => {
  expect(filterOf({ asset: 'USD', kind: 'toString', direction: 1, from: 'soon', to: '2026-99-99' })).toEqual(
    {},
  );
  expect(filterOf({ asset: 'COIN', kind: 'gift', from: '2026-11-01' })).toEqual({
    asset: 'COIN',
    kind: 'gift',
    from: '2026-11-01',
  });
});
