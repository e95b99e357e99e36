import { publicId, type Uuid } from '../core/ids.ts';
import type { Person } from '../identity/index.ts';
import type { NewRoomEvent } from '../realtime/room-event.ts';
import type { Goal, SessionRow, StageRow } from './store.ts';

/** The numbered events of a stage apart from gifts, in the flat shape of `RoomEvent`. */

/** TikTok's number for it; 4 would be: by a moderator. */
const ENDED_BY_HOST = 3;

/** A live began, or ended (`session` is null). */
export function stageEvent(stage: StageRow, session: SessionRow | null, atMs: number): NewRoomEvent {
  return {
    ...hostOf(stage),
    type: 'stage',
    createTime: String(atMs),
    live: session !== null,
    title: session?.title ?? stage.session?.title ?? null,
    hashtags: session?.hashtags ?? [],
    category: session?.category ?? null,
    scene: session?.scene ?? stage.session?.scene ?? null,
    startedAt: session?.startedAt.toISOString() ?? null,
  };
}

/** What tools know as the end of a live; follows the event of the stage. */
export function streamEndEvent(stage: StageRow, atMs: number): NewRoomEvent {
  return { ...hostOf(stage), type: 'streamEnd', createTime: String(atMs), action: ENDED_BY_HOST };
}

/** How far a goal is; all `null` when there is none any more. `units` counts every gift with a smaller seq. */
export function goalEvent(
  stage: StageRow,
  goal: Goal | null,
  sessionUnits: bigint,
  atMs: number,
): NewRoomEvent {
  const units = goal === null ? null : sessionUnits - goal.fromUnits;
  return {
    ...hostOf(stage),
    type: 'goal',
    createTime: String(atMs),
    title: goal?.title ?? null,
    units: units?.toString() ?? null,
    targetUnits: goal?.targetUnits.toString() ?? null,
    reached: goal !== null && units !== null && units >= goal.targetUnits,
  };
}

/** Who gave most, as TikTok LIVE tools know it; who is in no ranking by name has no `user`. */
export function supportersEvent(
  stage: StageRow,
  top: readonly {
    readonly person: Pick<Person, 'id' | 'handle' | 'displayName' | 'avatar' | 'inRanks'>;
    readonly coins: bigint;
  }[],
  viewers: number,
  atMs: number,
): NewRoomEvent {
  return {
    ...hostOf(stage),
    type: 'roomUser',
    createTime: String(atMs),
    viewerCount: viewers,
    topViewers: top.map(({ person, coins }) => ({
      user: person.inRanks ? flat(person) : null,
      coinCount: coins.toString(),
    })),
  };
}

/** What stays above the chat: the creator's own words, or a line that `author` said. */
export interface Pin {
  readonly text: string;
  readonly lineId: Uuid | null;
  readonly author: string | null;
}

/** The line above the chat changed; `null` = taken down. */
export function pinEvent(stage: StageRow, pin: Pin | null, atMs: number): NewRoomEvent {
  return {
    ...hostOf(stage),
    type: 'roomPin',
    createTime: String(atMs),
    text: pin?.text ?? null,
    lineId: pin === null || pin.lineId === null ? null : publicId('chat', pin.lineId),
    author: pin?.author ?? null,
  };
}

/** Chat lines were taken down: these, or all that one person said in this live. */
export function linesGoneEvent(
  stage: StageRow,
  gone: { readonly lineIds: readonly Uuid[]; readonly ofUser: Uuid | null },
  atMs: number,
): NewRoomEvent {
  return {
    ...hostOf(stage),
    type: 'chatRemoved',
    createTime: String(atMs),
    lineIds: gone.lineIds.map((id) => publicId('chat', id)),
    ofUser: gone.ofUser === null ? null : publicId('user', gone.ofUser),
  };
}

/** How slowly people write here from now on; 0 = as fast as the policy lets them. */
export function rulesEvent(stage: StageRow, slowSeconds: number, atMs: number): NewRoomEvent {
  return { ...hostOf(stage), type: 'roomRules', createTime: String(atMs), slowSeconds };
}

/** Gifts above this tier are shown as ones of this tier from now on. */
export function effectsEvent(stage: StageRow, effectsCap: number, atMs: number): NewRoomEvent {
  return { ...hostOf(stage), type: 'roomEffects', createTime: String(atMs), effectsCap };
}

export function followEvent(follower: Person, followers: number, atMs: number): NewRoomEvent {
  return { ...flat(follower), type: 'follow', createTime: String(atMs), followCount: followers };
}

function hostOf(stage: StageRow) {
  return flat({ ...stage, id: stage.creatorId });
}

/** A person as events name them. */
export function flat(person: Pick<Person, 'id' | 'handle' | 'displayName' | 'avatar'>) {
  return {
    userId: publicId('user', person.id),
    uniqueId: person.handle,
    nickname: person.displayName,
    profilePictureUrl: `/art/avatars/${person.avatar}.webp`,
    avatar: person.avatar,
  };
}
