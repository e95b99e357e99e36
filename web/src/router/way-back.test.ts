import { expect, test } from 'vitest';
import { wayBack } from './way-back.ts';

test.each(['/', '/live/mira?sheet=gifts#top', '/wallet/orders?return=%2Flive', '/c/mira?q=a//b', '/café'])(
  '%j is a way back',
  (path) => {
    expect(wayBack({ return: path })).toEqual({ return: path });
    expect(new URL(path, 'https://carat.example').origin).toBe('https://carat.example');
  },
);

test.each([
  undefined,
  7,
  '',
  'live',
  'https://evil.example',
  'javascript:alert(1)',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\\evil.example',
  '\t//evil.example',
])('%j is none', (path) => {
  expect(wayBack({ return: path })).toEqual({});
});
