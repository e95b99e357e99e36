import { newId, publicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { giftToTest } from '../gifts/index.ts';
import { TOO_MANY_REQUESTS } from '../http/refusals.ts';
import { Allowance } from '../realtime/allowance.ts';
import type { Json } from '../realtime/room-event.ts';
import type { StreamMessage } from '../realtime/stream-batch.ts';
import type { Living } from './living.ts';
import { STAGE_NOT_LIVE } from './refusals.ts';
import { type StageRow, stageOf } from './store.ts';

/** What a creator wants to see happen. */
export interface TestWish {
  readonly type: 'gift' | 'chat' | 'like' | 'follow';
  readonly giftId?: string;
  readonly count?: number;
  readonly comment?: string;
  readonly nickname?: string;
}

const PER_SECOND = 2;
const AT_ONCE = 20;
const CREATORS_MAX = 10_000;

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
 * Tells the tools that read the creator's stage, and asked for tests, something that did not happen: marked, without a
 * number, never kept. Live or not. Refuses with `gift_unknown` or `too_many_requests`.
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
  const events = await eventsOf(living, stage, wish);
  const marked = events.map((event) => ({ ...event, test: true }));
  house.hub.tellTests(stage.id, marked);
  return marked;
}

async function eventsOf({ house }: Living, stage: StageRow, wish: TestWish): Promise<StreamMessage[]> {
  const sender = { id: newId(), handle: 'test_fan', displayName: wish.nickname ?? 'Test fan', avatar: 'fox' };
  const createTime = String(house.clock.now());
  const person = {
    userId: publicId('user', sender.id),
    uniqueId: sender.handle,
    nickname: sender.displayName,
    profilePictureUrl: `/art/avatars/${sender.avatar}.webp`,
    avatar: sender.avatar,
  };
  switch (wish.type) {
    case 'gift': {
      const { creatorId: id, handle, displayName, avatar } = stage;
      const asked = { giftId: wish.giftId ?? 'rose', count: wish.count ?? 1 };
      const told = await giftToTest(house, asked, { sender, receiver: { id, handle, displayName, avatar } });
      return told.map((event) => ({ ...event, ...ownId() }) as StreamMessage);
    }
    case 'chat':
      return [
        {
          type: 'chat',
          createTime,
          msgId: publicId('chat', newId()),
          ...person,
          comment: wish.comment ?? 'This is a test.',
          emotes: [],
          userBadges: [],
          isHost: false,
        },
      ];
    case 'like': {
      const likeCount = wish.count ?? 1;
      return [{ type: 'like', createTime, likeCount, totalLikeCount: stage.likes + likeCount }];
    }
    case 'follow':
      return [{ type: 'follow', createTime, ...ownId(), ...person, followCount: wish.count ?? 1 }];
  }
}

function ownId(): Record<'eventId' | 'msgId', Json & string> {
  const id = publicId('evt', newId());
  return { eventId: id, msgId: id };
}
