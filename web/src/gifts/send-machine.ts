import type { Problem } from '../api/problem.ts';

/**
 * What happens to a gift between the press and the server's word about it. Pure: a state and an event give a state
 * and effects; time comes with the event. The promises that it keeps:
 *
 * - A press counts at once on the screen, and what is shown is never charged twice nor guessed.
 * - A streak has at most one request under way. Each carries the absolute count, under the key `streakId:count`, so
 *   presses in between travel together in the next one (every 250 ms at most).
 * - A request without an answer is asked about by its key. It is never sent again by itself.
 * - What was refused, or cannot be sent because the line is down, is taken back to the confirmed count, and said.
 */

/** Presses within this time of the last request travel together. */
export const COALESCE_MS = 250;
/** After this long without an answer the screen says "Checking…" and the server is asked by key. */
export const REPLY_MS = 4_000;
/** Asked again after this long when the server had not heard of the key: it may have been in a queue. */
const ABSENT_AGAIN_MS = 2_000;
/** Times the server must say that it never heard of a key before it is believed. */
const ABSENT_TIMES = 2;
/** Pauses between questions that nobody heard. */
const UNHEARD_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000, 15_000];
/** A question is put again by itself when even it got lost. */
const LOST_QUESTION_MS = 15_000;
/** Settled streaks are remembered for answers that come very late. */
const REMEMBER_MS = 60_000;
/** The most that one request can carry. */
export const QUANTITY_MAX = 999;
/** Counts that are celebrated. */
export const MILESTONES: readonly number[] = [10, 50, 66, 99, 188, 520];

/** What is being given. */
export interface GiftChoice {
  readonly id: string;
  readonly name: string;
  readonly art: string;
  readonly tier: number;
  /** Coins for one. */
  readonly price: bigint;
  readonly streakable: boolean;
}

/** One request under way. */
export interface Request {
  readonly key: string;
  /** The absolute count of the streak including this request. */
  readonly count: number;
  readonly sentAt: number;
  /** `asking`: no answer came in time, the server is being asked. */
  readonly phase: 'sent' | 'asking';
  readonly askAt: number;
  readonly absent: number;
  readonly unheard: number;
  /** Why it may have failed, when the server said that it could not tell. */
  readonly problem: Problem | null;
}

/** One streak of a person's own, or one gift that does not streak. */
export interface Streak {
  readonly id: string;
  readonly stageId: string;
  /** The id of the guest whom it is for; without it, the stage's own creator. */
  readonly to?: string | undefined;
  readonly gift: GiftChoice;
  /** The count shown: confirmed plus what is on its way. */
  readonly pressed: number;
  readonly confirmed: number;
  readonly request: Request | null;
  readonly startedAt: number;
  readonly lastPressAt: number;
  readonly lastSentAt: number;
  /** The person said yes to a streak that became dear. */
  readonly dearAgreed: boolean;
  /** From before a reload: it is only asked about, and nothing is taken off the shown balance for it. */
  readonly restored: boolean;
  /** When it was found complete; `null` while it is open or under way. */
  readonly settledAt: number | null;
}

export interface SendState {
  readonly streaks: readonly Streak[];
  readonly online: boolean;
}

export const NOTHING_SENT: SendState = { streaks: [], online: false };

/** What is written down so that a reload can ask about it. */
export interface PendingGift {
  readonly key: string;
  readonly streakId: string;
  readonly stageId: string;
  readonly giftId: string;
  readonly name: string;
  readonly art: string;
  readonly tier: number;
  /** Coins for one, digits. */
  readonly price: string;
  readonly streakable: boolean;
  readonly count: number;
  readonly confirmed: number;
}

