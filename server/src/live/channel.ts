import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { oncePer } from '../core/once-per.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { peopleByIds } from '../identity/index.ts';
import type { Hub, RoomEvent, RoomPlace } from '../realtime/hub.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import { type Living, livingOf } from './living.ts';
import { BANNED_FROM_STAGE } from './refusals.ts';
import { say } from './say.ts';
import { chatFrame, likeFrame } from './schema.ts';
import { followEvent } from './stage-events.ts';
import { liveSession, type StageRow, stageOf } from './store.ts';

/** Events after which a stage is read anew, whichever process made them. */
const CHANGES_THE_STAGE = new Set(['roomRules', 'roomEffects', 'chatRemoved']);

/** A stage as the hub knows it. */
export function placeOf({ likes }: Living, stage: StageRow): RoomPlace {
  const { id, handle, creatorId, session } = stage;
  return {
    roomId: id,
    name: handle,
    hostId: creatorId,
    likes: session === null ? 0 : likes.total(session.id, stage.likes),
  };
}

/** What is said and liked on stages, and who is told when a live starts or ends. */
export function liveChannel(hub: Hub, house: House): void {
  const living = livingOf(house);

  hub.useRooms(async (name) => {
    const stage = await living.stages.named(name);
    return stage === undefined ? null : placeOf(living, stage);
  });

  hub.useDoor(async (roomId, principal) => {
    const stage = principal.kind === 'user' ? await living.stages.find(roomId) : undefined;
    if (stage === undefined || principal.kind !== 'user') return;
    const { banned } = await living.moderation.standing(stage, principal.userId);
    if (banned)
      throw new Refusal(BANNED_FROM_STAGE, { host: stage.displayName, stage: stage.handle }, '/stage');
  });

  hub.on('chat', chatFrame, async (client, { key, stage, text, replyTo }) => {
    const answered = replyTo === undefined ? null : parsePublicId('chat', replyTo);
    const { lineId } = await say(living, client.user().userId, { stage, key, text, replyTo: answered });
    client.send({ t: 'chat.ok', key, id: publicId('chat', lineId) });
  });

  hub.on('like', likeFrame, async (client, { stage: name, count }) => {
    const { userId } = client.user();
    const { stage, session } = await living.stages.live(name);
    living.likes.add({ userId, stageId: stage.id, sessionId: session.id, count, before: stage.likes });
  });

  hub.observe((roomId, events) => {
    for (const event of events) {
      if (event.type === 'stage') stageChanged(living, roomId, event);
      if (CHANGES_THE_STAGE.has(event.type)) living.stages.forget(roomId);
      if (event.type === 'roomUser') {
        leadersChanged(living, roomId).catch((error: unknown) => {
          house.log.warn({ err: error }, 'badges could not follow the supporters; they will in some seconds');
        });
      }
    }
  });
}

/** A live began or ended, here or in another process. */
function stageChanged({ house, stages }: Living, stageId: Uuid, event: RoomEvent): void {
  stages.forget(stageId);
  const { live, title = null, scene = null, startedAt = null } = event;
  house.hub.toRoom(stageId, { t: 'stage', live: live === true, title, scene, startedAt });
  if (live === true) house.hub.likes(stageId, 0);
}

/** Badges beside names follow the places of supporters. */
async function leadersChanged({ stages, speakers }: Living, stageId: Uuid): Promise<void> {
  const stage = await stages.find(stageId);
  if (stage?.session) speakers.forgetRanks(stage.session.id);
}

/** Followers already shown, by session: following again and again is told once per live. */
const followersShown = oncePer((_house: House) => new Map<Uuid, Set<Uuid>>());

/** Shows a new follower on the stage, while it is live. */
export async function showFollower(house: House, followerId: Uuid, creatorId: Uuid): Promise<void> {
  const stage = await stageOf(house.db, creatorId);
  const session = stage === undefined ? null : liveSession(stage);
  if (stage === undefined || session === null) return;
  const sessions = followersShown(house);
  if (sessions.size > 1_000) sessions.clear();
  const followers = sessions.get(session.id) ?? new Set<Uuid>();
  sessions.set(session.id, followers);
  if (followers.has(followerId)) return;
  followers.add(followerId);
  const people = await peopleByIds(house.db, [followerId, creatorId]);
  const follower = people.get(followerId);
  if (follower === undefined) return;
  const event = followEvent(follower, people.get(creatorId)?.followers ?? 0, house.clock.now());
  const events = await house.db.transaction((tx) => appendRoomEvents(tx, stage.id, [event]));
  house.hub.publish(stage.id, events);
}
