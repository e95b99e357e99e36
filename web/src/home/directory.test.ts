import { expect, test } from 'vitest';
import type { StageCard } from '../live/stage-api.ts';
import { shelves } from './directory.ts';

function stage(id: string, live = true): StageCard {
  return {
    id,
    handle: id,
    displayName: id,
    avatar: 'fox',
    title: id,
    hashtags: [],
    category: null,
    live,
    viewers: 1,
    startedAt: null,
    scene: 'lamp',
  };
}

const ids = (stages: readonly StageCard[]) => stages.map(({ id }) => id).join();

test('every stage stands on one shelf, the followed ones first', () => {
  const all = [stage('a'), stage('b'), stage('c', false), stage('b'), stage('d')];
  const { followed, others, away } = shelves(all, [stage('b'), stage('c', false)]);
  expect(ids(followed)).toBe('b');
  expect(ids(others)).toBe('a,d');
  expect(ids(away)).toBe('c');
});

test('nobody followed leaves the order alone', () => {
  expect(ids(shelves([stage('b'), stage('a')], []).others)).toBe('b,a');
});