export type SendEvent =
  | {
      readonly type: 'press';
      readonly at: number;
      readonly stageId: string;
      readonly to?: string | undefined;
      readonly gift: GiftChoice;
      readonly quantity: number;
      /** A fresh id for the case that this press begins a streak. */
      readonly freshId: string;
      /** Coins that the server last confirmed; `null` when not known: then the server decides. */
      readonly balance: bigint | null;
      /** How long a streak stays open after its last press. */
      readonly streakMs: number;
      /** A streak that reaches this many Coins asks once before it goes on. */
      readonly dearFrom: bigint;
      /** The person has already said yes to this very press. */
      readonly agreed?: boolean;
    }
  | { readonly type: 'tick'; readonly at: number; readonly streakMs: number }
  | { readonly type: 'ok'; readonly at: number; readonly key: string; readonly count?: number }
  | {
      readonly type: 'refused';
      readonly at: number;
      readonly key: string;
      readonly problem: Problem;
      /** The streak's confirmed count, where the server says it. */
      readonly count?: number;
    }
  | {
      readonly type: 'answer';
      readonly at: number;
      readonly key: string;
      readonly answer: 'found' | 'absent' | 'unheard';
    }
  | { readonly type: 'agree'; readonly at: number; readonly streakId: string }
  | { readonly type: 'online'; readonly at: number }
  | { readonly type: 'offline'; readonly at: number }
  | { readonly type: 'restore'; readonly at: number; readonly pending: readonly PendingGift[] };

export interface GiftFrame {
  readonly t: 'gift';
  readonly key: string;
  readonly stageId: string;
  readonly to?: string;
  readonly giftId: string;
  readonly quantity: number;
  readonly streakId?: string;
  readonly count?: number;
}

export type SendEffect =
  | { readonly do: 'send'; readonly frame: GiftFrame }
  | { readonly do: 'ask'; readonly key: string }
  | { readonly do: 'pressed'; readonly streak: Streak; readonly milestone: number | null }
  /** The line is down or an earlier gift is being checked; nothing was counted. */
  | { readonly do: 'paused'; readonly why: 'offline' | 'checking' }
  | { readonly do: 'short'; readonly missing: bigint }
  | { readonly do: 'askDear'; readonly streak: Streak; readonly coins: bigint }
  | {
      readonly do: 'rolledBack';
      readonly streak: Streak;
      readonly from: number;
      readonly to: number;
      readonly problem: Problem;
    }
  /** Complete: everything shown is confirmed and the streak is closed. */
  | { readonly do: 'settled'; readonly streak: Streak }
  /** An answer came after all, for something that had been taken back. */
  | { readonly do: 'sentAfterAll'; readonly streak: Streak; readonly more: number };

export interface Step {
  readonly state: SendState;
  readonly effects: readonly SendEffect[];
}

export const NOT_SENT: Problem = {
  status: 0,
  code: 'gift_not_sent',
  detail: 'It did not reach the server.',
  remedy: 'No Coins were taken. Send it again if you like.',
};

export const LINE_DOWN: Problem = {
  status: 0,
  code: 'offline',
  detail: 'The connection was lost before it was sent.',
  remedy: 'No Coins were taken for it. Send it again when you are back.',
};

/** One step. */
export function step(state: SendState, event: SendEvent): Step {
  switch (event.type) {
    case 'press':
      return press(state, event);
    case 'tick':
      return tick(state, event.at, event.streakMs);
    case 'ok':
      return confirmed(state, event.key, event.count, event.at);
    case 'refused':
      return refused(state, event);
    case 'answer':
      return answered(state, event);
    case 'agree':
      return agree(state, event.streakId);
    case 'online':
      return { state: { ...state, online: true }, effects: [] };
    case 'offline':
      return lineDown(state, event.at);
    case 'restore':
      return restore(state, event.pending, event.at);
  }
}

/** Coins shown as gone that the server has not confirmed yet. */
export function inFlightCoins(state: SendState): bigint {
  return state.streaks.reduce(
    (sum, streak) =>
      streak.restored ? sum : sum + BigInt(streak.pressed - streak.confirmed) * streak.gift.price,
    0n,
  );
}

/** The streak that the next press of this gift would extend. */
export function openStreak(
  state: SendState,
  stageId: string,
  giftId: string,
  at: number,
  streakMs: number,
  to?: string,
): Streak | null {
  return (
    state.streaks.find(
      (streak) =>
        streak.stageId === stageId &&
        streak.to === to &&
        streak.gift.id === giftId &&
        streak.gift.streakable &&
        !streak.restored &&
        streak.pressed > 0 &&
        streak.settledAt === null &&
        at - streak.lastPressAt <= streakMs,
    ) ?? null
  );
}

