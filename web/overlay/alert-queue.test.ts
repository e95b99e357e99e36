import { describe, expect, it } from 'vitest';
import { type AlertNews, AlertQueue } from './alert-queue.ts';
import { blocks } from './line.ts';

const RULES = { minTier: 1, minCoins: 0, seconds: 5, follows: false };
let number = 0;

function gift(about: Partial<AlertNews> = {}): AlertNews {
  number += 1;
  return {
    kind: 'gift',
    alert: `gift_${number}`,
    atMs: 0,
    tier: 1,
    count: 1,
    coins: 10,
    streaks: false,
    final: true,
    test: false,
    ...about,
  };
}

/** Lets time pass from one due moment to the next, and says what began and ended when. */
function run(queue: AlertQueue<AlertNews>, fromMs: number, toMs: number): string[] {
  const told: string[] = [];
  let nowMs = fromMs;
  for (;;) {
    const { ended, began } = queue.tick(nowMs);
    if (ended !== null) told.push(`${nowMs} ends ${ended}`);
    if (began !== null) told.push(`${nowMs} ${began.resumed ? 'goes on' : 'begins'} ${began.news.alert}`);
    const next = queue.nextMs();
    if (next === null || next > toMs) return told;
    nowMs = Math.max(next, nowMs + 1);
  }
}

describe('the queue of alerts', () => {
  it('shows one at a time, with a short gap, each once', () => {
    const queue = new AlertQueue(RULES);
    const [a, b] = [gift({ alert: 'a' }), gift({ alert: 'b' })];
    for (const news of [a, b, a, b]) queue.take(news, 0);
    expect(run(queue, 0, 60_000)).toEqual(['0 begins a', '5000 ends a', '5400 begins b', '10400 ends b']);
    queue.take(a, 20_000);
    expect(run(queue, 20_000, 60_000)).toEqual([]);
  });

  it.each([
    [1, 5_000],
    [3, 6_000],
    [4, 7_500],
    [5, 10_000],
  ])('a gift of tier %i stays %i ms', (tier, ms) => {
    const queue = new AlertQueue(RULES);
    queue.take(gift({ alert: 'a', tier }), 0);
    expect(run(queue, 0, 60_000)).toEqual(['0 begins a', `${ms} ends a`]);
  });

  it('a streak is one alert: it takes the absolute count and ends after its end', () => {
    const queue = new AlertQueue(RULES);
    const streak = { alert: 's', streaks: true, final: false };
    queue.take(gift({ ...streak, count: 1 }), 0);
    queue.tick(0);
    queue.take(gift({ ...streak, count: 7 }), 3_000);
    queue.take(gift({ ...streak, count: 4 }), 3_100);
    expect(queue.playing?.news.count).toBe(7);
    expect(queue.nextMs()).toBe(3_100 + 20_000);
    queue.take(gift({ ...streak, count: 9, final: true }), 9_000);
    expect(queue.playing?.news).toMatchObject({ count: 9, final: true });
    expect(run(queue, 9_000, 60_000)).toEqual(['11200 ends s']);
  });

  it('a long streak lets others have their turn and comes back with its count', () => {
    const queue = new AlertQueue(RULES);
    const streak = { alert: 's', streaks: true, final: false };
    queue.take(gift({ ...streak, count: 1 }), 0);
    queue.tick(0);
    queue.take(gift({ alert: 'b', atMs: 1_000 }), 1_000);
    queue.take(gift({ ...streak, count: 30, atMs: 14_000 }), 14_000);
    expect(run(queue, 14_000, 15_400)).toEqual(['15400 begins b']);
    queue.take(gift({ ...streak, count: 55, final: true, atMs: 17_000 }), 17_000);
    expect(run(queue, 17_000, 60_000)).toEqual(['20400 ends b', '20800 goes on s', '23000 ends s']);
  });

  it('what is below the thresholds is passed over, until a streak reaches them', () => {
    const queue = new AlertQueue({ ...RULES, minTier: 2, minCoins: 100 });
    queue.take(gift({ tier: 1, coins: 500 }), 0);
    queue.take(gift({ tier: 3, coins: 99 }), 0);
    queue.take(gift({ kind: 'follow', tier: 1 }), 0);
    expect(run(queue, 0, 1_000)).toEqual([]);
    const streak = { alert: 's', tier: 2, streaks: true, final: false };
    queue.take(gift({ ...streak, coins: 60, count: 2 }), 1_000);
    expect(queue.nextMs()).toBeNull();
    queue.take(gift({ ...streak, coins: 120, count: 4 }), 2_000);
    expect(run(queue, 2_000, 3_000)).toEqual(['2000 begins s']);
  });

  it('what is older than a minute is passed over; a dear one that only had to wait is not', () => {
    const queue = new AlertQueue(RULES);
    queue.take(gift({ alert: 'old', atMs: 0 }), 60_001);
    expect(queue.nextMs()).toBeNull();
    for (let each = 0; each < 14; each++) queue.take(gift({ alert: `x${each}`, atMs: 0 }), 0);
    queue.take(gift({ alert: 'dear', tier: 5, atMs: 0 }), 0);
    const began = run(queue, 0, 300_000).filter((said) => said.includes('begins'));
    expect(began).toHaveLength(13);
    expect(began.at(-1)).toContain('dear');
    for (let each = 0; each < 3; each++) queue.take(gift({ tier: 5, atMs: 100_000 }), 100_000);
    queue.passOverOld(160_001);
    expect(queue.waiting).toBe(0);
  });

  it('a page that is opened again passes over what was shown and goes on with what was showing', () => {
    const queue = new AlertQueue(RULES);
    queue.remember([
      { alert: 'a', beganMs: 1_000, done: true },
      { alert: 'b', beganMs: 6_400, done: false },
      { alert: 'gone', beganMs: 0, done: false },
    ]);
    queue.take(gift({ alert: 'a', atMs: 500 }), 8_000);
    queue.take(gift({ alert: 'c', atMs: 3_000 }), 8_000);
    queue.take(gift({ alert: 'b', atMs: 2_000 }), 8_000);
    queue.take(gift({ alert: 'gone', atMs: 100 }), 8_000);
    expect(run(queue, 8_000, 60_000)).toEqual([
      '8000 goes on b',
      '11400 ends b',
      '11800 begins c',
      '16800 ends c',
    ]);
  });

  it('a streak whose end never comes is given up after a silence', () => {
    const queue = new AlertQueue(RULES);
    queue.take(gift({ alert: 's', streaks: true, final: false }), 0);
    expect(run(queue, 0, 60_000)).toEqual(['0 begins s', '20000 ends s']);
  });
});

describe('reading the line', () => {
  it('takes messages however the text is cut, and passes over what is none', () => {
    const text =
      ': here\n\nretry: 2000\n\nid: 4\nevent: gift\ndata: {"type":"gift","seq":4}\n\ndata: {oops\n\nevent: end\ndata: {"type":"end"}\n\n';
    for (const size of [1, 3, 7, text.length]) {
      const told: string[] = [];
      const read = blocks(({ type }) => told.push(type));
      for (let from = 0; from < text.length; from += size) read(text.slice(from, from + size));
      expect(told).toEqual(['gift', 'end']);
    }
  });
});
