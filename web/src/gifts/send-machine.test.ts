import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../api/problem.ts';
import {
  COALESCE_MS,
  type GiftChoice,
  type GiftFrame,
  inFlightCoins,
  NOTHING_SENT,
  nextTickAt,
  type PendingGift,
  pendingOf,
  REPLY_MS,
  type SendEffect,
  type SendEvent,
  type SendState,
  step,
} from './send-machine.ts';

const ROSE: GiftChoice = { id: 'rose', name: 'Rose', art: '1f339', tier: 1, price: 1n, streakable: true };
const TEDDY: GiftChoice = { id: 'teddy', name: 'Teddy', art: '1f9f8', tier: 2, price: 99n, streakable: true };
const CROWN: GiftChoice = {
  id: 'crown',
  name: 'Crown',
  art: '1f451',
  tier: 3,
  price: 499n,
  streakable: false,
};
const LIMIT: Problem = { status: 409, code: 'limit', detail: 'limit reached', remedy: 'Change the limit.' };
const BUSY: Problem = {
  status: 503,
  code: 'ledger_outcome_unknown',
  detail: 'unknown',
  remedy: 'Ask again.',
};
const STREAK_MS = 3_000;

/** Runs events one after the other and keeps every effect. */
class Run {
  state: SendState = step(NOTHING_SENT, { type: 'online', at: 0 }).state;
  effects: SendEffect[] = [];
  #fresh = 0;

  do(event: SendEvent): this {
    const { state, effects } = step(this.state, event);
    this.state = state;
    this.effects.push(...effects);
    return this;
  }

  press(
    at: number,
    gift = ROSE,
    more: { quantity?: number; balance?: bigint | null; agreed?: boolean } = {},
  ): this {
    this.#fresh += 1;
    const { quantity = 1, balance = 2_480n, agreed } = more;
    return this.do({
      type: 'press',
      at,
      stageId: 'stage_1',
      gift,
      quantity,
      freshId: `s${this.#fresh}`,
      balance,
      streakMs: STREAK_MS,
      dearFrom: 1_000n,
      ...(agreed === undefined ? {} : { agreed }),
    });
  }

  tick(at: number): this {
    return this.do({ type: 'tick', at, streakMs: STREAK_MS });
  }

  sent(): GiftFrame[] {
    return this.effects.flatMap((effect) => (effect.do === 'send' ? [effect.frame] : []));
  }

  of<Kind extends SendEffect['do']>(kind: Kind): Extract<SendEffect, { do: Kind }>[] {
    return this.effects.filter((effect): effect is Extract<SendEffect, { do: Kind }> => effect.do === kind);
  }

  shown(): number {
    return this.state.streaks.reduce((sum, streak) => sum + streak.pressed, 0);
  }
}

describe('sending', () => {
  it('sends the first press at once and lets the next ones travel together with the absolute count', () => {
    const run = new Run().press(0).press(80).press(160).press(240);
    expect(run.sent()).toEqual([
      { t: 'gift', key: 's1:1', stageId: 'stage_1', giftId: 'rose', quantity: 1, streakId: 's1', count: 1 },
    ]);
    run.do({ type: 'ok', at: 100, key: 's1:1', count: 1 }).tick(COALESCE_MS);
    expect(run.sent().at(-1)).toMatchObject({ key: 's1:4', quantity: 3, count: 4 });
  });

  it('takes every press off the shown balance at once and nothing twice', () => {
    const run = new Run().press(0).press(100).press(200);
    expect(inFlightCoins(run.state)).toBe(3n);
    run.do({ type: 'ok', at: 220, key: 's1:1', count: 1 });
    expect(inFlightCoins(run.state)).toBe(2n);
    run.tick(300).do({ type: 'ok', at: 350, key: 's1:3', count: 3 });
    expect(inFlightCoins(run.state)).toBe(0n);
  });

  it('never has two requests of one streak under way', () => {
    const run = new Run().press(0).press(300).tick(600).press(900).tick(1_200);
    expect(run.sent()).toHaveLength(1);
  });

  it('begins a new streak after the window, and extends it within', () => {
    const run = new Run().press(0).do({ type: 'ok', at: 20, key: 's1:1', count: 1 });
    run.press(STREAK_MS).do({ type: 'ok', at: 3_020, key: 's1:2', count: 2 });
    run.press(2 * STREAK_MS + 1);
    expect(run.sent().map((frame) => frame.key)).toEqual(['s1:1', 's1:2', 's3:1']);
  });

  it('sends a gift that does not streak on its own, under a fresh key', () => {
    const run = new Run().press(0, CROWN).press(100, CROWN);
    expect(run.sent()).toEqual([
      { t: 'gift', key: 's1', stageId: 'stage_1', giftId: 'crown', quantity: 1 },
      { t: 'gift', key: 's2', stageId: 'stage_1', giftId: 'crown', quantity: 1 },
    ]);
  });

  it('settles a streak once, after its window and its last answer', () => {
    const run = new Run().press(0).tick(STREAK_MS);
    expect(run.of('settled')).toHaveLength(0);
    run.do({ type: 'ok', at: 3_100, key: 's1:1', count: 1 }).tick(3_100).tick(9_000);
    expect(run.of('settled')).toHaveLength(1);
  });

  it.each([
    [9, 1, 10],
    [1, 50, 50],
    [60, 6, 66],
    [10, 1, null],
  ])('celebrates %i and then %i more as %s', (first, more, milestone) => {
    const run = new Run().press(0, ROSE, { quantity: first }).press(10, ROSE, { quantity: more });
    expect(run.of('pressed').at(-1)?.milestone).toBe(milestone);
  });
});