/** Whether an earlier gift on this stage is being asked about. */
export function isChecking(state: SendState, stageId: string): boolean {
  return state.streaks.some((streak) => streak.stageId === stageId && streak.request?.phase === 'asking');
}

/** What to write down now. */
export function pendingOf(state: SendState): PendingGift[] {
  return state.streaks.flatMap((streak) =>
    streak.request === null
      ? []
      : [
          {
            key: streak.request.key,
            streakId: streak.id,
            stageId: streak.stageId,
            giftId: streak.gift.id,
            name: streak.gift.name,
            art: streak.gift.art,
            tier: streak.gift.tier,
            price: streak.gift.price.toString(),
            streakable: streak.gift.streakable,
            count: streak.request.count,
            confirmed: streak.confirmed,
          },
        ],
  );
}

/** When `tick` has something to do next; `null` when never. */
export function nextTickAt(state: SendState, streakMs: number): number | null {
  let next: number | null = null;
  const at = (time: number) => {
    next = next === null ? time : Math.min(next, time);
  };
  for (const streak of state.streaks) {
    const { request } = streak;
    if (request !== null) at(request.phase === 'sent' ? request.sentAt + REPLY_MS : request.askAt);
    else if (streak.settledAt !== null) at(streak.settledAt + REMEMBER_MS);
    else if (streak.pressed > streak.confirmed) at(streak.lastSentAt + COALESCE_MS);
    else at(streak.lastPressAt + streakMs);
  }
  return next;
}

type PressEvent = Extract<SendEvent, { type: 'press' }>;

function press(state: SendState, event: PressEvent): Step {
  const { at, gift, quantity, stageId } = event;
  if (!state.online) return { state, effects: [{ do: 'paused', why: 'offline' }] };
  if (isChecking(state, stageId)) return { state, effects: [{ do: 'paused', why: 'checking' }] };

  const cost = gift.price * BigInt(quantity);
  const left = event.balance === null ? null : event.balance - inFlightCoins(state);
  if (left !== null && left < cost) return { state, effects: [{ do: 'short', missing: cost - left }] };

  const open = openStreak(state, stageId, gift.id, at, event.streakMs, event.to);
  const before = open ?? newStreak(event);
  const pressed = before.pressed + quantity;
  const coins = gift.price * BigInt(pressed);
  const asks = open !== null && !open.dearAgreed && event.agreed !== true && coins >= event.dearFrom;
  if (asks) return { state, effects: [{ do: 'askDear', streak: open, coins }] };

  const after: Streak = {
    ...before,
    pressed,
    lastPressAt: at,
    dearAgreed: before.dearAgreed || event.agreed === true,
  };
  const milestone = MILESTONES.findLast((count) => before.pressed < count && count <= pressed) ?? null;
  const sent = sendIfDue(after, at);
  return {
    state: {
      ...state,
      streaks: open === null ? [...state.streaks, sent.streak] : replace(state.streaks, sent.streak),
    },
    effects: [{ do: 'pressed', streak: sent.streak, milestone }, ...sent.effects],
  };
}

function newStreak(event: PressEvent): Streak {
  return {
    id: event.freshId,
    stageId: event.stageId,
    ...(event.to === undefined ? {} : { to: event.to }),
    gift: event.gift,
    pressed: 0,
    confirmed: 0,
    request: null,
    startedAt: event.at,
    lastPressAt: event.at,
    lastSentAt: Number.NEGATIVE_INFINITY,
    dearAgreed: false,
    restored: false,
    settledAt: null,
  };
}

