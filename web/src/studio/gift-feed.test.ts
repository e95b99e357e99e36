import { expect, test } from 'vitest';
import type { GiftEvent } from '../realtime/frames.ts';
import { fed } from './gift-feed.ts';

const event = (groupId: string, repeatCount: number, giftInstanceId: string): GiftEvent =>
  ({
    type: 'gift',
    userId: 'user_1',
    groupId,
    giftInstanceId,
    nickname: 'Ana',
    avatar: 'fox',
    giftName: 'Rose',
    art: '1f339',
    tier: 1,
    repeatCount,
    coins: String(repeatCount),
    createTime: '1000',
  }) as unknown as GiftEvent;

test('a streak goes on in its place, and is thanked for by its last gift', () => {
  const events = [event('a', 1, 'gift_1'), event('b', 1, 'gift_2'), event('a', 4, 'gift_3')];
  const gifts = events.reduce(fed, []);
  expect(gifts.map(({ key, count, giftId }) => [key, count, giftId])).toEqual([
    ['user_1:b', 1, 'gift_2'],
    ['user_1:a', 4, 'gift_3'],
  ]);
});

test('the list stays short', () => {
  const gifts = Array.from({ length: 100 }, (_, at) => event(String(at), 1, `gift_${at}`)).reduce(fed, []);
  expect(gifts.length).toBe(60);
  expect(gifts[0]?.giftId).toBe('gift_99');
});