describe('not sending', () => {
  it.each<[string, bigint | null, bigint | null]>([
    ['enough', 99n, null],
    ['one short', 98n, 1n],
    ['nothing', 0n, 99n],
    ['a balance that is not known leaves it to the server', null, null],
  ])('with %s', (_name, balance, missing) => {
    const run = new Run().press(0, TEDDY, { balance });
    expect(run.of('short').map((effect) => effect.missing)).toEqual(missing === null ? [] : [missing]);
    expect(run.shown()).toBe(missing === null ? 1 : 0);
  });

  it('counts what is on its way against the balance', () => {
    const run = new Run().press(0, TEDDY, { balance: 150n }).press(50, TEDDY, { balance: 150n });
    expect(run.of('short')).toEqual([{ do: 'short', missing: 48n }]);
  });

  it('asks once when a streak becomes dear in total, then goes on', () => {
    const run = new Run();
    for (let press = 0; press < 11; press++) run.press(press * 100, TEDDY);
    expect(run.of('askDear')).toHaveLength(1);
    expect(run.of('askDear')[0]?.coins).toBe(1_089n);
    expect(run.shown()).toBe(10);
    run.press(1_200, TEDDY, { agreed: true }).press(1_300, TEDDY);
    expect(run.shown()).toBe(12);
    expect(run.of('askDear')).toHaveLength(1);
  });

  it('is paused while the line is down', () => {
    const run = new Run().do({ type: 'offline', at: 0 }).press(10);
    expect(run.of('paused')).toEqual([{ do: 'paused', why: 'offline' }]);
    expect(run.sent()).toHaveLength(0);
  });
});

describe('taking back', () => {
  it('counts down to what is confirmed and says why', () => {
    const run = new Run().press(0).do({ type: 'ok', at: 20, key: 's1:1', count: 1 });
    run.press(100).press(150).press(200).press(240).tick(COALESCE_MS);
    run.do({ type: 'refused', at: 280, key: 's1:5', problem: LIMIT, count: 4 });
    expect(run.of('rolledBack')).toMatchObject([{ from: 5, to: 4, problem: LIMIT }]);
    expect(inFlightCoins(run.state)).toBe(0n);
    expect(run.shown()).toBe(4);
  });

  it('begins a new streak at the next press', () => {
    const run = new Run().press(0).do({ type: 'refused', at: 20, key: 's1:1', problem: LIMIT }).press(300);
    expect(run.sent().map((frame) => frame.key)).toEqual(['s1:1', 's2:1']);
  });

  it('believes a late yes about something it had taken back', () => {
    const run = new Run().press(0).tick(REPLY_MS);
    run.do({ type: 'answer', at: 4_100, key: 's1:1', answer: 'absent' }).tick(6_100);
    run.do({ type: 'answer', at: 6_200, key: 's1:1', answer: 'absent' });
    expect(run.of('rolledBack')).toMatchObject([{ from: 1, to: 0 }]);
    run.do({ type: 'ok', at: 6_900, key: 's1:1', count: 1 });
    expect(run.of('sentAfterAll')).toMatchObject([{ more: 1 }]);
    expect(run.shown()).toBe(1);
    expect(inFlightCoins(run.state)).toBe(0n);
  });
});