function sendIfDue(streak: Streak, at: number): { streak: Streak; effects: SendEffect[] } {
  const waits = streak.request !== null || at - streak.lastSentAt < COALESCE_MS;
  if (waits || streak.pressed <= streak.confirmed) return { streak, effects: [] };
  const count = Math.min(streak.pressed, streak.confirmed + QUANTITY_MAX);
  const quantity = count - streak.confirmed;
  const key = streak.gift.streakable ? `${streak.id}:${count}` : streak.id;
  const frame: GiftFrame = {
    t: 'gift',
    key,
    stageId: streak.stageId,
    ...(streak.to === undefined ? {} : { to: streak.to }),
    giftId: streak.gift.id,
    quantity,
    ...(streak.gift.streakable ? { streakId: streak.id, count } : {}),
  };
  const request: Request = {
    key,
    count,
    sentAt: at,
    phase: 'sent',
    askAt: at + REPLY_MS,
    absent: 0,
    unheard: 0,
    problem: null,
  };
  return { streak: { ...streak, request, lastSentAt: at }, effects: [{ do: 'send', frame }] };
}

function tick(state: SendState, at: number, streakMs: number): Step {
  const effects: SendEffect[] = [];
  const streaks: Streak[] = [];
  for (const before of state.streaks) {
    let streak = before;
    if (streak.settledAt !== null && streak.request === null) {
      if (at - streak.settledAt < REMEMBER_MS) streaks.push(streak);
      continue;
    }
    if (streak.request !== null) {
      const asked = askIfDue(streak, streak.request, at);
      streak = asked.streak;
      effects.push(...asked.effects);
    } else if (streak.pressed > streak.confirmed && state.online) {
      const sent = sendIfDue(streak, at);
      streak = sent.streak;
      effects.push(...sent.effects);
    } else if (at - streak.lastPressAt >= streakMs) {
      streak = { ...streak, settledAt: at };
      if (streak.confirmed > 0) effects.push({ do: 'settled', streak });
    }
    streaks.push(streak);
  }
  return { state: { ...state, streaks }, effects };
}

function askIfDue(streak: Streak, request: Request, at: number): { streak: Streak; effects: SendEffect[] } {
  if (at < request.askAt) return { streak, effects: [] };
  const asking: Request = { ...request, phase: 'asking', askAt: at + LOST_QUESTION_MS };
  return { streak: { ...streak, request: asking }, effects: [{ do: 'ask', key: request.key }] };
}

function confirmed(state: SendState, key: string, told: number | undefined, at: number): Step {
  const streak = byKey(state, key);
  if (streak === undefined) return { state, effects: [] };
  const count = told ?? countOf(streak, key);
  const now = Math.max(streak.confirmed, count);
  // Something that had been taken back was sent after all.
  const more = Math.max(0, now - streak.pressed);
  const ours = streak.request?.key === key;
  const settles = streak.restored || (streak.settledAt !== null && more > 0);
  const next: Streak = {
    ...streak,
    confirmed: now,
    pressed: Math.max(streak.pressed, now),
    request: ours ? null : streak.request,
    settledAt: settles ? at : streak.settledAt,
  };
  const effects: SendEffect[] = [];
  if (more > 0 && !streak.restored) effects.push({ do: 'sentAfterAll', streak: next, more });
  if (streak.restored && ours) effects.push({ do: 'settled', streak: next });
  return { state: { ...state, streaks: replace(state.streaks, next) }, effects };
}

function refused(state: SendState, event: Extract<SendEvent, { type: 'refused' }>): Step {
  const streak = byKey(state, event.key);
  if (streak?.request?.key !== event.key) return { state, effects: [] };
  if (event.problem.status === 503) {
    // The server could not tell, or was too busy: the key is asked about, the gift is not sent again.
    const request: Request = {
      ...streak.request,
      phase: 'asking',
      askAt: event.at + (UNHEARD_MS[0] ?? 1_000),
      problem: event.problem,
    };
    return { state: { ...state, streaks: replace(state.streaks, { ...streak, request }) }, effects: [] };
  }
  return takeBack(state, streak, event.problem, event.count, event.at);
}

