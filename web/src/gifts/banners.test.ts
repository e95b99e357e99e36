import { describe, expect, it } from 'vitest';
import {
  type Banner,
  type BannerNews,
  endBanner,
  expire,
  LINGER_MS,
  nextExpiry,
  rollBack,
  showBanner,
  visible,
} from './banners.ts';

const NEWS: BannerNews = {
  id: 'koji:s1',
  mine: false,
  nickname: 'Koji',
  avatar: 'tiger',
  giftName: 'Clap',
  art: '1f44f',
  count: 1,
  pending: false,
  coins: 1,
  endsAt: 3_000,
};

const of = (...news: readonly Partial<BannerNews>[]): Banner[] =>
  news.reduce<Banner[]>((banners, change, at) => showBanner(banners, { ...NEWS, ...change }, at), []);

describe('banners', () => {
  it('merge by group, and the absolute count never falls by late news', () => {
    const banners = of({ count: 3, coins: 3 }, { count: 5, coins: 5, endsAt: 4_000 }, { count: 4, coins: 4 });
    expect(banners).toHaveLength(1);
    expect(banners[0]).toMatchObject({ count: 5, coins: 5, endsAt: 4_000, shownAt: 0 });
  });

  it('close by their own timer, though no end was ever heard', () => {
    const banners = of({});
    expect(nextExpiry(banners)).toBe(3_000 + LINGER_MS);
    expect(expire(banners, 3_000 + LINGER_MS - 1)).toHaveLength(1);
    expect(expire(banners, 3_000 + LINGER_MS)).toHaveLength(0);
  });

  it('stay while a part of one’s own is not confirmed', () => {
    expect(expire(of({ mine: true, pending: true }), 60_000)).toHaveLength(1);
  });

  it('end early when the final came', () => {
    expect(endBanner(of({}), NEWS.id, 1_000)[0]?.endsAt).toBe(1_000);
  });

  it.each([
    [4, 1, 4],
    [0, 0, undefined],
  ])('take one’s own count back to %i', (confirmed, left, count) => {
    const banners = rollBack(of({ mine: true, count: 5, pending: true }), NEWS.id, confirmed, 1_000);
    expect(banners).toHaveLength(left);
    expect(banners[0]?.count).toBe(count);
  });

  it('show one’s own always, and the weakest gives way first', () => {
    const banners = of(
      { id: 'a', coins: 10 },
      { id: 'b', coins: 500 },
      { id: 'c', coins: 1 },
      { id: 'me', coins: 2, mine: true },
      { id: 'd', coins: 30 },
    );
    expect(visible(banners, 3).map(({ id }) => id)).toEqual(['b', 'd', 'me']);
    expect(visible(banners, 2).map(({ id }) => id)).toEqual(['b', 'me']);
  });
});