describe('not knowing', () => {
  it('asks by key after four seconds and sends nothing again', () => {
    const run = new Run().press(0).tick(REPLY_MS - 1);
    expect(run.of('ask')).toHaveLength(0);
    run.tick(REPLY_MS);
    expect(run.of('ask')).toEqual([{ do: 'ask', key: 's1:1' }]);
    run.press(4_050);
    expect(run.of('paused')).toEqual([{ do: 'paused', why: 'checking' }]);
    run.do({ type: 'answer', at: 4_100, key: 's1:1', answer: 'found' });
    expect(run.shown()).toBe(1);
    expect(inFlightCoins(run.state)).toBe(0n);
    expect(run.sent()).toHaveLength(1);
  });

  it('keeps asking while nobody hears the question, and never guesses', () => {
    const run = new Run().press(0);
    let asked = 0;
    for (let at = REPLY_MS; at < 120_000; at = nextTickAt(run.state, STREAK_MS) ?? at) {
      run.tick(at);
      if (run.of('ask').length > asked) {
        asked = run.of('ask').length;
        run.do({ type: 'answer', at, key: 's1:1', answer: 'unheard' });
      }
    }
    expect(asked).toBeGreaterThan(8);
    expect(run.of('rolledBack')).toHaveLength(0);
    expect(inFlightCoins(run.state)).toBe(1n);
  });

  it('does not take a first "never heard of it" for a no', () => {
    const run = new Run().press(0).tick(REPLY_MS);
    run.do({ type: 'answer', at: 4_010, key: 's1:1', answer: 'absent' });
    expect(run.of('rolledBack')).toHaveLength(0);
    run.tick(6_010).do({ type: 'answer', at: 6_020, key: 's1:1', answer: 'found' });
    expect(run.shown()).toBe(1);
  });

  it('asks when the server itself could not tell', () => {
    const run = new Run().press(0).do({ type: 'refused', at: 50, key: 's1:1', problem: BUSY });
    expect(run.of('rolledBack')).toHaveLength(0);
    run.tick(1_050);
    expect(run.of('ask')).toHaveLength(1);
  });

  it('takes back what was never sent when the line goes down, and asks about the rest', () => {
    const run = new Run().press(0).press(50).press(100).do({ type: 'offline', at: 120 });
    expect(run.of('rolledBack')).toMatchObject([{ from: 3, to: 1 }]);
    expect(inFlightCoins(run.state)).toBe(1n);
    run.do({ type: 'online', at: 900 }).tick(1_120);
    expect(run.of('ask')).toEqual([{ do: 'ask', key: 's1:1' }]);
    run.do({ type: 'answer', at: 1_200, key: 's1:1', answer: 'found' });
    expect(run.shown()).toBe(1);
    expect(run.sent()).toHaveLength(1);
  });

  it('asks after a reload about what was under way, sends nothing again, and takes nothing off twice', () => {
    const before = new Run().press(0).press(100);
    const written: PendingGift[] = pendingOf(before.state);
    expect(written).toMatchObject([{ key: 's1:1', count: 1, confirmed: 0 }]);
    const after = new Run().do({ type: 'restore', at: 10_000, pending: written }).tick(10_000);
    expect(after.of('ask')).toEqual([{ do: 'ask', key: 's1:1' }]);
    expect(inFlightCoins(after.state)).toBe(0n);
    after.do({ type: 'answer', at: 10_050, key: 's1:1', answer: 'found' });
    expect(after.of('settled')).toHaveLength(1);
    expect(after.sent()).toHaveLength(0);
    expect(pendingOf(after.state)).toEqual([]);
  });
});

/** A server that may lose a question or an answer, be slow, or say no, and that charges by absolute count. */
class Town {
  readonly #counts = new Map<string, number>();
  readonly #seen = new Set<string>();
  charged = 0n;