function answered(state: SendState, event: Extract<SendEvent, { type: 'answer' }>): Step {
  const streak = byKey(state, event.key);
  const request = streak?.request;
  if (streak === undefined || request?.key !== event.key) return { state, effects: [] };
  if (event.answer === 'found') return confirmed(state, event.key, request.count, event.at);
  if (event.answer === 'absent' && request.absent + 1 >= ABSENT_TIMES) {
    return takeBack(state, streak, request.problem ?? NOT_SENT, undefined, event.at);
  }
  const next: Request =
    event.answer === 'absent'
      ? { ...request, absent: request.absent + 1, askAt: event.at + ABSENT_AGAIN_MS }
      : {
          ...request,
          unheard: request.unheard + 1,
          askAt: event.at + (UNHEARD_MS[Math.min(request.unheard, UNHEARD_MS.length - 1)] ?? 15_000),
        };
  return {
    state: { ...state, streaks: replace(state.streaks, { ...streak, request: next }) },
    effects: [],
  };
}

function takeBack(
  state: SendState,
  streak: Streak,
  problem: Problem,
  told: number | undefined,
  at: number,
): Step {
  const from = streak.restored ? (streak.request?.count ?? streak.pressed) : streak.pressed;
  const to = Math.min(from, Math.max(streak.confirmed, told ?? streak.confirmed));
  // Nothing is left under way, so the next press begins anew; late answers still find it.
  const next: Streak = { ...streak, pressed: to, confirmed: to, request: null, settledAt: at };
  return {
    state: { ...state, streaks: replace(state.streaks, next) },
    effects: [{ do: 'rolledBack', streak: next, from, to, problem }],
  };
}

function lineDown(state: SendState, at: number): Step {
  const effects: SendEffect[] = [];
  const streaks = state.streaks.map((streak): Streak => {
    const { request } = streak;
    const kept = request?.count ?? streak.confirmed;
    // What was never sent is not sent later by itself.
    if (streak.pressed > kept && !streak.restored) {
      effects.push({ do: 'rolledBack', streak, from: streak.pressed, to: kept, problem: LINE_DOWN });
    }
    return {
      ...streak,
      pressed: Math.min(streak.pressed, kept),
      request:
        request === null ? null : { ...request, phase: 'asking', askAt: at + (UNHEARD_MS[0] ?? 1_000) },
    };
  });
  return { state: { online: false, streaks }, effects };
}

function restore(state: SendState, pending: readonly PendingGift[], at: number): Step {
  const known = new Set(state.streaks.map((streak) => streak.request?.key));
  const restored = pending
    .filter((gift) => !known.has(gift.key))
    .map(
      (gift): Streak => ({
        id: gift.streakId,
        stageId: gift.stageId,
        gift: {
          id: gift.giftId,
          name: gift.name,
          art: gift.art,
          tier: gift.tier,
          price: BigInt(gift.price),
          streakable: gift.streakable,
        },
        pressed: gift.count,
        confirmed: gift.confirmed,
        request: {
          key: gift.key,
          count: gift.count,
          sentAt: at,
          phase: 'asking',
          askAt: at,
          absent: 0,
          unheard: 0,
          problem: null,
        },
        startedAt: at,
        lastPressAt: at,
        lastSentAt: at,
        dearAgreed: true,
        restored: true,
        settledAt: null,
      }),
    );
  return { state: { ...state, streaks: [...state.streaks, ...restored] }, effects: [] };
}

function byKey(state: SendState, key: string): Streak | undefined {
  return state.streaks.find(({ id }) => key === id || key.startsWith(`${id}:`));
}

function countOf(streak: Streak, key: string): number {
  if (streak.request?.key === key) return streak.request.count;
  const count = Number(key.slice(streak.id.length + 1));
  return Number.isSafeInteger(count) && count > 0 ? count : streak.pressed;
}

function replace(streaks: readonly Streak[], next: Streak): Streak[] {
  return streaks.map((streak) => (streak.id === next.id ? next : streak));
}

function agree(state: SendState, streakId: string): Step {
  const streaks = state.streaks.map((streak) =>
    streak.id === streakId ? { ...streak, dearAgreed: true } : streak,
  );
  return { state: { ...state, streaks }, effects: [] };
}
