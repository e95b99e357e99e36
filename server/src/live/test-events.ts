import { newId, publicId, type Uuid } from '../core/ids.ts';
import { oncePer } from '../core/once-per.ts';
import { Refusal } from '../core/refusal.ts';
import { giftToTest } from '../gifts/index.ts';
import type { House } from '../house.ts';
import { TOO_MANY_REQUESTS } from '../http/refusals.ts';
import { Allowance } from '../realtime/allowance.ts';
import type { Json, NewRoomEvent } from '../realtime/room-event.ts';
import type { StreamMessage } from '../realtime/stream-batch.ts';
import type { Living } from './living.ts';
import { STAGE_NOT_LIVE } from './refusals.ts';
import { flat, goalEvent, supportersEvent } from './stage-events.ts';
import { keepTestEvents, type StageRow, stageOf } from './store.ts';

export const TEST_TYPES = [
  'gift',
  'chat',
  'like',
  'follow',
  'goal',
  'supporters',
  'question',
  'match',
] as const;

/** What a creator wants to see happen. */
export interface TestWish {
  readonly type: (typeof TEST_TYPES)[number];
  readonly giftId?: string;
  readonly count?: number;
  /** A gift: whether it is a streak that grows over some seconds. */
  readonly grows?: boolean;
  readonly comment?: string;
  readonly nickname?: string;
}

/** Something that a test tells, and how long after its beginning. */
export interface TestStep {
  readonly afterMs: number;
  /** Gets its id where it is told. */
  readonly event: NewRoomEvent;
}

/** Who is in a test: nobody real but the creator. */
export interface TestPeople {
  readonly fan: TestPerson;
  readonly creator: TestPerson;
}
type TestPerson = Parameters<typeof flat>[0];

/** Makes the events of a type of test that another slice knows. */
export type MakeTest = (house: House, people: TestPeople, wish: TestWish) => readonly TestStep[];

const makers = new Map<string, MakeTest>();

/** Says how tests of this type are made; registered by the slice that knows such events. */
export function useTestEvents(kind: TestWish['type'], make: MakeTest): void {
  makers.set(kind, make);
}

/** Told without an id of an event. */
const NOISE = new Set(['chat', 'like']);
const PER_SECOND = 2;
const AT_ONCE = 20;
const CREATORS_MAX = 10_000;
/** Between two counts of a streak that grows, and how many are told. */
const STREAK_STEP_MS = 450;
const STREAK_STEPS_MAX = 8;

/** Test events of each creator. */
export class TestBench {
  readonly #allowances = new Map<Uuid, Allowance>();

  mayPass(creatorId: Uuid): boolean {
    const nowMs = performance.now();
    const known = this.#allowances.get(creatorId);
    if (known !== undefined) return known.take(nowMs);
    if (this.#allowances.size >= CREATORS_MAX) this.#allowances.clear();
    const allowance = new Allowance(PER_SECOND, AT_ONCE, nowMs);
    this.#allowances.set(creatorId, allowance);
    return allowance.take(nowMs);
  }
}

/**
 * Tells the tools that read the creator's stage, and asked for tests, something that did not happen: marked and without
 * a number. Live or not. What takes some seconds goes on after this has resolved; the answer has all of it.
 * Refuses with `gift_unknown`, `stage_not_live` (there is no stage) or `too_many_requests`.
 */
export async function sendTestEvent(
  living: Living,
  creatorId: Uuid,
  wish: TestWish,
): Promise<readonly StreamMessage[]> {
  const { house, tests } = living;
  const stage = await stageOf(house.db, creatorId);
  if (stage === undefined) throw new Refusal(STAGE_NOT_LIVE);
  if (!tests.mayPass(creatorId)) throw new Refusal(TOO_MANY_REQUESTS, { seconds: 10 });
  const steps = (await stepsOf(living, stage, wish)).map(({ afterMs, event }) => ({
    afterMs,
    event: { ...(NOISE.has(event.type) ? {} : ownId()), ...event, test: true } as StreamMessage,
  }));
  const now = steps.filter(({ afterMs }) => afterMs === 0).map(({ event }) => event);
  await tell(house, stage.id, now);
  for (const { afterMs, event } of steps.filter((step) => step.afterMs > 0)) {
    setTimeout(() => {
      tell(house, stage.id, [event]).catch((error: unknown) => {
        house.log.warn({ err: error }, 'a test event could not be told');
      });
    }, afterMs).unref();
  }
  return steps.map(({ event }) => event);
}

/** Other processes that hear nothing on a bus find it in the database. */
async function tell(house: House, stageId: Uuid, events: readonly StreamMessage[]): Promise<void> {
  const { hub, db } = house;
  hub.tellTests(stageId, events);
  if (!hub.inCompany() || hub.inTouch()) return;
  const id = newId();
  testsTold(house).add(id);
  await keepTestEvents(db, { id, stageId, events });
}

/** The tests on their way to others that this process told its own readers already. */
export const testsTold = oncePer((_house: House) => new TestsTold());

class TestsTold {
  #ids = new Set<Uuid>();

