import type { GiftEvent } from '../realtime/frames.ts';
import { ANNOUNCE_EVERY_MS, type GiftNews, plural, sentence } from './announcer.ts';
import {
  type Banner,
  type BannerNews,
  endBanner,
  expire,
  nextExpiry,
  rollBack,
  showBanner,
} from './banners.ts';
import { effects } from './effects.ts';
import type { SendEffect, Streak } from './send-machine.ts';
import { enqueue, NO_TAKEOVERS, playNext, type TakeoverQueue } from './takeovers.ts';

/** A gift that is bigger than a banner and smaller than the stage. */
export interface Burst {
  readonly id: string;
  readonly art: string;
  readonly tier: number;
}

export interface ShowView {
  readonly banners: readonly Banner[];
  readonly takeovers: TakeoverQueue;
  readonly burst: Burst | null;
  /** For the polite live region. */
  readonly said: string;
}

/** How long each tier's burst plays, by tier. */
export const BURST_MS: Readonly<Record<number, number>> = { 3: 1_800, 4: 2_500 };
const TAKES_STAGE = 5;

/**
 * What gifts show on one stage: banners, one burst or takeover at a time, and one merged sentence for screen readers.
 * The room's events are the truth; one's own presses show at once and are corrected by it.
 */
export class Show {
  #view: ShowView = { banners: [], takeovers: NO_TAKEOVERS, burst: null, said: '' };
  readonly #me: { readonly handle: string; readonly avatar: string } | null;
  readonly #streakMs: number;
  readonly #goalPercent: () => number | null;
  #news: GiftNews[] = [];
  #bannerTimer: ReturnType<typeof setTimeout> | undefined;
  /** When it rings, in `Date.now()` time; infinite while it is not set. */
  #bannerRingsAt = Number.POSITIVE_INFINITY;
  #sayTimer: ReturnType<typeof setTimeout> | undefined;
  #takeoverTimer: ReturnType<typeof setTimeout> | undefined;
  #burstTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #watchers = new Set<() => void>();
  /** Banners of others are shown when the room is; one's own, and what plays for a time, at once. */
  #hears = false;
  #waits = false;

  constructor(
    me: { readonly handle: string; readonly avatar: string } | null,
    streakMs: number,
    goalPercent: () => number | null,
  ) {
    this.#me = me;
    this.#streakMs = streakMs;
    this.#goalPercent = goalPercent;
  }

  view = (): ShowView => this.#view;

  subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  stop(): void {
    for (const timer of [this.#bannerTimer, this.#sayTimer, this.#takeoverTimer, this.#burstTimer]) {
      clearTimeout(timer);
    }
    this.#bannerRingsAt = Number.POSITIVE_INFINITY;
  }

  /** A gift that the room was told of. Banners of others are shown with the next `showHeard`. */
  hear(event: GiftEvent): void {
    const mine = event.uniqueId === this.#me?.handle;
    const id = `${event.uniqueId}:${mine ? this.#ownGroup(event) : event.groupId}`;
    if (event.deltaCount > 0 && !mine) this.#tell(event);
    if (event.tier >= TAKES_STAGE && event.deltaCount > 0) {
      const { queue, taken } = enqueue(
        this.#view.takeovers,
        {
          id: event.eventId,
          nickname: mine ? 'You' : event.nickname,
          avatar: event.avatar,
          giftName: event.giftName,
          art: event.art,
          quantity: event.repeatCount,
          coins: Number(event.coins),
        },
        effects() === 'calm',
      );
      if (effects() === 'off') return;
      if (taken) {
        const first = this.#view.takeovers.playing === null;
        this.#set({ takeovers: queue });
        if (first) this.#planTakeover();
        return;
      }
    }
    const at = Date.now();
    const known = this.#view.banners.some((banner) => banner.id === id);
    if (event.deltaCount === 0 && !known) return;
    this.#hears = !mine;
    this.#showBanner({
      id,
      mine,
      nickname: mine ? 'You' : event.nickname,
      avatar: event.avatar,
      giftName: event.giftName,
      art: event.art,
      count: event.repeatCount,
      pending: mine ? this.#pendingOf(id, event.repeatCount) : false,
      coins: Number(event.coins),
      endsAt: at + this.#streakMs,
    });
    if (event.final && event.giftType === 1) this.#setBanners(endBanner(this.#view.banners, id, at));
    this.#hears = false;
    if (!known && !mine) this.#burst(event.eventId, event.art, event.tier);
  }

  /** Shows what was heard since the last time: with the room's own changes, so that the page is drawn once for both. */
  showHeard(): void {
    if (this.#waits) this.#set({});
  }

  /** What the send machine did with one's own gifts. */
  own(effect: SendEffect): void {
    if (this.#me === null) return;
    const at = Date.now();
    if (effect.do === 'pressed') {
      const { streak } = effect;
      if (streak.gift.tier >= TAKES_STAGE) return;
      this.#showBanner({
        id: this.#bannerId(streak),
        mine: true,
        nickname: 'You',
        avatar: this.#me.avatar,
        giftName: streak.gift.name,
        art: streak.gift.art,
        count: streak.pressed,
        pending: streak.pressed > streak.confirmed,
        coins: Number(streak.gift.price) * streak.pressed,
        endsAt: at + this.#streakMs,
      });
      if (streak.pressed <= 1 || !streak.gift.streakable)
        this.#burst(streak.id, streak.gift.art, streak.gift.tier);
    }
    if (effect.do === 'rolledBack') {
      this.#setBanners(rollBack(this.#view.banners, this.#bannerId(effect.streak), effect.to, at));
    }
    if (effect.do === 'settled') {
      const { streak } = effect;
      const id = this.#bannerId(streak);
      const banners = this.#view.banners.map((banner) =>
        banner.id === id ? { ...banner, pending: false } : banner,
      );
      this.#setBanners(endBanner(banners, id, at));
    }
  }

  /** The streak's confirmed count grew: nothing hatched is left when all of it is. */
  confirm(streaks: readonly Streak[]): void {
    let changed = false;
    const banners = this.#view.banners.map((banner) => {
      if (!banner.mine || !banner.pending) return banner;
      const streak = streaks.find((one) => this.#bannerId(one) === banner.id);
      if (streak === undefined || streak.pressed > streak.confirmed) return banner;
      changed = true;
      return { ...banner, pending: false };
    });
    if (changed) this.#setBanners(banners);
  }

  /** Skips the playing takeover, for this page only. */
  skip(): boolean {
    if (this.#view.takeovers.playing === null) return false;
    this.#nextTakeover();
    return true;
  }

  #bannerId(streak: Streak): string {
    return `${this.#me?.handle ?? ''}:${streak.id}`;
  }

  /** Own gifts that do not streak come back under the server's id; they belong to the banner that waits for them. */
  #ownGroup(event: GiftEvent): string {
    const [group = event.groupId] = event.groupId.split('.');
    if (event.giftType === 1) return group;
    const waiting = this.#view.banners.find(
      (banner) => banner.mine && banner.giftName === event.giftName && banner.count === event.repeatCount,
    );
    return waiting === undefined ? group : waiting.id.slice(waiting.id.indexOf(':') + 1);
  }

  #pendingOf(id: string, count: number): boolean {
    const banner = this.#view.banners.find((one) => one.id === id);
    return banner?.pending === true && banner.count > count;
  }

  #showBanner(news: BannerNews): void {
    if (effects() === 'off') return;
    this.#setBanners(showBanner(this.#view.banners, news, Date.now()));
  }

  #setBanners(banners: readonly Banner[]): void {
    if (banners !== this.#view.banners) this.#set({ banners });
    // Most news lets banners stay longer: a timer that rings too early costs less than one set anew for each gift.
    const next = nextExpiry(banners);
    if (next === null || next >= this.#bannerRingsAt) return;
    clearTimeout(this.#bannerTimer);
    this.#bannerRingsAt = next;
    this.#bannerTimer = setTimeout(() => this.#expireBanners(), Math.max(50, next - Date.now()));
  }

  #expireBanners(): void {
    this.#bannerRingsAt = Number.POSITIVE_INFINITY;
    this.#setBanners(expire(this.#view.banners, Date.now()));
  }

  #burst(id: string, art: string, tier: number): void {
    const duration = BURST_MS[tier];
    const busy = this.#view.burst !== null || this.#view.takeovers.playing !== null;
    if (duration === undefined || busy || effects() !== 'full') return;
    this.#set({ burst: { id, art, tier } });
    this.#burstTimer = setTimeout(() => this.#set({ burst: null }), duration);
  }

  #planTakeover(): void {
    clearTimeout(this.#takeoverTimer);
    const { playing, playMs } = this.#view.takeovers;
    if (playing === null) return;
    this.#sayNow(`${playing.nickname} sent ${playing.giftName}.`);
    this.#takeoverTimer = setTimeout(() => this.#nextTakeover(), playMs);
  }

  #nextTakeover(): void {
    this.#set({ takeovers: playNext(this.#view.takeovers, effects() === 'calm') });
    this.#planTakeover();
  }

  #tell(event: GiftEvent): void {
    if (event.tier >= TAKES_STAGE) return;
    this.#news.push({
      group: `${event.uniqueId}:${event.groupId}`,
      nickname: event.nickname,
      giftName: event.giftName,
      count: event.repeatCount,
    });
    this.#sayTimer ??= setTimeout(() => {
      this.#sayTimer = undefined;
      this.#sayNow(sentence(this.#news, this.#goalPercent()));
      this.#news = [];
    }, ANNOUNCE_EVERY_MS);
  }

  #sayNow(said: string): void {
    this.#set({ said });
  }

  #set(change: Partial<ShowView>): void {
    this.#view = { ...this.#view, ...change };
    this.#waits = this.#hears;
    if (this.#hears) return;
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** "12 Roses sent. 2,440 Coins left." */
export function ownSentence(streak: Streak, coins: bigint | null): string {
  const sent = `${streak.confirmed} ${plural(streak.gift.name, streak.confirmed)} sent.`;
  return coins === null ? sent : `${sent} ${coins.toLocaleString('en-US')} Coins left.`;
}
