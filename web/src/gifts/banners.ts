/** The streak banners at the lower left. Pure: lists in, lists out, time comes as an argument. */

export interface Banner {
  /** Sender and group: gifts of one streak share one banner. */
  readonly id: string;
  readonly mine: boolean;
  readonly nickname: string;
  readonly avatar: string;
  readonly giftName: string;
  readonly art: string;
  /** Absolute: what is shown. */
  readonly count: number;
  /** Part of the count is not confirmed yet; only ever on one's own. */
  readonly pending: boolean;
  /** Coins of the whole streak so far; the weakest gives way first. */
  readonly coins: number;
  readonly shownAt: number;
  /** When its ring runs out: it closes by itself, also when no end was ever heard. */
  readonly endsAt: number;
}

/** Ended banners stay a moment, so that the last count can be read. */
export const LINGER_MS = 1_100;

export type BannerNews = Omit<Banner, 'shownAt'>;

/**
 * Adds or grows a banner. Counts are absolute and never fall by news that comes late;
 * only the sender's own page may take a count back (`rollBack`).
 */
export function showBanner(banners: readonly Banner[], news: BannerNews, at: number): Banner[] {
  const known = banners.find(({ id }) => id === news.id);
  if (known === undefined) return [...banners, { ...news, shownAt: at }];
  const grown: Banner = {
    ...known,
    ...news,
    count: Math.max(known.count, news.count),
    coins: Math.max(known.coins, news.coins),
    endsAt: Math.max(known.endsAt, news.endsAt),
  };
  return banners.map((banner) => (banner.id === news.id ? grown : banner));
}

/** Takes one's own count back to what is confirmed; nothing left takes the banner away. */
export function rollBack(banners: readonly Banner[], id: string, count: number, at: number): Banner[] {
  return banners.flatMap((banner) => {
    if (banner.id !== id) return [banner];
    return count === 0
      ? []
      : [{ ...banner, count, pending: false, endsAt: Math.max(banner.endsAt, at + LINGER_MS) }];
  });
}

/** Ends a banner's ring now; it lingers a moment. */
export function endBanner(banners: readonly Banner[], id: string, at: number): Banner[] {
  return banners.map((banner) =>
    banner.id === id && banner.endsAt > at ? { ...banner, endsAt: at } : banner,
  );
}

/** What is left at this time. One's own with something unconfirmed never leaves by time. */
export function expire(banners: readonly Banner[], at: number): Banner[] {
  const left = banners.filter((banner) => banner.pending || banner.endsAt + LINGER_MS > at);
  return left.length === banners.length ? (banners as Banner[]) : left;
}

/** When `expire` has something to do next; `null` when never. */
export function nextExpiry(banners: readonly Banner[]): number | null {
  if (banners.length === 0) return null;
  return Math.min(...banners.map((banner) => banner.endsAt + LINGER_MS));
}

/** The ones on the screen, oldest first: one's own always, then the strongest. */
export function visible(banners: readonly Banner[], limit: number): Banner[] {
  return [...banners]
    .sort((a, b) => Number(b.mine) - Number(a.mine) || b.coins - a.coins || b.shownAt - a.shownAt)
    .slice(0, limit)
    .sort((a, b) => Number(a.mine) - Number(b.mine) || a.shownAt - b.shownAt);
}
