import { expect, test } from 'vitest';
import type { StageCard } from '../live/stage-api.ts';
import { fullest, shelves, withLead } from './directory.ts';

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
    next: null,
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

test('the fullest stage leads, and the others keep their order', () => {
  const stages = [stage('a'), { ...stage('b'), viewers: 7 }, { ...stage('c'), viewers: 7 }];
  expect(fullest(stages)?.id).toBe('b');
  expect(ids(withLead(stages, 'b'))).toBe('b,a,c');
  expect(ids(withLead(stages, 'gone'))).toBe('a,b,c');
  expect(fullest([])).toBeUndefined();
});

test('nobody followed leaves the order alone', () => {
  expect(ids(shelves([stage('b'), stage('a')], []).others)).toBe('b,a');
});
