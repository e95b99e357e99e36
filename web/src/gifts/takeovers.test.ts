import { describe, expect, it } from 'vitest';
import {
  CARD_MS,
  enqueue,
  FULL_MS,
  NO_TAKEOVERS,
  playNext,
  SHORT_MS,
  type Takeover,
  type TakeoverQueue,
} from './takeovers.ts';

const gift = (id: string, coins = 4_999): Takeover => ({
  id,
  nickname: 'Ferro',
  avatar: 'frog',
  giftName: 'Saturn',
  art: '1fa90',
  quantity: 1,
  coins,
});

const queueOf = (count: number): TakeoverQueue => {
  let queue = NO_TAKEOVERS;
  for (let at = 0; at < count; at++) queue = enqueue(queue, gift(`g${at}`), false).queue;
  return queue;
};

describe('takeovers', () => {
  it('play one at a time, the dearest next and equal ones by age', () => {
    let queue = enqueue(NO_TAKEOVERS, gift('first'), false).queue;
    for (const next of [gift('a'), gift('b', 9_999), gift('c')]) queue = enqueue(queue, next, false).queue;
    const played: (string | undefined)[] = [];
    for (; queue.playing !== null; queue = playNext(queue, false)) played.push(queue.playing.id);
    expect(played).toEqual(['first', 'b', 'a', 'c']);
  });

  it('take each gift once, however often it is told', () => {
    const { queue } = enqueue(queueOf(2), gift('g1'), false);
    expect(queue.waiting).toHaveLength(1);
  });

  it.each([
    ['nothing waits', 1, 0],
    ['three more wait after it', 5, FULL_MS],
    ['four more wait after it', 6, SHORT_MS],
  ])('when %s, the next of %i plays %i ms', (_when, count, playMs) => {
    expect(playNext(queueOf(count), false).playMs).toBe(playMs);
  });

  it('become banners when too many wait', () => {
    const queue = queueOf(10);
    expect(queue.waiting).toHaveLength(9);
    expect(enqueue(queue, gift('late'), false).taken).toBe(false);
  });

  it('are a still card where motion is reduced', () => {
    expect(enqueue(NO_TAKEOVERS, gift('a'), true).queue.playMs).toBe(CARD_MS);
  });
});
