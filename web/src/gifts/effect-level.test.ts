import { expect, test } from 'vitest';
import { effectLevel } from './effect-level.ts';

const NOTHING = { chosen: null, reduced: false, saves: false, slow: false };

test('without a choice it is full, or calm where something asks for it', () => {
  expect(effectLevel(NOTHING)).toBe('full');
  for (const why of ['reduced', 'saves', 'slow'])
    expect(effectLevel({ ...NOTHING, [why]: true })).toBe('calm');
});

test('a choice stands, also on a slow stage; only the wish for less motion is above it', () => {
  expect(effectLevel({ ...NOTHING, chosen: 'full', saves: true, slow: true })).toBe('full');
  expect(effectLevel({ ...NOTHING, chosen: 'full', reduced: true })).toBe('calm');
  expect(effectLevel({ ...NOTHING, chosen: 'off', reduced: true, slow: true })).toBe('off');
  expect(effectLevel({ ...NOTHING, chosen: 'calm' })).toBe('calm');
});

test('what is not a level is no choice', () => {
  expect(effectLevel({ ...NOTHING, chosen: 'wild' })).toBe('full');
});
