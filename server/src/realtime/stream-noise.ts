import type { ChatLine } from './hub.ts';
import type { StreamMessage } from './stream-batch.ts';

/** What a frame says beside its events, as flat messages. Nobody is named who only came in or tapped. */
export function streamNoise(frame: {
  readonly chat: readonly ChatLine[];
  readonly joins: number;
  readonly before: { readonly likes: number; readonly viewers: number };
  readonly now: { readonly likes: number; readonly viewers: number };
}): StreamMessage[] {
  const { chat, joins, before, now } = frame;
  const createTime = String(Date.now());
  const noise: StreamMessage[] = chat.map(chatMessage);
  if (now.likes !== before.likes) {
    // A new live counts from 0.
    const likeCount = now.likes > before.likes ? now.likes - before.likes : now.likes;
    noise.push({ type: 'like', createTime, likeCount, totalLikeCount: now.likes });
  }
  if (joins > 0) {
    noise.push({ type: 'member', createTime, actionId: 1, joinCount: joins, memberCount: now.viewers });
  }
  if (now.viewers !== before.viewers) noise.push({ type: 'roomUser', createTime, viewerCount: now.viewers });
  return noise;
}

function chatMessage({ id, at, user, text }: ChatLine): StreamMessage {
  return {
    type: 'chat',
    createTime: String(Date.parse(at)),
    msgId: id,
    userId: user.id,
    uniqueId: user.handle,
    nickname: user.displayName,
    profilePictureUrl: `/art/avatars/${user.avatar}.webp`,
    avatar: user.avatar,
    comment: text,
    emotes: [],
    userBadges: user.badges.map((badge) => ({ type: badge, name: badge })),
    isHost: user.host,
  };
}