  /** Says whether it is new. */
  add(id: Uuid): boolean {
    if (this.#ids.has(id)) return false;
    if (this.#ids.size > 10_000) this.#ids.clear();
    this.#ids.add(id);
    return true;
  }
}

async function stepsOf({ house }: Living, stage: StageRow, wish: TestWish): Promise<readonly TestStep[]> {
  const nowMs = house.clock.now();
  const { creatorId: id, handle, displayName, avatar } = stage;
  const creator = { id, handle, displayName, avatar };
  const fan = { id: newId(), handle: 'test_fan', displayName: wish.nickname ?? 'Test fan', avatar: 'fox' };
  const createTime = String(nowMs);
  const once = (event: NewRoomEvent): TestStep[] => [{ afterMs: 0, event }];
  switch (wish.type) {
    case 'gift':
      return giftSteps(house, wish, { sender: fan, receiver: creator });
    case 'chat':
      return once({
        type: 'chat',
        createTime,
        msgId: publicId('chat', newId()),
        ...flat(fan),
        comment: wish.comment ?? 'This is a test.',
        emotes: [],
        userBadges: [],
        isHost: false,
      });
    case 'like': {
      const likeCount = wish.count ?? 1;
      return once({ type: 'like', createTime, likeCount, totalLikeCount: stage.likes + likeCount });
    }
    case 'follow':
      return once({ type: 'follow', createTime, ...flat(fan), followCount: wish.count ?? 1 });
    case 'goal':
      return [2_600_000n, 5_100_000n, 7_400_000n, 10_000_000n].map((units, index) => ({
        afterMs: index * 1_500,
        event: goalEvent(
          stage,
          { id, title: 'Test goal', targetUnits: 10_000_000n, fromUnits: 0n },
          units,
          nowMs,
        ),
      }));
    case 'supporters':
      return [0, 1].map((step) => ({
        afterMs: step * 3_000,
        event: supportersEvent(stage, testSupporters(fan, step), 0, nowMs),
      }));
    case 'question':
    case 'match':
      return makers.get(wish.type)?.(house, { fan, creator }, wish) ?? [];
  }
}

/** All at once; or as a streak grows, and then its end. */
async function giftSteps(
  house: House,
  wish: TestWish,
  people: { readonly sender: TestPerson; readonly receiver: TestPerson },
): Promise<TestStep[]> {
  const count = wish.count ?? 1;
  const told = await giftToTest(house, { giftId: wish.giftId ?? 'rose', count }, people);
  const [first, end] = told;
  if (wish.grows !== true || first === undefined || end === undefined) {
    return told.map((event) => ({ afterMs: 0, event }));
  }
  const steps = Math.min(count, STREAK_STEPS_MAX);
  const counts = Array.from({ length: steps }, (_, index) => Math.round((count * (index + 1)) / steps));
  const price = BigInt(String(first.diamondCount));
  const growing = counts.map((repeatCount, index) => {
    const deltaCount = repeatCount - (counts[index - 1] ?? 0);
    return {
      afterMs: index * STREAK_STEP_MS,
      event: {
        ...first,
        repeatCount,
        deltaCount,
        deltaCoins: (price * BigInt(deltaCount)).toString(),
        coins: (price * BigInt(repeatCount)).toString(),
        valueMinor: ((BigInt(String(first.valueMinor)) * BigInt(repeatCount)) / BigInt(count)).toString(),
        diamonds: ((BigInt(String(first.diamonds)) * BigInt(deltaCount)) / BigInt(count)).toString(),
      },
    };
  });
  return [...growing, { afterMs: steps * STREAK_STEP_MS + 600, event: end }];
}

/** Five who gave; in the second step the last one leads. */
function testSupporters(fan: TestPerson, step: number) {
  const names = [fan.displayName, 'Sol', 'June', 'Ivo', 'Noor'];
  const avatars = ['fox', 'cat', 'panda', 'owl', 'bear'];
  const sums = step === 0 ? [5_200n, 3_100n, 1_450n, 600n, 120n] : [5_200n, 3_100n, 1_450n, 600n, 6_120n];
  return names
    .map((displayName, index) => ({
      person: {
        ...fan,
        id: newId(),
        handle: `test_fan_${index + 1}`,
        displayName,
        avatar: avatars[index] ?? 'fox',
        inRanks: true,
      },
      coins: sums[index] ?? 0n,
    }))
    .sort((a, b) => Number(b.coins - a.coins));
}

function ownId(): Record<'eventId' | 'msgId', Json & string> {
  const id = publicId('evt', newId());
  return { eventId: id, msgId: id };
}