  take(frame: GiftFrame, price: bigint): void {
    if (this.#seen.has(frame.key)) return;
    this.#seen.add(frame.key);
    const id = frame.streakId ?? frame.key;
    const before = this.#counts.get(id) ?? 0;
    const count = frame.count ?? frame.quantity;
    this.charged += BigInt(Math.max(0, count - before)) * price;
    this.#counts.set(id, Math.max(before, count));
  }

  count(frame: GiftFrame): number {
    return this.#counts.get(frame.streakId ?? frame.key) ?? 0;
  }

  knows(key: string): boolean {
    return this.#seen.has(key);
  }
}

describe('whatever the line does', () => {
  const fate = fc.record({
    fate: fc.constantFrom('ok', 'ok', 'ok', 'lostQuestion', 'lostAnswer', 'refused', 'busy', 'slow'),
    delay: fc.integer({ min: 1, max: 900 }),
  });
  const move = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('press' as const),
        wait: fc.integer({ min: 0, max: 700 }),
        gift: fc.constantFrom(ROSE, TEDDY, CROWN),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('drop' as const),
        wait: fc.integer({ min: 0, max: 700 }),
        gift: fc.constant(ROSE),
      }),
    },
  );

  it('what is shown at the end is what the server charged', () => {
    fc.assert(
      fc.property(
        fc.array(move, { minLength: 1, maxLength: 60 }),
        fc.array(fate, { minLength: 80, maxLength: 80 }),
        (moves, fates) => {
          const town = new Town();
          const run = new Run();
          const due: { at: number; event: SendEvent }[] = [];
          const prices = new Map([ROSE, TEDDY, CROWN].map((gift) => [gift.id, gift.price]));
          let seen = 0;
          let used = 0;
          let now = 0;

          const world = () => {
            for (; seen < run.effects.length; seen++) {
              const effect = run.effects[seen];
              if (effect?.do === 'send') {
                const { fate: what, delay } = fates[used++ % fates.length] ?? { fate: 'ok', delay: 10 };
                const { frame } = effect;
                const at = now + (what === 'slow' ? delay + REPLY_MS : delay);
                if (what === 'refused')
                  due.push({
                    at,
                    event: { type: 'refused', at, key: frame.key, problem: LIMIT, count: town.count(frame) },
                  });
                else if (what === 'busy')
                  due.push({ at, event: { type: 'refused', at, key: frame.key, problem: BUSY } });
                else if (what !== 'lostQuestion') {
                  town.take(frame, prices.get(frame.giftId) ?? 0n);
                  if (what !== 'lostAnswer')
                    due.push({ at, event: { type: 'ok', at, key: frame.key, count: town.count(frame) } });
                }
              }
              if (effect?.do === 'ask') {
                const at = now + 30;
                due.push({
                  at,
                  event: {
                    type: 'answer',
                    at,
                    key: effect.key,
                    answer: town.knows(effect.key) ? 'found' : 'absent',
                  },
                });
              }
            }
            const open = run.state.streaks.flatMap((streak) =>
              streak.request === null ? [] : [streak.request.key],
            );
            expect(new Set(open).size).toBe(open.length);
            expect(inFlightCoins(run.state)).toBeGreaterThanOrEqual(0n);
          };
          const until = (time: number) => {
            for (;;) {
              due.sort((a, b) => a.at - b.at);
              const tickAt = nextTickAt(run.state, STREAK_MS);
              const event = due[0];
              const next = Math.min(
                event?.at ?? Number.POSITIVE_INFINITY,
                tickAt ?? Number.POSITIVE_INFINITY,
              );
              if (next > time) break;
              now = Math.max(now, next);
              if (event !== undefined && event.at === next)
                run.do(due.shift()?.event ?? { type: 'online', at: now });
              else run.tick(now);
              world();
            }
            now = time;
          };

          for (const { kind, wait, gift } of moves) {
            until(now + wait);
            if (kind === 'press') run.press(now, gift, { balance: null, agreed: true });
            else run.do({ type: 'offline', at: now }).do({ type: 'online', at: now });
            world();
          }
          until(now + 50_000);

          const shown = run.state.streaks.reduce(
            (sum, streak) => sum + BigInt(streak.pressed) * streak.gift.price,
            0n,
          );
          expect(inFlightCoins(run.state)).toBe(0n);
          // Settled streaks are forgotten after a while; what is left must agree, and nothing was charged unseen.
          const keys = run.sent().map((frame) => frame.key);
          expect(new Set(keys).size).toBe(keys.length);
          if (
            run.state.streaks.length === new Set(run.sent().map((frame) => frame.streakId ?? frame.key)).size
          ) {
            expect(shown).toBe(town.charged);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
