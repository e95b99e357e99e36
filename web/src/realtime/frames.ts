import type { Problem } from '../api/problem.ts';
import type { Amount } from '../ui/amounts.ts';

/** What travels over the socket, as this page reads it. */

export interface ChatLine {
  readonly id: string;
  readonly at: string;
  readonly user: {
    readonly id: string;
    readonly handle: string;
    readonly displayName: string;
    readonly avatar: string;
    readonly badges: readonly string[];
    readonly host: boolean;
  };
  readonly text: string;
  /** The line that it answers, shortly. */
  readonly replyTo?: Quote;
}

export interface Quote {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly text: string;
}

/** How somebody stands on a stage. */
export interface Standing {
  readonly role: 'host' | 'moderator' | null;
  /** ISO 8601; null = they may write. */
  readonly mutedUntil: string | null;
  readonly banned: boolean;
}

/** A numbered event of a room. Known types carry more fields; unknown ones are passed over. */
export interface RoomEvent {
  readonly type: string;
  readonly seq: number;
  readonly eventId: string;
  /** Milliseconds since 1970, as digits. */
  readonly createTime: string;
  readonly [field: string]: unknown;
}

/** A gift as the room is told of it. Counts, coins and value are of the whole group so far. */
export interface GiftEvent extends RoomEvent {
  readonly type: 'gift';
  readonly userId: string;
  readonly uniqueId: string;
  readonly nickname: string;
  readonly avatar: string;
  readonly giftId: string;
  readonly giftName: string;
  readonly art: string;
  /** 1 streaks, 2 comes alone. */
  readonly giftType: number;
  /** Coins for one. */
  readonly diamondCount: number;
  readonly repeatCount: number;
  readonly groupId: string;
  readonly deltaCount: number;
  readonly final: boolean;
  readonly giftInstanceId: string;
  readonly coins: string;
  readonly tier: number;
  /** Diamond units that the receiver got with this event. */
  readonly diamonds: string;
  readonly receiverUserId: string;
  readonly toUser: { readonly nickname: string };
}

export function isGift(event: RoomEvent): event is GiftEvent {
  return event.type === 'gift' && typeof event.groupId === 'string';
}

export interface JoinedFrame {
  readonly t: 'joined';
  readonly stage: string;
  readonly seq: number;
  readonly resumed: boolean;
  /** Events after the `after` of the join; `null` when there are too many: then they are read over HTTP. */
  readonly missed: readonly RoomEvent[] | null;
  readonly likes?: number;
  readonly viewers?: number;
}

/** In a crowd of gifts: the small ones of a frame, added up. */
export interface SmallGifts {
  /** The frame holds everything after this number and up to its own `seq`. */
  readonly after: number;
  /** How many people gave them. */
  readonly senders: number;
  readonly gifts: readonly {
    readonly giftId: string;
    readonly giftName: string;
    readonly art: string;
    readonly receiverUserId: string;
    readonly count: number;
    readonly coins: string;
    /** Diamond units that the receiver got. */
    readonly diamonds: string;
  }[];
}

export interface RoomFrame {
  readonly t: 'frame';
  readonly stage: string;
  readonly seq: number;
  readonly events: readonly RoomEvent[];
  readonly chat: readonly ChatLine[];
  readonly likes: number;
  readonly viewers: number;
  readonly sampled?: { readonly shown: number; readonly of: number };
  readonly small?: SmallGifts;
}

export type ServerFrame =
  | { readonly t: 'hello'; readonly v: number; readonly heartbeatMs: number; readonly me: string | null }
  | JoinedFrame
  | RoomFrame
  | {
      readonly t: 'gift.ok';
      readonly key: string;
      readonly giftId: string;
      readonly count?: number;
      readonly coins: Amount;
    }
  | { readonly t: 'chat.ok'; readonly key: string; readonly id: string }
  | {
      readonly t: 'refused';
      readonly key: string | null;
      readonly problem: Problem;
      readonly count?: number;
      readonly coins?: Amount;
    }
  | {
      readonly t: 'wallet';
      readonly coins?: Amount;
      readonly diamonds?: {
        readonly purchased: Amount;
        readonly pending: Amount;
        readonly available: Amount;
      };
    }
  | { readonly t: 'stage'; readonly stage: string; readonly [field: string]: unknown }
  | { readonly t: 'you'; readonly stage: string; readonly you: Standing }
  | { readonly t: 'left'; readonly stage: string }
  | { readonly t: 'notice'; readonly notice: { readonly title: string; readonly link: string } }
  | { readonly t: 'pong' };
