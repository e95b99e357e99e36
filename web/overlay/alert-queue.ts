/** Which alert shows when: one at a time, each once. Pure but for what it remembers; times are the server's. */

export interface AlertNews {
  readonly kind: 'gift' | 'follow';
  /** What it is about: the news of one streak share it. */
  readonly alert: string;
  readonly atMs: number;
  readonly tier: number;
  /** Of a streak: all of it so far. */
  readonly count: number;
  readonly coins: number;
  /** Whether more may come. */
  readonly streaks: boolean;
  readonly final: boolean;
  readonly test: boolean;
}

export interface Rules {
  readonly minTier: number;
  readonly minCoins: number;
  readonly seconds: number;
  readonly follows: boolean;
}

export interface Playing<News extends AlertNews> {
  readonly news: News;
  readonly beganMs: number;
  /** `null` while the streak goes on. */
  readonly endsMs: number | null;
  /** Goes on with what another page, or this one before it was loaded anew, began. */
  readonly resumed: boolean;
}

const AGE_MAX_MS = 60_000;
const GAP_MS = 400;
/** Dear gifts stay longer: by tier, 1 to 5. */
const LENGTHS = [1, 1, 1.2, 1.5, 2];
/** Dear ones are not passed over because others took so long. */
const DEAR_TIER = 4;
const AFTER_FINAL_MS = 2_200;
/** A streak is shown again later when others wait for so long; and its end is given up after a silence. */
const STREAK_TURN_MS = 15_000;
const STREAK_SILENT_MS = 20_000;
const REMEMBERED_MAX = 2_000;

export class AlertQueue<News extends AlertNews> {
  rules: Rules;
  #waiting: News[] = [];
  #playing: Playing<News> | null = null;
  #freeMs = 0;
  #heardMs = 0;
  readonly #done = new Set<string>();
  /** Begun elsewhere and not yet over: when. */
  readonly #begun = new Map<string, number>();

  constructor(rules: Rules) {
    this.rules = rules;
  }

  get playing(): Playing<News> | null {
    return this.#playing;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** What was shown before this page was opened. */
  remember(
    plays: readonly { readonly alert: string; readonly beganMs: number; readonly done: boolean }[],
  ): void {
    for (const { alert, beganMs, done } of plays) {
      if (this.#playing?.news.alert === alert) continue;
      if (done) this.#finished(alert);
      else this.#begun.set(alert, beganMs);
    }
  }

  /** Something happened. What is known of it already is brought up to date in place. */
  take(news: News, nowMs: number): void {
    if (this.#done.has(news.alert)) return;
    if (this.#playing?.news.alert === news.alert) {
      this.#heardMs = nowMs;
      this.#update(this.#playing, news, nowMs);
      return;
    }
    const at = this.#waiting.findIndex(({ alert }) => alert === news.alert);
    const before = this.#waiting[at];
    if (before !== undefined) {
      this.#waiting[at] = newer(before, news);
      return;
    }
    if (!this.#passes(news) || nowMs - news.atMs > AGE_MAX_MS) return;
    // What is showing elsewhere goes on first.
    if (this.#begun.has(news.alert)) this.#waiting.unshift(news);
    else this.#waiting.push(news);
  }

  /** Ends and begins what is due. Says what changed; call it again at `nextMs`. */
  tick(nowMs: number): { readonly ended: string | null; readonly began: Playing<News> | null } {
    const ended = this.#endDue(nowMs);
    const began = this.#playing === null && nowMs >= this.#freeMs ? this.#beginNext(nowMs) : null;
    return { ended, began };
  }

  /** When something is due; `null`: when something happens. */
  nextMs(): number | null {
    if (this.#playing !== null) {
      const { endsMs, beganMs } = this.#playing;
      if (endsMs !== null) return endsMs;
      const silent = this.#heardMs + STREAK_SILENT_MS;
      return this.#waiting.length === 0 ? silent : Math.min(silent, beganMs + STREAK_TURN_MS);
    }
    return this.#waiting.length === 0 ? null : this.#freeMs;
  }

  /** The page was hidden for a while: what is old by now is not news any more. */
  passOverOld(nowMs: number): void {
    this.#waiting = this.#waiting.filter(({ atMs }) => nowMs - atMs <= AGE_MAX_MS);
  }

  clear(): void {
    this.#waiting = [];
    this.#playing = null;
  }

  #passes({ kind, tier, coins, test }: News): boolean {
    if (kind === 'follow') return this.rules.follows || test;
    return tier >= this.rules.minTier && coins >= this.rules.minCoins;
  }

  #endDue(nowMs: number): string | null {
    const playing = this.#playing;
    if (playing === null) return null;
    const { news, endsMs, beganMs } = playing;
    if (endsMs === null) {
      const silent = nowMs >= this.#heardMs + STREAK_SILENT_MS;
      const moves = this.#waiting.length > 0 && nowMs >= beganMs + STREAK_TURN_MS;
      if (!silent && !moves) return null;
      if (!silent) {
        // Others have their turn; it comes back with the count that it has by then.
        this.#waiting.push(news);
        this.#begun.set(news.alert, beganMs);
        this.#playing = null;
        this.#freeMs = nowMs + GAP_MS;
        return null;
      }
    } else if (nowMs < endsMs) return null;
    this.#finished(news.alert);
    this.#playing = null;
    this.#freeMs = nowMs + GAP_MS;
    return news.alert;
  }

  #beginNext(nowMs: number): Playing<News> | null {
    for (;;) {
      const news = this.#waiting.shift();
      if (news === undefined) return null;
      const begunMs = this.#begun.get(news.alert);
      this.#begun.delete(news.alert);
      if (begunMs === undefined && news.tier < DEAR_TIER && nowMs - news.atMs > AGE_MAX_MS) continue;
      const lengthMs = this.#lengthMs(news);
      const open = news.streaks && !news.final;
      if (begunMs !== undefined && !news.streaks && nowMs >= begunMs + lengthMs) {
        this.#finished(news.alert);
        continue;
      }
      const resumed = begunMs !== undefined;
      const beganMs = resumed && !news.streaks ? begunMs : nowMs;
      const endsMs = open ? null : beganMs + (resumed && news.streaks ? AFTER_FINAL_MS : lengthMs);
      this.#heardMs = nowMs;
      this.#playing = { news, beganMs, endsMs, resumed };
      return this.#playing;
    }
  }

  #update(playing: Playing<News>, news: News, nowMs: number): void {
    const now = newer(playing.news, news);
    const endsMs =
      now.streaks && now.final && playing.endsMs === null
        ? Math.max(playing.beganMs + this.#lengthMs(now), nowMs + AFTER_FINAL_MS)
        : playing.endsMs;
    this.#playing = { ...playing, news: now, endsMs };
  }

  #lengthMs({ tier }: News): number {
    return this.rules.seconds * 1_000 * (LENGTHS[tier - 1] ?? 1);
  }

  #finished(alert: string): void {
    if (this.#done.size >= REMEMBERED_MAX) this.#done.delete(this.#done.values().next().value ?? '');
    this.#done.add(alert);
    this.#begun.delete(alert);
  }
}

/** Counts are absolute: the higher one is the later one, and an end stays an end. */
function newer<News extends AlertNews>(before: News, news: News): News {
  const later = news.count >= before.count ? news : before;
  return { ...later, final: before.final || news.final };
}
