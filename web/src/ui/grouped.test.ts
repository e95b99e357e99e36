import { expect, test } from 'vitest';
import { grouped } from './grouped.ts';

const keyOf = (item: string) => ({ own: item, group: item.startsWith('streak') ? item.slice(0, 7) : null });

test('a group stands where its newest item stood', () => {
  const items = ['a', 'streak1 x3', 'b', 'streak1 x2', 'streak2 x1', 'streak1 x1'];
  expect(grouped(items, keyOf).map(({ items: members }) => members.join(' + '))).toEqual([
    'a',
    'streak1 x3 + streak1 x2 + streak1 x1',
    'b',
    'streak2 x1',
  ]);
});

test('nothing in, nothing out', () => {
  expect(grouped([], keyOf)).toEqual([]);
});
